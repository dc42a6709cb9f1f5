//! How the pipes of a lake are, said in the lake by the processes that run them: `pipes/<pipe>/<process>.json`.
//!
//! So whoever asks a lake sees all its pipes, on whatever machine they run. What a process says is overwritten by itself
//! only, and counts as long as it is fresh.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use flowtrail_lake::Lake;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload, Result};
use serde::{Deserialize, Serialize};

const FOLDER: &str = "pipes";
/// Who said nothing for so long does not run the pipe any more.
const FRESH: Duration = Duration::from_mins(2);
/// What was said longer ago is nobody's business.
const FORGOTTEN: Duration = Duration::from_hours(24);
/// Statuses read at once.
const AT_ONCE: usize = 16;

/// How a pipe is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PipeState {
    /// It loads what comes.
    #[default]
    Running,
    /// Somebody paused it.
    Paused,
    /// What it did last failed; it is tried again.
    Failing,
    /// Its process has ended.
    Stopped,
}

impl PipeState {
    /// As it is shown: `running`, `paused`, `failing`, `stopped`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Failing => "failing",
            Self::Stopped => "stopped",
        }
    }
}

/// What a pipe has done since its process began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PipeFigures {
    /// How it is.
    pub state: PipeState,
    /// Objects loaded.
    pub objects: u64,
    /// Objects nothing could be loaded from.
    pub failed_objects: u64,
    /// Rows in tables.
    pub rows: u64,
    /// Records in quarantine.
    pub rejected: u64,
    /// Bytes of the objects, as they are stored.
    pub bytes: u64,
    /// Batches committed.
    pub batches: u64,
    /// Rows a second, of the last minute.
    pub rows_per_s: f64,
    /// Bytes of objects a second, of the last minute.
    pub bytes_per_s: f64,
    /// Objects that events told of and that were not there.
    pub gone: u64,
    /// Messages that were no events of S3.
    pub bad_messages: u64,
    /// How long objects took from landing to their commit.
    pub lag: Option<LagFigures>,
    /// Objects that have such a time.
    pub lag_count: u64,
    /// The sum of these times.
    pub lag_sum_s: f64,
    /// When rows were committed last.
    pub loaded_at: Option<DateTime<Utc>>,
    /// How many messages the queue holds.
    pub queue_visible: Option<u64>,
    /// How many of them somebody is at work on.
    pub queue_in_flight: Option<u64>,
    /// What went wrong last.
    pub error: Option<String>,
    /// When that was.
    pub error_at: Option<DateTime<Utc>>,
}

/// The time from an object's landing to its commit, of the newest objects, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LagFigures {
    /// Half of the objects took no longer.
    pub p50_s: f64,
    /// 99 of 100 took no longer.
    pub p99_s: f64,
    /// The one that took longest.
    pub max_s: f64,
}

/// How a pipe is, as one process says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PipeStatus {
    /// The pipe.
    pub pipe: String,
    /// The machine's name and the process's number.
    pub process: String,
    /// Where its news come from: `queue`, `listing`, `folder`.
    pub feed: String,
    /// The queue, where it is one.
    pub queue: Option<String>,
    /// Since when the process runs it.
    pub since: DateTime<Utc>,
    /// When it said this.
    pub at: DateTime<Utc>,
    /// What it has done.
    pub figures: PipeFigures,
}

impl PipeStatus {
    fn path(&self) -> Path {
        Path::from_iter([FOLDER, &self.pipe, &format!("{}.json", self.process)])
    }

    fn age(&self) -> Duration {
        (Utc::now() - self.at).to_std().unwrap_or_default()
    }

    /// Says it.
    ///
    /// # Errors
    /// When the lake cannot be written.
    pub async fn put(&self, lake: &Lake) -> Result<()> {
        let text = serde_json::to_vec(self).map_err(|error| Error::Generic {
            store: "pipes",
            source: Box::new(error),
        })?;
        lake.store().put(&self.path(), PutPayload::from(text)).await?;
        Ok(())
    }
}

/// What all processes say of the pipes of a lake. Of one that is silent, its pipe is stopped.
///
/// # Errors
/// When the lake cannot be read. A status that cannot be understood, as of a later version, is left out.
pub async fn pipe_statuses(lake: &Lake) -> Result<Vec<PipeStatus>> {
    let store = Arc::clone(lake.store());
    let listed: Vec<Path> = store
        .list(Some(&Path::from(FOLDER)))
        .map_ok(|object| object.location)
        .try_collect()
        .await?;
    let read = stream::iter(listed).map(|path| read(Arc::clone(&store), path)).buffered(AT_ONCE);
    let statuses: Vec<Option<PipeStatus>> = read.try_collect().await?;
    let mut statuses: Vec<PipeStatus> = statuses.into_iter().flatten().collect();
    for status in &mut statuses {
        if status.age() > FRESH {
            status.figures.state = PipeState::Stopped;
        }
    }
    statuses.sort_by(|one, other| (&one.pipe, &one.process).cmp(&(&other.pipe, &other.process)));
    Ok(statuses)
}

async fn read(store: Arc<dyn ObjectStore>, path: Path) -> Result<Option<PipeStatus>> {
    let bytes = match store.get(&path).await {
        Ok(got) => got.bytes().await?,
        // It was taken away meanwhile.
        Err(Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error),
    };
    let status = serde_json::from_slice(&bytes);
    if let Err(error) = &status {
        tracing::debug!(%path, %error, "a pipe's status cannot be understood");
    }
    Ok(status.ok())
}

/// Takes away what processes said that are long gone.
///
/// # Errors
/// When the lake cannot be read or written.
pub async fn forget_old_statuses(lake: &Lake) -> Result<()> {
    for status in pipe_statuses(lake).await? {
        if status.age() > FORGOTTEN {
            lake.store().delete(&status.path()).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_processes_say_is_read_and_the_silent_are_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::open_folder(folder.path().join("lake")).unwrap();
        let said = |process: &str, ago: Duration| PipeStatus {
            pipe: "flowtrail.public.flows".into(),
            process: process.into(),
            feed: "queue".into(),
            queue: Some("q".into()),
            since: Utc::now(),
            at: Utc::now() - ago,
            figures: PipeFigures::default(),
        };
        for (process, ago) in [("a-1", 0), ("b-2", 300), ("c-3", 90_000)] {
            said(process, Duration::from_secs(ago)).put(&lake).await.unwrap();
        }
        let bad = Path::from("pipes/flowtrail.public.flows/later.json");
        lake.store().put(&bad, PutPayload::from_static(b"{\"x\":1}")).await.unwrap();
        let states = async || {
            let statuses = pipe_statuses(&lake).await.unwrap();
            statuses
                .iter()
                .map(|status| (status.process.clone(), status.figures.state))
                .collect::<Vec<_>>()
        };
        let (running, stopped) = (PipeState::Running, PipeState::Stopped);
        assert_eq!(
            states().await,
            [("a-1".into(), running), ("b-2".into(), stopped), ("c-3".into(), stopped)]
        );
        forget_old_statuses(&lake).await.unwrap();
        assert_eq!(states().await, [("a-1".into(), running), ("b-2".into(), stopped)]);
    }
}
