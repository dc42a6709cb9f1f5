#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::*;

pub(super) fn record(name: &str, key: &str) -> Value {
    json!({
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1",
        "eventTime": "2026-11-21T07:00:00.125Z", "eventName": name,
        "userIdentity": {"principalId": "AWS:X"}, "requestParameters": {"sourceIPAddress": "10.0.0.1"},
        "responseElements": {"x-amz-request-id": "R"},
        "s3": {
            "s3SchemaVersion": "1.0", "configurationId": "c",
            "bucket": {"name": "logs", "ownerIdentity": {"principalId": "P"}, "arn": "arn:aws:s3:::logs"},
            "object": {"key": key, "size": 12, "eTag": "abc", "versionId": "v1", "sequencer": "0A1B"},
        },
    })
}

pub(super) fn event(name: &str, key: &str) -> Value {
    json!({
        "version": "0", "id": "i", "detail-type": name, "source": "aws.s3", "account": "123456789012",
        "time": "2026-11-21T07:00:00Z", "region": "eu-west-1", "resources": ["arn:aws:s3:::logs"],
        "detail": {
            "version": "0", "bucket": {"name": "logs"},
            "object": {"key": key, "size": 12, "etag": "abc", "version-id": "v1", "sequencer": "0A1B"},
            "request-id": "R", "requester": "123456789012", "reason": "PutObject",
        },
    })
}

/// The document as SNS sends it on.
pub(super) fn through_sns(document: &Value) -> Value {
    json!({
        "Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:t",
        "Subject": "Amazon S3 Notification", "Message": document.to_string(), "Timestamp": "2026-11-21T07:00:01Z",
    })
}

pub(super) fn created(key: &str, millis: u32) -> Notice {
    Notice::Created {
        bucket: "logs".into(),
        key: key.into(),
        size_bytes: Some(12),
        etag: Some("abc".into()),
        version: Some("v1".into()),
        sequencer: Some("0A1B".into()),
        event_time: Some(format!("2026-11-21T07:00:00.{millis:03}Z").parse().unwrap()),
    }
}

fn removed(key: &str) -> Notice {
    Notice::Removed {
        bucket: "logs".into(),
        key: key.into(),
    }
}

fn other(name: &str) -> Notice {
    Notice::Other { name: name.into() }
}

pub(super) fn read(document: &Value) -> Vec<Notice> {
    read_notification(&document.to_string()).unwrap()
}

fn error_of(document: &Value) -> String {
    read_notification(&document.to_string()).unwrap_err().to_string()
}

/// A document of one good record with one value replaced.
fn with(path: &str, value: Value) -> Value {
    let mut document = json!({"Records": [record("ObjectCreated:Put", "a")]});
    *document.pointer_mut(path).unwrap() = value;
    document
}

#[test]
fn records_of_all_kinds() {
    for name in ["Put", "Post", "Copy", "CompleteMultipartUpload", "New"] {
        let document = json!({"Records": [record(&format!("ObjectCreated:{name}"), "a/b.gz")]});
        assert_eq!(read(&document), [created("a/b.gz", 125)], "{name}");
    }
    let document = json!({"Records": [
        record("ObjectCreated:Put", "a"),
        record("ObjectRemoved:DeleteMarkerCreated", "b+c"),
        record("s3:ObjectCreated:Put", "d"),
        record("ObjectRestore:Completed", "e"),
        record("LifecycleExpiration:Delete", "f"),
    ]});
    let expected = [
        created("a", 125),
        removed("b c"),
        created("d", 125),
        other("ObjectRestore:Completed"),
        other("LifecycleExpiration:Delete"),
    ];
    assert_eq!(read(&document), expected);
}

#[test]
fn keys_are_decoded() {
    for (encoded, key) in [
        ("a+b", "a b"),
        ("a%2Bb%25c%2fd", "a+b%c/d"),
        ("%C3%A9%E2%82%AC", "é€"),
        ("é", "é"),
        ("%2B%2520", "+%20"),
    ] {
        let document = json!({"Records": [record("ObjectCreated:Put", encoded)]});
        assert_eq!(read(&document), [created(key, 125)], "{encoded}");
    }
}

