//! `COPY INTO … VALIDATION_MODE`: what a load would bring, or what is wrong with its files; nothing is loaded.

use std::str::FromStr;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use flowtrail_load::{Target, Validated, validate};
use flowtrail_query::Answer;
use flowtrail_source::{Object, Source};

use crate::rows::Rows;
use crate::{Session, SessionError};

/// Errors told at most: each is a line of the answer.
const MOST_ERRORS: usize = 10_000;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// `RETURN_n_ROWS`: so many rows, or the first error before them.
    Rows(usize),
    /// `RETURN_ERRORS`: the errors of files that are not loaded yet; `RETURN_ALL_ERRORS`: also of those that are.
    Errors {
        /// Whether files that were loaded are looked at too.
        all: bool,
    },
}

impl FromStr for Validation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let upper = text.to_uppercase();
        let rows = upper
            .strip_prefix("RETURN_")
            .and_then(|rest| rest.strip_suffix("_ROWS")?.parse().ok());
        match (upper.as_str(), rows) {
            (_, Some(rows @ 1..=1_000_000)) => Ok(Self::Rows(rows)),
            ("RETURN_ERRORS", _) => Ok(Self::Errors { all: false }),
            ("RETURN_ALL_ERRORS", _) => Ok(Self::Errors { all: true }),
            _ => Err(format!(
                "VALIDATION_MODE is RETURN_10_ROWS (or another number up to 1000000), RETURN_ERRORS or RETURN_ALL_ERRORS, not \
                 {text}"
            )),
        }
    }
}

impl Validation {
    /// Reads the objects.
    pub async fn run(
        self,
        session: &Session,
        target: &Target,
        source: &Arc<Source>,
        objects: Vec<Object>,
    ) -> Result<Answer, SessionError> {
        let lake = session.engine().lake();
        match self {
            Self::Rows(wanted) => {
                let mut found = Found::default();
                let take = |validated| found.take(validated, wanted);
                validate(lake, target, source, objects, target.force, take).await?;
                found.answer(target)
            }
            Self::Errors { all } => {
                let mut errors: Vec<(String, String)> = Vec::new();
                let take = |validated: Validated| {
                    let of_file = validated.errors.into_iter().map(|error| (validated.uri.clone(), error));
                    errors.extend(of_file);
                    errors.truncate(MOST_ERRORS);
                    errors.len() < MOST_ERRORS
                };
                validate(lake, target, source, objects, all || target.force, take).await?;
                Ok(told(&errors))
            }
        }
    }
}

/// Rows that a load would bring.
#[derive(Default)]
struct Found {
    rows: Vec<RecordBatch>,
    count: usize,
    error: Option<String>,
}

impl Found {
    /// Whether more are wanted.
    fn take(&mut self, validated: Validated, wanted: usize) -> bool {
        for batch in validated.rows {
            let length = batch.num_rows().min(wanted - self.count);
            self.count += length;
            self.rows.push(batch.slice(0, length));
        }
        let first = validated.errors.into_iter().next();
        self.error = first.map(|error| format!("{}: {error}", validated.uri));
        self.error.is_none() && self.count < wanted
    }

    fn answer(self, target: &Target) -> Result<Answer, SessionError> {
        if let Some(error) = self.error {
            let hint = "VALIDATION_MODE = RETURN_ERRORS tells all of them";
            return Err(SessionError::refused(error, Some(hint)));
        }
        let schema = &target.columns;
        let refused = |error: arrow::error::ArrowError| SessionError::refused(error.to_string(), None);
        let rows = self.rows.iter().map(|batch| with_all(batch, target));
        let rows = rows.collect::<Result<Vec<_>, _>>().map_err(refused)?;
        Ok(Answer::of_rows(concat_batches(schema, &rows).map_err(refused)?))
    }
}

/// Rows with all of the target's columns; those that a file does not have are NULL.
fn with_all(batch: &RecordBatch, target: &Target) -> Result<RecordBatch, arrow::error::ArrowError> {
    let columns = target
        .columns
        .fields()
        .iter()
        .map(|field| match batch.column_by_name(field.name()) {
            Some(column) => arrow::compute::cast(column, field.data_type()),
            None => Ok(arrow::array::new_null_array(field.data_type(), batch.num_rows())),
        });
    RecordBatch::try_new(Arc::clone(&target.columns), columns.collect::<Result<Vec<_>, _>>()?)
}

/// Snowflake's row for each error; what is not known here is NULL.
fn told(errors: &[(String, String)]) -> Answer {
    let parts = |error: &'_ str| -> (Option<i64>, Option<i64>, String) {
        let number = |prefix: &str| {
            let (place, rest) = error.strip_prefix(prefix)?.split_once(": ")?;
            Some((place.parse::<i64>().ok()?, rest.to_owned()))
        };
        match (number("line "), number("row ")) {
            (Some((line, rest)), _) => (Some(line), None, rest),
            (None, Some((row, rest))) => (None, Some(row), rest),
            (None, None) => (None, None, error.to_owned()),
        }
    };
    let told: Vec<_> = errors.iter().map(|(uri, error)| (uri, parts(error))).collect();
    let column = |error: &str| {
        let name = error.strip_prefix("column `")?.split_once('`')?.0;
        Some(name.to_owned())
    };
    let none = || told.iter().map(|_| None::<i64>);
    let no_text = || told.iter().map(|_| None::<String>);
    Rows::new()
        .text("error", told.iter().map(|(_, (_, _, error))| Some(error.as_str())))
        .text("file", told.iter().map(|(uri, _)| Some(uri.as_str())))
        .numbers("line", told.iter().map(|(_, (line, _, _))| *line))
        .numbers("character", none())
        .numbers("byte_offset", none())
        .text("category", told.iter().map(|_| Some("parsing")))
        .numbers("code", none())
        .text("sql_state", no_text())
        .text("column_name", told.iter().map(|(_, (_, _, error))| column(error)))
        .numbers("row_number", told.iter().map(|(_, (_, row, _))| *row))
        .numbers("row_start_line", told.iter().map(|(_, (line, _, _))| *line))
        .text("rejected_record", no_text())
        .answer()
}
