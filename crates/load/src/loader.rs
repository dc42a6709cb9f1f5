//! The story of a load.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use flowtrail_lake::definition::history_table;
use flowtrail_lake::history::{LoadsOf, loaded_objects};
use flowtrail_lake::intent::{IntentObject, Shard};
use flowtrail_lake::{Lake, LakeError, Snapshot, failpoint};
use flowtrail_source::{Object, Source};
use tracing::field::{Empty, display};
use tracing::{Instrument, info_span};

use crate::batch::{self, BatchContext};
use crate::owner::this_process;
use crate::plan::{self, Work};
use crate::settle::{Settled, settle};
use crate::step::Step;
use crate::{LoadError, LoadOptions, LoadSummary, Progress, Stop, Target, copy};

/// The one shard there is so far: its batches follow one another, so no object can be in two.
pub const SHARD: &str = "0";
/// A batch ends at so many objects…
const BATCH_OBJECTS: usize = 4096;
/// …or so many bytes of them: what is lost when the process dies is at most this much work.
const BATCH_BYTES: u64 = 512 << 20;

/// Loads objects into a lake.
pub struct Loader {
    lake: Lake,
    options: Arc<LoadOptions>,
    progress: Arc<dyn Progress>,
    stop: Stop,
}

impl Loader {
    /// A loader for `lake`, which tells `progress` and minds `stop`.
    pub fn new(lake: Lake, options: LoadOptions, progress: Arc<dyn Progress>, stop: Stop) -> Self {
        Self {
            lake,
            options: Arc::new(options),
            progress,
            stop,
        }
    }

    /// What [`Self::run`] would load, without writing anything.
    pub async fn dry_run(&self, sources: &[Arc<Source>]) -> Result<LoadSummary, LoadError> {
        let mut summary = LoadSummary {
            dry_run: true,
            ..LoadSummary::default()
        };
        let mut todo: VecDeque<Work> = plan::list(sources, &self.options.filter, &mut summary).await?.into();
        if let Some(history) = self.lake.table(history_table()).snapshot().await? {
            self.less_loaded(&mut todo, &history, &mut summary).await?;
        }
        summary.loaded = todo.len() as u64;
        summary.bytes = todo.iter().map(|work| work.object.size_bytes).sum();
        Ok(summary)
    }

    /// Loads what the sources have and the history has not, a batch at a time, until nothing is left or a stop is asked.
    ///
    /// # Errors
    /// What ends the load early. Batches committed before stay, and the next run goes on behind them.
    pub async fn run(&self, sources: &[Arc<Source>]) -> Result<LoadSummary, LoadError> {
        let mut summary = LoadSummary::default();
        let todo = plan::list(sources, &self.options.filter, &mut summary).await?;
        self.load(todo.into(), summary).await
    }

    /// Like [`Self::run`], of objects that somebody has listed.
    pub async fn run_listed(&self, source: &Arc<Source>, objects: Vec<Object>) -> Result<LoadSummary, LoadError> {
        let summary = LoadSummary {
            listed: objects.len() as u64,
            ..LoadSummary::default()
        };
        let todo = objects.into_iter().map(|object| Work::new(object, source));
        self.load(todo.collect(), summary).await
    }

    async fn load(&self, mut todo: VecDeque<Work>, mut summary: LoadSummary) -> Result<LoadSummary, LoadError> {
        failpoint::hit("load.listed")?;
        let owner = this_process();
        let shard = Shard::new(&self.lake, SHARD);
        // `todo` is what the history lacks at the end of this batch.
        let mut known_done = None;
        loop {
            let settled = settle(&self.lake, &shard, &owner.run, self.progress.as_ref(), &self.stop).await?;
            let Some(Settled { done, history: known }) = settled else {
                break;
            };
            if known_done.is_none() {
                // What a process left that died behind its batch's last commit.
                shard.clean(done).await?;
            }
            if known_done != Some(done) {
                self.less_loaded(&mut todo, &known, &mut summary).await?;
                if known_done.is_none() {
                    self.progress
                        .planned(todo.len() as u64, todo.iter().map(|work| work.object.size_bytes).sum());
                }
                known_done = Some(done);
            }
            if todo.is_empty() || self.stop.is_asked() {
                break;
            }
            let intended = self.intent_objects(&todo);
            let count = intended.len();
            let Some(step) = Step::claim(&self.lake, &shard, done + 1, &owner, intended).await? else {
                continue;
            };
            let objects: Vec<Work> = todo.drain(..count).collect();
            let again: Vec<Option<Work>> = objects.iter().map(Work::again).collect();
            if self.batch(&shard, step, objects, &mut summary).await? {
                known_done = Some(done + 1);
            } else {
                self.put_back(&mut todo, again, &mut summary);
            }
        }
        summary.stopped |= self.stop.is_asked() && !todo.is_empty();
        Ok(summary)
    }

