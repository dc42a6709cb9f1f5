//! What can go wrong with a lake.

use std::error::Error as _;
use std::io;

/// Why the lake could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The lake's place cannot be opened.
    #[error("lake `{url}` cannot be opened: {source}")]
    Open {
        /// The lake as it was named.
        url: String,
        /// What the store said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The lake's name is not a place.
    #[error("`{url}` is not a place for a lake: {why}")]
    Url {
        /// The lake as it was named.
        url: String,
        /// What was expected.
        why: String,
    },
    /// No such table.
    #[error("no table `{name}` in the lake")]
    NoTable {
        /// The name asked for.
        name: String,
    },
    /// The store failed.
    #[error("the lake's storage failed: {0}")]
    Storage(#[from] object_store::Error),
    /// The Delta log cannot be read or written.
    #[error("table `{table}`: {source}")]
    Delta {
        /// The table concerned.
        table: String,
        /// What delta-rs said.
        source: Box<deltalake_core::DeltaTableError>,
    },
    /// Other writers kept committing first.
    #[error("table `{table}`: gave up after {attempts} attempts to commit; other writers keep committing first")]
    Contended {
        /// The table concerned.
        table: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// Files a change takes out were taken out by somebody else.
    #[error("table `{table}`: another process changed the same files meanwhile; nothing was done")]
    Overtaken {
        /// The table concerned.
        table: String,
    },
    /// A new column cannot be added.
    #[error("table `{table}`: column `{column}` cannot be added: {why}")]
    Column {
        /// The table concerned.
        table: String,
        /// The column.
        column: String,
        /// Why.
        why: String,
    },
    /// A file of the lake is not what it should be.
    #[error("`{path}` is damaged: {why}")]
    Damaged {
        /// Its path in the lake.
        path: String,
        /// What was found.
        why: String,
    },
    /// What a commit brought is not known any more.
    #[error("table `{table}`: its log has no longer version {version}")]
    Forgotten {
        /// The table concerned.
        table: String,
        /// The version.
        version: u64,
    },
    /// A file that was merged into another is gone.
    #[error("table `{table}`: file `{path}` was merged into another, and removed since")]
    Vacuumed {
        /// The table concerned.
        table: String,
        /// Its path in the lake.
        path: String,
    },
    /// Arrow refused data; this is a defect of ours.
    #[error("record batch: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// Parquet failed.
    #[error("parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// A background task ended early.
    #[error("a task of the lake ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// Work on a core ended early.
    #[error("work of the lake ended early: {0}")]
    Work(#[from] crate::Panicked),
    /// The plan of a scan failed.
    #[error("scan: {0}")]
    Scan(#[from] datafusion::error::DataFusionError),
    /// A failpoint of a test fired.
    #[error("failpoint {0}")]
    Failpoint(&'static str),
    /// An age that would endanger running queries.
    #[error("files that left a table less than {least_hours} h ago are not removed: a query may still read them")]
    TooYoung {
        /// The least age allowed, in hours.
        least_hours: u64,
    },
}

impl LakeError {
    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<String> {
        if self.is_storage_full() {
            return Some("the disk is full: free some space and run the same command again; nothing is lost".into());
        }
        match self {
            Self::Contended { .. } | Self::Overtaken { .. } => {
                Some("run the same command again; nothing is lost".into())
            }
            Self::NoTable { .. } => Some("`flowtrail tables` lists them".into()),
            Self::Url { .. } => Some("name a folder, or s3://bucket/prefix".into()),
            _ => None,
        }
    }

    /// True when the disk (or its quota) is full.
    pub fn is_storage_full(&self) -> bool {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = self.source();
        while let Some(error) = cause {
            if let Some(e) = error.downcast_ref::<io::Error>() {
                if matches!(e.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
                    return true;
                }
                // An io::Error made from another names its cause only here.
                cause = e
                    .get_ref()
                    .map(|inner| inner as &(dyn std::error::Error + 'static))
                    .or_else(|| e.source());
                continue;
            }
            cause = error.source();
        }
        false
    }
}
