//! How rows are written in files, by the classes that a definition names.

mod csv;
mod delimited;
mod java_regex;
mod json;
mod regex;

use flowtrail_catalog::{Column, ExternalTable};

use crate::error::{ExternalError, wrong_property};
use crate::value::{ColumnBuilder, KeyRules};

pub(crate) use self::csv::CsvFormat;
use self::delimited::DelimitedFormat;
use self::json::JsonFormat;
use self::regex::RegexFormat;

/// How the rows of a table are written.
#[derive(Debug)]
pub(crate) enum Format {
    /// Parquet files.
    Parquet,
    /// Text, with a row in each record of it.
    Text(TextFormat),
}

/// Rows that are records of text.
#[derive(Debug)]
pub(crate) struct TextFormat {
    pub(crate) rows: RowFormat,
    pub(crate) records: Records,
}

/// How a row is read from its record.
#[derive(Debug)]
pub(crate) enum RowFormat {
    Regex(RegexFormat),
    Delimited(DelimitedFormat),
    Csv(CsvFormat),
    Json(JsonFormat),
}

/// What the records of a text are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Records {
    /// Its lines, without so many at its beginning and its end.
    Lines { header: u64, footer: usize },
    /// The elements of the array `Records` of JSON documents.
    CloudTrail,
}

/// A column that a question needs: its place among the columns of the files, and its values.
#[derive(Debug)]
pub(crate) struct WantedColumn {
    pub(crate) position: usize,
    pub(crate) builder: ColumnBuilder,
}

/// Reads rows, one record after another, into columns.
pub(crate) trait RowReader: Send {
    /// Adds one value to each of `columns`. What is wrong with a record, if that is an error, is said in words; then no
    /// value was added.
    fn push(&mut self, record: &str, columns: &mut [WantedColumn]) -> Result<(), String>;
}

/// Lines that Hive lets be skipped at a file's end.
const MOST_FOOTER_LINES: usize = 100;

impl Format {
    /// By the `SerDe` and the input format, told by the last part of their class names.
    pub(crate) fn of(definition: &ExternalTable) -> Result<Self, ExternalError> {
        let input_format = InputFormat::of(definition)?;
        let serde = definition.serde.as_deref();
        let rows = match last_part(serde.unwrap_or_default()).as_str() {
            "parquethiveserde" => return Ok(Self::Parquet),
            "" if input_format == InputFormat::Parquet => return Ok(Self::Parquet),
            "regexserde" => RowFormat::Regex(RegexFormat::of(definition)?),
            "" | "lazysimpleserde" => RowFormat::Delimited(DelimitedFormat::of(definition)?),
            "opencsvserde" => RowFormat::Csv(CsvFormat::of(definition)?),
            "jsonserde" => RowFormat::Json(JsonFormat::of(definition)?),
            "cloudtrailserde" => RowFormat::Json(JsonFormat::of_cloudtrail(definition)),
            _ => {
                return Err(ExternalError::UnknownClass {
                    what: "SerDe",
                    class: serde.unwrap_or_default().to_owned(),
                });
            }
        };
        let is_cloudtrail = last_part(serde.unwrap_or_default()) == "cloudtrailserde";
        let records = match input_format {
            InputFormat::CloudTrail if matches!(rows, RowFormat::Json(_)) => Records::CloudTrail,
            _ if is_cloudtrail => Records::CloudTrail,
            InputFormat::Text => Records::Lines {
                header: lines_to_skip(definition, "skip.header.line.count")?,
                footer: footer_lines(definition)?,
            },
            InputFormat::CloudTrail | InputFormat::Parquet => {
                return Err(wrong_property(
                    "INPUTFORMAT",
                    definition.input_format.as_deref().unwrap_or_default(),
                    format!("it does not go with {}", serde.unwrap_or("no SerDe")),
                ));
            }
        };
        Ok(Self::Text(TextFormat { rows, records }))
    }

    /// Its name, for plans.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Text(text) if text.records == Records::CloudTrail => "cloudtrail",
            Self::Text(text) => match text.rows {
                RowFormat::Regex(_) => "regex",
                RowFormat::Delimited(_) => "delimited",
                RowFormat::Csv(_) => "csv",
                RowFormat::Json(_) => "json",
            },
        }
    }
}

