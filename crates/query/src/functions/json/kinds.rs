//! What kind of JSON a text is, and what is in it.

use std::sync::Arc;

use arrow::array::builder::{ListBuilder, StringViewBuilder};
use arrow::array::{Array, ArrayRef, StringViewArray};
use arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, plan_err};

use super::value::Value;
use super::{json_text, write};
use crate::functions::arguments::{is_text, texts, whole_numbers};
use crate::functions::function::{Function, Known};

/// The functions of this file.
pub fn all() -> Vec<Function> {
    vec![
        Function::new(&["json_typeof"], 1..=1, json_text, |columns, _| {
            let texts = texts(&columns[0])?;
            let kinds = texts.iter().map(|text| text.map(kind));
            Ok(Arc::new(kinds.collect::<StringViewArray>()))
        }),
        Function::new(&["check_json"], 1..=1, json_text, |columns, _| {
            let texts = texts(&columns[0])?;
            let errors = texts.iter().map(|text| {
                let error = serde_json::from_str::<serde::de::IgnoredAny>(text?).err()?;
                Some(error.to_string())
            });
            Ok(Arc::new(errors.collect::<StringViewArray>()))
        }),
        Function::new(&["object_keys"], 1..=1, text_list, |columns, _| {
            lists(&columns[0], |value| {
                let members = value.members()?;
                Some(members.map(|(key, _)| key.scalar()).collect())
            })
        }),
        Function::new(&["as_list"], 1..=1, as_list_type, |columns, _| {
            if !is_text(columns[0].data_type()) {
                return Ok(Arc::clone(&columns[0]));
            }
            lists(&columns[0], |value| {
                let elements = value.elements()?;
                Some(elements.map(Value::unquoted).collect())
            })
        }),
        Function::new(
            &["to_json"],
            1..=1,
            |_| Ok(DataType::Utf8View),
            |columns, _| written(columns, true),
        ),
        Function::new(
            &["json_of"],
            1..=1,
            |_| Ok(DataType::Utf8View),
            |columns, _| written(columns, false),
        ),
        Function::new(&["object_construct"], 0..=128, pairs, |columns, _| {
            object(columns, false)
        }),
        Function::new(&["object_construct_keep_null"], 0..=128, pairs, |columns, _| {
            object(columns, true)
        }),
    ]
}

/// Values as JSON text; text that is JSON already stays as it is, where `is_json`.
fn written(columns: &[ArrayRef], is_json: bool) -> Result<ArrayRef> {
    let written = (0..columns[0].len()).map(|row| write::value(&columns[0], row, is_json));
    Ok(Arc::new(written.collect::<Result<StringViewArray>>()?))
}

/// What Snowflake calls the kind of a value; what is no JSON is text.
fn kind(text: &str) -> &'static str {
    let Some(value) = Value::of(text) else {
        return "VARCHAR";
    };
    let text = value.text();
    match text.as_bytes().first() {
        Some(b'{') => "OBJECT",
        Some(b'[') => "ARRAY",
        Some(b'"') => "VARCHAR",
        Some(b't' | b'f') => "BOOLEAN",
        Some(b'n') => "NULL_VALUE",
        _ if text.contains(['e', 'E']) => "DOUBLE",
        _ if text.contains('.') => "DECIMAL",
        _ => "INTEGER",
    }
}

fn text_list(known: &Known<'_>) -> Result<DataType> {
    Ok(DataType::List(Arc::new(Field::new_list_field(json_text(known)?, true))))
}

fn as_list_type(known: &Known<'_>) -> Result<DataType> {
    match known[0].0 {
        list @ (DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) | DataType::Map(..)) => {
            Ok(list.clone())
        }
        text if is_text(text) => text_list(known),
        other => plan_err!("a list or the text of a JSON array was expected, not {other}"),
    }
}

fn lists(column: &ArrayRef, open: impl Fn(Value<'_>) -> Option<Vec<Option<String>>>) -> Result<ArrayRef> {
    let texts = texts(column)?;
    let mut lists = ListBuilder::new(StringViewBuilder::new());
    for text in &texts {
        match text.and_then(Value::of).and_then(&open) {
            Some(items) => {
                for item in items {
                    lists.values().append_option(item);
                }
                lists.append(true);
            }
            None => lists.append_null(),
        }
    }
    Ok(Arc::new(lists.finish()))
}

/// The member with a name, or the element with a number, counted from 0.
pub fn get(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let values = texts(&columns[0])?;
    let (names, numbers) = if is_text(columns[1].data_type()) {
        (Some(texts(&columns[1])?), None)
    } else {
        (None, Some(whole_numbers(&columns[1])?))
    };
    let found = values.iter().enumerate().map(|(row, text)| {
        let value = Value::of(text?)?;
        let found = match (&names, &numbers) {
            (Some(names), _) if names.is_valid(row) => value.member(names.value(row)),
            (_, Some(numbers)) if numbers.is_valid(row) => {
                let at = usize::try_from(numbers.value(row)).ok()?;
                value.elements()?.nth(at)
            }
            _ => None,
        };
        found?.unquoted()
    });
    Ok(Arc::new(found.collect::<StringViewArray>()))
}

fn pairs(known: &Known<'_>) -> Result<DataType> {
    // A star, until the columns it stands for are known.
    let is_star = matches!(known, [(DataType::Null, _)]);
    if !known.len().is_multiple_of(2) && !is_star {
        return plan_err!("object_construct takes names and values in turn");
    }
    Ok(DataType::Utf8View)
}

/// An object of names and values; without those that are NULL, unless they are to be kept.
fn object(columns: &[ArrayRef], keeps_null: bool) -> Result<ArrayRef> {
    let (pairs, left) = columns.as_chunks::<2>();
    if !left.is_empty() {
        return plan_err!("object_construct takes names and values in turn");
    }
    let names = pairs.iter().map(|[name, _]| texts(name)).collect::<Result<Vec<_>>>()?;
    let rows = columns.first().map_or(1, Array::len);
    let objects = (0..rows).map(|row| {
        let mut object = write::Object::default();
        for (names, [_, values]) in names.iter().zip(pairs) {
            if names.is_valid(row) && (keeps_null || !write::is_null(values, row)) {
                object.put(names.value(row), values, row)?;
            }
        }
        Ok(Some(object.finish()))
    });
    Ok(Arc::new(objects.collect::<Result<StringViewArray>>()?))
}
