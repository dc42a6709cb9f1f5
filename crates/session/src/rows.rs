//! Answers that are made, not asked: rows about definitions and files.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use chrono::{DateTime, Utc};
use flowtrail_query::Answer;

/// Rows with the names and values of their columns.
pub struct Rows {
    fields: Vec<Field>,
    columns: Vec<ArrayRef>,
}

impl Rows {
    /// No column yet.
    pub fn new() -> Self {
        Self {
            fields: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// One more column, of text.
    pub fn text<T: Into<String>>(self, name: &str, values: impl IntoIterator<Item = Option<T>>) -> Self {
        let values: StringArray = values.into_iter().map(|value| value.map(Into::into)).collect();
        self.column(name, DataType::Utf8, Arc::new(values))
    }

    /// One more column, of whole numbers.
    pub fn numbers(self, name: &str, values: impl IntoIterator<Item = Option<i64>>) -> Self {
        let values: Int64Array = values.into_iter().collect();
        self.column(name, DataType::Int64, Arc::new(values))
    }

    /// One more column, of times.
    pub fn times(self, name: &str, values: impl IntoIterator<Item = Option<DateTime<Utc>>>) -> Self {
        let micros = values
            .into_iter()
            .map(|value| value.map(|time| time.timestamp_micros()));
        let values: TimestampMicrosecondArray = micros.collect();
        let data_type = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        self.column(name, data_type, Arc::new(values.with_timezone("UTC")))
    }

    fn column(mut self, name: &str, data_type: DataType, values: ArrayRef) -> Self {
        self.fields.push(Field::new(name, data_type, true));
        self.columns.push(values);
        self
    }

    /// The rows as an answer.
    pub fn answer(self) -> Answer {
        let schema = Arc::new(Schema::new(self.fields));
        // Columns of one length under their own types are always a batch.
        let batch =
            RecordBatch::try_new(Arc::clone(&schema), self.columns).unwrap_or_else(|_| RecordBatch::new_empty(schema));
        Answer::of_rows(batch)
    }
}

/// An answer that says in one line what was done.
pub fn status(done: impl Into<String>) -> Answer {
    Rows::new().text("status", [Some(done.into())]).answer()
}
