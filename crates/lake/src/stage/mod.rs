//! From record batches to sorted Parquet files beside the table, which a commit then makes part of it.
//!
//! ```text
//!   parts ──[columns]── one column each of all rows ──┐
//!     └────[order]── the rows of each day, in order ──┴──[file]── a Parquet file a day ── put beside the table
//! ```

mod columns;
mod file;
mod order;
mod properties;

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{Date32Type, Field};
use arrow::record_batch::RecordBatch;
use chrono::{DateTime, Days, NaiveDate};
use deltalake_core::kernel::Add;
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::column::stored_type;
use crate::definition::DAY;
use crate::{LakeError, Table, TableDefinition, failpoint, on_core};
use columns::FlushColumns;
use file::EncodedFile;
pub use order::last_day;
pub(crate) use properties::writer_options;

/// Rows on their way into a table, with what they do not say themselves.
#[derive(Clone, Debug)]
pub struct Part {
    /// The rows, with any of the table's columns, and columns it does not have yet.
    pub batch: RecordBatch,
    /// The object they came from, for the lineage column of a log table.
    pub object: Option<Arc<str>>,
    /// The day (since 1970-01-01) of rows that have no time of their own.
    pub fallback_day: Option<i32>,
}

/// A file that lies beside the table, whole and durable, and is not yet part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedFile {
    /// Relative to the table.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// Its partition, where the table has one and the day is known.
    pub day: Option<String>,
    /// Whether the table is partitioned by day.
    pub partitioned: bool,
    /// When it was written, in milliseconds since 1970.
    pub modified_ms: i64,
    /// Delta's statistics, as JSON.
    pub statistics: String,
}

impl StagedFile {
    pub(crate) fn to_add(&self, data_change: bool) -> Add {
        let partition_values = if self.partitioned {
            HashMap::from([(DAY.to_owned(), self.day.clone())])
        } else {
            HashMap::new()
        };
        Add {
            path: self.path.clone(),
            partition_values,
            size: self.size_bytes as i64,
            modification_time: self.modified_ms,
            data_change,
            stats: Some(self.statistics.clone()),
            tags: None,
            deletion_vector: None,
            base_row_id: None,
            default_row_commit_version: None,
            clustering_provider: None,
        }
    }
}

/// Sorts the rows of `parts`, parts them by day, and puts a file for each day beside the table, durably. Columns and
/// files are made on all cores.
pub async fn stage(table: &Table, parts: Vec<Part>) -> Result<Vec<StagedFile>, LakeError> {
    let definition = Arc::clone(table.definition());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let times = order::Times::of(&definition, &parts)?;
    let ordering = on_core(move || times.days());
    let (days, columns) = tokio::join!(ordering, FlushColumns::of(&definition, parts, cores));
    let (days, columns) = (days?, Arc::new(columns?));
    futures::stream::iter(days)
        .map(|day| {
            let (definition, columns) = (Arc::clone(&definition), Arc::clone(&columns));
            async move {
                let encoding = move || EncodedFile::of(&definition, &columns, day);
                let encoded = on_core(encoding).await??;
                table
                    .store()
                    .put(&absolute(table, &encoded.file.path), encoded.bytes.into())
                    .await?;
                failpoint::hit("lake.staged_file")?;
                Ok(encoded.file)
            }
        })
        // While one file is made durable, others are encoded.
        .buffered(cores * 2)
        .try_collect()
        .await
}

/// Takes staged files away that no commit will name.
pub async fn discard(table: &Table, files: &[StagedFile]) {
    for file in files {
        // What stays behind is found by vacuum.
        if let Err(error) = table.store().delete(&absolute(table, &file.path)).await {
            tracing::debug!(path = file.path, %error, "a staged file could not be taken away");
        }
    }
}

/// The columns `parts` hold that `definition` lacks, as the table will store them.
pub fn new_columns(definition: &TableDefinition, parts: &[Part]) -> Vec<Field> {
    let mut new: Vec<Field> = Vec::new();
    for field in parts.iter().flat_map(|part| part.batch.schema_ref().fields().iter()) {
        let known = definition.columns.column_with_name(field.name()).is_some();
        if !known && !new.iter().any(|column| column.name() == field.name()) {
            new.push(Field::new(field.name(), stored_type(field.data_type()), true));
        }
    }
    new
}

pub(crate) fn absolute(table: &Table, relative: &str) -> Path {
    table.path().parts().chain(Path::from(relative).parts()).collect()
}

/// A name no other file has, in the folder of its day.
pub(crate) fn file_path(definition: &TableDefinition, day: Option<&str>) -> String {
    let name = format!("part-{}.zstd.parquet", Uuid::now_v7());
    match (definition.time_column, day) {
        (None, _) => name,
        (Some(_), Some(day)) => format!("{DAY}={day}/{name}"),
        (Some(_), None) => format!("{DAY}=__HIVE_DEFAULT_PARTITION__/{name}"),
    }
}

/// `2026-11-01` for days since 1970-01-01.
pub fn day_text(day: i32) -> Option<String> {
    let epoch = DateTime::UNIX_EPOCH.date_naive();
    let date = if day >= 0 {
        epoch.checked_add_days(Days::new(day.unsigned_abs().into()))
    } else {
        epoch.checked_sub_days(Days::new(day.unsigned_abs().into()))
    };
    date.map(|date: NaiveDate| date.format("%Y-%m-%d").to_string())
}

/// Days since 1970-01-01 of a date.
pub fn day_number(date: NaiveDate) -> i32 {
    Date32Type::from_naive_date(date)
}
