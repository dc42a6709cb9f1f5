//! Flagging events whose id came again with other content, in files that are in the table already.
//!
//! A loader flags what it stages itself. The event that was there first stands in a file of an earlier batch (or an
//! earlier file of the same batch): that file is written anew with its flag, and a commit puts it in the old one's
//! place. Flagging twice is flagging once, so this needs no transaction of its own: it is done between the batch's
//! commit to the table and its commit to the history, and whoever finishes the batch does it again.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::datatypes::DataType;
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};

use crate::column::scanned_schema;
use crate::definition::{CONFLICT, EVENT_ID};
use crate::merge::{Rows, Source, merge};
use crate::rows::read_columns;
use crate::stage::discard;
use crate::{Change, DataFile, LakeError, Snapshot, Table, failpoint};

/// How often it is tried while compactors replace the files that are written anew.
const ATTEMPTS: u32 = 10;

/// Event ids of a batch that came with more than one content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflicts {
    /// The ids.
    pub ids: BTreeSet<String>,
    /// The days (`2026-11-20`) in which rows with them can be.
    pub days: BTreeSet<String>,
}

impl Conflicts {
    /// True when there is nothing to flag.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Flags every row of the conflicts' days that has one of their ids.
///
/// # Errors
/// [`LakeError::Overtaken`] when other processes kept replacing the files; whatever storage and files have to say. What
/// is flagged then stays so, and the rest is for the next try.
pub async fn flag(table: &Table, conflicts: &Conflicts) -> Result<(), LakeError> {
    let mut attempt = 1;
    loop {
        let Some(snapshot) = table.snapshot().await? else {
            return Ok(());
        };
        match flag_files(table, &snapshot, conflicts).await {
            Err(LakeError::Overtaken { .. }) if attempt < ATTEMPTS => attempt += 1,
            outcome => return outcome,
        }
    }
}

async fn flag_files(table: &Table, snapshot: &Snapshot, conflicts: &Conflicts) -> Result<(), LakeError> {
    let ids: Arc<HashSet<String>> = Arc::new(conflicts.ids.iter().cloned().collect());
    let of_days = |file: &&DataFile| file.day.as_ref().is_some_and(|day| conflicts.days.contains(day));
    let mut change = Change::default();
    for file in snapshot.files().iter().filter(of_days) {
        if !lacks_flag(table, file, &ids).await? {
            continue;
        }
        let ids = Arc::clone(&ids);
        let flags = Rows::With {
            column: CONFLICT,
            values: Arc::new(move |rows| flags(rows, &ids)),
        };
        let schema = scanned_schema(snapshot.schema());
        let source = Source::open(table, file.clone()).await?;
        match merge(table, &schema, file.day.as_deref(), &[source], &flags).await {
            Ok(flagged) => change.add.push(flagged),
            Err(error) => {
                discard(table, &change.add).await;
                return Err(error);
            }
        }
        change.remove.push(file.clone());
    }
    failpoint::hit("lake.flag.before_commit")?;
    if !change.add.is_empty() {
        table.commit(&change).await?;
    }
    Ok(())
}

/// True when a row of the file has one of the ids and no flag.
async fn lacks_flag(table: &Table, file: &DataFile, ids: &HashSet<String>) -> Result<bool, LakeError> {
    let mut batches = read_columns(table, file, &[EVENT_ID, CONFLICT]).await?;
    while let Some(rows) = batches.try_next().await? {
        let flagged = flagged(&rows);
        let lacks = has_id(&rows, ids)
            .enumerate()
            .any(|(row, has_id)| has_id && !flagged.as_ref().is_some_and(|flags| is_true(flags, row)));
        if lacks {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The flags the rows are to have: those they had, and true for the ids.
fn flags(rows: &RecordBatch, ids: &HashSet<String>) -> ArrayRef {
    let flagged = flagged(rows);
    let had = |row| flagged.as_ref().is_some_and(|flags| is_true(flags, row));
    let flags: BooleanArray = has_id(rows, ids)
        .enumerate()
        .map(|(row, has_id)| (has_id || had(row)).then_some(true))
        .collect();
    Arc::new(flags)
}

fn flagged(rows: &RecordBatch) -> Option<BooleanArray> {
    Some(rows.column_by_name(CONFLICT)?.as_boolean_opt()?.clone())
}

fn is_true(flags: &BooleanArray, row: usize) -> bool {
    flags.is_valid(row) && flags.value(row)
}

/// For each row whether its event id is one of `ids`.
fn has_id<'a>(rows: &'a RecordBatch, ids: &'a HashSet<String>) -> Box<dyn Iterator<Item = bool> + 'a> {
    let is_one = |id: Option<&str>| id.is_some_and(|id| ids.contains(id));
    let column = rows.column_by_name(EVENT_ID);
    match column.map(|column| (column, column.data_type())) {
        Some((column, DataType::Utf8View)) => Box::new(column.as_string_view().iter().map(is_one)),
        Some((column, DataType::Utf8)) => Box::new(column.as_string::<i32>().iter().map(is_one)),
        _ => Box::new(std::iter::repeat_n(false, rows.num_rows())),
    }
}
