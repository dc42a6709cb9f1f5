//! How fast objects become record batches, in bytes of text.

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flowtrail_decode::{Hint, Input, Limits, Opened, open};
use std::fmt::Write;
use std::hint::black_box;

const RECORDS: u32 = 200_000;
const EVENTS: u32 = 20_000;

/// Version 2 records with the spread of values a busy account has.
fn flow_text() -> Bytes {
    let mut text = String::from(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
         log-status\n",
    );
    for n in 0..RECORDS {
        let scattered = n.wrapping_mul(2_654_435_761);
        let [a, b, c, d] = scattered.to_be_bytes();
        let (port, packets, start) = (
            32_768 + scattered % 28_000,
            1 + scattered % 900,
            1_790_000_000 + n / 100,
        );
        let _ = writeln!(
            text,
            "2 123456789012 eni-0{:016x} 10.{a}.{b}.{c} {d}.{c}.{b}.{a} {port} 443 6 {packets} {} {start} {} ACCEPT OK",
            scattered % 400,
            packets * 700,
            start + 60,
        );
    }
    Bytes::from(text)
}

/// A `Records` document of assumed-role calls, as most accounts have them.
fn cloudtrail() -> Bytes {
    let mut text = String::from("{\"Records\":[");
    for n in 0..EVENTS {
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"eventVersion":"1.09","userIdentity":{{"type":"AssumedRole","principalId":"AROA{n}:job","#
        );
        let _ = write!(
            text,
            r#""arn":"arn:aws:sts::123456789012:assumed-role/job/{n}","accountId":"123456789012","#
        );
        text.push_str(
            r#""sessionContext":{"sessionIssuer":{"type":"Role","userName":"job"},"attributes":{"mfaAuthenticated":"false"}}},"#,
        );
        let _ = write!(
            text,
            r#""eventTime":"2026-11-01T12:{:02}:{:02}Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","#,
            n / 60 % 60,
            n % 60
        );
        let _ = write!(
            text,
            r#""awsRegion":"us-east-1","sourceIPAddress":"10.0.0.{}","userAgent":"[aws-sdk-rust/1.8 os/linux]","#,
            n % 250
        );
        let _ = write!(
            text,
            r#""requestParameters":{{"bucketName":"logs","key":"a/{n}"}},"responseElements":null,"eventID":"{n:032x}","#
        );
        text.push_str(r#""readOnly":true,"eventType":"AwsApiCall","managementEvent":false,"eventCategory":"Data"}"#);
    }
    text.push_str("]}");
    Bytes::from(text)
}

fn decode(object: &Bytes) -> u64 {
    let Ok(Opened::Records(parts)) = open(Input::Bytes(object.clone()), &Hint::default(), &Limits::default()) else {
        return 0;
    };
    parts
        .filter_map(Result::ok)
        .map(|part| black_box(part).counts.rows)
        .sum()
}

fn flow(criterion: &mut Criterion) {
    let text = flow_text();
    assert_eq!(decode(&text), u64::from(RECORDS));
    let mut group = criterion.benchmark_group("flow");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    group.bench_function("text", |bencher| bencher.iter(|| decode(&text)));
    group.finish();
}

fn events(criterion: &mut Criterion) {
    let text = cloudtrail();
    assert_eq!(decode(&text), u64::from(EVENTS));
    let mut group = criterion.benchmark_group("cloudtrail");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    group.bench_function("records", |bencher| bencher.iter(|| decode(&text)));
    group.finish();
}

criterion_group!(benches, flow, events);
criterion_main!(benches);
