//! What is to be made.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use crate::{Fields, SampleError};

/// VPC Flow Logs to make. Everything about the files follows from this value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowPlan {
    /// Records over all files, exactly.
    pub rows: u64,
    /// Length of the time range. With fewer files than days, some days have no file.
    pub days: u32,
    /// Files.
    pub files: u32,
    /// Another seed makes another estate with other traffic.
    pub seed: u64,
    /// The fields of each record, in their order.
    pub fields: Fields,
    /// How files are written.
    pub format: Format,
    /// Exclusive end of the time range, cut to the whole minute.
    pub end: DateTime<Utc>,
}

/// CloudTrail files to make. Everything about them follows from this value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailPlan {
    /// Events over all files, exactly; second deliveries and Insights are among them.
    pub rows: u64,
    /// Length of the time range. With fewer files than days, some days have no file.
    pub days: u32,
    /// Files of events. Digests and one file of Insights come on top.
    pub files: u32,
    /// Another seed makes another organization with other events.
    pub seed: u64,
    /// Exclusive end of the time range, cut to the whole minute.
    pub end: DateTime<Utc>,
}

/// How flow log files are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Lines of text with a header, gzip: `….log.gz`.
    #[default]
    Text,
    /// Parquet, under Hive-style prefixes: `….log.parquet`.
    Parquet,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Parquet => "parquet",
        })
    }
}

impl FromStr for Format {
    type Err = SampleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "text" => Ok(Self::Text),
            "parquet" => Ok(Self::Parquet),
            _ => Err(SampleError::UnknownFormat { name: text.to_owned() }),
        }
    }
}
