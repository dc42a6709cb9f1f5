//! What retain and vacuum take away, to the file, and what the listings say to the number.

use std::collections::BTreeSet;
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::site::{FLOW, HEADER, Site, event, records};

/// Three loads of an object each: two days of flow records, and an event.
fn loaded() -> Site {
    let site = Site::new();
    for load in 0..3 {
        let lines = |day: u64| {
            let start = 1_793_491_200 + day * 86_400 + load;
            let times = format!("{start} {}", start + 60);
            FLOW.replace("1793491200 1793491260", &times).repeat(2 + day as usize)
        };
        site.put(&format!("{load}.log"), format!("{HEADER}{}{}", lines(0), lines(1)));
        site.put(&format!("{load}.json"), records(&[event(&load.to_string(), "A")]));
        assert_eq!(site.load(&[]).0, 0);
    }
    site
}

fn text_of(site: &Site, arguments: &[&str]) -> String {
    let output = site.run(arguments);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn folder_of(site: &Site, table: &str) -> PathBuf {
    site.folder.path().join("lake/tables/flowtrail/logs").join(table)
}

/// The names of a table's files on the disk.
fn on_disk(site: &Site) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for day in fs::read_dir(folder_of(site, "vpc_flow")).unwrap() {
        let day = day.unwrap();
        if day.file_name() == "_delta_log" {
            continue;
        }
        for file in fs::read_dir(day.path()).unwrap() {
            names.insert(file.unwrap().file_name().into_string().unwrap());
        }
    }
    names
}

fn files_total(site: &Site) -> u64 {
    site.json_of(&["sql", "SELECT count(srcaddr) AS n FROM vpc_flow"])["figures"]["files_total"]
        .as_u64()
        .unwrap()
}

/// Lets time pass: files that left a table left it so many hours earlier.
fn set_back_removals(log: &Path, hours: u64) -> usize {
    let mut changed = 0;
    for version in fs::read_dir(log).unwrap() {
        let path = version.unwrap().path();
        let actions = fs::read_to_string(&path).unwrap();
        let lines = actions.lines().map(|line| {
            let mut action: Value = serde_json::from_str(line).unwrap();
            if let Some(at) = action
                .get_mut("remove")
                .and_then(|remove| remove.get_mut("deletionTimestamp"))
            {
                *at = json!(at.as_u64().unwrap() - hours * 3_600_000);
                changed += 1;
            }
            format!("{action}\n")
        });
        let lines: String = lines.collect();
        fs::write(&path, lines).unwrap();
    }
    changed
}

#[test]
fn vacuum_removes_what_left_the_table_longer_ago_than_the_age_and_nothing_else() {
    let site = loaded();
    let sums = "SELECT day, count(*) AS n, count(DISTINCT start) AS differing FROM vpc_flow GROUP BY 1 ORDER BY 1";
    let answer = json!([{"day": "2026-11-01", "n": 6, "differing": 3}, {"day": "2026-11-02", "n": 9, "differing": 3}]);
    let merged = site.json_of(&["compact", "logs.vpc_flow"]);
    let counts =
        ["files_before", "files_after", "partitions", "rows"].map(|name| merged["logs.vpc_flow"][name].as_u64());
    assert_eq!(counts, [6, 2, 2, 15].map(Some), "{merged}");
    assert_eq!((on_disk(&site).len(), files_total(&site)), (8, 2));

    // What nobody names: of now, which a loader may still bring in, and of long ago.
    let day = folder_of(&site, "vpc_flow").join("day=2026-11-01");
    fs::write(day.join("young.parquet"), "left by a loader").unwrap();
    fs::write(day.join("old.parquet"), "left by a loader").unwrap();
    fs::write(day.join("note.txt"), "no file of the table").unwrap();
    let long_ago = SystemTime::now() - Duration::from_mins(150);
    for name in ["old.parquet", "note.txt"] {
        File::options()
            .write(true)
            .open(day.join(name))
            .unwrap()
            .set_times(FileTimes::new().set_modified(long_ago))
            .unwrap();
    }
    assert_eq!(
        site.json_of(&["vacuum"])["logs.vpc_flow"]["files"],
        0,
        "a week, unless told otherwise"
    );
    assert_eq!(
        set_back_removals(&folder_of(&site, "vpc_flow").join("_delta_log"), 2),
        6
    );
    assert_eq!(
        site.json_of(&["vacuum", "--older-than", "3"])["logs.vpc_flow"]["files"],
        0,
        "two hours are not three"
    );

    let before = on_disk(&site);
    let would = site.json_of(&["vacuum", "--older-than", "1", "--dry-run"]);
    assert_eq!(
        (&would["logs.vpc_flow"]["files"], on_disk(&site)),
        (&json!(7), before),
        "a dry run removes nothing"
    );
    let gone = site.json_of(&["vacuum", "--older-than", "1"]);
    assert_eq!(
        gone["logs.vpc_flow"],
        json!({"files": 7, "bytes": would["logs.vpc_flow"]["bytes"], "failed": 0})
    );
    let left = on_disk(&site);
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(left.contains("young.parquet") && left.contains("note.txt"), "{left:?}");
    assert_eq!(site.ask(sums), answer);
    assert_eq!(
        site.json_of(&["vacuum", "--older-than", "1"])["logs.vpc_flow"]["files"],
        0
    );
    assert_eq!(site.load(&[]).1["already_loaded"], 6);
    site.ledger_adds_up();
}

