//! A place in a statement, to point at.

use std::fmt;

use datafusion::common::Location;

/// Wider parts of a line than this are cut around the place.
const SHOWN_CHARS: usize = 100;

/// A place in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// The line itself.
    pub text: String,
}

impl Place {
    /// The place at `line` and `column` of `sql`, where there is such a line.
    pub(crate) fn new(sql: &str, line: usize, column: usize) -> Option<Self> {
        let text = sql.lines().nth(line.checked_sub(1)?)?;
        Some(Self {
            line,
            column: column.max(1),
            text: text.to_owned(),
        })
    }

    /// The place `offset` bytes into `sql`, where that is in it.
    pub fn at(sql: &str, offset: usize) -> Option<Self> {
        let before = sql.get(..offset)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        Self::new(sql, line, before[line_start..].chars().count() + 1)
    }

    /// The place in the statement that has this one's text from `offset` on.
    pub(crate) fn moved(&self, sql: &str, offset: usize) -> Option<Self> {
        let part = sql.get(offset..)?;
        let line_start: usize = part.split_inclusive('\n').take(self.line - 1).map(str::len).sum();
        let line = &part[line_start..];
        let column: usize = line.chars().take(self.column - 1).map(char::len_utf8).sum();
        Self::at(sql, offset + line_start + column)
    }

    /// The character at the place.
    pub(crate) fn next(&self) -> Option<char> {
        self.text.chars().nth(self.column - 1)
    }

    pub(crate) fn of(sql: &str, location: Location) -> Option<Self> {
        Self::new(sql, location.line as usize, location.column as usize)
    }
}

/// The line, and under it a caret.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.column - 1;
        let hidden = before.saturating_sub(SHOWN_CHARS * 3 / 4);
        // Tabs and control characters would move the caret away from what it points at.
        let shown = self
            .text
            .chars()
            .skip(hidden)
            .take(SHOWN_CHARS)
            .map(|c| if c.is_control() { ' ' } else { c });
        let shown: String = shown.collect();
        write!(f, "  {}\n  {:>2$}", shown.trim_end(), "^", before - hidden + 1)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_caret_stands_under_the_place() {
        let place = Place::new("SELECT 1,\n\t  nope\nFROM x", 2, 4).unwrap();
        assert_eq!(place.to_string(), "     nope\n     ^");
        assert_eq!(Place::new("SELECT", 2, 1), None);
        assert_eq!(Place::new("SELECT", 0, 0), None);
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let sql = format!("{}nope{}", "a, ".repeat(100), ", b".repeat(100));
        let shown = Place::new(&sql, 1, 301).unwrap().to_string();
        let (line, caret) = shown.split_once('\n').unwrap();
        assert_eq!(line.find("nope"), caret.find('^'));
        assert!(line.len() <= SHOWN_CHARS + 2);
    }
}
