//! Decoded rows of many objects, staged as sorted files whenever enough are together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use chrono::{DateTime, Utc};
use flowtrail_decode::{Decoded, LogKind};
use flowtrail_lake::definition::{history_table, log_table, quarantine_table};
use flowtrail_lake::failpoint;
use flowtrail_lake::history::{BatchStamp, HistoryRow, QuarantineRow, history_batch, quarantine_batch};
use flowtrail_lake::intent::TableOutcome;
use flowtrail_lake::stage::{Part, StagedFile, discard, last_day, new_columns, stage};
use flowtrail_lake::{Lake, LakeError, Snapshot, Table, TableDefinition};

use crate::duplicates::Duplicates;
use crate::object::{KEPT_REJECTS, size_of};

/// Rows are staged when they take this much memory; sorting and encoding take about as much again.
const FLUSH_BYTES: usize = 96 << 20;
/// Rows of the latest days wait for more of their day up to this, so that a day is not spread over files needlessly.
const WAITING_BYTES: usize = FLUSH_BYTES / 2;

/// Rows of one object, one kind.
#[derive(Clone, Debug)]
pub struct BufferedPart {
    /// The object's number in its batch.
    pub object: usize,
    pub uri: Arc<str>,
    pub fallback_day: Option<i32>,
    pub batch: RecordBatch,
    /// The latest day of its rows.
    pub last_day: Option<i32>,
    /// The memory it takes.
    pub bytes: usize,
}

/// Rows of a batch on their way to staged files.
pub struct Buffer {
    lake: Lake,
    shard: String,
    batch: i64,
    began: DateTime<Utc>,
    rows: BTreeMap<LogKind, Vec<BufferedPart>>,
    quarantine: Vec<QuarantineRow>,
    rejects_kept: HashMap<usize, usize>,
    held_bytes: usize,
    events: Snapshots,
    staged: BTreeMap<String, TableOutcome>,
    duplicates: HashMap<usize, u64>,
}

/// The CloudTrail table as the batch found it, and what the batch has seen of its events.
struct Snapshots {
    table: Table,
    snapshot: Option<Snapshot>,
    seen: Duplicates,
}

impl Buffer {
    /// An empty buffer for batch `batch` of `shard`.
    pub async fn new(lake: &Lake, shard: &str, batch: i64) -> Result<Self, LakeError> {
        let table = lake.table(log_table(LogKind::CloudTrail));
        let snapshot = table.snapshot().await?;
        Ok(Self {
            lake: lake.clone(),
            shard: shard.to_owned(),
            batch,
            began: Utc::now(),
            rows: BTreeMap::new(),
            quarantine: Vec::new(),
            rejects_kept: HashMap::new(),
            held_bytes: 0,
            events: Snapshots {
                table,
                snapshot,
                seen: Duplicates::default(),
            },
            staged: BTreeMap::new(),
            duplicates: HashMap::new(),
        })
    }

    /// Takes in part of object number `object`, and stages what is held when that is enough.
    pub async fn add(
        &mut self,
        object: usize,
        uri: &Arc<str>,
        fallback_day: Option<i32>,
        part: Decoded,
    ) -> Result<(), LakeError> {
        let bytes = size_of(&part);
        self.held_bytes += bytes;
        let table: Arc<str> = log_table(part.kind).qualified_name().into();
        let kept = self.rejects_kept.entry(object).or_default();
        for reject in part.rejects {
            if *kept == KEPT_REJECTS {
                break;
            }
            *kept += 1;
            self.quarantine.push(QuarantineRow {
                object_uri: Arc::clone(uri),
                table_name: Arc::clone(&table),
                line: reject.line,
                reason: reject.reason,
                record: reject.record,
            });
        }
        if part.batch.num_rows() > 0 {
            let buffered = BufferedPart {
                object,
                uri: Arc::clone(uri),
                fallback_day,
                last_day: last_day(log_table(part.kind), &part.batch).or(fallback_day),
                batch: part.batch,
                bytes,
            };
            self.rows.entry(part.kind).or_default().push(buffered);
        }
        if self.held_bytes >= FLUSH_BYTES {
            let ready = self.take_ready();
            self.stage_all(ready).await?;
        }
        Ok(())
    }

    /// Stages what was never a record of an object.
    pub async fn refuse(&mut self, row: QuarantineRow) -> Result<(), LakeError> {
        self.quarantine.push(row);
        self.flush().await
    }

    /// Stages all that is held.
    pub async fn flush(&mut self) -> Result<(), LakeError> {
        self.held_bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        self.stage_all(rows).await
    }

