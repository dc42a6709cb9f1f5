//! Partitions that a table finds by itself.

use chrono::Utc;
use flowtrail_external::{Access, check, partitions};
use proptest::prelude::*;

use crate::desk::{Desk, columns};

fn desk(partition_columns: &str, files: &[&str]) -> Desk {
    let mut desk = Desk::new("line string", None, &[]);
    desk.table.partition_columns = columns(partition_columns);
    desk.set(&[("flowtrail.partitions", "auto")]);
    for file in files {
        desk.put(file, format!("{file}\n"));
    }
    desk
}

async fn found(desk: &Desk) -> Vec<String> {
    let found = partitions(&desk.table, &Access::default(), Utc::now()).await.unwrap();
    found.iter().map(|partition| partition.values.join(",")).collect()
}

#[tokio::test]
async fn hours_are_found_and_years_that_are_ruled_out_are_not_gone_into() {
    let files = [
        "2016/12/31/23/a.log",
        "2017/01/14/07/a.log",
        "2017/01/15/00/b.log",
        "2017/01/15/01/deep/c.log",
        "2017/13/01/00/no_month.log",
    ];
    let mut desk = desk("IngestDateTime string", &files);
    assert_eq!(
        found(&desk).await,
        ["2016-12-31-23", "2017-01-14-07", "2017-01-15-00", "2017-01-15-01"]
    );
    let answer = desk
        .ask("SELECT ingestdatetime, line FROM t WHERE ingestdatetime > '2017-01-15-00'")
        .await
        .unwrap();
    assert_eq!(answer.rows, ["2017-01-15-01|2017/01/15/01/deep/c.log"]);
    // Of the days before nobody knows the hours.
    assert_eq!(
        (answer.figures.partitions_read, answer.figures.partitions_total),
        (1, 2)
    );
    assert_eq!(
        desk.rows("SELECT count(*) FROM t WHERE to_timestamp(ingestdatetime, '%Y-%m-%d-%H') < now()")
            .await,
        ["4"]
    );
    desk.put("2017/01/16/05/new.log", "new\n");
    assert_eq!(desk.rows("SELECT max(ingestdatetime) FROM t").await, ["2017-01-16-05"]);
    // What was added by hand is there, too, and where it was said to be.
    desk.put("elsewhere/x.log", "elsewhere\n");
    desk.add(&["2017-01-16-05"], "elsewhere/");
    assert_eq!(
        desk.rows("SELECT line FROM t WHERE ingestdatetime = '2017-01-16-05'")
            .await,
        ["elsewhere"]
    );
}

#[tokio::test]
async fn a_day_with_objects_of_its_own_is_a_partition_as_a_whole() {
    let files = [
        "2026/11/20/a.log",
        "2026/11/20/05/b.log",
        "2026/11/21/05/c.log",
        "2026/11/22/x/d.log",
    ];
    let one = desk("dt string", &files);
    assert_eq!(found(&one).await, ["2026-11-20", "2026-11-21-05", "2026-11-22"]);
    assert_eq!(one.rows("SELECT count(*) FROM t WHERE dt = '2026-11-20'").await, ["2"]);
    let four = desk("year int; month int; day int; hour int", &files);
    assert_eq!(
        four.rows("SELECT day, hour, count(*) FROM t WHERE month = 11 AND day < 22 GROUP BY 1, 2 ORDER BY 1")
            .await,
        ["20||2", "21|5|1"]
    );
    let three = desk("year string; month string; day string", &files);
    assert_eq!(found(&three).await, ["2026,11,20", "2026,11,21", "2026,11,22"]);
    let day = desk("day date", &files);
    assert_eq!(
        day.rows("SELECT count(*) FROM t WHERE day > DATE '2026-11-20'").await,
        ["2"]
    );
}

#[tokio::test]
async fn hives_folders_are_found_as_well() {
    let two = desk(
        "dt string; k string",
        &["dt=2026-11-20/K=a%2Fb/x.log", "2026/11/20/no.log"],
    );
    assert_eq!(two.rows("SELECT dt, k FROM t").await, ["2026-11-20|a/b"]);
    let one = desk("dt string", &["dt=2026-11-20/x.log", "2026/11/21/y.log"]);
    assert_eq!(found(&one).await, ["2026-11-20", "2026-11-21"]);
    assert_eq!(desk("dt string", &[]).rows("SELECT count(*) FROM t").await, ["0"]);
}

#[test]
fn what_makes_no_sense_is_said() {
    let mut desk = desk("dt string", &[]);
    desk.set(&[("flowtrail.partitions", "yes")]);
    assert!(check(&desk.table).unwrap_err().to_string().contains("expected auto"));
    desk.set(&[("flowtrail.partitions", "auto"), ("projection.enabled", "true")]);
    assert!(
        check(&desk.table)
            .unwrap_err()
            .to_string()
            .contains("found or projected")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Going by levels leaves nothing out that the conditions let through.
    #[test]
    fn a_question_has_the_partitions_that_it_asks_for(
        hours in proptest::collection::btree_set((2025_u32..2027, 1_u32..13, 1_u32..29, 0_u32..24), 1..12),
        bound in "20(25|26)(-(0[1-9]|1[0-2])(-[0-2][0-9](-[01][0-9])?)?)?",
        operator in prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("="), Just("<>"), Just("LIKE")],
        end in prop_oneof![Just(""), Just("%")],
    ) {
        let desk = desk("dt string", &[]);
        for (year, month, day, hour) in &hours {
            desk.put(&format!("{year}/{month:02}/{day:02}/{hour:02}/x.log"), "x\n");
        }
        let question = format!("SELECT count(*) FROM t WHERE dt {operator} '{bound}{end}'");
        // A condition over a column of the files too is not one over partitions alone.
        let slow = format!("SELECT count(*) FROM t WHERE dt || substr(line, 2) {operator} '{bound}{end}'");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (fast, slow) = runtime.block_on(async { (desk.rows(&question).await, desk.rows(&slow).await) });
        prop_assert_eq!(fast, slow);
    }
}
