//! A variant put together: JSON text from the columns of its paths and the rest.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringViewArray, StringViewBuilder};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use flowtrail_lake::variant::Form;
use serde_json::Value;

use crate::functions::{Function, Known, texts};

/// The most paths a variant has, with its rest.
const MOST_ARGUMENTS: usize = 2 * flowtrail_lake::variant::MOST_PATHS + 1;

/// `variant_object(rest, path, value, path, value…)`: the object of all values that are not NULL, its names in order, as
/// Snowflake has them; NULL where all are.
pub fn variant_object() -> Function {
    Function::new(
        &["variant_object"],
        1..=MOST_ARGUMENTS,
        |_: &Known<'_>| Ok(DataType::Utf8View),
        |columns, _| objects(columns),
    )
}

/// A name of an object: a value, or names again.
enum Node<'a> {
    Leaf(Leaf<'a>),
    Object(BTreeMap<String, Node<'a>>),
}

struct Leaf<'a> {
    values: &'a ArrayRef,
    spelling: Spelling<'a>,
}

/// How a value is spelled in JSON.
enum Spelling<'a> {
    /// A text, in quotes.
    Text(StringViewArray),
    /// A text that is JSON.
    Json(StringViewArray),
    /// As it is shown, in quotes: times and days.
    Quoted(ArrayFormatter<'a>),
    /// As it is shown: numbers and truth values.
    Plain(ArrayFormatter<'a>),
}

fn objects(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let rest = texts(&columns[0])?;
    let mut root = BTreeMap::new();
    for pair in columns[1..].chunks_exact(2) {
        let paths = texts(&pair[0])?;
        let Some(path) = paths.iter().next().flatten() else {
            continue;
        };
        let json = [Form::List, Form::Other]
            .into_iter()
            .find_map(|form| path.strip_suffix(form.mark()));
        let names: Vec<&str> = json.unwrap_or(path).split('.').collect();
        put(&mut root, &names, leaf(&pair[1], json.is_some())?)?;
    }
    let mut built = StringViewBuilder::with_capacity(rest.len());
    let mut text = String::new();
    for row in 0..rest.len() {
        text.clear();
        let is_any = write_object(&root, row, &mut text)?;
        match (rest.is_valid(row), is_any) {
            (false, false) => built.append_null(),
            (false, true) => built.append_value(&text),
            (true, false) => built.append_value(rest.value(row)),
            (true, true) => built.append_value(merged(&text, rest.value(row))?),
        }
    }
    Ok(Arc::new(built.finish()))
}

fn leaf(values: &ArrayRef, is_json: bool) -> Result<Leaf<'_>> {
    const SHOWN: FormatOptions<'static> = FormatOptions::new();
    let spelling = match values.data_type() {
        _ if is_json => Spelling::Json(texts(values)?),
        data_type if data_type.is_string() => Spelling::Text(texts(values)?),
        DataType::Dictionary(_, inner) if inner.is_string() => Spelling::Text(texts(values)?),
        data_type if data_type.is_numeric() || *data_type == DataType::Boolean => {
            Spelling::Plain(ArrayFormatter::try_new(values, &SHOWN)?)
        }
        _ => Spelling::Quoted(ArrayFormatter::try_new(values, &SHOWN)?),
    };
    Ok(Leaf { values, spelling })
}

fn put<'a>(object: &mut BTreeMap<String, Node<'a>>, path: &[&str], leaf: Leaf<'a>) -> Result<()> {
    match path {
        [] => exec_err!("a path without a name"),
        [name] => {
            // Values of several forms may have been at one path; a row has one of them.
            let mut name = (*name).to_owned();
            while object.contains_key(&name) {
                name.push('\u{0}');
            }
            object.insert(name, Node::Leaf(leaf));
            Ok(())
        }
        [name, inner @ ..] => {
            let node = object
                .entry(format!("{name}\u{1}"))
                .or_insert_with(|| Node::Object(BTreeMap::new()));
            match node {
                Node::Object(object) => put(object, inner, leaf),
                Node::Leaf(_) => exec_err!("`{name}` is an object and a value"),
            }
        }
    }
}

/// Writes the values of a row that are not NULL; false, and nothing is written, where all are.
fn write_object(object: &BTreeMap<String, Node<'_>>, row: usize, text: &mut String) -> Result<bool> {
    let start = text.len();
    for (name, node) in object {
        let before = text.len();
        text.push(if before == start { '{' } else { ',' });
        write_text(name.trim_end_matches(['\u{0}', '\u{1}']), text);
        text.push(':');
        let is_there = match node {
            Node::Leaf(leaf) if leaf.values.is_null(row) => false,
            Node::Leaf(leaf) => {
                write_value(&leaf.spelling, row, text)?;
                true
            }
            Node::Object(inner) => write_object(inner, row, text)?,
        };
        if !is_there {
            text.truncate(before);
        }
    }
    if text.len() == start {
        return Ok(false);
    }
    text.push('}');
    Ok(true)
}

fn write_value(spelling: &Spelling<'_>, row: usize, text: &mut String) -> Result<()> {
    let shown = |values: &ArrayFormatter<'_>, text: &mut String| {
        write!(text, "{}", values.value(row)).map_err(|_| exec_datafusion_err!("a value cannot be shown"))
    };
    match spelling {
        Spelling::Text(values) => write_text(values.value(row), text),
        Spelling::Json(values) => text.push_str(values.value(row)),
        Spelling::Plain(values) => {
            let start = text.len();
            shown(values, text)?;
            // JSON has no number for these.
            if matches!(&text[start..], "NaN" | "inf" | "-inf") {
                text.insert(start, '"');
                text.push('"');
            }
        }
        Spelling::Quoted(values) => {
            text.push('"');
            shown(values, text)?;
            text.push('"');
        }
    }
    Ok(())
}

fn write_text(value: &str, text: &mut String) {
    // Text can always be written as JSON.
    text.push_str(&serde_json::to_string(value).unwrap_or_default());
}

/// An object with what the rest has besides.
fn merged(object: &str, rest: &str) -> Result<String> {
    let read = |text: &str| {
        serde_json::from_str(text).map_err(|error| exec_datafusion_err!("a stored variant is no JSON: {error}"))
    };
    let (mut whole, rest): (Value, Value) = (read(object)?, read(rest)?);
    merge(&mut whole, rest);
    Ok(whole.to_string())
}

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (name, value) in more {
                match into.get_mut(&name) {
                    Some(there) => merge(there, value),
                    None => {
                        into.insert(name, value);
                    }
                }
            }
        }
        (into, more) => *into = more,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use arrow::array::{AsArray, Int64Array, StringArray};

    use super::*;

    #[test]
    fn an_object_is_put_together_in_order() {
        let name = |path: &str| -> ArrayRef { Arc::new(StringArray::from(vec![path; 3])) };
        let text = |values: [Option<&str>; 3]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
        let columns = [
            text([None, Some(r#"{"user":{"odd name":true},"n":"x"}"#), None]),
            name("n"),
            Arc::new(Int64Array::from(vec![Some(-1), None, None])) as ArrayRef,
            name("user.name"),
            text([Some("a\"b"), Some("é"), None]),
            name("list[]"),
            text([Some("[1,2]"), None, None]),
        ];
        let built = objects(&columns).unwrap();
        let built: Vec<Option<&str>> = built.as_string_view().iter().collect();
        assert_eq!(
            built,
            [
                Some(r#"{"list":[1,2],"n":-1,"user":{"name":"a\"b"}}"#),
                Some(r#"{"n":"x","user":{"name":"é","odd name":true}}"#),
                None
            ]
        );
    }
}
