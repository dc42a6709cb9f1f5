//! The promises a user meets first: what loads, what is refused and why, that the ledger adds up, that twice is once.

use std::path::Path;

use assert_cmd::Command;
use serde_json::{Value, json};

use crate::site::{FLOW, HEADER, Site, event, gzip, records};

/// One bad object beside a good one: the good one loads, the message says what is wrong with the bad one.
fn bad_beside_good(name: &str, content: impl AsRef<[u8]>, rows: u64, rejected: u64, says: &str) {
    let site = Site::new();
    site.put("good.log", format!("{HEADER}{FLOW}{FLOW}"));
    site.put(name, content);
    let (status, summary) = site.load(&[]);
    assert_eq!(status, 3, "{name}: {summary}");
    let sums = summary["tables"].as_object().unwrap().values();
    let (found_rows, found_rejected) = sums.fold((0, 0), |(rows, rejected), table| {
        (
            rows + table["rows"].as_u64().unwrap(),
            rejected + table["rejected"].as_u64().unwrap(),
        )
    });
    assert_eq!((found_rows, found_rejected), (rows + 2, rejected), "{name}: {summary}");
    let problem = &summary["problems"][0];
    assert!(problem["uri"].as_str().unwrap().ends_with(name), "{problem}");
    assert!(problem["what"].as_str().unwrap().contains(says), "{name}: {problem}");
    assert_eq!(
        site.ask("SELECT count(*) AS n FROM system.quarantine"),
        json!([{"n": rejected}]),
        "{name}"
    );
    site.ledger_adds_up();
}

#[test]
fn bad_flow_records_are_quarantined_with_place_and_reason() {
    let with = |line: &str| format!("{HEADER}{FLOW}{line}\n{FLOW}");
    bad_beside_good("few.log", with("2 123456789012 eni-1"), 2, 1, "line 3: ");
    bad_beside_good(
        "many.log",
        with(&format!("{} extra", FLOW.trim_end())),
        2,
        1,
        "line 3: ",
    );
    bad_beside_good(
        "letter.log",
        with(&FLOW.trim_end().replace("443", "https")),
        2,
        1,
        "srcport `https`",
    );
    bad_beside_good(
        "range.log",
        with(&FLOW.trim_end().replace("443", "70000")),
        2,
        1,
        "srcport 70000",
    );
    bad_beside_good(
        "nothing.log",
        with("- - - - - - - - - - - - - -"),
        2,
        1,
        "no field has a value",
    );
    let mut bytes = with("").into_bytes();
    bytes.extend(
        FLOW.replace("eni-1", "eni-\u{0}")
            .into_bytes()
            .iter()
            .map(|byte| if *byte == 0 { 0xff } else { *byte }),
    );
    bad_beside_good("bytes.log", bytes, 2, 1, "UTF-8");
}

