//! Which objects are opened, by their keys.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::site::{FLOW, HEADER, Site, event, records};

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

fn segment_after<'a>(before: &str, name: &'a str) -> &'a str {
    let (_, rest) = name.split_once(before).unwrap();
    rest.split_once('/').unwrap().0
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
    let region = segment_after("/vpcflowlogs/", &names[0]);
    let account = segment_after("/AWSLogs/", &names[0]);
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
    let (status, summary) = site.load(&["--dry-run", "--since", "2026-11-14", "--region", region]);
    let loaded = summary["loaded"].as_u64().unwrap() + summary["already_loaded"].as_u64().unwrap();
    assert_eq!((status, loaded), (0, of_region as u64), "{summary}");
    let of_account = expected(&|name| is_from_14th(name) && name.contains(&format!("/{account}/")));
    let (status, summary) = site.load(&["--since", "2026-11-14", "--account", account]);
    let loaded = summary["loaded"].as_u64().unwrap() + summary["already_loaded"].as_u64().unwrap();
    assert_eq!((status, loaded), (0, of_account as u64), "{summary}");

    site.put("no-date.log", HEADER);
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

/// An object in each key layout: account, region, day and hour differ.
const KEYS: [(&str, &str); 5] = [
    (
        "ten",
        "AWSLogs/111111111111/vpcflowlogs/eu-west-1/2026/11/01/111111111111_vpcflowlogs_eu-west-1_fl-1_20261101T1000Z_a.log",
    ),
    (
        "noon",
        "AWSLogs/222222222222/vpcflowlogs/us-east-1/2026/11/01/222222222222_vpcflowlogs_us-east-1_fl-1_20261101T1200Z_b.log",
    ),
    (
        "hive",
        "AWSLogs/aws-account-id=111111111111/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=01/hour=14/\
         111111111111_vpcflowlogs_us-east-1_fl-1_20261101T1430Z_c.log",
    ),
    (
        "trail",
        "AWSLogs/o-abc1234567/333333333333/CloudTrail/eu-west-1/2026/11/02/\
         333333333333_CloudTrail_eu-west-1_20261102T0005Z_d.json",
    ),
    ("plain", "exported/flows.log"),
];

#[test]
fn each_key_layout_is_judged_by_account_region_and_minute() {
    let cases: [(&[&str], &[&str], u64); 8] = [
        (&[], &["hive", "noon", "plain", "ten", "trail"], 0),
        (&["--account", "111111111111"], &["hive", "ten"], 1),
        (
            &["--account", "111111111111", "--account", "333333333333"],
            &["hive", "ten", "trail"],
            1,
        ),
        (&["--region", "eu-west-1"], &["ten", "trail"], 1),
        (&["--region", "us-east-1", "--account", "111111111111"], &["hive"], 1),
        (
            &["--since", "2026-11-01T12:00:00Z", "--until", "2026-11-02"],
            &["hive", "noon"],
            1,
        ),
        (&["--since", "2026-11-01T21:00:01+09:00"], &["hive", "trail"], 1),
        (&["--until", "2026-11-01T12:00:00Z"], &["ten"], 1),
    ];
    for (options, expected, undated) in cases {
        let site = Site::new();
        for (name, key) in KEYS {
            let is_trail = key.contains("CloudTrail");
            let admitted = expected.contains(&name);
            let content = match (admitted, is_trail) {
                (true, true) => records(&[event("a", "A")]),
                (true, false) => format!("{HEADER}{FLOW}"),
                // Opened, it would fail.
                (false, _) => "no log at all".to_owned(),
            };
            site.put(key, content);
        }
        let (status, summary) = site.load(options);
        assert_eq!(
            (status, &summary["problem_count"]),
            (0, &json!(0)),
            "{options:?}: {summary}"
        );
        let left_out = (KEYS.len() - expected.len()) as u64;
        assert_eq!(
            ["listed", "loaded", "undated", "outside"].map(|name| summary[name].as_u64().unwrap()),
            [KEYS.len() as u64, expected.len() as u64, undated, left_out - undated],
            "{options:?}: {summary}"
        );
        let history = site.ask("SELECT object_uri AS uri FROM system.load_history");
        let uris: Vec<_> = history
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["uri"].as_str().unwrap())
            .collect();
        let mut names: Vec<_> = KEYS
            .iter()
            .filter(|(_, key)| uris.iter().any(|uri| uri.ends_with(key)))
            .map(|(name, _)| *name)
            .collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{options:?}");
    }
}
