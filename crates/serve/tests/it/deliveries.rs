//! What is delivered is in the inbox, as decoders can read it, once.

use flate2::Compression;
use flate2::write::GzEncoder;
use flowtrail_decode::{Hint, Input, Limits, LogKind, Opened, open};
use std::io::Write;
use std::os::unix::fs::MetadataExt;

use crate::client::Request;
use crate::running::{aside, options, start};

pub const FLOW: &str = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 49152 6 10 840 1700000000 1700000060 ACCEPT OK";
const EVENT: &str = r#"{"eventVersion":"1.08","eventTime":"2026-11-20T00:00:00Z","eventSource":"s3.amazonaws.com","eventName":"x","eventID":"1"}"#;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn envelope() -> Vec<u8> {
    gzip(&format!(
        r#"{{"messageType":"DATA_MESSAGE","logEvents":[{{"id":"1","timestamp":1,"message":"{FLOW}"}}]}}"#
    ))
}

fn rows(object: &[u8]) -> (LogKind, u64) {
    let input = Input::Bytes(object.to_vec().into());
    let Opened::Records(decoder) = open(input, &Hint::default(), &Limits::default()).unwrap() else {
        panic!("no records");
    };
    let parts: Vec<_> = decoder.map(Result::unwrap).collect();
    assert!(parts.iter().all(|part| part.rejects.is_empty()));
    (parts[0].kind, parts.iter().map(|part| part.counts.rows).sum())
}

#[tokio::test]
async fn each_kind_becomes_an_object_that_is_read() {
    let running = start(options()).await;
    let address = running.address;
    let packed = Request::firehose("id-3", &[EVENT.as_bytes(), EVENT.as_bytes()]).to("/firehose/cloudtrail");
    let packed = Request {
        body: gzip(std::str::from_utf8(&packed.body).unwrap()),
        ..packed
    };
    let requests = [
        Request::firehose("id-1", &[&envelope(), &envelope()]),
        Request::firehose("id-2", &[FLOW.as_bytes(), FLOW.as_bytes(), FLOW.as_bytes()]).to("/firehose/vpc_flow"),
        packed.with("Content-Encoding", "gzip"),
        Request::firehose("id-4", &[FLOW.as_bytes(), &envelope()]).to("/firehose/auto"),
    ];
    for request in requests {
        let id = request.headers[0].1.clone();
        let answer = aside(move || request.send(address)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let said = answer.json();
        assert_eq!(said["requestId"], id);
        assert!(said["timestamp"].as_i64().unwrap() > 1_700_000_000_000);
        assert!(said.get("errorMessage").is_none());
    }
    let found: Vec<_> = running
        .inbox()
        .into_iter()
        .map(|(name, object)| (name, rows(&object)))
        .collect();
    let expected = [
        ("firehose/auto/flows/id-1.cloudwatch.json.gz", (LogKind::VpcFlow, 2)),
        ("firehose/auto/flows/id-4.cloudwatch.json.gz", (LogKind::VpcFlow, 1)),
        ("firehose/auto/flows/id-4.flow.log", (LogKind::VpcFlow, 1)),
        (
            "firehose/cloudtrail/flows/id-3.cloudtrail.json",
            (LogKind::CloudTrail, 2),
        ),
        ("firehose/vpc_flow/flows/id-2.flow.log", (LogKind::VpcFlow, 3)),
    ];
    assert_eq!(found, expected.map(|(name, rows)| (name.to_owned(), rows)));
}

#[tokio::test]
async fn sent_again_it_is_there_once() {
    let running = start(options()).await;
    let address = running.address;
    let request = Request::firehose("id-1", &[FLOW.as_bytes(), &envelope()]);
    let send = |request: &Request| {
        let request = request.clone();
        aside(move || request.send(address))
    };
    assert_eq!(send(&request).await.status, 200);
    let first = running.inbox();
    assert_eq!(send(&request).await.status, 200);
    assert_eq!(running.inbox(), first);
    // It died between the two objects.
    std::fs::remove_file(running.path("firehose/auto/flows/id-1.flow.log")).unwrap();
    assert_eq!(send(&request).await.status, 200);
    assert_eq!(running.inbox(), first);

    let other = send(&Request::firehose("id-1", &[FLOW.replace("443", "444").as_bytes()])).await;
    assert_eq!(other.status, 409);
    assert!(
        other.message().contains("id-1.flow.log is there with other content"),
        "{other:?}"
    );
    assert_eq!(running.inbox(), first);
    let metrics = aside(move || crate::client::get(address, "/metrics")).await.body;
    assert!(
        metrics.contains(r#"flowtrail_firehose_records_total{kind="auto"} 4"#),
        "{metrics}"
    );
    assert!(
        metrics.contains(r#"flowtrail_firehose_deliveries_total{kind="auto",stored="known"} 1"#),
        "{metrics}"
    );
}

/// It may have been given its name, and the name not be on the disk, when its writer died.
#[tokio::test]
async fn what_is_there_is_made_durable_again() {
    let running = start(options()).await;
    let address = running.address;
    let request = Request::firehose("id-1", &[FLOW.as_bytes()]);
    let file = || {
        std::fs::metadata(running.path("firehose/auto/flows/id-1.flow.log"))
            .unwrap()
            .ino()
    };
    let again = request.clone();
    aside(move || request.send(address)).await;
    let first = file();
    assert_eq!(aside(move || again.send(address)).await.status, 200);
    assert_ne!(file(), first, "nothing was written");
}

#[tokio::test]
async fn what_has_no_records_is_good_and_leaves_nothing() {
    let running = start(options()).await;
    let address = running.address;
    let probe = gzip(
        r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE"}]}"#,
    );
    for request in [
        Request::firehose("id-1", &[]),
        Request::firehose("id-2", &[&probe]),
        Request::firehose("id-3", &[b""]),
    ] {
        assert_eq!(aside(move || request.send(address)).await.status, 200);
    }
    assert_eq!(running.inbox(), []);
}

#[tokio::test]
async fn names_from_outside_leave_no_folder() {
    let running = start(options()).await;
    let address = running.address;
    let request = Request::firehose("../../../x", &[FLOW.as_bytes()]).with("X-Amz-Firehose-Source-Arn", "arn:/..");
    assert_eq!(aside(move || request.send(address)).await.status, 200);
    let names: Vec<_> = running.inbox().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), 1);
    let (stream, request) = names[0]
        .strip_prefix("firehose/auto/")
        .unwrap()
        .split_once('/')
        .unwrap();
    assert!(
        stream.starts_with("sha256-") && request.starts_with("sha256-"),
        "{names:?}"
    );
}
