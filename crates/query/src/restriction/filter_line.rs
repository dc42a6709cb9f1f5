//! The line that people filter by: `srcaddr in 10.0.0.0/8 and dstport = 22`.
//!
//! ```text
//!   line       = and { "or" and }
//!   and        = not { "and" not }
//!   not        = "not" not | "(" line ")" | comparison
//!   comparison = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" | ["not"] "like" ) value
//!              | field ["not"] "in" ( value | "(" value { "," value } ")" )
//!              | field "is" ["not"] "null"
//!   value      = a word (443, 10.0.0.0/8, 1024-65535, eni-0a1b) or 'a text in quotes'
//! ```
//!
//! A line says nothing of types: what a value means depends on the field it is compared with, which `conditions.rs`
//! knows.

use std::fmt;

use crate::Place;

/// Longer lines are nobody's; what is pasted by mistake is refused before it costs anything.
const MOST_BYTES: usize = 16 << 10;
/// Brackets and `not` inside one another: each takes its part of the stack.
const DEEPEST: usize = 32;

/// A line that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterLine {
    pub(super) text: String,
    pub(super) condition: Condition,
}

/// Why a line cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// What is wrong.
    pub message: String,
    /// Where in the line.
    pub place: Option<Place>,
}

/// What a line asks of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test(Test),
}

/// A field and what it is to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    pub field: Word,
    pub asks: Asks,
    pub is_negated: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asks {
    Equal(Word),
    Less(Word),
    AtMost(Word),
    Greater(Word),
    AtLeast(Word),
    Like(Word),
    In(Vec<Word>),
    Null,
}

/// A piece of the line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub text: String,
    /// In bytes.
    pub offset: usize,
    pub is_quoted: bool,
}

impl FilterLine {
    /// Reads a line; nothing, where there is nothing in it.
    ///
    /// ```
    /// use flowtrail_query::FilterLine;
    ///
    /// assert!(FilterLine::parse("srcaddr in 10.0.0.0/8 and not dstport in (22, 1024-65535)")?.is_some());
    /// let error = FilterLine::parse("dstport 22").unwrap_err();
    /// assert_eq!(error.message, "expected =, !=, <, <=, >, >=, in, like or is after dstport, found 22");
    /// # Ok::<(), flowtrail_query::FilterError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Option<Self>, FilterError> {
        if text.len() > MOST_BYTES {
            return Err(FilterError {
                message: format!("the filter has {} bytes; {MOST_BYTES} are the most", text.len()),
                place: None,
            });
        }
        let pieces = pieces(text)?;
        if pieces.is_empty() {
            return Ok(None);
        }
        let mut reader = Reader { text, pieces, at: 0 };
        let condition = reader.any(0)?;
        if reader.peek().is_some() {
            return Err(reader.expected("and, or, or the end of the filter"));
        }
        Ok(Some(Self {
            text: text.to_owned(),
            condition,
        }))
    }

    /// An error at an offset of the line.
    pub(super) fn error(&self, offset: usize, message: impl Into<String>) -> FilterError {
        error_at(&self.text, offset, message)
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "the filter, column {}: {}\n{place}", place.column, self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for FilterError {}

fn error_at(text: &str, offset: usize, message: impl Into<String>) -> FilterError {
    FilterError {
        message: message.into(),
        place: Place::at(text, offset),
    }
}

/// The words, brackets, commas and operators of a line.
fn pieces(text: &str) -> Result<Vec<Word>, FilterError> {
    let mut pieces = Vec::new();
    let mut offset = 0;
    while let Some(first) = text[offset..].chars().next() {
        let rest = &text[offset..];
        let (length, is_quoted) = match first {
            space if space.is_whitespace() => {
                offset += space.len_utf8();
                continue;
            }
            '\'' | '"' => match quoted_length(rest, first) {
                Some(length) => (length, true),
                None => return Err(error_at(text, offset, "a text in quotes has no closing quote")),
            },
            '(' | ')' | ',' => (1, false),
            '=' | '!' | '<' | '>' => (rest.len() - rest.trim_start_matches(['=', '!', '<', '>']).len(), false),
            _ => (rest.find(ends_word).unwrap_or(rest.len()), false),
        };
        let piece = &rest[..length];
        pieces.push(Word {
            text: if is_quoted { unquoted(piece) } else { piece.to_owned() },
            offset,
            is_quoted,
        });
        offset += length;
    }
    Ok(pieces)
}

fn ends_word(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '(' | ')' | ',' | '=' | '!' | '<' | '>' | '\'' | '"')
}

/// A doubled quote does not end a quoted text.
fn quoted_length(rest: &str, quote: char) -> Option<usize> {
    let mut position = 1;
    loop {
        position += rest[position..].find(quote)? + 1;
        if !rest[position..].starts_with(quote) {
            return Some(position);
        }
        position += 1;
    }
}

fn unquoted(piece: &str) -> String {
    let quote = &piece[..1];
    piece[1..piece.len() - 1].replace(&quote.repeat(2), quote)
}

struct Reader<'a> {
    text: &'a str,
    pieces: Vec<Word>,
    at: usize,
}

