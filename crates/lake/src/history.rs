//! `system.load_history` and `system.quarantine`: what became of every object, for ever.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use chrono::{DateTime, Utc};
use futures::TryStreamExt;

use crate::definition::{history_table, quarantine_table};
use crate::rows::read_columns;
use crate::{LakeError, Snapshot, Table};

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All its records are rows (or duplicates).
    Loaded,
    /// Some of its records are in quarantine, the others are rows.
    LoadedWithRejects,
    /// Nothing of it is in a table; `first_error` says why.
    Failed,
    /// It holds no records, as a digest does.
    Skipped,
    /// The same bytes as when it was last loaded, under a new etag: nothing was loaded.
    Unchanged,
}

impl Status {
    /// As stored: `loaded`, `loaded_with_rejects`, `failed`, `skipped`, `unchanged`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::LoadedWithRejects => "loaded_with_rejects",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A row of `system.load_history`: one object, one table. `lines = rows + rejected + duplicates + headers`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described where the table is defined")]
pub struct HistoryRow {
    pub object_uri: String,
    pub table_name: Option<String>,
    pub status: Status,
    pub size_bytes: u64,
    pub etag: String,
    pub sha256: String,
    pub last_modified: Option<DateTime<Utc>>,
    pub format: Option<String>,
    pub lines: u64,
    pub rows: u64,
    pub headers: u64,
    pub rejected: u64,
    pub duplicates: u64,
    pub nodata: u64,
    pub skipdata: u64,
    pub first_error: Option<String>,
    pub pipe: Option<String>,
    pub table_folder: Option<String>,
}

impl HistoryRow {
    /// What became of an object of which no record was read.
    pub fn without_records(object_uri: String, status: Status) -> Self {
        Self {
            object_uri,
            table_name: None,
            status,
            size_bytes: 0,
            etag: String::new(),
            sha256: String::new(),
            last_modified: None,
            format: None,
            lines: 0,
            rows: 0,
            headers: 0,
            rejected: 0,
            duplicates: 0,
            nodata: 0,
            skipdata: 0,
            first_error: None,
            pipe: None,
            table_folder: None,
        }
    }
}

/// A row of `system.quarantine`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns are described where the table is defined")]
pub struct QuarantineRow {
    pub object_uri: Arc<str>,
    pub table_name: Arc<str>,
    pub line: u64,
    pub reason: String,
    pub record: String,
}

/// The batch that rows of history or quarantine belong to.
#[derive(Clone, Copy, Debug)]
pub struct BatchStamp<'a> {
    /// The loader shard.
    pub shard: &'a str,
    /// Its batch.
    pub batch: i64,
    /// When.
    pub loaded_at: DateTime<Utc>,
}

/// The version of an object that the history has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedVersion {
    /// Its etag when it was loaded or last found unchanged.
    pub etag: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// True when it failed.
    pub failed: bool,
}

/// What the history knows of objects, by URI; of several loads the newest.
pub type LoadedObjects = HashMap<String, LoadedVersion>;

/// History rows as a record batch of the table.
pub fn history_batch(rows: &[HistoryRow], stamp: BatchStamp<'_>) -> Result<RecordBatch, LakeError> {
    let text = |value: &dyn Fn(&HistoryRow) -> Option<String>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<StringArray>())
    };
    let count = |value: fn(&HistoryRow) -> u64| -> ArrayRef {
        Arc::new(rows.iter().map(|row| value(row) as i64).collect::<Int64Array>())
    };
    let columns = vec![
        text(&|row| Some(row.object_uri.clone())),
        text(&|row| row.table_name.clone()),
        text(&|row| Some(row.status.as_str().to_owned())),
        count(|row| row.size_bytes),
        text(&|row| Some(row.etag.clone())),
        text(&|row| Some(row.sha256.clone())),
        moments(rows.iter().map(|row| row.last_modified)),
        moments(rows.iter().map(|_| Some(stamp.loaded_at))),
        text(&|_| Some(stamp.shard.to_owned())),
        Arc::new(Int64Array::from(vec![stamp.batch; rows.len()])),
        text(&|row| row.format.clone()),
        count(|row| row.lines),
        count(|row| row.rows),
        count(|row| row.headers),
        count(|row| row.rejected),
        count(|row| row.duplicates),
        count(|row| row.nodata),
        count(|row| row.skipdata),
        text(&|row| row.first_error.clone()),
        text(&|row| row.pipe.clone()),
        text(&|row| row.table_folder.clone()),
    ];
    Ok(RecordBatch::try_new(Arc::clone(&history_table().columns), columns)?)
}

