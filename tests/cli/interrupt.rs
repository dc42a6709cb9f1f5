//! Ctrl-C in mid-load.

use std::fs;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::site::Site;

#[test]
fn ctrl_c_stops_cleanly_and_the_next_run_goes_on() {
    let site = Site::new();
    let made = site.run(&[
        "generate", "vpc_flow", "logs", "--rows", "120000", "--files", "300", "--days", "3",
    ]);
    assert_eq!(made.status.code(), Some(0));
    let lake = site.folder.path().join("lake");
    let mut child = Command::new(env!("CARGO_BIN_EXE_flowtrail"))
        .args(["--lake", lake.to_str().unwrap(), "--json", "load"])
        .arg(site.logs())
        .env("FLOWTRAIL_BATCH_OBJECTS", "10")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    let under_way = || fs::read_dir(lake.join("loads/0")).is_ok_and(|mut files| files.next().is_some());
    while !under_way() {
        assert!(began.elapsed() < Duration::from_mins(1), "no batch was begun");
        sleep(Duration::from_millis(2));
    }
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130), "stopped by Ctrl-C");
    let left = fs::read_dir(lake.join("loads/0")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing is under way after a clean stop");
    site.ledger_adds_up();
    let so_far = site.ask("SELECT count(*) AS n FROM vpc_flow")[0]["n"].as_u64().unwrap();
    assert!(so_far < 120_000, "it went on to the end");
    assert_eq!(site.load(&[]).0, 0);
    assert_eq!(site.ask("SELECT count(*) AS n FROM vpc_flow"), json!([{"n": 120_000}]));
    site.ledger_adds_up();
}
