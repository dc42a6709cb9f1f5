use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Int64Type};
use datafusion::prelude::{SessionConfig, SessionContext};
use flowtrail_lake::compact::{CompactOptions, CompactProgress, CompactSummary, compact};
use flowtrail_lake::definition::{history_table, log_table};
use flowtrail_lake::history::{BatchStamp, HistoryRow, LoadsOf, Status, history_batch, loaded_objects};
use flowtrail_lake::rows::read_columns;
use flowtrail_lake::scan::{Figures, LakeTable, engine_store};
use flowtrail_lake::stage::{Part, new_columns, stage};
use flowtrail_lake::vacuum::{VacuumOptions, vacuum};
use flowtrail_lake::{Change, DataFile, Lake, Snapshot, Table};
use futures::{StreamExt, TryStreamExt};

use crate::scan::ask;
use crate::table::{flow_table, lake, rows};

const DAY: i64 = 86_400;
const ALL: &str = "SELECT day, start, srcaddr, _object FROM flow ORDER BY day, start, srcaddr, _object";

pub async fn add(table: &Table, parts: Vec<Part>) -> Snapshot {
    let columns = new_columns(table.definition(), &parts);
    let add = stage(table, parts).await.unwrap();
    table
        .commit(&Change {
            add,
            columns,
            ..Change::default()
        })
        .await
        .unwrap()
}

/// Rows that say no time, of an unknown day or of `fallback_day`.
pub fn timeless(object: &str, addresses: &[&str], fallback_day: Option<i32>) -> Part {
    let addresses: ArrayRef = Arc::new(arrow::array::StringViewArray::from_iter_values(addresses));
    let batch = RecordBatch::try_from_iter([("srcaddr", addresses)]).unwrap();
    Part {
        batch,
        object: Some(object.into()),
        fallback_day,
    }
}

pub async fn compact_all(table: &Table) -> CompactSummary {
    compact(table, &CompactOptions::default(), &|_| {}).await.unwrap()
}

/// A column of a file, row by row, as it lies in the file.
async fn times_in(table: &Table, file: &DataFile) -> Vec<Option<i64>> {
    let batches: Vec<_> = read_columns(table, file, &["start"])
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    batches
        .iter()
        .flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().iter().collect::<Vec<_>>())
        .collect()
}

