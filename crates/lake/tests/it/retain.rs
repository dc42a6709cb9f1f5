use chrono::NaiveDate;
use flowtrail_lake::definition::quarantine_table;
use flowtrail_lake::history::{BatchStamp, QuarantineRow, quarantine_batch};
use flowtrail_lake::retain::{RetainSummary, retain};
use flowtrail_lake::stage::Part;

use crate::compact::{add, timeless};
use crate::scan::ask;
use crate::table::{flow_table, lake, rows};

const DAY: i64 = 86_400;

fn day(number: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::TimeDelta::days(number.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn days_before_the_oldest_go_and_rows_without_a_day_stay() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    assert_eq!(retain(&table, day(2), false).await.unwrap().files, 0);
    add(
        &table,
        vec![rows("a", &[("10.0.0.1", 1), ("10.0.0.2", DAY), ("10.0.0.3", 2 * DAY)])],
    )
    .await;
    add(
        &table,
        vec![
            rows("b", &[("10.0.0.4", 2), ("10.0.0.5", 3)]),
            timeless("b", &["10.0.0.6"], None),
        ],
    )
    .await;
    let before = table.snapshot().await.unwrap().unwrap();
    let old_bytes: u64 = before
        .files()
        .iter()
        .filter(|file| matches!(file.day.as_deref(), Some("1970-01-01" | "1970-01-02")))
        .map(|file| file.size_bytes)
        .sum();
    let expected = RetainSummary {
        days: vec![day(0), day(1)],
        files: 3,
        rows: Some(4),
        bytes: old_bytes,
    };

    assert_eq!(retain(&table, day(2), true).await.unwrap(), expected);
    assert_eq!(
        table.snapshot().await.unwrap().unwrap().version(),
        before.version(),
        "a dry run changes nothing"
    );

    assert_eq!(retain(&table, day(2), false).await.unwrap(), expected);
    let (answer, figures) = ask(&lake, "SELECT day, srcaddr FROM flow ORDER BY srcaddr").await;
    assert_eq!(
        answer,
        "\
+------------+----------+
| day        | srcaddr  |
+------------+----------+
| 1970-01-03 | 10.0.0.3 |
|            | 10.0.0.6 |
+------------+----------+"
    );
    assert_eq!(figures.files_total, 2);
    let nothing = RetainSummary {
        rows: Some(0),
        ..RetainSummary::default()
    };
    assert_eq!(retain(&table, day(2), false).await.unwrap(), nothing);
    for file in before.files() {
        assert!(
            lake.folder().unwrap().join(file.path.as_ref()).exists(),
            "a query may still read it"
        );
    }
    let log = lake
        .folder()
        .unwrap()
        .join(table.path().as_ref())
        .join("_delta_log/00000000000000000003.json");
    let log = std::fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("\"dataChange\":true").count(), 3, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_days_keeps_its_rows() {
    let (_folder, lake) = lake();
    let table = lake.table(quarantine_table());
    let row = QuarantineRow {
        object_uri: "s3://b/k".into(),
        table_name: "logs.vpc_flow".into(),
        line: 1,
        reason: "r".into(),
        record: "x".into(),
    };
    let stamp = BatchStamp {
        shard: "0",
        batch: 1,
        loaded_at: chrono::Utc::now(),
    };
    let batch = quarantine_batch(&[row], stamp).unwrap();
    add(
        &table,
        vec![Part {
            batch,
            object: None,
            fallback_day: None,
        }],
    )
    .await;
    assert_eq!(retain(&table, NaiveDate::MAX, false).await.unwrap().files, 0);
    assert_eq!(table.snapshot().await.unwrap().unwrap().rows(), Some(1));
}
