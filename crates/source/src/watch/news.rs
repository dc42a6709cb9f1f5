//! What the operating system tells of a folder, as it comes in on a thread of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use url::Url;

use super::settling::{Settling, Told};
use crate::listing::is_hidden;

/// Whether the system tells when a file is closed after writing. Where it does not, that a file is written says
/// nothing about when that ends.
const TELLS_OF_CLOSING: bool = cfg!(target_os = "linux");

/// What is shared with the thread that hears from the system.
#[derive(Debug)]
pub(super) struct News {
    root: PathBuf,
    pub(super) settling: Mutex<Settling>,
    /// Why not all of the folder is watched any more.
    trouble: Mutex<Option<String>>,
    arrived: Notify,
}

impl News {
    pub(super) fn new(root: &Path, settling: Settling) -> Self {
        Self {
            root: root.to_owned(),
            settling: Mutex::new(settling),
            trouble: Mutex::new(None),
            arrived: Notify::new(),
        }
    }

    /// Has the system tell of all that happens beneath the root. Looks at each folder there is.
    pub(super) fn subscribe(self: &Arc<Self>) -> notify::Result<RecommendedWatcher> {
        let news = self.clone();
        let mut watcher = notify::recommended_watcher(move |told| news.hear(told))?;
        watcher.watch(&self.root, RecursiveMode::Recursive)?;
        Ok(watcher)
    }

    /// Waits for the first news since the last call. May be dropped: they are there still.
    pub(super) async fn arrived(&self) {
        self.arrived.notified().await;
    }

    /// Waits until no news came for so long, at most `longest` in all.
    pub(super) async fn calm(&self, quiet: Duration, longest: Duration) {
        let start = Instant::now();
        while start.elapsed() < longest && timeout(quiet, self.arrived.notified()).await.is_ok() {}
    }

    pub(super) fn take_trouble(&self) -> Option<String> {
        self.trouble.lock().take()
    }

    pub(super) fn hear(&self, told: notify::Result<Event>) {
        match told {
            Ok(event) if event.need_rescan() => {
                tracing::debug!(folder = %self.root.display(), "the system lost count of what happens; all is listed");
                self.settling.lock().forget_told();
                self.arrived.notify_one();
            }
            Ok(event) => self.hear_event(&event),
            Err(error) => self.lose_sight(error.to_string()),
        }
    }

    fn hear_event(&self, event: &Event) {
        let is_worth_a_look = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write))
            | EventKind::Modify(ModifyKind::Name(RenameMode::To)) => {
                self.tell(event, Told::Finished);
                true
            }
            EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => {
                self.rename(event);
                false
            }
            EventKind::Modify(ModifyKind::Data(_)) if TELLS_OF_CLOSING => {
                self.tell(event, Told::Written);
                false
            }
            EventKind::Remove(_) => {
                self.tell(event, Told::Removed);
                self.look_for_root(event);
                false
            }
            EventKind::Modify(ModifyKind::Name(RenameMode::From)) => {
                self.look_for_root(event);
                false
            }
            // A folder, which may have files by now; or a second link to a file, which nobody opens and closes.
            EventKind::Create(_) => true,
            EventKind::Modify(_) => !TELLS_OF_CLOSING,
            _ => false,
        };
        if is_worth_a_look && event.paths.iter().any(|path| self.is_listed(path)) {
            self.arrived.notify_one();
        }
    }

    fn tell(&self, event: &Event, told: Told) {
        for uri in event.paths.iter().filter_map(|path| uri(path)) {
            self.settling.lock().tell(uri, told);
        }
    }

    fn rename(&self, event: &Event) {
        if let [from, to] = &event.paths[..]
            && let (Some(from), Some(to)) = (uri(from), uri(to))
        {
            self.settling.lock().rename(&from, to);
        }
    }

    fn look_for_root(&self, event: &Event) {
        if event.paths.contains(&self.root) {
            self.lose_sight("the folder was moved or removed".to_owned());
        }
    }

    fn lose_sight(&self, reason: String) {
        self.settling.lock().forget_told();
        *self.trouble.lock() = Some(reason);
        self.arrived.notify_one();
    }

    /// Whether a listing has such a name.
    fn is_listed(&self, path: &Path) -> bool {
        let inside = path.strip_prefix(&self.root).unwrap_or(path);
        !inside.iter().any(|name| is_hidden(name.as_encoded_bytes()))
    }
}

/// The URI of the object that the file is in a listing.
fn uri(path: &Path) -> Option<String> {
    Url::from_file_path(path).ok().map(String::from)
}
