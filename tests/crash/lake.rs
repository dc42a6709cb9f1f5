//! A lake in a folder, and statements run over it by the built program.

use std::process::{Command, Output};

use crate::failpoints::{POINTS, Reach};
use crate::site::FLOWTRAIL;

/// A lake of its own, and a folder for files beside it.
pub struct Lake {
    folder: tempfile::TempDir,
}

impl Lake {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A place beside the lake.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Runs a command, which dies or fails at `points`.
    pub fn command(&self, arguments: &[&str], points: &str) -> Output {
        Command::new(FLOWTRAIL)
            .args(["--lake", &self.path("lake")])
            .args(arguments)
            .env("FAILPOINTS", points)
            .output()
            .unwrap()
    }

    /// Runs statements, which die or fail at `points`.
    pub fn run(&self, sql: &str, points: &str) -> Output {
        self.command(&["sql", "--format", "csv", sql], points)
    }

    /// The answer of statements that must succeed.
    pub fn must(&self, sql: &str) -> String {
        let output = self.run(sql, "");
        assert!(output.status.success(), "{sql}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The points that every batch comes by, of whatever it is made.
pub fn points() -> impl Iterator<Item = &'static str> {
    let passed = |reach: &Reach| matches!(reach, Reach::Often | Reach::Landed | Reach::Folder);
    let names = POINTS
        .iter()
        .filter(move |(_, reach)| passed(reach))
        .map(|(name, _)| *name);
    names.filter(|name| *name != "load.flushed")
}
