//! What a pipe has done and how it is.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use flowtrail_load::LoadSummary;
use flowtrail_source::QueueDepth;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::lag::{LagFigures, Lags};

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

/// The figures of one pipe, while it runs.
#[derive(Debug, Default)]
pub struct Meter(Mutex<Metered>);

#[derive(Debug, Default)]
struct Metered {
    figures: PipeFigures,
    lags: Lags,
}

impl Meter {
    /// The figures by now.
    pub fn figures(&self) -> PipeFigures {
        let metered = self.0.lock();
        let (lag_count, lag_sum_s) = metered.lags.total();
        PipeFigures {
            lag: metered.lags.figures(),
            lag_count,
            lag_sum_s,
            ..metered.figures.clone()
        }
    }

    /// Objects were loaded, which landed at the times in `landed`, by URI.
    pub fn loaded(&self, summary: &LoadSummary, landed: &HashMap<String, DateTime<Utc>>, now: DateTime<Utc>) {
        let mut metered = self.0.lock();
        let Metered { figures, lags } = &mut *metered;
        figures.state = PipeState::Running;
        figures.objects += summary.loaded;
        figures.failed_objects += summary.failed;
        figures.rows += summary.rows();
        figures.rejected += summary.rejected();
        figures.bytes += summary.bytes;
        figures.batches += summary.batches;
        if summary.loaded > 0 {
            figures.loaded_at = Some(now);
        }
        for copied in summary.copied.iter().filter(|copied| copied.status.starts_with("loaded")) {
            if let Some(landed) = landed.get(&copied.uri) {
                lags.add((now - *landed).as_seconds_f64());
            }
        }
        if let Some(problem) = summary.problems.last() {
            figures.error = Some(format!("{}: {}", problem.uri, problem.what));
            figures.error_at = Some(now);
        }
    }

    /// Something failed and is tried again.
    pub fn failing(&self, error: &dyn std::fmt::Display) {
        let mut metered = self.0.lock();
        metered.figures.state = PipeState::Failing;
        metered.figures.error = Some(error.to_string());
        metered.figures.error_at = Some(Utc::now());
    }

    /// It works.
    pub fn works(&self) {
        self.state(PipeState::Running);
    }

    /// It is so from now on.
    pub fn state(&self, state: PipeState) {
        self.0.lock().figures.state = state;
    }

    /// An object that an event told of was not there.
    pub fn gone(&self, uri: &str) {
        let mut metered = self.0.lock();
        metered.figures.gone += 1;
        metered.figures.error = Some(format!("{uri}: an event told of it, and it is not there"));
        metered.figures.error_at = Some(Utc::now());
    }

    /// A message was no event of S3.
    pub fn bad_message(&self, id: &str, why: &dyn std::fmt::Display) {
        let mut metered = self.0.lock();
        metered.figures.bad_messages += 1;
        metered.figures.error = Some(format!("message {id}: {why}"));
        metered.figures.error_at = Some(Utc::now());
    }

    /// So many messages are in the queue.
    pub fn depth(&self, depth: QueueDepth) {
        let mut metered = self.0.lock();
        metered.figures.queue_visible = Some(depth.visible + depth.delayed);
        metered.figures.queue_in_flight = Some(depth.in_flight);
    }
}
