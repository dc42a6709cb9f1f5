//! What is acknowledged is on the disk: the order of the system calls says so.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::count::check;
use crate::input::Input;
use crate::site::{FLOWTRAIL, Site};

/// A system call that succeeded.
#[derive(Debug, PartialEq, Eq)]
enum Call {
    Sync(PathBuf),
    Name { from: PathBuf, to: PathBuf },
}

fn can_trace() -> bool {
    Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .status()
        .is_ok_and(|status| status.success())
}

#[test]
fn files_and_folders_are_synced_in_order() {
    if !can_trace() {
        eprintln!("skipped: no strace, or it may not trace here");
        return;
    }
    let input = Input::mixed();
    let site = Site::in_folders(&input);
    let trace = site.lake_folder().with_extension("strace");
    let calls = "trace=fsync,fdatasync,link,linkat,rename,renameat,renameat2";
    let before = [
        "-f",
        "-y",
        "-s",
        "4096",
        "-e",
        calls,
        "-o",
        trace.to_str().unwrap(),
        FLOWTRAIL,
    ];
    let ended = site
        .start(site.command_through("strace", &before, &["load", &site.source]))
        .wait();
    assert!(ended.is_well(), "{ended:?}");
    let lake = fs::canonicalize(site.lake_folder()).unwrap();
    let calls = parse(&fs::read_to_string(&trace).unwrap());

    let mut synced: HashSet<&Path> = HashSet::new();
    let mut named: Vec<&Path> = Vec::new();
    // Files whose name may not be on the disk yet.
    let mut loose: HashMap<&Path, HashSet<&Path>> = HashMap::new();
    for call in &calls {
        match call {
            Call::Sync(path) => {
                synced.insert(path);
                loose.remove(path.as_path());
            }
            Call::Name { from, to } if to.starts_with(&lake) => {
                assert!(
                    synced.contains(from.as_path()),
                    "{} is named before it is synced",
                    to.display()
                );
                for file in files_it_names(to, &lake) {
                    let folder = file.parent().unwrap();
                    let is_loose = loose.get(folder).is_some_and(|files| files.contains(file.as_path()));
                    assert!(
                        named.contains(&file.as_path()) && !is_loose,
                        "{} before {}",
                        to.display(),
                        file.display()
                    );
                }
                loose.entry(to.parent().unwrap()).or_default().insert(to);
                named.push(to);
            }
            Call::Name { .. } => {}
        }
    }
    let commits = named
        .iter()
        .filter(|path| path.to_string_lossy().contains("/_delta_log/"))
        .count();
    let data = named
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "parquet"))
        .count();
    assert!(
        commits >= 10 && data >= 8,
        "{commits} commits and {data} data files in the trace"
    );
    // A beat says only that a process lives; it may be lost.
    for files in loose.values_mut() {
        files.retain(|file| !file.to_string_lossy().ends_with("alive.json"));
    }
    loose.retain(|_, files| !files.is_empty());
    assert_eq!(loose, HashMap::new(), "acknowledged, and the names not on the disk");
    // Each folder is a name in the one above it, the lake itself included.
    for path in named {
        for folder in path
            .ancestors()
            .skip(2)
            .take_while(|folder| folder.starts_with(lake.parent().unwrap()))
        {
            assert!(
                synced.contains(folder),
                "{} was never synced, for {}",
                folder.display(),
                path.display()
            );
        }
    }
    check(&site, &input, "traced");
}

/// The data files that a commit makes part of the table; they must be on the disk before it.
fn files_it_names(commit: &Path, lake: &Path) -> Vec<PathBuf> {
    let folder = commit.parent().unwrap();
    if !folder.ends_with("_delta_log") || commit.extension().is_none_or(|ending| ending != "json") {
        return Vec::new();
    }
    assert!(folder.starts_with(lake));
    let actions = fs::read_to_string(commit).unwrap();
    actions
        .lines()
        .filter_map(|line| {
            let action: serde_json::Value = serde_json::from_str(line).unwrap();
            Some(folder.parent().unwrap().join(action["add"]["path"].as_str()?))
        })
        .collect()
}

/// Calls in the order in which they ended, those interrupted in the trace put together again.
fn parse(trace: &str) -> Vec<Call> {
    let mut begun: HashMap<&str, String> = HashMap::new();
    let mut calls = Vec::new();
    for line in trace.lines() {
        let Some((process, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        let whole = if let Some(head) = rest.strip_suffix(" <unfinished ...>") {
            begun.insert(process, head.to_owned());
            continue;
        } else if rest.starts_with("<... ") {
            let tail = rest.split_once("resumed>").unwrap().1;
            format!("{}{tail}", begun.remove(process).unwrap())
        } else {
            rest.to_owned()
        };
        calls.extend(call(&whole));
    }
    calls
}

fn call(text: &str) -> Option<Call> {
    let (what, result) = text.rsplit_once(" = ")?;
    if result.trim() != "0" {
        return None;
    }
    let (name, arguments) = what.split_once('(')?;
    match name {
        "fsync" | "fdatasync" => {
            let path = arguments.split_once('<')?.1.rsplit_once('>')?.0;
            Some(Call::Sync(path.into()))
        }
        _ => {
            let mut quoted = arguments.split('"').skip(1).step_by(2);
            Some(Call::Name {
                from: quoted.next()?.into(),
                to: quoted.next()?.into(),
            })
        }
    }
}
