use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray};
use arrow::datatypes::Int64Type;
use flowtrail_lake::definition::log_table;
use flowtrail_lake::flag::{Conflicts, flag};
use flowtrail_lake::rows::read_columns;
use flowtrail_lake::stage::Part;
use flowtrail_lake::{Lake, Table};
use futures::TryStreamExt;

use crate::compact::{add, compact_all};
use crate::table::lake;

fn trail(lake: &Lake) -> Table {
    lake.table(log_table(flowtrail_decode::LogKind::CloudTrail))
}

/// Events of (id, digest), all of the first day of 1970.
fn events(events: &[(&str, i64)]) -> Part {
    let ids: ArrayRef = Arc::new(StringViewArray::from_iter_values(events.iter().map(|event| event.0)));
    let digests: ArrayRef = Arc::new(Int64Array::from_iter_values(events.iter().map(|event| event.1)));
    let times: ArrayRef =
        Arc::new(TimestampMicrosecondArray::from_iter_values(events.iter().map(|event| event.1)).with_timezone("UTC"));
    let batch =
        RecordBatch::try_from_iter([("eventid", ids), ("eventtime", times), ("event_digest", digests)]).unwrap();
    Part {
        batch,
        object: Some("object".into()),
        fallback_day: None,
    }
}

fn conflict(id: &str, day: &str) -> Conflicts {
    Conflicts {
        ids: BTreeSet::from([id.to_owned()]),
        days: BTreeSet::from([day.to_owned()]),
    }
}

/// (id, digest, flagged) of every row, sorted.
async fn flags(table: &Table) -> Vec<(String, i64, bool)> {
    let mut found = Vec::new();
    for file in table.snapshot().await.unwrap().unwrap().files() {
        let batches = read_columns(table, file, &["eventid", "event_digest", "_id_conflict"]).await;
        let batches: Vec<RecordBatch> = batches.unwrap().try_collect().await.unwrap();
        for batch in batches {
            let ids = batch.column_by_name("eventid").unwrap().as_string::<i32>().clone();
            let digests = batch
                .column_by_name("event_digest")
                .unwrap()
                .as_primitive::<Int64Type>();
            let flags = batch.column_by_name("_id_conflict").map(AsArray::as_boolean);
            for row in 0..batch.num_rows() {
                let is_flagged = flags.is_some_and(|flags| flags.iter().nth(row).flatten() == Some(true));
                found.push((ids.value(row).to_owned(), digests.value(row), is_flagged));
            }
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_earlier_files_get_their_flag_and_stay_what_they_are() {
    let (_folder, lake) = lake();
    let table = trail(&lake);
    flag(&table, &conflict("b", "1970-01-01")).await.unwrap();
    add(&table, vec![events(&[("a", 1), ("b", 2), ("c", 3)])]).await;
    add(&table, vec![events(&[("d", 4)])]).await;
    let before = add(&table, vec![events(&[("b", 5)])]).await;
    let other: Vec<_> = before.files().iter().filter(|file| file.rows() == Some(1)).collect();

    flag(&table, &conflict("b", "1970-01-02")).await.unwrap();
    assert_eq!(table.snapshot().await.unwrap().unwrap().version(), before.version());

    flag(&table, &conflict("b", "1970-01-01")).await.unwrap();
    let row = |id: &str, digest, is_flagged| (id.to_owned(), digest, is_flagged);
    let expected = [
        row("a", 1, false),
        row("b", 2, true),
        row("b", 5, true),
        row("c", 3, false),
        row("d", 4, false),
    ];
    assert_eq!(flags(&table).await, expected);
    let after = table.snapshot().await.unwrap().unwrap();
    assert_eq!((after.version(), after.files().len()), (before.version() + 1, 3));
    let kept = other
        .iter()
        .filter(|file| after.files().iter().any(|other| other.path == file.path));
    assert_eq!(kept.count(), 1, "a file without such rows is left alone");

    flag(&table, &conflict("b", "1970-01-01")).await.unwrap();
    assert_eq!(
        table.snapshot().await.unwrap().unwrap().version(),
        after.version(),
        "twice is once"
    );

    compact_all(&table).await;
    assert_eq!(flags(&table).await, expected);
    flag(&table, &conflict("a", "1970-01-01")).await.unwrap();
    let flagged: Vec<_> = flags(&table)
        .await
        .into_iter()
        .filter(|row| row.2)
        .map(|row| row.0)
        .collect();
    assert_eq!(flagged, ["a", "b", "b"], "what was flagged stays so");
}

#[tokio::test(flavor = "multi_thread")]
async fn flagging_gets_through_beside_a_compaction() {
    let (_folder, lake) = lake();
    let table = trail(&lake);
    for number in 0..12 {
        add(&table, vec![events(&[("same", number), ("other", number)])]).await;
    }
    let conflicts = conflict("same", "1970-01-01");
    let (flagged, _) = tokio::join!(flag(&table, &conflicts), compact_all(&table));
    flagged.unwrap();
    let flagged = flags(&table).await;
    assert_eq!(flagged.len(), 24);
    assert!(
        flagged.iter().all(|(id, _, is_flagged)| *is_flagged == (id == "same")),
        "{flagged:?}"
    );
}
