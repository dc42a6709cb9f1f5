use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use flowtrail_sample::{Manifest, Sums, TrailPlan, TrailSums, generate_cloudtrail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{bytes_on_disk, end, fingerprint, gunzip, objects};

fn plan() -> TrailPlan {
    TrailPlan {
        rows: 12_000,
        days: 2,
        files: 40,
        seed: 7,
        end: end(),
    }
}

fn made(plan: &TrailPlan) -> (tempfile::TempDir, Manifest, TrailSums) {
    let out = tempfile::tempdir().unwrap();
    let mut calls = 0;
    let manifest = generate_cloudtrail(plan, out.path(), &mut |_| calls += 1).unwrap();
    assert_eq!(calls, plan.files);
    let Sums::CloudTrail(sums) = manifest.sums else {
        panic!("sums of flow logs")
    };
    (out, manifest, sums)
}

/// Every event under `root`, with the key it is in.
fn events(root: &Path) -> Vec<(String, Value)> {
    let mut events = Vec::new();
    for (key, path) in objects(root)
        .into_iter()
        .filter(|(key, _)| !key.contains("/CloudTrail-Digest/"))
    {
        let document: Value = serde_json::from_str(&gunzip(&path)).unwrap();
        let records = document["Records"].as_array().unwrap();
        events.extend(records.iter().map(|event| (key.clone(), event.clone())));
    }
    events
}

#[test]
fn files_hold_what_the_manifest_says() {
    let (out, manifest, sums) = made(&plan());
    let mut counted = TrailSums::default();
    let mut delivered: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for (key, event) in events(out.path()) {
        counted.events += 1;
        delivered
            .entry(event["eventID"].as_str().unwrap().to_owned())
            .or_default()
            .push((key, event));
    }
    for deliveries in delivered.values() {
        let (key, event) = &deliveries[0];
        counted.distinct_events += 1;
        counted.errors += u64::from(event.get("errorCode").is_some());
        counted.failed_logins += u64::from(event["responseElements"]["ConsoleLogin"] == "Failure");
        counted.insights += u64::from(event["eventCategory"] == "Insight");
        assert!(deliveries.len() <= 2);
        for (other_key, other) in &deliveries[1..] {
            counted.duplicates += 1;
            assert_ne!(key, other_key, "a second delivery is in another file");
            assert_eq!(event, other, "a second delivery has the same content");
        }
    }
    counted.digests = objects(out.path())
        .keys()
        .filter(|key| key.contains("/CloudTrail-Digest/"))
        .count() as u64;
    assert_eq!(sums, counted);
    assert_eq!((sums.events, sums.insights, sums.digests), (12_000, 2, 6));
    assert!((25..120).contains(&sums.duplicates), "{sums:?}");
    assert!(sums.errors > 100 && sums.failed_logins > 3, "{sums:?}");
    assert_eq!(
        (manifest.rows, manifest.objects, manifest.bytes),
        (12_000, 40 + 1 + 6, bytes_on_disk(out.path()))
    );
}

#[test]
fn keys_are_awss_and_say_when_and_where() {
    let (out, ..) = made(&plan());
    let begin = end() - chrono::TimeDelta::days(2);
    for (key, event) in events(out.path()) {
        let parts: Vec<_> = key.split('/').collect();
        let ["AWSLogs", account, kind, region, "2026", "11", day, name] = parts[..] else {
            panic!("{key}")
        };
        assert!(kind == "CloudTrail" || kind == "CloudTrail-Insight", "{key}");
        let (name, unique) = name.strip_suffix(".json.gz").unwrap().rsplit_once('_').unwrap();
        assert!(
            name.starts_with(&format!("{account}_{kind}_{region}_202611{day}T")),
            "{key}"
        );
        assert!(
            unique.len() == 16 && unique.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{key}"
        );
        assert_eq!(
            (event["recipientAccountId"].as_str(), event["awsRegion"].as_str()),
            (Some(account), Some(region))
        );
        let time: chrono::DateTime<chrono::Utc> = event["eventTime"].as_str().unwrap().parse().unwrap();
        assert!(begin <= time && time < end(), "{time}");
    }
}

#[test]
fn callers_and_calls_are_of_many_kinds() {
    let (out, ..) = made(&plan());
    let events = events(out.path());
    let values = |pointer: &str| {
        let texts = events
            .iter()
            .filter_map(|(_, event)| event.pointer(pointer))
            .map(ToString::to_string);
        texts.collect::<BTreeSet<_>>()
    };
    assert_eq!(
        values("/userIdentity/type").into_iter().collect::<Vec<_>>(),
        [r#""AWSService""#, r#""AssumedRole""#, r#""IAMUser""#, r#""Root""#]
    );
    assert_eq!(values("/eventCategory").len(), 3);
    assert_eq!(values("/additionalEventData/MFAUsed").len(), 2);
    assert!(values("/eventName").len() > 35, "{:?}", values("/eventName"));
    assert!(values("/errorCode").contains(r#""AccessDenied""#));
    assert!(values("/sourceIPAddress").contains(r#""lambda.amazonaws.com""#));
    assert!(values("/userIdentity/sessionContext/sessionIssuer/userName").len() >= 5);
    // The same key as a number and as a text.
    assert_eq!(values("/requestParameters/durationSeconds").len(), 2);
    let reads = events.iter().filter(|(_, event)| event["readOnly"] == true).count();
    assert!(reads * 2 > events.len(), "{reads} of {} only read", events.len());
}

#[test]
fn a_digest_vouches_for_its_file() {
    let (out, ..) = made(&plan());
    let objects = objects(out.path());
    for (key, path) in objects.iter().filter(|(key, _)| key.contains("/CloudTrail-Digest/")) {
        let digest: Value = serde_json::from_str(&gunzip(path)).unwrap();
        assert_eq!(digest["digestS3Object"].as_str(), Some(key.as_str()));
        let log_file = &digest["logFiles"][0];
        let text = gunzip(&objects[log_file["s3Object"].as_str().unwrap()]);
        assert_eq!(
            log_file["hashValue"].as_str(),
            Some(format!("{:x}", Sha256::digest(text)).as_str())
        );
    }
}

#[test]
fn the_same_plan_makes_the_same_bytes() {
    let print = |plan: &TrailPlan| fingerprint(made(plan).0.path());
    assert_eq!(print(&plan()), print(&plan()));
    assert_ne!(print(&plan()), print(&TrailPlan { seed: 8, ..plan() }));
}

#[test]
fn small_plans_are_exact() {
    for (rows, files) in [(0, 1), (1, 1), (5, 20), (999, 3), (1000, 1)] {
        let (out, manifest, sums) = made(&TrailPlan {
            rows,
            days: 1,
            files,
            ..plan()
        });
        assert_eq!((manifest.rows, events(out.path()).len() as u64), (rows, rows));
        assert_eq!(sums.distinct_events + sums.duplicates, rows);
    }
}
