//! A folder watched: when to list it again, and which of its files nobody writes any more.
//!
//! A file that is still being written is to be left alone. Here a file is **settled**, and may be read, when one of
//! these is seen:
//!
//! - the system told that it was closed after writing, or moved in whole, and has told of no writing since;
//! - it was listed with the same inode, time and size for [`SETTLE_S`] seconds by this machine's clock, and no writing
//!   of it is known that has not ended in a close;
//! - it was last written over [`OLD_S`] seconds ago, so that the first listing of an old folder needs no wait.
//!
//! Clocks of other machines do not matter but for the last rule, and a file that is held open for writing, with
//! pauses, stays unsettled up to that. On network file systems the system tells nothing of what others write; there
//! the second rule holds alone, and a writer that pauses longer must write under a name with `.` or `_` before it,
//! which the listing leaves out, and rename the file when it is whole. What changes all the same while it is read is
//! seen by [`Source::unchanged`](crate::Source::unchanged).
//!
//! News can be lost: the system keeps so many, and watches so many folders. Then all is listed, and what had been told
//! is forgotten; a folder that cannot be watched is listed every few seconds, and watched again when that can be. All
//! is listed every minute anyhow.

mod news;
mod settling;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::RecommendedWatcher;
use tokio::time::{Instant, sleep_until};

use crate::error::SourceError;
use crate::object::Object;
use crate::source::path_not_found;
use news::News;
use settling::Settling;

/// How long a file must be the same to be settled, where the system does not tell that it was closed.
pub const SETTLE_S: u64 = 10;
/// A file last written so long ago is settled, whatever else is known.
pub const OLD_S: u64 = 600;

/// How long things take.
#[derive(Clone, Copy, Debug)]
struct Pace {
    settle: Duration,
    /// A burst of news is over when none came for so long.
    quiet: Duration,
    /// A burst is cut after so long, so that a folder that is never quiet is listed too.
    longest_burst: Duration,
    /// Between listings of a folder that is not watched.
    poll: Duration,
    /// Between listings of one that is, and between attempts to watch one.
    list: Duration,
}

const PACE: Pace = Pace {
    settle: Duration::from_secs(SETTLE_S),
    quiet: Duration::from_millis(200),
    longest_burst: Duration::from_secs(5),
    poll: Duration::from_secs(10),
    list: Duration::from_mins(1),
};

/// A folder watched, recursively.
///
/// To be used in rounds: list all of it, ask [`is_settled`](Watch::is_settled) for each file that is not loaded yet,
/// load those that are, await [`changed`](Watch::changed).
///
/// ```no_run
/// # async fn rounds() -> Result<(), flowtrail_source::SourceError> {
/// use flowtrail_source::{AwsSettings, Place, Source, Watch};
/// use futures::StreamExt;
///
/// let folder = std::path::Path::new("/var/log/flows");
/// let mut watch = Watch::open(folder).await?;
/// let source = Source::open(&Place::Path(folder.into()), &AwsSettings::default()).await?;
/// loop {
///     let mut objects = source.list();
///     while let Some(object) = objects.next().await {
///         let object = object?;
///         if watch.is_settled(&object) { /* load it, once */ }
///     }
///     watch.changed().await;
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    pace: Pace,
    news: Arc<News>,
    sight: Sight,
    /// Whether news arrived for which `changed` has not returned yet.
    has_news: bool,
    list_at: Instant,
}

#[derive(Debug)]
enum Sight {
    Watching {
        /// Tells as long as it lives.
        _watcher: RecommendedWatcher,
    },
    Polling {
        try_at: Instant,
    },
}

impl Watch {
    /// Starts to watch a folder. List it afterwards: what was there before is no change.
    ///
    /// When the system refuses to watch it (a limit of watches), that is said in the program's log, and the folder is
    /// to be listed every few seconds: [`changed`](Watch::changed) then returns so often.
    ///
    /// # Errors
    ///
    /// [`SourceError::NotFound`], [`SourceError::InvalidPlace`] for what is no folder,
    /// [`SourceError::PermissionDenied`].
    pub async fn open(path: &Path) -> Result<Self, SourceError> {
        Self::open_at(path, PACE).await
    }

