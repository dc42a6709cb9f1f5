//! CloudTrail events into record batches.
//!
//! Events come as `{"Records":[…]}` files, several of them one behind another, arrays, JSON lines, `lookup-events`
//! exports (`{"Events":[{"CloudTrailEvent":"…"}]}`) and `EventBridge` events whose `detail` is the event.

use arrow::array::{ArrayRef, AsArray, Int64Builder, StringViewBuilder};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use std::io::Read;
use std::mem;
use std::sync::Arc;

use crate::cloudtrail_columns::{Column, RecordColumn, Row};
use crate::cloudtrail_fields::{EVENT, EVENT_TIME, PROMOTED, Promoted, Shape};
pub(crate) use crate::cloudtrail_fields::{json_columns, schema};
use crate::decoder::Decoded;
use crate::event_digest::EventDigest;
use crate::event_time;
use crate::json_split::{MAX_VALUE_BYTES, ValueReader};
use crate::json_tape::{NodeKind, Tape};
use crate::json_text::{Document, Value};
use crate::other_fields::OtherFields;
use crate::{BATCH_ROWS, Counts, DecodeError, LogKind, Reject};

/// Keys of documents that hold their events in an array: CloudTrail's own files, and `lookup-events`.
const ARRAY_KEYS: &[&str] = &["Records", "Events"];

/// A batch ends once it was made from this much text.
const BATCH_TEXT_BYTES: usize = 16 << 20;

/// Decodes a stream of CloudTrail documents.
#[derive(Debug)]
pub(crate) struct CloudTrailDecoder {
    values: ValueReader,
    builder: EventBuilder,
    has_batch: bool,
    is_done: bool,
}

impl CloudTrailDecoder {
    /// Decodes the JSON text that `reader` gives from its beginning.
    pub(crate) fn new(reader: Box<dyn Read + Send>) -> Self {
        let values = ValueReader::new(reader, ARRAY_KEYS);
        Self {
            values,
            builder: EventBuilder::new(),
            has_batch: false,
            is_done: false,
        }
    }

    /// Fills a batch; false at the end of the stream.
    fn fill(&mut self) -> Result<bool, DecodeError> {
        while !self.builder.is_full() {
            let Some(value) = self.values.next_value()? else {
                return Ok(false);
            };
            if value.is_too_long {
                let reason = format!("longer than {} MiB", MAX_VALUE_BYTES >> 20);
                self.builder.reject(value.number, reason, value.bytes);
            } else {
                self.builder.push(value.number, value.bytes);
            }
        }
        Ok(true)
    }
}

impl Iterator for CloudTrailDecoder {
    type Item = Result<Decoded, DecodeError>;

    /// The next batch. A document without events gives one batch without rows, so that it is seen to be loaded.
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        match self.fill() {
            Ok(has_more) => self.is_done = !has_more,
            Err(error) => {
                self.is_done = true;
                return Some(Err(error));
            }
        }
        if self.builder.is_empty() && self.has_batch {
            return None;
        }
        self.has_batch = true;
        Some(self.builder.finish())
    }
}

/// Gathers events into a batch.
#[derive(Debug)]
pub(crate) struct EventBuilder {
    event: RecordColumn,
    promoted: Vec<PromotedColumn>,
    other_fields: StringViewBuilder,
    digests: Int64Builder,
    rejects: Vec<Reject>,
    counts: Counts,
    text_bytes: usize,
    time_path: Vec<usize>,
    tape: Tape,
    digest: EventDigest,
    other: OtherFields,
    scratch: String,
    /// The text of an event that came as a string inside another object.
    inner: String,
}

impl EventBuilder {
    pub(crate) fn new() -> Self {
        let event = RecordColumn::new(EVENT);
        let promoted = PROMOTED.iter().map(|part| PromotedColumn::new(part, &event)).collect();
        Self {
            time_path: event.resolve(&[EVENT_TIME]),
            event,
            promoted,
            other_fields: StringViewBuilder::new(),
            digests: Int64Builder::new(),
            rejects: Vec::new(),
            counts: Counts::default(),
            text_bytes: 0,
            tape: Tape::default(),
            digest: EventDigest::default(),
            other: OtherFields::default(),
            scratch: String::new(),
            inner: String::new(),
        }
    }

    /// Whether the batch should be finished before more is pushed.
    pub(crate) fn is_full(&self) -> bool {
        self.counts.lines >= BATCH_ROWS as u64 || self.text_bytes >= BATCH_TEXT_BYTES
    }

    /// Whether nothing, row or reject, has been pushed since the last batch.
    pub(crate) fn is_empty(&self) -> bool {
        self.counts.lines == 0
    }

    /// Adds one event as a row or, where it cannot be read, as a reject.
    pub(crate) fn push(&mut self, line: u64, event_json: &[u8]) {
        match self.push_row(event_json) {
            Ok(()) => {
                self.text_bytes += event_json.len();
                self.counts.lines += 1;
                self.counts.rows += 1;
            }
            Err(reason) => self.reject(line, reason, event_json),
        }
    }

    /// Adds a reject.
    pub(crate) fn reject(&mut self, line: u64, reason: impl Into<String>, record: &[u8]) {
        self.rejects.push(Reject::new(line, reason, record));
        self.text_bytes += record.len();
        self.counts.lines += 1;
        self.counts.rejected += 1;
    }

