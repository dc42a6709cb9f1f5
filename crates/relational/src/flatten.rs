//! Nested rows made flat.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringViewArray, StructArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use flowtrail_lake::stored_type;
use flowtrail_load::{fields_of, is_exact, json_of};
use serde_json::{Number, Value};

use crate::RelationalError;
use crate::column::ValueType;
use crate::rows::Rows;
use crate::tables::{FlatTables, ID, INDEX, VALUE};

/// Which text is JSON.
#[derive(Clone, Debug)]
pub enum JsonText {
    /// That of the columns, or fields of columns, with these paths.
    In(HashSet<String>),
    /// Every text that is a JSON object or list.
    Anywhere,
}

/// Makes the numbers by which lists and their elements find one another.
#[derive(Debug)]
pub struct ListNumbers {
    batch: i64,
    next: u32,
}

impl ListNumbers {
    /// Those of a batch; no other batch of the target has any of them.
    pub fn of(batch: i64) -> Self {
        Self { batch, next: 0 }
    }

    fn next(&mut self) -> Result<i64, RelationalError> {
        let number = (self.batch << u32::BITS) | i64::from(self.next);
        self.next = self.next.checked_add(1).ok_or(RelationalError::TooManyLists)?;
        Ok(number)
    }
}

/// The rows of a batch in flat tables: for each that gets some its number and rows.
pub fn flatten(
    tables: &mut FlatTables,
    numbers: &mut ListNumbers,
    json: &JsonText,
    batch: &RecordBatch,
) -> Result<Vec<(usize, RecordBatch)>, RelationalError> {
    let mut flattening = Flattening {
        rows: vec![Rows::of(batch.num_rows())],
        tables,
        numbers,
        json,
    };
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        flattening.column(&field.name().to_lowercase(), column)?;
    }
    let rows = flattening.rows.into_iter().enumerate();
    let filled = rows.filter(|(_, rows)| rows.count() > 0);
    filled.map(|(table, rows)| Ok((table, rows.finish()?))).collect()
}

struct Flattening<'a> {
    tables: &'a mut FlatTables,
    numbers: &'a mut ListNumbers,
    json: &'a JsonText,
    /// For each table; those at the end may be missing.
    rows: Vec<Rows>,
}

impl Flattening<'_> {
    /// Puts the values of a column of the source, or of a field of it.
    fn column(&mut self, path: &str, column: &ArrayRef) -> Result<(), RelationalError> {
        if column.null_count() == column.len() {
            return Ok(());
        }
        match column.data_type() {
            DataType::Struct(_) => return self.fields(path, column.as_struct()),
            data_type if data_type.is_nested() => {
                for (row, text) in json_of(column)?.into_iter().enumerate() {
                    if let Some(text) = text {
                        self.text(row, path, &text)?;
                    }
                }
                return Ok(());
            }
            _ => {}
        }
        if let Some(texts) = self.json_texts(path, column)? {
            for (row, text) in texts.iter().enumerate() {
                if let Some(text) = text {
                    self.text(row, path, text)?;
                }
            }
            return Ok(());
        }
        if self.tables.takes_column(path, column.data_type()) {
            self.rows[0].put_whole(path.to_owned(), column.clone());
            return Ok(());
        }
        for (row, text) in json_of(column)?.into_iter().enumerate() {
            if let Some(value) = text.and_then(|text| serde_json::from_str(&text).ok()) {
                self.value(0, row, path, value)?;
            }
        }
        Ok(())
    }

    /// The texts of a column, where some may be JSON.
    fn json_texts(&self, path: &str, column: &ArrayRef) -> Result<Option<StringViewArray>, ArrowError> {
        match self.json {
            JsonText::In(paths) if paths.contains(path) => texts(column).map(Some),
            JsonText::Anywhere if stored_type(column.data_type()) == DataType::Utf8 => {
                let texts = texts(column)?;
                let is_any = texts.iter().flatten().any(begins_as_json);
                Ok(is_any.then_some(texts))
            }
            _ => Ok(None),
        }
    }

    fn fields(&mut self, path: &str, record: &StructArray) -> Result<(), RelationalError> {
        for (name, column) in fields_of(record)? {
            self.column(&format!("{path}.{}", name.to_lowercase()), &column)?;
        }
        Ok(())
    }

    /// A text of the first table that is JSON, or else a value as it is.
    fn text(&mut self, row: usize, path: &str, text: &str) -> Result<(), RelationalError> {
        let is_wanted = matches!(self.json, JsonText::In(_)) || begins_as_json(text);
        let parsed = is_wanted.then(|| serde_json::from_str(text).ok()).flatten();
        self.value(0, row, path, parsed.unwrap_or_else(|| Value::String(text.to_owned())))
    }

    fn value(&mut self, table: usize, row: usize, path: &str, value: Value) -> Result<(), RelationalError> {
        let (value_type, is_exact) = match &value {
            Value::Null => return Ok(()),
            Value::Object(_) => {
                let Value::Object(object) = value else { return Ok(()) };
                for (name, value) in object {
                    self.value(table, row, &format!("{path}.{}", name.to_lowercase()), value)?;
                }
                return Ok(());
            }
            Value::Array(_) => {
                let Value::Array(elements) = value else { return Ok(()) };
                return self.list(table, row, path, elements);
            }
            Value::Bool(_) => (ValueType::Truth, true),
            Value::String(_) => (ValueType::Text, true),
            Value::Number(number) if number.is_i64() => (ValueType::Whole, is_exact(number)),
            // More digits than a number here has.
            Value::Number(number) if number.is_u64() => {
                self.put_aside(table, row, path, value);
                return Ok(());
            }
            Value::Number(_) => (ValueType::Number, true),
        };
        let left = match self.tables.place(table, path, value_type, is_exact) {
            Some((column, stored)) => self.rows_of(table).put(row, &column, stored, value),
            None => Some(value),
        };
        if let Some(left) = left {
            self.put_aside(table, row, path, left);
        }
        Ok(())
    }

    fn list(&mut self, table: usize, row: usize, path: &str, elements: Vec<Value>) -> Result<(), RelationalError> {
        let Some((list, link)) = self.tables.list(table, path) else {
            self.put_aside(table, row, path, Value::Array(elements));
            return Ok(());
        };
        let number = self.numbers.next()?;
        let linked = Value::Number(Number::from(number));
        if self.rows_of(table).put(row, &link, ValueType::List, linked).is_some() {
            self.put_aside(table, row, path, Value::Array(elements));
            return Ok(());
        }
        let path = format!("{path}{VALUE}");
        for (index, element) in elements.into_iter().enumerate() {
            let rows = self.rows_of(list);
            let row = rows.begin();
            rows.put(row, ID, ValueType::Whole, Value::Number(Number::from(number)));
            rows.put(row, INDEX, ValueType::Whole, Value::Number(Number::from(index)));
            self.value(list, row, &path, element)?;
        }
        Ok(())
    }

    fn put_aside(&mut self, table: usize, row: usize, path: &str, value: Value) {
        self.rows_of(table).put_aside(row, path, value);
    }

    fn rows_of(&mut self, table: usize) -> &mut Rows {
        if self.rows.len() <= table {
            self.rows.resize_with(table + 1, Rows::default);
        }
        &mut self.rows[table]
    }
}

fn begins_as_json(text: &str) -> bool {
    matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'['))
}

/// The text of a column, whichever type it is stored with.
pub fn texts(column: &ArrayRef) -> Result<StringViewArray, ArrowError> {
    Ok(cast(column, &DataType::Utf8View)?.as_string_view().clone())
}
