//! Hive's `RegexSerDe`: the groups of a regular expression that matches the whole line are the columns.

use std::sync::Arc;

use ::regex::{CaptureLocations, Regex, RegexBuilder};
use flowtrail_catalog::ExternalTable;

use super::java_regex::{WhiteSpace, translate};
use super::{RowReader, WantedColumn, flag, property};
use crate::error::ExternalError;

/// An expression, compiled.
#[derive(Clone, Debug)]
pub(crate) struct RegexFormat(Arc<Expression>);

#[derive(Debug)]
enum Expression {
    Plain {
        /// For lines of ASCII whose only white space is the blank: there `\s` is a blank, which makes most expressions
        /// over logs deterministic, so that each line is walked once.
        blanks: Option<::regex::bytes::Regex>,
        any: Regex,
    },
    /// One that looks ahead or behind, refers back or holds on to what it took.
    Fancy(fancy_regex::Regex),
}

impl RegexFormat {
    pub(super) fn of(definition: &ExternalTable) -> Result<Self, ExternalError> {
        let pattern = property(definition, "input.regex").ok_or_else(|| ExternalError::Missing {
            name: "input.regex".to_owned(),
            why: "RegexSerDe reads lines with it".to_owned(),
        })?;
        let ignores_case = flag(definition, "input.regex.case.insensitive")?.unwrap_or(false);
        let expression = Expression::compile(pattern, ignores_case)?;
        let (groups, columns) = (expression.groups(), definition.columns.len());
        if groups != columns {
            return Err(ExternalError::Groups { groups, columns });
        }
        Ok(Self(Arc::new(expression)))
    }

    pub(super) fn reader(&self) -> Box<dyn RowReader> {
        let locations = match self.0.as_ref() {
            Expression::Plain { blanks, any } => Some((
                blanks.as_ref().map(::regex::bytes::Regex::capture_locations),
                any.capture_locations(),
            )),
            Expression::Fancy(_) => None,
        };
        Box::new(RegexReader {
            expression: Arc::clone(&self.0),
            locations,
        })
    }
}

impl Expression {
    fn compile(pattern: &str, ignores_case: bool) -> Result<Self, ExternalError> {
        let translated = translate(pattern, WhiteSpace::Any);
        let whole = |pattern: &str| format!(r"\A(?:{pattern})\z");
        let any = whole(&translated.pattern);
        if !translated.is_fancy
            && let Ok(any) = RegexBuilder::new(&any).case_insensitive(ignores_case).build()
        {
            let blanks = translate(pattern, WhiteSpace::Blank).pattern;
            let blanks = ::regex::bytes::RegexBuilder::new(&whole(&blanks))
                .case_insensitive(ignores_case)
                .unicode(false)
                .build();
            return Ok(Self::Plain {
                blanks: blanks.ok(),
                any,
            });
        }
        let fancy = fancy_regex::RegexBuilder::new(&any)
            .case_insensitive(ignores_case)
            .build();
        // What is wrong with an expression is told of the one that was written, if it is wrong by itself.
        let why = |error: fancy_regex::Error| match Regex::new(pattern) {
            Err(::regex::Error::Syntax(why)) if !translated.is_fancy => why,
            _ => error.to_string(),
        };
        Ok(Self::Fancy(
            fancy.map_err(|error| ExternalError::Regex { why: why(error) })?,
        ))
    }

    fn groups(&self) -> usize {
        let with_whole = match self {
            Self::Plain { any, .. } => any.captures_len(),
            Self::Fancy(fancy) => fancy.captures_len(),
        };
        with_whole - 1
    }
}

struct RegexReader {
    expression: Arc<Expression>,
    locations: Option<(Option<::regex::bytes::CaptureLocations>, CaptureLocations)>,
}

impl RowReader for RegexReader {
    /// A line that does not match is a row of NULLs, as in Hive.
    fn push(&mut self, line: &str, columns: &mut [WantedColumn]) -> Result<(), String> {
        if columns.is_empty() {
            return Ok(());
        }
        match (self.expression.as_ref(), &mut self.locations) {
            (Expression::Plain { blanks, any }, Some((blank_places, places))) => {
                if let (Some(blanks), Some(places)) = (blanks, blank_places)
                    && has_only_blanks(line)
                {
                    let matched = blanks.captures_read(places, line.as_bytes()).is_some();
                    add(line, columns, |group| places.get(group).filter(|_| matched));
                } else {
                    let matched = any.captures_read(places, line).is_some();
                    add(line, columns, |group| places.get(group).filter(|_| matched));
                }
            }
            (Expression::Fancy(fancy), _) => {
                // The error is that the expression went back too often.
                let captures = fancy.captures(line).map_err(|error| error.to_string())?;
                let place = |group| captures.as_ref()?.get(group).map(|found| (found.start(), found.end()));
                add(line, columns, place);
            }
            (Expression::Plain { .. }, None) => add(line, columns, |_| None),
        }
        Ok(())
    }
}

