//! A table as it stands at one version: its columns and files.

use std::sync::{Arc, OnceLock};

use arrow::datatypes::{Schema, SchemaRef};
use deltalake_core::kernel::scalars::ScalarExt as _;
use deltalake_core::kernel::{EagerSnapshot, LogicalFileView};
use object_store::path::Path;

use crate::scan::FileStatistics;

/// A table at one version. Cheap to clone; it never changes.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(crate) eager: EagerSnapshot,
    schema: SchemaRef,
    files: Arc<[DataFile]>,
    /// What is known of each file, read from its JSON when a scan first asks.
    statistics: Arc<OnceLock<Vec<FileStatistics>>>,
}

/// A Parquet file of a snapshot.
#[derive(Clone)]
pub struct DataFile {
    pub(crate) view: LogicalFileView,
    /// Its path relative to the lake's root.
    pub path: Path,
    /// Its size.
    pub size_bytes: u64,
    /// Its `day=` partition as text (`2026-11-01`), where the table has one and the value is not null.
    pub day: Option<String>,
    /// Whether its table is partitioned by day.
    pub is_partitioned: bool,
    /// When it was written, in milliseconds since 1970.
    pub modified_ms: i64,
    /// Delta's statistics of it, as JSON (protocol, "Per-file Statistics").
    pub statistics: Option<Arc<str>>,
}

impl std::fmt::Debug for DataFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DataFile")
            .field("path", &self.path)
            .field("size_bytes", &self.size_bytes)
            .finish_non_exhaustive()
    }
}

impl Snapshot {
    pub(crate) fn new(eager: EagerSnapshot, table_path: &Path) -> Self {
        let schema = Arc::new(Schema::new(eager.arrow_schema().fields().clone()));
        let files = eager
            .log_data()
            .iter()
            .map(|view| DataFile {
                path: table_path.parts().chain(view.object_store_path().parts()).collect(),
                size_bytes: view.size().unsigned_abs(),
                day: day_of(&view),
                is_partitioned: view
                    .partition_values()
                    .is_some_and(|values| !values.values().is_empty()),
                modified_ms: view.modification_time(),
                statistics: view.stats().map(Into::into),
                view,
            })
            .collect();
        Self {
            eager,
            schema,
            files,
            statistics: Arc::default(),
        }
    }

    /// The version, from 0.
    pub fn version(&self) -> u64 {
        self.eager.version()
    }

    /// The table's columns in order, as stored; the partition column among them.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Whether a column is known to be NULL in every row.
    pub fn is_all_null(&self, column: &str) -> bool {
        self.statistics().iter().all(|file| file.is_all_null(column))
    }

    /// The files that hold the table's rows.
    pub fn files(&self) -> &[DataFile] {
        &self.files
    }

    /// What is known of each file.
    pub(crate) fn statistics(&self) -> &[FileStatistics] {
        self.statistics
            .get_or_init(|| self.files.iter().map(FileStatistics::of).collect())
    }

    /// The rows of all files, where every file says.
    pub fn rows(&self) -> Option<u64> {
        self.files.iter().map(DataFile::rows).sum()
    }
}

impl DataFile {
    /// How many rows it holds, where its statistics say.
    pub fn rows(&self) -> Option<u64> {
        self.view.num_records().map(|rows| rows as u64)
    }

    /// The path as the Delta log spells it, relative to the table.
    pub(crate) fn log_path(&self) -> String {
        self.view.path().into_owned()
    }
}

fn day_of(view: &LogicalFileView) -> Option<String> {
    let values = view.partition_values()?;
    let value = values.values().first()?;
    (!value.is_null()).then(|| value.serialize())
}