fn of_day<'a>(snapshot: &'a Snapshot, day: Option<&str>) -> Vec<&'a DataFile> {
    snapshot
        .files()
        .iter()
        .filter(|file| file.day.as_deref() == day)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn small_files_of_a_day_become_one_in_order_with_the_same_rows() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    add(
        &table,
        vec![rows("a", &[("10.0.0.2", DAY + 5), ("10.0.0.1", 30), ("10.0.0.8", 30)])],
    )
    .await;
    add(
        &table,
        vec![
            rows("b", &[("10.0.0.3", 10), ("10.0.0.4", 40)]),
            timeless("b", &["x"], None),
        ],
    )
    .await;
    add(
        &table,
        vec![rows("c", &[("10.0.0.5", 20)]), timeless("c", &["y", "z"], None)],
    )
    .await;
    let before = ask(&lake, ALL).await.0;
    let version = table.snapshot().await.unwrap().unwrap().version();

    let seen = std::sync::Mutex::new(Vec::new());
    let summary = compact(&table, &CompactOptions::default(), &|at: &CompactProgress| {
        seen.lock()
            .unwrap()
            .push((at.day.clone(), at.partitions_done, at.partitions_total, at.files_merged));
    })
    .await
    .unwrap();

    let after = table.snapshot().await.unwrap().unwrap();
    assert_eq!(after.version(), version + 2, "a commit a partition");
    assert_eq!(ask(&lake, ALL).await.0, before);
    assert_eq!((summary.partitions, summary.overtaken), (2, 0));
    assert_eq!((summary.files_before, summary.files_after, summary.rows), (5, 2, 8));
    assert!(summary.bytes_after < summary.bytes_before, "{summary:?}");
    let first = Some("1970-01-01".to_owned());
    assert_eq!(
        *seen.lock().unwrap(),
        [
            (None, 0, 2, 2),
            (None, 1, 2, 2),
            (first.clone(), 1, 2, 5),
            (first, 2, 2, 5)
        ]
    );
    assert_eq!(after.files().len(), 3);
    let [merged] = of_day(&after, Some("1970-01-01"))[..] else {
        panic!("{after:?}")
    };
    assert_eq!(times_in(&table, merged).await, [10, 20, 30, 30, 40].map(Some));
    assert_eq!(merged.rows(), Some(5));
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(merged.statistics.as_deref().unwrap()).unwrap(),
        serde_json::json!({
            "numRecords": 5,
            "minValues": {"srcaddr": "10.0.0.1", "start": 10, "_object": "a"},
            "maxValues": {"srcaddr": "10.0.0.8", "start": 40, "_object": "c"},
            "nullCount": {"srcaddr": 0, "start": 0, "_object": 0},
        })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_files_look_as_a_loader_writes_them() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let one = add(&table, vec![rows("a", &[("10.0.0.2", 1)])]).await;
    let types = async |file: &DataFile| {
        let mut batches = read_columns(&table, file, &["srcaddr", "start", "_object"])
            .await
            .unwrap();
        let batch = batches.next().await.unwrap().unwrap();
        batch
            .schema()
            .fields()
            .iter()
            .map(|field| field.data_type().clone())
            .collect::<Vec<_>>()
    };
    let loaded = types(&one.files()[0]).await;
    add(&table, vec![rows("b", &[("10.0.0.2", 2)])]).await;
    compact_all(&table).await;
    let merged = types(&table.snapshot().await.unwrap().unwrap().files()[0]).await;
    assert_eq!(merged, loaded);
    // Plain types: not every reader compares views and dictionaries with text.
    assert_eq!(merged, [DataType::Utf8, DataType::Int64, DataType::Utf8]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_compact_stays_as_it_is() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    assert_eq!(compact_all(&table).await, CompactSummary::default());
    add(&table, vec![rows("a", &[("10.0.0.2", DAY), ("10.0.0.1", 3)])]).await;
    let before = table.snapshot().await.unwrap().unwrap().version();
    assert_eq!(compact_all(&table).await, CompactSummary::default());
    add(&table, vec![rows("b", &[("10.0.0.2", 5)])]).await;
    assert_eq!(compact_all(&table).await.files_before, 2);
    assert_eq!(compact_all(&table).await, CompactSummary::default());
    assert_eq!(table.snapshot().await.unwrap().unwrap().version(), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_target_size_are_left_alone() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let names: Vec<String> = (0..20_000_u64)
        .map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        .collect();
    let large: Vec<(&str, i64)> = names
        .iter()
        .zip(0..)
        .map(|(name, n)| (name.as_str(), n % DAY))
        .collect();
    let snapshot = add(&table, vec![rows("large", &large)]).await;
    let target_bytes = snapshot.files()[0].size_bytes;
    add(&table, vec![rows("b", &[("10.0.0.2", 5)])]).await;
    add(&table, vec![rows("c", &[("10.0.0.3", 4)])]).await;
    let summary = compact(&table, &CompactOptions { target_bytes }, &|_| {})
        .await
        .unwrap();
    assert_eq!((summary.files_before, summary.files_after, summary.rows), (2, 1, 2));
    let after = table.snapshot().await.unwrap().unwrap();
    assert!(after.files().iter().any(|file| file.path == snapshot.files()[0].path));
    // The one small file left and the large one are more than the target together.
    let options = CompactOptions {
        target_bytes: target_bytes + 1,
    };
    assert_eq!(
        compact(&table, &options, &|_| {}).await.unwrap(),
        CompactSummary::default()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn very_many_files_are_merged_in_runs_and_these_again() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let mut files = Vec::new();
    for file in 0..150_i64 {
        // Every file spans the day, so that rows of all files alternate; times repeat between files.
        let spread: Vec<(&str, i64)> = (0..200).map(|row| ("10.0.0.1", (row * 431 + file % 7) % DAY)).collect();
        files.extend(stage(&table, vec![rows(&format!("o{file}"), &spread)]).await.unwrap());
    }
    table
        .commit(&Change {
            add: files,
            ..Change::default()
        })
        .await
        .unwrap();
    let sums = "SELECT count(*), count(DISTINCT _object), sum(start), min(start), max(start) FROM flow";
    let before = ask(&lake, sums).await.0;
    let summary = compact_all(&table).await;
    assert_eq!(
        (summary.partitions, summary.files_before, summary.files_after),
        (1, 152, 3)
    );
    let after = table.snapshot().await.unwrap().unwrap();
    assert_eq!(after.files().len(), 1);
    assert_eq!(ask(&lake, sums).await.0, before);
    let times = times_in(&table, &after.files()[0]).await;
    assert_eq!(times.len(), 30_000);
    assert!(times.is_sorted());
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_only_some_files_have_are_null_in_the_rows_of_the_others() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    add(&table, vec![rows("a", &[("10.0.0.1", 1), ("10.0.0.1", 3)])]).await;
    let colours: ArrayRef = Arc::new(StringArray::from(vec![Some("blue"), None]));
    let shapes: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>, None]));
    let starts: ArrayRef = Arc::new(Int64Array::from(vec![2, 4]));
    let batch = RecordBatch::try_from_iter([("start", starts), ("colour", colours), ("shape", shapes)]).unwrap();
    add(
        &table,
        vec![Part {
            batch,
            object: Some("b".into()),
            fallback_day: None,
        }],
    )
    .await;
    compact_all(&table).await;
    let (answer, figures) = ask(
        &lake,
        "SELECT start, srcaddr, colour, shape, _object FROM flow ORDER BY start",
    )
    .await;
    assert_eq!(figures.files_total, 1);
    assert_eq!(
        answer,
        "\
+-------+----------+--------+-------+---------+
| start | srcaddr  | colour | shape | _object |
+-------+----------+--------+-------+---------+
| 1     | 10.0.0.1 |        |       | a       |
| 2     |          | blue   |       | b       |
| 3     | 10.0.0.1 |        |       | a       |
| 4     |          |        |       | b       |
+-------+----------+--------+-------+---------+"
    );
    let file = table.snapshot().await.unwrap().unwrap().files()[0].clone();
    let mut held = read_columns(&table, &file, &["colour", "shape"]).await.unwrap();
    assert_eq!(
        held.next().await.unwrap().unwrap().num_columns(),
        1,
        "a column without a value takes no room"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_without_a_time_come_first_in_the_file_and_in_answers() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    add(&table, vec![rows("a", &[("10.0.0.1", 5)])]).await;
    add(
        &table,
        vec![rows("b", &[("10.0.0.2", 7)]), timeless("b", &["10.0.0.3"], Some(0))],
    )
    .await;
    let question = "SELECT start, srcaddr FROM flow ORDER BY start NULLS FIRST";
    let expected = "\
+-------+----------+
| start | srcaddr  |
+-------+----------+
|       | 10.0.0.3 |
| 5     | 10.0.0.1 |
| 7     | 10.0.0.2 |
+-------+----------+";
    assert_eq!(ask(&lake, question).await.0, expected);
    compact_all(&table).await;
    let after = table.snapshot().await.unwrap().unwrap();
    assert_eq!(times_in(&table, &after.files()[0]).await, [None, Some(5), Some(7)]);
    assert_eq!(ask(&lake, question).await.0, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_days_is_one_partition_and_reads_as_before() {
    let (_folder, lake) = lake();
    let table = lake.table(history_table());
    for batch in 1..=3 {
        let row = HistoryRow {
            object_uri: format!("s3://b/{}", batch % 2),
            table_name: None,
            status: Status::Loaded,
            size_bytes: 1,
            etag: format!("e{batch}"),
            sha256: "00".into(),
            last_modified: None,
            format: None,
            lines: 1,
            rows: 1,
            headers: 0,
            rejected: 0,
            duplicates: 0,
            nodata: 0,
            skipdata: 0,
            first_error: None,
            pipe: None,
            table_folder: None,
        };
        let stamp = BatchStamp {
            shard: "0",
            batch,
            loaded_at: chrono::Utc::now(),
        };
        let batch = history_batch(&[row], stamp).unwrap();
        add(
            &table,
            vec![Part {
                batch,
                object: None,
                fallback_day: None,
            }],
        )
        .await;
    }
    let is_wanted = |uri: &str| uri.starts_with("s3://b/");
    let before = loaded_objects(
        &table,
        &table.snapshot().await.unwrap().unwrap(),
        &LoadsOf::Logs,
        is_wanted,
    )
    .await
    .unwrap();
    let summary = compact_all(&table).await;
    assert_eq!(
        (
            summary.partitions,
            summary.files_before,
            summary.files_after,
            summary.rows
        ),
        (1, 3, 1, 3)
    );
    let after = table.snapshot().await.unwrap().unwrap();
    assert_eq!(after.files().len(), 1);
    let known = loaded_objects(&table, &after, &LoadsOf::Logs, is_wanted).await.unwrap();
    assert_eq!(known, before);
    assert_eq!(known["s3://b/1"].etag, "e3");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_began_before_ends_as_if_nothing_had_happened() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    for file in 0..12 {
        add(
            &table,
            vec![rows(
                &format!("o{file}"),
                &[("10.0.0.1", file), ("10.0.0.2", DAY + file)],
            )],
        )
        .await;
    }
    let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1).with_batch_size(1));
    let (url, store) = engine_store(&lake).unwrap();
    context.register_object_store(&url, store);
    let definition = Arc::clone(log_table(flowtrail_decode::LogKind::VpcFlow));
    let snapshot = table.snapshot().await.unwrap();
    let provider = LakeTable::new(definition, snapshot, Figures::default());
    context.register_table("flow", Arc::new(provider)).unwrap();
    let query = context.sql("SELECT start FROM flow ORDER BY start").await.unwrap();
    let mut stream = query.execute_stream().await.unwrap();
    let mut times = vec![stream.next().await.unwrap().unwrap()];

    assert_eq!(compact_all(&table).await.files_before, 24);
    let least = VacuumOptions {
        older_than: Duration::from_hours(1),
        dry_run: false,
    };
    assert_eq!(vacuum(&table, &least).await.unwrap().files, 0);

    while let Some(batch) = stream.next().await {
        times.push(batch.unwrap());
    }
    let times: Vec<i64> = times
        .iter()
        .flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec())
        .collect();
    assert_eq!(times, (0..12).chain(DAY..DAY + 12).collect::<Vec<_>>());
}

