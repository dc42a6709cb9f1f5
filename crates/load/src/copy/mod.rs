//! One batch of objects into a table that a user made.

mod documents;
mod lines;
mod rows;
mod staged;
mod validate;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use chrono::Utc;
use flowtrail_decode::Limits;
use flowtrail_lake::definition::history_table;
use flowtrail_lake::history::{BatchStamp, HistoryRow, Status, history_batch};
use flowtrail_lake::intent::TableOutcome;
use flowtrail_lake::stage::{Part, StagedFile, discard, new_columns, stage};
use flowtrail_lake::{LakeError, columns_to_json, failpoint, on_core};
use flowtrail_source::{Object, SourceError};
use futures::StreamExt;
use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::batch::{BatchContext, object_span};
use crate::copy::staged::FilePlace;
use crate::object::{may_pass, sha256};
use crate::plan::Work;
use crate::shred::Paths;
use crate::summary::CopiedObject;
use crate::target::Target;
use crate::{LoadError, LoadSummary, OnError};
pub use validate::{Validated, validate};

/// Rows are staged when they take this much memory.
const FLUSH_BYTES: usize = 96 << 20;

/// Reads the objects and stages their rows, as [`crate::batch::run`] does for logs.
pub async fn run(
    context: &BatchContext<'_>,
    target: &Arc<Target>,
    batch: i64,
    objects: Vec<Work>,
    summary: &mut LoadSummary,
) -> Result<Vec<TableOutcome>, LoadError> {
    let mut copy = Copy::new(context, target, batch).await?;
    match copy.read_all(objects, summary).await {
        Ok(()) => copy.finish().await,
        Err(error) => {
            copy.discard().await;
            Err(error)
        }
    }
}

struct Copy<'a> {
    context: &'a BatchContext<'a>,
    target: &'a Arc<Target>,
    batch: i64,
    /// The columns the table has or declares.
    table: SchemaRef,
    paths: Option<Arc<Paths>>,
    held: Vec<Part>,
    held_bytes: usize,
    files: Vec<StagedFile>,
    new: Vec<Field>,
    history: Vec<HistoryRow>,
}

/// What one object came to.
struct Rows {
    object: Object,
    sha256: String,
    parts: Vec<RecordBatch>,
    /// The rows that could not be read, with their places.
    errors: Vec<String>,
    /// Why nothing of the object can be had.
    broken: Option<String>,
    /// Whether it has the bytes that were loaded before, under another etag.
    is_unchanged: bool,
    /// Why it could not be fetched, where it may be later.
    later: Option<SourceError>,
}

impl<'a> Copy<'a> {
    async fn new(context: &'a BatchContext<'a>, target: &'a Arc<Target>, batch: i64) -> Result<Self, LakeError> {
        let stored = context.lake.table(&target.table).snapshot().await?;
        let table = stored.map_or_else(
            || Arc::clone(&target.table.columns),
            |stored| Arc::clone(stored.schema()),
        );
        let paths = target
            .variant
            .as_ref()
            .map(|variant| Arc::new(Paths::of(variant, &table)));
        Ok(Self {
            context,
            target,
            batch,
            table,
            paths,
            held: Vec::new(),
            held_bytes: 0,
            files: Vec::new(),
            new: Vec::new(),
            history: Vec::new(),
        })
    }

