//! What a load did.

use std::collections::BTreeMap;

use flowtrail_lake::history::HistoryRow;
use flowtrail_source::SourceError;
use serde::Serialize;

/// The most problems a summary names; the count goes on.
const NAMED_PROBLEMS: usize = 100;

/// What a load did, or with `dry_run` would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LoadSummary {
    /// True when nothing was loaded, only looked at.
    pub dry_run: bool,
    /// True when it was asked to stop before the end.
    pub stopped: bool,
    /// Objects the sources list.
    pub listed: u64,
    /// Objects left out by `--since`, `--until`, `--account`, `--region`.
    pub outside: u64,
    /// Objects left out because their key does not say what the filter asks.
    pub undated: u64,
    /// Objects the history already had.
    pub already_loaded: u64,
    /// Objects loaded (with `dry_run`: to be loaded).
    pub loaded: u64,
    /// Of those loaded, objects whose earlier version had been loaded before.
    pub changed: u64,
    /// Objects touched since they were loaded, with the same bytes: nothing was loaded.
    pub unchanged: u64,
    /// Objects that hold no records, as digests and notes beside the logs do.
    pub skipped: u64,
    /// Which those are and why, the first hundred.
    pub skipped_objects: Vec<SkippedObject>,
    /// Objects nothing could be loaded from.
    pub failed: u64,
    /// Bytes of the objects loaded, as they are stored.
    pub bytes: u64,
    /// Batches committed.
    pub batches: u64,
    /// What became of the records, by table.
    pub tables: BTreeMap<String, TableSummary>,
    /// Each object, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copied: Vec<CopiedObject>,
    /// Objects left for later, where that was asked for, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub postponed: Vec<SkippedObject>,
    /// What went wrong, the first hundred.
    pub problems: Vec<Problem>,
    /// How many went wrong.
    pub problem_count: u64,
}

/// What became of the records of one table: `lines = rows + rejected + duplicates + headers`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(
    missing_docs,
    reason = "the columns of system.load_history, where they are described"
)]
pub struct TableSummary {
    pub objects: u64,
    pub lines: u64,
    pub rows: u64,
    pub headers: u64,
    pub rejected: u64,
    pub duplicates: u64,
    pub nodata: u64,
    pub skipdata: u64,
}

/// What became of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopiedObject {
    /// The object.
    pub uri: String,
    /// `loaded`, `loaded_with_rejects` or `failed`.
    pub status: &'static str,
    /// Rows that were read.
    pub rows_parsed: u64,
    /// Rows that are in the table.
    pub rows_loaded: u64,
    /// Rows that could not be read.
    pub errors_seen: u64,
    /// The first of them, with its place.
    pub first_error: Option<String>,
}

impl CopiedObject {
    /// What the history says of it.
    pub(crate) fn of(row: &HistoryRow) -> Self {
        Self {
            uri: row.object_uri.clone(),
            status: row.status.as_str(),
            rows_parsed: row.lines - row.headers,
            rows_loaded: row.rows,
            errors_seen: row.rejected,
            first_error: row.first_error.clone(),
        }
    }
}

/// An object that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SkippedObject {
    /// The object.
    pub uri: String,
    /// What it is instead of a log, or why it is left for later.
    pub why: String,
}

/// Something that went wrong with one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The object.
    pub uri: String,
    /// What, where and why.
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl LoadSummary {
    /// Rows loaded into all tables.
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.rows).sum()
    }

    /// Records in quarantine from this load.
    pub fn rejected(&self) -> u64 {
        self.tables.values().map(|table| table.rejected).sum()
    }

    /// True when every object and record was loaded.
    pub fn is_clean(&self) -> bool {
        self.failed == 0 && self.rejected() == 0 && self.problem_count == 0
    }

    pub(crate) fn skip(&mut self, uri: &str, why: &str) {
        self.skipped += 1;
        if self.skipped_objects.len() < NAMED_PROBLEMS {
            self.skipped_objects.push(SkippedObject {
                uri: uri.to_owned(),
                why: why.to_owned(),
            });
        }
    }

    pub(crate) fn postpone(&mut self, uri: &str, why: &SourceError) {
        self.postponed.push(SkippedObject {
            uri: uri.to_owned(),
            why: why.to_string(),
        });
    }

    pub(crate) fn problem(&mut self, uri: &str, what: String, hint: Option<String>) {
        self.problem_count += 1;
        if self.problems.len() < NAMED_PROBLEMS {
            self.problems.push(Problem {
                uri: uri.to_owned(),
                what,
                hint,
            });
        }
    }
}
