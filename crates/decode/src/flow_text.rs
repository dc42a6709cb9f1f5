//! Flow logs as text: a record a line.

use std::io::{self, Read};

use crate::decoder::RECORD_LIMIT_BYTES;
use crate::flow_records::FlowRecords;
use crate::lines::{Line, Lines};
use crate::{DecodeError, Decoded, Hint, Reject};

/// Decodes the text of an object part by part.
pub(crate) struct FlowText<R> {
    lines: Lines<R>,
    records: FlowRecords,
}

impl FlowText<io::Empty> {
    /// Decodes text that is in memory as a whole.
    pub(crate) fn whole(text: Vec<u8>, hint: &Hint) -> Self {
        Self {
            lines: Lines::whole(text),
            records: FlowRecords::new(hint),
        }
    }
}

impl<R: Read> FlowText<R> {
    pub(crate) fn new(reader: R, hint: &Hint) -> Self {
        Self {
            lines: Lines::new(reader),
            records: FlowRecords::new(hint),
        }
    }

    fn next_part(&mut self) -> Result<Option<Decoded>, DecodeError> {
        while !self.records.is_full() {
            let (bytes, lines) = self.records.push_block(self.lines.buffered());
            self.lines.skip(bytes, lines);
            if self.records.is_full() {
                break;
            }
            let before = match self.lines.next()? {
                None => break,
                Some((number, Line::Whole(line))) => self.records.push(number, line)?,
                Some((number, Line::TooLong(begin))) => {
                    let reason = format!("longer than {RECORD_LIMIT_BYTES} bytes, the most a record can have");
                    self.records.push_reject(Reject::new(number, reason, begin))?;
                    None
                }
            };
            if before.is_some() {
                return Ok(before);
            }
        }
        self.records.finish()
    }
}

impl<R: Read> Iterator for FlowText<R> {
    type Item = Result<Decoded, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_part().transpose()
    }
}
