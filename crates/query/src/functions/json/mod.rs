//! JSON text: what Athena and Snowflake take out of it.
//!
//! Columns nobody promises the shape of (`requestparameters` and its kin) are JSON text. A value taken out is spelled as
//! it was there. As in Athena, what is no JSON, and what a path does not lead to, is NULL. Source: Trino documentation,
//! "JSON functions and operators"; Snowflake documentation, "`GET_PATH`", "`PARSE_JSON`".

mod flatten;
mod kinds;
mod path;
mod value;
mod write;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringViewArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_datafusion_err, plan_err};

use self::path::Path;
use super::arguments::{LastRead, constant_text, is_text, texts, whole_numbers};
use super::function::{Function, Known};

pub use self::kinds::get;
pub use self::value::Value;
pub use self::write::json_object;

/// Every function of JSON.
pub fn all() -> Vec<Function> {
    let mut all = kinds::all();
    all.extend(flatten::all());
    all.extend(vec![
        Function::new(
            &["json_extract"],
            2..=2,
            |known| at_path("json_extract", known),
            |columns, _| found(columns, |value| Some(value.text().to_owned())),
        ),
        Function::new(
            &["json_extract_scalar"],
            2..=2,
            |known| at_path("json_extract_scalar", known),
            |columns, _| found(columns, |value| value.scalar()),
        ),
        Function::new(
            &["json_extract_path_text", "get_path"],
            2..=2,
            |known| at_path("json_extract_path_text", known),
            |columns, _| {
                let found = each(columns, Path::follow_in_any_case, unquoted)?;
                Ok(Arc::new(
                    found.into_iter().map(Option::flatten).collect::<StringViewArray>(),
                ))
            },
        ),
        Function::new(
            &["json_size"],
            2..=2,
            |known| at_path("json_size", known).map(|_| DataType::Int64),
            |columns, _| {
                let sizes = each_found(columns, |value| {
                    value.children().map_or(0, |children| children.count() as i64)
                })?;
                Ok(Arc::new(sizes.into_iter().collect::<Int64Array>()))
            },
        ),
        Function::new(&["json_parse", "parse_json"], 1..=1, json_text, |columns, _| {
            parsed(columns, true)
        }),
        Function::new(&["try_parse_json"], 1..=1, json_text, |columns, _| {
            parsed(columns, false)
        }),
        Function::new(&["json_format"], 1..=1, json_text, |columns, _| {
            Ok(Arc::clone(&columns[0]))
        }),
        Function::new(
            &["json_array_length"],
            1..=1,
            |known| json_text(known).map(|_| DataType::Int64),
            |columns, _| {
                let texts = texts(&columns[0])?;
                let length = |text| Some(Value::of(text)?.elements()?.count() as i64);
                Ok(Arc::new(texts.iter().map(|text| length(text?)).collect::<Int64Array>()))
            },
        ),
        Function::new(&["json_array_get"], 2..=2, json_text, element),
        Function::new(
            &["json_array_contains"],
            2..=2,
            |known| json_text(known).map(|_| DataType::Boolean),
            |columns, _| {
                let (arrays, wanted) = (texts(&columns[0])?, texts(&columns[1])?);
                let is_in = |(array, wanted): (Option<&str>, Option<&str>)| {
                    let (mut elements, wanted) = (Value::of(array?)?.elements()?, wanted?);
                    Some(elements.any(|element| element.scalar().as_deref() == Some(wanted)))
                };
                Ok(Arc::new(
                    arrays.iter().zip(&wanted).map(is_in).collect::<BooleanArray>(),
                ))
            },
        ),
    ]);
    all
}

fn json_text(known: &Known<'_>) -> Result<DataType> {
    match known[0].0 {
        data_type if is_text(data_type) => Ok(DataType::Utf8View),
        other => plan_err!("JSON is text here, not {other}"),
    }
}

/// Fails early where the path is a constant that makes no sense.
fn at_path(function: &str, known: &Known<'_>) -> Result<DataType> {
    if let Some(Err(why)) = constant_text(known[1].1).map(Path::parse) {
        return plan_err!("{function}: {why}");
    }
    json_text(known)
}

/// What `answer` makes of the value that each row's path leads to.
fn each_found<T>(columns: &[ArrayRef], answer: impl Fn(Value<'_>) -> T) -> Result<Vec<Option<T>>> {
    each(columns, Path::follow, answer)
}

/// A function of its own, as it is to be one for values of every lifetime.
fn unquoted(value: Value<'_>) -> Option<String> {
    value.unquoted()
}

/// What `answer` makes of the value that each row's path leads to by `follow`.
fn each<T>(
    columns: &[ArrayRef],
    follow: for<'a> fn(&Path, Value<'a>) -> Option<Value<'a>>,
    answer: impl Fn(Value<'_>) -> T,
) -> Result<Vec<Option<T>>> {
    let (texts, paths) = (texts(&columns[0])?, texts(&columns[1])?);
    let mut last = LastRead::default();
    let rows = texts.iter().zip(&paths).map(|(text, path)| {
        let (Some(text), Some(path)) = (text, path) else {
            return Ok(None);
        };
        let path = last.of(path, |path| {
            Path::parse(path).map_err(|why| exec_datafusion_err!("{why}"))
        })?;
        Ok(Value::of(text).and_then(|value| follow(path, value)).map(&answer))
    });
    rows.collect()
}

fn found(columns: &[ArrayRef], answer: impl Fn(Value<'_>) -> Option<String>) -> Result<ArrayRef> {
    let found = each_found(columns, answer)?;
    Ok(Arc::new(
        found.into_iter().map(Option::flatten).collect::<StringViewArray>(),
    ))
}

/// The text as it is, once it is seen to be JSON.
fn parsed(columns: &[ArrayRef], is_strict: bool) -> Result<ArrayRef> {
    let texts = texts(&columns[0])?;
    let checked = texts.iter().map(|text| match text {
        Some(text) if Value::of(text).is_none() && is_strict => {
            let shown: String = text.chars().take(64).collect();
            Err(exec_datafusion_err!("`{shown}` is no JSON"))
        }
        text => Ok(text.filter(|text| Value::of(text).is_some())),
    });
    Ok(Arc::new(checked.collect::<Result<StringViewArray>>()?))
}

/// From the end where the position is below 0.
fn element(columns: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let arrays = texts(&columns[0])?;
    let positions = whole_numbers(&columns[1])?;
    let rows = arrays.iter().zip(&positions);
    let elements = rows.map(|(array, position)| {
        let (elements, position) = (Value::of(array?)?.elements()?, position?);
        let elements: Vec<Value<'_>> = elements.collect();
        let at = if position < 0 {
            elements.len() as i64 + position
        } else {
            position
        };
        Some(elements.get(usize::try_from(at).ok()?)?.text().to_owned())
    });
    Ok(Arc::new(elements.collect::<StringViewArray>()))
}