    async fn read_all(&mut self, objects: Vec<Work>, summary: &mut LoadSummary) -> Result<(), LoadError> {
        let planned = objects.len();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let decoding = Arc::new(Semaphore::new(cores));
        let stop = self.context.stop.clone();
        let (target, table, paths) = (Arc::clone(self.target), Arc::clone(&self.table), self.paths.clone());
        let limits = self.context.options.limits;
        let reading = futures::stream::iter(objects)
            .take_while(|_| std::future::ready(!stop.is_asked()))
            .map(|work| {
                let (target, table, paths) = (Arc::clone(&target), Arc::clone(&table), paths.clone());
                let decoding = Arc::clone(&decoding);
                let span = object_span(&work);
                tokio::spawn(async move { read(work, &target, table, paths, limits, &decoding).await }.instrument(span))
            })
            .buffered(cores * 2);
        let mut reading = std::pin::pin!(reading);
        let mut done = 0;
        let mut later = None;
        while let Some(rows) = reading.next().await {
            let mut rows = rows??;
            done += 1;
            if let Some(error) = rows
                .later
                .take_if(|error| self.context.options.postpone && may_pass(error))
            {
                summary.postpone(&rows.object.uri, &error);
                later.get_or_insert(error);
                continue;
            }
            self.take_in(rows, summary).await?;
            failpoint::hit("load.object_read")?;
        }
        if let Some(error) = later.filter(|_| self.history.is_empty()) {
            return Err(error.into());
        }
        summary.stopped |= done < planned;
        self.flush().await
    }

    async fn take_in(&mut self, rows: Rows, summary: &mut LoadSummary) -> Result<(), LoadError> {
        let Rows {
            object,
            sha256,
            parts,
            errors,
            broken,
            is_unchanged,
            later,
        } = rows;
        let broken = broken.or_else(|| later.map(|error| error.to_string()));
        let first_error = broken.as_ref().or_else(|| errors.first());
        if let (Some(first), OnError::Abort) = (first_error, self.context.options.on_error) {
            let (place, reason) = first.split_once(": ").unwrap_or(("the object", first));
            return Err(LoadError::Aborted {
                uri: object.uri,
                place: place.to_owned(),
                reason: reason.to_owned(),
            });
        }
        let parsed: u64 = parts.iter().map(|part| part.num_rows() as u64).sum();
        let may_lack_rows = self.context.options.on_error == OnError::Continue && parsed > 0;
        let is_taken = broken.is_none() && (errors.is_empty() || may_lack_rows);
        let loaded = if is_taken { parsed } else { 0 };
        let first_error = first_error.cloned();
        if is_taken {
            for batch in parts {
                self.held_bytes += batch.get_array_memory_size();
                self.held.push(Part {
                    batch,
                    object: None,
                    fallback_day: None,
                });
            }
            if self.held_bytes >= FLUSH_BYTES {
                self.flush().await?;
            }
        }
        let status = match (is_taken, errors.is_empty()) {
            _ if is_unchanged => Status::Unchanged,
            (false, _) => Status::Failed,
            (true, false) => Status::LoadedWithRejects,
            (true, true) => Status::Loaded,
        };
        self.context.progress.object_done(object.size_bytes, parsed);
        let copied = CopiedObject {
            uri: object.uri.clone(),
            status: status.as_str(),
            rows_parsed: parsed + errors.len() as u64,
            rows_loaded: loaded,
            errors_seen: errors.len() as u64,
            first_error,
        };
        self.history.push(HistoryRow {
            table_folder: Some(self.target.table.folder.clone().into_owned()),
            pipe: self.context.options.pipe.clone(),
            ..history_row(&self.target.name, &object, sha256, status, &copied)
        });
        summary.add_copied(&self.target.name, object.size_bytes, copied);
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), LoadError> {
        let parts = std::mem::take(&mut self.held);
        self.held_bytes = 0;
        if parts.iter().all(|part| part.batch.num_rows() == 0) {
            return Ok(());
        }
        for column in new_columns(&self.target.table, &parts) {
            if !self.new.iter().any(|known| known.name() == column.name()) {
                self.new.push(column);
            }
        }
        let files = stage(&self.context.lake.table(&self.target.table), parts).await?;
        self.files.extend(files);
        Ok(())
    }

