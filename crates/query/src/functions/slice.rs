//! Parts of lists: by position, of each entry.
//!
//! Source: Trino documentation, "Array functions and operators", "UNNEST"; Snowflake documentation, "`ARRAY_SLICE`".

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, GenericListArray, ListArray, UInt64Array, new_null_array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::{cast, concat, take};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err, plan_err};

use super::arguments::whole_numbers;
use super::function::{Function, Known};

/// Every function of parts.
pub fn all() -> Vec<Function> {
    vec![
        Function::new(&["list_part"], 3..=3, same_list, |columns, _| {
            sliced(columns, |length, start, count| {
                if start == 0 {
                    return exec_err!("slice counts from 1, from the end below 0, and 0 is neither");
                }
                if count < 0 {
                    return exec_err!("slice takes a length of at least 0, not {count}");
                }
                let from = if start > 0 { start - 1 } else { length + start };
                Ok((from >= 0).then(|| (from, from.saturating_add(count))))
            })
        }),
        Function::new(&["list_between"], 3..=3, same_list, |columns, _| {
            sliced(columns, |length, from, to| {
                let place = |at: i64| if at < 0 { (length + at).max(0) } else { at };
                Ok(Some((place(from), place(to))))
            })
        }),
        Function::new(&["list_or_null"], 1..=1, same_list, |columns, _| or_null(&columns[0])),
        Function::new(&["list_of_field"], 2..=2, field_type, |columns, data_type| {
            let at = whole_numbers(&columns[1])?;
            let at = if at.is_empty() { 1 } else { at.value(0) };
            field_of_entries(&columns[0], at, data_type)
        }),
    ]
}

fn same_list(known: &Known<'_>) -> Result<DataType> {
    match known[0].0 {
        list @ DataType::List(_) => Ok(list.clone()),
        DataType::LargeList(item) | DataType::FixedSizeList(item, _) => Ok(DataType::List(Arc::clone(item))),
        DataType::Null => Ok(DataType::new_list(DataType::Null, true)),
        other => plan_err!("a list was expected, not {other}"),
    }
}

/// The column as lists with offsets of 32 bits.
fn lists(column: &ArrayRef) -> Result<ListArray> {
    let data_type = same_list(&[(column.data_type(), None)])?;
    Ok(cast(column, &data_type)?.as_list::<i32>().clone())
}

/// The elements of each list from one position up to another, which `range` tells by the list's length and two numbers.
fn sliced(columns: &[ArrayRef], range: impl Fn(i64, i64, i64) -> Result<Option<(i64, i64)>>) -> Result<ArrayRef> {
    let lists = lists(&columns[0])?;
    let (firsts, seconds) = (whole_numbers(&columns[1])?, whole_numbers(&columns[2])?);
    let (mut indices, mut lengths) = (Vec::<u64>::new(), Vec::with_capacity(lists.len()));
    let mut valid = Vec::with_capacity(lists.len());
    for row in 0..lists.len() {
        let is_valid = lists.is_valid(row) && firsts.is_valid(row) && seconds.is_valid(row);
        valid.push(is_valid);
        let before = indices.len();
        if is_valid {
            let (start, length) = (lists.value_offsets()[row], i64::from(lists.value_length(row)));
            let (from, to) = range(length, firsts.value(row), seconds.value(row))?.unwrap_or((0, 0));
            let (from, to) = (from.min(length), to.min(length));
            indices.extend((from..to).map(|at| at as u64 + start as u64));
        }
        lengths.push(indices.len() - before);
    }
    taken(&lists, lists.values(), indices, lengths, valid)
}

fn taken(
    lists: &GenericListArray<i32>,
    values: &ArrayRef,
    indices: Vec<u64>,
    lengths: Vec<usize>,
    valid: Vec<bool>,
) -> Result<ArrayRef> {
    let field = match lists.data_type() {
        DataType::List(item) => Arc::new(item.as_ref().clone().with_nullable(true)),
        other => return exec_err!("{other} is no list"),
    };
    let values = take(values, &UInt64Array::from(indices), None)?;
    let offsets = OffsetBuffer::from_lengths(lengths);
    Ok(Arc::new(ListArray::try_new(
        field,
        offsets,
        values,
        Some(NullBuffer::from(valid)),
    )?))
}

/// The list, with one NULL in it where it is NULL or has nothing: what a `LEFT JOIN UNNEST` goes through.
fn or_null(column: &ArrayRef) -> Result<ArrayRef> {
    let lists = lists(column)?;
    let null = new_null_array(lists.values().data_type(), 1);
    let values = concat(&[lists.values(), &null])?;
    let null_at = lists.values().len() as u64;
    let (mut indices, mut lengths) = (Vec::<u64>::new(), Vec::with_capacity(lists.len()));
    for row in 0..lists.len() {
        let length = if lists.is_valid(row) {
            lists.value_length(row)
        } else {
            0
        };
        if length == 0 {
            indices.push(null_at);
        } else {
            let start = lists.value_offsets()[row];
            indices.extend((start..start + length).map(|at| at as u64));
        }
        lengths.push(length.max(1) as usize);
    }
    let valid = vec![true; lists.len()];
    taken(&lists, &values, indices, lengths, valid)
}

/// The type of the lists of one field; the number of the field is a constant.
fn field_type(known: &Known<'_>) -> Result<DataType> {
    let at = known[1].1.and_then(|at| at.cast_to(&DataType::Int64).ok());
    let Some(datafusion::common::ScalarValue::Int64(Some(at))) = at else {
        return plan_err!("the number of a field is a constant");
    };
    let entry = match known[0].0 {
        DataType::List(item) | DataType::LargeList(item) => item.data_type(),
        DataType::Map(entries, _) => entries.data_type(),
        other => return plan_err!("UNNEST takes a list or a map, not {other}"),
    };
    let field = match entry {
        DataType::Struct(fields) => usize::try_from(at - 1).ok().and_then(|at| fields.get(at)),
        other => return plan_err!("UNNEST gives {at} columns or more of rows and maps, and {other} is neither"),
    };
    let Some(field) = field else {
        return plan_err!("UNNEST: there is no column {at} in {entry}");
    };
    Ok(DataType::new_list(field.data_type().clone(), true))
}

/// Of a list of rows, or of a map, the list of one field: the keys of a map, or its values.
fn field_of_entries(column: &ArrayRef, at: i64, data_type: &DataType) -> Result<ArrayRef> {
    let (offsets, nulls, entries) = if let Some(map) = column.as_map_opt() {
        let entries: ArrayRef = Arc::new(map.entries().clone());
        (map.offsets().clone(), map.nulls().cloned(), entries)
    } else {
        let lists = lists(column)?;
        (
            lists.offsets().clone(),
            lists.nulls().cloned(),
            Arc::clone(lists.values()),
        )
    };
    let entries = entries.as_struct();
    let field = usize::try_from(at - 1).ok().and_then(|at| entries.columns().get(at));
    let (Some(field), DataType::List(item)) = (field, data_type) else {
        return exec_err!("UNNEST: there is no column {at}");
    };
    // A field of a row that is NULL is NULL, whatever stands below it.
    let all: UInt64Array = (0..entries.len())
        .map(|row| entries.is_valid(row).then_some(row as u64))
        .collect();
    let values = take(field, &all, None)?;
    Ok(Arc::new(ListArray::try_new(Arc::clone(item), offsets, values, nulls)?))
}
