//! Takes a stream of JSON apart, value by value, in bounded memory.
//!
//! What arrives is documents one behind another: objects, arrays, and objects around one long array (`Records`).
//! The splitter finds where values end by strings, escapes and brackets alone, and hands each out as bytes, to be
//! parsed by whoever asked; so a broken value between good ones costs only itself.
//!
//! ```text
//!              `{`                          `"Records": [`
//!   Between ─────────> Object ───────────────────────────────> Array ──> its elements
//!      ^  │   `[`        │ `}`: the object is itself a value     │ `]`
//!      │  ├──────────────┼───────────────────────────────────> Array
//!      │  └─ other ─> Line: the rest of a line that begins no value
//!      └──────────────── back here at each value's end
//! ```
//!
//! JSON lines are objects of one line each. Once one has been seen, or a string runs over a line's end, a line that
//! does not close its object is a broken value by itself, and the next line begins afresh.

use std::io::Read;
use std::ops::Range;

use crate::DecodeError;
use crate::json_window::{Nesting, Window};
use crate::reject::RECORD_EXCERPT_BYTES;

/// The longest value that is handed out whole.
pub const MAX_VALUE_BYTES: usize = 16 << 20;

/// A value cut out of the stream. Whether it is good JSON is for a parser to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitValue<'a> {
    /// Its number in the stream, from 1.
    pub number: u64,
    /// Its text; of a value longer than [`MAX_VALUE_BYTES`] only the first bytes.
    pub bytes: &'a [u8],
    /// Whether the value is too long, and `bytes` not all of it.
    pub is_too_long: bool,
}

/// Reads values out of a stream of JSON documents.
#[derive(Debug)]
pub struct ValueReader {
    window: Window,
    array_keys: &'static [&'static str],
    place: Place,
    nesting: Nesting,
    /// Where the key of the member being read begins, while it is being read.
    key_from: Option<usize>,
    /// Values handed out so far.
    number: u64,
    /// An array has been opened: the stream is documents, not lines.
    has_documents: bool,
    /// The stream is known to be JSON lines.
    is_lines: bool,
    excerpt: Vec<u8>,
    is_too_long: bool,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Between { after_object_in_a_line: bool },
    Object { is_envelope: bool },
    Array { in_object: bool, has_elements: bool },
    Line,
    End,
}

const BETWEEN: Place = Place::Between {
    after_object_in_a_line: false,
};