#[test]
fn ages_that_would_endanger_queries_or_today_are_refused() {
    let site = loaded();
    let files = on_disk(&site);
    let refused = |arguments: &[&str]| {
        let output = site.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    insta::assert_snapshot!(refused(&["vacuum", "--older-than", "0"]), @"error: files that left a table less than 1 h ago are not removed: a query may still read them");
    insta::assert_snapshot!(refused(&["retain", "--days", "0"]), @r"
    error: --days 0 would drop today as well
      hint: to drop all days, name one with --before
    ");
    insta::assert_snapshot!(refused(&["compact", "flows"]), @r"
    error: no table `flows` in the lake
      hint: `flowtrail tables` lists them
    ");
    assert_eq!(on_disk(&site), files);
}

#[test]
fn days_go_by_age_or_table_and_the_history_keeps_their_objects() {
    let site = loaded();
    let kept = site.json_of(&["retain", "--days", "36500"]);
    assert_eq!(
        kept["logs.vpc_flow"],
        json!({"days": [], "files": 0, "rows": 0, "bytes": 0})
    );
    let gone = site.json_of(&["retain", "--before", "2026-11-02", "logs.vpc_flow"]);
    assert_eq!(
        gone.as_object().unwrap().len(),
        1,
        "only the table that was named: {gone}"
    );
    let gone = &gone["logs.vpc_flow"];
    assert_eq!(
        (&gone["days"], &gone["rows"], &gone["files"]),
        (&json!(["2026-11-01"]), &json!(6), &json!(3))
    );
    assert_eq!(
        site.ask("SELECT day, count(*) AS n FROM vpc_flow GROUP BY 1"),
        json!([{"day": "2026-11-02", "n": 9}])
    );
    assert_eq!(site.ask("SELECT count(*) AS n FROM cloudtrail"), json!([{"n": 3}]));
    // 2026-11-02 is long gone, or to come: a single day is kept of all, today.
    let all = text_of(&site, &["retain", "--before", "2026-12-01"]);
    assert!(
        all.contains("logs.vpc_flow: dropped 1 days before 2026-12-01: 9 rows in 3 files, "),
        "{all}"
    );
    assert!(
        all.contains("logs.cloudtrail: dropped 1 days before 2026-12-01: 3 rows in 3 files, "),
        "{all}"
    );
    assert_eq!(
        site.ask("SELECT (SELECT count(*) FROM vpc_flow) + (SELECT count(*) FROM cloudtrail) AS n"),
        json!([{"n": 0}])
    );
    let (status, again) = site.load(&[]);
    assert_eq!(
        (status, &again["loaded"], &again["already_loaded"]),
        (0, &json!(0), &json!(6)),
        "{again}"
    );
    assert_eq!(
        site.ask("SELECT sum(rows) AS n FROM system.load_history"),
        json!([{"n": 18}])
    );
}

#[test]
fn listings_say_rows_files_and_days_to_the_number() {
    let site = loaded();
    let tables = site.json_of(&["tables"]);
    let of = |name: &str| {
        tables
            .as_array()
            .unwrap()
            .iter()
            .find(|table| table["name"] == name)
            .unwrap()
            .clone()
    };
    let picked = |name: &str| ["kind", "rows", "files", "first_day", "last_day"].map(|key| of(name)[key].clone());
    assert_eq!(
        picked("vpc_flow"),
        [
            json!("table"),
            json!(15),
            json!(6),
            json!("2026-11-01"),
            json!("2026-11-02")
        ]
    );
    assert_eq!(
        picked("cloudtrail"),
        [
            json!("table"),
            json!(3),
            json!(3),
            json!("2026-11-01"),
            json!("2026-11-01")
        ]
    );
    assert_eq!(
        picked("tgw_flow"),
        [json!("table"), json!(0), json!(0), Value::Null, Value::Null]
    );
    assert_eq!(picked("load_history")[..2], [json!("table"), json!(6)]);
    assert_eq!(picked("flow")[..2], [json!("view"), Value::Null]);
    let grid = text_of(&site, &["tables"]);
    let line = grid.lines().find(|line| line.contains("logs.vpc_flow")).unwrap();
    let cells: Vec<_> = line.split(['│', '┆']).map(str::trim).collect();
    assert_eq!(cells[1..5], ["logs.vpc_flow", "table", "15", "6"]);
    assert_eq!(cells[6..8], ["2026-11-01", "2026-11-02"]);

    site.put(
        "new.log",
        format!("{} next-moon\n{} full\n", HEADER.trim_end(), FLOW.trim_end()),
    );
    assert_eq!(site.load(&[]).0, 0);
    let described = site.json_of(&["describe", "vpc_flow"]);
    let column = |name: &str| {
        described["columns"]
            .as_array()
            .unwrap()
            .iter()
            .find(|column| column["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&column("next_moon")["data_type"], &column("bytes")["data_type"]),
        (&json!("VARCHAR"), &json!("BIGINT"))
    );
    assert_eq!(
        (&described["partition_columns"], &described["rows"]),
        (&json!(["day"]), &json!(16))
    );
    let text = text_of(&site, &["describe", "vpc_flow"]);
    assert!(
        text.contains("\n16 rows in 7 files, ") && text.contains("\npartitioned by day\n"),
        "{text}"
    );
}

#[test]
fn history_finds_objects_and_problems_newest_first() {
    let site = loaded();
    site.put("bad.log", format!("{HEADER}{FLOW}2 1 eni\n"));
    site.put("empty.log", "");
    assert_eq!(site.load(&[]).0, 3);
    let objects = |arguments: &[&str]| {
        let answer = site.json_of(&[&["history"], arguments].concat());
        let name = |row: &Value| {
            let uri = row["object_uri"].as_str().unwrap();
            (
                uri.rsplit_once('/').unwrap().1.to_owned(),
                row["status"].as_str().unwrap().to_owned(),
            )
        };
        answer["rows"].as_array().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    let pair = |name: &str, status: &str| (name.to_owned(), status.to_owned());
    let bad = pair("bad.log", "loaded_with_rejects");
    assert_eq!(objects(&["--problems"]), [bad.clone(), pair("empty.log", "failed")]);
    assert_eq!(objects(&["--limit", "1"]), std::slice::from_ref(&bad));
    assert_eq!(objects(&["/2.log"]), [pair("2.log", "loaded")]);
    assert_eq!(objects(&["o'brien"]), []);
    assert_eq!(objects(&[]).len(), 8);
    let text = text_of(&site, &["history", "--problems"]);
    assert!(
        text.contains("line 3: 14 fields expected, 3 found") && text.contains("the object is empty"),
        "{text}"
    );
}
