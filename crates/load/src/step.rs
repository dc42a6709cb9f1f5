//! One batch of a shard, from the claim of its number to its end.

use flowtrail_lake::intent::{Intent, IntentObject, Outcome, Owner, Put, Shard, TableOutcome};
use flowtrail_lake::{Lake, LakeError, failpoint};
use tracing::field::{Empty, display};
use tracing::{Instrument, info_span};

use crate::owner::{Beating, Working, this_process};
use crate::settle::{history, roll_forward, settle};
use crate::{Progress, Stop};

/// A batch that this process does. While it lives, no other process does one of the same shard.
#[derive(Debug)]
pub struct Step {
    lake: Lake,
    shard: Shard,
    batch: i64,
    run: String,
    beating: Beating,
    _working: Working,
}

impl Step {
    /// Waits until no batch of the shard `name` is under way, and claims the next one for work that reads no objects.
    /// `None` when a stop was asked while waiting.
    ///
    /// # Errors
    /// The lake's.
    pub async fn begin(
        lake: &Lake,
        name: &str,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<Option<Self>, LakeError> {
        let (shard, owner) = (Shard::new(lake, name), this_process());
        loop {
            let Some(settled) = settle(lake, &shard, &owner.run, progress, stop).await? else {
                return Ok(None);
            };
            shard.clean(settled.done).await?;
            if let Some(step) = Self::claim(lake, &shard, settled.done + 1, &owner, Vec::new()).await? {
                return Ok(Some(step));
            }
        }
    }

    /// Waits until no batch of the shard `name` is under way, having finished or given up what a dead process left.
    /// False when a stop was asked while waiting.
    ///
    /// # Errors
    /// The lake's.
    pub async fn settle(lake: &Lake, name: &str, progress: &dyn Progress, stop: &Stop) -> Result<bool, LakeError> {
        let (shard, owner) = (Shard::new(lake, name), this_process());
        Ok(settle(lake, &shard, &owner.run, progress, stop).await?.is_some())
    }

    /// Claims batch `batch`, the one behind the last that the history has. `None` where another process had it.
    pub(crate) async fn claim(
        lake: &Lake,
        shard: &Shard,
        batch: i64,
        owner: &Owner,
        objects: Vec<IntentObject>,
    ) -> Result<Option<Self>, LakeError> {
        let intent = Intent::new(batch, owner.clone(), objects);
        let working = Working::start(&owner.run);
        failpoint::hit("load.before_claim")?;
        if let Put::Theirs(_) = shard.claim(&intent).await? {
            return Ok(None);
        }
        failpoint::hit("load.claimed")?;
        if history(lake, shard).await?.done >= batch {
            // The number was used and cleaned away between our look and our claim.
            shard.clean(batch).await?;
            return Ok(None);
        }
        Ok(Some(Self {
            lake: lake.clone(),
            shard: shard.clone(),
            batch,
            run: owner.run.clone(),
            beating: Beating::start(shard.clone(), batch),
            _working: working,
        }))
    }

    /// The batch's number, from 1; no other batch of the shard has it.
    pub fn batch(&self) -> i64 {
        self.batch
    }

    /// Decides that the batch adds `tables`, and brings it to its end. False when another process gave it up meanwhile:
    /// then nothing of it is in any table.
    ///
    /// Once the outcome may be known to others, nobody takes staged files away but vacuum: another process may have
    /// committed them, and seen the batch to its end, before this one looks.
    ///
    /// # Errors
    /// The lake's. Where the outcome was decided, whoever comes next finishes the batch.
    pub async fn finish(self, tables: Vec<TableOutcome>) -> Result<bool, LakeError> {
        let span = info_span!(
            "load.commit",
            flowtrail.shard = self.shard.name(),
            flowtrail.batch = self.batch,
            flowtrail.tables = tables.len() as i64,
            otel.status_description = Empty,
        );
        let committed = self.commit(tables).instrument(span.clone()).await;
        if let Err(error) = &committed {
            span.record("otel.status_description", display(error));
        }
        committed
    }

    async fn commit(self, tables: Vec<TableOutcome>) -> Result<bool, LakeError> {
        let ours = Outcome::done(&self.run, tables);
        let decided = match self.decide(&ours).await {
            Ok(decided) => decided,
            Err(error) => {
                self.give_up().await;
                return Err(error);
            }
        };
        // From here on it does not matter whether this process lives.
        self.beating.end().await;
        match decided {
            Put::Ours => roll_forward(&self.lake, &self.shard, self.batch, &ours).await,
            Put::Theirs(theirs) => {
                roll_forward(&self.lake, &self.shard, self.batch, &theirs).await?;
                Ok(false)
            }
        }
    }

    async fn decide(&self, ours: &Outcome) -> Result<Put<Outcome>, LakeError> {
        failpoint::hit("load.staged")?;
        let decided = self.shard.decide(self.batch, ours).await?;
        failpoint::hit("load.decided")?;
        Ok(decided)
    }

    /// Says that the batch will not be, as far as that can still be said, so that the next run need not find out.
    pub async fn give_up(self) {
        self.beating.end().await;
        let abandoned = Outcome::abandoned(&self.run);
        let given_up = match self.shard.decide(self.batch, &abandoned).await {
            Ok(Put::Ours) => roll_forward(&self.lake, &self.shard, self.batch, &abandoned)
                .await
                .map(|_| ()),
            Ok(Put::Theirs(_)) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = given_up {
            tracing::warn!(%error, batch = self.batch, "the batch could not be given up; the next load does it");
        }
    }
}
