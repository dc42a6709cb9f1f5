//! The elements of a JSON list or the members of an object, as lists: what Snowflake's `FLATTEN` makes rows of.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, GenericListArray, Int64Builder, ListBuilder, StringViewArray, StringViewBuilder};
use arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, plan_err};

use super::value::Value;
use super::write;
use crate::functions::arguments::texts;
use crate::functions::function::{Function, Known};

/// A function for each column of `FLATTEN`.
pub fn all() -> Vec<Function> {
    let of_texts = |known: &Known<'_>| list_of(known, DataType::Utf8View);
    let of_numbers = |known: &Known<'_>| list_of(known, DataType::Int64);
    vec![
        Function::new(&["flatten_values"], 1..=1, of_texts, |columns, _| {
            spelled(columns, |element| element.value.unquoted())
        }),
        Function::new(&["flatten_keys"], 1..=1, of_texts, |columns, _| {
            spelled(columns, |element| element.name.as_ref()?.scalar())
        }),
        Function::new(&["flatten_paths"], 1..=1, of_texts, |columns, _| {
            spelled(columns, |element| {
                Some(match element.key() {
                    Some(key) => key,
                    None => format!("[{}]", element.index),
                })
            })
        }),
        Function::new(&["flatten_inputs"], 1..=1, of_texts, |columns, _| {
            spelled(columns, |element| Some(element.input.to_owned()))
        }),
        Function::new(&["flatten_indexes"], 1..=1, of_numbers, |columns, _| {
            numbered(columns, |element| {
                element.name.is_none().then_some(element.index as i64)
            })
        }),
    ]
}

/// A value in what is flattened.
struct Element<'a> {
    input: &'a str,
    index: usize,
    /// The name it has in an object.
    name: Option<Value<'a>>,
    value: Value<'a>,
}

impl Element<'_> {
    fn key(&self) -> Option<String> {
        self.name.as_ref()?.scalar()
    }
}

fn list_of(known: &Known<'_>, item: DataType) -> Result<DataType> {
    if !known[0].0.is_string() && *known[0].0 != DataType::Null && !matches!(known[0].0, DataType::List(_)) {
        return plan_err!("FLATTEN takes JSON, not {}", known[0].0);
    }
    Ok(DataType::List(Arc::new(Field::new("item", item, true))))
}

/// The texts to be flattened; lists of the engine's own as JSON.
fn inputs(column: &ArrayRef) -> Result<StringViewArray> {
    let DataType::List(_) = column.data_type() else {
        return texts(column);
    };
    (0..column.len()).map(|row| write::value(column, row, false)).collect()
}

fn elements(input: &str) -> Vec<Element<'_>> {
    let Some(value) = Value::of(input) else {
        return Vec::new();
    };
    let element = |(index, (name, value))| Element {
        input,
        index,
        name,
        value,
    };
    if let Some(members) = value.members() {
        let members = members.map(|(name, value)| (Some(name), value));
        return members.enumerate().map(element).collect();
    }
    let values = value.elements().into_iter().flatten().map(|value| (None, value));
    values.enumerate().map(element).collect()
}

fn spelled(columns: &[ArrayRef], spell: impl Fn(&Element<'_>) -> Option<String>) -> Result<ArrayRef> {
    let mut lists = ListBuilder::new(StringViewBuilder::new());
    for input in &inputs(&columns[0])? {
        for element in input.map(elements).unwrap_or_default() {
            lists.values().append_option(spell(&element));
        }
        lists.append(input.is_some());
    }
    Ok(Arc::new(lists.finish()))
}

fn numbered(columns: &[ArrayRef], number: impl Fn(&Element<'_>) -> Option<i64>) -> Result<ArrayRef> {
    let mut lists = ListBuilder::new(Int64Builder::new());
    for input in &inputs(&columns[0])? {
        for element in input.map(elements).unwrap_or_default() {
            lists.values().append_option(number(&element));
        }
        lists.append(input.is_some());
    }
    let lists: GenericListArray<i32> = lists.finish();
    Ok(Arc::new(lists))
}
