//! What Tab offers.

use flowtrail_query::statements::{Token, TokenKind, tokens};
use reedline::{Completer, CompletionResult, Span, Suggestion};

use super::{SharedVocabulary, Vocabulary};

/// Completes tables after `FROM` and its like, columns of the statement's tables, functions and keywords.
pub(super) struct SqlCompleter {
    vocabulary: SharedVocabulary,
}

impl SqlCompleter {
    pub(super) fn new(vocabulary: SharedVocabulary) -> Self {
        Self { vocabulary }
    }
}

impl Completer for SqlCompleter {
    fn complete(&mut self, line: &str, position: usize) -> CompletionResult {
        let vocabulary = self.vocabulary.read();
        CompletionResult::fresh(suggestions(&vocabulary, line, position))
    }
}

fn suggestions(vocabulary: &Vocabulary, line: &str, position: usize) -> Vec<Suggestion> {
    let Some(before) = line.get(..position) else {
        return Vec::new();
    };
    if is_inside_quotes(before) {
        return Vec::new();
    }
    let word = Word::ending(before);
    let mut offer = Offer {
        word,
        found: Vec::new(),
    };
    if names_tables(&before[..word.start]) {
        offer.add_tables(vocabulary);
    } else if word.qualifier.is_empty() {
        offer.add_anything(vocabulary, &mentioned_tables(vocabulary, line));
    } else {
        offer.add_tables(vocabulary);
        offer.add_columns(&qualified_tables(vocabulary, line, word.qualifier));
    }
    offer.found
}

/// The dotted name the cursor stands behind: `v.src` is qualified by `v` and begins `src`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word<'a> {
    start: usize,
    whole: &'a str,
    qualifier: &'a str,
    last: &'a str,
}

impl<'a> Word<'a> {
    fn ending(before: &'a str) -> Self {
        let belongs = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.' | '$');
        let start = before.trim_end_matches(belongs).len();
        let whole = &before[start..];
        let (qualifier, last) = whole.rsplit_once('.').unwrap_or(("", whole));
        Self {
            start,
            whole,
            qualifier,
            last,
        }
    }
}

struct Offer<'a> {
    word: Word<'a>,
    found: Vec<Suggestion>,
}

impl Offer<'_> {
    fn add_tables(&mut self, vocabulary: &Vocabulary) {
        for (table, _) in &vocabulary.tables {
            if starts_with(table, self.word.whole) {
                self.push(table.clone(), self.word.whole, "table", true);
            } else if self.word.qualifier.is_empty() && starts_with(bare(table), self.word.last) {
                self.push(table.clone(), self.word.last, "table", true);
            }
        }
    }

    fn add_columns(&mut self, tables: &[&(String, Vec<String>)]) {
        for (table, columns) in tables {
            for column in columns.iter().filter(|column| starts_with(column, self.word.last)) {
                self.push(quoted(column), self.word.last, &format!("column of {table}"), false);
            }
        }
    }

    fn add_anything(&mut self, vocabulary: &Vocabulary, mentioned: &[&(String, Vec<String>)]) {
        if mentioned.is_empty() {
            self.add_columns(&vocabulary.tables.iter().collect::<Vec<_>>());
        } else {
            self.add_columns(mentioned);
        }
        // Without a first letter the list would be everything there is.
        if self.word.last.is_empty() {
            return;
        }
        for function in vocabulary
            .functions
            .iter()
            .filter(|function| starts_with(function, self.word.last))
        {
            self.push(format!("{function}("), self.word.last, "function", false);
        }
        self.add_tables(vocabulary);
        let lower = !self.word.last.contains(char::is_uppercase);
        for keyword in vocabulary
            .keywords
            .iter()
            .filter(|keyword| starts_with(keyword, self.word.last))
        {
            let keyword = if lower { keyword.to_lowercase() } else { keyword.clone() };
            self.push(keyword, self.word.last, "keyword", true);
        }
    }

    /// A column two tables have is offered once.
    fn push(&mut self, value: String, replaced: &str, description: &str, append_whitespace: bool) {
        if self.found.iter().any(|earlier| earlier.value == value) {
            return;
        }
        let end = self.word.start + self.word.whole.len();
        self.found.push(Suggestion {
            value,
            description: Some(description.to_owned()),
            span: Span::new(end - replaced.len(), end),
            append_whitespace,
            ..Suggestion::default()
        });
    }
}

fn is_inside_quotes(before: &str) -> bool {
    let Some(last) = tokens(before).last() else {
        return false;
    };
    !last.is_closed || (last.kind == TokenKind::Comment && last.text.starts_with("--"))
}

/// Whether a table's name must follow: after `FROM`, `JOIN`, `DESCRIBE`, `\d`, and a comma in a `FROM`.
fn names_tables(before: &str) -> bool {
    if before.trim_start().starts_with("\\d") {
        return true;
    }
    let mut words = tokens(before).filter(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment));
    let is_opener = |token: &Token<'_>| {
        ["from", "join", "into", "table", "describe"]
            .iter()
            .any(|word| token.text.eq_ignore_ascii_case(word))
    };
    words.by_ref().last().is_some_and(|token| is_opener(&token))
}

