//! Regular expressions.
//!
//! Source: Trino documentation, "Regular expression functions"; Snowflake documentation, "`REGEXP_SUBSTR`",
//! "`REGEXP_REPLACE`", "`REGEXP_INSTR`"; `PostgreSQL` documentation, "Pattern matching".

use std::sync::Arc;

use arrow::array::builder::{ListBuilder, StringViewBuilder};
use arrow::array::{Array, ArrayRef, Int64Array, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_datafusion_err, exec_err, plan_err};
use regex::{Captures, Regex, RegexBuilder};

use super::arguments::{LastRead, is_text, texts, whole_numbers};
use super::function::{Function, Known};
use super::replacement::Replacement;
use super::text::{list, text};

/// Every function of regular expressions.
pub fn all() -> Vec<Function> {
    vec![
        Function::new(&["regexp_extract"], 2..=3, text, |columns, _| first_match(columns)),
        Function::new(&["regexp_substr"], 2..=6, text, |columns, _| substring(columns)),
        Function::new(&["regexp_extract_all"], 2..=3, list, |columns, _| all_matches(columns)),
        Function::new(&["regexp_split"], 2..=2, list, |columns, _| split(columns)),
        Function::new(&["regexp_replace"], 2..=6, replaced_type, |columns, _| {
            replaced(columns)
        }),
        Function::new(&["regexp_position"], 2..=4, position, |columns, _| {
            positions(columns, "regexp_position", [2, 3, 9, 9, 9], -1)
        }),
        Function::new(&["regexp_instr"], 2..=7, position, |columns, _| {
            positions(columns, "regexp_instr", [2, 3, 4, 5, 6], 0)
        }),
    ]
}

fn position(known: &Known<'_>) -> Result<DataType> {
    text(known).map(|_| DataType::Int64)
}

fn expression(text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|error| exec_datafusion_err!("`{text}` is no regular expression: {error}"))
}

/// A regular expression with flags: `i` for any case, `m` for lines, `s` for a dot that is also the end of a line.
fn flagged(pattern: &str, flags: &str) -> Result<Regex> {
    let built = RegexBuilder::new(pattern)
        .case_insensitive(flags.rfind(['i', 'c']).is_some_and(|at| flags[at..].starts_with('i')))
        .multi_line(flags.contains('m'))
        .dot_matches_new_line(flags.contains('s'))
        .ignore_whitespace(flags.contains('x'))
        .build();
    built.map_err(|error| exec_datafusion_err!("`{pattern}` is no regular expression: {error}"))
}

/// The regular expressions of a column and its flags.
struct Expressions<'a> {
    patterns: &'a StringViewArray,
    flags: Option<StringViewArray>,
    last: LastRead<(String, Regex)>,
}

impl<'a> Expressions<'a> {
    fn new(patterns: &'a StringViewArray, flags: Option<&ArrayRef>) -> Result<Self> {
        Ok(Self {
            patterns,
            flags: flags.map(texts).transpose()?,
            last: LastRead::default(),
        })
    }

    /// That of a row, and its flags.
    fn of(&mut self, row: usize) -> Result<&(String, Regex)> {
        let flags = self.flags.as_ref().map_or("", |flags| flags.value(row));
        let pattern = self.patterns.value(row);
        if self.last.get().is_some_and(|(known, _)| known != flags) {
            self.last = LastRead::default();
        }
        self.last
            .of(pattern, |pattern| Ok((flags.to_owned(), flagged(pattern, flags)?)))
    }
}

/// Numbers that are counted from 1, of a column that may not be there.
struct Counts {
    function: &'static str,
    counts: Option<Int64Array>,
}

impl Counts {
    fn new(function: &'static str, columns: &[ArrayRef], at: usize) -> Result<Self> {
        let counts = columns.get(at).map(whole_numbers).transpose()?;
        Ok(Self { function, counts })
    }

