//! Answers that leave the program: workbooks, parts of files, figures for machines, and what cannot be written.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::site::{FLOW, HEADER, Site};

fn sql(site: &Site, arguments: &[&str]) -> Vec<u8> {
    let output = site.run(&[&["sql"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    output.stdout
}

/// The first sheet of a workbook, where there is a program that unpacks it.
fn sheet(workbook: &Path) -> Option<String> {
    let Ok(unpacked) = Command::new("unzip")
        .arg("-p")
        .arg(workbook)
        .arg("xl/worksheets/sheet1.xml")
        .output()
    else {
        eprintln!("skipped: there is no unzip to look into a workbook with");
        return None;
    };
    assert!(unpacked.status.success(), "{unpacked:?}");
    Some(String::from_utf8(unpacked.stdout).unwrap())
}

#[test]
fn workbooks_and_parquet_go_to_standard_output_and_files_alike() {
    let site = Site::new();
    let question = "SELECT 7 AS n, '=1+1' AS formula";
    let at = |name: &str| site.folder.path().join(name);
    fs::write(at("out.xlsx"), sql(&site, &["--format", "xlsx", question])).unwrap();
    sql(&site, &["--output", "file.xlsx", question]);
    for name in ["out.xlsx", "file.xlsx"] {
        let Some(sheet) = sheet(&at(name)) else { break };
        assert!(sheet.contains(r#"<c r="A2"><v>7</v></c>"#), "{name}: {sheet}");
        assert!(
            sheet.contains(r#"<c r="B2" t="inlineStr"><is><t>=1+1</t></is></c>"#),
            "{name}: text stays text: {sheet}"
        );
        assert!(!sheet.contains("<f>"), "{name}: {sheet}");
    }
    fs::write(at("out.parquet"), sql(&site, &["--format", "parquet", question])).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(at("out.parquet")).unwrap()).unwrap();
    assert_eq!(reader.metadata().file_metadata().num_rows(), 1);
    let names: Vec<_> = reader
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    assert_eq!(names, ["n", "formula"]);
}

#[test]
fn a_workbook_of_more_rows_than_a_sheet_holds_becomes_two() {
    let site = Site::new();
    let written = site.run(&["sql", "--output", "rows.xlsx", "SELECT * FROM range(1048576)"]);
    assert_eq!(written.status.code(), Some(0), "{written:?}");
    let said = String::from_utf8(written.stderr).unwrap();
    assert!(
        said.starts_with("wrote rows-1.xlsx\nwrote rows-2.xlsx\n1,048,576 rows in "),
        "{said}"
    );
    assert!(!site.folder.path().join("rows.xlsx").exists());
    for (name, rows, last) in [("rows-1.xlsx", 1_048_576, 1_048_574), ("rows-2.xlsx", 2, 1_048_575)] {
        let Some(sheet) = sheet(&site.folder.path().join(name)) else {
            return;
        };
        // The heading is a row of the sheet, too.
        assert_eq!(sheet.matches("<row ").count(), rows, "{name}");
        assert!(
            sheet.contains(&format!("<v>{last}</v></c></row></sheetData>")),
            "{name}"
        );
    }
}

#[test]
fn parts_of_a_large_csv_follow_each_other_and_each_begins_as_one() {
    let site = Site::new();
    sql(
        &site,
        &["--bom", "--output", "rows.csv", "SELECT * FROM range(1100000)"],
    );
    let read = |name: &str| fs::read_to_string(site.folder.path().join(name)).unwrap();
    let (first, second) = (read("rows-1.csv"), read("rows-2.csv"));
    assert!(first.starts_with("\u{feff}value\n0\n1\n") && first.ends_with("\n1048574\n"));
    assert!(second.starts_with("\u{feff}value\n1048575\n") && second.ends_with("\n1099999\n"));
    assert_eq!((first.lines().count(), second.lines().count()), (1_048_576, 51_426));
}

#[test]
fn only_cells_that_begin_a_formula_are_made_harmless() {
    let site = Site::new();
    let question =
        "SELECT '=a' AS a, '+b' AS b, '-c' AS c, '@d' AS d, E'\\tt' AS t, -5 AS n, 'a=b' AS p, CAST(NULL AS TEXT) AS z";
    let csv = sql(&site, &["--format", "csv", "--escape-formulas", question]);
    assert_eq!(
        String::from_utf8(csv).unwrap(),
        "a,b,c,d,t,n,p,z\n'=a,'+b,'-c,'@d,'\tt,-5,a=b,\n"
    );
}

#[test]
fn a_table_shows_times_in_the_zone_and_goes_to_a_file() {
    let site = Site::new();
    site.put("a.log", format!("{HEADER}{FLOW}"));
    site.load(&[]);
    let arguments = [
        "--tz",
        "Asia/Tokyo",
        "--output",
        "answer.txt",
        "SELECT start_time, bytes FROM flow",
    ];
    assert_eq!(
        sql(&site, &arguments),
        b"",
        "what goes to the file does not go to standard output"
    );
    insta::assert_snapshot!(fs::read_to_string(site.folder.path().join("answer.txt")).unwrap(), @r"
    ┌───────────────────────────┬───────┐
    │ start_time                │ bytes │
    ├───────────────────────────┼───────┤
    │ 2026-11-01 09:00:00+09:00 │   840 │
    └───────────────────────────┴───────┘
    ");
    let unknown = site.run(&["sql", "--tz", "Asia/Tokio", "SELECT 1"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("Asia/Tokio"));
}

#[test]
fn figures_count_the_files_and_partitions_that_were_read() {
    let site = Site::new();
    for day in 0..3_u64 {
        let (start, end) = (1_793_491_200 + day * 86_400, 1_793_491_260 + day * 86_400);
        let line = FLOW.replace("1793491200 1793491260", &format!("{start} {end}"));
        let other = line.replace("10.0.0.1", "10.0.0.9").replace(" 840 ", " 41 ");
        site.put(&format!("{day}.log"), format!("{HEADER}{line}{other}"));
    }
    assert_eq!(site.load(&[]).0, 0);
    let answer = |question: &str| -> Value { serde_json::from_slice(&sql(&site, &["--json", question])).unwrap() };
    let picked = |answer: &Value| {
        let figures = &answer["figures"];
        assert!(figures["elapsed_s"].as_f64().unwrap() > 0.0, "{figures}");
        [
            "rows",
            "files_read",
            "files_total",
            "partitions_read",
            "partitions_total",
        ]
        .map(|name| figures[name].as_u64().unwrap())
    };
    let all = answer("SELECT srcaddr FROM vpc_flow");
    assert_eq!(picked(&all), [6, 3, 3, 3, 3]);
    assert_eq!(all["columns"][0]["name"], "srcaddr");
    assert!(all["figures"]["bytes_scanned"].as_u64().unwrap() > 0);
    let one = answer("SELECT bytes, srcaddr FROM vpc_flow WHERE day = '2026-11-02' ORDER BY bytes");
    assert_eq!(picked(&one), [2, 1, 3, 1, 3]);
    assert_eq!(
        one["rows"],
        json!([{"bytes": 41, "srcaddr": "10.0.0.9"}, {"bytes": 840, "srcaddr": "10.0.0.1"}])
    );
    let by_time = answer("SELECT count(srcaddr) AS n FROM vpc_flow WHERE start >= 1793664000");
    assert_eq!(
        (picked(&by_time), &by_time["rows"]),
        ([1, 1, 3, 1, 3], &json!([{"n": 2}]))
    );
    let figures: Value = serde_json::from_slice(&sql(
        &site,
        &["--json", "--output", "x.csv", "SELECT srcaddr FROM vpc_flow"],
    ))
    .unwrap();
    assert_eq!(
        (&figures["files"], &figures["rows"], picked(&figures)),
        (&json!(["x.csv"]), &json!(6), [6, 3, 3, 3, 3])
    );
}

#[test]
fn what_cannot_be_written_is_refused_and_nothing_is_left() {
    let site = Site::new();
    let cases: [(&[&str], &str); 6] = [
        (
            &["--output", "x.csv", "SELECT 1; SELECT 2"],
            "error: 2 statements cannot go to one file\n  hint: run them one at a time, each with its own --output\n",
        ),
        (
            &["--output", "no/x.csv", "SELECT 1"],
            "error: cannot write to `no/x.csv`: its folder does not exist, create it first\n",
        ),
        (
            &[";"],
            "error: there is no statement\n  hint: flowtrail sql 'SELECT count(*) FROM logs.vpc_flow'\n",
        ),
        (
            &["-f", "no.sql"],
            "error: no.sql: No such file or directory (os error 2)\n",
        ),
        (
            &[
                "--output",
                "x.csv",
                "SELECT CAST(text AS INT) AS n FROM (VALUES ('1'), ('no')) AS t(text)",
            ],
            "error: cannot cast string 'no' to value of INTEGER type\n",
        ),
        (
            &["--output", "x.csv", "SELECT * FROM no_table"],
            "error: line 1, column 15: no table `no_table`\n  SELECT * FROM no_table\n                ^\n  hint: `SHOW TABLES` \
             lists them\n",
        ),
    ];
    for (arguments, says) in cases {
        let output = site.run(&[&["sql"], arguments].concat());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), says, "{arguments:?}");
    }
    let both = site.run(&["sql", "--json", "--format", "csv", "SELECT 1"]);
    assert_eq!(both.status.code(), Some(1));
    assert_eq!(
        serde_json::from_slice::<Value>(&both.stdout).unwrap(),
        json!({"error": "--json and --format csv both want standard output",
               "hint": "leave one of them out, or write the answer to a file with --output"})
    );
    let left: Vec<_> = fs::read_dir(site.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("csv"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}
