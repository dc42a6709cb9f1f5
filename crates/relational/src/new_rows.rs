//! Which rows of the source the target has not.
//!
//! The target itself is the bookmark: each of its rows says where it came from. Of a log that is its object, whose rows
//! come into the source together; of another table the version of it that was read, behind which its log tells what
//! came. So nothing has to be kept beside the rows, and merging the source's files changes nothing.

use std::collections::{HashMap, HashSet};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringViewArray};
use arrow::compute::{filter_record_batch, max};
use arrow::datatypes::Int64Type;
use flowtrail_lake::definition::{EVENT_ID, OBJECT};
use flowtrail_lake::rows::read_columns;
use flowtrail_lake::{AddedFile, DataFile, Snapshot, Table, added_since};
use futures::TryStreamExt;

use crate::RelationalError;
use crate::flatten::texts;

/// The column of the target with the version of the source that a run read, where rows have no object.
pub const VERSION: &str = "_version";

/// The rows that are new.
#[derive(Debug)]
pub struct NewRows {
    /// The files that hold them.
    pub files: Vec<AddedFile>,
    /// Of logs, the objects they came from, and whether some rows of it are there.
    objects: Option<HashMap<String, bool>>,
    /// The events of objects of which some rows are there.
    known_events: HashSet<String>,
}

impl NewRows {
    /// Looks for the rows of `source`, a log or another table, that `target` has not.
    pub async fn find(
        is_log: bool,
        (source, source_now): (&Table, &Snapshot),
        (target, target_now): (&Table, Option<&Snapshot>),
    ) -> Result<Self, RelationalError> {
        if is_log {
            return Self::of_objects((source, source_now), (target, target_now)).await;
        }
        let files = match last_version(target, target_now).await? {
            Some(version) => added_since(source, source_now, version).await?,
            None => source_now.files().iter().map(AddedFile::from).collect(),
        };
        Ok(Self {
            files,
            objects: None,
            known_events: HashSet::new(),
        })
    }

    async fn of_objects(
        (source, source_now): (&Table, &Snapshot),
        (target, target_now): (&Table, Option<&Snapshot>),
    ) -> Result<Self, RelationalError> {
        let known = count(target, target_now, OBJECT).await?;
        let mut by_file = Vec::with_capacity(source_now.files().len());
        let mut there: HashMap<String, u64> = HashMap::new();
        for file in source_now.files() {
            let mut counted = HashMap::new();
            count_in(source, file, OBJECT, &mut counted).await?;
            for (object, rows) in &counted {
                *there.entry(object.clone()).or_default() += rows;
            }
            by_file.push((file, counted));
        }
        let mut objects = HashMap::new();
        for (object, rows) in there {
            let rows_known = known.get(&object).copied().unwrap_or_default();
            if rows > rows_known {
                objects.insert(object, rows_known > 0);
            }
        }
        let holds_new = |counted: &HashMap<String, u64>| counted.keys().any(|object| objects.contains_key(object));
        let files = by_file
            .into_iter()
            .filter(|(_, counted)| holds_new(counted))
            .map(|(file, _)| AddedFile::from(file))
            .collect();
        let known_events = known_events(source_now, target, target_now, &objects).await?;
        Ok(Self {
            files,
            objects: Some(objects),
            known_events,
        })
    }

    /// Those rows of a batch of one of the files that are new.
    pub fn of(&self, batch: &RecordBatch) -> Result<RecordBatch, RelationalError> {
        let Some(objects) = &self.objects else {
            return Ok(batch.clone());
        };
        let Some(of_row) = batch.column_by_name(OBJECT) else {
            return Ok(batch.clone());
        };
        let of_row = texts(of_row)?;
        let events = batch.column_by_name(EVENT_ID).map(texts).transpose()?;
        let is_new = |row: usize| match objects.get(of_row.value(row)) {
            None => false,
            Some(false) => true,
            Some(true) => !events.as_ref().is_some_and(|events| self.knows(events, row)),
        };
        let is_new: BooleanArray = (0..batch.num_rows()).map(|row| Some(is_new(row))).collect();
        Ok(filter_record_batch(batch, &is_new)?)
    }

    fn knows(&self, events: &StringViewArray, row: usize) -> bool {
        events.is_valid(row) && self.known_events.contains(events.value(row))
    }
}

/// The newest version of the source that rows of the target came from.
async fn last_version(target: &Table, now: Option<&Snapshot>) -> Result<Option<u64>, RelationalError> {
    let mut last = None;
    for file in now.map(Snapshot::files).unwrap_or_default() {
        let mut batches = read_columns(target, file, &[VERSION]).await?;
        while let Some(batch) = batches.try_next().await? {
            let Some(versions) = batch.column_by_name(VERSION) else {
                continue;
            };
            last = last.max(max(versions.as_primitive::<Int64Type>()));
        }
    }
    Ok(last.and_then(|last| u64::try_from(last).ok()))
}

/// How many rows each value of a text column has.
async fn count(table: &Table, now: Option<&Snapshot>, column: &str) -> Result<HashMap<String, u64>, RelationalError> {
    let mut counted = HashMap::new();
    for file in now.map(Snapshot::files).unwrap_or_default() {
        count_in(table, file, column, &mut counted).await?;
    }
    Ok(counted)
}

async fn count_in(
    table: &Table,
    file: &DataFile,
    column: &str,
    counted: &mut HashMap<String, u64>,
) -> Result<(), RelationalError> {
    let mut batches = read_columns(table, file, &[column]).await?;
    while let Some(batch) = batches.try_next().await? {
        let Some(values) = batch.column_by_name(column) else {
            continue;
        };
        let values = texts(values)?;
        // Rows of one object stand together, mostly.
        let mut run: Option<(&str, u64)> = None;
        for value in values.iter().flatten() {
            match &mut run {
                Some((of, rows)) if *of == value => *rows += 1,
                _ => {
                    add(counted, run.take());
                    run = Some((value, 1));
                }
            }
        }
        add(counted, run);
    }
    Ok(())
}

fn add(counted: &mut HashMap<String, u64>, run: Option<(&str, u64)>) {
    let Some((value, rows)) = run else { return };
    match counted.get_mut(value) {
        Some(sum) => *sum += rows,
        None => {
            counted.insert(value.to_owned(), rows);
        }
    }
}

/// The events that the target has of objects of which it has not all.
async fn known_events(
    source: &Snapshot,
    target: &Table,
    now: Option<&Snapshot>,
    objects: &HashMap<String, bool>,
) -> Result<HashSet<String>, RelationalError> {
    let mut known = HashSet::new();
    let Some((object, _)) = objects.iter().find(|(_, is_partly_there)| **is_partly_there) else {
        return Ok(known);
    };
    if source.schema().column_with_name(EVENT_ID).is_none() {
        return Err(RelationalError::Ambiguous { object: object.clone() });
    }
    for file in now.map(Snapshot::files).unwrap_or_default() {
        let mut batches = read_columns(target, file, &[OBJECT, EVENT_ID]).await?;
        while let Some(batch) = batches.try_next().await? {
            let column = |name: &str| {
                batch
                    .column_by_name(name)
                    .map(|column: &ArrayRef| texts(column))
                    .transpose()
            };
            let (Some(of_row), Some(events)) = (column(OBJECT)?, column(EVENT_ID)?) else {
                continue;
            };
            for (object, event) in of_row.iter().zip(&events) {
                if let (Some(object), Some(event)) = (object, event)
                    && objects.get(object) == Some(&true)
                {
                    known.insert(event.to_owned());
                }
            }
        }
    }
    Ok(known)
}
