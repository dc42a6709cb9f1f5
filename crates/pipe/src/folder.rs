//! A folder that is watched.

use std::path::Path;

use flowtrail_source::Watch;

use crate::backoff::Backoff;
use crate::feed::{RoundError, RunningPipe};
use crate::seen::Seen;

/// Loads what comes into the folder until the pipe is to end.
pub async fn run(pipe: RunningPipe, folder: &Path) {
    let mut backoff = Backoff::default();
    while !pipe.ending.is_asked() {
        let Err(error) = watch(&pipe, folder, &mut backoff).await else {
            return;
        };
        tracing::warn!(pipe = pipe.plan.name, %error, "the folder cannot be loaded from, and is tried again");
        pipe.meter.failing(&error);
        pipe.ending.sleep(backoff.failed()).await;
    }
}

async fn watch(pipe: &RunningPipe, folder: &Path, backoff: &mut Backoff) -> Result<(), RoundError> {
    let mut watch = Watch::open(folder).await?;
    let mut seen = Seen::default();
    loop {
        let listing = pipe.plan.source.list();
        pipe.take_in(listing, &mut seen, |object| watch.is_settled(object))
            .await?;
        backoff.worked();
        pipe.meter.works();
        tokio::select! {
            () = watch.changed() => {}
            () = pipe.ending.asked() => return Ok(()),
        }
    }
}
