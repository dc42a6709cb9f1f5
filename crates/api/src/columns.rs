//! Columns as pages see them.

use arrow::datatypes::{DataType, Field};
use serde_json::{Value, json};

/// A column with its type, and what its values are in JSON.
pub fn column(field: &Field) -> Value {
    json!({
        "name": field.name(),
        "type": field.data_type().to_string(),
        "kind": kind(field.data_type()),
    })
}

/// What values of a type are in JSON: numbers that do not fit a `double` and decimals are texts of `number`s.
pub fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Dictionary(_, values) => kind(values),
        DataType::RunEndEncoded(_, values) => kind(values.data_type()),
        DataType::Boolean => "boolean",
        DataType::Date32 | DataType::Date64 => "date",
        DataType::Timestamp(_, _) => "time",
        number if number.is_numeric() => "number",
        text if text.is_string() => "text",
        _ => "other",
    }
}
