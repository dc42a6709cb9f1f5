//! What bad input gets: said with object, place, reason and what to do, kept in quarantine, and no harm to the rest.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use crate::site::{FLOW, HEADER, Site, event, gzip, records};

const SEE_QUARANTINE: &str = "SELECT * FROM system.quarantine shows each with its reason";

/// Loads what was put; gives what is said of each object: what, and what to do.
fn load(site: &Site, status: i32) -> (Value, BTreeMap<String, (String, Value)>) {
    let (found, summary) = site.load(&[]);
    assert_eq!(found, status, "{summary}");
    let problem = |problem: &Value| {
        let (_, name) = problem["uri"].as_str().unwrap().rsplit_once("/logs/").unwrap();
        let what = problem["what"].as_str().unwrap().to_owned();
        (name.to_owned(), (what, problem["hint"].clone()))
    };
    let problems = summary["problems"].as_array().unwrap().iter().map(problem).collect();
    (summary, problems)
}

fn said(expected: &[(&str, &str, Option<&str>)]) -> BTreeMap<String, (String, Value)> {
    let entry =
        |(name, what, hint): &(&str, &str, Option<&str>)| ((*name).to_owned(), ((*what).to_owned(), json!(hint)));
    expected.iter().map(entry).collect()
}

/// Object, line and reason of all that is in quarantine.
fn quarantine(site: &Site) -> Value {
    let rows = site.ask(
        "SELECT split_part(object_uri, '/logs/', 2) AS object, line, reason FROM system.quarantine ORDER BY object, line",
    );
    let row = |row: &Value| json!([row["object"], row["line"], row["reason"]]);
    rows.as_array().unwrap().iter().map(row).collect()
}

#[test]
fn every_bad_flow_record_has_its_line_and_reason_and_costs_nothing_else() {
    let site = Site::new();
    let line = FLOW.trim_end();
    let changed = |from: &str, to: &str| line.replacen(from, to, 1);
    let cases = [
        (
            "few.log",
            "2 123456789012 eni-1".to_owned(),
            "14 fields expected, 3 found",
        ),
        ("many.log", format!("{line} extra"), "14 fields expected, 15 found"),
        (
            "letter.log",
            changed("443", "https"),
            "srcport `https` is not a whole number",
        ),
        (
            "range.log",
            changed("443", "70000"),
            "srcport 70000 is not within 0 to 65535",
        ),
        (
            "negative.log",
            changed(" 840 ", " -1 "),
            "bytes -1 is not within 0 to 9223372036854775807",
        ),
        (
            "long.log",
            changed(" 840 ", " 99999999999999999999 "),
            "bytes 99999999999999999999 is not within 0 to 9223372036854775807",
        ),
        ("nothing.log", vec!["-"; 14].join(" "), "no field has a value"),
    ];
    site.put("good.log", format!("{HEADER}{FLOW}{FLOW}"));
    for (name, bad, _) in &cases {
        site.put(name, format!("{HEADER}{FLOW}{bad}\n{FLOW}"));
    }
    let (summary, problems) = load(&site, 3);
    let expected = cases.iter().map(|(name, _, reason)| {
        let what = format!("1 of 3 records rejected, the first at line 3: {reason}");
        ((*name).to_owned(), (what, json!(SEE_QUARANTINE)))
    });
    assert_eq!(problems, expected.collect());
    let sums = &summary["tables"]["logs.vpc_flow"];
    assert_eq!(
        (&sums["lines"], &sums["rows"], &sums["rejected"], &sums["headers"]),
        (&json!(31), &json!(16), &json!(7), &json!(8))
    );
    let mut kept: Vec<_> = cases
        .iter()
        .map(|(name, bad, reason)| json!({"o": name, "line": 3, "reason": reason, "record": bad}))
        .collect();
    kept.sort_by_key(|row| row["o"].as_str().unwrap().to_owned());
    assert_eq!(
        site.ask(
            "SELECT split_part(object_uri, '/logs/', 2) AS o, line, reason, record FROM system.quarantine ORDER BY o"
        ),
        Value::from(kept)
    );
    site.ledger_adds_up();
}

