use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flowtrail_lake::intent::{Intent, Outcome, Owner, Put, Shard, TableOutcome};
use flowtrail_lake::stage::{StagedFile, stage};
use flowtrail_lake::vacuum::{VacuumOptions, vacuum};
use flowtrail_lake::{Lake, LakeError, Table};

use crate::compact::{add, compact_all};
use crate::scan::ask;
use crate::table::{flow_table, lake, rows};

const HOUR: Duration = Duration::from_hours(1);
const DAYS: Duration = Duration::from_hours(24);

fn an_hour() -> VacuumOptions {
    VacuumOptions {
        older_than: HOUR,
        dry_run: false,
    }
}

/// Makes a file look as if it was written so long ago.
fn age(path: &Path, by: Duration) {
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_modified(SystemTime::now() - by)
        .unwrap();
}

fn on_disk(lake: &Lake, table: &Table, relative: &str) -> PathBuf {
    lake.folder().unwrap().join(table.path().as_ref()).join(relative)
}

/// A file beside the table that nothing names, written so long ago.
async fn orphan(lake: &Lake, table: &Table, by: Duration) -> (StagedFile, PathBuf) {
    let [file] = &stage(table, vec![rows("orphan", &[("10.9.9.9", 1)])]).await.unwrap()[..] else {
        panic!()
    };
    let path = on_disk(lake, table, &file.path);
    age(&path, by);
    (file.clone(), path)
}

/// Sets the time at which files were taken out of the table, in every version, back by so much.
fn age_tombstones(lake: &Lake, table: &Table, by: Duration) {
    for entry in fs::read_dir(on_disk(lake, table, "_delta_log")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let lines: Vec<String> = fs::read_to_string(&path)
            .unwrap()
            .lines()
            .map(|line| {
                let mut action: serde_json::Value = serde_json::from_str(line).unwrap();
                if let Some(time) = action["remove"]["deletionTimestamp"].as_i64() {
                    action["remove"]["deletionTimestamp"] = (time - by.as_millis() as i64).into();
                }
                if action["remove"].is_null() {
                    line.to_owned()
                } else {
                    action.to_string()
                }
            })
            .collect();
        fs::write(&path, lines.join("\n")).unwrap();
    }
}