    fn of(&self, row: usize) -> Result<usize> {
        match self.counts.as_ref().map_or(1, |counts| counts.value(row)) {
            count @ 1.. => Ok(count as usize),
            count => exec_err!("{} counts from 1, and {count} is less", self.function),
        }
    }
}

/// Where the letter with a number begins; `None` behind the text.
fn start_of(text: &str, letter: usize) -> Option<usize> {
    let ends = std::iter::once(text.len());
    text.char_indices().map(|(at, _)| at).chain(ends).nth(letter - 1)
}

/// The group with a number, of a match; 0 is all of it.
fn group_of<'t>(captures: &Captures<'t>, group: i64) -> Result<Option<&'t str>> {
    let found = usize::try_from(group).ok().filter(|group| *group < captures.len());
    let Some(group) = found else {
        return exec_err!(
            "the regular expression has no group {group}, only {} of them",
            captures.len() - 1
        );
    };
    Ok(captures.get(group).map(|found| found.as_str()))
}

/// The first match, or a group of it.
fn first_match(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (texts(&columns[0])?, texts(&columns[1])?);
    let groups = columns.get(2).map(whole_numbers).transpose()?;
    let mut expressions = LastRead::default();
    let rows = texts.iter().zip(&patterns).enumerate().map(|(row, (text, pattern))| {
        let (Some(text), Some(pattern)) = (text, pattern) else {
            return Ok(None);
        };
        let group = groups.as_ref().map_or(0, |groups| groups.value(row));
        match expressions.of(pattern, expression)?.captures(text) {
            Some(captures) => group_of(&captures, group),
            None => Ok(None),
        }
    });
    Ok(Arc::new(rows.collect::<Result<StringViewArray>>()?))
}

/// Snowflake's: from a position, which match, flags, and which group of it; `e` among the flags is the first.
fn substring(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (texts(&columns[0])?, texts(&columns[1])?);
    let from = Counts::new("regexp_substr", columns, 2)?;
    let occurrences = Counts::new("regexp_substr", columns, 3)?;
    let groups = columns.get(5).map(whole_numbers).transpose()?;
    let mut expressions = Expressions::new(&patterns, columns.get(4))?;
    let rows = texts.iter().enumerate().map(|(row, text)| {
        let Some(text) = text.filter(|_| patterns.is_valid(row)) else {
            return Ok(None);
        };
        let (position, occurrence) = (from.of(row)?, occurrences.of(row)?);
        let Some(start) = start_of(text, position) else {
            return Ok(None);
        };
        let (flags, expression) = expressions.of(row)?;
        let of_group = i64::from(flags.contains('e') && expression.captures_len() > 1);
        let group = groups.as_ref().map_or(of_group, |groups| groups.value(row));
        match expression.captures_iter(&text[start..]).nth(occurrence - 1) {
            Some(captures) => group_of(&captures, group),
            None => Ok(None),
        }
    });
    Ok(Arc::new(rows.collect::<Result<StringViewArray>>()?))
}