#[test]
fn every_bad_event_has_its_place_and_reason_and_costs_nothing_else() {
    let site = Site::new();
    let with = |id: &str, key: &str, value: Value| {
        let mut event = event(id, "A");
        event[key] = value;
        event
    };
    let mut timeless = event("b2", "A");
    timeless.as_object_mut().unwrap().remove("eventTime");
    site.put("good.json", records(&[event("a1", "A")]));
    site.put(
        "time.json",
        records(&[
            event("b1", "A"),
            timeless,
            with("b3", "eventTime", json!(17)),
            with("b4", "eventTime", json!("noon")),
        ]),
    );
    site.put(
        "objects.json",
        json!({"Records": [event("c1", "A"), 7, "x", null]}).to_string(),
    );
    site.put(
        "lines.jsonl",
        format!("{}\n{{\"eventTime\": \n{}\n", event("d1", "A"), event("d2", "A")),
    );
    site.put(
        "envelope.json",
        json!({"messageType": "DATA_MESSAGE", "logGroup": "flows", "logEvents": [
            {"id": "1", "timestamp": 0, "message": FLOW.trim()}, {"id": "2", "timestamp": 0, "message": "2 123 eni"}]})
        .to_string(),
    );
    let (summary, problems) = load(&site, 3);
    let expected = [
        (
            "time.json",
            "3 of 4 records rejected, the first at line 2: no eventTime; an ISO 8601 time such as 2026-11-01T12:00:00Z was \
             expected",
            Some(SEE_QUARANTINE),
        ),
        (
            "objects.json",
            "3 of 4 records rejected, the first at line 2: event is a number, an object was expected",
            Some(SEE_QUARANTINE),
        ),
        (
            "lines.jsonl",
            "1 of 3 records rejected, the first at line 2: broken JSON at byte 13: the text ends where a value was expected",
            Some(SEE_QUARANTINE),
        ),
        (
            "envelope.json",
            "1 of 2 records rejected, the first at line 2: 14 fields expected, 3 found",
            Some(SEE_QUARANTINE),
        ),
    ];
    assert_eq!(problems, said(&expected));
    let no_time = |what: &str| format!("{what}; an ISO 8601 time such as 2026-11-01T12:00:00Z was expected");
    assert_eq!(
        quarantine(&site),
        json!([
            ["envelope.json", 2, "14 fields expected, 3 found"],
            [
                "lines.jsonl",
                2,
                "broken JSON at byte 13: the text ends where a value was expected"
            ],
            ["objects.json", 2, "event is a number, an object was expected"],
            ["objects.json", 3, "event is a string, an object was expected"],
            ["objects.json", 4, "event is null, an object was expected"],
            ["time.json", 2, no_time("no eventTime")],
            ["time.json", 3, no_time("eventTime `17` is no time")],
            ["time.json", 4, no_time("eventTime `noon` is no time")],
        ])
    );
    let sums = &summary["tables"];
    assert_eq!(
        (&sums["logs.cloudtrail"]["rows"], &sums["logs.vpc_flow"]["rows"]),
        (&json!(5), &json!(1))
    );
    site.ledger_adds_up();
}

