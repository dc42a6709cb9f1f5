//! Keeping a lake: compact, retain, vacuum; what is in it; help for the shell.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::site::Site;

const SUMS: &str =
    "SELECT day, count(*) AS n, sum(bytes) AS b, min(srcaddr) AS least FROM vpc_flow GROUP BY 1 ORDER BY 1";

/// A lake of three loads over four days.
fn loaded() -> Site {
    let site = Site::new();
    for seed in ["1", "2", "3"] {
        let made = site.run(&[
            "generate",
            "vpc_flow",
            "logs",
            "--rows",
            "900",
            "--files",
            "9",
            "--days",
            "4",
            "--end",
            "2026-11-16",
            "--seed",
            seed,
        ]);
        assert_eq!(made.status.code(), Some(0));
        assert_eq!(site.load(&[]).0, 0);
    }
    site
}

fn files(site: &Site) -> u64 {
    site.json_of(&["sql", "SELECT count(bytes) AS n FROM vpc_flow"])["figures"]["files_total"]
        .as_u64()
        .unwrap()
}

#[test]
fn compacting_changes_files_and_no_answer() {
    let site = loaded();
    let (before, sums) = (files(&site), site.ask(SUMS));
    let done = site.json_of(&["compact", "logs.vpc_flow"]);
    assert_eq!(done["logs.vpc_flow"]["files_before"], json!(before), "{done}");
    assert_eq!((files(&site), site.ask(SUMS)), (4, sums));
    assert_eq!(
        site.json_of(&["compact"])["logs.vpc_flow"]["partitions"],
        0,
        "nothing is left to merge"
    );
    site.ledger_adds_up();
}

#[test]
fn tables_that_somebody_made_are_merged_too() {
    let site = Site::new();
    for number in 1..=3 {
        site.put(
            &format!("{number}.json"),
            format!("{{\"n\": {number}, \"k{number}\": \"x\"}}"),
        );
        let place = site.logs().display().to_string();
        let told = site.run(&[
            "sql",
            &format!("CREATE TABLE t (v VARIANT); COPY INTO t FROM '{place}' FILE_FORMAT = (TYPE = JSON)"),
        ]);
        assert_eq!(told.status.code(), Some(0), "{told:?}");
    }
    for day in ["2026-11-01", "2026-11-02"] {
        let told = site.run(&[
            "sql",
            &format!("CREATE TABLE d (day DATE, n INT); INSERT INTO d VALUES (DATE '{day}', 1)"),
        ]);
        assert_eq!(told.status.code(), Some(0), "{told:?}");
    }
    let asked = "SELECT v, v:n::bigint AS n, v:k2::varchar AS k FROM t ORDER BY 2";
    let before = site.ask(asked);
    assert_eq!(before[1], json!({"v": "{\"k2\":\"x\",\"n\":2}", "n": 2, "k": "x"}));
    assert_eq!(site.json_of(&["compact", "t"])["public.t"]["files_before"], 3);
    assert_eq!(site.ask(asked), before);
    assert_eq!(site.json_of(&["compact", "public.d"])["public.d"]["files_before"], 2);
    let days = json!([{"day": "2026-11-01", "n": 1}, {"day": "2026-11-02", "n": 1}]);
    assert_eq!(
        site.ask("SELECT day, n FROM d ORDER BY day"),
        days,
        "a column `day` is no partition there"
    );
    let vacuumed = site.json_of(&["vacuum", "--dry-run"]);
    assert_eq!(
        vacuumed["public.t"]["files"], 0,
        "what was merged is kept for those who read it: {vacuumed}"
    );
    let unknown = site.run(&["compact", "nothing"]);
    assert!(
        String::from_utf8_lossy(&unknown.stderr).contains("no table `nothing`"),
        "{unknown:?}"
    );
}

#[test]
fn old_days_go_and_files_nobody_needs_after_them() {
    let site = loaded();
    let before = site.ask(SUMS);
    let would = site.json_of(&["retain", "--before", "2026-11-14", "--dry-run"]);
    assert_eq!(would["logs.vpc_flow"]["days"], json!(["2026-11-12", "2026-11-13"]));
    assert_eq!(site.ask(SUMS), before, "a dry run drops nothing");
    site.json_of(&["retain", "--before", "2026-11-14"]);
    assert_eq!(site.ask(SUMS).as_array().unwrap()[..], before.as_array().unwrap()[2..]);
    assert_eq!(site.load(&[]).1["loaded"], 0, "what was dropped is not loaded again");

    site.json_of(&["compact"]);
    let kept = site.json_of(&["vacuum"]);
    assert_eq!(
        kept["logs.vpc_flow"]["files"], 0,
        "a query may still read what left the table a moment ago: {kept}"
    );
    assert_eq!(site.ask(SUMS).as_array().unwrap().len(), 2);
    let too_soon = site.run(&["vacuum", "--older-than", "0"]);
    let answer = site.ask(SUMS);
    assert_eq!(answer.as_array().unwrap().len(), 2, "{too_soon:?}");
}

#[test]
fn what_is_in_the_lake_can_be_looked_at() {
    let site = loaded();
    let history = site.json_of(&["history"]);
    let rows = history.as_array().or_else(|| history["rows"].as_array()).unwrap();
    assert_eq!(rows.len(), 27, "{history}");
    for (arguments, says) in [
        (&["history"][..], "loaded"),
        (&["tables"], "logs.vpc_flow"),
        (&["describe", "logs.vpc_flow"], "srcaddr"),
        (&["describe", "flow"], "start_time"),
    ] {
        let output = site.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(says), "{arguments:?}: {text}");
        site.json_of(arguments);
    }
    let unknown = site.run(&["describe", "flwo"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("flwo"));
}

#[test]
fn shells_and_man_get_what_they_need() {
    let site = Site::new();
    let script = site.run(&["completions", "bash"]).stdout;
    assert!(String::from_utf8_lossy(&script).contains("--flow-format"));
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(&script).unwrap();
    assert!(bash.wait().unwrap().success(), "bash cannot read its completions");
    assert_eq!(site.run(&["man", "man"]).status.code(), Some(0));
    let page = std::fs::read_to_string(site.folder.path().join("man/flowtrail-load.1")).unwrap();
    assert!(page.contains("on\\-error"), "{page}");
}
