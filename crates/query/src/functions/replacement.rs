//! What a match is replaced with.

use regex::{Captures, Regex};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Group(usize),
    Named(String),
}

/// A replacement, taken apart: `$1` and `${name}` of Athena, `\1` of Snowflake and `PostgreSQL`; a backslash before any
/// other sign is that sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement(Vec<Piece>);

impl Replacement {
    /// Reads a replacement; a dollar sign before what is no group is a dollar sign.
    pub fn read(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(sign) = rest.chars().next() {
            let behind = &rest[sign.len_utf8()..];
            let (piece, left) = match sign {
                '\\' => group(behind).unwrap_or_else(|| {
                    let length = behind.chars().next().map_or(0, char::len_utf8);
                    let escaped = if length == 0 { "\\" } else { &behind[..length] };
                    (Piece::Text(escaped.to_owned()), &behind[length..])
                }),
                '$' => group(behind)
                    .or_else(|| name(behind))
                    .unwrap_or_else(|| (Piece::Text("$".to_owned()), behind)),
                other => (Piece::Text(other.to_string()), behind),
            };
            rest = left;
            match (pieces.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
                (_, piece) => pieces.push(piece),
            }
        }
        Self(pieces)
    }

    /// The text with matches from `start` on replaced: the one with the number `occurrence`, or all where it is 0.
    pub fn in_text(&self, text: &str, start: usize, expression: &Regex, occurrence: i64) -> String {
        let mut replaced = text[..start].to_owned();
        let rest = &text[start..];
        let mut done = 0;
        for (count, captures) in (1..).zip(expression.captures_iter(rest)) {
            let Some(found) = captures.get(0).filter(|_| occurrence < 1 || count == occurrence) else {
                continue;
            };
            replaced.push_str(&rest[done..found.start()]);
            self.write(&captures, &mut replaced);
            done = found.end();
        }
        replaced.push_str(&rest[done..]);
        replaced
    }

    fn write(&self, captures: &Captures<'_>, out: &mut String) {
        for piece in &self.0 {
            let text = match piece {
                Piece::Text(text) => Some(text.as_str()),
                Piece::Group(group) => captures.get(*group).map(|found| found.as_str()),
                Piece::Named(name) => captures.name(name).map(|found| found.as_str()),
            };
            out.push_str(text.unwrap_or_default());
        }
    }
}

/// The number of a group, of one digit.
fn group(text: &str) -> Option<(Piece, &str)> {
    let digit = text.chars().next()?.to_digit(10)?;
    Some((Piece::Group(digit as usize), &text[1..]))
}

/// `{name}`.
fn name(text: &str) -> Option<(Piece, &str)> {
    let (name, left) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|letter| letter == '_' || letter.is_ascii_alphanumeric());
    is_name.then(|| (Piece::Named(name.to_owned()), left))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn replaced(text: &str, pattern: &str, replacement: &str, occurrence: i64) -> String {
        Replacement::read(replacement).in_text(text, 0, &Regex::new(pattern).unwrap(), occurrence)
    }

    #[test]
    fn groups_are_called_in_three_ways() {
        assert_eq!(replaced("1a 2b", "(\\d)([ab])", "$2$1", 0), "a1 b2");
        assert_eq!(replaced("1a 2b", "(\\d)([ab])", "\\2\\1", 2), "1a b2");
        assert_eq!(replaced("1a 2b", "(?<n>\\d)", "<${n}>", 0), "<1>a <2>b");
        assert_eq!(replaced("1a", "a", "$x \\$1 \\\\ ${", 0), "1$x $1 \\ ${");
        assert_eq!(replaced("aaa", "", "-", 0), "-a-a-a-");
    }

    proptest! {
        #[test]
        fn any_replacement_can_be_read(text in "[$\\\\{}0-9a\u{e9}]{0,12}") {
            let replaced = replaced("xyx", "(x)", &text, 0);
            prop_assert!(replaced.contains('y'));
        }
    }
}
