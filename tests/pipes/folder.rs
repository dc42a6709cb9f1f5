//! `flowtrail load --watch` over a folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::logs::Logs;
use crate::process::Process;

/// A lake and a folder that is watched.
struct Place {
    folder: TempDir,
    logs: Logs,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        Self {
            folder,
            logs: Logs::default(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("in").join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowtrail"));
        command
            .env_remove("FAILPOINTS")
            .arg("--lake")
            .arg(self.folder.path().join("lake"))
            .args(words);
        command
    }

    fn watch(&self) -> Process {
        let place = self.path("");
        let command = self.command(&["load", "--watch", place.to_str().unwrap()]);
        let process = Process::start(command, self.folder.path().join("watch.err"));
        process.wait_for("watching");
        process
    }

    fn sums(&self) -> (u64, u64) {
        let question = "SELECT count(*) AS n, count(DISTINCT bytes) AS differing FROM logs.vpc_flow";
        let output = self.command(&["sql", "--format", "ndjson", question]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let row: Value = serde_json::from_slice(&output.stdout).unwrap();
        (row["n"].as_u64().unwrap(), row["differing"].as_u64().unwrap())
    }

    fn wait_for(&self, records: u64, process: &Process) {
        for _ in 0..300 {
            if self.sums().0 >= records {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        assert_eq!(self.sums(), (records, records), "{}", process.log());
    }
}

#[test]
fn files_are_loaded_when_they_are_closed_or_moved_in() {
    let place = Place::new();
    fs::write(place.path("before.log"), place.logs.make()).unwrap();
    let process = place.watch();
    fs::write(place.path("closed.log"), place.logs.make()).unwrap();
    let beside = place.folder.path().join("beside.log");
    fs::write(&beside, place.logs.make()).unwrap();
    fs::rename(&beside, place.path("moved.log")).unwrap();
    fs::create_dir_all(place.path("new/folder")).unwrap();
    fs::write(place.path("new/folder/deep.log"), place.logs.make()).unwrap();
    place.wait_for(place.logs.records(), &process);
    assert!(process.terminate().success());

    // What came meanwhile is loaded at the next start, and nothing twice.
    fs::write(place.path("meanwhile.log"), place.logs.make()).unwrap();
    let process = place.watch();
    place.wait_for(place.logs.records(), &process);
    assert!(process.terminate().success());
}

#[test]
fn a_slow_writer_is_left_alone_until_it_is_done() {
    let place = Place::new();
    let process = place.watch();
    let mut writer = File::create(place.path("slow.log")).unwrap();
    writer.write_all(place.logs.make().as_bytes()).unwrap();
    writer.flush().unwrap();
    fs::write(place.path("quick.log"), place.logs.make()).unwrap();
    place.wait_for(place.logs.records() / 2, &process);
    // Longer than a file must be the same where the system tells nothing.
    sleep(Duration::from_secs(flowtrail_source::SETTLE_S + 2));
    place.wait_for(place.logs.records() / 2, &process);
    writer.write_all(place.logs.make().as_bytes()).unwrap();
    drop(writer);
    place.wait_for(place.logs.records(), &process);
    assert!(process.terminate().success());
}
