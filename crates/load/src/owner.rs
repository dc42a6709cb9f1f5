//! Who does a batch, and whether that process is still alive.

use std::fs;
use std::time::{Duration, Instant};

use flowtrail_lake::LakeError;
use flowtrail_lake::intent::{Owner, Shard};
use uuid::Uuid;

/// How often an owner says that it is there.
pub const BEAT: Duration = Duration::from_secs(4);
/// An owner on another machine that was silent this long is taken for dead. Wrong guesses cost work, never rows.
const SILENCE: Duration = Duration::from_secs(30);

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

/// The machine's name and boot, so that a process id means something.
fn host() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    format!("{}/{}", gethostname::gethostname().to_string_lossy(), boot.trim())
}

/// When a process started, in clock ticks since boot; `None` when there is no such process or no /proc.
fn process_start(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The command name, in brackets, may hold anything; the 22nd field is the 20th after it.
    let after_name = stat.rsplit_once(") ")?.1;
    after_name.split(' ').nth(19).map(str::to_owned)
}

/// Watches one owner for signs of life.
pub struct Watch {
    last_beat: Option<String>,
    heard: Instant,
}

impl Watch {
    /// Starts watching now.
    pub fn new() -> Self {
        Self { last_beat: None, heard: Instant::now() }
    }

    /// True when the owner of `batch` is surely or very likely gone.
    pub async fn is_gone(&mut self, shard: &Shard, batch: i64, owner: &Owner) -> Result<bool, LakeError> {
        if owner.host == host() && fs::exists("/proc/self/stat").unwrap_or(false) {
            return Ok(process_start(owner.process).as_ref() != Some(&owner.process_start));
        }
        let beat = shard.last_beat(batch).await?;
        if beat != self.last_beat {
            self.last_beat = beat;
            self.heard = Instant::now();
        }
        Ok(self.heard.elapsed() > SILENCE)
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
}
