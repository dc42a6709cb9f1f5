//! What a message of an S3 event queue says: which objects came, which went.
//!
//! S3 sends the same news in several wrappings, and all are read here: its own document straight into the queue, the
//! same as text in the envelope of SNS (or without it, by raw delivery), and the event of EventBridge, which may have
//! come through SNS too. The forms are those of the AWS pages "Event message structure" and "EventBridge event message
//! structure" (Amazon S3), and "Parsing Amazon SNS message formats" (Amazon SNS). Services that speak S3 name
//! themselves otherwise (`minio:s3`, and `s3:` before the event's name); they are understood.
//!
//! **A message is read whole or not at all.** If one of its records is bad, the message is, and none of its good
//! records is handed out: the queue keeps or forgets whole messages, so what was taken out of a bad one would either
//! be forgotten with it, or come again with every attempt. Where it goes (dead-letter queue, quarantine) all of it
//! goes, and it can be sent again when it is mended.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// Longest message read. SQS delivers up to 1 MiB.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Envelopes around a document; there are two at most in AWS (EventBridge through SNS).
const MAX_ENVELOPES: usize = 4;
/// How much of a text that was not expected an error shows.
const SHOWN_CHARS: usize = 80;

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
    let mut at = "the message".to_owned();
    let mut text = body.to_owned();
    for _ in 0..=MAX_ENVELOPES {
        let document = Node::parse(&at, &text)?;
        if document.has("Records") {
            return s3_records(&document);
        }
        if document.has("detail-type") {
            return Ok(vec![event_bridge(&document)?]);
        }
        if document.has("Event") {
            return Ok(vec![test_event(&document)?]);
        }
        if !document.has("Type") {
            return Err(document.unexpected("a notification of S3, SNS or EventBridge"));
        }
        match document.text("Type")? {
            "Notification" => {
                let message = document.text("Message")?.to_owned();
                at = document.path("Message");
                text = message;
            }
            name @ ("SubscriptionConfirmation" | "UnsubscribeConfirmation") => {
                return Ok(vec![Notice::Other { name: name.to_owned() }]);
            }
            _ => return Err(document.field("Type").unexpected("`Notification`")),
        }
    }
    Err(NotificationError::Unexpected {
        at,
        expected: "a notification of S3's",
        found: "one more envelope of SNS".to_owned(),
    })
}
