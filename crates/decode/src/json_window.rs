//! The part of a stream that is in memory, and the search for where a value in it ends.

use std::fmt;
use std::io::{self, Read};
use std::ops::Range;

const READ_BYTES: usize = 256 << 10;

/// Bytes of a stream: kept from `start`, looked at up to `at`.
pub(crate) struct Window {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    filled: usize,
    /// Where the value at hand begins; what stands before it may go.
    pub(crate) start: usize,
    /// Where the search is.
    pub(crate) at: usize,
}

impl Window {
    pub(crate) fn new(reader: Box<dyn Read + Send>) -> Self {
        Self {
            reader,
            buffer: vec![0; READ_BYTES],
            filled: 0,
            start: 0,
            at: 0,
        }
    }

    pub(crate) fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.buffer[range]
    }

    /// What has been read and not looked at.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.buffer[self.at..self.filled]
    }

    /// Reads more behind what is there; false at the end of the stream. Moves what is kept to the front.
    pub(crate) fn fill(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.at -= self.start;
            self.start = 0;
        }
        if self.filled < READ_BYTES && self.buffer.len() > 4 * READ_BYTES {
            self.buffer.truncate(2 * READ_BYTES);
            self.buffer.shrink_to_fit();
        }
        if self.buffer.len() - self.filled < READ_BYTES / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.reader.read(&mut self.buffer[self.filled..]) {
                Ok(0) => return Ok(false),
                Ok(count) => {
                    self.filled += count;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Moves on to the next byte that matters at the container's own level: a comma, a colon, a closing bracket (or,
    /// where asked for, a line's end anywhere). `None`, with all looked at, when there is none in the window.
    pub(crate) fn advance(&mut self, nesting: &mut Nesting, stops_at_lines: bool) -> Option<u8> {
        self.at += nesting.advance(&self.buffer[self.at..self.filled], stops_at_lines);
        self.rest().first().copied()
    }

    #[cfg(test)]
    pub(crate) fn held_bytes(&self) -> usize {
        self.buffer.capacity()
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window")
            .field("filled", &self.filled)
            .field("start", &self.start)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// How far inside strings and brackets a search is, from the level it began at.
#[derive(Debug, Default)]
pub(crate) struct Nesting {
    depth: u64,
    in_string: bool,
    /// The bytes ended behind a backslash.
    escaped: bool,
}

impl Nesting {
    pub(crate) fn is_in_string(&self) -> bool {
        self.in_string
    }

    /// The place in `bytes` of the first byte that matters, or their length.
    fn advance(&mut self, bytes: &[u8], stops_at_lines: bool) -> usize {
        let mut at = 0;
        if self.escaped && !bytes.is_empty() {
            self.escaped = false;
            at = usize::from(bytes[0] != b'\n');
        }
        while at < bytes.len() {
            if self.in_string {
                let Some(length) = string_stop(&bytes[at..], stops_at_lines) else {
                    return bytes.len();
                };
                at += length;
                match bytes[at] {
                    b'"' => self.in_string = false,
                    b'\\' if at + 1 == bytes.len() => self.escaped = true,
                    // A line's end cannot be escaped; it is looked at for what it is.
                    b'\\' => at += usize::from(bytes[at + 1] != b'\n'),
                    _ => return at,
                }
            } else {
                match bytes[at] {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' if self.depth > 0 => self.depth -= 1,
                    b'}' | b']' => return at,
                    b',' | b':' if self.depth == 0 => return at,
                    b'\n' if stops_at_lines => return at,
                    _ => {}
                }
            }
            at += 1;
        }
        bytes.len()
    }
}

fn string_stop(bytes: &[u8], stops_at_lines: bool) -> Option<usize> {
    if stops_at_lines {
        memchr::memchr3(b'"', b'\\', b'\n', bytes)
    } else {
        memchr::memchr2(b'"', b'\\', bytes)
    }
}