    async fn open_at(path: &Path, pace: Pace) -> Result<Self, SourceError> {
        let root = real_folder(path).await?;
        let settling = Settling::new(pace.settle, Duration::from_secs(OLD_S));
        let mut watch = Self {
            news: Arc::new(News::new(&root, settling)),
            root,
            pace,
            sight: Sight::Polling { try_at: Instant::now() },
            has_news: false,
            list_at: Instant::now(),
        };
        if let Err(reason) = watch.try_to_watch().await {
            watch.poll_from_now(&reason);
        }
        watch.list_at = watch.next_listing();
        Ok(watch)
    }

    /// Waits until it is worth listing the folder again.
    ///
    /// That is when something in it was created, closed after writing or moved in, and a burst of that has calmed
    /// down; when the system lost count of its news; when a file that was not settled may be by now; and every minute
    /// anyhow. A call may be dropped: no news is lost.
    pub async fn changed(&mut self) {
        if !self.has_news {
            let due = self.news.settling.lock().due();
            let until = due.map_or(self.list_at, |due| due.min(self.list_at));
            tokio::select! {
                () = self.news.arrived() => self.has_news = true,
                () = sleep_until(until) => {}
            }
        }
        if self.has_news {
            self.news.calm(self.pace.quiet, self.pace.longest_burst).await;
        }
        self.look_after_sight().await;
        self.has_news = false;
        self.list_at = self.next_listing();
        self.news.settling.lock().next_round();
    }

    /// Whether nobody writes this file any more, as far as can be known.
    pub fn is_settled(&mut self, object: &Object) -> bool {
        self.news.settling.lock().is_settled(object)
    }

    /// Goes from watching to polling when something is wrong, and back when that has passed.
    async fn look_after_sight(&mut self) {
        if let Some(reason) = self.news.take_trouble() {
            self.poll_from_now(&reason);
            return;
        }
        let Sight::Polling { try_at } = self.sight else {
            return;
        };
        if Instant::now() < try_at {
            return;
        }
        match self.try_to_watch().await {
            Ok(()) => tracing::info!(folder = %self.root.display(), "is watched again"),
            Err(reason) => {
                tracing::debug!(folder = %self.root.display(), reason, "still cannot be watched");
                self.sight = Sight::Polling {
                    try_at: Instant::now() + self.pace.list,
                };
            }
        }
    }

    async fn try_to_watch(&mut self) -> Result<(), String> {
        let news = self.news.clone();
        let watcher = tokio::task::spawn_blocking(move || news.subscribe())
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?;
        self.sight = Sight::Watching { _watcher: watcher };
        Ok(())
    }

    fn poll_from_now(&mut self, reason: &str) {
        tracing::warn!(
            folder = %self.root.display(),
            reason,
            "cannot be watched; it is listed every {} s instead (`sysctl fs.inotify` says the system's limits)",
            self.pace.poll.as_secs()
        );
        self.sight = Sight::Polling {
            try_at: Instant::now() + self.pace.list,
        };
    }

    fn next_listing(&self) -> Instant {
        Instant::now()
            + match self.sight {
                Sight::Watching { .. } => self.pace.list,
                Sight::Polling { .. } => self.pace.poll,
            }
    }
}

/// The folder without links, as its files are named in a listing.
async fn real_folder(path: &Path) -> Result<PathBuf, SourceError> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => path_not_found(path),
        io::ErrorKind::NotADirectory => SourceError::InvalidPlace {
            place: path.display().to_string(),
            reason: "expected a folder, to watch it".to_owned(),
        },
        _ => SourceError::from_io(path, "list", error),
    };
    let real = tokio::fs::canonicalize(path).await.map_err(failed)?;
    drop(tokio::fs::read_dir(&real).await.map_err(failed)?);
    Ok(real)
}
