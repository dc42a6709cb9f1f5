//! What all feeds share.

use std::sync::Arc;
use std::time::Duration;

use flowtrail_source::{Object, SourceError};
use futures::StreamExt;
use futures::stream::BoxStream;

use crate::ending::Ending;
use crate::intake::Intake;
use crate::meter::Meter;
use crate::plan::PipePlan;
use crate::seen::Seen;

/// How often all of a pipe's place is listed where something else tells what is new: for what was told and lost, and for
/// objects that come late.
pub const RELIST: Duration = Duration::from_hours(1);
/// A listing is loaded in parts of so many objects, so that its length does not matter.
const OBJECTS_AT_ONCE: usize = 20_000;

/// A pipe that runs.
#[derive(Clone, Debug)]
pub struct RunningPipe {
    /// What it does.
    pub plan: Arc<PipePlan>,
    /// What it has done.
    pub meter: Arc<Meter>,
    /// What it loads with.
    pub intake: Intake,
    /// Says when to end.
    pub ending: Ending,
}

/// Why a round of a feed did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum RoundError {
    /// The place cannot be listed or read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// What was found cannot be loaded.
    #[error(transparent)]
    Load(#[from] flowtrail_load::LoadError),
}

impl RunningPipe {
    /// Loads what is new in a listing, of the objects that are `ready`. The others are new in the next listing too.
    ///
    /// What cannot be listed alone, as a file of another user in a folder, is told and left out.
    pub async fn take_in(
        &self,
        mut listing: BoxStream<'static, Result<Object, SourceError>>,
        seen: &mut Seen,
        mut ready: impl FnMut(&Object) -> bool,
    ) -> Result<(), RoundError> {
        let mut new = Vec::new();
        while let Some(listed) = listing.next().await {
            if self.ending.is_asked() {
                return Ok(());
            }
            let object = match listed {
                Ok(object) => object,
                Err(error @ SourceError::PermissionDenied { .. }) => {
                    self.meter.failing(&error);
                    tracing::warn!(pipe = self.plan.name, %error, "left out of the listing");
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let is_new = (self.plan.admits)(&object.uri) && !seen.has(&object);
            if is_new && ready(&object) {
                new.push(object);
            }
            if new.len() == OBJECTS_AT_ONCE {
                self.load(std::mem::take(&mut new), seen).await?;
            }
        }
        if !new.is_empty() {
            self.load(new, seen).await?;
        }
        Ok(())
    }

    async fn load(&self, objects: Vec<Object>, seen: &mut Seen) -> Result<(), RoundError> {
        let taken = self.intake.load(&self.plan, objects, &self.meter, &self.ending).await?;
        for object in &taken.done {
            seen.add(object);
        }
        Ok(())
    }
}