fn add(line: &str, columns: &mut [WantedColumn], place: impl Fn(usize) -> Option<(usize, usize)>) {
    for column in columns {
        match place(column.position + 1).and_then(|(start, end)| line.get(start..end)) {
            Some(group) => column.builder.push_text(group),
            None => column.builder.push_null(),
        }
    }
}

/// Whether all is ASCII, and no white space is there but blanks.
fn has_only_blanks(line: &str) -> bool {
    line.bytes().all(|byte| (b' '..0x7f).contains(&byte))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use flowtrail_catalog::ColumnType;
    use proptest::prelude::*;

    use super::*;
    use crate::value::{ColumnBuilder, KeyRules};

    const FLOW: &str = r"^([^ ]+)\s+([0-9]+)\s+([^ ]+)$";

    fn groups(pattern: &str, line: &str) -> Vec<Option<String>> {
        let expression = Expression::compile(pattern, false).unwrap();
        let groups = expression.groups();
        let mut reader = RegexFormat(Arc::new(expression)).reader();
        let mut columns: Vec<_> = (0..groups)
            .map(|position| WantedColumn {
                position,
                builder: ColumnBuilder::new(&ColumnType::Text, &KeyRules::default()),
            })
            .collect();
        reader.push(line, &mut columns).unwrap();
        let value = |column: &mut WantedColumn| {
            let array = column.builder.finish().unwrap();
            let values = arrow::array::AsArray::as_string_view(&array).clone();
            values.iter().next().unwrap().map(str::to_owned)
        };
        columns.iter_mut().map(value).collect()
    }

    fn texts(values: &[&str]) -> Vec<Option<String>> {
        values.iter().map(|value| Some((*value).to_owned())).collect()
    }

    #[test]
    fn the_whole_line_must_match() {
        assert_eq!(groups("([a-z]+)", "abc"), texts(&["abc"]));
        assert_eq!(groups("([a-z]+)", "abc "), [None]);
        assert_eq!(groups("(a|ab)(c?)", "abc"), texts(&["ab", "c"]));
        assert_eq!(groups("(a)?(b)", "b"), [None, Some("b".to_owned())]);
    }

    #[test]
    fn lines_with_and_without_tabs_are_read_alike() {
        assert_eq!(groups(FLOW, "a  1 b"), texts(&["a", "1", "b"]));
        assert_eq!(groups(FLOW, "a\t1\tb"), texts(&["a", "1", "b"]));
        assert_eq!(groups(FLOW, "ä 1 ö"), texts(&["ä", "1", "ö"]));
    }

    #[test]
    fn what_looks_ahead_or_holds_on_is_known() {
        let pattern = r"^(?!#)([^ \t]+)\s+([^ \t]+)$";
        assert_eq!(groups(pattern, "a b"), texts(&["a", "b"]));
        assert_eq!(groups(pattern, "#a b"), [None, None]);
        assert_eq!(groups("([^ ]*+) ([^ ]++)", "a b"), texts(&["a", "b"]));
        assert_eq!(groups("(a*+)a", "aaa"), [None]);
    }

    /// The expression of S3's server access logs, as the page "Using Amazon S3 server access logs" has it.
    const S3_ACCESS: &str = r#"([^ ]*) ([^ ]*) \[(.*?)\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) ([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*))?.*$"#;

    #[test]
    fn access_logs_of_s3_are_read() {
        let line = r#"o b [06/Feb/2019:00:00:38 +0000] 192.0.2.3 r 3E57 REST.GET - "GET /x HTTP/1.1" 200 - 113 - 7 - "-" "S3Console/0.4" - s9 SigV4 ECDHE"#;
        let found = groups(S3_ACCESS, line);
        let text = |place: usize| found[place].as_deref();
        assert_eq!(found.len(), 24);
        assert_eq!(
            (text(2), text(8)),
            (Some("06/Feb/2019:00:00:38 +0000"), Some("\"GET /x HTTP/1.1\""))
        );
        assert_eq!((text(9), text(23)), (Some("200"), None));
    }

    #[test]
    fn errors_show_where() {
        let error = Expression::compile("([a-z", false).unwrap_err().to_string();
        assert!(error.contains("unclosed character class"), "{error}");
    }

    proptest! {
        #[test]
        fn both_ways_through_a_line_agree(line in "[a-z0-9 ]{0,20}") {
            let with_tab = line.replace(' ', "\t");
            let pattern = r"(\S*)\s+(\S+)\s*(\S*)";
            prop_assert_eq!(groups(pattern, &line), groups(pattern, &with_tab));
        }
    }
}
