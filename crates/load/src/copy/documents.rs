//! JSON documents one after another.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringBuilder};
use arrow::datatypes::SchemaRef;
use flowtrail_decode::Limits;
use flowtrail_source::Fetched;
use serde_json::Value;

use super::rows::{Decoded, ROWS, text, typed};
use crate::shred::{Paths, Values};
use crate::target::NameMatch;

/// Gives each document to `take`; those that cannot be read are told, and reading goes on with the next line.
pub fn read(
    fetched: Fetched,
    strip_outer_array: bool,
    limits: &Limits,
    errors: &mut Vec<String>,
    mut take: impl FnMut(Value, &mut Vec<String>) -> Result<(), String>,
) -> Result<(), String> {
    let mut bytes = Vec::new();
    text(fetched, limits)?
        .read_to_end(&mut bytes)
        .map_err(|e| format!("the object: {e}"))?;
    let mut at = 0;
    while at < bytes.len() {
        let mut documents = serde_json::Deserializer::from_slice(&bytes[at..]).into_iter::<Value>();
        let error = loop {
            match documents.next() {
                None => break None,
                Some(Err(error)) => break Some(error),
                Some(Ok(Value::Array(elements))) if strip_outer_array => {
                    for element in elements {
                        take(element, errors)?;
                    }
                }
                Some(Ok(document)) => take(document, errors)?,
            }
        };
        let read = documents.byte_offset();
        let Some(error) = error else { break };
        let line = line_of(&bytes, at) + error.line() - 1;
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or(&reason);
        errors.push(format!("line {line}: {reason}"));
        // The document that cannot be read begins where the last good one ended.
        let start = at + read;
        let blank = bytes[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let end = bytes[start + blank..].iter().position(|byte| *byte == b'\n');
        at = end.map_or(bytes.len(), |end| start + blank + end + 1);
    }
    Ok(())
}

/// The number of the line that a byte is in, from 1.
fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &bytes[..at]).count()
}

/// The documents as the columns of a variant.
pub fn shredded(
    fetched: Fetched,
    strip_outer_array: bool,
    paths: &Paths,
    limits: &Limits,
    decoded: &mut Decoded,
) -> Result<(), String> {
    let mut values = Values::new(paths);
    let Decoded { parts, errors, .. } = decoded;
    read(fetched, strip_outer_array, limits, errors, |document, _| {
        values.add(document);
        if values.rows() >= ROWS {
            parts.push(values.take().map_err(|e| e.to_string())?);
        }
        Ok(())
    })?;
    if values.rows() > 0 {
        parts.push(values.take().map_err(|e| e.to_string())?);
    }
    Ok(())
}

/// The members of the documents as the columns that are called so.
pub fn by_name(
    fetched: Fetched,
    strip_outer_array: bool,
    names: NameMatch,
    columns: &SchemaRef,
    limits: &Limits,
    decoded: &mut Decoded,
) -> Result<(), String> {
    let mut texts: Vec<StringBuilder> = columns.fields().iter().map(|_| StringBuilder::new()).collect();
    // Which document each row is.
    let mut numbers: Vec<usize> = Vec::new();
    let mut number = 0;
    let mut of_texts = Decoded::default();
    let mut flush = |texts: &mut Vec<StringBuilder>, numbers: &mut Vec<usize>| {
        let full: Vec<ArrayRef> = texts
            .iter_mut()
            .map(|text| Arc::new(text.finish()) as ArrayRef)
            .collect();
        let rows = std::mem::take(numbers);
        typed(
            columns.fields(),
            &full,
            |row| format!("row {}", rows[row]),
            &mut of_texts,
        )
    };
    read(
        fetched,
        strip_outer_array,
        limits,
        &mut decoded.errors,
        |document, errors| {
            number += 1;
            let Value::Object(members) = document else {
                errors.push(format!("row {number}: it is no object, and has no names"));
                return Ok(());
            };
            for (column, text) in columns.fields().iter().zip(&mut texts) {
                let member = members.iter().find(|(name, _)| names.is_same(name, column.name()));
                text.append_option(member.and_then(|(_, value)| text_of(value)));
            }
            numbers.push(number);
            if numbers.len() < ROWS {
                return Ok(());
            }
            flush(&mut texts, &mut numbers)
        },
    )?;
    flush(&mut texts, &mut numbers)?;
    decoded.parts = of_texts.parts;
    decoded.errors.extend(of_texts.errors);
    Ok(())
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
