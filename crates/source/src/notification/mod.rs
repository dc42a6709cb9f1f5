//! What a message of an S3 event queue says: which objects came, which went.
//!
//! S3 sends the same news in several wrappings, and all are read here: its own document straight into the queue, the
//! same as text in the envelope of SNS (or without it, by raw delivery), and the event of `EventBridge`, which may have
//! come through SNS too. The forms are those of the AWS pages "Event message structure" and "`EventBridge` event message
//! structure" (Amazon S3), and "Parsing Amazon SNS message formats" (Amazon SNS). Services that speak S3 name
//! themselves otherwise (`minio:s3`, and `s3:` before the event's name); they are understood.
//!
//! **A message is read whole or not at all.** If one of its records is bad, the message is, and none of its good
//! records is handed out: the queue keeps or forgets whole messages, so what was taken out of a bad one would either
//! be forgotten with it, or come again with every attempt. Where it goes (dead-letter queue, quarantine) all of it
//! goes, and it can be sent again when it is mended.

mod node;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use node::{Node, shown};

/// Longest message read. SQS delivers up to 1 MiB.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Envelopes around a document; there are two at most in AWS (`EventBridge` through SNS).
const MAX_ENVELOPES: usize = 4;

const A_KEY: &str = "the key of an object";

/// One event of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// An object was written, by whatever way (put, post, copy, upload in parts).
    Created {
        /// The bucket.
        bucket: String,
        /// The key as it is, not encoded.
        key: String,
        /// Size in bytes.
        size_bytes: Option<u64>,
        /// The object's `ETag` without quotes.
        etag: Option<String>,
        /// The version's id, of a bucket that keeps versions.
        version: Option<String>,
        /// Orders events of one key: the greater number, in hexadecimal, came later (pad the shorter with zeros on
        /// the left).
        sequencer: Option<String>,
        /// When it happened.
        event_time: Option<DateTime<Utc>>,
    },
    /// An object was deleted, or hidden by a delete marker.
    Removed {
        /// The bucket.
        bucket: String,
        /// The key as it is, not encoded.
        key: String,
    },
    /// Any other news that is no work: S3's test event, a restore, a change of tags, a confirmation of SNS.
    Other {
        /// The event's name, such as `s3:TestEvent` or `ObjectRestore:Completed`.
        name: String,
    },
}

/// Why a message is no notification of S3's. `at` is the place in the message, such as `Records[2].s3.object.key`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    /// Longer than what SQS delivers.
    #[error("the message has {size_bytes} bytes; expected at most {MAX_BYTES}")]
    TooLarge {
        /// The message's length.
        size_bytes: usize,
    },
    /// A text that is not JSON, or cut short, or nested too deep.
    #[error("{at} is no JSON document: {reason}")]
    NotJson {
        /// Which text.
        at: String,
        /// What the reader of JSON said, with line and column.
        reason: String,
    },
    /// Another value than the one that stands there in a notification.
    #[error("{at}: expected {expected}, found {found}")]
    Unexpected {
        /// The place in the message.
        at: String,
        /// What stands there in a notification.
        expected: &'static str,
        /// What was found.
        found: String,
    },
}

/// Reads the body of one message.
///
/// ```
/// use flowtrail_source::{Notice, read_notification};
///
/// let body = r#"{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put",
///     "s3":{"bucket":{"name":"logs"},"object":{"key":"a+b%2Bc.gz","size":5}}}]}"#;
/// let notices = read_notification(body).unwrap();
/// let Notice::Created { bucket, key, size_bytes, .. } = &notices[0] else { unreachable!() };
/// assert_eq!((bucket.as_str(), key.as_str(), *size_bytes), ("logs", "a b+c.gz", Some(5)));
/// ```
///
/// # Errors
///
/// [`NotificationError`], for the message as a whole: see the module's first page.
pub fn read_notification(body: &str) -> Result<Vec<Notice>, NotificationError> {
    if body.len() > MAX_BYTES {
        return Err(NotificationError::TooLarge { size_bytes: body.len() });
    }
    read_document(body, "", MAX_ENVELOPES)
}

/// Reads the text that stands at `at`, which may be in as many envelopes more.
fn read_document(text: &str, at: &str, envelopes: usize) -> Result<Vec<Notice>, NotificationError> {
    let value: Value = serde_json::from_str(text).map_err(|error| NotificationError::NotJson {
        at: if at.is_empty() { "the message" } else { at }.to_owned(),
        reason: error.to_string(),
    })?;
    let document = Node::new(&value, at);
    if document.field("Records").is_there() {
        let records = document.field("Records").elements()?;
        return records.iter().map(s3_record).collect();
    }
    if document.field("detail-type").is_there() {
        return Ok(vec![event_bridge(&document)?]);
    }
    if document.field("Type").is_there() {
        return envelope(&document, envelopes);
    }
    if document.field("Event").is_there() {
        let name = document.field("Event").text("the name of an event")?.to_owned();
        return Ok(vec![Notice::Other { name }]);
    }
    Err(document.unexpected("a notification of S3, with `Records` or `Event`, of SNS or of EventBridge"))
}

