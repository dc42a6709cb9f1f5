//! One JSON value as a flat list of nodes over its own text.
//!
//! A tree of owned values would cost an allocation for each member of each event. The tape costs none: its nodes
//! are spans of the text in document order, its memory is used again for the next event, and the spelling of the
//! source (numbers above all) stays at hand. Nothing here recurses, so depth is a limit and never a stack overflow.

use std::ops::Range;

/// How many arrays and objects may stand inside one another.
pub(crate) const MAX_DEPTH: usize = 128;

/// Why a text is not one JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The text departs from JSON's grammar.
    #[error("broken JSON at byte {at}: {what}")]
    Syntax {
        /// Where, from 0.
        at: usize,
        /// What is wrong or was expected there.
        what: &'static str,
    },
    /// More levels than anybody means.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// `null`.
    Null,
    /// `true`.
    True,
    /// `false`.
    False,
    /// A number, spelled as it is.
    Number,
    /// A string whose text between the quotes is its value.
    Plain,
    /// A string with at least one backslash.
    Escaped,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl NodeKind {
    /// The kind with its article, for messages.
    pub const fn described(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::True | Self::False => "a boolean",
            Self::Number => "a number",
            Self::Plain | Self::Escaped => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

/// A value, or a member's key: where it stands in the text, and where the tape goes on behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    /// The bytes of the text it covers, quotes and brackets included.
    start: u32,
    end: u32,
    /// The index of the first node that is not part of this one.
    next: u32,
}

impl Node {
    pub(crate) fn span(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(crate) fn next(self) -> usize {
        self.next as usize
    }
}

/// The nodes of one value. An object's node is followed by key, value, key, value …; an array's by its elements.
#[derive(Debug, Default)]
pub struct Tape {
    nodes: Vec<Node>,
    open: Vec<u32>,
    spaced: bool,
}

/// Beyond this many nodes (1 MiB of them) a tape's memory is given back before the next value.
const NODES_KEPT: usize = 65_536;

impl Tape {
    /// Reads `text`, which must be one JSON value and shorter than 4 GiB, in place of what the tape held.
    pub fn parse(&mut self, text: &str) -> Result<(), JsonError> {
        if self.nodes.capacity() > NODES_KEPT {
            self.nodes = Vec::new();
        }
        self.nodes.clear();
        self.open.clear();
        self.spaced = false;
        let mut parser = Parser {
            bytes: text.as_bytes(),
            at: 0,
            tape: self,
        };
        parser.skip_blanks();
        parser.tape.spaced = false;
        parser.values()
    }

    /// The nodes, the root first.
    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Whether white space stands between the root's tokens, so that compact text is not simply a span.
    pub(crate) fn is_spaced(&self) -> bool {
        self.spaced
    }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    tape: &'a mut Tape,
}

/// What stands where a value was looked for.
enum Began {
    /// A whole value: a scalar, or an empty container.
    Whole,
    /// A container whose first value comes next.
    Container,
}

impl Parser<'_> {
    fn values(&mut self) -> Result<(), JsonError> {
        loop {
            self.skip_blanks();
            if matches!(self.value()?, Began::Container) {
                continue;
            }
            if !self.after_value()? {
                return Ok(());
            }
        }
    }

    fn value(&mut self) -> Result<Began, JsonError> {
        match self.bytes.get(self.at) {
            Some(b'"') => self.string()?,
            Some(b'{') => return self.container(NodeKind::Object, b'}'),
            Some(b'[') => return self.container(NodeKind::Array, b']'),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.literal(b"true", NodeKind::True)?,
            Some(b'f') => self.literal(b"false", NodeKind::False)?,
            Some(b'n') => self.literal(b"null", NodeKind::Null)?,
            Some(_) => return self.fails("a value was expected"),
            None => return self.fails("the text ends where a value was expected"),
        }
        Ok(Began::Whole)
    }

    fn container(&mut self, kind: NodeKind, closing: u8) -> Result<Began, JsonError> {
        if self.tape.open.len() == MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        self.tape.open.push(self.tape.nodes.len() as u32);
        self.push(kind, self.at);
        self.at += 1;
        self.skip_blanks();
        if self.bytes.get(self.at) == Some(&closing) {
            self.close();
            return Ok(Began::Whole);
        }
        if kind == NodeKind::Object {
            self.key()?;
        }
        Ok(Began::Container)
    }

    /// Goes from the end of a value to the beginning of the next; false when there is none.
    fn after_value(&mut self) -> Result<bool, JsonError> {
        while let Some(&open) = self.tape.open.last() {
            self.skip_blanks();
            let in_object = self.tape.nodes[open as usize].kind == NodeKind::Object;
            match (self.bytes.get(self.at), in_object) {
                (Some(b','), true) => {
                    self.at += 1;
                    self.skip_blanks();
                    self.key()?;
                    return Ok(true);
                }
                (Some(b','), false) => {
                    self.at += 1;
                    return Ok(true);
                }
                (Some(b'}'), true) | (Some(b']'), false) => self.close(),
                (Some(_), true) => return self.fails("`,` or `}` was expected"),
                (Some(_), false) => return self.fails("`,` or `]` was expected"),
                (None, true) => return self.fails("the text ends inside an object"),
                (None, false) => return self.fails("the text ends inside an array"),
            }
        }
        let spaced = self.tape.spaced;
        self.skip_blanks();
        self.tape.spaced = spaced;
        if self.at < self.bytes.len() {
            self.fails("nothing was expected behind the value")
        } else {
            Ok(false)
        }
    }

    fn close(&mut self) {
        self.at += 1;
        if let Some(open) = self.tape.open.pop() {
            let next = self.tape.nodes.len() as u32;
            let node = &mut self.tape.nodes[open as usize];
            node.end = self.at as u32;
            node.next = next;
        }
    }

    fn key(&mut self) -> Result<(), JsonError> {
        if self.bytes.get(self.at) != Some(&b'"') {
            return self.fails("a key in quotes was expected");
        }
        self.string()?;
        self.skip_blanks();
        if self.bytes.get(self.at) != Some(&b':') {
            return self.fails("`:` was expected behind the key");
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        let mut kind = NodeKind::Plain;
        self.at += 1;
        loop {
            let rest = &self.bytes[self.at..];
            let plain = plain_length(rest);
            self.at += plain;
            match rest.get(plain).copied().unwrap_or_default() {
                _ if plain == rest.len() => return self.fails("the text ends inside a string"),
                b'"' => break,
                b'\\' => {
                    kind = NodeKind::Escaped;
                    self.escape()?;
                }
                _ => return self.fails("a control character stands inside a string"),
            }
        }
        self.at += 1;
        self.push(kind, start);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6).unwrap_or_default();
                if digits.len() < 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return self.fails("four hexadecimal digits were expected behind `\\u`");
                }
                self.at += 6;
            }
            _ => return self.fails("no such escape in a string"),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        if self.bytes[self.at] == b'-' {
            self.at += 1;
        }
        if self.bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.push(NodeKind::Number, start);
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = &self.bytes[self.at..];
        let count = rest
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(rest.len());
        if count == 0 {
            return self.fails("a digit was expected");
        }
        self.at += count;
        Ok(())
    }

    fn literal(&mut self, word: &[u8], kind: NodeKind) -> Result<(), JsonError> {
        if !self.bytes[self.at..].starts_with(word) {
            return self.fails("a value was expected");
        }
        let start = self.at;
        self.at += word.len();
        self.push(kind, start);
        Ok(())
    }

    /// Adds a node from `start` to here.
    fn push(&mut self, kind: NodeKind, start: usize) {
        let next = self.tape.nodes.len() as u32 + 1;
        self.tape.nodes.push(Node {
            kind,
            start: start as u32,
            end: self.at as u32,
            next,
        });
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
            self.tape.spaced = true;
        }
    }

    fn fails<T>(&self, what: &'static str) -> Result<T, JsonError> {
        Err(JsonError::Syntax { at: self.at, what })
    }
}

