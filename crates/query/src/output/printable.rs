//! Text of logs made harmless for a terminal, and measured as the terminal shows it.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Shows characters that would steer the terminal (`\x1b`), break the grid (`\n`) or reorder what is read
/// (`\u{202e}`) as escapes. Whoever can write into a log field could otherwise repaint the screen.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        push_printable(character, &mut shown);
    }
    Cow::Owned(shown)
}

fn push_printable(character: char, shown: &mut String) {
    // Writing to a String cannot fail.
    let _ = match character {
        '\n' => shown.write_str("\\n"),
        '\r' => shown.write_str("\\r"),
        '\t' => shown.write_str("\\t"),
        control if control.is_control() => write!(shown, "\\x{:02x}", u32::from(control)),
        hidden if is_unprintable(hidden) => write!(shown, "\\u{{{:x}}}", u32::from(hidden)),
        other => shown.write_char(other),
    };
}

/// Control characters, line and paragraph separators, the marks, embeddings, overrides and isolates of
/// bidirectional text (Unicode Standard Annex 9), and the characters that take no room and so hide.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

/// Columns of a terminal the text takes.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text cut to so many columns of the terminal, with `…` where something is missing.
pub(super) fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    // A byte is never wider than a column, so short texts need no measuring.
    if text.len() <= columns || width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let mut taken = 0;
    let mut end = 0;
    for (offset, character) in text.char_indices() {
        taken += character.width().unwrap_or(0);
        if taken >= columns {
            break;
        }
        end = offset + character.len_utf8();
    }
    Cow::Owned(format!("{}…", &text[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_the_terminal_are_shown() {
        assert_eq!(printable("a\x1b[31mb\x07\u{9b}2J"), "a\\x1b[31mb\\x07\\x9b2J");
        assert_eq!(printable("two\nlines\tand\r"), "two\\nlines\\tand\\r");
        assert_eq!(printable("user\u{202e}nimda"), "user\\u{202e}nimda");
        assert_eq!(printable("C:\\temp 東京"), "C:\\temp 東京");
    }

    #[test]
    fn a_cut_counts_columns_not_characters() {
        assert_eq!(cut("東京都", 6), "東京都");
        assert_eq!(cut("東京都", 5), "東京…");
        assert_eq!(cut("東京都", 4), "東…");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abc", 1), "…");
    }
}
