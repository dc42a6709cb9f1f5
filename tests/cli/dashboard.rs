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
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml"], 0), @"mine: created");
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml"], 0), @"mine: unchanged");
    assert_eq!(told(&site, &["show", "mine"], 0), MINE);
    let shown = site.json_of(&["dashboard", "show", "mine"]);
    assert_eq!(Dashboard::from_json(&shown.to_string()), Dashboard::from_yaml(MINE));
    fs::write(
        site.folder.path().join("mine.json"),
        shown.to_string().replace("\"Mine\"", "\"Ours\""),
    )
    .unwrap();
    insta::assert_snapshot!(told(&site, &["apply", "mine.json"], 0), @"mine: changed");
    insta::assert_snapshot!(told(&site, &["apply", "mine.json"], 0), @"mine: unchanged");
    insta::assert_snapshot!(told(&site, &["list"], 0), @r"
    ┌────────────┬────────────┬───────┬──────────┐
    │ dashboard  ┆ title      ┆ tiles ┆ kind     │
    ╞════════════╪════════════╪═══════╪══════════╡
    │ network    ┆ Network    ┆    28 ┆ built in │
    │ cloudtrail ┆ CloudTrail ┆    27 ┆ built in │
    │ security   ┆ Security   ┆    22 ┆ built in │
    │ loads      ┆ Loads      ┆    20 ┆ built in │
    │ mine       ┆ Ours       ┆     1 ┆ own      │
    └────────────┴────────────┴───────┴──────────┘
    ");
    insta::assert_snapshot!(told(&site, &["delete", "mine"], 0), @"mine: deleted");
    insta::assert_snapshot!(told(&site, &["show", "mine"], 1), @"error: no dashboard `mine`");
    insta::assert_snapshot!(told(&site, &["delete", "mien"], 1), @"error: no dashboard `mien`");
    let applied = site.json_of(&["dashboard", "apply", "mine.yaml"]);
    assert_eq!(
        applied,
        json!([{"file": "mine.yaml", "dashboard": "mine", "action": "created", "version": 4}])
    );
}

#[test]
fn one_mistake_in_any_file_and_nothing_is_applied() {
    let site = site();
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml", "wrong.yaml"], 1), @r"
    error: wrong.yaml:1:1: a dashboard lacks `title`
    error: wrong.yaml:2:1: a dashboard has no key `titel`; did you mean `title`?
    error: wrong.yaml:7:12: chart is one of bar, column, stacked_bar, stacked_column, line, area, pie, heat_map, sankey, graph, number, table, not `bars`; did you mean `bar`?
    error: wrong.yaml:8:9: the tile ends at column 13 of a grid of 12: make x or width less
    4 mistakes; nothing was applied
    ");
    insta::assert_snapshot!(told(&site, &["check", "mine.yaml", "wrong.yaml"], 1), @r"
    error: wrong.yaml:1:1: a dashboard lacks `title`
    error: wrong.yaml:2:1: a dashboard has no key `titel`; did you mean `title`?
    error: wrong.yaml:7:12: chart is one of bar, column, stacked_bar, stacked_column, line, area, pie, heat_map, sankey, graph, number, table, not `bars`; did you mean `bar`?
    error: wrong.yaml:8:9: the tile ends at column 13 of a grid of 12: make x or width less
    4 mistakes; no file was changed
    ");
    insta::assert_snapshot!(told(&site, &["check", "mine.yaml"], 0), @"mine.yaml: mine, 1 tile");
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml", "./mine.yaml"], 1), @r"
    error: ./mine.yaml: the dashboard `mine` is in mine.yaml already
    1 mistake; nothing was applied
    ");
    insta::assert_snapshot!(told(&site, &["apply", "mine.yaml", "missing.yaml"], 1), @"error: cannot read missing.yaml: No such file or directory (os error 2)");
    insta::assert_snapshot!(told(&site, &["check", "wrong.yaml", "--json"], 1), @r#"{"error":"4 mistakes; no file was changed","hint":null,"mistakes":[{"column":1,"file":"wrong.yaml","line":1,"message":"a dashboard lacks `title`"},{"column":1,"file":"wrong.yaml","line":2,"message":"a dashboard has no key `titel`; did you mean `title`?"},{"column":12,"file":"wrong.yaml","line":7,"message":"chart is one of bar, column, stacked_bar, stacked_column, line, area, pie, heat_map, sankey, graph, number, table, not `bars`; did you mean `bar`?"},{"column":9,"file":"wrong.yaml","line":8,"message":"the tile ends at column 13 of a grid of 12: make x or width less"}]}"#);
    assert_eq!(site.json_of(&["dashboard", "list"]).as_array().unwrap().len(), 4);
}

#[test]
fn what_is_built_in_comes_back() {
    let site = site();
    let text = told(&site, &["show", "loads"], 0);
    fs::write(site.folder.path().join("loads.yaml"), &text).unwrap();
    insta::assert_snapshot!(told(&site, &["apply", "loads.yaml"], 0), @"loads: unchanged");
    insta::assert_snapshot!(told(&site, &["delete", "loads"], 1), @"error: dashboard `loads` is built in and was not changed; it cannot be deleted");
    fs::write(
        site.folder.path().join("loads.yaml"),
        text.replace("range: 24h", "range: 7d"),
    )
    .unwrap();
    insta::assert_snapshot!(told(&site, &["apply", "loads.yaml"], 0), @"loads: changed");
    assert_eq!(site.json_of(&["dashboard", "list"])[3]["version"], 1);
    insta::assert_snapshot!(told(&site, &["delete", "loads"], 0), @"loads: as it was built in");
    assert_eq!(told(&site, &["show", "loads"], 0), text);
}

#[test]
fn the_help_says_what_there_is() {
    let help = told(&site(), &["--help"], 0);
    // What follows are every command's options, with the test's own folders in them.
    insta::assert_snapshot!(help.split("Options:").next().unwrap(), @r"
    Dashboards: list and show them, apply those of files, check files

    Usage: flowtrail dashboard [OPTIONS] <COMMAND>

    Commands:
      apply   Keep the dashboards of YAML or JSON files in the lake; those that are there as they are
              stay so
      list    The dashboards there are
      show    A dashboard as YAML, as it was written
      delete  Take a dashboard away; one that is built in is again what it was
      check   Look for mistakes in YAML or JSON files, each with its line; no lake is opened
      help    Print this message or the help of the given subcommand(s)
    ");
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
