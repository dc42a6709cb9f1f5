//! Text: regular expressions, splitting, URLs.
//!
//! Source: Trino documentation, "Regular expression functions", "String functions", "URL functions"; Snowflake
//! documentation, "`REGEXP_SUBSTR`", "SPLIT".

use std::sync::Arc;

use arrow::array::builder::{ListBuilder, StringViewBuilder};
use arrow::array::{ArrayRef, Int64Array, StringViewArray};
use arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, exec_datafusion_err, exec_err, plan_err};
use regex::Regex;
use url::Url;

use super::arguments::{LastRead, is_text, texts, whole_numbers};
use super::function::{Function, Known};

/// Every function of text.
pub fn all() -> Vec<Function> {
    let mut all = vec![
        Function::new(&["regexp_extract"], 2..=3, text, |columns, _| first_match(columns)),
        Function::new(&["regexp_substr"], 2..=4, text, |columns, _| substring(columns)),
        Function::new(&["regexp_extract_all"], 2..=3, list, |columns, _| all_matches(columns)),
        Function::new(&["split"], 2..=3, list, |columns, _| split(columns)),
    ];
    all.extend(urls());
    all
}

fn text(known: &Known<'_>) -> Result<DataType> {
    match known[0].0 {
        data_type if is_text(data_type) => Ok(DataType::Utf8View),
        other => plan_err!("a text was expected, not {other}"),
    }
}

fn list(known: &Known<'_>) -> Result<DataType> {
    Ok(DataType::List(Arc::new(Field::new_list_field(text(known)?, true))))
}

fn expression(text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|error| exec_datafusion_err!("`{text}` is no regular expression: {error}"))
}

/// The group with a number, of a match; 0 is all of it.
fn group_of<'t>(captures: &regex::Captures<'t>, group: i64) -> Result<Option<&'t str>> {
    let found = usize::try_from(group).ok().filter(|group| *group < captures.len());
    let Some(group) = found else {
        return exec_err!(
            "the regular expression has no group {group}, only {} of them",
            captures.len() - 1
        );
    };
    Ok(captures.get(group).map(|found| found.as_str()))
}

/// The first match, or a group of it.
fn first_match(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (texts(&columns[0])?, texts(&columns[1])?);
    let groups = columns.get(2).map(whole_numbers).transpose()?;
    let mut expressions = LastRead::default();
    let rows = texts.iter().zip(&patterns).enumerate().map(|(row, (text, pattern))| {
        let (Some(text), Some(pattern)) = (text, pattern) else {
            return Ok(None);
        };
        let group = groups.as_ref().map_or(0, |groups| groups.value(row));
        match expressions.of(pattern, expression)?.captures(text) {
            Some(captures) => group_of(&captures, group),
            None => Ok(None),
        }
    });
    Ok(Arc::new(rows.collect::<Result<StringViewArray>>()?))
}

/// Snowflake's: from a position, and which match.
fn substring(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (texts(&columns[0])?, texts(&columns[1])?);
    let positions = columns.get(2).map(whole_numbers).transpose()?;
    let occurrences = columns.get(3).map(whole_numbers).transpose()?;
    let mut expressions = LastRead::default();
    let number = |numbers: &Option<Int64Array>, row| match numbers.as_ref().map_or(1, |numbers| numbers.value(row)) {
        number @ 1.. => Ok(number as usize),
        number => exec_err!("regexp_substr counts from 1, and {number} is less"),
    };
    let rows = texts.iter().zip(&patterns).enumerate().map(|(row, (text, pattern))| {
        let (Some(text), Some(pattern)) = (text, pattern) else {
            return Ok(None);
        };
        let (position, occurrence) = (number(&positions, row)?, number(&occurrences, row)?);
        let Some((from, _)) = text.char_indices().nth(position - 1) else {
            return Ok(None);
        };
        let found = expressions
            .of(pattern, expression)?
            .find_iter(&text[from..])
            .nth(occurrence - 1);
        Ok(found.map(|found| found.as_str()))
    });
    Ok(Arc::new(rows.collect::<Result<StringViewArray>>()?))
}

fn all_matches(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, patterns) = (texts(&columns[0])?, texts(&columns[1])?);
    let groups = columns.get(2).map(whole_numbers).transpose()?;
    let mut expressions = LastRead::default();
    let mut lists = ListBuilder::new(StringViewBuilder::new());
    for (row, (text, pattern)) in texts.iter().zip(&patterns).enumerate() {
        let (Some(text), Some(pattern)) = (text, pattern) else {
            lists.append_null();
            continue;
        };
        let group = groups.as_ref().map_or(0, |groups| groups.value(row));
        for captures in expressions.of(pattern, expression)?.captures_iter(text) {
            lists.values().append_option(group_of(&captures, group)?);
        }
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
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

fn urls() -> Vec<Function> {
    fn part(columns: &[ArrayRef], part: impl Fn(&Url) -> Option<String>) -> Result<ArrayRef> {
        let texts = texts(&columns[0])?;
        let parts = texts.iter().map(|text| part(&Url::parse(text?).ok()?));
        Ok(Arc::new(parts.collect::<StringViewArray>()))
    }
    let of_url =
        |name, apply: fn(&[ArrayRef], &DataType) -> Result<ArrayRef>| Function::new(&[name], 1..=1, text, apply);
    vec![
        of_url("url_extract_host", |columns, _| {
            part(columns, |url| url.host_str().map(str::to_owned))
        }),
        of_url("url_extract_path", |columns, _| {
            part(columns, |url| Some(url.path().to_owned()))
        }),
        of_url("url_extract_protocol", |columns, _| {
            part(columns, |url| Some(url.scheme().to_owned()))
        }),
        of_url("url_extract_query", |columns, _| {
            part(columns, |url| Some(url.query().unwrap_or_default().to_owned()))
        }),
        of_url("url_extract_fragment", |columns, _| {
            part(columns, |url| Some(url.fragment().unwrap_or_default().to_owned()))
        }),
        Function::new(
            &["url_extract_port"],
            1..=1,
            |_| Ok(DataType::Int64),
            |columns, _| {
                let texts = texts(&columns[0])?;
                let port = |text| Url::parse(text).ok()?.port().map(i64::from);
                Ok(Arc::new(texts.iter().map(|text| port(text?)).collect::<Int64Array>()))
            },
        ),
        Function::new(&["url_extract_parameter"], 2..=2, text, |columns, _| {
            let (texts, names) = (texts(&columns[0])?, texts(&columns[1])?);
            let parameter = |(text, name): (Option<&str>, Option<&str>)| {
                let (url, name) = (Url::parse(text?).ok()?, name?);
                let found = url.query_pairs().find(|(key, _)| key == name);
                found.map(|(_, value)| value.into_owned())
            };
            Ok(Arc::new(
                texts.iter().zip(&names).map(parameter).collect::<StringViewArray>(),
            ))
        }),
    ]
}
