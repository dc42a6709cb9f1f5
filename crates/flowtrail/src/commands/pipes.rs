//! Runs pipes until somebody ends it.

use std::time::{Duration, Instant};

use flowtrail_catalog::PipeStatus;
use flowtrail_lake::{Lake, LakeError};
use flowtrail_pipe::{Compactor, Ending, Planned, Supervisor};
use flowtrail_session::{SessionError, kept_tables};
use tokio::task::JoinHandle;

/// How often the definitions in the lake are looked at.
const FOLLOW: Duration = Duration::from_secs(2);
/// How often it is said again that they cannot be read.
const WARN: Duration = Duration::from_mins(1);
/// How often the lake is told how the pipes are.
const TELL: Duration = Duration::from_secs(5);
/// How often tables are looked at for small files.
const COMPACT: Duration = Duration::from_secs(20);

/// What runs pipes of a lake.
pub struct Runner {
    /// The lake.
    pub lake: Lake,
    /// How often places are listed that nothing else tells of.
    pub list_every: Duration,
    /// Whether the lake is told how the pipes are: those that are defined in it.
    pub are_defined: bool,
    /// Says when to end.
    pub ending: Ending,
}

impl Runner {
    /// Runs what `planned` gives, and tells `told` every moment how that is.
    pub async fn run(
        self,
        planned: impl AsyncFn() -> Result<Vec<Planned>, SessionError>,
        mut told: impl FnMut(Vec<PipeStatus>),
    ) {
        let mut supervisor = Supervisor::new(&self.lake, process_name(), self.list_every);
        if self.are_defined {
            supervisor.tidy().await;
        }
        let compacting = compact_now_and_then(self.lake.clone(), self.ending.clone());
        let mut tell_at = Instant::now();
        let mut warn_at = Instant::now();
        loop {
            match planned().await {
                Ok(planned) => supervisor.follow(planned),
                Err(error) if warn_at <= Instant::now() => {
                    tracing::warn!(%error, "the pipes that are defined cannot be read; those that run go on");
                    warn_at = Instant::now() + WARN;
                }
                Err(_) => {}
            }
            told(supervisor.statuses());
            if self.are_defined && tell_at <= Instant::now() {
                supervisor.tell().await;
                tell_at = Instant::now() + TELL;
            }
            if !self.ending.sleep(FOLLOW).await {
                break;
            }
        }
        told(supervisor.end(self.are_defined).await);
        // What is merged and not committed is merged again by whoever comes next.
        compacting.abort();
    }
}

fn compact_now_and_then(lake: Lake, ending: Ending) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut compactor = Compactor::default();
        while ending.sleep(COMPACT).await {
            if let Err(error) = compact(&lake, &mut compactor).await {
                tracing::warn!(%error, "small files stay for now");
            }
        }
    })
}

async fn compact(lake: &Lake, compactor: &mut Compactor) -> Result<(), SessionError> {
    for table in kept_tables(lake, &[]).await? {
        let name = table.definition().qualified_name();
        match compactor.compact(&table).await {
            Ok(done) if done.files_before > 0 => {
                tracing::info!(
                    table = name,
                    files = done.files_before,
                    into = done.files_after,
                    "compacted"
                );
            }
            Ok(_) | Err(LakeError::Overtaken { .. }) => {}
            Err(error) => tracing::warn!(table = name, %error, "small files stay for now"),
        }
    }
    Ok(())
}

/// What tells this process from others.
fn process_name() -> String {
    let host = gethostname::gethostname();
    format!("{}-{}", host.to_string_lossy(), std::process::id())
}
