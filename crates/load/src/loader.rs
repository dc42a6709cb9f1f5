//! The story of a load.

use std::collections::VecDeque;
use std::sync::Arc;

use flowtrail_lake::definition::history_table;
use flowtrail_lake::history::loaded_objects;
use flowtrail_lake::intent::{Intent, IntentObject, Outcome, Put, Shard};
use flowtrail_lake::{Lake, LakeError, Snapshot, failpoint};
use flowtrail_source::Source;

use crate::batch::{self, BatchContext};
use crate::buffer::discard_files;
use crate::owner::{BEAT, this_process};
use crate::plan::{self, Work};
use crate::settle::{Settled, history, roll_forward, settle};
use crate::{LoadError, LoadOptions, LoadSummary, Progress, Stop};

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
        Self { lake, options: Arc::new(options), progress, stop }
    }

    /// What [`Self::run`] would load, without writing anything.
    pub async fn dry_run(&self, sources: &[Arc<Source>]) -> Result<LoadSummary, LoadError> {
        let mut summary = LoadSummary { dry_run: true, ..LoadSummary::default() };
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
        let mut todo: VecDeque<Work> = plan::list(sources, &self.options.filter, &mut summary).await?.into();
        failpoint::hit("load.listed")?;
        let owner = this_process();
        let shard = Shard::new(&self.lake, SHARD);
        let mut known_version = None;
        loop {
            let settled = settle(&self.lake, &shard, &owner.run, self.progress.as_ref(), &self.stop).await?;
            let Some(Settled { done, history: known }) = settled else { break };
            if known_version != Some(known.version()) {
                self.less_loaded(&mut todo, &known, &mut summary).await?;
                if known_version.is_none() {
                    self.progress.planned(todo.len() as u64, todo.iter().map(|work| work.object.size_bytes).sum());
                }
            }
            if todo.is_empty() || self.stop.is_asked() {
                break;
            }
            let intent = Intent::new(done + 1, owner.clone(), intent_objects(&todo));
            failpoint::hit("load.before_claim")?;
            if let Put::Theirs(_) = shard.claim(&intent).await? {
                known_version = Some(known.version());
                continue;
            }
            failpoint::hit("load.claimed")?;
            if history(&self.lake, &shard).await?.done > done {
                // The number was used and cleaned away between our look and our claim.
                shard.clean(done + 1).await?;
                known_version = Some(known.version());
                continue;
            }
            let objects: Vec<Work> = todo.drain(..intent.objects.len()).collect();
            let finished = self.batch(&shard, &intent, objects, &mut summary).await?;
            // What this run loaded is not in `todo`; only other runs' batches make the list shorter.
            known_version = Some(finished);
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
        if todo.is_empty() {
            return Ok(());
        }
        let prefixes = [common_prefix(todo)];
        let loaded = loaded_objects(&self.lake.table(history_table()), history, &prefixes).await?;
        plan::less_loaded(todo, &loaded, summary);
        Ok(())
    }

    /// Does a claimed batch, and gives the history's version that ends it.
    async fn batch(
        &self,
        shard: &Shard,
        intent: &Intent,
        objects: Vec<Work>,
        summary: &mut LoadSummary,
    ) -> Result<u64, LoadError> {
        let beating = tokio::spawn(beat(shard.clone(), intent.batch));
        let outcome = self.decided(shard, intent, objects, summary).await;
        // From here on whoever comes may finish the batch, so nobody need know that this process lives.
        beating.abort();
        let finished = match outcome {
            Ok(outcome) => roll_forward(&self.lake, shard, intent.batch, &outcome).await.map_err(LoadError::from),
            Err(error) => {
                // So that the next run need not find out that this one is gone.
                self.give_up(shard, intent).await;
                Err(error)
            }
        };
        finished?;
        summary.batches += 1;
        Ok(history(&self.lake, shard).await?.history.version())
    }

    /// Reads and stages the batch and decides it; the outcome may be another process's that took the batch over.
    async fn decided(
        &self,
        shard: &Shard,
        intent: &Intent,
        objects: Vec<Work>,
        summary: &mut LoadSummary,
    ) -> Result<Outcome, LoadError> {
        let context = BatchContext {
            lake: &self.lake,
            shard: shard.name(),
            options: &self.options,
            progress: self.progress.as_ref(),
            stop: &self.stop,
        };
        let mut with_batch = summary.clone();
        let tables = batch::run(&context, intent.batch, objects, &mut with_batch).await?;
        failpoint::hit("load.staged")?;
        let ours = Outcome::done(&intent.owner.run, tables);
        let decided = shard.decide(intent.batch, &ours).await?;
        failpoint::hit("load.decided")?;
        let is_void = history(&self.lake, shard).await?.done >= intent.batch;
        if decided == Put::Ours && !is_void {
            *summary = with_batch;
            return Ok(ours);
        }
        for table in &ours.tables {
            discard_files(&self.lake, &table.table, &table.files).await;
        }
        let why = "this process was so slow that another took its batch over; run the same command again";
        self.progress.note(why);
        match decided {
            Put::Theirs(theirs) => Ok(theirs),
            // Finished and cleaned away by the other: there is nothing to roll forward but what is done already.
            Put::Ours => Ok(Outcome::abandoned(&intent.owner.run)),
        }
    }

    /// Says that a batch will not be, as far as that can still be said.
    async fn give_up(&self, shard: &Shard, intent: &Intent) {
        let abandoned = Outcome::abandoned(&intent.owner.run);
        let given_up = match shard.decide(intent.batch, &abandoned).await {
            Ok(Put::Ours) => roll_forward(&self.lake, shard, intent.batch, &abandoned).await,
            Ok(Put::Theirs(_)) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = given_up {
            tracing::warn!(%error, batch = intent.batch, "the batch could not be given up; the next load does it");
        }
    }
}

/// The first objects of the list, as many as a batch takes.
fn intent_objects(todo: &VecDeque<Work>) -> Vec<IntentObject> {
    let mut bytes = 0;
    let fits = |work: &&Work| {
        let fits = bytes == 0 || bytes + work.object.size_bytes <= BATCH_BYTES;
        bytes += work.object.size_bytes.max(1);
        fits
    };
    todo.iter()
        .take(BATCH_OBJECTS)
        .take_while(fits)
        .map(|work| IntentObject {
            uri: work.object.uri.clone(),
            size_bytes: work.object.size_bytes,
            etag: work.object.etag.clone(),
        })
        .collect()
}

/// What all URIs begin with, so that the history need not be held for other places.
fn common_prefix(todo: &VecDeque<Work>) -> String {
    let mut uris = todo.iter().map(|work| work.object.uri.as_str());
    let first = uris.next().unwrap_or_default();
    let shared = uris.fold(first.len(), |shared, uri| {
        first.bytes().take(shared).zip(uri.bytes()).take_while(|(a, b)| a == b).count()
    });
    // A character cut in half is not a prefix any more.
    let shared = (0..=shared).rev().find(|end| first.is_char_boundary(*end)).unwrap_or(0);
    first[..shared].to_owned()
}

async fn beat(shard: Shard, batch: i64) {
    let mut ticks = tokio::time::interval(BEAT);
    for count in 0.. {
        ticks.tick().await;
        if let Err(error) = shard.beat(batch, count).await {
            tracing::debug!(%error, batch, "could not say that this process is alive");
        }
    }
}
