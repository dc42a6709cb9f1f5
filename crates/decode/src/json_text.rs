//! Values read off a tape: their strings, their members, their compact text.

use std::ops::Range;

use crate::json_tape::{Node, NodeKind, Tape};

/// A parsed JSON text: the tape and what its spans point into.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    nodes: &'a [Node],
    text: &'a str,
    spaced: bool,
}

impl<'a> Document<'a> {
    /// `text` as `tape` has just parsed it.
    pub fn new(tape: &'a Tape, text: &'a str) -> Self {
        Self {
            nodes: tape.nodes(),
            text,
            spaced: tape.is_spaced(),
        }
    }

    /// The value (or key) whose node is at `index`; the root is at 0.
    pub fn value(self, index: usize) -> Value<'a> {
        Value { document: self, index }
    }
}

/// One value of a document.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    document: Document<'a>,
    index: usize,
}

impl<'a> Value<'a> {
    fn node(self) -> Node {
        self.document.nodes[self.index]
    }

    /// What it is.
    pub fn kind(self) -> NodeKind {
        self.node().kind
    }

    /// Where its node stands on the tape.
    pub fn index(self) -> usize {
        self.index
    }

    /// Its text as it stands in the source, white space included.
    pub fn raw(self) -> &'a str {
        &self.document.text[self.node().span()]
    }

    /// A string's text between the quotes, escapes as they are.
    pub fn quoted(self) -> &'a str {
        let span = self.node().span();
        &self.document.text[span.start + 1..span.end - 1]
    }

    /// The document's text, and where in it stands what [`Self::quoted`] gives.
    pub(crate) fn quoted_in_text(self) -> (&'a str, Range<usize>) {
        let span = self.node().span();
        (self.document.text, span.start + 1..span.end - 1)
    }

    /// A string's value, built in `scratch` where it has escapes. `None` for what is not a string.
    pub fn string<'s>(self, scratch: &'s mut String) -> Option<&'s str>
    where
        'a: 's,
    {
        match self.kind() {
            NodeKind::Plain => Some(self.quoted()),
            NodeKind::Escaped => {
                scratch.clear();
                unescape(self.quoted(), scratch);
                Some(scratch)
            }
            _ => None,
        }
    }

    /// An object's members: key and value.
    pub fn members(self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> {
        let mut children = self.children();
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
    }

    /// An array's elements; for an object, keys and values in turn; for a scalar, nothing.
    pub fn children(self) -> impl Iterator<Item = Value<'a>> {
        let (document, end) = (self.document, self.node().next());
        let mut index = self.index + 1;
        std::iter::from_fn(move || {
            (index < end).then(|| {
                let child = document.value(index);
                index = child.node().next();
                child
            })
        })
    }

    /// Adds its text without white space between tokens, spelled as in the source otherwise.
    pub fn write_compact(self, out: &mut String) {
        if !self.document.spaced {
            out.push_str(self.raw());
            return;
        }
        match self.kind() {
            NodeKind::Object => {
                out.push('{');
                for (at, (key, value)) in self.members().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    out.push_str(key.raw());
                    out.push(':');
                    value.write_compact(out);
                }
                out.push('}');
            }
            NodeKind::Array => {
                out.push('[');
                for (at, element) in self.children().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    element.write_compact(out);
                }
                out.push(']');
            }
            _ => out.push_str(self.raw()),
        }
    }
}

/// The first eight bytes of a text as a number that is ordered as they are; behind its end stand zeros. Most keys differ in
/// it, so that hardly any need to be compared byte by byte.
pub(crate) fn first_bytes(text: &str) -> u64 {
    let mut first = [0; 8];
    let length = text.len().min(8);
    first[..length].copy_from_slice(&text.as_bytes()[..length]);
    u64::from_be_bytes(first)
}

/// Resolves the escapes of `quoted`, whose grammar the tape has checked. Half a surrogate pair, which no UTF-8 text
/// can hold, becomes U+FFFD.
fn unescape(quoted: &str, out: &mut String) {
    let mut rest = quoted;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (character, length) = match escape.as_bytes().first() {
            Some(b'b') => ('\u{8}', 1),
            Some(b'f') => ('\u{c}', 1),
            Some(b'n') => ('\n', 1),
            Some(b'r') => ('\r', 1),
            Some(b't') => ('\t', 1),
            Some(b'u') => unicode_escape(escape),
            Some(&other) => (char::from(other), 1),
            None => return,
        };
        out.push(character);
        rest = &escape[length..];
    }
    out.push_str(rest);
}

/// The character of `u` and four digits, or of a surrogate pair of them, and the length read.
fn unicode_escape(escape: &str) -> (char, usize) {
    let unit = |from: usize| u32::from_str_radix(escape.get(from..from + 4)?, 16).ok();
    let Some(first) = unit(1) else {
        return (char::REPLACEMENT_CHARACTER, escape.len());
    };
    if let Some(character) = char::from_u32(first) {
        return (character, 5);
    }
    let second = if escape.get(5..7) == Some("\\u") { unit(7) } else { None };
    match second {
        Some(low @ 0xDC00..=0xDFFF) if first < 0xDC00 => {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00);
            (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 11)
        }
        _ => (char::REPLACEMENT_CHARACTER, 5),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    fn string_of(text: &str) -> String {
        let mut tape = Tape::default();
        tape.parse(text).unwrap();
        let mut scratch = String::new();
        Document::new(&tape, text)
            .value(0)
            .string(&mut scratch)
            .unwrap()
            .to_owned()
    }

    #[test]
    fn escapes_are_resolved() {
        assert_eq!(string_of(r#""a\"\\\/\b\f\n\r\tz""#), "a\"\\/\u{8}\u{c}\n\r\tz");
        assert_eq!(string_of(r#""\u00e9\ud83d\ude00\u0000""#), "é😀\0");
    }

    #[test]
    fn half_a_surrogate_pair_becomes_the_replacement_character() {
        assert_eq!(string_of(r#""a\ud83dz""#), "a\u{fffd}z");
        assert_eq!(string_of(r#""\ude00\ud83d\u0041""#), "\u{fffd}\u{fffd}A");
    }

    #[test]
    fn compact_text_keeps_the_spelling() {
        let text = "{ \"a\" : [ 1.0e2 , \"x \\u0041\" , { } ] ,\n \"b\" : null }";
        let mut tape = Tape::default();
        tape.parse(text).unwrap();
        let mut compact = String::new();
        Document::new(&tape, text).value(0).write_compact(&mut compact);
        assert_eq!(compact, r#"{"a":[1.0e2,"x \u0041",{}],"b":null}"#);
    }

    proptest! {
        #[test]
        fn strings_round_trip(value in ".*") {
            prop_assert_eq!(string_of(&serde_json::to_string(&value).unwrap()), value);
        }
    }
}
