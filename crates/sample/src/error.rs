//! Why logs could not be made.

use std::io;
use std::path::{Path, PathBuf};

/// Why logs could not be made. Files written before the failure stay where they are.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// A number of the plan is outside what can be made.
    #[error("{setting} is {found}: it must be {expected}")]
    Plan {
        /// The plan's field.
        setting: &'static str,
        /// Its value.
        found: u64,
        /// The values allowed.
        expected: &'static str,
    },
    /// The time range begins before the year 1970.
    #[error("{days} days before the end of the range is before 1970: choose fewer days or a later end")]
    Range {
        /// Days asked for.
        days: u32,
    },
    /// A field list names a field that is not one of VPC Flow Logs.
    #[error("no flow log field `{name}`: give v2, v3, v4, v5, all, or a list of {valid}")]
    UnknownField {
        /// The name given.
        name: String,
        /// Every name there is, with commas.
        valid: String,
    },
    /// A field list names a field twice.
    #[error("flow log field `{name}` is named twice: name each field once")]
    RepeatedField {
        /// The name given twice.
        name: &'static str,
    },
    /// A field list names nothing.
    #[error("no flow log field is named: give v2, v3, v4, v5, all, or a list of fields")]
    NoField,
    /// A format name that is none.
    #[error("no flow log format `{name}`: it is one of text, parquet")]
    UnknownFormat {
        /// The name given.
        name: String,
    },
    /// A file or folder could not be written.
    #[error("writing {path}: {source}", path = path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The Parquet writer failed.
    #[error("writing {path} as parquet: {source}", path = path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        source: parquet::errors::ParquetError,
    },
}

impl SampleError {
    /// A failure to write `path`, for `map_err`.
    pub(crate) fn write(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        move |source| Self::Write {
            path: path.to_owned(),
            source,
        }
    }

    /// A failure of the Parquet writer on `path`, for `map_err`.
    pub(crate) fn parquet(path: &Path) -> impl Fn(parquet::errors::ParquetError) -> Self + '_ {
        move |source| Self::Parquet {
            path: path.to_owned(),
            source,
        }
    }
}