fn owner() -> Owner {
    Owner {
        host: "h".into(),
        process: 1,
        process_start: "0".into(),
        run: "r".into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_age_under_an_hour_is_refused() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let options = VacuumOptions {
        older_than: Duration::from_mins(59),
        dry_run: true,
    };
    assert!(matches!(
        vacuum(&table, &options).await,
        Err(LakeError::TooYoung { least_hours: 1 })
    ));
    assert_eq!(VacuumOptions::default().older_than, 7 * DAYS);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_leave_the_disk_an_age_after_they_left_the_table() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    add(&table, vec![rows("a", &[("10.0.0.1", 1)])]).await;
    let before = add(&table, vec![rows("b", &[("10.0.0.2", 2)])]).await;
    let old: Vec<PathBuf> = before
        .files()
        .iter()
        .map(|file| lake.folder().unwrap().join(file.path.as_ref()))
        .collect();
    let bytes: u64 = before.files().iter().map(|file| file.size_bytes).sum();
    compact_all(&table).await;
    // What counts is when they left the table, not when they were written.
    for path in &old {
        age(path, 30 * DAYS);
    }
    assert_eq!(vacuum(&table, &an_hour()).await.unwrap().files, 0);
    age_tombstones(&lake, &table, 2 * HOUR);

    let longer = VacuumOptions {
        older_than: 3 * HOUR,
        dry_run: false,
    };
    assert_eq!(vacuum(&table, &longer).await.unwrap().files, 0);
    let dry = vacuum(
        &table,
        &VacuumOptions {
            dry_run: true,
            ..an_hour()
        },
    )
    .await
    .unwrap();
    assert_eq!((dry.files, dry.bytes), (2, bytes));
    assert!(old.iter().all(|path| path.exists()), "a dry run removes nothing");

    let summary = vacuum(&table, &an_hour()).await.unwrap();
    assert_eq!((summary.files, summary.bytes, summary.failed.len()), (2, bytes, 0));
    assert!(old.iter().all(|path| !path.exists()));
    let (answer, figures) = ask(&lake, "SELECT count(srcaddr) AS n FROM flow").await;
    assert!(answer.contains("| 2 |"), "{answer}");
    assert_eq!(figures.files_read, 1);
    assert_eq!(vacuum(&table, &an_hour()).await.unwrap().files, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_killed_processes_left_goes_when_it_is_old() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let snapshot = add(&table, vec![rows("a", &[("10.0.0.1", 1)])]).await;
    let kept = lake.folder().unwrap().join(snapshot.files()[0].path.as_ref());
    age(&kept, 30 * DAYS);
    let (_, young) = orphan(&lake, &table, HOUR / 2).await;
    let (file, old) = orphan(&lake, &table, 2 * HOUR).await;
    let (young_tmp, old_tmp) = (
        lake.folder().unwrap().join("tmp/y"),
        lake.folder().unwrap().join("tmp/o"),
    );
    fs::write(&young_tmp, "12").unwrap();
    fs::write(&old_tmp, "12345").unwrap();
    age(&old_tmp, 2 * HOUR);
    let beside = [
        on_disk(&lake, &table, "notes.txt"),
        on_disk(&lake, &table, "_delta_log/x.parquet"),
    ];
    for path in &beside {
        fs::write(path, "").unwrap();
        age(path, 30 * DAYS);
    }
    let first_version = on_disk(&lake, &table, "_delta_log/00000000000000000000.json");
    age(&first_version, 30 * DAYS);

    let summary = vacuum(&table, &an_hour()).await.unwrap();
    assert_eq!((summary.files, summary.bytes), (2, file.size_bytes + 5));
    assert!(!old.exists() && !old_tmp.exists());
    assert!(young.exists() && young_tmp.exists() && kept.exists() && first_version.exists());
    assert!(beside.iter().all(|path| path.exists()));
}

#[tokio::test(flavor = "multi_thread")]
async fn orphans_go_before_the_table_has_a_first_version() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let (_, old) = orphan(&lake, &table, 2 * HOUR).await;
    assert_eq!(vacuum(&table, &an_hour()).await.unwrap().files, 1);
    assert!(!old.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_a_decided_batch_will_add_stay() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let (named, path) = orphan(&lake, &table, 30 * DAYS).await;
    let (_, other) = orphan(&lake, &table, 30 * DAYS).await;
    let shard = Shard::new(&lake, "0");
    let claimed = shard.claim(&Intent::new(1, owner(), Vec::new())).await.unwrap();
    assert_eq!(claimed, Put::Ours);
    let files = vec![named];
    let outcome = TableOutcome {
        table: "logs.vpc_flow".into(),
        files,
        ..TableOutcome::default()
    };
    shard.decide(1, &Outcome::done("r", vec![outcome])).await.unwrap();
    assert_eq!(vacuum(&table, &an_hour()).await.unwrap().files, 1);
    assert!(path.exists() && !other.exists());
    shard.clean(1).await.unwrap();
    assert_eq!(vacuum(&table, &an_hour()).await.unwrap().files, 1);
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_a_batch_may_have_written_stay_until_it_is_decided() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let shard = Shard::new(&lake, "0");
    let mut intent = Intent::new(1, owner(), Vec::new());
    intent.began = chrono::Utc::now() - chrono::TimeDelta::days(3);
    shard.claim(&intent).await.unwrap();
    let (_, since) = orphan(&lake, &table, 2 * DAYS).await;
    let (_, earlier) = orphan(&lake, &table, 4 * DAYS).await;
    assert_eq!(vacuum(&table, &an_hour()).await.unwrap().files, 1);
    assert!(since.exists() && !earlier.exists());
    shard.decide(1, &Outcome::abandoned("other")).await.unwrap();
    assert_eq!(vacuum(&table, &an_hour()).await.unwrap().files, 1);
    assert!(!since.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_cannot_be_read_stops_everything() {
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let (_, old) = orphan(&lake, &table, 30 * DAYS).await;
    fs::create_dir_all(lake.folder().unwrap().join("loads/0")).unwrap();
    fs::write(lake.folder().unwrap().join("loads/0/000000000001.outcome.json"), "{").unwrap();
    let outcome = vacuum(&table, &an_hour()).await;
    assert!(matches!(&outcome, Err(LakeError::Damaged { path, .. }) if path == "loads/0/000000000001.outcome.json"));
    assert!(old.exists());
}
