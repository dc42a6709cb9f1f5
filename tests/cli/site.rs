//! A lake, a folder of logs, and the program that works on them.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

pub const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
                      action log-status\n";
pub const FLOW: &str = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 49152 6 10 840 1793491200 1793491260 ACCEPT OK\n";

/// A lake, a folder of logs, and the program that works on them.
pub struct Site {
    pub folder: tempfile::TempDir,
}

impl Site {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("logs")).unwrap();
        Self { folder }
    }

    pub fn logs(&self) -> PathBuf {
        self.folder.path().join("logs")
    }

    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.logs().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    /// Runs the program with some more variables.
    pub fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_flowtrail"))
            .current_dir(self.folder.path())
            .env("FLOWTRAIL_LAKE", self.folder.path().join("lake"))
            .env("XDG_DATA_HOME", self.folder.path().join("data"))
            .env("NO_PROXY", "127.0.0.1")
            .envs(variables.iter().copied())
            .args(arguments)
            .output()
            .unwrap()
    }

    /// Loads the folder of logs; gives the exit status and the summary.
    pub fn load(&self, options: &[&str]) -> (i32, Value) {
        let arguments: Vec<&str> = ["load", "--json"]
            .iter()
            .chain(options)
            .chain(&["logs"])
            .copied()
            .collect();
        let output = self.run(&arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        (
            output.status.code().unwrap(),
            serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}")),
        )
    }

    /// What a command prints with `--json`.
    pub fn json_of(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The rows of an answer.
    pub fn ask(&self, sql: &str) -> Value {
        let output = self.run(&["sql", "--json", sql]);
        let text = String::from_utf8(output.stdout).unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{sql}: {text}"));
        answer["rows"].clone()
    }

    /// What went wrong with the one object that did.
    pub fn only_problem(&self) -> String {
        let (_, summary) = self.load(&[]);
        assert_eq!(summary["problem_count"], 1, "{summary}");
        summary["problems"][0]["what"].as_str().unwrap().to_owned()
    }

    pub fn ledger_adds_up(&self) {
        let sums = self.ask(
            "SELECT count(*) FILTER (WHERE lines <> rows + rejected + duplicates + headers) AS off FROM system.load_history",
        );
        assert_eq!(sums, json!([{"off": 0}]));
        for table in ["vpc_flow", "tgw_flow", "cloudtrail"] {
            let sql = format!(
                "SELECT (SELECT count(*) FROM logs.{table}) = \
                 (SELECT coalesce(sum(rows), 0) FROM system.load_history WHERE table_name = 'logs.{table}') AS same"
            );
            assert_eq!(self.ask(&sql), json!([{"same": true}]), "{table}");
        }
    }
}

pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

pub fn event(id: &str, name: &str) -> Value {
    json!({"eventVersion": "1.08", "eventTime": "2026-11-01T12:00:00Z", "eventSource": "s3.amazonaws.com",
           "eventName": name, "awsRegion": "us-east-1", "eventID": id, "userIdentity": {"type": "Root"}})
}

pub fn records(events: &[Value]) -> String {
    json!({"Records": events}).to_string()
}
