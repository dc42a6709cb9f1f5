//! Casts to lists, maps and rows, `CAST(json_extract(…) AS ARRAY(VARCHAR))`, as Athena has them.
//!
//! Source: Trino documentation, "JSON functions and operators", "Cast from JSON".

mod from_json;
mod shape;
mod split;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, MapArray, StructArray};
use arrow::compute::{CastOptions, cast, cast_with_options};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err, plan_err};

pub use self::split::split_to_map;

use self::shape::Shape;
use super::arguments::{constant_text, is_text, texts};
use super::function::{Function, Known};

/// Both casts: one fails where a value does not fit, the other is NULL there.
pub fn all() -> Vec<Function> {
    vec![
        Function::new(&["cast_to"], 2..=2, shaped, |columns, _| casted(columns, false)),
        Function::new(&["try_cast_to"], 2..=2, shaped, |columns, _| casted(columns, true)),
    ]
}

fn shaped(known: &Known<'_>) -> Result<DataType> {
    match constant_text(known[1].1).map(Shape::parse) {
        Some(Ok(shape)) => Ok(shape.data_type()),
        Some(Err(why)) => plan_err!("{why}"),
        None => plan_err!("a cast takes a value and the name of a type"),
    }
}

fn casted(columns: &[ArrayRef], is_tried: bool) -> Result<ArrayRef> {
    let name = texts(&columns[1])?;
    if name.is_empty() {
        return Ok(Arc::clone(&columns[0]));
    }
    match Shape::parse(name.value(0)) {
        Ok(shape) => convert(&columns[0], &shape, is_tried),
        Err(why) => exec_err!("{why}"),
    }
}

/// A column in another shape: rows by position, text as the JSON it is.
fn convert(column: &ArrayRef, shape: &Shape, is_tried: bool) -> Result<ArrayRef> {
    let column = match column.data_type() {
        DataType::LargeList(item) => cast(column, &DataType::List(Arc::clone(item)))?,
        _ => Arc::clone(column),
    };
    match (column.data_type(), shape) {
        (from, Shape::List(_) | Shape::Map(..) | Shape::Row(_)) if is_text(from) => {
            from_json::read(&texts(&column)?, shape, is_tried)
        }
        (DataType::List(_), Shape::List(item)) => {
            let list = column.as_list::<i32>();
            let items = convert(list.values(), item, is_tried)?;
            Ok(Arc::new(ListArray::try_new(
                shape.item_field(),
                list.offsets().clone(),
                items,
                list.nulls().cloned(),
            )?))
        }
        (DataType::Struct(_), Shape::Row(fields)) => {
            let row = column.as_struct();
            if row.num_columns() != fields.len() {
                return exec_err!("a row of {} cannot be one of {}", row.num_columns(), fields.len());
            }
            let columns = row.columns().iter().zip(fields);
            let columns = columns.map(|(column, (_, shape))| convert(column, shape, is_tried));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(StructArray::try_new_with_length(
                shape.fields(),
                columns,
                row.nulls().cloned(),
                row.len(),
            )?))
        }
        (DataType::Map(..), Shape::Map(key, value)) => {
            let map = column.as_map();
            let entries = StructArray::try_new(
                shape.fields(),
                vec![
                    convert(map.keys(), key, is_tried)?,
                    convert(map.values(), value, is_tried)?,
                ],
                None,
            )?;
            Ok(Arc::new(MapArray::try_new(
                shape.item_field(),
                map.offsets().clone(),
                entries,
                map.nulls().cloned(),
                false,
            )?))
        }
        _ => {
            let options = CastOptions {
                safe: is_tried,
                ..CastOptions::default()
            };
            Ok(cast_with_options(&column, &shape.data_type(), &options)?)
        }
    }
}
