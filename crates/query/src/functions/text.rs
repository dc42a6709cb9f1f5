//! Text: splitting, places in it, and bytes as text.
//!
//! Source: Trino documentation, "String functions", "Binary functions"; Snowflake documentation, "SPLIT", "STRTOK",
//! "CHARINDEX", "`SPLIT_PART`".

use std::sync::Arc;

use arrow::array::builder::{ListBuilder, StringViewBuilder};
use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, exec_err, plan_err};

use super::arguments::{is_text, texts, whole_numbers};
use super::function::{Function, Known};

/// Every function of text.
pub fn all() -> Vec<Function> {
    vec![
        Function::new(&["split"], 2..=3, list, |columns, _| split(columns)),
        Function::new(&["strtok"], 1..=3, text, |columns, _| token(columns)),
        Function::new(&["strtok_to_array"], 1..=2, list, |columns, _| tokens(columns)),
        Function::new(
            &["charindex"],
            2..=3,
            |known| text(known).map(|_| DataType::Int64),
            |columns, _| index(columns),
        ),
        Function::new(&["split_part"], 3..=3, text, |columns, _| part(columns)),
        Function::new(
            &["from_utf8"],
            1..=1,
            |_| Ok(DataType::Utf8View),
            |columns, _| decoded(columns),
        ),
        Function::new(
            &["to_hex"],
            1..=1,
            |_| Ok(DataType::Utf8View),
            |columns, _| hex(columns),
        ),
    ]
}

/// The type of a text made of a text.
pub fn text(known: &Known<'_>) -> Result<DataType> {
    match known[0].0 {
        data_type if is_text(data_type) => Ok(DataType::Utf8View),
        other => plan_err!("a text was expected, not {other}"),
    }
}

/// The type of a list of texts made of a text.
pub fn list(known: &Known<'_>) -> Result<DataType> {
    Ok(DataType::List(Arc::new(Field::new_list_field(text(known)?, true))))
}

/// The parts between separators; with a limit, the rest is in the last one.
fn split(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, separators) = (texts(&columns[0])?, texts(&columns[1])?);
    let limits = columns.get(2).map(whole_numbers).transpose()?;
    let mut lists = ListBuilder::new(StringViewBuilder::new());
    for (row, (text, separator)) in texts.iter().zip(&separators).enumerate() {
        let (Some(text), Some(separator)) = (text, separator) else {
            lists.append_null();
            continue;
        };
        let limit = limits.as_ref().map_or(i64::MAX, |limits| limits.value(row));
        if limit < 1 {
            return exec_err!("split into {limit} parts is none");
        }
        // Between no letters there is nothing to part; Rust would part every letter.
        let parts = if separator.is_empty() { 1 } else { limit as usize };
        text.splitn(parts, separator)
            .for_each(|part| lists.values().append_value(part));
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

/// The words between separators; none of them is empty.
fn words<'a>(text: &'a str, separators: &str) -> impl Iterator<Item = &'a str> {
    text.split(move |letter| separators.contains(letter))
        .filter(|word| !word.is_empty())
}

/// The separators of a row: a blank, where none are given.
fn separators(column: Option<&StringViewArray>, row: usize) -> Option<&str> {
    match column {
        Some(column) => column.is_valid(row).then(|| column.value(row)),
        None => Some(" "),
    }
}

/// The word with a number, counted from 1; NULL where there is none.
fn token(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let subjects = texts(&columns[0])?;
    let between = columns.get(1).map(texts).transpose()?;
    let positions = columns.get(2).map(whole_numbers).transpose()?;
    let found = subjects.iter().enumerate().map(|(row, subject)| {
        let position = positions.as_ref().map_or(1, |positions| positions.value(row));
        let (Some(subject), Some(between)) = (subject, separators(between.as_ref(), row)) else {
            return Ok(None);
        };
        let Ok(position @ 1..) = usize::try_from(position) else {
            return exec_err!("strtok counts from 1, and {position} is less");
        };
        Ok(words(subject, between).nth(position - 1))
    });
    Ok(Arc::new(found.collect::<Result<StringViewArray>>()?))
}

fn tokens(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let subjects = texts(&columns[0])?;
    let between = columns.get(1).map(texts).transpose()?;
    let mut lists = ListBuilder::new(StringViewBuilder::new());
    for (row, subject) in subjects.iter().enumerate() {
        let (Some(subject), Some(between)) = (subject, separators(between.as_ref(), row)) else {
            lists.append_null();
            continue;
        };
        words(subject, between).for_each(|word| lists.values().append_value(word));
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}

/// Where a text has a part, from a position on, counted from 1; 0 where it has not.
fn index(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (parts, subjects) = (texts(&columns[0])?, texts(&columns[1])?);
    let positions = columns.get(2).map(whole_numbers).transpose()?;
    let found = parts.iter().zip(&subjects).enumerate().map(|(row, (part, subject))| {
        let (part, subject) = (part?, subject?);
        let position = positions.as_ref().map_or(1, |positions| positions.value(row));
        let skipped = usize::try_from(position.max(1) - 1).ok()?;
        let ends = std::iter::once(subject.len());
        let start = subject.char_indices().map(|(at, _)| at).chain(ends).nth(skipped);
        let found = start.and_then(|start| Some(start + subject[start..].find(part)?));
        Some(found.map_or(0, |at| subject[..at].chars().count() as i64 + 1))
    });
    Ok(Arc::new(found.collect::<Int64Array>()))
}

/// The part with a number, from the end below 0; the first for 0, as in Snowflake, and no text where there is none.
fn part(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (subjects, between) = (texts(&columns[0])?, texts(&columns[1])?);
    let positions = whole_numbers(&columns[2])?;
    let rows = subjects.iter().zip(&between).zip(&positions);
    let parts = rows.map(|((subject, between), position)| {
        let (subject, between, position) = (subject?, between?, position?);
        let at = usize::try_from(position.unsigned_abs().max(1) - 1).ok()?;
        let found = if between.is_empty() {
            (at == 0).then_some(subject)
        } else if position < 0 {
            subject.rsplit(between).nth(at)
        } else {
            subject.split(between).nth(at)
        };
        Some(found.unwrap_or_default())
    });
    Ok(Arc::new(parts.collect::<StringViewArray>()))
}

/// Bytes as the text they spell; what spells none is a replacement character.
fn decoded(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let bytes = cast(&columns[0], &DataType::Binary)?;
    let texts = bytes.as_binary::<i32>().iter();
    let decoded = texts.map(|bytes| bytes.map(String::from_utf8_lossy));
    Ok(Arc::new(decoded.collect::<StringViewArray>()))
}

/// Bytes in capital letters, as in Athena; a number in small ones, as in `PostgreSQL`.
fn hex(columns: &[ArrayRef]) -> Result<ArrayRef> {
    if columns[0].data_type().is_integer() {
        let numbers = whole_numbers(&columns[0])?;
        let written = numbers.iter().map(|number| number.map(|number| format!("{number:x}")));
        return Ok(Arc::new(written.collect::<StringViewArray>()));
    }
    let bytes = cast(&columns[0], &DataType::Binary)?;
    let written = bytes.as_binary::<i32>().iter().map(|bytes| {
        let digits =
            |byte: &u8| [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)]));
        Some(bytes?.iter().flat_map(digits).collect::<String>())
    });
    Ok(Arc::new(written.collect::<StringViewArray>()))
}