    async fn less_loaded(
        &self,
        todo: &mut VecDeque<Work>,
        history: &Snapshot,
        summary: &mut LoadSummary,
    ) -> Result<(), LakeError> {
        let target = self.options.target.as_deref();
        if todo.is_empty() || target.is_some_and(|target| target.force) {
            return Ok(());
        }
        let of = target.map_or(LoadsOf::Logs, Target::loads);
        // Hashes, so that a list of millions of objects is not held twice; a chance hit is looked at by its full name.
        let hasher = RandomState::new();
        let listed: HashSet<u64> = todo
            .iter()
            .map(|work| hasher.hash_one(work.object.uri.as_str()))
            .collect();
        let is_listed = |uri: &str| listed.contains(&hasher.hash_one(uri));
        let loaded = loaded_objects(&self.lake.table(history_table()), history, &of, is_listed).await?;
        plan::less_loaded(todo, &loaded, summary);
        Ok(())
    }

    /// The first objects of the list, as many as a batch takes.
    fn intent_objects(&self, todo: &VecDeque<Work>) -> Vec<IntentObject> {
        let mut bytes = 0;
        let fits = |work: &&Work| {
            let fits = bytes == 0 || bytes + work.object.size_bytes <= BATCH_BYTES;
            bytes += work.object.size_bytes.max(1);
            fits
        };
        todo.iter()
            .take(self.options.batch_objects.unwrap_or(BATCH_OBJECTS))
            .take_while(fits)
            .map(|work| IntentObject {
                uri: work.object.uri.clone(),
                size_bytes: work.object.size_bytes,
                etag: work.object.etag.clone(),
            })
            .collect()
    }

    /// Does a claimed batch. False when another process gave it up meanwhile: its objects are then to be loaded anew.
    async fn batch(
        &self,
        shard: &Shard,
        step: Step,
        objects: Vec<Work>,
        summary: &mut LoadSummary,
    ) -> Result<bool, LoadError> {
        let span = info_span!(
            "load.batch",
            flowtrail.shard = shard.name(),
            flowtrail.batch = step.batch(),
            flowtrail.objects = objects.len() as i64,
            flowtrail.rows = Empty,
            otel.status_description = Empty,
        );
        let rows_before = summary.rows();
        let done = self
            .stage_and_commit(shard, step, objects, summary)
            .instrument(span.clone())
            .await;
        span.record("flowtrail.rows", (summary.rows() - rows_before) as i64);
        if let Err(error) = &done {
            span.record("otel.status_description", display(error));
        }
        done
    }

    async fn stage_and_commit(
        &self,
        shard: &Shard,
        step: Step,
        objects: Vec<Work>,
        summary: &mut LoadSummary,
    ) -> Result<bool, LoadError> {
        let context = BatchContext {
            lake: &self.lake,
            shard: shard.name(),
            options: &self.options,
            progress: self.progress.as_ref(),
            stop: &self.stop,
        };
        let mut with_batch = summary.clone();
        let staged = match &self.options.target {
            Some(target) => copy::run(&context, target, step.batch(), objects, &mut with_batch).await,
            None => batch::run(&context, step.batch(), objects, &mut with_batch).await,
        };
        let tables = match staged {
            Ok(tables) => tables,
            Err(error) => {
                step.give_up().await;
                return Err(error);
            }
        };
        let is_ours = step.finish(tables).await?;
        if is_ours {
            *summary = with_batch;
            summary.batches += 1;
        }
        Ok(is_ours)
    }

    /// Takes the objects of a batch that another process gave up back into the list.
    fn put_back(&self, todo: &mut VecDeque<Work>, objects: Vec<Option<Work>>, summary: &mut LoadSummary) {
        self.progress
            .note("this process was so slow that another took its batch over; going on behind that");
        for work in objects.into_iter().rev() {
            match work {
                Some(work) => todo.push_front(work),
                None => summary.problem(
                    "standard input",
                    "another process took its batch over, and it cannot be read a second time".into(),
                    Some("load it again; what was loaded already is known by its content".into()),
                ),
            }
        }
    }
}
