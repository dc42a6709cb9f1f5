//! The statements that run and those that ran, of this server since its start.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use flowtrail_query::QueryFigures;
use parking_lot::Mutex;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::Problem;

/// So many are remembered.
const MOST: usize = 200;
/// So much of a statement's text is remembered, in characters.
const MOST_SQL: usize = 10_000;

/// The statements of a server. Cheap to clone; clones share.
#[derive(Clone, Default)]
pub struct Journal(Arc<Mutex<VecDeque<Entry>>>);

struct Entry {
    id: String,
    sql: String,
    started_at: DateTime<Utc>,
    started: Instant,
    cancelled: CancellationToken,
    progress: Progress,
    end: Option<(Ending, Duration)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Progress {
    rows: u64,
    bytes_scanned: u64,
    files_read: u64,
    /// Of the statements of the request that have ended.
    before: (u64, u64, u64),
}

/// How statements ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All of them.
    Done,
    /// One failed, and those behind it did not run.
    Failed(String),
    /// Somebody cancelled them, or went away.
    Cancelled,
}

/// An entry as it is shown.
#[derive(Debug, Serialize)]
pub struct Shown {
    id: String,
    sql: String,
    state: &'static str,
    started_at: DateTime<Utc>,
    elapsed_ms: u64,
    rows: u64,
    bytes_scanned: u64,
    files_read: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// The statements of one request, which run until this is ended or dropped.
pub struct Running {
    journal: Journal,
    id: String,
    cancelled: CancellationToken,
}

impl Journal {
    /// Notes that statements begin.
    pub fn begin(&self, id: String, sql: &str) -> Result<Running, Problem> {
        let mut entries = self.0.lock();
        if entries.iter().any(|entry| entry.id == id) {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                format!("a statement `{id}` was there before"),
                None,
            ));
        }
        let cancelled = CancellationToken::new();
        entries.push_front(Entry {
            id: id.clone(),
            sql: sql.chars().take(MOST_SQL).collect(),
            started_at: Utc::now(),
            started: Instant::now(),
            cancelled: cancelled.clone(),
            progress: Progress::default(),
            end: None,
        });
        while entries.len() > MOST && entries.back().is_some_and(|oldest| oldest.end.is_some()) {
            entries.pop_back();
        }
        Ok(Running {
            journal: self.clone(),
            id,
            cancelled,
        })
    }

    /// Asks the statements of that id to end; whether there are such.
    pub fn cancel(&self, id: &str) -> bool {
        let entries = self.0.lock();
        let found = entries.iter().find(|entry| entry.id == id);
        found.inspect(|entry| entry.cancelled.cancel()).is_some()
    }

    /// Asks all of them to end.
    pub fn cancel_all(&self) {
        self.0.lock().iter().for_each(|entry| entry.cancelled.cancel());
    }

    /// All of them, the last first.
    pub fn shown(&self) -> Vec<Shown> {
        self.0.lock().iter().map(Entry::shown).collect()
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.0.lock().iter_mut().find(|entry| entry.id == id) {
            change(entry);
        }
    }
}

impl Running {
    /// Done once somebody wants them to end.
    pub async fn cancelled(&self) {
        self.cancelled.cancelled().await;
    }

    /// Notes how far the statement is that runs.
    pub fn note(&self, figures: &QueryFigures) {
        self.journal.change(&self.id, |entry| {
            let (rows, bytes, files) = entry.progress.before;
            entry.progress.rows = rows + figures.rows;
            entry.progress.bytes_scanned = bytes + figures.bytes_scanned;
            entry.progress.files_read = files + figures.files_read;
        });
    }

    /// Notes that a statement of several has ended.
    pub fn note_end(&self, figures: &QueryFigures) {
        self.note(figures);
        self.journal.change(&self.id, |entry| {
            let progress = &mut entry.progress;
            progress.before = (progress.rows, progress.bytes_scanned, progress.files_read);
        });
    }

    /// Notes how they ended.
    pub fn end(&self, ending: Ending) {
        self.journal.change(&self.id, |entry| {
            entry.end.get_or_insert((ending, entry.started.elapsed()));
        });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end(Ending::Cancelled);
    }
}

impl Entry {
    fn shown(&self) -> Shown {
        let (state, error) = match &self.end {
            None => ("running", None),
            Some((Ending::Done, _)) => ("done", None),
            Some((Ending::Cancelled, _)) => ("cancelled", None),
            Some((Ending::Failed(error), _)) => ("failed", Some(error.clone())),
        };
        let elapsed = self
            .end
            .as_ref()
            .map_or_else(|| self.started.elapsed(), |(_, elapsed)| *elapsed);
        Shown {
            id: self.id.clone(),
            sql: self.sql.clone(),
            state,
            started_at: self.started_at,
            elapsed_ms: elapsed.as_millis() as u64,
            rows: self.progress.rows,
            bytes_scanned: self.progress.bytes_scanned,
            files_read: self.progress.files_read,
            error,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_ran_is_remembered_for_a_while() {
        let journal = Journal::default();
        for number in 0..MOST + 5 {
            journal.begin(number.to_string(), "select 1").unwrap().end(Ending::Done);
        }
        let shown = journal.shown();
        assert_eq!(shown.len(), MOST);
        assert_eq!((shown[0].id.as_str(), shown[0].state), ("204", "done"));
    }

    #[test]
    fn what_runs_is_not_forgotten_and_ids_are_used_once() {
        let journal = Journal::default();
        let running = journal.begin("first".into(), "select 1").unwrap();
        assert!(journal.begin("first".into(), "select 2").is_err());
        for number in 0..MOST + 5 {
            journal.begin(number.to_string(), "select 1").unwrap().end(Ending::Done);
        }
        assert_eq!(journal.shown().last().unwrap().id, "first");
        assert!(journal.cancel("first"));
        assert!(!journal.cancel("second"));
        drop(running);
        assert_eq!(journal.shown().last().unwrap().state, "cancelled");
    }

    #[test]
    fn several_statements_add_up() {
        let journal = Journal::default();
        let running = journal.begin("a".into(), "").unwrap();
        let figures = |rows| QueryFigures {
            rows,
            ..QueryFigures::default()
        };
        running.note(&figures(3));
        running.note_end(&figures(5));
        running.note(&figures(2));
        assert_eq!(journal.shown()[0].rows, 7);
    }
}