/// Quarantine rows as a record batch of the table.
pub fn quarantine_batch(rows: &[QuarantineRow], stamp: BatchStamp<'_>) -> Result<RecordBatch, LakeError> {
    let text = |value: fn(&QuarantineRow) -> &str| -> ArrayRef {
        Arc::new(rows.iter().map(|row| Some(value(row))).collect::<StringArray>())
    };
    let columns = vec![
        text(|row| &row.object_uri),
        text(|row| &row.table_name),
        Arc::new(rows.iter().map(|row| row.line as i64).collect::<Int64Array>()) as ArrayRef,
        text(|row| &row.reason),
        text(|row| &row.record),
        Arc::new(StringArray::from(vec![stamp.shard; rows.len()])),
        Arc::new(Int64Array::from(vec![stamp.batch; rows.len()])),
        moments(rows.iter().map(|_| Some(stamp.loaded_at))),
    ];
    Ok(RecordBatch::try_new(Arc::clone(&quarantine_table().columns), columns)?)
}

fn moments(times: impl Iterator<Item = Option<DateTime<Utc>>>) -> ArrayRef {
    let micros = times.map(|time| time.map(|time| time.timestamp_micros()));
    Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

/// Which loads count when it is asked whether an object was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadsOf {
    /// Those into the tables of logs.
    Logs,
    /// Those into the table in this folder, which a user made; another of its name has another folder.
    Table(String),
}

impl LoadsOf {
    fn counts(&self, folder: Option<&str>) -> bool {
        match self {
            Self::Logs => folder.is_none(),
            Self::Table(wanted) => folder == Some(wanted),
        }
    }
}

/// Reads what the history knows of the objects whose URI `is_wanted`; only those are held.
pub async fn loaded_objects(
    table: &Table,
    snapshot: &Snapshot,
    of: &LoadsOf,
    is_wanted: impl Fn(&str) -> bool,
) -> Result<LoadedObjects, LakeError> {
    const COLUMNS: [&str; 6] = ["object_uri", "etag", "sha256", "status", "batch", "table_folder"];
    let mut newest: HashMap<String, (i64, LoadedVersion)> = HashMap::new();
    for file in snapshot.files() {
        let mut batches = read_columns(table, file, &COLUMNS).await?;
        while let Some(batch) = batches.try_next().await? {
            keep_newest(&mut newest, &batch, of, &is_wanted)?;
        }
    }
    Ok(newest.into_iter().map(|(uri, (_, version))| (uri, version)).collect())
}

fn keep_newest(
    newest: &mut HashMap<String, (i64, LoadedVersion)>,
    rows: &RecordBatch,
    of: &LoadsOf,
    is_wanted: &impl Fn(&str) -> bool,
) -> Result<(), LakeError> {
    let (uris, etags) = (text(rows, "object_uri")?, text(rows, "etag")?);
    let (hashes, states) = (text(rows, "sha256")?, text(rows, "status")?);
    let batches = column(rows, "batch")?.as_primitive::<Int64Type>();
    // A column that is NULL in every row is left out of a merged file, and an older one lacks it.
    let folders = text(rows, "table_folder").ok();
    let folder = |row: usize| {
        folders
            .as_ref()
            .filter(|folders| folders.is_valid(row))
            .map(|folders| folders.value(row))
    };
    for row in (0..rows.num_rows()).filter(|row| is_wanted(uris.value(*row)) && of.counts(folder(*row))) {
        let (uri, batch) = (uris.value(row), batches.value(row));
        let failed = states.value(row) == Status::Failed.as_str();
        // What was loaded stays loaded, when it is tried again and fails.
        let is_better = |(known, version): &(i64, LoadedVersion)| match (version.failed, failed) {
            (false, true) => true,
            (true, false) => false,
            _ => *known > batch,
        };
        if newest.get(uri).is_some_and(is_better) {
            continue;
        }
        let version = LoadedVersion {
            etag: etags.value(row).to_owned(),
            sha256: hashes.value(row).to_owned(),
            failed,
        };
        newest.insert(uri.to_owned(), (batch, version));
    }
    Ok(())
}

/// A text column, whichever of the text types its file was written with.
fn text(rows: &RecordBatch, name: &str) -> Result<StringArray, LakeError> {
    Ok(cast(column(rows, name)?, &DataType::Utf8)?.as_string::<i32>().clone())
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, LakeError> {
    batch.column_by_name(name).ok_or_else(|| LakeError::Damaged {
        path: "system.load_history".into(),
        why: format!("a file lacks the column `{name}`"),
    })
}
