//! Merging the small files of a table into large ones, which hold the same rows in order.
//!
//! Loaders commit often and so leave many small files. Day by day, files under the target size are merged in runs up to
//! it, and one commit puts the merged files in their place:
//!
//! ```text
//!   small files of a day ──[footers]── runs ──[merge]── staged files ──[commit: remove + add]── the day's new files
//! ```
//!
//! What can happen, and what then:
//!
//! - *It dies before the commit.* The table is as it was; the staged files are orphans, which vacuum takes away.
//! - *Another compactor, or retention, took a file of the run out meanwhile.* The commit finds that out before it is
//!   made and is not made ([`LakeError::Overtaken`]): the day is skipped, its staged files are left to vacuum.
//! - *A loader commits meanwhile.* Both commits land, in either order: an addition touches no file of a run.
//! - *A merged file does not have as many rows as its run.* It is taken away, and compaction ends with an error.
//! - *A query runs on an older version.* It goes on: files that are out of the table stay on the disk until
//!   [`vacuum`](crate::vacuum).
//!
//! Vacuum takes files that are an hour old and belong to nothing, so staged files must not lie for long: a day that takes
//! longer than [`COMMIT_WITHIN`] to merge is committed in pieces.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::Utc;
use futures::{StreamExt, TryStreamExt};
use tracing::field::{Empty, display};
use tracing::{Instrument, info_span};

use crate::column::scanned_schema;
use crate::merge::{Rows, Source, merge};
use crate::stage::{StagedFile, discard};
use crate::{Change, DataFile, LakeError, Snapshot, Table};

/// The size files are merged up to.
pub const TARGET_FILE_BYTES: u64 = 128 << 20;
/// Estimated memory of the files of a run while they are merged. Measured, a merge takes some two times this, and the
/// encoder some 60 MiB besides.
const RUN_MEMORY_BYTES: u64 = 96 << 20;
/// Files merged at once; where there are more, their merged files are merged again.
const RUN_FILES: usize = 128;
/// Footers read at once.
const FOOTERS_AT_ONCE: usize = 8;
/// How long merged files lie before they are committed, at most, while others are merged.
const COMMIT_WITHIN: Duration = Duration::from_mins(10);
/// How old a merged file may be when it is committed: half the least age at which vacuum takes files away.
const STALE_AFTER: Duration = Duration::from_mins(30);

/// How to compact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompactOptions {
    /// Files smaller than this are merged, into files of up to this size.
    pub target_bytes: u64,
}

impl Default for CompactOptions {
    fn default() -> Self {
        Self {
            target_bytes: TARGET_FILE_BYTES,
        }
    }
}

/// How far a compaction is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactProgress {
    /// `schema.table`.
    pub table: String,
    /// The day at hand, where the table has days and the rows do.
    pub day: Option<String>,
    /// Partitions that are finished.
    pub partitions_done: usize,
    /// Partitions with small files.
    pub partitions_total: usize,
    /// Files merged so far.
    pub files_merged: u64,
    /// Their size.
    pub bytes_merged: u64,
}

/// What a compaction did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct CompactSummary {
    /// Partitions (days; 1 for a table without) of which files were merged.
    pub partitions: u64,
    /// Partitions skipped because another process changed the same files meanwhile.
    pub overtaken: u64,
    /// Files that were merged.
    pub files_before: u64,
    /// Files they were merged into.
    pub files_after: u64,
    /// Size of the files that were merged.
    pub bytes_before: u64,
    /// Size of the files they were merged into.
    pub bytes_after: u64,
    /// Rows in these files, before as after.
    pub rows: u64,
}