#[test]
fn a_damaged_object_says_where_and_the_others_load() {
    let site = Site::new();
    let text = format!("{HEADER}{}", FLOW.repeat(500));
    let whole = gzip(text.as_bytes());
    let mut checksum = whole.clone();
    checksum[whole.len() - 8] ^= 1;
    site.put("good.log.gz", &whole);
    site.put("cut.log.gz", &whole[..whole.len() - 9]);
    site.put("checksum.log.gz", checksum);
    site.put("more.log.gz", [&whole[..], b"junk"].concat());
    site.put("magic.log.gz", b"\x1f\x8bnot gzip after all");
    site.put("empty.log.gz", gzip(b""));
    site.put("twice.log", format!("{}{FLOW}", HEADER.replace("dstaddr", "srcaddr")));
    site.put("after.json", format!("{} and more", records(&[event("a", "A")])));
    site.put("object.json", r#"{"Records": {"a": 1}}"#);
    let (summary, problems) = load(&site, 3);
    let damaged = |why: &str| {
        format!(
            "gzip data is damaged after {} bytes of text: {why}; fetch or write the object again",
            text.len()
        )
    };
    let expected = [
        ("cut.log.gz", damaged("it is cut off"), None),
        (
            "checksum.log.gz",
            damaged("corrupt gzip stream does not have a matching checksum"),
            None,
        ),
        (
            "more.log.gz",
            damaged("bytes that are not gzip follow its last member"),
            None,
        ),
        (
            "magic.log.gz",
            "gzip data is damaged after 0 bytes of text: invalid gzip header; fetch or write the object again".into(),
            None,
        ),
        (
            "empty.log.gz",
            "the object is empty".into(),
            Some("if it is still being written, load again when it is whole"),
        ),
        (
            "twice.log",
            "header on line 1: field `srcaddr` stands there twice; each field can be named once".into(),
            None,
        ),
        (
            "after.json",
            "event 2: text follows the end of the document: `and more`; remove it or fetch the object again".into(),
            None,
        ),
        (
            "object.json",
            "event 1: `Records` is an object, an array of events was expected".into(),
            None,
        ),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, what, hint)| (*name, what.as_str(), *hint))
        .collect();
    assert_eq!(problems, said(&expected));
    assert_eq!((&summary["loaded"], &summary["failed"]), (&json!(1), &json!(8)));
    assert_eq!(quarantine(&site), json!([]));
    assert_eq!(
        site.ask("SELECT status, count(*) AS n, sum(rows) AS rows FROM system.load_history GROUP BY 1 ORDER BY 1"),
        json!([{"status": "failed", "n": 8, "rows": 0}, {"status": "loaded", "n": 1, "rows": 500}])
    );
    // What failed is tried again, and what was mended is then taken.
    site.put("cut.log.gz", &whole);
    let (status, again) = site.load(&[]);
    assert_eq!(
        (status, &again["loaded"], &again["failed"]),
        (3, &json!(1), &json!(7)),
        "{again}"
    );
    assert_eq!(site.ask("SELECT count(*) AS n FROM vpc_flow"), json!([{"n": 1000}]));
    site.ledger_adds_up();
}

fn parquet_file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

#[test]
fn parquet_that_is_cut_off_or_of_other_types_is_refused_by_column() {
    let site = Site::new();
    let text = |values: &[&str]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
    let numbers = |values: &[i64]| Arc::new(Int64Array::from(values.to_vec())) as ArrayRef;
    let addresses = || text(&["10.0.0.1", "10.0.0.2"]);
    let times = || numbers(&[1_793_491_200, 1_793_491_201]);
    let good = parquet_file(vec![("srcaddr", addresses()), ("start", times())]);
    site.put("good.parquet", &good);
    site.put("cut.parquet", &good[..good.len() - 5]);
    let mut middle = good.clone();
    middle.drain(4..40);
    site.put("middle.parquet", middle);
    let boolean = Arc::new(BooleanArray::from(vec![true, false])) as ArrayRef;
    site.put(
        "type.parquet",
        parquet_file(vec![("srcaddr", addresses()), ("bytes", boolean), ("start", times())]),
    );
    site.put("other.parquet", parquet_file(vec![("a", times()), ("b", times())]));
    let fractions = Arc::new(Float64Array::from(vec![1.5, 2.0])) as ArrayRef;
    site.put(
        "fraction.parquet",
        parquet_file(vec![("srcaddr", addresses()), ("bytes", fractions), ("start", times())]),
    );
    let ports = numbers(&[443, 70_000]);
    site.put(
        "range.parquet",
        parquet_file(vec![("srcaddr", addresses()), ("srcport", ports), ("start", times())]),
    );
    let (summary, mut problems) = load(&site, 3);
    let (middle, _) = problems.remove("middle.parquet").unwrap();
    assert!(
        middle.starts_with("parquet file: ") && middle.ends_with("; fetch or write the object again"),
        "{middle}"
    );
    let expected = [
        (
            "cut.parquet",
            "parquet file: it begins with PAR1 and does not end with it, so it is cut off; fetch or write the object again",
            None,
        ),
        (
            "type.parquet",
            "parquet file: column `bytes` is of type Boolean, a whole number was expected",
            None,
        ),
        (
            "other.parquet",
            "parquet file: no column of a flow log (srcaddr, interface_id, start, tgw_id, tgw_attachment_id) among its 2 \
             columns: a, b",
            None,
        ),
        (
            "fraction.parquet",
            "1 of 2 records rejected, the first at line 1: bytes `1.5` is not a whole number",
            Some(SEE_QUARANTINE),
        ),
        (
            "range.parquet",
            "1 of 2 records rejected, the first at line 2: srcport 70000 is not within 0 to 65535",
            Some(SEE_QUARANTINE),
        ),
    ];
    assert_eq!(problems, said(&expected));
    let sums = &summary["tables"]["logs.vpc_flow"];
    assert_eq!((&sums["rows"], &sums["rejected"]), (&json!(4), &json!(2)), "{summary}");
    assert_eq!(
        quarantine(&site),
        json!([
            ["fraction.parquet", 1, "bytes `1.5` is not a whole number"],
            ["range.parquet", 2, "srcport 70000 is not within 0 to 65535"]
        ])
    );
    site.ledger_adds_up();
}

