use std::sync::Arc;

use datafusion::prelude::{SessionConfig, SessionContext};
use flowtrail_lake::definition::log_table;
use flowtrail_lake::scan::{Figures, LakeTable, ScanFigures, engine_store};
use flowtrail_lake::stage::stage;
use flowtrail_lake::{Change, Lake};

use crate::table::{flow_table, lake, rows};

async fn load(lake: &Lake, files: &[&[(&str, i64)]]) {
    let table = flow_table(lake);
    for (number, file) in files.iter().enumerate() {
        let add = stage(&table, vec![rows(&format!("object-{number}"), file)])
            .await
            .unwrap();
        table
            .commit(&Change {
                add,
                ..Change::default()
            })
            .await
            .unwrap();
    }
}

pub async fn ask(lake: &Lake, sql: &str) -> (String, ScanFigures) {
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(2));
    let (url, store) = engine_store(lake).unwrap();
    context.register_object_store(&url, store);
    let figures = Figures::default();
    let snapshot = flow_table(lake).snapshot().await.unwrap();
    let definition = Arc::clone(log_table(flowtrail_decode::LogKind::VpcFlow));
    context
        .register_table("flow", Arc::new(LakeTable::new(definition, snapshot, figures.clone())))
        .unwrap();
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    (
        arrow::util::pretty::pretty_format_batches(&batches)
            .unwrap()
            .to_string(),
        figures.total(),
    )
}

const DAY: i64 = 86_400;

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_back_with_their_day_and_object() {
    let (_folder, lake) = lake();
    load(
        &lake,
        &[&[("10.0.0.2", DAY + 5), ("10.0.0.1", 30)], &[("10.0.0.3", 10)]],
    )
    .await;
    let (answer, _) = ask(
        &lake,
        "SELECT day, start, srcaddr, dstaddr, _object FROM flow ORDER BY start",
    )
    .await;
    assert_eq!(
        answer,
        "\
+------------+-------+----------+---------+----------+
| day        | start | srcaddr  | dstaddr | _object  |
+------------+-------+----------+---------+----------+
| 1970-01-01 | 10    | 10.0.0.3 |         | object-1 |
| 1970-01-01 | 30    | 10.0.0.1 |         | object-0 |
| 1970-01-02 | 86405 | 10.0.0.2 |         | object-0 |
+------------+-------+----------+---------+----------+"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_files_that_can_hold_an_answer_are_read() {
    let (_folder, lake) = lake();
    load(
        &lake,
        &[&[("10.0.0.2", DAY + 5), ("10.0.0.1", 30)], &[("10.0.0.3", 10)]],
    )
    .await;
    let figures = |files_read, partitions_read| ScanFigures {
        files_total: 3,
        files_read,
        partitions_total: 2,
        partitions_read,
    };
    for (filter, read) in [
        ("day = '1970-01-02'", figures(1, 1)),
        ("day > DATE '1970-01-02'", figures(0, 0)),
        ("start < 20", figures(1, 1)),
        ("srcaddr = '10.0.0.1'", figures(1, 1)),
        ("srcaddr = '10.0.0.9'", figures(0, 0)),
        ("true", figures(3, 2)),
    ] {
        let (_, seen) = ask(&lake, &format!("SELECT count(srcaddr) FROM flow WHERE {filter}")).await;
        assert_eq!(seen, read, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_never_loaded_has_its_columns_and_no_rows() {
    let (_folder, lake) = lake();
    let (answer, figures) = ask(&lake, "SELECT count(*) AS n, max(srcaddr) AS m FROM flow").await;
    assert!(answer.contains("| 0 |   |"), "{answer}");
    assert_eq!(figures, ScanFigures::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn latest_rows_come_from_the_end() {
    let (_folder, lake) = lake();
    load(&lake, &[&[("a", DAY), ("b", 2 * DAY)], &[("c", 3 * DAY), ("d", 5)]]).await;
    let (answer, _) = ask(&lake, "SELECT srcaddr FROM flow ORDER BY start DESC LIMIT 2").await;
    assert!(answer.contains("| c       |\n| b       |"), "{answer}");
}
