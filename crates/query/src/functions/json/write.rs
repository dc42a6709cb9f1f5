//! Values of columns as JSON text.

use std::fmt::Write;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::Result;

use super::value::Value;
use crate::functions::arguments::{is_text, texts};

/// The JSON of a row of a column; `None` for NULL. Text that is itself JSON stays what it is, where `is_json`.
pub fn value(column: &ArrayRef, row: usize, is_json: bool) -> Result<Option<String>> {
    if is_null(column, row) {
        return Ok(None);
    }
    let mut out = String::new();
    if is_json && is_text(column.data_type()) {
        let spelled = texts(&column.slice(row, 1))?;
        if let Some(value) = Value::of(spelled.value(0)) {
            return Ok(Some(value.text().to_owned()));
        }
    }
    write(column, row, is_json, &mut out)?;
    Ok(Some(out))
}

/// Whether a row is NULL; all rows of a column without a type are.
pub fn is_null(column: &ArrayRef, row: usize) -> bool {
    *column.data_type() == DataType::Null || column.is_null(row)
}

/// A JSON object that is being written.
#[derive(Default)]
pub struct Object {
    members: String,
}

impl Object {
    /// Adds a member.
    pub fn put(&mut self, name: &str, column: &ArrayRef, row: usize) -> Result<()> {
        if !self.members.is_empty() {
            self.members.push(',');
        }
        quote(name, &mut self.members);
        self.members.push(':');
        write(column, row, true, &mut self.members)
    }

    /// Its text.
    pub fn finish(self) -> String {
        format!("{{{}}}", self.members)
    }
}

/// An object of names and values, without those that are NULL.
pub fn json_object(names: &ArrayRef, values: &ArrayRef) -> Result<String> {
    let names = texts(names)?;
    let mut object = Object::default();
    for row in (0..names.len()).filter(|row| names.is_valid(*row) && !is_null(values, *row)) {
        object.put(names.value(row), values, row)?;
    }
    Ok(object.finish())
}

fn write(column: &ArrayRef, row: usize, is_json: bool, out: &mut String) -> Result<()> {
    if is_null(column, row) {
        out.push_str("null");
        return Ok(());
    }
    match column.data_type() {
        DataType::List(_) => list(&column.as_list::<i32>().value(row), is_json, out),
        DataType::LargeList(_) => list(&column.as_list::<i64>().value(row), is_json, out),
        DataType::Struct(fields) => {
            let mut object = Object::default();
            for (field, column) in fields.iter().zip(column.as_struct().columns()) {
                object.put(field.name(), column, row)?;
            }
            out.push_str(&object.finish());
            Ok(())
        }
        DataType::Map(..) => {
            let entries = column.as_map().value(row);
            let (names, values) = (texts(entries.column(0))?, entries.column(1));
            let mut object = Object::default();
            for at in 0..names.len() {
                object.put(names.value(at), values, at)?;
            }
            out.push_str(&object.finish());
            Ok(())
        }
        data_type => {
            let options = FormatOptions::default();
            let text = ArrayFormatter::try_new(column, &options)?.value(row).to_string();
            let is_container = is_json && text.starts_with(['{', '[']) && Value::of(&text).is_some();
            let is_bare = (data_type.is_numeric() && text.parse::<f64>().is_ok_and(f64::is_finite))
                || *data_type == DataType::Boolean
                || (is_text(data_type) && is_container);
            if is_bare {
                out.push_str(&text);
            } else {
                quote(&text, out);
            }
            Ok(())
        }
    }
}

fn list(items: &ArrayRef, is_json: bool, out: &mut String) -> Result<()> {
    out.push('[');
    for row in 0..items.len() {
        if row > 0 {
            out.push(',');
        }
        write(items, row, is_json, out)?;
    }
    out.push(']');
    Ok(())
}

fn quote(text: &str, out: &mut String) {
    // Writing to a string cannot fail, nor can a text as JSON.
    let _ = write!(out, "{}", serde_json::Value::from(text));
}
