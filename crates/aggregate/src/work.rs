//! Has all row groups of a statement answered, those of which nothing is known yet.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::common::runtime::SpawnedTask;
use datafusion::common::{Result, exec_err};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::physical_plan::metrics::Count;
use datafusion_datasource::PartitionedFile;
use futures::{StreamExt, TryStreamExt, stream};
use parquet::file::metadata::ParquetMetaData;

use crate::answer::{Collected, Finished};
use crate::cache::{ColumnCache, RowGroup};
use crate::files::Files;
use crate::groups::Overflow;
use crate::kept::{KeptAnswers, Known};
use crate::question::Question;
use crate::row_group::Outcome;
use crate::table::Term;

/// Footers that are read at once.
const FOOTERS_AT_ONCE: usize = 16;

/// What is read.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The store's name in the engine.
    pub store: ObjectStoreUrl,
    /// The files.
    pub files: Arc<Vec<PartitionedFile>>,
    /// The table's columns that stand in the files; those after them are the same in a whole file.
    pub stored_columns: usize,
    /// What statements before have read and worked out.
    pub caches: Caches,
}

/// What statements before have read and worked out.
#[derive(Clone, Debug)]
pub struct Caches {
    /// Columns, decoded.
    pub columns: Arc<ColumnCache>,
    /// Answers.
    pub answers: Arc<KeptAnswers>,
}

/// What was done.
pub struct Metrics {
    /// What was read of files.
    pub bytes_scanned: Count,
    /// 1 when the plain plan ran instead.
    pub declined: Count,
    /// Row groups that were known from statements before.
    pub row_groups_known: Count,
    /// Row groups that were looked at.
    pub row_groups_read: Count,
}

/// The groups of all files; `None` when the plain plan must answer. What goes wrong here may go otherwise there: it asks
/// for expressions of rows only that pass the filters. So it has the last word on every error but one.
pub async fn answer(
    question: &Arc<Question>,
    scan: &Scan,
    context: &Arc<TaskContext>,
    metrics: &Metrics,
) -> Result<Option<Arc<Finished>>> {
    let work = Work {
        question,
        scan,
        context,
        metrics,
    };
    match work.collect().await {
        Ok(Collecting::Done(finished)) => Ok(Some(Arc::new(finished))),
        Ok(Collecting::Overflow) => Err(Overflow.into()),
        Ok(Collecting::Declined) | Err(_) => {
            metrics.declined.add(1);
            Ok(None)
        }
    }
}

enum Collecting {
    Done(Finished),
    Declined,
    Overflow,
}

/// A row group that may have rows of the answer.
#[derive(Clone)]
struct Unit {
    file: usize,
    footer: Arc<ParquetMetaData>,
    number: usize,
    /// The conditions that its statistics do not settle.
    open: Vec<usize>,
}

struct Work<'a> {
    question: &'a Arc<Question>,
    scan: &'a Scan,
    context: &'a Arc<TaskContext>,
    metrics: &'a Metrics,
}