/// Runs `task` to its end while the caller, in the midst of something, waits.
fn meanwhile<T: Send>(task: impl Future<Output = T> + Send) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    std::thread::scope(|scope| scope.spawn(move || runtime.block_on(task)).join().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_compactors_at_once_one_skips() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    add(&table, vec![rows("a", &[("10.0.0.1", 1), ("10.0.0.1", DAY)])]).await;
    add(&table, vec![rows("b", &[("10.0.0.2", 2), ("10.0.0.2", DAY)])]).await;
    let before = ask(&lake, ALL).await.0;
    let other = AtomicBool::new(false);
    // The first file is merged and not committed when the other compactor comes and does it all.
    let summary = compact(&table, &CompactOptions::default(), &|_| {
        if !other.swap(true, Ordering::SeqCst) {
            assert_eq!(meanwhile(compact_all(&table)).partitions, 2);
        }
    })
    .await
    .unwrap();
    assert_eq!(
        summary,
        CompactSummary {
            overtaken: 1,
            ..CompactSummary::default()
        }
    );
    assert_eq!(ask(&lake, ALL).await.0, before);
    assert_eq!(table.snapshot().await.unwrap().unwrap().files().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn compactors_and_loaders_at_the_same_moment_lose_nothing() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    for file in 0..6 {
        add(&table, vec![rows(&format!("o{file}"), &[("10.0.0.1", file)])]).await;
    }
    let loader = async {
        for file in 6..12 {
            add(&table, vec![rows(&format!("o{file}"), &[("10.0.0.1", file)])]).await;
        }
    };
    let compactor = || {
        let table = table.clone();
        tokio::spawn(async move { compact_all(&table).await })
    };
    let (one, two, ()) = tokio::join!(compactor(), compactor(), loader);
    assert!(one.unwrap().partitions + two.unwrap().partitions > 0);
    compact_all(&table).await;
    let (answer, figures) = ask(
        &lake,
        "SELECT count(*) AS n, count(DISTINCT _object) AS o, sum(start) AS s FROM flow",
    )
    .await;
    assert!(answer.contains("| 12 | 12 | 66 |"), "{answer}");
    assert_eq!(figures.files_total, 1);
}

#[cfg(feature = "failpoints")]
mod crash {
    use super::*;

    const LAKE: &str = "FLOWTRAIL_TEST_CRASH_LAKE";

    /// Not a test of its own: the process that dies in the test below.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "run by the test of a crash"]
    async fn compactor_that_dies() {
        let _failpoints = fail::FailScenario::setup();
        let lake = Lake::open_folder(std::env::var_os(LAKE).unwrap().into()).unwrap();
        compact_all(&flow_table(&lake)).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_crash_before_the_commit_leaves_the_table_as_it_was() {
        let (_folder, lake) = lake();
        let table = flow_table(&lake);
        add(&table, vec![rows("a", &[("10.0.0.1", 1)])]).await;
        let snapshot = add(&table, vec![rows("b", &[("10.0.0.2", 2)])]).await;
        let before = ask(&lake, ALL).await.0;
        let died = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "compact::crash::compactor_that_dies", "--ignored"])
            .env(LAKE, lake.folder().unwrap())
            .env("FAILPOINTS", "lake.compact.before_commit=return(kill)")
            .output()
            .unwrap();
        assert!(!died.status.success(), "{}", String::from_utf8_lossy(&died.stdout));
        assert_eq!(table.snapshot().await.unwrap().unwrap().version(), snapshot.version());
        assert_eq!(ask(&lake, ALL).await.0, before);
        let day = lake
            .folder()
            .unwrap()
            .join(table.path().as_ref())
            .join("day=1970-01-01");
        assert_eq!(
            std::fs::read_dir(&day).unwrap().count(),
            3,
            "the merged file lies there and belongs to nothing"
        );
        assert_eq!(compact_all(&table).await.files_after, 1);
        assert_eq!(ask(&lake, ALL).await.0, before);
    }
}
