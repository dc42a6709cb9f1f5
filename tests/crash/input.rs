//! Mixed logs whose every record is known.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use crate::site::FLOWTRAIL;

const NOON: u64 = 1_793_534_400;
const DAY_S: u64 = 86_400;

/// Objects by name, and what a loader must find in them.
#[derive(Default)]
pub struct Input {
    pub files: BTreeMap<String, Vec<u8>>,
    /// Flow records of each object.
    pub flows: BTreeMap<String, u64>,
    /// Lines of each object that are no records.
    pub rejects: BTreeMap<String, u64>,
    /// CloudTrail events of each object, those delivered before among them.
    pub events: BTreeMap<String, u64>,
    /// CloudTrail events that differ.
    pub distinct_events: u64,
    /// Ids that come again with other content, which makes them a row more each.
    pub conflicts: u64,
    next_bytes: u64,
}

impl Input {
    /// Eight objects: text with and without rejects, plain and gzip, CloudTrail with duplicates between files and an id
    /// that a later batch brings again with other content, Parquet.
    pub fn mixed() -> Self {
        let mut input = Self::default();
        input.add_flow_text("01-flow.log.gz", 30, 0);
        input.add_flow_text("02-flow.log", 25, 3);
        input.add_trail("03-trail.json.gz", 0..30);
        input.add_flow_parquet("04-flow.parquet", 40);
        input.add_trail("05-trail.json", 20..50);
        input.add_flow_text("06-flow.log.gz", 35, 2);
        input.add_trail_with_conflict("07-trail.json.gz", 45..60, 10);
        input.add_flow_text("08-flow.log", 20, 0);
        input.distinct_events = 60;
        input.conflicts = 1;
        input
    }

    /// Many small objects of both kinds.
    pub fn many(objects: u64) -> Self {
        let mut input = Self::default();
        for number in 0..objects {
            if number % 3 == 2 {
                // Each file repeats the last two events of the one before.
                let first = (number / 3) * 8;
                input.add_trail(&format!("{number:03}-trail.json.gz"), first..first + 10);
                input.distinct_events = first + 10;
            } else {
                input.add_flow_text(&format!("{number:03}-flow.log.gz"), 10 + number % 7, number % 2);
            }
        }
        input
    }

    /// Records that differ in `bytes`, over two days, and `rejects` lines among them that are none.
    fn add_flow_text(&mut self, name: &str, records: u64, rejects: u64) {
        let mut text = String::from(
            "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
        );
        for record in 0..records {
            self.next_bytes += 1;
            let start = NOON + (record % 2) * DAY_S + record;
            writeln!(
                text,
                "2 123456789012 eni-0a1b2c3d4e5f60718 10.0.0.{} 10.0.1.7 {} 443 6 3 {} {start} {} ACCEPT OK",
                record % 250,
                40_000 + record,
                self.next_bytes,
                start + 60
            )
            .unwrap();
            if record < rejects {
                writeln!(text, "2 123456789012 eni-0a1b2c3d4e5f60718 not an address").unwrap();
            }
        }
        self.flows.insert(name.to_owned(), records);
        if rejects > 0 {
            self.rejects.insert(name.to_owned(), rejects);
        }
        self.add(name, text.into_bytes());
    }

    fn add_trail(&mut self, name: &str, events: std::ops::Range<u64>) {
        let records: Vec<_> = events.map(|event| record(event, "GetObject")).collect();
        self.add_records(name, &records);
    }

    /// The same, with one event more: `known` of an earlier file, but another call.
    fn add_trail_with_conflict(&mut self, name: &str, events: std::ops::Range<u64>, known: u64) {
        let mut records: Vec<_> = events.map(|event| record(event, "GetObject")).collect();
        records.push(record(known, "DeleteObject"));
        self.add_records(name, &records);
    }

    fn add_records(&mut self, name: &str, records: &[serde_json::Value]) {
        self.events.insert(name.to_owned(), records.len() as u64);
        self.add(
            name,
            serde_json::to_vec(&serde_json::json!({"Records": records})).unwrap(),
        );
    }

    fn add_flow_parquet(&mut self, name: &str, records: u64) {
        let folder = TempDir::new().unwrap();
        let made = Command::new(FLOWTRAIL)
            .args([
                "generate",
                "vpc_flow",
                "--days",
                "1",
                "--files",
                "1",
                "--format",
                "parquet",
                "--end",
                "2026-11-03",
            ])
            .args(["--rows", &records.to_string()])
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let files = files_of(folder.path());
        assert_eq!(files.len(), 1, "{files:?}");
        self.flows.insert(name.to_owned(), records);
        self.add(name, fs::read(&files[0]).unwrap());
    }

    fn add(&mut self, name: &str, bytes: Vec<u8>) {
        let is_gzip = Path::new(name).extension().is_some_and(|ending| ending == "gz");
        let bytes = if is_gzip {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&bytes).unwrap();
            encoder.finish().unwrap()
        } else {
            bytes
        };
        self.files.insert(name.to_owned(), bytes);
    }
}

/// A CloudTrail record.
fn record(event: u64, call: &str) -> serde_json::Value {
    serde_json::json!({
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "accountId": "123456789012", "userName": "ada"},
        "eventTime": format!("2026-11-0{}T10:{:02}:00Z", 1 + event % 2, event % 60),
        "eventSource": "s3.amazonaws.com",
        "eventName": call,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "eventID": format!("00000000-0000-4000-8000-{event:012}"),
        "eventType": "AwsApiCall",
        "recipientAccountId": "123456789012",
    })
}

/// All Parquet files beneath a folder.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_of(&path));
        } else if path.extension().is_some_and(|ending| ending == "parquet") {
            found.push(path);
        }
    }
    found
}
