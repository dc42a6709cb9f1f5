//! What can be wrong with a definition, or with the files it speaks of.

use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use flowtrail_decode::DecodeError;
use flowtrail_source::SourceError;

/// Why an external table cannot be defined, or its rows not be had.
#[derive(Debug, thiserror::Error)]
pub enum ExternalError {
    /// The class of the `SerDe`, or of the input format, is not known.
    #[error("{what} `{class}` is not known")]
    UnknownClass {
        /// `SerDe` or `input format`.
        what: &'static str,
        /// The class as it was written.
        class: String,
    },
    /// A property is not there, and must be.
    #[error("property `{name}` is missing: {why}")]
    Missing {
        /// Its name.
        name: String,
        /// What needs it.
        why: String,
    },
    /// A property has a value that means nothing.
    #[error("property `{name}` cannot be `{value}`: {why}")]
    Property {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
        /// What was expected.
        why: String,
    },
    /// The regular expression does not compile.
    #[error("`input.regex` is no regular expression: {why}")]
    Regex {
        /// What is wrong, and where.
        why: String,
    },
    /// The regular expression has more groups than there are columns, or fewer.
    #[error("`input.regex` has {groups} groups and the table {columns} columns")]
    Groups {
        /// Groups of the expression.
        groups: usize,
        /// Columns of the table, without those of its partitions.
        columns: usize,
    },
    /// A column cannot be as it was declared.
    #[error("column `{name}`: {why}")]
    Column {
        /// Its name.
        name: String,
        /// What is wrong.
        why: String,
    },
    /// The location is no place that files can be in.
    #[error("`{location}` cannot be a table's location: {why}")]
    Location {
        /// The location as it was written.
        location: String,
        /// What is wrong.
        why: String,
    },
    /// A question about a table with an injected column does not say its values.
    #[error(
        "column `{column}` of table `{table}` is projected as `injected`, and the question does not say its values"
    )]
    NotInjected {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// The partitions of a table with an injected column cannot be listed.
    #[error(
        "partitions cannot be listed: column `{column}` is projected as `injected` and has the values a question says"
    )]
    Unlistable {
        /// The column.
        column: String,
    },
    /// More projected partitions than anybody means.
    #[error("the question leaves more than {most} projected partitions{of}")]
    TooManyPartitions {
        /// How many may be left.
        most: usize,
        /// Of which column, if of one alone.
        of: String,
    },
    /// A place or an object cannot be reached.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// An object is damaged as a whole.
    #[error("{object}: {source}")]
    Object {
        /// The object.
        object: String,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// A line of an object cannot be read.
    #[error("{object}, {unit} {number}: {why}")]
    Record {
        /// The object.
        object: String,
        /// `line` or `record`.
        unit: &'static str,
        /// Its number, from 1.
        number: u64,
        /// What is wrong with it.
        why: String,
    },
    /// Columns could not be put together; this is a defect of ours.
    #[error("rows could not be put together: {0}")]
    Arrow(#[from] ArrowError),
    /// The engine could not evaluate a condition over partitions, or refused a plan.
    #[error(transparent)]
    Engine(#[from] DataFusionError),
}

impl ExternalError {
    /// What to do about it, in a sentence without full stop.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::UnknownClass { what: "SerDe", .. } => {
                "known are RegexSerDe, LazySimpleSerDe, OpenCSVSerde, JsonSerDe (org.apache.hive.hcatalog.data, \
                 org.apache.hadoop.hive.serde2, org.openx.data.jsonserde), ParquetHiveSerDe and CloudTrailSerde"
                    .to_owned()
            }
            Self::UnknownClass { .. } => {
                "known are TextInputFormat, MapredParquetInputFormat and CloudTrailInputFormat".to_owned()
            }
            Self::Groups { groups, columns } if groups > columns => {
                "write groups that are not to be a column as `(?:…)`".to_owned()
            }
            Self::Groups { .. } => "put brackets around what is to be a column".to_owned(),
            Self::NotInjected { column, .. } => {
                format!("say them in WHERE: `{column} = 'value'` or `{column} IN ('value', …)`")
            }
            Self::Unlistable { .. } => "ask the table itself, with the column's values in WHERE".to_owned(),
            Self::TooManyPartitions { .. } => {
                "say in WHERE which are meant, or make the ranges of the projection smaller".to_owned()
            }
            Self::Location { .. } => "write s3://bucket/folder/, a folder, or file:///folder/".to_owned(),
            Self::Record { unit: "line", .. } => {
                "put the line right, or set 'ignore.malformed.json' = 'true' in SERDEPROPERTIES to have NULLs instead"
                    .to_owned()
            }
            Self::Source(error) => return error.hint(),
            _ => return None,
        };
        Some(hint)
    }
}

impl From<ExternalError> for DataFusionError {
    fn from(error: ExternalError) -> Self {
        match error {
            ExternalError::Engine(error) => error,
            other => Self::External(Box::new(other)),
        }
    }
}

/// A property that is wrong.
pub(crate) fn wrong_property(name: &str, value: &str, why: impl Into<String>) -> ExternalError {
    ExternalError::Property {
        name: name.to_owned(),
        value: value.to_owned(),
        why: why.into(),
    }
}
