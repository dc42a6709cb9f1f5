//! Why a statement has no answer, in the words of who asked.

use std::fmt;

use flowtrail_catalog::CatalogError;
use flowtrail_external::ExternalError;
use flowtrail_lake::LakeError;

use datafusion::common::DataFusionError;

use crate::catalog::Names;
use crate::{FilterError, Place, diagnosis};

/// Why a statement could not be answered.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The text is not SQL.
    #[error("{}{message}{}", Before(place), Below(place))]
    Syntax {
        /// What was expected, and what stands there.
        message: String,
        /// Where.
        place: Option<Place>,
    },
    /// There is no statement in the text.
    #[error("there is no statement to run")]
    Empty,
    /// There is more than one statement in the text.
    #[error("{count} statements at once; one is expected")]
    Many {
        /// How many there are.
        count: usize,
    },
    /// A statement that a later version will know.
    #[error("{statement} is not done yet")]
    NotDone {
        /// Its first words: `CREATE TABLE`.
        statement: String,
    },
    /// No such table.
    #[error("{}no table `{name}`{}", Before(place), Below(place))]
    UnknownTable {
        /// As it was named.
        name: String,
        /// Where.
        place: Option<Place>,
        /// A table of a similar name.
        similar: Option<String>,
    },
    /// No such column.
    #[error("{}no column `{name}`{}", Before(place), Below(place))]
    UnknownColumn {
        /// As it was named.
        name: String,
        /// Where.
        place: Option<Place>,
        /// A column of a similar name.
        similar: Option<String>,
    },
    /// No such function.
    #[error("{}no function `{name}`{}", Before(place), Below(place))]
    UnknownFunction {
        /// As it was named.
        name: String,
        /// Where.
        place: Option<Place>,
        /// A function of a similar name.
        similar: Option<String>,
    },
    /// SQL that makes no sense over these tables.
    #[error("{}{message}{}", Before(place), Below(place))]
    Invalid {
        /// Why.
        message: String,
        /// Where.
        place: Option<Place>,
    },
    /// The line that people filter by cannot be used.
    #[error(transparent)]
    Filter(#[from] Box<FilterError>),
    /// The lake cannot be read.
    #[error(transparent)]
    Lake(#[from] Box<LakeError>),
    /// Raw files cannot be read as a table says.
    #[error(transparent)]
    External(#[from] Box<ExternalError>),
    /// What people defined cannot be read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The memory allowed is not enough, and the statement cannot go on with what is on disk.
    #[error("the statement needs more memory than the {} it may use", crate::output::readable_bytes(*limit_bytes as u64))]
    OutOfMemory {
        /// What it may use.
        limit_bytes: usize,
        /// What the engine said, for the log.
        detail: String,
    },
    /// It went wrong while it ran.
    #[error("{message}")]
    Failed {
        /// What went wrong.
        message: String,
    },
}

impl QueryError {
    /// That there is no table of the name `written`.
    pub fn unknown_table(written: &str, names: &Names) -> Self {
        diagnosis::unknown_table(written, None, names)
    }

    /// The error of a part that begins at `offset` of the statement `sql`, with its place in the whole.
    #[must_use]
    pub fn within(mut self, sql: &str, offset: usize) -> Self {
        if let Self::Syntax { place, .. }
        | Self::UnknownTable { place, .. }
        | Self::UnknownColumn { place, .. }
        | Self::UnknownFunction { place, .. }
        | Self::Invalid { place, .. } = &mut self
        {
            *place = place.take().and_then(|place| place.moved(sql, offset));
        }
        self
    }

    /// What is wrong with the expression of a function.
    pub fn of_function(error: DataFusionError, body: &str) -> Self {
        Self::planning(error, body, &Names::default())
    }

    /// Where in the statement it is, where that is known.
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Syntax { place, .. }
            | Self::UnknownTable { place, .. }
            | Self::UnknownColumn { place, .. }
            | Self::UnknownFunction { place, .. }
            | Self::Invalid { place, .. } => place.as_ref(),
            _ => None,
        }
    }

    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownColumn {
                name,
                place: Some(place),
                ..
            } if place.next() == Some('"') && is_text(name) => {
                Some(format!("a text is written in single quotes: '{name}'"))
            }
            Self::UnknownTable {
                similar: Some(similar), ..
            }
            | Self::UnknownColumn {
                similar: Some(similar), ..
            }
            | Self::UnknownFunction {
                similar: Some(similar), ..
            } => Some(format!("did you mean `{similar}`?")),
            Self::UnknownTable { .. } => Some("`SHOW TABLES` lists them".into()),
            Self::UnknownColumn { .. } => Some("`DESCRIBE table` lists a table's columns".into()),
            Self::Many { .. } => Some("end each with a semicolon and run them one by one".into()),
            Self::NotDone { .. } => Some("README.md lists the statements that are".into()),
            Self::OutOfMemory { .. } => Some("allow it more memory, or ask for fewer days or groups at once".into()),
            Self::Lake(error) => error.hint(),
            Self::External(error) => error.hint(),
            Self::Catalog(error) => error.hint(),
            _ => None,
        }
    }
}

/// Whether what stands in double quotes is hardly meant as a column's name.
fn is_text(name: &str) -> bool {
    !name
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

/// `line 2, column 8: `.
struct Before<'a>(&'a Option<Place>);

impl fmt::Display for Before<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |place| {
            write!(f, "line {}, column {}: ", place.line, place.column)
        })
    }
}

/// The line and its caret, on lines of their own.
struct Below<'a>(&'a Option<Place>);

impl fmt::Display for Below<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |place| write!(f, "\n{place}"))
    }
}