impl Work<'_> {
    async fn collect(&self) -> Result<Collecting> {
        let runtime = self.context.runtime_env();
        let files = Arc::new(Files {
            store: runtime.object_store(&self.scan.store)?,
            columns: Arc::clone(&self.scan.caches.columns),
            footers: runtime.cache_manager.get_file_metadata_cache(),
            question: Arc::clone(self.question),
            stored_columns: self.scan.stored_columns,
            bytes_scanned: self.metrics.bytes_scanned.clone(),
        });
        let units = self.units(&files).await?;
        let lasting_open = most_common_open(&units);
        let is_lasting = |unit: &Unit| unit.open == lasting_open;
        let lasting: HashSet<RowGroup> = units
            .iter()
            .filter(|unit| is_lasting(unit))
            .map(|unit| self.row_group(unit))
            .collect();
        let answers = &self.scan.caches.answers;
        let mut slot = answers.place(self.question, &lasting_open, &self.session());
        let known = match &mut slot {
            Some(slot) => answers.take(slot, self.question, &lasting).await,
            None => None,
        };
        let known = known.unwrap_or_else(|| Known::nothing(self.question));
        let wanted = units.into_iter().filter_map(|unit| {
            let term = if is_lasting(&unit) {
                Term::Lasting
            } else {
                Term::Passing
            };
            (term == Term::Passing || !known.of.contains(&self.row_group(&unit))).then_some((unit, term))
        });
        let wanted: Vec<(Unit, Term)> = wanted.collect();
        self.metrics.row_groups_known.add(known.of.len());
        self.metrics.row_groups_read.add(wanted.len());
        let memory = MemoryConsumer::new("AggregateOnCodes").register(self.context.memory_pool());
        match self.add(&files, &known.collected, wanted, &memory).await? {
            Outcome::Declined => return Ok(Collecting::Declined),
            Outcome::Overflow => return Ok(Collecting::Overflow),
            Outcome::Empty | Outcome::Answered(_) => {}
        }
        if slot.is_some() && !answers.has_room_for(known.collected.bytes()) {
            known.collected.put_sketches_in_order()?;
        }
        let slot = slot.filter(|_| answers.has_room_for(known.collected.bytes()));
        let finished = known.collected.finish(slot.is_some(), memory)?;
        if let Some(slot) = slot {
            answers.keep(slot, Known { of: lasting, ..known });
        }
        Ok(Collecting::Done(finished))
    }

    /// The row groups that may have rows of the answer.
    async fn units(&self, files: &Arc<Files>) -> Result<Vec<Unit>> {
        let footers: Vec<_> = stream::iter(0..self.scan.files.len())
            .map(|number| {
                let (files, scan) = (Arc::clone(files), self.scan.clone());
                async move { files.metadata(&scan.files[number]).await.map(|footer| (number, footer)) }
            })
            .buffered(FOOTERS_AT_ONCE)
            .try_collect()
            .await?;
        let mut units = Vec::with_capacity(footers.len());
        for (file, footer) in footers {
            for number in 0..footer.num_row_groups() {
                if let Some(open) = files.open_filters(footer.row_group(number)) {
                    units.push(Unit {
                        file,
                        footer: Arc::clone(&footer),
                        number,
                        open,
                    });
                }
            }
        }
        Ok(units)
    }

    /// Answers row groups side by side and adds what they answer.
    async fn add(
        &self,
        files: &Arc<Files>,
        collected: &Arc<Collected>,
        wanted: Vec<(Unit, Term)>,
        memory: &MemoryReservation,
    ) -> Result<Outcome> {
        let of = wanted.len();
        let mut outcomes = stream::iter(wanted)
            .map(|(unit, term)| {
                let (files, scan, collected) = (Arc::clone(files), self.scan.clone(), Arc::clone(collected));
                let task = SpawnedTask::spawn(async move {
                    let file = &scan.files[unit.file];
                    Ok(match files.answer(file, &unit.footer, unit.number, &unit.open).await? {
                        Outcome::Answered(partial) if collected.add(&partial, term, of)?.is_err() => Outcome::Overflow,
                        Outcome::Answered(_) => Outcome::Empty,
                        other => other,
                    })
                });
                async move { task.join().await.unwrap_or_else(|error| exec_err!("{error}")) }
            })
            // Two for each stream: one is read while the other is worked on.
            .buffer_unordered(2 * self.context.session_config().target_partitions());
        while let Some(outcome) = outcomes.next().await {
            match outcome? {
                Outcome::Empty | Outcome::Answered(_) => memory.try_resize(collected.bytes())?,
                other => return Ok(other),
            }
        }
        Ok(Outcome::Empty)
    }

    fn row_group(&self, unit: &Unit) -> RowGroup {
        RowGroup::of(&self.scan.files[unit.file], unit.number)
    }

    /// What an answer hangs on beside the question: the table's store, and the zone that times are read in.
    fn session(&self) -> String {
        let options = self.context.session_config().options();
        format!("{} {:?}", self.scan.store, options.execution.time_zone)
    }
}

/// The open conditions of most row groups. The others are cut through by a condition that will most likely be another
/// the next time, as the end of a time range is.
fn most_common_open(units: &[Unit]) -> Vec<usize> {
    let mut all: Vec<&Vec<usize>> = units.iter().map(|unit| &unit.open).collect();
    all.sort_unstable();
    let longest = all.chunk_by(|one, other| one == other).max_by_key(|chunk| chunk.len());
    longest
        .and_then(|chunk| chunk.first())
        .map(|open| (*open).clone())
        .unwrap_or_default()
}