impl ValueReader {
    /// Reads from `reader`. A top-level object with one of `array_keys` as a key is not a value but the elements of
    /// that key's array are; the elements of a top-level array are values in any case.
    pub fn new(reader: Box<dyn Read + Send>, array_keys: &'static [&'static str]) -> Self {
        Self {
            window: Window::new(reader),
            array_keys,
            place: BETWEEN,
            nesting: Nesting::default(),
            key_from: None,
            number: 0,
            has_documents: false,
            is_lines: false,
            excerpt: Vec::new(),
            is_too_long: false,
        }
    }

    /// The next value, or `None` at the end of the stream.
    ///
    /// Errors: an empty stream, a stream that ends inside a document, an array key without an array, text that
    /// follows a document, a reader that fails.
    pub fn next_value(&mut self) -> Result<Option<SplitValue<'_>>, DecodeError> {
        self.is_too_long = false;
        self.excerpt.clear();
        loop {
            let found = match self.place {
                Place::Between { after_object_in_a_line } => self.between(after_object_in_a_line)?,
                Place::Object { is_envelope } => self.object(is_envelope)?,
                Place::Array {
                    in_object,
                    has_elements,
                } => self.element(in_object, has_elements)?,
                Place::Line => self.line()?,
                Place::End => return Ok(None),
            };
            if let Some(range) = found {
                if range.len() > MAX_VALUE_BYTES {
                    self.cut_value(range.start);
                }
                self.number += 1;
                let bytes = if self.is_too_long {
                    &self.excerpt
                } else {
                    self.window.bytes(range).trim_ascii_end()
                };
                return Ok(Some(SplitValue {
                    number: self.number,
                    bytes,
                    is_too_long: self.is_too_long,
                }));
            }
        }
    }

    /// From the end of a top-level value to the beginning of the next.
    fn between(&mut self, after_object_in_a_line: bool) -> Result<Option<Range<usize>>, DecodeError> {
        loop {
            match self.peek()? {
                // White space, and the bytes of a byte-order mark, which each of several joined files may bring.
                Some(b' ' | b'\t' | b'\r' | 0xEF | 0xBB | 0xBF) => self.window.at += 1,
                Some(b'\n') => {
                    self.is_lines |= after_object_in_a_line && !self.has_documents;
                    self.window.at += 1;
                }
                Some(first) => {
                    self.window.start = self.window.at;
                    return self.begin(first);
                }
                None if self.number == 0 && !self.has_documents => return Err(DecodeError::Empty),
                None => {
                    self.place = Place::End;
                    return Ok(None);
                }
            }
        }
    }

    fn begin(&mut self, first: u8) -> Result<Option<Range<usize>>, DecodeError> {
        match first {
            b'{' => {
                self.window.at += 1;
                self.key_from = Some(self.window.at);
                self.nesting = Nesting::default();
                self.place = Place::Object { is_envelope: false };
            }
            b'[' if !self.is_lines => self.begin_array(false),
            _ if self.has_documents && !self.is_lines => return Err(self.trailing_text()?),
            _ => self.place = Place::Line,
        }
        Ok(None)
    }

    fn begin_array(&mut self, in_object: bool) {
        self.window.at += 1;
        self.window.start = self.window.at;
        self.nesting = Nesting::default();
        self.has_documents = true;
        self.is_too_long = false;
        self.excerpt.clear();
        self.place = Place::Array {
            in_object,
            has_elements: false,
        };
    }

    /// Goes on inside a top-level object, to its end or to the array it is the envelope of.
    fn object(&mut self, is_envelope: bool) -> Result<Option<Range<usize>>, DecodeError> {
        let watches_lines = !is_envelope && (self.is_lines || !self.has_documents);
        let mut spans_lines = false;
        loop {
            let Some(stop) = self.window.advance(&mut self.nesting, watches_lines) else {
                if self.more(!is_envelope)? {
                    continue;
                }
                return self.object_cut_off(is_envelope);
            };
            match stop {
                b'\n' if self.is_broken_line()? => {
                    self.is_lines = true;
                    self.key_from = None;
                    self.place = BETWEEN;
                    return Ok(Some(self.window.start..self.window.at));
                }
                b'\n' => spans_lines = true,
                b',' => self.key_from = Some(self.window.at + 1),
                b':' => {
                    if let Some(key) = self.array_key() {
                        self.open_array(key)?;
                        return Ok(None);
                    }
                }
                b'}' => {
                    self.window.at += 1;
                    self.key_from = None;
                    self.place = Place::Between {
                        after_object_in_a_line: !spans_lines && !is_envelope,
                    };
                    return Ok((!is_envelope).then_some(self.window.start..self.window.at));
                }
                // A closing bracket that closes nothing: the parser will say so of the whole value.
                _ => {}
            }
            self.window.at += 1;
        }
    }

    /// The array key that ends at this colon, if it is one.
    fn array_key(&mut self) -> Option<&'static str> {
        let key = self.window.bytes(self.key_from.take()?..self.window.at).trim_ascii();
        let name = key.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        self.array_keys.iter().copied().find(|wanted| wanted.as_bytes() == name)
    }

    /// Steps from the colon behind `key` into the array that must follow.
    fn open_array(&mut self, key: &'static str) -> Result<(), DecodeError> {
        self.window.at += 1;
        loop {
            match self.peek()? {
                Some(blank) if blank.is_ascii_whitespace() => self.window.at += 1,
                Some(b'[') => {
                    self.begin_array(true);
                    return Ok(());
                }
                Some(other) => {
                    let found = described(other);
                    return Err(self.document(format!("`{key}` is {found}, an array of events was expected")));
                }
                None => return Err(self.document("the document ends here; fetch the object again".to_owned())),
            }
        }
    }

    /// Whether the line that ends here ends inside its object by damage, and not because the object spans lines.
    fn is_broken_line(&mut self) -> Result<bool, DecodeError> {
        if self.is_lines || self.nesting.is_in_string() {
            return Ok(true);
        }
        let before = self
            .window
            .bytes(self.window.start..self.window.at)
            .trim_ascii_end()
            .last()
            .copied();
        if matches!(before, Some(b',' | b':' | b'[')) {
            return Ok(false);
        }
        Ok(self.peek_behind()? == Some(b'{'))
    }

    fn object_cut_off(&mut self, is_envelope: bool) -> Result<Option<Range<usize>>, DecodeError> {
        if self.is_lines && !is_envelope {
            self.place = Place::End;
            return Ok(Some(self.window.start..self.window.at));
        }
        let why = if is_envelope {
            "the document ends before its closing `}`; fetch the object again"
        } else {
            "the document ends in the middle of this event; fetch the object again"
        };
        Err(self.document(why.to_owned()))
    }

    /// Goes on inside an array, to the end of an element.
    fn element(&mut self, in_object: bool, has_elements: bool) -> Result<Option<Range<usize>>, DecodeError> {
        self.window.start = self.window.at;
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                break;
            }
            self.window.at += 1;
            self.window.start = self.window.at;
        }
        loop {
            let Some(stop) = self.window.advance(&mut self.nesting, false) else {
                if self.more(true)? {
                    continue;
                }
                return Err(self.array_cut_off());
            };
            let range = self.window.start..self.window.at;
            self.window.at += 1;
            match stop {
                b',' => {
                    self.place = Place::Array {
                        in_object,
                        has_elements: true,
                    };
                    return Ok(Some(range));
                }
                b']' => {
                    self.nesting = Nesting::default();
                    self.place = if in_object {
                        Place::Object { is_envelope: true }
                    } else {
                        BETWEEN
                    };
                    // `[]` has no element, but `[1,]` a second one, with nothing in it.
                    return Ok((has_elements || self.is_too_long || !range.is_empty()).then_some(range));
                }
                _ => {}
            }
        }
    }

    fn array_cut_off(&self) -> DecodeError {
        let why = if self.window.start == self.window.at && !self.is_too_long {
            "the document ends before this event and before its closing `]`; fetch the object again"
        } else {
            "the document ends in the middle of this event; fetch the object again"
        };
        self.document(why.to_owned())
    }

    /// Takes the rest of a line that begins no object and no array.
    fn line(&mut self) -> Result<Option<Range<usize>>, DecodeError> {
        loop {
            if let Some(length) = memchr::memchr(b'\n', self.window.rest()) {
                self.window.at += length;
                self.place = BETWEEN;
                break;
            }
            self.window.at += self.window.rest().len();
            if !self.more(true)? {
                self.place = Place::End;
                break;
            }
        }
        Ok(Some(self.window.start..self.window.at))
    }

    /// The byte at hand, reading more when there is none.
    fn peek(&mut self) -> Result<Option<u8>, DecodeError> {
        loop {
            if let Some(&byte) = self.window.rest().first() {
                return Ok(Some(byte));
            }
            let keeps = !matches!(self.place, Place::Between { .. } | Place::Object { is_envelope: true });
            if !self.more(keeps)? {
                return Ok(None);
            }
        }
    }

    /// The byte behind the one at hand.
    fn peek_behind(&mut self) -> Result<Option<u8>, DecodeError> {
        if self.window.rest().len() < 2 {
            self.more(true)?;
        }
        Ok(self.window.rest().get(1).copied())
    }

    /// Reads more; false at the end. What stands between the value's start and here is kept if `keeps`, unless the
    /// value has grown too long: then only its first bytes are.
    fn more(&mut self, keeps: bool) -> Result<bool, DecodeError> {
        if keeps && self.window.at - self.window.start > MAX_VALUE_BYTES {
            self.cut_value(self.window.start);
        }
        if !keeps || self.is_too_long {
            // A key being read stays, as long as it can be one of those looked for.
            self.key_from = self.key_from.filter(|from| self.window.at - from <= LONGEST_KEY_BYTES);
            self.window.start = self.key_from.unwrap_or(self.window.at);
        }
        let dropped = self.window.start;
        let has_more = self.window.fill()?;
        self.key_from = self.key_from.map(|from| from - dropped);
        Ok(has_more)
    }

    /// Keeps of the value that starts at `start` only the beginning.
    fn cut_value(&mut self, start: usize) {
        if !self.is_too_long {
            self.excerpt
                .extend_from_slice(self.window.bytes(start..start + RECORD_EXCERPT_BYTES));
            self.is_too_long = true;
        }
    }

    fn trailing_text(&mut self) -> Result<DecodeError, DecodeError> {
        while self.window.rest().len() < TRAILING_SHOWN_BYTES && self.more(true)? {}
        let rest = self.window.rest();
        let shown = rest[..rest.len().min(TRAILING_SHOWN_BYTES)].escape_ascii();
        let why = format!("text follows the end of the document: `{shown}`; remove it or fetch the object again");
        Ok(self.document(why))
    }

    fn document(&self, why: String) -> DecodeError {
        DecodeError::Document {
            event: self.number + 1,
            why,
        }
    }

    /// The memory held, in bytes.
    #[cfg(test)]
    fn held_bytes(&self) -> usize {
        self.window.held_bytes() + self.excerpt.capacity()
    }
}

/// More than any array key with its quotes and the white space around it.
const LONGEST_KEY_BYTES: usize = 256;

/// The longest part of text behind a document that its message shows.
const TRAILING_SHOWN_BYTES: usize = 32;

/// What a value that begins with `first` is.
fn described(first: u8) -> &'static str {
    match first {
        b'{' => "an object",
        b'"' => "a string",
        b't' | b'f' => "a boolean",
        b'n' => "null",
        b'-' | b'0'..=b'9' => "a number",
        _ => "no value",
    }
}

#[cfg(test)]
mod tests;
