//! Answers in every form, to a file and to standard output.

use std::fs;
use std::fs::File;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::site::{FLOW, HEADER, Site};

const QUESTION: &str = "SELECT 7 AS n, 'a,\"b\"' AS text, TIMESTAMP '2026-11-01T00:30:00Z' AS at";

fn out(site: &Site, arguments: &[&str]) -> String {
    let output = site.run(&[&["sql"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_form_says_the_same() {
    let site = Site::new();
    assert_eq!(
        out(&site, &["--format", "csv", QUESTION]),
        "n,text,at\n7,\"a,\"\"b\"\"\",2026-11-01T00:30:00\n"
    );
    let row = json!({"n": 7, "text": "a,\"b\"", "at": "2026-11-01T00:30:00"});
    let lines = out(&site, &["--format", "ndjson", QUESTION]);
    assert_eq!(serde_json::from_str::<Value>(&lines).unwrap(), row);
    assert_eq!(
        serde_json::from_str::<Value>(&out(&site, &["--format", "json", QUESTION])).unwrap(),
        json!([row])
    );
    let table = out(&site, &[QUESTION]);
    assert!(table.contains("│ 7 │") && table.contains("1 row in"), "{table}");
}

#[test]
fn binary_forms_go_to_files() {
    let site = Site::new();
    let file = |name: &str| site.folder.path().join(name);
    out(&site, &["--output", "answer.parquet", "SELECT * FROM range(5)"]);
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(file("answer.parquet")).unwrap()).unwrap();
    let batches: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
    let numbers = batches
        .iter()
        .flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec());
    assert_eq!(numbers.collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    out(&site, &["--output", "answer.xlsx", "SELECT * FROM range(5)"]);
    assert!(
        fs::read(file("answer.xlsx")).unwrap().starts_with(b"PK"),
        "a workbook is a ZIP archive"
    );
}

#[test]
fn times_are_shown_where_the_reader_is() {
    let site = Site::new();
    site.put("a.log", format!("{HEADER}{FLOW}"));
    site.load(&[]);
    let question = "SELECT start_time FROM flow";
    assert_eq!(
        out(&site, &["--format", "csv", question]),
        "start_time\n2026-11-01T00:00:00Z\n"
    );
    let tokyo = out(&site, &["--format", "csv", "--tz", "Asia/Tokyo", question]);
    assert_eq!(tokyo, "start_time\n2026-11-01T09:00:00+09:00\n");
}

#[test]
fn csv_is_made_fit_for_spreadsheets_when_asked() {
    let site = Site::new();
    let formula = "SELECT '=HYPERLINK(1)' AS cell";
    assert_eq!(out(&site, &["--format", "csv", formula]), "cell\n=HYPERLINK(1)\n");
    let safe = out(&site, &["--format", "csv", "--bom", "--escape-formulas", formula]);
    assert_eq!(safe, "\u{feff}cell\n'=HYPERLINK(1)\n");
}

#[test]
fn files_end_where_a_sheet_would() {
    let site = Site::new();
    out(
        &site,
        &[
            "--format",
            "csv",
            "--output",
            "rows.csv",
            "SELECT * FROM range(1100000)",
        ],
    );
    let mut names: Vec<String> = fs::read_dir(site.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("rows"))
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    let lines = |name: &String| {
        fs::read_to_string(site.folder.path().join(name))
            .unwrap()
            .lines()
            .count()
    };
    let mut counts: Vec<usize> = names.iter().map(lines).collect();
    counts.sort_unstable();
    // Each begins with the heading, which a sheet counts too.
    assert_eq!(counts, [1_100_000 - 1_048_575 + 1, 1_048_576]);
}

#[test]
fn statements_come_from_files_and_standard_input_too() {
    let site = Site::new();
    fs::write(
        site.folder.path().join("two.sql"),
        "-- first\nSELECT 1 AS n;\nSELECT 2 AS n;",
    )
    .unwrap();
    assert_eq!(out(&site, &["--format", "csv", "-f", "two.sql"]), "n\n1\nn\n2\n");
    let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_flowtrail"))
        .args([
            "--lake",
            site.folder.path().join("lake").to_str().unwrap(),
            "sql",
            "--format",
            "csv",
            "-f",
            "-",
        ])
        .write_stdin("SELECT 3 AS n")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "n\n3\n");
    let figures = out(&site, &["--repeat", "3", "SELECT 1 AS n"]);
    assert_eq!(
        figures.lines().filter(|line| line.starts_with("  1 row in ")).count(),
        3,
        "{figures}"
    );
}

#[test]
fn a_large_export_takes_bounded_memory() {
    let site = Site::new();
    let file = site.folder.path().join("rows.ndjson");
    let mut child = Command::new(env!("CARGO_BIN_EXE_flowtrail"))
        .args([
            "--lake",
            site.folder.path().join("lake").to_str().unwrap(),
            "sql",
            "--output",
        ])
        .arg(&file)
        .arg("SELECT value AS id, 'a text of some length, ' || value AS text FROM range(3000000)")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak_kib = 0;
    let status = loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak_kib = peak_kib.max(peak.unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        sleep(Duration::from_millis(20));
    };
    assert!(status.success());
    assert_eq!(fs::read_to_string(&file).unwrap().lines().count(), 3_000_000);
    assert!(peak_kib < 400 << 10, "{peak_kib} KiB");
}