fn envelope(document: &Node<'_>, envelopes: usize) -> Result<Vec<Notice>, NotificationError> {
    let kind = document.field("Type");
    let name = kind.text("SNS's type of message")?;
    if matches!(name, "SubscriptionConfirmation" | "UnsubscribeConfirmation") {
        return Ok(vec![Notice::Other { name: name.to_owned() }]);
    }
    if name != "Notification" || envelopes == 0 {
        return Err(kind.unexpected(if envelopes == 0 {
            "no envelope in so many others"
        } else {
            "`Notification`, as SNS sends"
        }));
    }
    let message = document.field("Message");
    read_document(message.text("a document as text")?, &message.place(), envelopes - 1)
}

fn s3_record(record: &Node<'_>) -> Result<Notice, NotificationError> {
    let source = record.field("eventSource");
    if source.optional_text()?.is_some_and(|source| !source.ends_with(":s3")) {
        return Err(source.unexpected("`aws:s3`"));
    }
    let name = record
        .field("eventName")
        .text("the name of an event, such as `ObjectCreated:Put`")?;
    let name = name.strip_prefix("s3:").unwrap_or(name);
    let of_object = || {
        let s3 = record.field("s3");
        let object = s3.field("object");
        Ok((bucket_of(&s3)?, decoded(&object.field("key"))?, object))
    };
    if name.starts_with("ObjectRemoved:") {
        let (bucket, key, _) = of_object()?;
        return Ok(Notice::Removed { bucket, key });
    }
    if !name.starts_with("ObjectCreated:") {
        return Ok(Notice::Other { name: name.to_owned() });
    }
    let (bucket, key, object) = of_object()?;
    Ok(Notice::Created {
        bucket,
        key,
        size_bytes: object.field("size").optional_number()?,
        etag: etag(&object.field("eTag"))?,
        version: owned(&object.field("versionId"))?,
        sequencer: owned(&object.field("sequencer"))?,
        event_time: time(&record.field("eventTime"))?,
    })
}

fn event_bridge(document: &Node<'_>) -> Result<Notice, NotificationError> {
    let source = document.field("source");
    if source.optional_text()?.is_some_and(|source| source != "aws.s3") {
        return Err(source.unexpected("`aws.s3`"));
    }
    let name = document
        .field("detail-type")
        .text("the name of an event, such as `Object Created`")?;
    if !matches!(name, "Object Created" | "Object Deleted") {
        return Ok(Notice::Other { name: name.to_owned() });
    }
    let detail = document.field("detail");
    let object = detail.field("object");
    let bucket = bucket_of(&detail)?;
    let key = object.field("key").text(A_KEY)?.to_owned();
    if name == "Object Deleted" {
        return Ok(Notice::Removed { bucket, key });
    }
    Ok(Notice::Created {
        bucket,
        key,
        size_bytes: object.field("size").optional_number()?,
        etag: etag(&object.field("etag"))?,
        version: owned(&object.field("version-id"))?,
        sequencer: owned(&object.field("sequencer"))?,
        event_time: time(&document.field("time"))?,
    })
}

fn bucket_of(parent: &Node<'_>) -> Result<String, NotificationError> {
    let name = parent.field("bucket").field("name").text("the name of a bucket")?;
    Ok(name.to_owned())
}

/// A key in which S3 wrote a blank as `+`, and as `%` and two digits every byte that is not plain in a URL.
fn decoded(node: &Node<'_>) -> Result<String, NotificationError> {
    let encoded = node.text(A_KEY)?;
    let bad = |found: &str| NotificationError::Unexpected {
        at: node.place(),
        expected: "a key that is URL-encoded UTF-8",
        found: format!("{found} in {}", shown(encoded)),
    };
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => rest
                .next()
                .zip(rest.next())
                .and_then(|(high, low)| Some(hex_digit(high)? << 4 | hex_digit(low)?))
                .ok_or_else(|| bad("a `%` without two hexadecimal digits"))?,
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| bad("other bytes"))
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

fn owned(node: &Node<'_>) -> Result<Option<String>, NotificationError> {
    Ok(node.optional_text()?.map(str::to_owned))
}

fn etag(node: &Node<'_>) -> Result<Option<String>, NotificationError> {
    Ok(node.optional_text()?.map(|etag| etag.trim_matches('"').to_owned()))
}

fn time(node: &Node<'_>) -> Result<Option<DateTime<Utc>>, NotificationError> {
    let Some(text) = node.optional_text()? else {
        return Ok(None);
    };
    // Services that speak S3 leave the zone out; it is UTC.
    let time = DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .or_else(|_| text.parse::<NaiveDateTime>().map(|time| time.and_utc()));
    let time = time.map_err(|_| node.unexpected("a time such as 2026-11-21T07:00:00Z"))?;
    Ok(Some(time))
}
