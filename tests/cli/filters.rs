//! Which objects are opened, by their keys.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::site::Site;

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else if path.extension().is_some_and(|ending| ending == "gz") {
            found.push(path);
        }
    }
    found
}

#[test]
fn only_what_the_keys_admit_is_opened() {
    let site = Site::new();
    let made = site.run(&[
        "generate",
        "vpc_flow",
        "logs",
        "--rows",
        "3000",
        "--files",
        "60",
        "--days",
        "6",
        "--end",
        "2026-11-16",
    ]);
    assert_eq!(made.status.code(), Some(0));
    let files = files_below(&site.logs());
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let region = names[0]
        .split("/vpcflowlogs/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let account = names[0]
        .split("/AWSLogs/")
        .nth(1)
        .unwrap()
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let expected = |keep: &dyn Fn(&str) -> bool| names.iter().filter(|name| keep(name)).count();

    // Objects of that day are damaged: opened, they would fail.
    for file in files
        .iter()
        .filter(|file| file.display().to_string().contains("/2026/11/12/"))
    {
        fs::write(file, b"\x1f\x8bnot gzip after all").unwrap();
    }
    let is_from_14th = |name: &str| name.contains("/2026/11/14/") || name.contains("/2026/11/15/");
    let (status, summary) = site.load(&["--since", "2026-11-14", "--until", "2026-11-15"]);
    let on_14th = expected(&|name| name.contains("/2026/11/14/"));
    assert!(on_14th > 0 && on_14th < names.len());
    assert_eq!((status, &summary["loaded"]), (0, &json!(on_14th)), "{summary}");
    assert_eq!(summary["outside"], json!(names.len() - on_14th));

    let of_region = expected(&|name| is_from_14th(name) && name.contains(&format!("/{region}/")));
    let (status, summary) = site.load(&["--dry-run", "--since", "2026-11-14", "--region", &region]);
    let loaded = summary["loaded"].as_u64().unwrap() + summary["already_loaded"].as_u64().unwrap();
    assert_eq!((status, loaded), (0, of_region as u64), "{summary}");
    let of_account = expected(&|name| is_from_14th(name) && name.contains(&format!("/{account}/")));
    let (status, summary) = site.load(&["--since", "2026-11-14", "--account", &account]);
    let loaded = summary["loaded"].as_u64().unwrap() + summary["already_loaded"].as_u64().unwrap();
    assert_eq!((status, loaded), (0, of_account as u64), "{summary}");

    site.put("no-date.log", crate::site::HEADER);
    let (_, summary) = site.load(&["--dry-run", "--since", "2026-11-14"]);
    assert_eq!(
        summary["undated"],
        json!(1),
        "what does not say its time is left out, and said"
    );
    let (status, summary) = site.load(&[]);
    let damaged = expected(&|name| name.contains("/2026/11/12/"));
    assert_eq!((status, &summary["failed"]), (3, &json!(damaged)), "{summary}");
    site.ledger_adds_up();
}

#[test]
fn a_time_that_is_none_is_an_error() {
    let site = Site::new();
    let output = site.run(&["load", "--since", "yesterday", "logs"]);
    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("yesterday"));
}
