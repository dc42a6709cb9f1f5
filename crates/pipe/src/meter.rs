//! What a pipe has done and how it is.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use flowtrail_catalog::{PipeFigures, PipeState};
use flowtrail_load::LoadSummary;
use flowtrail_source::QueueDepth;
use parking_lot::Mutex;

use crate::lag::Lags;

/// Rates are those of so long.
const RATE_S: i64 = 60;

/// The figures of one pipe, while it runs.
#[derive(Debug, Default)]
pub struct Meter(Mutex<Metered>);

#[derive(Debug, Default)]
struct Metered {
    figures: PipeFigures,
    lags: Lags,
    /// When rows and bytes were loaded of late.
    recent: VecDeque<(DateTime<Utc>, u64, u64)>,
}

impl Metered {
    fn went_wrong(&mut self, error: String) {
        self.figures.error = Some(error);
        self.figures.error_at = Some(Utc::now());
    }
}

impl Meter {
    /// The figures by now.
    pub fn figures(&self) -> PipeFigures {
        let mut metered = self.0.lock();
        let since = Utc::now() - TimeDelta::seconds(RATE_S);
        metered.recent.retain(|(at, ..)| *at >= since);
        let rate = |sum: u64| sum as f64 / RATE_S as f64;
        let (lag_count, lag_sum_s) = metered.lags.total();
        PipeFigures {
            rows_per_s: rate(metered.recent.iter().map(|(_, rows, _)| rows).sum()),
            bytes_per_s: rate(metered.recent.iter().map(|(.., bytes)| bytes).sum()),
            lag: metered.lags.figures(),
            lag_count,
            lag_sum_s,
            ..metered.figures.clone()
        }
    }

    /// Objects were loaded, which landed at the times in `landed`, by URI.
    pub fn loaded(&self, summary: &LoadSummary, landed: &HashMap<String, DateTime<Utc>>, now: DateTime<Utc>) {
        let mut metered = self.0.lock();
        let Metered { figures, lags, recent } = &mut *metered;
        figures.state = PipeState::Running;
        figures.objects += summary.loaded;
        figures.failed_objects += summary.failed;
        figures.rows += summary.rows();
        figures.rejected += summary.rejected();
        figures.bytes += summary.bytes;
        figures.batches += summary.batches;
        if summary.loaded > 0 {
            figures.loaded_at = Some(now);
            recent.push_back((now, summary.rows(), summary.bytes));
        }
        for copied in summary
            .copied
            .iter()
            .filter(|copied| copied.status.starts_with("loaded"))
        {
            if let Some(landed) = landed.get(&copied.uri) {
                lags.add((now - *landed).as_seconds_f64());
            }
        }
        if let Some(problem) = summary.problems.last() {
            metered.went_wrong(format!("{}: {}", problem.uri, problem.what));
        }
    }

    /// Something failed and is tried again.
    pub fn failing(&self, error: &dyn std::fmt::Display) {
        let mut metered = self.0.lock();
        metered.figures.state = PipeState::Failing;
        metered.went_wrong(error.to_string());
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
        metered.went_wrong(format!("{uri}: an event told of it, and it is not there"));
    }

    /// A message was no event of S3.
    pub fn bad_message(&self, id: &str, why: &dyn std::fmt::Display) {
        let mut metered = self.0.lock();
        metered.figures.bad_messages += 1;
        metered.went_wrong(format!("message {id}: {why}"));
    }

    /// So many messages are in the queue.
    pub fn depth(&self, depth: QueueDepth) {
        let mut metered = self.0.lock();
        metered.figures.queue_visible = Some(depth.visible + depth.delayed);
        metered.figures.queue_in_flight = Some(depth.in_flight);
    }
}
