use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use flowtrail_lake::definition::log_table;
use flowtrail_lake::stage::{Part, new_columns, stage};
use flowtrail_lake::{Change, Lake, Table, Transaction};

pub fn lake() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_folder(folder.path().join("lake")).unwrap();
    (folder, lake)
}

pub fn flow_table(lake: &Lake) -> Table {
    lake.table(log_table(flowtrail_decode::LogKind::VpcFlow))
}

/// Rows of (srcaddr, start).
pub fn rows(object: &str, rows: &[(&str, i64)]) -> Part {
    let addresses: ArrayRef = Arc::new(arrow::array::StringViewArray::from_iter_values(
        rows.iter().map(|row| row.0),
    ));
    let starts: ArrayRef = Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.1)));
    let batch = RecordBatch::try_from_iter([("srcaddr", addresses), ("start", starts)]).unwrap();
    Part {
        batch,
        object: Some(object.into()),
        fallback_day: None,
    }
}

fn step(version: i64) -> Transaction {
    Transaction {
        application: "flowtrail/0".into(),
        version,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_go_to_the_file_of_their_day_in_order_of_time() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    assert!(table.snapshot().await.unwrap().is_none());
    let parts = vec![
        rows("a", &[("10.0.0.2", 86_400 + 5), ("10.0.0.1", 30)]),
        rows("b", &[("10.0.0.3", 10)]),
    ];
    let files = stage(&table, parts).await.unwrap();
    let days: Vec<_> = files
        .iter()
        .map(|file| (file.day.clone().unwrap(), file.rows))
        .collect();
    assert_eq!(days, [("1970-01-01".to_owned(), 2), ("1970-01-02".to_owned(), 1)]);
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&files[0].statistics).unwrap(),
        serde_json::json!({
            "numRecords": 2,
            "minValues": {"srcaddr": "10.0.0.1", "start": 10, "_object": "a"},
            "maxValues": {"srcaddr": "10.0.0.3", "start": 30, "_object": "b"},
            "nullCount": {"srcaddr": 0, "start": 0, "_object": 0},
        })
    );
    let snapshot = table
        .commit(&Change {
            add: files,
            transaction: Some(step(1)),
            ..Change::default()
        })
        .await
        .unwrap();
    assert_eq!(snapshot.rows(), Some(3));
    assert_eq!(snapshot.files().len(), 2);
    let again = table.snapshot().await.unwrap().unwrap();
    assert_eq!(again.version(), snapshot.version());
    assert_eq!(table.transaction_version(&again, "flowtrail/0").await.unwrap(), Some(1));
    let mut days: Vec<_> = again.files().iter().map(|file| file.day.clone().unwrap()).collect();
    days.sort();
    assert_eq!(days, ["1970-01-01", "1970-01-02"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_done_is_not_done_again() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    for _ in 0..3 {
        let files = stage(&table, vec![rows("a", &[("10.0.0.1", 1)])]).await.unwrap();
        let after = table
            .commit(&Change {
                add: files,
                transaction: Some(step(7)),
                ..Change::default()
            })
            .await
            .unwrap();
        assert_eq!(after.rows(), Some(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_at_the_same_moment_all_land_once() {
    let (_folder, lake) = lake();
    let writers = (0..8).map(|number| {
        let table = flow_table(&lake);
        tokio::spawn(async move {
            let files = stage(&table, vec![rows("a", &[("10.0.0.1", number)])]).await.unwrap();
            // Two writers a step: one of each pair must find its step done.
            let transaction = Some(Transaction {
                application: format!("flowtrail/{}", number / 2),
                version: 1,
            });
            table
                .commit(&Change {
                    add: files,
                    transaction,
                    ..Change::default()
                })
                .await
                .unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert_eq!(flow_table(&lake).snapshot().await.unwrap().unwrap().rows(), Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_nobody_knew_becomes_part_of_the_table() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let extra: ArrayRef = Arc::new(StringArray::from(vec!["blue"]));
    let starts: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let batch = RecordBatch::try_from_iter([("start", starts), ("next_hop_colour", extra)]).unwrap();
    let parts = vec![Part {
        batch,
        object: Some("a".into()),
        fallback_day: None,
    }];
    let columns = new_columns(table.definition(), &parts);
    assert_eq!(columns.len(), 1);
    let files = stage(&table, parts).await.unwrap();
    let change = Change {
        add: files,
        columns,
        transaction: Some(step(1)),
        ..Change::default()
    };
    let snapshot = table.commit(&change).await.unwrap();
    assert_eq!(snapshot.schema().fields().last().unwrap().name(), "next_hop_colour");
}
