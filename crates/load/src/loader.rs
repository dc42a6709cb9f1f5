//! The story of a load.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use flowtrail_lake::definition::history_table;
use flowtrail_lake::history::{LoadsOf, loaded_objects};
use flowtrail_lake::intent::{Intent, IntentObject, Outcome, Put, Shard};
use flowtrail_lake::{Lake, LakeError, Snapshot, failpoint};
use flowtrail_source::{Object, Source};

use crate::batch::{self, BatchContext};
use crate::owner::{Beating, this_process};
use crate::plan::{self, Work};
use crate::settle::{Settled, history, roll_forward, settle};
use crate::{LoadError, LoadOptions, LoadSummary, Progress, Stop, Target, copy};

/// The one shard there is so far: its batches follow one another, so no object can be in two.
const SHARD: &str = "0";
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
            let intent = Intent::new(done + 1, owner.clone(), self.intent_objects(&todo));
            failpoint::hit("load.before_claim")?;
            if let Put::Theirs(_) = shard.claim(&intent).await? {
                continue;
            }
            failpoint::hit("load.claimed")?;
            if history(&self.lake, &shard).await?.done > done {
                // The number was used and cleaned away between our look and our claim.
                shard.clean(done + 1).await?;
                continue;
            }
            let objects: Vec<Work> = todo.drain(..intent.objects.len()).collect();
            let again: Vec<Option<Work>> = objects.iter().map(Work::again).collect();
            if self.batch(&shard, &intent, objects, &mut summary).await? {
                known_done = Some(intent.batch);
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
        intent: &Intent,
        objects: Vec<Work>,
        summary: &mut LoadSummary,
    ) -> Result<bool, LoadError> {
        let beating = Beating::start(shard.clone(), intent.batch);
        let mut with_batch = summary.clone();
        let decided = self.decided(shard, intent, objects, &mut with_batch).await;
        // From here on it does not matter whether this process lives.
        beating.end().await;
        let outcome = match decided {
            Ok(outcome) => outcome,
            Err(error) => {
                // So that the next run need not find out that this one is gone.
                self.give_up(shard, intent).await;
                return Err(error);
            }
        };
        let is_ours = match &outcome {
            Decided::Ours(ours) => roll_forward(&self.lake, shard, intent.batch, ours).await?,
            Decided::Theirs(theirs) => {
                roll_forward(&self.lake, shard, intent.batch, theirs).await?;
                false
            }
        };
        if is_ours {
            *summary = with_batch;
            summary.batches += 1;
        }
        Ok(is_ours)
    }

    /// Reads and stages the batch and decides it; the outcome may be another process's that took the batch over.
    ///
    /// Once its outcome may be known to others, nobody takes staged files away but vacuum: another process may have
    /// committed them, and seen the batch to its end, before this one looks.
    async fn decided(
        &self,
        shard: &Shard,
        intent: &Intent,
        objects: Vec<Work>,
        summary: &mut LoadSummary,
    ) -> Result<Decided, LoadError> {
        let context = BatchContext {
            lake: &self.lake,
            shard: shard.name(),
            options: &self.options,
            progress: self.progress.as_ref(),
            stop: &self.stop,
        };
        let tables = match &self.options.target {
            Some(target) => copy::run(&context, target, intent.batch, objects, summary).await?,
            None => batch::run(&context, intent.batch, objects, summary).await?,
        };
        failpoint::hit("load.staged")?;
        let ours = Outcome::done(&intent.owner.run, tables);
        let decided = shard.decide(intent.batch, &ours).await?;
        failpoint::hit("load.decided")?;
        Ok(match decided {
            Put::Ours => Decided::Ours(ours),
            Put::Theirs(theirs) => Decided::Theirs(theirs),
        })
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

    /// Says that a batch will not be, as far as that can still be said.
    async fn give_up(&self, shard: &Shard, intent: &Intent) {
        let abandoned = Outcome::abandoned(&intent.owner.run);
        let given_up = match shard.decide(intent.batch, &abandoned).await {
            Ok(Put::Ours) => roll_forward(&self.lake, shard, intent.batch, &abandoned)
                .await
                .map(|_| ()),
            Ok(Put::Theirs(_)) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = given_up {
            tracing::warn!(%error, batch = intent.batch, "the batch could not be given up; the next load does it");
        }
    }
}

/// Whose outcome a batch has.
enum Decided {
    Ours(Outcome),
    Theirs(Outcome),
}
