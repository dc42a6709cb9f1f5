//! How files are read and written, as `FILE_FORMAT` says.

use flowtrail_catalog::{Definition, Kind, Properties};
use flowtrail_load::{CsvFormat, FileFormat};
use flowtrail_query::{Names, QueryError};

use crate::SessionError;
use crate::session::required;

/// The options of a format: the statement's, else the stage's; those of a format that is named, where one is.
pub fn options_of(of_statement: &Properties, of_stage: &Properties, names: &Names) -> Result<Properties, SessionError> {
    let options = if of_statement.is_empty() {
        of_stage
    } else {
        of_statement
    };
    let Some(name) = options.get("format_name") else {
        return Ok(options.clone());
    };
    let parts: Vec<String> = name.split('.').map(str::to_lowercase).collect();
    let defined = required(names, Kind::FileFormat, &parts)?;
    match &defined.definition {
        Definition::FileFormat(format) => Ok(format.options.clone()),
        _ => Ok(options.clone()),
    }
}

/// That a format has no option that is not known.
pub fn known_only(options: &Properties, kind: &str, known: &[&str]) -> Result<(), SessionError> {
    let is_unknown = |name: &str| !known.contains(&name.to_lowercase().as_str());
    let Some((unknown, _)) = options.iter().find(|(name, _)| is_unknown(name)) else {
        return Ok(());
    };
    let message = format!(
        "the option {} of {kind} files is not known here",
        unknown.to_uppercase()
    );
    let hint = format!("known are {}", known.join(", ").to_uppercase());
    Err(SessionError::refused(message, Some(&hint)))
}

/// How files are read.
pub fn format(options: &Properties) -> Result<FileFormat, SessionError> {
    let kind = options.get("type").unwrap_or("CSV").to_uppercase();
    let known: &[&str] = match kind.as_str() {
        "PARQUET" => &["compression", "snappy_compression", "type", "use_vectorized_scanner"],
        "JSON" => &["compression", "strip_outer_array", "type"],
        "CSV" => &[
            "compression",
            "field_delimiter",
            "field_optionally_enclosed_by",
            "null_if",
            "parse_header",
            "skip_header",
            "type",
        ],
        other => {
            return Err(QueryError::NotDone {
                statement: format!("FILE_FORMAT = (TYPE = {other})"),
            }
            .into());
        }
    };
    known_only(options, &kind, known)?;
    Ok(match kind.as_str() {
        "PARQUET" => FileFormat::Parquet,
        "JSON" => FileFormat::Json {
            strip_outer_array: options
                .get("strip_outer_array")
                .is_some_and(|value| value.eq_ignore_ascii_case("true")),
        },
        _ => FileFormat::Csv(csv(options)?),
    })
}

fn csv(options: &Properties) -> Result<CsvFormat, SessionError> {
    let one_byte = |name: &str, text: &str| match text {
        "\\t" => Ok(b'\t'),
        text if text.len() == 1 => Ok(text.as_bytes()[0]),
        text => Err(SessionError::refused(
            format!("{name} is one character, not `{text}`"),
            None,
        )),
    };
    let enclosed = options.get("field_optionally_enclosed_by");
    let parse_header = options
        .get("parse_header")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if parse_header && options.get("skip_header").is_some_and(|lines| lines != "0") {
        return Err(SessionError::refused(
            "PARSE_HEADER = TRUE and SKIP_HEADER do not go together",
            None,
        ));
    }
    Ok(CsvFormat {
        parse_header,
        delimiter: one_byte("FIELD_DELIMITER", options.get("field_delimiter").unwrap_or(","))?,
        skip_header: match options.get("skip_header") {
            None => 0,
            Some(lines) => lines
                .parse()
                .map_err(|_| SessionError::refused(format!("SKIP_HEADER is a number of lines, not `{lines}`"), None))?,
        },
        quote: enclosed
            .filter(|text| !text.eq_ignore_ascii_case("none"))
            .map(|text| one_byte("FIELD_OPTIONALLY_ENCLOSED_BY", text))
            .transpose()?,
        null_if: options
            .get("null_if")
            .unwrap_or("\\N")
            .split(',')
            .map(str::to_owned)
            .collect(),
    })
}
