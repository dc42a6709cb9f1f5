//! `split_to_map('a=1,b=2', ',', '=')`.
//!
//! Source: Trino documentation, "String functions".

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, MapArray, StringArray, StringViewArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};

use super::shape::Shape;
use crate::functions::arguments::texts;
use crate::functions::function::Function;

/// The function.
pub fn split_to_map() -> Function {
    Function::new(&["split_to_map"], 3..=3, |_| Ok(shape().data_type()), split)
}

fn shape() -> Shape {
    Shape::Map(
        Box::new(Shape::Scalar(DataType::Utf8)),
        Box::new(Shape::Scalar(DataType::Utf8View)),
    )
}

/// Each entry is parted at its first separator, and must have one; a key may not come twice.
fn split(columns: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let [texts_of, entries_by, values_by] = [0, 1, 2].map(|at| texts(&columns[at]));
    let (texts, entries_by, values_by) = (texts_of?, entries_by?, values_by?);
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    let (mut lengths, mut valid) = (Vec::new(), Vec::new());
    for row in 0..texts.len() {
        let before = keys.len();
        let is_valid = texts.is_valid(row) && entries_by.is_valid(row) && values_by.is_valid(row);
        if is_valid && !texts.value(row).is_empty() {
            for entry in texts.value(row).split(entries_by.value(row)) {
                let separator = values_by.value(row);
                let Some((key, value)) = entry.split_once(separator) else {
                    return exec_err!("split_to_map: `{entry}` has no `{separator}`");
                };
                if keys[before..].contains(&key) {
                    return exec_err!("split_to_map: the key `{key}` comes twice");
                }
                keys.push(key);
                values.push(value);
            }
        }
        valid.push(is_valid);
        lengths.push(keys.len() - before);
    }
    let shape = shape();
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(keys)),
        Arc::new(StringViewArray::from(values)),
    ];
    Ok(Arc::new(MapArray::try_new(
        shape.item_field(),
        OffsetBuffer::from_lengths(lengths),
        StructArray::try_new(shape.fields(), columns, None)?,
        Some(NullBuffer::from(valid)),
        false,
    )?))
}
