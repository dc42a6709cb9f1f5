//! CloudTrail events delivered twice: AWS delivers at least once, so the same event can stand in two files.
//!
//! The same id with the same content is one row, and counted; the same id with other content stays, and is flagged.
//! Before rows are staged, their ids are looked for in this batch and in the table's files of the same days (the same
//! event has the same time, so it cannot be elsewhere). Only the ids of the rows at hand are held, whatever the table's
//! size, and one hash an event of the batch.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, Int64Array, RecordBatch};
use arrow::compute::{filter_record_batch, max, min};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, TimestampMicrosecondType};
use flowtrail_lake::definition::{CONFLICT, EVENT_ID};
use flowtrail_lake::flag::Conflicts;
use flowtrail_lake::rows::read_columns;
use flowtrail_lake::stage::day_text;
use flowtrail_lake::{LakeError, Snapshot, Table};
use futures::TryStreamExt;

use crate::buffer::BufferedPart;

const DIGEST: &str = "event_digest";
const TIME: &str = "eventtime";
const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// What this batch has seen of events.
#[derive(Default)]
pub struct Duplicates {
    hasher: std::collections::hash_map::RandomState,
    /// Ids of rows staged by this batch or found in the table.
    ids: HashSet<u64>,
    /// The same with their content.
    events: HashSet<(u64, i64)>,
    conflicts: Conflicts,
}

impl Duplicates {
    /// Takes out the rows that are there already, flags ids that come again with other content, and counts what was
    /// taken out by object.
    pub async fn sift(
        &mut self,
        table: &Table,
        snapshot: Option<&Snapshot>,
        parts: Vec<BufferedPart>,
    ) -> Result<(Vec<BufferedPart>, HashMap<usize, u64>), LakeError> {
        if let Some(snapshot) = snapshot {
            self.look_up(table, snapshot, &parts).await?;
        }
        self.conflicts.days.extend(days_of(&parts));
        let mut conflicts = HashSet::new();
        let keeps: Vec<BooleanArray> = parts
            .iter()
            .map(|part| self.keep(&part.batch, &mut conflicts))
            .collect();
        let mut dropped: HashMap<usize, u64> = HashMap::new();
        let mut kept = Vec::with_capacity(parts.len());
        for (mut part, keep) in parts.into_iter().zip(keeps) {
            let duplicates = keep.false_count() as u64;
            if duplicates > 0 {
                *dropped.entry(part.object).or_default() += duplicates;
                part.batch = filter_record_batch(&part.batch, &keep)?;
            }
            part.batch = self.with_flags(&part.batch, &conflicts)?;
            kept.push(part);
        }
        Ok((kept, dropped))
    }

    /// The ids that came with more than one content, and where rows with them can be: some stand in files that were
    /// written before it was known.
    pub fn conflicts(&self) -> Conflicts {
        if self.conflicts.is_empty() {
            return Conflicts::default();
        }
        self.conflicts.clone()
    }

    /// Finds which of the rows' ids the table has.
    async fn look_up(&mut self, table: &Table, snapshot: &Snapshot, parts: &[BufferedPart]) -> Result<(), LakeError> {
        let wanted: HashSet<u64> = parts
            .iter()
            .flat_map(|part| self.ids_of(&part.batch))
            .flatten()
            .collect();
        let days = days_of(parts);
        for file in snapshot
            .files()
            .iter()
            .filter(|file| file.day.as_ref().is_some_and(|day| days.contains(day)))
        {
            let mut batches = read_columns(table, file, &[EVENT_ID, DIGEST]).await?;
            while let Some(batch) = batches.try_next().await? {
                let digests = digests_of(&batch);
                for (row, id) in self.ids_of(&batch).into_iter().enumerate() {
                    if let Some(id) = id.filter(|id| wanted.contains(id)) {
                        self.ids.insert(id);
                        self.events.insert((id, digests.value(row)));
                    }
                }
            }
        }
        Ok(())
    }

    /// For each row whether it stays; what stays is remembered.
    fn keep(&mut self, batch: &RecordBatch, conflicts: &mut HashSet<u64>) -> BooleanArray {
        let digests = digests_of(batch);
        let hashes = self.ids_of(batch);
        let mut keep = BooleanBufferBuilder::new(hashes.len());
        for (row, hash) in hashes.into_iter().enumerate() {
            let Some(hash) = hash else {
                keep.append(true);
                continue;
            };
            let is_new = self.events.insert((hash, digests.value(row)));
            keep.append(is_new);
            if is_new && !self.ids.insert(hash) {
                conflicts.insert(hash);
                self.conflicts.ids.extend(id_at(batch, row));
            }
        }
        BooleanArray::new(keep.finish(), None)
    }

