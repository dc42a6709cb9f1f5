//! From the engine's errors to the user's.

use std::error::Error;

use arrow::error::ArrowError;
use datafusion::common::utils::datafusion_strsim::normalized_levenshtein;
use datafusion::common::{Column, DataFusionError, SchemaError};
use datafusion::sql::sqlparser::parser::ParserError;
use flowtrail_external::ExternalError;
use flowtrail_lake::LakeError;

use crate::catalog::Names;
use crate::{FilterError, Place, QueryError};

/// How the engine begins to speak of a name of more parts than it knows.
const TOO_MANY_PARTS: &str = "compound identifier: [";

/// Names less alike than this are not worth a guess.
const LEAST_LIKENESS: f64 = 0.7;

impl QueryError {
    /// What `error`, met while `sql` was read and planned, means. `names` are those that could have been meant.
    pub(crate) fn planning(error: DataFusionError, sql: &str, names: &Names) -> Self {
        match diagnose(error, sql, None) {
            Self::UnknownTable { name, place, .. } => unknown_table(&name, place, names),
            other => other,
        }
    }

    /// What `error`, met while a statement ran, means.
    pub(crate) fn running(error: DataFusionError, limit_bytes: usize) -> Self {
        match diagnose(error, "", None) {
            Self::Invalid { message, .. } => Self::Failed { message },
            Self::OutOfMemory { detail, .. } => {
                tracing::debug!(detail, "a statement ran out of memory");
                Self::OutOfMemory { limit_bytes, detail }
            }
            other => other,
        }
    }
}

fn diagnose(error: DataFusionError, sql: &str, place: Option<Place>) -> QueryError {
    match error {
        DataFusionError::Diagnostic(diagnostic, inner) => {
            let found = diagnostic.span.and_then(|span| Place::of(sql, span.start));
            diagnose(*inner, sql, found.or(place))
        }
        DataFusionError::Context(_, inner) => diagnose(*inner, sql, place),
        DataFusionError::Collection(errors) => match errors.into_iter().next() {
            Some(first) => diagnose(first, sql, place),
            None => QueryError::Failed {
                message: "the engine failed and did not say why".into(),
            },
        },
        DataFusionError::SQL(error, _) => syntax(&error, sql),
        DataFusionError::SchemaError(error, _) => schema(*error, place),
        DataFusionError::Plan(message) => plan(&message, place),
        DataFusionError::ResourcesExhausted(detail) => QueryError::OutOfMemory { limit_bytes: 0, detail },
        DataFusionError::External(inner) => external(inner, sql, place),
        DataFusionError::ArrowError(error, _) => match *error {
            ArrowError::ExternalError(inner) => diagnose(DataFusionError::External(inner), sql, place),
            error => QueryError::Invalid {
                message: clean(&arrow_message(&error)),
                place,
            },
        },
        DataFusionError::NotImplemented(message) if message.starts_with(TOO_MANY_PARTS) => {
            let parts: Vec<&str> = message.split('"').skip(1).step_by(2).collect();
            QueryError::Invalid {
                message: format!("`{}` has too many parts for a column", parts.join(".")),
                place,
            }
        }
        DataFusionError::NotImplemented(message)
        | DataFusionError::Internal(message)
        | DataFusionError::Configuration(message)
        | DataFusionError::Execution(message) => QueryError::Invalid {
            message: clean(&message),
            place,
        },
        other => QueryError::Invalid {
            message: clean(&with_causes(other.find_root())),
            place,
        },
    }
}

/// An error of one of our own crates, which came through the engine.
fn external(error: Box<dyn Error + Send + Sync>, sql: &str, place: Option<Place>) -> QueryError {
    let error = match error.downcast::<LakeError>() {
        Ok(error) => return QueryError::Lake(error),
        Err(other) => other,
    };
    let error = match error.downcast::<DataFusionError>() {
        Ok(error) => return diagnose(*error, sql, place),
        Err(other) => other,
    };
    let error = match error.downcast::<ExternalError>() {
        Ok(error) => return QueryError::External(error),
        Err(other) => other,
    };
    match error.downcast::<FilterError>() {
        Ok(error) => QueryError::Filter(error),
        Err(other) => QueryError::Failed {
            message: clean(&with_causes(other.as_ref())),
        },
    }
}