impl Reader<'_> {
    fn any(&mut self, depth: usize) -> Result<Condition, FilterError> {
        let mut parts = vec![self.all(depth)?];
        while self.takes("or") {
            parts.push(self.all(depth)?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, FilterError> {
        let mut parts = vec![self.not(depth)?];
        while self.takes("and") {
            parts.push(self.not(depth)?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn not(&mut self, depth: usize) -> Result<Condition, FilterError> {
        if depth > DEEPEST {
            return Err(self.error(&format!(
                "brackets and `not` stand in one another more than {DEEPEST} deep"
            )));
        }
        if self.takes("not") {
            return Ok(Condition::Not(Box::new(self.not(depth + 1)?)));
        }
        if !self.takes("(") {
            return Ok(Condition::Test(self.test()?));
        }
        let inner = self.any(depth + 1)?;
        if !self.takes(")") {
            return Err(self.expected("and, or, or )"));
        }
        Ok(inner)
    }

    fn test(&mut self) -> Result<Test, FilterError> {
        let field = self.word("a field")?;
        let mut is_negated = false;
        let asks = if self.takes("is") {
            is_negated = self.takes("not");
            if !self.takes("null") {
                return Err(self.expected(if is_negated { "null" } else { "null or not null" }));
            }
            Asks::Null
        } else if self.takes("=") {
            Asks::Equal(self.word("a value")?)
        } else if self.takes("!=") || self.takes("<>") {
            is_negated = true;
            Asks::Equal(self.word("a value")?)
        } else if self.takes("<") {
            Asks::Less(self.word("a value")?)
        } else if self.takes("<=") {
            Asks::AtMost(self.word("a value")?)
        } else if self.takes(">") {
            Asks::Greater(self.word("a value")?)
        } else if self.takes(">=") {
            Asks::AtLeast(self.word("a value")?)
        } else {
            is_negated = self.takes("not");
            if self.takes("in") {
                Asks::In(self.values()?)
            } else if self.takes("like") {
                Asks::Like(self.word("a pattern")?)
            } else if is_negated {
                return Err(self.expected("in or like"));
            } else {
                return Err(self.expected(&format!("=, !=, <, <=, >, >=, in, like or is after {}", field.text)));
            }
        };
        Ok(Test {
            field,
            asks,
            is_negated,
        })
    }

    fn values(&mut self) -> Result<Vec<Word>, FilterError> {
        if !self.takes("(") {
            return Ok(vec![self.word("a value or values in brackets")?]);
        }
        let mut values = vec![self.word("a value")?];
        while self.takes(",") {
            values.push(self.word("a value")?);
        }
        if !self.takes(")") {
            return Err(self.expected("`,` or )"));
        }
        Ok(values)
    }

    /// The next piece, which must be no sign.
    fn word(&mut self, what: &str) -> Result<Word, FilterError> {
        let word = self
            .peek()
            .filter(|word| word.is_quoted || !word.text.starts_with(ends_word));
        let word = word.cloned().ok_or_else(|| self.expected(what))?;
        self.at += 1;
        Ok(word)
    }

    fn takes(&mut self, text: &str) -> bool {
        let is_there = self
            .peek()
            .is_some_and(|word| !word.is_quoted && word.text.eq_ignore_ascii_case(text));
        self.at += usize::from(is_there);
        is_there
    }

    fn peek(&self) -> Option<&Word> {
        self.pieces.get(self.at)
    }

    fn expected(&self, what: &str) -> FilterError {
        let found = self.peek().map_or("the end of the filter".into(), |word| {
            word.text.chars().take(40).collect::<String>()
        });
        self.error(&format!("expected {what}, found {found}"))
    }

    fn error(&self, message: &str) -> FilterError {
        let offset = self.peek().map_or(self.text.trim_end().len(), |word| word.offset);
        error_at(self.text, offset, message)
    }
}

fn one_or(mut parts: Vec<Condition>, several: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            several(parts)
        }
        None => several(parts),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn message(line: &str) -> String {
        FilterLine::parse(line).unwrap_err().to_string()
    }

    #[test]
    fn and_binds_closer_than_or() {
        let line = FilterLine::parse("a = 1 or b = 2 AND not (c = 3)").unwrap().unwrap();
        let Condition::Any(parts) = line.condition else {
            panic!("{line:?}")
        };
        assert!(matches!(parts[0], Condition::Test(_)));
        assert!(matches!(&parts[1], Condition::All(parts) if matches!(parts[1], Condition::Not(_))));
    }

    #[test]
    fn words_are_what_addresses_and_names_are_made_of() {
        let line = FilterLine::parse("x in (fe80::1/64,1024-65535, 'it''s', arn:aws:iam::1:role/x)");
        let Condition::Test(Test {
            asks: Asks::In(values), ..
        }) = line.unwrap().unwrap().condition
        else {
            panic!("no list")
        };
        let texts: Vec<_> = values.iter().map(|value| value.text.as_str()).collect();
        assert_eq!(texts, ["fe80::1/64", "1024-65535", "it's", "arn:aws:iam::1:role/x"]);
    }

    #[test]
    fn nothing_is_no_filter() {
        assert_eq!(FilterLine::parse("  \t").unwrap(), None);
    }

    #[test]
    fn an_error_says_where() {
        assert_eq!(
            message("dstport = 22 srcport = 1"),
            "the filter, column 14: expected and, or, or the end of the filter, found srcport\n  dstport = 22 srcport = 1\n               ^"
        );
        assert!(message("dstport =").contains("expected a value, found the end of the filter"));
        assert!(message("a = 'x").contains("no closing quote"));
        assert!(message("(a = 1").contains("expected and, or, or ), found the end"));
        assert!(message("a is 3").contains("expected null or not null, found 3"));
        assert!(message(&"(".repeat(100)).contains("more than 32 deep"));
        assert!(message(&"x".repeat(20_000)).contains("20000 bytes"));
    }

    proptest! {
        #[test]
        fn no_line_is_too_much(line in "[a-z0-9 ='\"(),<>!./:é-]{0,60}") {
            let _ = FilterLine::parse(&line);
        }
    }
}
