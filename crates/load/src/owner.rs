//! Who does a batch, and whether that process is still alive.

use std::collections::HashSet;
use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use flowtrail_lake::LakeError;
use flowtrail_lake::intent::{Owner, Shard};
use parking_lot::Mutex;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// How often an owner says that it is there.
const BEAT: Duration = Duration::from_secs(4);
/// An owner that was silent this long is taken for dead. Wrong guesses cost work, never rows.
const SILENCE: Duration = Duration::from_secs(30);

/// The runs of this process that are at work on a batch.
static WORKING: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

/// This process as an owner.
pub fn this_process() -> Owner {
    let process = std::process::id();
    Owner {
        host: host(),
        process,
        process_start: process_start(process).unwrap_or_default(),
        run: Uuid::new_v4().to_string(),
    }
}

/// The machine's name, its boot and the space of process numbers, so that a process id means something: containers of
/// one machine may share its name.
fn host() -> String {
    #[cfg(feature = "failpoints")]
    if let Ok(host) = std::env::var("FLOWTRAIL_TEST_HOST") {
        return host;
    }
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let processes = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    format!(
        "{}/{}/{}",
        gethostname::gethostname().to_string_lossy(),
        boot.trim(),
        processes.display()
    )
}

fn silence() -> Duration {
    #[cfg(feature = "failpoints")]
    if let Some(ms) = std::env::var("FLOWTRAIL_TEST_SILENCE_MS")
        .ok()
        .and_then(|ms| ms.parse().ok())
    {
        return Duration::from_millis(ms);
    }
    SILENCE
}

/// When a process started, in clock ticks since boot; `None` when there is no such process or no /proc.
fn process_start(process: u32) -> Option<String> {
    start_in(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// The start in a line of `/proc/<pid>/stat`; `None` for a process that is dead and only waits for its parent to
/// notice, which in a container may be never.
fn start_in(stat: &str) -> Option<String> {
    // The command name, in brackets, may hold anything; the state comes after it, and 19 fields later the start.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?;
    let started = fields.nth(18)?;
    (!matches!(state, "Z" | "X" | "x")).then(|| started.to_owned())
}

/// Says within this process that a run is at work, as long as it lives. A process that goes on, as a server does, may
/// leave a batch behind that failed and could not be given up: that it lives says nothing about the batch then.
#[derive(Debug)]
pub struct Working(String);

impl Working {
    /// Begins to say so of `run`.
    pub fn start(run: &str) -> Self {
        WORKING.lock().insert(run.to_owned());
        Self(run.to_owned())
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        WORKING.lock().remove(&self.0);
    }
}

/// Says that this process is alive while it does a batch.
#[derive(Debug)]
pub struct Beating {
    end: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Beating {
    /// Begins to say so of `batch`; ends when dropped.
    pub fn start(shard: Shard, batch: i64) -> Self {
        let (end, ended) = oneshot::channel();
        Self {
            end,
            task: tokio::spawn(beat(shard, batch, ended)),
        }
    }

    /// Ends it: after this nothing more is written, unless the storage hangs.
    pub async fn end(self) {
        drop(self.end);
        let _ = tokio::time::timeout(BEAT, self.task).await;
    }
}

async fn beat(shard: Shard, batch: i64, mut ended: oneshot::Receiver<()>) {
    let mut ticks = tokio::time::interval(BEAT);
    for count in 0.. {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = &mut ended => return,
        }
        if let Err(error) = shard.beat(batch, count).await {
            tracing::debug!(%error, batch, "could not say that this process is alive");
        }
    }
}

/// Watches one owner for signs of life.
pub struct Watch {
    last_beat: Option<String>,
    heard: Instant,
}

impl Watch {
    /// Starts watching now.
    pub fn new() -> Self {
        Self {
            last_beat: None,
            heard: Instant::now(),
        }
    }

    /// True when the owner of `batch` is surely or very likely gone.
    pub async fn is_gone(&mut self, shard: &Shard, batch: i64, owner: &Owner) -> Result<bool, LakeError> {
        if owner.host == host() && fs::exists("/proc/self/stat").unwrap_or(false) {
            let is_dead = process_start(owner.process).as_ref() != Some(&owner.process_start);
            let is_ours = owner.process == std::process::id();
            if is_dead || is_ours && !WORKING.lock().contains(&owner.run) {
                return Ok(true);
            }
        }
        let beat = shard.last_beat(batch).await?;
        if beat != self.last_beat {
            self.last_beat = beat;
            self.heard = Instant::now();
        }
        Ok(self.heard.elapsed() > silence())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_told_from_another_with_its_number() {
        let me = this_process();
        assert_eq!(process_start(me.process), Some(me.process_start));
        assert!(me.host.contains('/'));
        assert_eq!(process_start(u32::MAX), None);
    }

    #[tokio::test]
    async fn a_batch_that_this_process_left_behind_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let lake = flowtrail_lake::Lake::open_folder(folder.path().join("lake")).unwrap();
        let shard = Shard::new(&lake, "0");
        let owner = this_process();
        let is_gone = async || Watch::new().is_gone(&shard, 1, &owner).await.unwrap();
        let working = Working::start(&owner.run);
        assert!(!is_gone().await);
        drop(working);
        assert!(is_gone().await);
    }

    #[test]
    fn a_dead_process_that_nobody_waited_for_is_gone() {
        let stat = |state| format!("7 (a) b) {state} 1 7 7 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 8123 0 0");
        assert_eq!(start_in(&stat("S")).as_deref(), Some("8123"));
        assert_eq!(start_in(&stat("Z")), None);
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let began = Instant::now();
        while process_start(child.id()).is_some() {
            assert!(began.elapsed() < Duration::from_secs(10), "still taken for alive");
            std::thread::sleep(Duration::from_millis(5));
        }
        child.wait().unwrap();
    }
}