    /// Takes what need not wait for more rows of its day: objects come in order of time.
    fn take_ready(&mut self) -> BTreeMap<LogKind, Vec<BufferedPart>> {
        let mut days: Vec<(Option<i32>, usize)> = self
            .rows
            .values()
            .flatten()
            .map(|part| (part.last_day, part.bytes))
            .collect();
        days.sort_unstable();
        let mut waiting_bytes = 0;
        let newest = days.iter().rev().find(|(_, bytes)| {
            waiting_bytes += bytes;
            waiting_bytes > WAITING_BYTES
        });
        // What goes is of this day or before.
        let day = newest.and_then(|(day, _)| *day);
        let mut ready = BTreeMap::new();
        self.held_bytes = 0;
        for (kind, parts) in &mut self.rows {
            let (go, wait): (Vec<_>, Vec<_>) = std::mem::take(parts).into_iter().partition(|part| part.last_day <= day);
            self.held_bytes += wait.iter().map(|part| part.bytes).sum::<usize>();
            ready.insert(*kind, go);
            *parts = wait;
        }
        ready
    }

    async fn stage_all(&mut self, rows: BTreeMap<LogKind, Vec<BufferedPart>>) -> Result<(), LakeError> {
        for (kind, mut parts) in rows {
            if kind == LogKind::CloudTrail {
                parts = self.sift(parts).await?;
            }
            let parts = parts
                .into_iter()
                .filter(|part| part.batch.num_rows() > 0)
                .map(|part| Part {
                    batch: part.batch,
                    object: Some(part.uri),
                    fallback_day: part.fallback_day,
                });
            self.stage(log_table(kind), parts.collect()).await?;
        }
        if !self.quarantine.is_empty() {
            let rows = std::mem::take(&mut self.quarantine);
            let batch = quarantine_batch(&rows, self.stamp())?;
            self.stage(quarantine_table(), vec![plain(batch)]).await?;
        }
        failpoint::hit("load.flushed")
    }

    /// Rows of each object that were there already, by the object's number; complete after [`Self::flush`].
    pub fn duplicates_of(&self, object: usize) -> u64 {
        self.duplicates.get(&object).copied().unwrap_or(0)
    }

    /// Stages the history and gives all that was staged, the history last.
    pub async fn finish(mut self, history: &[HistoryRow]) -> Result<Vec<TableOutcome>, LakeError> {
        let events = self.staged.get_mut(&log_table(LogKind::CloudTrail).qualified_name());
        if let Some(events) = events {
            events.conflicts = self.events.seen.conflicts();
        }
        let batch = history_batch(history, self.stamp())?;
        self.stage(history_table(), vec![plain(batch)]).await?;
        let history = self.staged.remove(&history_table().qualified_name());
        Ok(self.staged.into_values().chain(history).collect())
    }

    /// Takes away what was staged, when the batch is not to be.
    pub async fn discard(self) {
        for outcome in self.staged.values() {
            discard_files(&self.lake, &outcome.table, &outcome.files).await;
        }
    }

    async fn sift(&mut self, parts: Vec<BufferedPart>) -> Result<Vec<BufferedPart>, LakeError> {
        let Snapshots { table, snapshot, seen } = &mut self.events;
        let (kept, dropped) = seen.sift(table, snapshot.as_ref(), parts).await?;
        for (object, count) in dropped {
            *self.duplicates.entry(object).or_default() += count;
        }
        Ok(kept)
    }

    async fn stage(&mut self, definition: &Arc<TableDefinition>, parts: Vec<Part>) -> Result<(), LakeError> {
        if parts.is_empty() {
            return Ok(());
        }
        let name = definition.qualified_name();
        let columns = new_columns(definition, &parts);
        let files = stage(&self.lake.table(definition), parts).await?;
        let outcome = self.staged.entry(name.clone()).or_insert_with(|| TableOutcome {
            table: name,
            ..TableOutcome::default()
        });
        outcome.files.extend(files);
        for column in columns {
            if !outcome.text_columns.contains(column.name()) {
                outcome.text_columns.push(column.name().clone());
            }
        }
        Ok(())
    }

    fn stamp(&self) -> BatchStamp<'_> {
        BatchStamp {
            shard: &self.shard,
            batch: self.batch,
            loaded_at: self.began,
        }
    }
}

fn plain(batch: RecordBatch) -> Part {
    Part {
        batch,
        object: None,
        fallback_day: None,
    }
}

/// Takes staged files away that no batch will name.
pub async fn discard_files(lake: &Lake, table: &str, files: &[StagedFile]) {
    let definition = table
        .split_once('.')
        .and_then(|(schema, name)| flowtrail_lake::definition::find(schema, name));
    if let Some(definition) = definition {
        discard(&lake.table(definition), files).await;
    }
}
