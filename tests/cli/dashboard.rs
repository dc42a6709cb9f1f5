//! Dashboards as files and in the lake.

use std::fs;

use flowtrail_dashboard::{Chart, Dashboard, built_in};
use serde_json::{Value, json};

use crate::site::Site;

const MINE: &str = "# who knocks\ndashboard: mine\ntitle: Mine\ntiles:\n  - id: a\n    title: A\n    sql: select 1 as n\n    \
                    chart: number\n    at: {x: 0, y: 0, width: 2, height: 3}\n";
const WRONG: &str = "dashboard: other\ntitel: Other\ntiles:\n  - id: a\n    title: A\n    sql: select 1\n    chart: bars\n    \
                     at: {x: 11, y: 0, width: 2, height: 3}\n";

fn site() -> Site {
    let site = Site::new();
    fs::write(site.folder.path().join("mine.yaml"), MINE).unwrap();
    fs::write(site.folder.path().join("wrong.yaml"), WRONG).unwrap();
    site
}

fn told(site: &Site, arguments: &[&str], status: i32) -> String {
    let output = site.run(&[&["dashboard"], arguments].concat());
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {output:?}");
    let parts = [output.stdout, output.stderr];
    parts.map(|part| String::from_utf8(part).unwrap()).concat()
}

#[test]
fn one_is_applied_shown_and_deleted() {
    let site = site();
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml"], 0), @"");
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml"], 0), @"");
    assert_eq!(told(&site, &["show", "mine"], 0), MINE);
    let shown = site.json_of(&["dashboard", "show", "mine"]);
    assert_eq!(Dashboard::from_json(&shown.to_string()), Dashboard::from_yaml(MINE));
    fs::write(
        site.folder.path().join("mine.json"),
        shown.to_string().replace("\"Mine\"", "\"Ours\""),
    )
    .unwrap();
    insta::assert_snapshot!(told(&site, &["apply", "mine.json"], 0), @"");
    insta::assert_snapshot!(told(&site, &["apply", "mine.json"], 0), @"");
    insta::assert_snapshot!(told(&site, &["list"], 0), @"");
    insta::assert_snapshot!(told(&site, &["delete", "mine"], 0), @"");
    insta::assert_snapshot!(told(&site, &["show", "mine"], 1), @"");
    insta::assert_snapshot!(told(&site, &["delete", "mien"], 1), @"");
    let applied = site.json_of(&["dashboard", "apply", "mine.yaml"]);
    assert_eq!(
        applied,
        json!([{"file": "mine.yaml", "dashboard": "mine", "action": "created", "version": 4}])
    );
}

#[test]
fn one_mistake_in_any_file_and_nothing_is_applied() {
    let site = site();
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml", "wrong.yaml"], 1), @"");
    insta::assert_snapshot!(told(&site, &["check", "mine.yaml", "wrong.yaml"], 1), @"");
    insta::assert_snapshot!(told(&site, &["check", "mine.yaml"], 0), @"");
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml", "./mine.yaml"], 1), @"");
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml", "missing.yaml"], 1), @"");
    insta::assert_snapshot!(told(&site, &["check", "wrong.yaml", "--json"], 1), @"");
    assert_eq!(site.json_of(&["dashboard", "list"]).as_array().unwrap().len(), 4);
}

#[test]
fn what_is_built_in_comes_back() {
    let site = site();
    let text = told(&site, &["show", "loads"], 0);
    fs::write(site.folder.path().join("loads.yaml"), &text).unwrap();
    insta::assert_snapshot!(told(&site, &["apply", "loads.yaml"], 0), @"");
    insta::assert_snapshot!(told(&site, &["delete", "loads"], 1), @"");
    fs::write(
        site.folder.path().join("loads.yaml"),
        text.replace("range: 24h", "range: 7d"),
    )
    .unwrap();
    insta::assert_snapshot!(told(&site, &["apply", "loads.yaml"], 0), @"");
    assert_eq!(site.json_of(&["dashboard", "list"])[3]["version"], 1);
    insta::assert_snapshot!(told(&site, &["delete", "loads"], 0), @"");
    assert_eq!(told(&site, &["show", "loads"], 0), text);
}

#[test]
fn the_help_says_what_there_is() {
    insta::assert_snapshot!(told(&site(), &["--help"], 0), @"");
}

/// Each statement of each built-in dashboard runs, on logs of all fields and on those of the default format.
#[test]
fn every_built_in_statement_runs() {
    let site = site();
    for (kind, folder, more) in [
        ("vpc_flow", "logs/all", &["--fields", "all"][..]),
        ("vpc_flow", "logs/v2", &[]),
        ("cloudtrail", "logs/trail", &[]),
    ] {
        let arguments = [
            "generate", kind, folder, "--rows", "2000", "--files", "2", "--days", "1",
        ];
        assert_eq!(site.run(&[&arguments, more].concat()).status.code(), Some(0));
    }
    assert_eq!(site.load(&[]).0, 0);
    // What the server does with a time range: see its scope.
    let asked = |sql: &str| {
        let buckets = sql
            .split(":datebucket(")
            .collect::<Vec<_>>()
            .join("date_trunc('hour', ");
        buckets.replace("= :daterange", "is not null")
    };
    let tiles: Vec<_> = built_in()
        .iter()
        .flat_map(|built_in| &built_in.dashboard.tiles)
        .collect();
    let statements: Vec<String> = tiles.iter().map(|tile| asked(&tile.sql)).collect();
    fs::write(site.folder.path().join("all.sql"), statements.join(";\n")).unwrap();
    let output = site.run(&["sql", "-f", "all.sql", "--json"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    let answers: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(answers.len(), tiles.len());
    for (tile, answer) in tiles.iter().zip(&answers) {
        let columns = answer["columns"].as_array().unwrap();
        for column in tile.x.iter().chain(&tile.y).chain(&tile.series) {
            let is_there = columns.iter().any(|there| there["name"] == column.as_str());
            assert!(is_there, "{}: no column {column} in {columns:?}", tile.id);
        }
        if tile.chart == Chart::Number {
            assert_eq!(
                (columns.len(), answer["rows"].as_array().unwrap().len()),
                (1, 1),
                "{}",
                tile.id
            );
        }
    }
}
