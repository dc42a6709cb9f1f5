//! Why an answer could not be written.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use arrow::error::ArrowError;
use parquet::errors::ParquetError;
use rust_xlsxwriter::XlsxError;

/// A format name nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown output format `{found}`; the formats are table, csv, json, ndjson, parquet, xlsx")]
pub struct UnknownFormat {
    /// The name as it was given.
    pub found: String,
}

/// Why an answer could not be written whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// The query itself failed while its rows were being written; the source is the query's own error.
    #[error(transparent)]
    Query(Box<dyn Error + Send + Sync>),
    /// The output's name cannot be a file.
    #[error("cannot write to `{}`: it is a folder, a file name was expected", path.display())]
    Folder {
        /// The name as it was given.
        path: PathBuf,
    },
    /// The folder of the output file is missing.
    #[error("cannot write to `{}`: its folder does not exist, create it first", path.display())]
    NoFolder {
        /// The name as it was given.
        path: PathBuf,
    },
    /// A file could not be created, written, synced or renamed.
    #[error("cannot {action} `{}`: {source}", path.display())]
    File {
        /// What was being done: `create`, `write`, …
        action: &'static str,
        /// The file it was done to.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The writer the answer went to (standard output, a connection) refused it.
    #[error("cannot write the answer: {source}")]
    Writer {
        /// What the system said.
        source: io::Error,
    },
    /// A value has no form in the chosen format.
    #[error("cannot write the answer as {format}: {source}")]
    Value {
        /// The format's name.
        format: &'static str,
        /// What the conversion said.
        source: ArrowError,
    },
    /// A value would be read as something else, and nothing may enclose it.
    #[error(
        "the value `{value}` holds what separates values or lines, or stands for NULL, and nothing encloses values"
    )]
    Misread {
        /// The value, or its beginning.
        value: String,
    },
    /// A text is no JSON document.
    #[error("the value `{value}` is no JSON")]
    NoJson {
        /// The value, or its beginning.
        value: String,
    },
    /// The Parquet writer refused the rows.
    #[error("cannot write the answer as parquet: {source}")]
    Parquet {
        /// What the writer said.
        source: ParquetError,
    },
    /// The XLSX writer refused the rows.
    #[error("cannot write the answer as xlsx: {source}")]
    Xlsx {
        /// What the writer said.
        source: XlsxError,
    },
    /// More columns than a sheet can hold.
    #[error("the answer has {columns} columns, a sheet holds at most {limit}; select fewer, or use another format")]
    Columns {
        /// Columns of the answer.
        columns: usize,
        /// Columns of a sheet.
        limit: usize,
    },
    /// The column a bar was asked for is not there, or not a number.
    #[error("no numeric column `{column}` to draw bars of; the columns are {found}")]
    Measure {
        /// The column asked for.
        column: String,
        /// The columns there are.
        found: String,
    },
    /// The thread that writes ended before its time.
    #[error("the answer's writer stopped before the end")]
    Stopped,
}

impl OutputError {
    /// Whether the reader of a pipe went away (`flowtrail sql … | head`), which is no fault to report.
    pub fn is_broken_pipe(&self) -> bool {
        let (Self::Writer { source } | Self::File { source, .. }) = self else {
            return false;
        };
        source.kind() == io::ErrorKind::BrokenPipe
    }

    pub(super) fn value(format: &'static str) -> impl FnOnce(ArrowError) -> Self {
        move |source| Self::Value { format, source }
    }
}