    fn with_flags(&self, batch: &RecordBatch, conflicts: &HashSet<u64>) -> Result<RecordBatch, LakeError> {
        if conflicts.is_empty() {
            return Ok(batch.clone());
        }
        let flags: BooleanArray = self
            .ids_of(batch)
            .iter()
            .map(|id| id.filter(|id| conflicts.contains(id)).map(|_| true))
            .collect();
        let mut fields: Vec<Arc<Field>> = batch.schema_ref().fields().iter().cloned().collect();
        fields.push(Arc::new(Field::new(CONFLICT, DataType::Boolean, true)));
        let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
        columns.push(Arc::new(flags));
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
    }

    /// A hash of each row's id; rows without one are never duplicates.
    fn ids_of(&self, batch: &RecordBatch) -> Vec<Option<u64>> {
        let hash = |id: Option<&str>| id.map(|id| self.hasher.hash_one(id));
        match batch.column_by_name(EVENT_ID) {
            Some(column) => match column.data_type() {
                DataType::Utf8View => column.as_string_view().iter().map(hash).collect(),
                DataType::Utf8 => column.as_string::<i32>().iter().map(hash).collect(),
                _ => vec![None; batch.num_rows()],
            },
            None => vec![None; batch.num_rows()],
        }
    }
}

/// The event id of a row, where it has one.
fn id_at(batch: &RecordBatch, row: usize) -> Option<String> {
    let column = batch.column_by_name(EVENT_ID)?;
    match column.data_type() {
        DataType::Utf8View => Some(column.as_string_view().value(row).to_owned()),
        DataType::Utf8 => Some(column.as_string::<i32>().value(row).to_owned()),
        _ => None,
    }
}

fn digests_of(batch: &RecordBatch) -> Int64Array {
    match batch.column_by_name(DIGEST) {
        Some(column) => column.as_primitive::<Int64Type>().clone(),
        None => Int64Array::from(vec![0; batch.num_rows()]),
    }
}

/// Every day from the first event to the last.
fn days_of(parts: &[BufferedPart]) -> HashSet<String> {
    let times = parts.iter().filter_map(|part| part.batch.column_by_name(TIME));
    let mut ends: Option<(i64, i64)> = None;
    for column in times {
        let times = column.as_primitive::<TimestampMicrosecondType>();
        if let (Some(least), Some(greatest)) = (min(times), max(times)) {
            let (low, high) = ends.unwrap_or((least, greatest));
            ends = Some((low.min(least), high.max(greatest)));
        }
    }
    let Some((low, high)) = ends else { return HashSet::new() };
    let day = |micros: i64| micros.div_euclid(MICROSECONDS_A_DAY) as i32;
    (day(low)..=day(high)).filter_map(day_text).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use arrow::array::StringViewArray;

    use super::*;

    fn part(object: usize, events: &[(Option<&str>, i64)]) -> BufferedPart {
        let ids: ArrayRef = Arc::new(events.iter().map(|event| event.0).collect::<StringViewArray>());
        let digests: ArrayRef = Arc::new(Int64Array::from_iter_values(events.iter().map(|event| event.1)));
        BufferedPart {
            object,
            uri: format!("object-{object}").into(),
            fallback_day: None,
            last_day: None,
            bytes: 0,
            batch: RecordBatch::try_from_iter([(EVENT_ID, ids), (DIGEST, digests)]).unwrap(),
        }
    }

    #[tokio::test]
    async fn the_same_event_is_one_row_and_another_content_is_flagged() {
        let folder = tempfile::tempdir().unwrap();
        let lake = flowtrail_lake::Lake::open_folder(folder.path().to_owned()).unwrap();
        let table = lake.table(flowtrail_lake::definition::log_table(
            flowtrail_decode::LogKind::CloudTrail,
        ));
        let mut duplicates = Duplicates::default();
        let first = part(
            0,
            &[(Some("a"), 1), (Some("b"), 1), (None, 1), (None, 1), (Some("a"), 1)],
        );
        let second = part(1, &[(Some("b"), 2), (Some("a"), 1)]);
        let (kept, dropped) = duplicates.sift(&table, None, vec![first, second]).await.unwrap();
        assert_eq!(dropped, HashMap::from([(0, 1), (1, 1)]));
        assert_eq!(
            kept.iter().map(|part| part.batch.num_rows()).collect::<Vec<_>>(),
            [4, 1]
        );
        let flags = |part: &BufferedPart| part.batch.column_by_name(CONFLICT).unwrap().as_boolean().clone();
        assert_eq!(flags(&kept[0]), BooleanArray::from(vec![None, Some(true), None, None]));
        assert_eq!(flags(&kept[1]), BooleanArray::from(vec![Some(true)]));
        // A later part of the same batch still knows them.
        let (kept, dropped) = duplicates
            .sift(&table, None, vec![part(2, &[(Some("b"), 2)])])
            .await
            .unwrap();
        assert_eq!((kept[0].batch.num_rows(), dropped.get(&2)), (0, Some(&1)));
    }
}