    /// Stages the history and gives all that was staged, the history last.
    async fn finish(mut self) -> Result<Vec<TableOutcome>, LoadError> {
        let declared = self
            .target
            .table
            .columns
            .fields()
            .iter()
            .map(|field| field.as_ref().clone());
        let columns = Schema::new(declared.chain(std::mem::take(&mut self.new)).collect::<Vec<_>>());
        let stamp = BatchStamp {
            shard: self.context.shard,
            batch: self.batch,
            loaded_at: Utc::now(),
        };
        let batch = history_batch(&self.history, stamp)?;
        let history = Part {
            batch,
            object: None,
            fallback_day: None,
        };
        let of_history = TableOutcome {
            table: history_table().qualified_name(),
            files: stage(&self.context.lake.table(history_table()), vec![history]).await?,
            ..TableOutcome::default()
        };
        if self.files.is_empty() {
            return Ok(vec![of_history]);
        }
        let of_table = TableOutcome {
            table: self.target.name.clone(),
            files: self.files,
            folder: Some(self.target.table.folder.clone().into_owned()),
            columns: Some(columns_to_json(&columns)?),
            ..TableOutcome::default()
        };
        Ok(vec![of_table, of_history])
    }

    async fn discard(self) {
        discard(&self.context.lake.table(&self.target.table), &self.files).await;
    }
}

fn history_row(table: &str, object: &Object, sha256: String, status: Status, copied: &CopiedObject) -> HistoryRow {
    HistoryRow {
        table_name: Some(table.to_owned()),
        size_bytes: object.size_bytes,
        etag: object.etag.clone(),
        sha256,
        last_modified: Some(object.last_modified),
        lines: copied.rows_parsed,
        rows: copied.rows_loaded,
        rejected: copied.rows_parsed - copied.rows_loaded,
        first_error: copied.first_error.clone(),
        ..HistoryRow::without_records(object.uri.clone(), status)
    }
}

/// Reads an object. What is wrong with it alone is in the answer.
async fn read(
    work: Work,
    target: &Arc<Target>,
    table: SchemaRef,
    paths: Option<Arc<Paths>>,
    limits: Limits,
    decoding: &Semaphore,
) -> Result<Rows, LoadError> {
    let Work {
        object, source, before, ..
    } = work;
    let mut rows = Rows {
        object,
        sha256: String::new(),
        parts: Vec::new(),
        errors: Vec::new(),
        broken: None,
        is_unchanged: false,
        later: None,
    };
    let mut fetched = match source.fetch(&rows.object).await {
        Ok(fetched) => fetched,
        Err(error) => {
            rows.later = Some(error);
            return Ok(rows);
        }
    };
    let loaded_sha256 = before.filter(|before| !before.failed).map(|before| before.sha256);
    let target = Arc::clone(target);
    let place = FilePlace::of(&rows.object);
    let core = decoding.acquire().await;
    let (sha256, read) = on_core(move || {
        let sha256 = sha256(&mut fetched).unwrap_or_default();
        let is_unchanged = loaded_sha256.as_ref() == Some(&sha256);
        let read = (!is_unchanged).then(|| rows::decode(fetched, &place, &target, &table, paths.as_deref(), &limits));
        (sha256, read)
    })
    .await?;
    drop(core);
    rows.sha256 = sha256;
    match read {
        None => rows.is_unchanged = true,
        Some(read) => {
            rows.parts = read.parts;
            rows.errors = read.errors;
            rows.broken = read.broken;
        }
    }
    rows.later = source.unchanged(&rows.object).await.err();
    Ok(rows)
}

impl LoadSummary {
    fn add_copied(&mut self, table: &str, bytes: u64, copied: CopiedObject) {
        let counts = self.tables.entry(table.to_owned()).or_default();
        counts.objects += 1;
        counts.lines += copied.rows_parsed;
        counts.rows += copied.rows_loaded;
        counts.rejected += copied.rows_parsed - copied.rows_loaded;
        if copied.status == Status::Failed.as_str() {
            self.failed += 1;
        } else if copied.status == Status::Unchanged.as_str() {
            self.unchanged += 1;
        } else {
            self.loaded += 1;
            self.bytes += bytes;
        }
        if let Some(first) = &copied.first_error {
            self.problem(&copied.uri, first.clone(), None);
        }
        self.copied.push(copied);
    }
}
