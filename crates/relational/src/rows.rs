//! Rows of one table under construction.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use arrow::datatypes::{Field, Schema};
use arrow::error::ArrowError;
use flowtrail_load::GrowingColumn;
use serde_json::{Map, Value};

use crate::column::ValueType;

/// The column of what found no other: JSON text, an object by the names that columns would have.
pub const OTHER: &str = "_other";

/// Rows whose values come one by one, those of a column in the order of the rows.
#[derive(Debug, Default)]
pub struct Rows {
    count: usize,
    columns: HashMap<String, GrowingColumn>,
    other: BTreeMap<usize, Map<String, Value>>,
    /// Columns that are whole already.
    whole: Vec<(String, ArrayRef)>,
}

impl Rows {
    /// So many rows without values.
    pub fn of(count: usize) -> Self {
        Self {
            count,
            ..Self::default()
        }
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// One more row; its number.
    pub fn begin(&mut self) -> usize {
        self.count += 1;
        self.count - 1
    }

    /// Puts a value into a column of a row. Gives it back where the row has one there already.
    pub fn put(&mut self, row: usize, column: &str, value_type: ValueType, value: Value) -> Option<Value> {
        if !self.columns.contains_key(column) {
            let made = GrowingColumn::new(&value_type.data_type(), false);
            self.columns.insert(column.to_owned(), made);
        }
        let Some(column) = self.columns.get_mut(column) else {
            return Some(value);
        };
        if column.rows() > row {
            return Some(value);
        }
        column.fill(row);
        column.add(value)
    }

    /// Keeps a value that found no column.
    pub fn put_aside(&mut self, row: usize, name: &str, value: Value) {
        self.other.entry(row).or_default().insert(name.to_owned(), value);
    }

    /// Puts a column that has a value for every row.
    pub fn put_whole(&mut self, name: String, values: ArrayRef) {
        self.whole.push((name, values));
    }

    /// The rows as columns, in no particular order.
    pub fn finish(self) -> Result<RecordBatch, ArrowError> {
        let count = self.count;
        let mut columns = self.whole;
        columns.extend(self.columns.into_iter().map(|(name, mut column)| {
            column.fill(count);
            (name, column.finish())
        }));
        if !self.other.is_empty() {
            let mut texts = StringBuilder::new();
            let mut next = 0;
            for (row, object) in self.other {
                texts.append_nulls(row - next);
                texts.append_value(Value::Object(object).to_string());
                next = row + 1;
            }
            texts.append_nulls(count - next);
            columns.push((OTHER.to_owned(), Arc::new(texts.finish())));
        }
        let fields: Vec<Field> = columns
            .iter()
            .map(|(name, values)| Field::new(name, values.data_type().clone(), true))
            .collect();
        let columns = columns.into_iter().map(|(_, values)| values).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
    }
}
