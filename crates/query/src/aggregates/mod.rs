//! Aggregates of Athena and Snowflake that the engine does not bring along: maps and counts of values.
//!
//! Source: Trino documentation, "Aggregate functions"; Snowflake documentation, "`OBJECT_AGG`", "MODE".

mod aggregate;
mod table;

use std::sync::Arc;

use arrow::array::{ArrayRef, MapArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::AggregateUDF;
use datafusion::logical_expr::registry::FunctionRegistry;

use self::aggregate::{Aggregate, Kept};
use self::table::Entries;
use crate::functions::json_object;

/// Makes every aggregate known to a session.
pub fn register(session: &mut SessionState) -> Result<()> {
    for aggregate in all() {
        session.register_udaf(Arc::new(AggregateUDF::from(aggregate)))?;
    }
    Ok(())
}

fn all() -> Vec<Aggregate> {
    vec![
        Aggregate::new("map_agg", Kept::First, |types| Ok(map_type(&types[0], &types[1])), map),
        Aggregate::new(
            "histogram",
            Kept::Count,
            |types| Ok(map_type(&types[0], &DataType::Int64)),
            map,
        ),
        Aggregate::new(
            "object_agg",
            Kept::Only,
            |_| Ok(DataType::Utf8View),
            |entries, _| {
                Ok(ScalarValue::Utf8View(Some(json_object(
                    &entries.keys,
                    &entries.values,
                )?)))
            },
        ),
        Aggregate::new("mode", Kept::Count, |types| Ok(types[0].clone()), most_frequent),
    ]
}

fn map_type(key: &DataType, value: &DataType) -> DataType {
    // A key that is a constant, as in `bytes['10.0.0.1']`, is compared as plain text.
    let key = if key.is_string() { &DataType::Utf8 } else { key };
    let entry = vec![
        Field::new("key", key.clone(), false),
        Field::new("value", value.clone(), true),
    ];
    DataType::Map(
        Arc::new(Field::new("entries", DataType::Struct(entry.into()), false)),
        false,
    )
}

/// NULL where there is nothing to be in it.
fn map(entries: &Entries, data_type: &DataType) -> Result<ScalarValue> {
    let DataType::Map(field, _) = data_type else {
        return exec_err!("{data_type} is no map");
    };
    let DataType::Struct(fields) = field.data_type() else {
        return exec_err!("{data_type} is no map");
    };
    if entries.keys.is_empty() {
        return ScalarValue::try_new_null(data_type);
    }
    let length = entries.keys.len();
    let keys = cast(&entries.keys, fields[0].data_type())?;
    let both = StructArray::try_new(fields.clone(), vec![keys, Arc::clone(&entries.values)], None)?;
    let offsets = OffsetBuffer::from_lengths([length]);
    let map = MapArray::try_new(Arc::clone(field), offsets, both, None, false)?;
    Ok(ScalarValue::Map(Arc::new(map)))
}

/// The value that is there most often; of several the least.
fn most_frequent(entries: &Entries, data_type: &DataType) -> Result<ScalarValue> {
    let counts: &ArrayRef = &entries.values;
    let mut most: Option<(i64, usize)> = None;
    for row in 0..counts.len() {
        let ScalarValue::Int64(Some(count)) = ScalarValue::try_from_array(counts, row)? else {
            continue;
        };
        if most.is_none_or(|(known, _)| count > known) {
            most = Some((count, row));
        }
    }
    match most {
        Some((_, row)) => ScalarValue::try_from_array(&entries.keys, row),
        None => ScalarValue::try_new_null(data_type),
    }
}