/// How many bytes stand before the first that plain text of a string stops at: the quote, the backslash, a control
/// character.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let (words, _) = bytes.as_chunks::<8>();
    for (at, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The lowest byte below a bound, and thus the lowest that is zero, has its high bit set; those above may err.
        let below = |word: u64, bound: u64| word.wrapping_sub(ONES * bound) & !word;
        let stops =
            below(word ^ (ONES * u64::from(b'"')), 1) | below(word ^ (ONES * u64::from(b'\\')), 1) | below(word, 0x20);
        if stops & HIGHS != 0 {
            return at * 8 + (stops & HIGHS).trailing_zeros() as usize / 8;
        }
    }
    let done = words.len() * 8;
    let ends_plain_text = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let rest = &bytes[done..];
    done + rest.iter().position(ends_plain_text).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    fn error(text: &str) -> String {
        Tape::default().parse(text).unwrap_err().to_string()
    }

    #[test]
    fn nodes_stand_in_document_order() {
        let text = r#" {"a": [1, "x\n"], "b": {}} "#;
        let mut tape = Tape::default();
        tape.parse(text).unwrap();
        let nodes: Vec<_> = tape
            .nodes()
            .iter()
            .map(|node| (node.kind, &text[node.span()], node.next()))
            .collect();
        assert_eq!(
            nodes,
            [
                (NodeKind::Object, r#"{"a": [1, "x\n"], "b": {}}"#, 7),
                (NodeKind::Plain, r#""a""#, 2),
                (NodeKind::Array, r#"[1, "x\n"]"#, 5),
                (NodeKind::Number, "1", 4),
                (NodeKind::Escaped, r#""x\n""#, 5),
                (NodeKind::Plain, r#""b""#, 6),
                (NodeKind::Object, "{}", 7),
            ]
        );
        assert!(tape.is_spaced());
        tape.parse(" [1,2]\n").unwrap();
        assert!(!tape.is_spaced());
    }

    #[test]
    fn errors_say_where_and_what() {
        assert_eq!(
            error(r#"{"a":1"#),
            "broken JSON at byte 6: the text ends inside an object"
        );
        assert_eq!(
            error(r#"{"a" 1}"#),
            "broken JSON at byte 5: `:` was expected behind the key"
        );
        assert_eq!(
            error(r#"{"a":1,}"#),
            "broken JSON at byte 7: a key in quotes was expected"
        );
        assert_eq!(error("[1 2]"), "broken JSON at byte 3: `,` or `]` was expected");
        assert_eq!(
            error("[1] x"),
            "broken JSON at byte 4: nothing was expected behind the value"
        );
        assert_eq!(
            error("\"a\nb\""),
            "broken JSON at byte 2: a control character stands inside a string"
        );
        assert_eq!(
            error(r#""\u12G4""#),
            r"broken JSON at byte 1: four hexadecimal digits were expected behind `\u`"
        );
        assert_eq!(
            error(""),
            "broken JSON at byte 0: the text ends where a value was expected"
        );
    }

    #[test]
    fn depth_is_limited_and_costs_no_stack() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(Tape::default().parse(&nested(128)), Ok(()));
        assert_eq!(Tape::default().parse(&nested(129)), Err(JsonError::TooDeep));
        assert_eq!(
            Tape::default().parse(&"{\"a\":".repeat(10_000)),
            Err(JsonError::TooDeep)
        );
        assert_eq!(JsonError::TooDeep.to_string(), "nested deeper than 128 levels");
    }

    proptest! {
        #[test]
        fn plain_text_ends_where_a_byte_by_byte_search_says(
            bytes in proptest::collection::vec(prop_oneof![8 => any::<u8>(), 24 => 0x20..0x7f_u8, 1 => Just(b'"'), 1 => Just(b'\\')], 0..64),
        ) {
            let stops = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
            prop_assert_eq!(plain_length(&bytes), bytes.iter().position(stops).unwrap_or(bytes.len()));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn accepts_what_serde_json_accepts(text in r#"[\[\]{},: "\\tunlrefas0-9.eE+\-]{0,24}"#) {
            let expected = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(Tape::default().parse(&text).is_ok(), expected, "{}", text);
        }
    }
}
