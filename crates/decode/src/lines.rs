//! Text as a stream of lines, in bounded memory.

use std::io::{self, Read};

use crate::decoder::RECORD_LIMIT_BYTES;
use crate::inflate::{TextReader, text_of};
use crate::{DecodeError, Input, Limits, whole_gzip};

/// Bytes asked of the reader at a time.
const READ_BYTES: usize = 256 << 10;

/// A line without its line end.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// The line.
    Whole(&'a [u8]),
    /// A line beyond 16 MiB: only how it begins. The rest of it is skipped.
    TooLong(&'a [u8]),
}

/// Splits a reader's text at line feeds (with or without a carriage return before them).
pub struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    /// What of `buffer` is still to be handed out.
    start: usize,
    end: usize,
    /// Up to where the current line was searched for its end.
    searched: usize,
    /// The line handed out last, from 1; blank lines count here.
    number: u64,
    ended: bool,
    /// Between the limit and the end of a line that is too long.
    skipping: bool,
}

impl Lines<io::Empty> {
    /// Lines of a text that is in memory.
    pub(crate) fn whole(text: Vec<u8>) -> Self {
        Self::of_text(io::empty(), text)
    }
}

impl<R> Lines<R> {
    /// Lines of a text that is in memory, of which `reader` has no more.
    fn of_text(reader: R, text: Vec<u8>) -> Self {
        Self {
            reader,
            start: 0,
            end: text.len(),
            buffer: text,
            searched: 0,
            number: 0,
            ended: true,
            skipping: false,
        }
    }
}

/// The text of an object, which may be compressed, as lines. Of an empty object there are none.
///
/// # Errors
///
/// The object cannot be read, or its compressed text is damaged where it begins.
///
/// ```
/// use flowtrail_decode::{Input, Limits, Line, lines_of};
///
/// let mut lines = lines_of(Input::Bytes("one\r\n\n two \n".into()), &Limits::default())?;
/// assert_eq!(lines.next_as_it_is()?, Some((1, Line::Whole(b"one"))));
/// assert_eq!(lines.next_as_it_is()?, Some((2, Line::Whole(b""))));
/// assert_eq!(lines.next_as_it_is()?, Some((3, Line::Whole(b" two "))));
/// assert_eq!(lines.next_as_it_is()?, None);
/// # Ok::<(), flowtrail_decode::DecodeError>(())
/// ```
pub fn lines_of(input: Input, limits: &Limits) -> Result<Lines<TextReader>, DecodeError> {
    if let Input::Bytes(object) = &input
        && let Some(text) = whole_gzip::inflate(object, limits)
    {
        return Ok(Lines::of_text(Box::new(io::empty()), text));
    }
    Ok(Lines::new(text_of(input, limits)?))
}

impl<R> Drop for Lines<R> {
    fn drop(&mut self) {
        whole_gzip::recycle(std::mem::take(&mut self.buffer));
    }
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(reader: R) -> Self {
        let buffer = vec![0; READ_BYTES];
        Self {
            reader,
            buffer,
            start: 0,
            end: 0,
            searched: 0,
            number: 0,
            ended: false,
            skipping: false,
        }
    }

    /// The whole lines that are in memory, each with its line end.
    pub(crate) fn buffered(&self) -> &[u8] {
        if self.skipping {
            return &[];
        }
        let text = &self.buffer[self.start..self.end];
        let length = memchr::memrchr(b'\n', text).map_or(0, |last| last + 1);
        &text[..length]
    }

    /// Goes on behind the first `bytes` of [`Self::buffered`], which are `lines` lines.
    pub(crate) fn skip(&mut self, bytes: usize, lines: u64) {
        self.start += bytes;
        self.searched = self.searched.max(self.start);
        self.number += lines;
    }

