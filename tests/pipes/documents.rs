//! Messages as S3 sends them, straight, by way of SNS, and by way of `EventBridge`.

use serde_json::{Value, json};

use crate::cloud::encoded;

/// A record of S3's.
pub fn record(event: &str, bucket: &str, key: &str) -> Value {
    // S3 writes a blank in a key as `+`.
    let key = encoded(key).replace("%20", "+");
    json!({"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventName": event,
           "eventTime": "2026-11-21T07:00:00.000Z", "s3": {"bucket": {"name": bucket}, "object": {"key": key}}})
}

/// A message of S3's with a record for each key.
pub fn created(bucket: &str, keys: &[&str]) -> String {
    let records: Vec<Value> = keys
        .iter()
        .map(|key| record("ObjectCreated:Put", bucket, key))
        .collect();
    json!({"Records": records}).to_string()
}

/// `EventBridge`'s event of a new object. Its key is not encoded.
pub fn event_bridge(bucket: &str, key: &str) -> String {
    json!({"version": "0", "detail-type": "Object Created", "source": "aws.s3", "time": "2026-11-21T07:00:00Z",
           "detail": {"bucket": {"name": bucket}, "object": {"key": key, "size": 1, "etag": "e", "sequencer": "1"}}})
    .to_string()
}
