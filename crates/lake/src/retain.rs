//! Taking old days out of a table.
//!
//! Days go whole, by one commit that touches no data: queries that run keep their files, which leave the disk with
//! [`vacuum`](crate::vacuum). The load history keeps what it knows, so the objects of such days are not loaded again.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::{Change, DataFile, LakeError, Snapshot, Table};

/// How often it is tried while compactors replace the files that are to go.
const ATTEMPTS: u32 = 5;

/// What went, or would go.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RetainSummary {
    /// The days, in order.
    pub days: Vec<NaiveDate>,
    /// Their files.
    pub files: u64,
    /// Their rows, where every file says.
    pub rows: Option<u64>,
    /// Size of the files.
    pub bytes: u64,
}

/// Takes out all rows of days before `oldest_day`, or only says which those are (`dry_run`). Rows without a day stay, and
/// so do all rows of a table without days.
///
/// # Errors
/// [`LakeError::Overtaken`] when other processes kept replacing the files; nothing was done then.
pub async fn retain(table: &Table, oldest_day: NaiveDate, dry_run: bool) -> Result<RetainSummary, LakeError> {
    let mut attempt = 1;
    loop {
        let Some(snapshot) = table.snapshot().await? else {
            return Ok(RetainSummary::of(&[]));
        };
        let old = files_before(&snapshot, oldest_day);
        let summary = RetainSummary::of(&old);
        if dry_run || old.is_empty() {
            return Ok(summary);
        }
        let remove = old.into_iter().map(|(_, file)| file).collect();
        match table
            .commit(&Change {
                remove,
                ..Change::default()
            })
            .await
        {
            Ok(_) => return Ok(summary),
            Err(LakeError::Overtaken { .. }) if attempt < ATTEMPTS => attempt += 1,
            Err(e) => return Err(e),
        }
    }
}

fn files_before(snapshot: &Snapshot, oldest_day: NaiveDate) -> Vec<(NaiveDate, DataFile)> {
    let day = |file: &DataFile| file.day.as_deref()?.parse::<NaiveDate>().ok();
    let dated = snapshot
        .files()
        .iter()
        .filter_map(|file| Some((day(file)?, file.clone())));
    dated.filter(|(day, _)| *day < oldest_day).collect()
}

impl RetainSummary {
    fn of(files: &[(NaiveDate, DataFile)]) -> Self {
        let days: BTreeSet<NaiveDate> = files.iter().map(|(day, _)| *day).collect();
        Self {
            days: days.into_iter().collect(),
            files: files.len() as u64,
            rows: files.iter().map(|(_, file)| file.rows()).sum(),
            bytes: files.iter().map(|(_, file)| file.size_bytes).sum(),
        }
    }
}