/// Merges small files of a table, partition by partition. `progress` is called after each merged file and partition.
///
/// Loading and queries go on meanwhile. What is finished stays finished if a later partition fails.
///
/// # Errors
/// [`LakeError::Damaged`] when a merge would lose or add rows; whatever storage and files have to say. Being overtaken by
/// another process is none: it is in the summary.
pub async fn compact(
    table: &Table,
    options: &CompactOptions,
    progress: &(dyn Fn(&CompactProgress) + Send + Sync),
) -> Result<CompactSummary, LakeError> {
    let span = info_span!(
        "table.compact",
        flowtrail.table = table.definition().qualified_name(),
        flowtrail.files_before = Empty,
        flowtrail.files_after = Empty,
        flowtrail.rows = Empty,
        otel.status_description = Empty,
    );
    let compacted = compact_partitions(table, options, progress)
        .instrument(span.clone())
        .await;
    match &compacted {
        Ok(summary) => span
            .record("flowtrail.files_before", summary.files_before as i64)
            .record("flowtrail.files_after", summary.files_after as i64)
            .record("flowtrail.rows", summary.rows as i64),
        Err(error) => span.record("otel.status_description", display(error)),
    };
    compacted
}

async fn compact_partitions(
    table: &Table,
    options: &CompactOptions,
    progress: &(dyn Fn(&CompactProgress) + Send + Sync),
) -> Result<CompactSummary, LakeError> {
    let mut summary = CompactSummary::default();
    let Some(mut snapshot) = table.snapshot().await? else {
        return Ok(summary);
    };
    let days = days_with_small_files(&snapshot, options.target_bytes);
    let mut at = CompactProgress {
        table: table.definition().qualified_name(),
        day: None,
        partitions_done: 0,
        partitions_total: days.len(),
        files_merged: 0,
        bytes_merged: 0,
    };
    for day in days {
        at.day.clone_from(&day);
        let mut partition = Partition {
            table,
            options,
            day,
            summary: CompactSummary::default(),
        };
        let outcome = partition.compact(&mut snapshot, &mut at, progress).await;
        summary.add(&partition.summary);
        match outcome {
            Ok(()) => {}
            Err(LakeError::Overtaken { table: name }) => {
                tracing::info!(
                    table = name,
                    day = at.day,
                    "another process changed the same files; skipped"
                );
                summary.overtaken += 1;
                snapshot = table.open_or_create().await?;
            }
            Err(e) => return Err(e),
        }
        at.partitions_done += 1;
        progress(&at);
    }
    Ok(summary)
}

impl CompactSummary {
    fn add(&mut self, partition: &Self) {
        self.partitions += u64::from(partition.files_after > 0);
        self.files_before += partition.files_before;
        self.files_after += partition.files_after;
        self.bytes_before += partition.bytes_before;
        self.bytes_after += partition.bytes_after;
        self.rows += partition.rows;
    }
}

/// Partitions with at least two files under the target.
fn days_with_small_files(snapshot: &Snapshot, target_bytes: u64) -> Vec<Option<String>> {
    let mut counts: BTreeMap<Option<&String>, usize> = BTreeMap::new();
    for file in snapshot.files().iter().filter(|file| file.size_bytes < target_bytes) {
        *counts.entry(file.day.as_ref()).or_default() += 1;
    }
    counts
        .into_iter()
        .filter(|(_, files)| *files > 1)
        .map(|(day, _)| day.cloned())
        .collect()
}

/// A partition being compacted.
struct Partition<'a> {
    table: &'a Table,
    options: &'a CompactOptions,
    day: Option<String>,
    summary: CompactSummary,
}

/// Merged files that are not committed yet, and what they replace.
#[derive(Default)]
struct Pending {
    remove: Vec<DataFile>,
    add: Vec<StagedFile>,
}