impl RowFormat {
    /// A reader of rows.
    pub(crate) fn reader(&self) -> Box<dyn RowReader> {
        match self {
            Self::Regex(format) => format.reader(),
            Self::Delimited(format) => format.reader(),
            Self::Csv(format) => format.reader(),
            Self::Json(format) => format.reader(),
        }
    }

    /// Whether a line with nothing on it is no row. Elsewhere it is one, as in Hive.
    pub(crate) fn skips_blank(&self) -> bool {
        matches!(self, Self::Json(_))
    }

    /// How the keys of nested values are matched.
    pub(crate) fn key_rules(&self) -> KeyRules {
        match self {
            Self::Json(format) => format.key_rules().clone(),
            _ => KeyRules::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InputFormat {
    Text,
    Parquet,
    CloudTrail,
}

impl InputFormat {
    fn of(definition: &ExternalTable) -> Result<Self, ExternalError> {
        let class = definition.input_format.as_deref().unwrap_or_default();
        match last_part(class).as_str() {
            "" | "textinputformat" => Ok(Self::Text),
            "mapredparquetinputformat" | "parquet" => Ok(Self::Parquet),
            "cloudtrailinputformat" => Ok(Self::CloudTrail),
            _ => Err(ExternalError::UnknownClass {
                what: "input format",
                class: class.to_owned(),
            }),
        }
    }
}

/// What stands behind the last dot of a class name, in lower case.
fn last_part(class: &str) -> String {
    let class = class.trim();
    class
        .rsplit_once('.')
        .map_or(class, |(_, last)| last)
        .to_ascii_lowercase()
}

/// A property of the `SerDe`, or else of the table.
fn property<'a>(definition: &'a ExternalTable, name: &str) -> Option<&'a str> {
    let of_serde = definition.serde_properties.get(name);
    of_serde.or_else(|| definition.properties.get(name))
}

fn flag(definition: &ExternalTable, name: &str) -> Result<Option<bool>, ExternalError> {
    let Some(value) = property(definition, name) else {
        return Ok(None);
    };
    match value.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(Some(true)),
        "false" => Ok(Some(false)),
        _ => Err(wrong_property(name, value, "expected true or false")),
    }
}

fn lines_to_skip(definition: &ExternalTable, name: &str) -> Result<u64, ExternalError> {
    let Some(value) = property(definition, name) else {
        return Ok(0);
    };
    let number = value.trim().parse();
    number.map_err(|_| wrong_property(name, value, "expected a number of lines"))
}

fn footer_lines(definition: &ExternalTable) -> Result<usize, ExternalError> {
    let name = "skip.footer.line.count";
    let lines = lines_to_skip(definition, name)? as usize;
    if lines > MOST_FOOTER_LINES {
        let why = format!("at most {MOST_FOOTER_LINES} lines can be skipped at a file's end");
        return Err(wrong_property(name, &lines.to_string(), why));
    }
    Ok(lines)
}

/// A property that is one character, which must be ASCII: written as it is, as `\t` or `\001`, or as the number of a byte.
fn character(definition: &ExternalTable, name: &str) -> Result<Option<u8>, ExternalError> {
    let Some(value) = property(definition, name) else {
        return Ok(None);
    };
    let character = character_of(value);
    character.map(Some).ok_or_else(|| {
        wrong_property(
            name,
            value,
            "expected one ASCII character, such as `,`, `\\t` or `\\001`",
        )
    })
}

fn character_of(value: &str) -> Option<u8> {
    if let Some(escaped) = value.strip_prefix('\\').filter(|escaped| !escaped.is_empty()) {
        return match escaped {
            "t" => Some(b'\t'),
            "n" => Some(b'\n'),
            "r" => Some(b'\r'),
            "\\" => Some(b'\\'),
            _ if escaped.bytes().all(|byte| byte.is_ascii_digit()) => u8::from_str_radix(escaped, 8).ok(),
            _ => match escaped.strip_prefix('u') {
                Some(code) => u8::from_str_radix(code, 16).ok().filter(u8::is_ascii),
                None => escaped.bytes().next().filter(|_| escaped.len() == 1),
            },
        };
    }
    if let Ok(number) = value.parse::<u8>() {
        return Some(number).filter(u8::is_ascii);
    }
    let mut bytes = value.bytes();
    bytes.next().filter(|first| first.is_ascii() && bytes.next().is_none())
}

/// The names of columns, in lower case.
fn names(columns: &[Column]) -> Vec<String> {
    columns.iter().map(|column| column.name.to_lowercase()).collect()
}

#[cfg(test)]
mod tests;