fn all_matches(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (texts(&columns[0])?, texts(&columns[1])?);
    let groups = columns.get(2).map(whole_numbers).transpose()?;
    let mut expressions = LastRead::default();
    let mut lists = ListBuilder::new(StringViewBuilder::new());
    for (row, (text, pattern)) in texts.iter().zip(&patterns).enumerate() {
        let (Some(text), Some(pattern)) = (text, pattern) else {
            lists.append_null();
            continue;
        };
        let group = groups.as_ref().map_or(0, |groups| groups.value(row));
        for captures in expressions.of(pattern, expression)?.captures_iter(text) {
            lists.values().append_option(group_of(&captures, group)?);
        }
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

/// The parts between matches.
fn split(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (texts(&columns[0])?, texts(&columns[1])?);
    let mut expressions = LastRead::default();
    let mut lists = ListBuilder::new(StringViewBuilder::new());
    for (text, pattern) in texts.iter().zip(&patterns) {
        let (Some(text), Some(pattern)) = (text, pattern) else {
            lists.append_null();
            continue;
        };
        let parts = expressions.of(pattern, expression)?.split(text);
        parts.for_each(|part| lists.values().append_value(part));
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

/// The fourth argument is text in `PostgreSQL` and a number in Snowflake.
fn replaced_type(known: &Known<'_>) -> Result<DataType> {
    match known.get(3) {
        Some((flags, _)) if is_text(flags) && known.len() > 4 => {
            plan_err!(
                "regexp_replace takes a position before the number of the match: regexp_replace(a, 'b', 'c', 1, 2)"
            )
        }
        _ => text(known),
    }
}

/// All matches replaced, as in Athena and Snowflake; with `PostgreSQL`'s flags the first, unless `g` is among them.
fn replaced(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (texts(&columns[0])?, texts(&columns[1])?);
    let replacements = columns.get(2).map(super::arguments::texts).transpose()?;
    let has_flags = columns.get(3).is_some_and(|column| is_text(column.data_type()));
    let flags = columns.get(if has_flags { 3 } else { 5 });
    let from = Counts::new("regexp_replace", if has_flags { &[] } else { columns }, 3)?;
    let occurrences = if has_flags { None } else { columns.get(4) };
    let occurrences = occurrences.map(whole_numbers).transpose()?;
    let mut expressions = Expressions::new(&patterns, flags)?;
    let mut written = LastRead::default();
    let rows = texts.iter().enumerate().map(|(row, text)| {
        let replacement = match &replacements {
            Some(replacements) => replacements.is_valid(row).then(|| replacements.value(row)),
            None => Some(""),
        };
        let (Some(text), Some(replacement), true) = (text, replacement, patterns.is_valid(row)) else {
            return Ok(None);
        };
        let replacement = written.of(replacement, |text| Ok(Replacement::read(text)))?;
        let (flags, expression) = expressions.of(row)?;
        let occurrence = match &occurrences {
            Some(occurrences) => occurrences.value(row),
            None => i64::from(has_flags && !flags.contains('g')),
        };
        let Some(start) = start_of(text, from.of(row)?) else {
            return Ok(Some(text.to_owned()));
        };
        Ok(Some(replacement.in_text(text, start, expression, occurrence)))
    });
    Ok(Arc::new(rows.collect::<Result<StringViewArray>>()?))
}

/// Where a match begins, counted from 1; `none` where there is no match. `places` are those of the arguments: the
/// position to start from, which match, whether its end is asked for, flags, and the group.
fn positions(columns: &[ArrayRef], function: &'static str, places: [usize; 5], none: i64) -> Result<ArrayRef> {
    let (texts, patterns) = (texts(&columns[0])?, texts(&columns[1])?);
    let from = Counts::new(function, columns, places[0])?;
    let occurrences = Counts::new(function, columns, places[1])?;
    let ends = columns.get(places[2]).map(whole_numbers).transpose()?;
    let groups = columns.get(places[4]).map(whole_numbers).transpose()?;
    let mut expressions = Expressions::new(&patterns, columns.get(places[3]))?;
    let rows = texts.iter().enumerate().map(|(row, text)| {
        let Some(text) = text.filter(|_| patterns.is_valid(row)) else {
            return Ok(None);
        };
        let (position, occurrence) = (from.of(row)?, occurrences.of(row)?);
        let Some(start) = start_of(text, position) else {
            return Ok(Some(none));
        };
        let (flags, expression) = expressions.of(row)?;
        let of_group = i64::from(flags.contains('e') && expression.captures_len() > 1);
        let group = groups.as_ref().map_or(of_group, |groups| groups.value(row));
        let captures = expression.captures_iter(&text[start..]).nth(occurrence - 1);
        let found = captures.and_then(|captures| captures.get(usize::try_from(group).ok()?));
        let is_end = ends.as_ref().is_some_and(|ends| ends.value(row) == 1);
        Ok(Some(found.map_or(none, |found| {
            let at = start + if is_end { found.end() } else { found.start() };
            text[..at].chars().count() as i64 + 1
        })))
    });
    Ok(Arc::new(rows.collect::<Result<Int64Array>>()?))
}