/// The tables whose names stand in the line.
fn mentioned_tables<'a>(vocabulary: &'a Vocabulary, line: &str) -> Vec<&'a (String, Vec<String>)> {
    let names = dotted_names(line);
    let is_mentioned = |table: &str| names.iter().any(|name| is_table(table, name));
    vocabulary
        .tables
        .iter()
        .filter(|(table, _)| is_mentioned(table))
        .collect()
}

/// The tables a qualifier stands for: by name, or by an alias given in the line (`logs.vpc_flow AS v`, `… v`).
fn qualified_tables<'a>(vocabulary: &'a Vocabulary, line: &str, qualifier: &str) -> Vec<&'a (String, Vec<String>)> {
    let names = dotted_names(line);
    let names = names
        .iter()
        .filter(|name| !name.eq_ignore_ascii_case("as"))
        .collect::<Vec<_>>();
    let is_meant = |table: &str| {
        let is_aliased = |pair: &[&String]| is_table(table, pair[0]) && pair[1].eq_ignore_ascii_case(qualifier);
        is_table(table, qualifier) || names.windows(2).any(is_aliased)
    };
    vocabulary.tables.iter().filter(|(table, _)| is_meant(table)).collect()
}

/// The words of a line in order, dotted ones joined: `a.b`.
fn dotted_names(line: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut is_joined = false;
    for token in tokens(line) {
        match token.kind {
            TokenKind::Word | TokenKind::QuotedName => {
                let name = token.text.trim_matches(['"', '`']);
                match names.last_mut().filter(|_| is_joined) {
                    Some(joined) => joined.extend([".", name]),
                    None => names.push(name.to_owned()),
                }
                is_joined = false;
            }
            _ => is_joined = token.text == "." && !names.is_empty(),
        }
    }
    names
}

fn is_table(table: &str, name: &str) -> bool {
    table.eq_ignore_ascii_case(name) || bare(table).eq_ignore_ascii_case(name)
}

fn bare(table: &str) -> &str {
    table.rsplit_once('.').map_or(table, |(_, name)| name)
}

fn starts_with(name: &str, beginning: &str) -> bool {
    name.get(..beginning.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

/// The name as a statement must write it.
fn quoted(name: &str) -> String {
    let is_plain = |(position, byte): (usize, u8)| match byte {
        b'a'..=b'z' | b'_' => true,
        b'0'..=b'9' => position > 0,
        _ => false,
    };
    if !name.is_empty() && name.bytes().enumerate().all(is_plain) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(line: &str) -> Vec<String> {
        let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let vocabulary = Vocabulary {
            tables: vec![
                (
                    "logs.vpc_flow".to_owned(),
                    columns(&["srcaddr", "start", "Odd name", "bytes"]),
                ),
                ("logs.cloudtrail".to_owned(), columns(&["eventname", "sourceipaddress"])),
            ],
            functions: columns(&["sum", "substr"]),
            ..Vocabulary::default()
        };
        let (line, position) = line
            .split_once('|')
            .map_or((line.to_owned(), line.len()), |(before, after)| {
                (format!("{before}{after}"), before.len())
            });
        let spliced = suggestions(&vocabulary, &line, position)
            .into_iter()
            .map(|suggestion| format!("{}{}", &line[..suggestion.span.start], suggestion.value));
        spliced.collect()
    }

    #[test]
    fn tables_follow_from() {
        assert_eq!(
            offered("select 1 from "),
            ["select 1 from logs.vpc_flow", "select 1 from logs.cloudtrail"]
        );
        assert_eq!(offered("from logs.v"), ["from logs.vpc_flow"]);
        assert_eq!(offered("from clo"), ["from logs.cloudtrail"]);
        assert_eq!(offered("\\d vpc"), ["\\d logs.vpc_flow"]);
    }

    #[test]
    fn columns_are_those_of_the_statements_tables() {
        assert_eq!(
            offered("select s| from vpc_flow"),
            [
                "select srcaddr",
                "select start",
                "select sum(",
                "select substr(",
                "select select",
                "select set",
                "select show",
            ]
        );
        assert_eq!(offered("select so| from logs.cloudtrail"), ["select sourceipaddress"]);
        assert_eq!(offered("select odd| from vpc_flow"), ["select \"Odd name\""]);
    }

    #[test]
    fn a_qualifier_is_a_table_or_its_alias() {
        assert_eq!(offered("select f.by| from logs.vpc_flow as f"), ["select f.bytes"]);
        assert_eq!(
            offered("select f.s| from logs.vpc_flow f, x"),
            ["select f.srcaddr", "select f.start"]
        );
        assert_eq!(offered("where cloudtrail.ev"), ["where cloudtrail.eventname"]);
        assert_eq!(offered("where logs.vpc_flow.by"), ["where logs.vpc_flow.bytes"]);
        assert_eq!(offered("where x.by"), [""; 0]);
    }

    #[test]
    fn keywords_keep_the_case_of_the_first_letters() {
        assert_eq!(offered("whe"), ["when", "where"]);
        assert_eq!(offered("WHE"), ["WHEN", "WHERE"]);
    }

    #[test]
    fn nothing_is_offered_inside_quotes_and_comments() {
        assert_eq!(offered("select 'sel"), [""; 0]);
        assert_eq!(offered("-- sel"), [""; 0]);
        assert_eq!(offered("/* sel"), [""; 0]);
        assert_eq!(offered("select é|"), [""; 0]);
    }
}