#[test]
fn what_is_not_said_is_none() {
    let document = json!({"Records": [{"eventName": "ObjectCreated:Put", "s3": {
        "bucket": {"name": "b"}, "object": {"key": "k", "versionId": null},
    }}]});
    let expected = Notice::Created {
        bucket: "b".into(),
        key: "k".into(),
        size_bytes: None,
        etag: None,
        version: None,
        sequencer: None,
        event_time: None,
    };
    assert_eq!(read(&document), [expected]);
}

#[test]
fn events_of_event_bridge_have_plain_keys() {
    assert_eq!(read(&event("Object Created", "a+b%20c é")), [created("a+b%20c é", 0)]);
    assert_eq!(read(&event("Object Deleted", "a+b")), [removed("a+b")]);
    assert_eq!(read(&event("Object Tags Added", "a")), [other("Object Tags Added")]);
}

#[test]
fn through_sns_all_is_the_same() {
    let records = json!({"Records": [record("ObjectCreated:Put", "a+b"), record("ObjectRemoved:Delete", "c")]});
    assert_eq!(read(&through_sns(&records)), [created("a b", 125), removed("c")]);
    assert_eq!(read(&through_sns(&event("Object Created", "a+b"))), [created("a+b", 0)]);
    let confirmation = json!({"Type": "SubscriptionConfirmation", "Token": "t", "Message": "You have chosen …"});
    assert_eq!(read(&confirmation), [other("SubscriptionConfirmation")]);
}

#[test]
fn the_test_event_is_no_work() {
    let document =
        json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-21T07:00:00Z", "Bucket": "b"});
    assert_eq!(read(&document), [other("s3:TestEvent")]);
    assert_eq!(read(&through_sns(&document)), [other("s3:TestEvent")]);
}

#[test]
fn one_bad_record_makes_the_message_bad() {
    let mut bad = record("ObjectCreated:Put", "b");
    bad["s3"]["bucket"] = json!({});
    let document = json!({"Records": [record("ObjectCreated:Put", "a"), bad]});
    assert_eq!(
        error_of(&document),
        "Records[1].s3.bucket.name: expected the name of a bucket, found nothing"
    );
    assert_eq!(
        error_of(&through_sns(&document)),
        "Message.Records[1].s3.bucket.name: expected the name of a bucket, found nothing"
    );
}