fn syntax(error: &ParserError, sql: &str) -> QueryError {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message.clone(),
        ParserError::RecursionLimitExceeded => "the statement is nested too deeply".to_owned(),
    };
    let (message, location) = match message.rsplit_once(" at Line: ") {
        Some((message, location)) => (message.to_owned(), location.split_once(", Column: ")),
        None => (message, None),
    };
    let place = location
        .and_then(|(line, column)| Some((line.trim().parse().ok()?, column.trim().parse().ok()?)))
        .and_then(|(line, column)| Place::new(sql, line, column));
    let message = message
        .replace("Expected: ", "expected ")
        .replace(", found: EOF", ", found the end of the statement");
    QueryError::Syntax {
        message: clean(&message.replace(", found: ", ", found ")),
        place,
    }
}

fn schema(error: SchemaError, place: Option<Place>) -> QueryError {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let names = || valid_fields.iter().map(Column::name);
            let similar = dotted(&field, names()).or_else(|| similar(&field.name, names()));
            QueryError::UnknownColumn {
                name: field.name,
                place,
                similar,
            }
        }
        SchemaError::AmbiguousReference { field } => {
            let message = format!("column `{0}` is in more than one table; write `table.{0}`", field.name);
            QueryError::Invalid { message, place }
        }
        other => QueryError::Invalid {
            message: clean(&other.to_string()),
            place,
        },
    }
}

/// The column whose name itself has a point in it, as those of flat tables have; it is written in quotes.
fn dotted<'a>(field: &Column, mut names: impl Iterator<Item = &'a str>) -> Option<String> {
    let relation = field.relation.as_ref()?;
    let whole = format!("{relation}.{}", field.name);
    let name = names.find(|name| name.eq_ignore_ascii_case(&whole))?;
    Some(format!("\"{name}\""))
}

fn plan(message: &str, place: Option<Place>) -> QueryError {
    let quoted = |before: &str| message.strip_prefix(before)?.split_once('\'');
    if let Some((name, "' not found" | " not found")) = quoted("table '") {
        return QueryError::UnknownTable {
            name: name.to_owned(),
            place,
            similar: None,
        };
    }
    if let Some((name, rest)) = quoted("Invalid function '") {
        let engine = rest
            .split_once("Did you mean '")
            .and_then(|(_, name)| name.split_once('\''));
        let similar = engine.and_then(|(engine, _)| similar(name, [engine]));
        return QueryError::UnknownFunction {
            name: name.to_owned(),
            place,
            similar,
        };
    }
    let message = ungrouped(message)
        .or_else(|| mismatch(message))
        .unwrap_or_else(|| clean(message));
    QueryError::Invalid { message, place }
}

/// A column that is neither grouped by nor aggregated.
fn ungrouped(message: &str) -> Option<String> {
    let (before, _) = message.split_once("\" must appear in the GROUP BY clause")?;
    let (_, column) = before.rsplit_once('"')?;
    let column = column.rsplit('.').next()?;
    Some(format!(
        "column `{column}` must be in GROUP BY or in an aggregate such as max({column})"
    ))
}

/// Arguments of types that a function does not take.
fn mismatch(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("No function matches the given name and argument types '")?;
    let (call, rest) = rest.split_once('\'')?;
    let (_, candidates) = rest.split_once("Candidate functions:")?;
    let candidates: Vec<_> = candidates
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let told = format!("there is no {call}; there is {}", candidates.join(", "));
    Some(in_words_of_sql(&told))
}

/// `resolved` is the table's full name, which is more than the user wrote.
pub fn unknown_table(resolved: &str, place: Option<Place>, names: &Names) -> QueryError {
    let written = |name: &str, dropped: &str| name.strip_prefix(dropped)?.strip_prefix('.').map(str::to_owned);
    let name = written(resolved, &names.scope.database).unwrap_or_else(|| resolved.to_owned());
    let name = written(&name, &names.scope.schema).unwrap_or(name);
    let known: Vec<String> = names
        .all()
        .iter()
        .flat_map(|(full, _)| [full.in_schema(), names.shortest(full)])
        .collect();
    let similar = similar(&name, known.iter().map(String::as_str));
    QueryError::UnknownTable { name, place, similar }
}

