//! JSON documents as they are, one a line.

use std::io::Write;
use std::path::PathBuf;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use super::error::OutputError;
use super::outlet::{Outlet, Part};
use super::stream::Sink;

/// The first column's texts, which are JSON.
pub(super) struct DocumentsSink {
    outlet: Outlet,
    part: Part,
    buffer: String,
}

impl DocumentsSink {
    pub(super) fn open(mut outlet: Outlet) -> Result<Self, OutputError> {
        Ok(Self {
            part: outlet.next_part()?,
            outlet,
            buffer: String::new(),
        })
    }
}

impl Sink for DocumentsSink {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let texts = cast(batch.column(0), &DataType::Utf8).map_err(OutputError::value("json"))?;
        for text in texts.as_string::<i32>() {
            let text = text.unwrap_or("null");
            if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
                return Err(OutputError::NoJson {
                    value: text.chars().take(100).collect(),
                });
            }
            // Between tokens only: a text of JSON has its line ends escaped.
            let is_break = |letter| matches!(letter, '\n' | '\r');
            self.buffer
                .extend(text.chars().map(|letter| if is_break(letter) { ' ' } else { letter }));
            self.buffer.push('\n');
        }
        let written = self.part.write_all(self.buffer.as_bytes());
        self.buffer.clear();
        written.map_err(|source| self.outlet.write_error(source))
    }

    fn finish(self: Box<Self>) -> Result<Vec<PathBuf>, OutputError> {
        let Self { part, mut outlet, .. } = *self;
        outlet.close(part)?;
        outlet.finish()
    }
}
