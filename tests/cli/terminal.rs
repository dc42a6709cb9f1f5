//! What people see while it works, and programs that stop listening.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::bad_input::wait_for_intent;
use crate::site::{FLOW, HEADER, Site};

/// The program with this lake, in the site's folder.
fn command(site: &Site, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowtrail"));
    command
        .current_dir(site.folder.path())
        .env("FLOWTRAIL_LAKE", site.folder.path().join("lake"))
        .args(arguments);
    command
}

#[test]
fn a_terminal_shows_objects_records_and_rate_and_a_pipe_shows_nothing_so_soon() {
    let site = Site::new();
    for number in 0..30 {
        site.put(&format!("{number}.log"), format!("{HEADER}{}", FLOW.repeat(200)));
    }
    let quiet = site.run(&["--lake", "other", "load", "logs"]);
    assert_eq!((quiet.status.code(), quiet.stderr), (Some(0), Vec::new()));
    let loaded = String::from_utf8(quiet.stdout).unwrap();
    assert!(loaded.starts_with("Loaded 30 objects ("), "{loaded}");
    assert!(loaded.ends_with("  logs.vpc_flow    6,000 rows\n"), "{loaded}");

    let line = format!("'{}' load logs", env!("CARGO_BIN_EXE_flowtrail"));
    let on_terminal = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(site.folder.path())
        .env("FLOWTRAIL_LAKE", "lake")
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output();
    let Ok(output) = on_terminal else {
        eprintln!("skipped: there is no `script` to make a terminal with");
        return;
    };
    assert!(output.status.success(), "{output:?}");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        shown.contains("loading ") && shown.contains(" of 30 objects, "),
        "{shown}"
    );
    assert!(
        shown.contains(" records, ") && shown.contains("/s  ") && shown.contains(" left"),
        "{shown}"
    );
    assert!(shown.contains("Loaded 30 objects ("), "{shown}");
}

#[test]
fn a_stop_that_is_asked_for_is_said_and_what_is_read_is_kept() {
    let site = Site::new();
    for number in 0..200 {
        site.put(&format!("{number:03}.log"), format!("{HEADER}{}", FLOW.repeat(500)));
    }
    let lake = site.folder.path().join("lake");
    let child = command(&site, &["load", "logs"])
        .env("FLOWTRAIL_BATCH_OBJECTS", "5")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for_intent(&lake);
    let sent = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "\nstopping: what is read is being committed; Ctrl-C again ends at once, and loses nothing either\n"
    );
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.starts_with("Stopped: ") && said.contains("the same command goes on from here"),
        "{said}"
    );
    let kept = site.ask("SELECT count(*) AS n, count(DISTINCT _object) AS objects FROM vpc_flow");
    let (rows, objects) = (kept[0]["n"].as_u64().unwrap(), kept[0]["objects"].as_u64().unwrap());
    assert!(objects < 200, "it went on to the end");
    assert_eq!(rows, objects * 500, "an object is loaded whole or not at all");
    let (status, summary) = site.load(&[]);
    assert_eq!((status, &summary["already_loaded"]), (0, &json!(objects)), "{summary}");
    assert_eq!(site.ask("SELECT count(*) AS n FROM vpc_flow"), json!([{"n": 100_000}]));
    site.ledger_adds_up();
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let site = Site::new();
    site.put("a.log", format!("{HEADER}{FLOW}"));
    site.load(&[]);
    for arguments in [
        &["tables"][..],
        &["tables", "--json"],
        &["describe", "vpc_flow"],
        &["describe", "vpc_flow", "--json"],
        &["history"],
        &["history", "--json"],
        &["load", "logs"],
        &["load", "logs", "--json"],
        &["compact"],
        &["vacuum", "--dry-run", "--json"],
        &["sql", "--format", "csv", "SELECT * FROM range(100000)"],
        &["sql", "--json", "SELECT * FROM range(100000)"],
        &["completions", "bash"],
    ] {
        let mut child = command(&site, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    }
    assert!(
        fs::read_dir(site.folder.path().join("lake/loads/0"))
            .unwrap()
            .next()
            .is_none()
    );
}