impl Partition<'_> {
    /// Merges until no two files fit together. One pass and one commit do, except for very many files.
    async fn compact(
        &mut self,
        snapshot: &mut Snapshot,
        at: &mut CompactProgress,
        progress: &(dyn Fn(&CompactProgress) + Send + Sync),
    ) -> Result<(), LakeError> {
        loop {
            let runs = runs(self.small_files(snapshot).await?, self.options.target_bytes);
            if runs.is_empty() {
                return Ok(());
            }
            let mut pending = Pending::default();
            for run in runs {
                if pending.age() > COMMIT_WITHIN {
                    *snapshot = self.commit(std::mem::take(&mut pending)).await?;
                }
                at.files_merged += run.len() as u64;
                at.bytes_merged += run.iter().map(|source| source.file.size_bytes).sum::<u64>();
                let merged = merge(
                    self.table,
                    &scanned_schema(snapshot.schema()),
                    self.day.as_deref(),
                    &run,
                    &Rows::AsTheyAre,
                )
                .await;
                match merged {
                    Ok(file) => pending.add.push(file),
                    Err(e) => {
                        discard(self.table, &pending.add).await;
                        return Err(e);
                    }
                }
                pending.remove.extend(run.into_iter().map(|source| source.file));
                progress(at);
            }
            *snapshot = self.commit(pending).await?;
        }
    }

    /// The files of the partition that are under the target; none when it is only one.
    async fn small_files(&self, snapshot: &Snapshot) -> Result<Vec<Source>, LakeError> {
        let is_small = |file: &&DataFile| file.day == self.day && file.size_bytes < self.options.target_bytes;
        let small: Vec<DataFile> = snapshot.files().iter().filter(is_small).cloned().collect();
        if small.len() < 2 {
            return Ok(Vec::new());
        }
        futures::stream::iter(small)
            .map(|file| Source::open(self.table, file))
            .buffer_unordered(FOOTERS_AT_ONCE)
            .try_collect()
            .await
    }

    async fn commit(&mut self, pending: Pending) -> Result<Snapshot, LakeError> {
        crate::failpoint::hit("lake.compact.before_commit")?;
        if pending.age() > STALE_AFTER {
            // The machine slept: vacuum may have taken the merged files away.
            return Err(LakeError::Overtaken {
                table: self.table.definition().qualified_name(),
            });
        }
        let Pending { remove, add } = pending;
        let change = Change {
            add,
            remove,
            same_rows: true,
            ..Change::default()
        };
        // What an error leaves behind is vacuum's: a commit that was answered with one may have landed.
        let snapshot = self.table.commit(&change).await?;
        self.summary.files_before += change.remove.len() as u64;
        self.summary.files_after += change.add.len() as u64;
        self.summary.bytes_before += change.remove.iter().map(|file| file.size_bytes).sum::<u64>();
        self.summary.bytes_after += change.add.iter().map(|file| file.size_bytes).sum::<u64>();
        self.summary.rows += change.add.iter().map(|file| file.rows).sum::<u64>();
        Ok(snapshot)
    }
}

impl Pending {
    /// How long ago the first of the merged files was finished.
    fn age(&self) -> Duration {
        let first_ms = self.add.first().map_or(i64::MAX, |file| file.modified_ms);
        Duration::from_millis(
            Utc::now()
                .timestamp_millis()
                .saturating_sub(first_ms)
                .max(0)
                .unsigned_abs(),
        )
    }
}

/// Files that are merged into one: neighbours in time, so that the merged files overlap little, of up to the target
/// together and no more than fit in memory. A file that fits with no other is left alone.
fn runs(mut sources: Vec<Source>, target_bytes: u64) -> Vec<Vec<Source>> {
    #[derive(Default)]
    struct Run {
        size_bytes: u64,
        memory_bytes: u64,
        sources: Vec<Source>,
    }
    sources.sort_by(|a, b| (a.least_time, &a.file.path).cmp(&(b.least_time, &b.file.path)));
    let mut runs: Vec<Run> = Vec::new();
    for source in sources {
        // Two files always fit in memory: their row groups are no longer than the target.
        let in_memory = |run: &Run| run.sources.len() < 2 || run.memory_bytes + source.memory_bytes <= RUN_MEMORY_BYTES;
        let fits = |run: &Run| {
            run.sources.len() < RUN_FILES && run.size_bytes + source.file.size_bytes <= target_bytes && in_memory(run)
        };
        let number = runs.iter().position(fits).unwrap_or_else(|| {
            runs.push(Run::default());
            runs.len() - 1
        });
        runs[number].size_bytes += source.file.size_bytes;
        runs[number].memory_bytes += source.memory_bytes;
        runs[number].sources.push(source);
    }
    runs.into_iter()
        .map(|run| run.sources)
        .filter(|sources| sources.len() > 1)
        .collect()
}