    /// The next line that is not blank, and its number from 1 with blank lines counted.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, Line<'_>)>, DecodeError> {
        loop {
            let Some((start, end)) = self.next_span()? else {
                return Ok(None);
            };
            self.number += 1;
            if end - start > RECORD_LIMIT_BYTES {
                return Ok(Some((self.number, Line::TooLong(&self.buffer[start..end]))));
            }
            // Only the length is kept: a borrow of the buffer would last through the next turn of the loop.
            let length = self.buffer[start..end].trim_ascii_end().len();
            if length > 0 {
                return Ok(Some((self.number, Line::Whole(&self.buffer[start..start + length]))));
            }
        }
    }

    /// The next line, which may be blank, with the blanks at its ends, and its number from 1.
    ///
    /// # Errors
    ///
    /// The object cannot be read on, or its compressed text is damaged here.
    pub fn next_as_it_is(&mut self) -> Result<Option<(u64, Line<'_>)>, DecodeError> {
        let Some((start, end)) = self.next_span()? else {
            return Ok(None);
        };
        self.number += 1;
        let line = &self.buffer[start..end];
        Ok(Some((
            self.number,
            if line.len() > RECORD_LIMIT_BYTES {
                Line::TooLong(line)
            } else {
                Line::Whole(line.strip_suffix(b"\r").unwrap_or(line))
            },
        )))
    }

    fn next_span(&mut self) -> Result<Option<(usize, usize)>, DecodeError> {
        loop {
            if let Some(found) = memchr::memchr(b'\n', &self.buffer[self.searched..self.end]) {
                let line_end = self.searched + found;
                let line_start = std::mem::replace(&mut self.start, line_end + 1);
                self.searched = self.start;
                if !std::mem::take(&mut self.skipping) {
                    return Ok(Some((line_start, line_end)));
                }
                continue;
            }
            self.searched = self.end;
            if self.ended {
                return Ok(self.last_span());
            }
            if self.skipping {
                self.start = self.end;
            } else if self.end - self.start > RECORD_LIMIT_BYTES {
                self.skipping = true;
                return Ok(Some((std::mem::replace(&mut self.start, self.end), self.end)));
            }
            self.fill()?;
        }
    }

    /// What stands after the last line feed.
    fn last_span(&mut self) -> Option<(usize, usize)> {
        let start = std::mem::replace(&mut self.start, self.end);
        let skipped = std::mem::take(&mut self.skipping);
        (start < self.end && !skipped).then_some((start, self.end))
    }

    fn fill(&mut self) -> Result<(), DecodeError> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.searched -= self.start;
        self.start = 0;
        if self.buffer.len() - self.end < READ_BYTES / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let count = loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.ended = count == 0;
        self.end += count;
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> Vec<(u64, String)> {
        let mut lines = Lines::new(text);
        let mut found = Vec::new();
        while let Some((number, line)) = lines.next().unwrap() {
            let Line::Whole(bytes) = line else { panic!("{line:?}") };
            found.push((number, String::from_utf8(bytes.to_vec()).unwrap()));
        }
        found
    }

    #[test]
    fn blank_lines_count_as_places_only() {
        let found = all(b"\n one\r\n \t\r\n\ntwo  \nthree");
        assert_eq!(found, [(2, " one".into()), (5, "two".into()), (6, "three".into())]);
        assert_eq!(all(b""), []);
        assert_eq!(all(b"\n\n"), []);
    }

    #[test]
    fn lines_across_reads_stay_whole() {
        let text: Vec<_> = (0..200_000).map(|n| format!("line {n}")).collect();
        let found = all(text.join("\n").as_bytes());
        assert_eq!(found.len(), 200_000);
        assert_eq!(found[123_456], (123_457, "line 123456".into()));
    }

    #[test]
    fn a_line_beyond_the_limit_is_skipped_in_bounded_memory() {
        let long = io::repeat(b'x').take(200 << 20);
        let mut lines = Lines::new(b"one\n".chain(long).chain(&b"\ntwo\n"[..]));
        assert_eq!(lines.next().unwrap(), Some((1, Line::Whole(b"one"))));
        assert!(matches!(lines.next().unwrap(), Some((2, Line::TooLong(bytes))) if bytes.starts_with(b"xxx")));
        assert_eq!(lines.next().unwrap(), Some((3, Line::Whole(b"two"))));
        assert_eq!(lines.next().unwrap(), None);
        assert!(lines.buffer.len() <= 4 * RECORD_LIMIT_BYTES, "{}", lines.buffer.len());
    }
}