    /// The batch of what was pushed since the last one.
    pub(crate) fn finish(&mut self) -> Result<Decoded, DecodeError> {
        let mut columns = self.event.finish_columns()?;
        for promoted in &mut self.promoted {
            let column = promoted.finish(&columns)?;
            columns.push(column);
        }
        columns.push(Arc::new(self.other_fields.finish()));
        columns.push(Arc::new(self.digests.finish()));
        self.text_bytes = 0;
        Ok(Decoded {
            kind: LogKind::CloudTrail,
            batch: RecordBatch::try_new(schema(), columns)?,
            rejects: mem::take(&mut self.rejects),
            counts: mem::take(&mut self.counts),
        })
    }

    fn push_row(&mut self, event_json: &[u8]) -> Result<(), String> {
        let mut text =
            str::from_utf8(event_json).map_err(|error| format!("not UTF-8 at byte {}", error.valid_up_to()))?;
        if text.is_empty() {
            return Err("an event was expected between the commas of the array".to_owned());
        }
        self.tape.parse(text).map_err(|error| error.to_string())?;
        let mut at = 0;
        self.event
            .read(object(Document::new(&self.tape, text).value(at))?, &mut self.scratch);
        match wrapped_event(
            Document::new(&self.tape, text),
            &self.event,
            &self.time_path,
            &mut self.inner,
        ) {
            Wrapped::No => {}
            Wrapped::Inside(index) => {
                at = index;
                self.event
                    .read(Document::new(&self.tape, text).value(at), &mut self.scratch);
            }
            Wrapped::Text => {
                text = &self.inner;
                self.tape
                    .parse(text)
                    .map_err(|error| format!("in CloudTrailEvent: {error}"))?;
                self.event
                    .read(object(Document::new(&self.tape, text).value(at))?, &mut self.scratch);
            }
        }
        let document = Document::new(&self.tape, text);
        check_time(self.event.value(document, &self.time_path), &mut self.scratch)?;

        self.other.clear();
        let mut row = Row {
            document,
            other: &mut self.other,
            scratch: &mut self.scratch,
        };
        self.event.append_read(&mut row);
        for promoted in &mut self.promoted {
            if let PromotedColumn::Read(path, column) = promoted {
                // What does not fit here stands in the column it was promoted from.
                column.append(self.event.value(document, path), &mut row);
            }
        }
        self.other_fields.append_option(self.other.finish());
        self.digests.append_value(self.digest.of(document, document.value(at)));
        Ok(())
    }
}

/// A column of its own for a part of the identity.
#[derive(Debug)]
enum PromotedColumn {
    /// The column at this path, as it is.
    Same(Vec<usize>),
    /// The values at this path, of another shape there.
    Read(Vec<usize>, Box<Column>),
}

impl PromotedColumn {
    fn new(promoted: &Promoted, event: &RecordColumn) -> Self {
        let path = event.resolve(promoted.path);
        match promoted.shape {
            // What stands there is text of this shape.
            Shape::SharedText => Self::Same(path),
            shape => Self::Read(path, Box::new(Column::new(shape))),
        }
    }

    /// The column, of a batch with `columns`.
    fn finish(&mut self, columns: &[ArrayRef]) -> Result<ArrayRef, ArrowError> {
        match self {
            Self::Read(_, column) => column.finish(),
            Self::Same(path) => {
                let (first, inner) = (path[0], &path[1..]);
                let column = inner
                    .iter()
                    .fold(&columns[first], |column, field| column.as_struct().column(*field));
                Ok(Arc::clone(column))
            }
        }
    }
}

/// Whether an object is an event or brings one.
enum Wrapped {
    /// It is one, or nothing.
    No,
    /// It is `EventBridge`'s: the event's object is at this place of the tape.
    Inside(usize),
    /// It is one of `lookup-events`: the event is the text of a string.
    Text,
}

/// Looks for an event inside the object that `event` has read, and puts the text of one kept as a string in `inner`.
fn wrapped_event(document: Document<'_>, event: &RecordColumn, time_path: &[usize], inner: &mut String) -> Wrapped {
    if event.value(document, time_path).is_some() {
        return Wrapped::No;
    }
    for &index in event.strays() {
        let value = document.value(index as usize + 1);
        match (document.value(index as usize).quoted(), value.kind()) {
            ("detail" | "CloudTrailEvent", NodeKind::Object) => return Wrapped::Inside(value.index()),
            ("CloudTrailEvent", NodeKind::Plain) => {
                inner.clear();
                inner.push_str(value.quoted());
                return Wrapped::Text;
            }
            ("CloudTrailEvent", NodeKind::Escaped) => {
                value.string(inner);
                return Wrapped::Text;
            }
            _ => {}
        }
    }
    Wrapped::No
}

fn object(value: Value<'_>) -> Result<Value<'_>, String> {
    if value.kind() == NodeKind::Object {
        return Ok(value);
    }
    Err(format!("event is {}, an object was expected", value.kind().described()))
}

/// The longest part of a wrong time that its message shows.
const TIME_SHOWN_CHARS: usize = 64;

fn check_time(time: Option<Value<'_>>, scratch: &mut String) -> Result<(), String> {
    const EXPECTED: &str = "an ISO 8601 time such as 2026-11-01T12:00:00Z was expected";
    let Some(time) = time else {
        return Err(format!("no eventTime; {EXPECTED}"));
    };
    let text = time.string(scratch).unwrap_or(time.raw());
    if event_time::parse(text).is_some() {
        return Ok(());
    }
    let shown: String = text.chars().take(TIME_SHOWN_CHARS).collect();
    Err(format!("eventTime `{shown}` is no time; {EXPECTED}"))
}

#[cfg(test)]
mod tests;