/// The one of `names` most like `name`, if any is.
pub fn similar<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    // People forget which of `src_addr`, `srcAddr` and `srcaddr` it is.
    let plain = |name: &str| name.to_ascii_lowercase().replace('_', "");
    let wanted = plain(name);
    names
        .into_iter()
        .map(|candidate| (normalized_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate.to_owned())
}

fn arrow_message(error: &ArrowError) -> String {
    match error {
        ArrowError::CastError(message)
        | ArrowError::ParseError(message)
        | ArrowError::ComputeError(message)
        | ArrowError::InvalidArgumentError(message)
        | ArrowError::ArithmeticOverflow(message) => message.clone(),
        ArrowError::DivideByZero => "division by zero".to_owned(),
        other => with_causes(other),
    }
}

/// An error and what brought it about, each said once.
fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = error.source();
    }
    message
}

/// A message in our manner: no names of layers, lower case, no full stop.
fn clean(message: &str) -> String {
    const LAYERS: [&str; 9] = [
        "Error during planning: ",
        "Execution error: ",
        "Arrow error: ",
        "Parquet error: ",
        "External error: ",
        "External: ",
        "Internal error: ",
        "Parser error: ",
        "Cast error: ",
    ];
    let mut message = message.trim();
    while let Some(rest) = LAYERS.iter().find_map(|layer| message.strip_prefix(layer)) {
        message = rest;
    }
    let message = message
        .split("\nThis issue was likely caused by")
        .next()
        .unwrap_or(message)
        .trim_end_matches('.');
    let message = &in_words_of_sql(message);
    let mut letters = message.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => message.to_owned(),
    }
}

/// Types of the engine, and what they are called in SQL.
const TYPES: [(&str, &str); 17] = [
    ("Binary", "VARBINARY"),
    ("BinaryView", "VARBINARY"),
    ("Boolean", "BOOLEAN"),
    ("Date32", "DATE"),
    ("Float32", "REAL"),
    ("Float64", "DOUBLE"),
    ("Int16", "SMALLINT"),
    ("Int32", "INTEGER"),
    ("Int64", "BIGINT"),
    ("Int8", "TINYINT"),
    ("LargeBinary", "VARBINARY"),
    ("LargeUtf8", "VARCHAR"),
    ("List", "ARRAY"),
    ("Struct", "ROW"),
    ("Timestamp", "TIMESTAMP"),
    ("Utf8", "VARCHAR"),
    ("Utf8View", "VARCHAR"),
];

/// A message with the names that types have in SQL.
fn in_words_of_sql(message: &str) -> String {
    let mut told = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_alphanumeric()) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let (word, behind) = word.split_at(end.unwrap_or(word.len()));
        told.push_str(before);
        told.push_str(
            TYPES
                .iter()
                .find(|(known, _)| *known == word)
                .map_or(word, |(_, name)| name),
        );
        rest = behind;
    }
    told.push_str(rest);
    // Times are in microseconds, mostly of UTC, and an element has no name of its own.
    told.replace("TIMESTAMP(µs, \"UTC\")", "TIMESTAMP")
        .replace("TIMESTAMP(µs)", "TIMESTAMP")
        .replace(", field: 'element')", ")")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_in_our_manner() {
        assert_eq!(clean("Arrow error: Parser error: Bad value."), "bad value");
        assert_eq!(clean("UDF is gone"), "UDF is gone");
        assert_eq!(
            clean("there is no f(Timestamp(µs, \"UTC\"), Utf8View, List(Int64)); my_Utf8"),
            "there is no f(TIMESTAMP, VARCHAR, ARRAY(BIGINT)); my_Utf8"
        );
        assert_eq!(clean(""), "");
    }

    #[test]
    fn names_are_guessed_when_they_are_alike() {
        let columns = ["srcaddr", "dstaddr", "srcport", "interface_id"];
        assert_eq!(similar("src_addr", columns).as_deref(), Some("srcaddr"));
        assert_eq!(similar("SrcAdr", columns).as_deref(), Some("srcaddr"));
        assert_eq!(similar("interfaceid", columns).as_deref(), Some("interface_id"));
        assert_eq!(similar("eventname", columns), None);
    }
}