#[test]
fn text_larger_than_allowed_is_stopped_whatever_the_object_is_packed_in() {
    let site = Site::new();
    let text = format!("{HEADER}{}", FLOW.repeat(200));
    let whole = gzip(text.as_bytes());
    site.put("one.log.gz", &whole);
    site.put("two.log.gz", [&whole[..], &whole].concat());
    site.put("good.log.gz", gzip(format!("{HEADER}{FLOW}").as_bytes()));
    let (status, summary) = site.load(&["--max-inflated", "1000"]);
    assert_eq!(
        (status, &summary["loaded"], &summary["failed"]),
        (3, &json!(1), &json!(2)),
        "{summary}"
    );
    for problem in summary["problems"].as_array().unwrap() {
        assert!(
            problem["what"]
                .as_str()
                .unwrap()
                .contains("stopped as a decompression bomb"),
            "{problem}"
        );
        assert_eq!(problem["hint"], "if it is genuine, raise --max-inflated or --max-ratio");
    }
    let (status, summary) = site.load(&["--max-inflated", "1000000"]);
    assert_eq!((status, &summary["loaded"]), (0, &json!(2)), "{summary}");
    assert_eq!(site.ask("SELECT count(*) AS n FROM vpc_flow"), json!([{"n": 601}]));
    site.ledger_adds_up();
}

#[test]
fn an_object_replaced_while_it_is_read_is_left_for_the_next_load() {
    let site = Site::new();
    let records = 400_000;
    site.put("growing.log", format!("{HEADER}{}", FLOW.repeat(records)));
    site.put("good.log", format!("{HEADER}{FLOW}"));
    let lake = site.folder.path().join("lake");
    let child = Command::new(env!("CARGO_BIN_EXE_flowtrail"))
        .args(["--lake", lake.to_str().unwrap(), "--json", "load"])
        .arg(site.logs())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for_intent(&lake);
    let mut file = OpenOptions::new()
        .append(true)
        .open(site.logs().join("growing.log"))
        .unwrap();
    file.write_all(FLOW.as_bytes()).unwrap();
    drop(file);
    let output = child.wait_with_output().unwrap();
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{summary}");
    assert_eq!(
        (&summary["loaded"], &summary["failed"]),
        (&json!(1), &json!(1)),
        "{summary}"
    );
    let what = summary["problems"][0]["what"].as_str().unwrap();
    assert!(
        what.ends_with("growing.log: the object changed while it was read; load again to take the new version"),
        "{what}"
    );
    assert_eq!(site.ask("SELECT count(*) AS n FROM vpc_flow"), json!([{"n": 1}]));
    assert_eq!(site.load(&[]).0, 0);
    assert_eq!(
        site.ask("SELECT count(*) AS n FROM vpc_flow"),
        json!([{"n": records + 2}])
    );
    site.ledger_adds_up();
}

/// Waits until a load has claimed its first batch: it has listed, and reads.
pub fn wait_for_intent(lake: &Path) {
    let began = Instant::now();
    let under_way = || {
        lake.join("loads/0")
            .read_dir()
            .is_ok_and(|mut files| files.next().is_some())
    };
    while !under_way() {
        assert!(began.elapsed() < Duration::from_mins(1), "no batch was begun");
        sleep(Duration::from_millis(1));
    }
}