#[test]
fn damaged_objects_fail_as_a_whole() {
    let whole = gzip(format!("{HEADER}{}", FLOW.repeat(500)).as_bytes());
    bad_beside_good("cut.log.gz", &whole[..whole.len() - 9], 0, 0, "cut off");
    bad_beside_good(
        "no.log.gz",
        "this was never compressed",
        0,
        0,
        "neither a flow log nor CloudTrail",
    );
    bad_beside_good("empty.log", "", 0, 0, "empty");
    bad_beside_good(
        "half.json",
        &records(&[event("a", "A"), event("b", "B")])[..300],
        0,
        0,
        "event ",
    );
    bad_beside_good("records.json", r#"{"Records": 7}"#, 0, 0, "Records");
    bad_beside_good("cut.parquet", b"PAR1 and no end", 0, 0, "parquet");
}

#[test]
fn bad_events_are_quarantined_and_the_rest_loads() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let mut odd_time = event("c", "C");
    odd_time["eventTime"] = json!("noon");
    let good = event("a", "A").to_string();
    bad_beside_good("number.json", format!(r#"{{"Records":[{good},7]}}"#), 1, 1, "object");
    bad_beside_good("time.json", records(&[event("a", "A"), odd_time]), 1, 1, "noon");
    let nested = format!(r#"{{"Records":[{good},{{"eventTime":"2026-11-01T12:00:00Z","requestParameters":{deep}}}]}}"#);
    bad_beside_good("deep.json", nested, 1, 1, "nested");
}

#[test]
fn what_editors_and_systems_add_is_no_error() {
    let site = Site::new();
    site.put("crlf.log", format!("{HEADER}{FLOW}").replace('\n', "\r\n"));
    site.put("mark.log", format!("\u{feff}{HEADER}{FLOW}"));
    site.put("blank.log", format!("\n{HEADER}\n{}\n\n", FLOW.replace(' ', "  ")));
    site.put("header.log", HEADER);
    site.put("plain.log", FLOW);
    let mut members = gzip(format!("{HEADER}{FLOW}").as_bytes());
    members.extend(gzip(format!("{HEADER}{FLOW}").as_bytes()));
    site.put("members.log.gz", members);
    site.put(
        "new.log",
        format!("{} next-moon\n{} full\n", HEADER.trim_end(), FLOW.trim_end()),
    );
    let changing = records(&[
        json!({"eventTime": "2026-11-01T12:00:00Z", "eventID": "1", "requestParameters": {"tags": "a"}}),
        json!({"eventTime": "2026-11-01T12:00:00Z", "eventID": "2", "requestParameters": {"tags": ["a"]}}),
    ]);
    site.put("changing.json", changing);
    let (status, summary) = site.load(&[]);
    assert_eq!((status, &summary["problem_count"]), (0, &json!(0)), "{summary}");
    assert_eq!(summary["tables"]["logs.vpc_flow"]["rows"], 7);
    assert_eq!(summary["tables"]["logs.vpc_flow"]["headers"], 7);
    assert_eq!(summary["tables"]["logs.cloudtrail"]["rows"], 2);
    let moons = site.ask("SELECT next_moon, count(*) AS n FROM vpc_flow WHERE next_moon IS NOT NULL GROUP BY 1");
    assert_eq!(moons, json!([{"next_moon": "full", "n": 1}]));
    site.ledger_adds_up();
}

#[test]
fn a_second_load_loads_nothing_and_a_changed_object_is_told_from_a_touched_one() {
    let site = Site::new();
    site.put("a.log", format!("{HEADER}{FLOW}"));
    site.put("b.json", records(&[event("a", "A")]));
    assert_eq!(site.load(&[]).1["loaded"], 2);
    let (status, again) = site.load(&[]);
    assert_eq!(
        (status, &again["loaded"], &again["already_loaded"]),
        (0, &json!(0), &json!(2))
    );
    std::thread::sleep(std::time::Duration::from_millis(20));
    site.put("a.log", format!("{HEADER}{FLOW}"));
    let (_, touched) = site.load(&[]);
    assert_eq!((&touched["unchanged"], &touched["loaded"]), (&json!(1), &json!(0)));
    site.put("a.log", format!("{HEADER}{FLOW}{FLOW}"));
    let (_, changed) = site.load(&[]);
    assert_eq!((&changed["changed"], &changed["loaded"]), (&json!(1), &json!(1)));
    assert_eq!(site.ask("SELECT count(*) AS n FROM vpc_flow"), json!([{"n": 3}]));
    site.ledger_adds_up();
}

#[test]
fn an_event_delivered_twice_is_one_row_and_other_content_is_flagged() {
    let site = Site::new();
    site.put("a.json", records(&[event("a", "A"), event("b", "B")]));
    site.put("b.json", records(&[event("a", "A"), event("b", "Other")]));
    let (_, summary) = site.load(&[]);
    assert_eq!(summary["tables"]["logs.cloudtrail"]["duplicates"], 1);
    site.put("c.json", records(&[event("a", "A"), event("c", "C")]));
    let (_, summary) = site.load(&[]);
    assert_eq!(summary["tables"]["logs.cloudtrail"]["duplicates"], 1);
    let rows = site
        .ask("SELECT eventid, count(*) AS n, bool_or(_id_conflict) AS flagged FROM cloudtrail GROUP BY 1 ORDER BY 1");
    let row = |id: &str, n: u64, flagged: Value| json!({"eventid": id, "n": n, "flagged": flagged});
    assert_eq!(
        rows,
        json!([
            row("a", 1, Value::Null),
            row("b", 2, json!(true)),
            row("c", 1, Value::Null)
        ])
    );
    // A later load brings other content: the event that was there first is flagged too.
    site.put("d.json", records(&[event("c", "Other"), event("d", "D")]));
    assert_eq!(site.load(&[]).0, 0);
    let rows = site.ask(
        "SELECT eventid, count(*) AS n, count(*) FILTER (WHERE _id_conflict) AS flagged FROM cloudtrail GROUP BY 1 ORDER BY 1",
    );
    let row = |id: &str, n: u64, flagged: u64| json!({"eventid": id, "n": n, "flagged": flagged});
    assert_eq!(
        rows,
        json!([row("a", 1, 0), row("b", 2, 2), row("c", 2, 2), row("d", 1, 0)])
    );
    site.ledger_adds_up();
}

#[test]
fn on_error_and_dry_run_do_as_they_say() {
    let site = Site::new();
    site.put("good.log", format!("{HEADER}{FLOW}"));
    site.put("bad.log", format!("{HEADER}{FLOW}2 123 oops\n"));
    let (status, dry) = site.load(&["--dry-run"]);
    assert_eq!((status, &dry["loaded"], &dry["batches"]), (0, &json!(2), &json!(0)));
    assert!(
        !Path::new(&site.folder.path().join("lake/tables")).exists(),
        "a dry run wrote"
    );
    let (status, aborted) = site.load(&["--on-error", "abort"]);
    assert_eq!(status, 1, "{aborted}");
    assert!(aborted["error"].as_str().unwrap().contains("line 3"), "{aborted}");
    assert_eq!(site.ask("SELECT count(*) AS n FROM vpc_flow"), json!([{"n": 0}]));
    let (status, skipped) = site.load(&["--on-error", "skip-object"]);
    assert_eq!(
        (status, &skipped["loaded"], &skipped["failed"]),
        (3, &json!(1), &json!(1))
    );
    assert!(site.only_problem().contains("1 of 2 records rejected"));
    assert_eq!(site.ask("SELECT count(*) AS n FROM vpc_flow"), json!([{"n": 2}]));
    site.ledger_adds_up();
}

#[test]
fn the_real_samples_load_to_the_last_record() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !samples.exists() {
        eprintln!("skipped: ../shared/data is not there");
        return;
    }
    let site = Site::new();
    let output = site.run(&["load", "--json", samples.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0));
    let counted = site.ask(
        "SELECT (SELECT count(*) FROM cloudtrail) AS events, (SELECT count(DISTINCT eventid) FROM cloudtrail) AS ids, \
         (SELECT count(*) FROM vpc_flow) AS flows, (SELECT count(*) FROM tgw_flow) AS tgw, \
         (SELECT count(*) FROM system.load_history WHERE table_name = 'logs.cloudtrail') AS files",
    );
    assert_eq!(
        counted,
        json!([{"events": 2900, "ids": 2900, "flows": 8, "tgw": 1, "files": 55}])
    );
    site.ledger_adds_up();
}

#[test]
fn generated_logs_load_to_the_sums_their_manifest_says() {
    for (fields, format) in [("v2", "text"), ("all", "text"), ("v5", "parquet")] {
        let site = Site::new();
        let arguments = [
            "generate", "vpc_flow", "logs", "--rows", "4000", "--files", "12", "--days", "2", "--json",
        ];
        let made = site.run(&[&arguments[..], &["--fields", fields, "--format", format]].concat());
        let manifest: Value = serde_json::from_slice(&made.stdout).unwrap();
        assert_eq!(site.load(&[]).0, 0);
        let loaded = site.ask(
            "SELECT count(*) AS rows, count(*) FILTER (WHERE action = 'REJECT') AS rejected, sum(bytes) AS flow_bytes, \
             sum(packets) AS packets, count(*) FILTER (WHERE log_status = 'NODATA') AS nodata FROM vpc_flow",
        );
        for name in ["rows", "rejected", "flow_bytes", "packets", "nodata"] {
            assert_eq!(loaded[0][name], manifest[name], "{fields} {format} {name}");
        }
        assert_eq!(site.run(&["compact"]).status.code(), Some(0));
        assert_eq!(
            site.ask("SELECT sum(bytes) AS b FROM vpc_flow")[0]["b"],
            manifest["flow_bytes"]
        );
        site.ledger_adds_up();
    }
}

#[test]
fn standard_input_is_known_by_its_content() {
    let site = Site::new();
    let load = |text: String| {
        let output = Command::new(env!("CARGO_BIN_EXE_flowtrail"))
            .args([
                "--lake",
                site.folder.path().join("lake").to_str().unwrap(),
                "--json",
                "load",
                "vpc_flow",
                "-",
            ])
            .write_stdin(text)
            .output()
            .unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let text = format!("{HEADER}{FLOW}");
    let first = load(text.clone());
    assert_eq!(
        (&first["loaded"], &first["bytes"]),
        (&json!(1), &json!(text.len())),
        "{first}"
    );
    let again = load(text);
    assert_eq!(
        (&again["loaded"], &again["already_loaded"]),
        (&json!(0), &json!(1)),
        "{again}"
    );
    assert_eq!(site.ask("SELECT count(*) AS n FROM vpc_flow"), json!([{"n": 1}]));
}

#[test]
fn errors_point_at_the_place_and_suggest() {
    let site = Site::new();
    let output = site.run(&["sql", "SELECT srcadr\nFROM vpc_flow"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @r"
    error: line 1, column 8: no column `srcadr`
      SELECT srcadr
             ^
      hint: did you mean `srcaddr`?
    ");
}