#[test]
fn wrong_values_are_said_with_their_place() {
    for (path, value, message) in [
        (
            "/Records",
            json!([]),
            "Records: expected a list of one record or more, found a list of 0",
        ),
        (
            "/Records",
            json!({"a": 1, "b": 2}),
            "Records: expected a list of one record or more, found an object of `a, b`",
        ),
        (
            "/Records/0",
            json!(7),
            "Records[0].eventName: expected the name of an event, such as `ObjectCreated:Put`, found nothing",
        ),
        (
            "/Records/0/eventSource",
            json!("aws:ses"),
            "Records[0].eventSource: expected `aws:s3`, found the text `aws:ses`",
        ),
        (
            "/Records/0/eventSource",
            json!(true),
            "Records[0].eventSource: expected a text, found true",
        ),
        (
            "/Records/0/eventTime",
            json!("now"),
            "Records[0].eventTime: expected a time such as 2026-11-21T07:00:00Z, found the text `now`",
        ),
        (
            "/Records/0/s3/bucket/name",
            json!(""),
            "Records[0].s3.bucket.name: expected the name of a bucket, found the text ``",
        ),
        (
            "/Records/0/s3/object/key",
            json!(""),
            "Records[0].s3.object.key: expected the key of an object, found the text ``",
        ),
        (
            "/Records/0/s3/object/key",
            json!(["a"]),
            "Records[0].s3.object.key: expected the key of an object, found a list of 1",
        ),
        (
            "/Records/0/s3/object/size",
            json!(-1),
            "Records[0].s3.object.size: expected a whole number, found the number -1",
        ),
        (
            "/Records/0/s3/object/size",
            json!("12"),
            "Records[0].s3.object.size: expected a whole number, found the text `12`",
        ),
        (
            "/Records/0/s3/object/eTag",
            json!({}),
            "Records[0].s3.object.eTag: expected a text, found an object without fields",
        ),
        (
            "/Records/0/s3/object/key",
            json!("a%FFb"),
            "Records[0].s3.object.key: expected a key that is URL-encoded UTF-8, found other bytes in `a%FFb`",
        ),
        (
            "/Records/0/s3/object/key",
            json!("a%2"),
            "Records[0].s3.object.key: expected a key that is URL-encoded UTF-8, found a `%` without two hexadecimal digits in `a%2`",
        ),
        (
            "/Records/0/s3/object/key",
            json!("%zz"),
            "Records[0].s3.object.key: expected a key that is URL-encoded UTF-8, found a `%` without two hexadecimal digits in `%zz`",
        ),
    ] {
        assert_eq!(error_of(&with(path, value)), message);
    }
    let foreign = json!({"detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2", "detail": {}});
    assert_eq!(
        error_of(&foreign),
        "source: expected `aws.s3`, found the text `aws.ec2`"
    );
}

#[test]
fn what_is_no_notification_says_what_it_is() {
    for (body, message) in [
        (
            "",
            "the message is no JSON document: EOF while parsing a value at line 1 column 0",
        ),
        (
            "hello",
            "the message is no JSON document: expected value at line 1 column 1",
        ),
        (
            r#"{"Records":[{"#,
            "the message is no JSON document: EOF while parsing an object at line 1 column 13",
        ),
        (
            r#"{"a":1}"#,
            "the message: expected a notification of S3, with `Records` or `Event`, of SNS or of EventBridge, found an object of `a`",
        ),
        (
            "[1]",
            "the message: expected a notification of S3, with `Records` or `Event`, of SNS or of EventBridge, found a list of 1",
        ),
        (
            r#"{"Type":"Notification","Message":"x"}"#,
            "Message is no JSON document: expected value at line 1 column 1",
        ),
        (
            r#"{"Type":"Notification"}"#,
            "Message: expected a document as text, found nothing",
        ),
        (
            r#"{"Type":"x"}"#,
            "Type: expected `Notification`, as SNS sends, found the text `x`",
        ),
    ] {
        assert_eq!(read_notification(body).unwrap_err().to_string(), message);
    }
}

#[test]
fn deep_and_large_messages_are_refused() {
    let deep = "[".repeat(1_000_000);
    assert!(
        matches!(read_notification(&deep), Err(NotificationError::NotJson { reason, .. }) if reason.contains("recursion"))
    );

    let large = format!("\"{}\"", "x".repeat(MAX_BYTES));
    let size_bytes = large.len();
    assert_eq!(
        read_notification(&large),
        Err(NotificationError::TooLarge { size_bytes })
    );

    let mut nested = event("Object Created", "a");
    for _ in 0..=MAX_ENVELOPES {
        nested = through_sns(&nested);
    }
    let message = error_of(&nested);
    assert!(message.contains("expected no envelope in so many others"), "{message}");

    let long = error_of(&with("/Records/0/s3/object/size", json!("é".repeat(1000))));
    assert!(long.chars().count() < 200, "{long}");
}

#[test]
fn a_time_without_a_zone_is_utc() {
    let mut record = record("ObjectCreated:Put", "a");
    record["eventTime"] = json!("2026-11-21T07:00:00.125000");
    let body = json!({ "Records": [record] }).to_string();
    assert_eq!(read_notification(&body).unwrap(), [created("a", 125)]);
}
