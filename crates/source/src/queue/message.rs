//! A message as a queue hands it out, and what the queue says of many.

use aws_sdk_sqs::types::MessageSystemAttributeName;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::QueueError;
use super::error::Request;

/// One delivery of a message. It is the receiver's until its visibility ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message's id, the same with each delivery.
    pub id: String,
    /// What this delivery is called when it is extended or deleted.
    pub receipt_handle: String,
    /// The text that was sent.
    pub body: String,
    /// How often it has been received, this time included.
    pub receive_count: u32,
    /// When it was sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was received for the first time.
    pub first_received_at: Option<DateTime<Utc>>,
}

/// A message for which a request was refused, while it may have been done for others of the same call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("message {message_id}: {code}: {reason}")]
pub struct Refused {
    /// [`Message::id`].
    pub message_id: String,
    /// SQS's code, such as `ReceiptHandleIsInvalid`.
    pub code: String,
    /// What SQS says of it.
    pub reason: String,
    /// Whether the same request may succeed later. If not, the delivery is over: the message was deleted, or is
    /// visible to others again.
    pub is_retryable: bool,
}

/// How many messages a queue holds, about: SQS counts them on many machines.
///
/// The age of the oldest is not among them. SQS tells it to CloudWatch only (`ApproximateAgeOfOldestMessage`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// Waiting to be received.
    pub visible: u64,
    /// Received, and neither deleted nor visible again.
    pub in_flight: u64,
    /// Sent with a delay that has not passed.
    pub delayed: u64,
}

/// Where messages go that were received too often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The ARN of the dead-letter queue.
    pub arn: String,
    /// After so many receptions SQS moves a message there by itself.
    pub max_receive_count: u32,
}

pub(super) fn read(message: aws_sdk_sqs::types::Message, request: &Request<'_>) -> Result<Message, QueueError> {
    let attributes = message.attributes.unwrap_or_default();
    let number = |name| attributes.get(&name).and_then(|text| text.parse::<i64>().ok());
    let time = |name| number(name).and_then(DateTime::<Utc>::from_timestamp_millis);
    let missing = |what| move || request.incomplete(what);
    Ok(Message {
        id: message.message_id.ok_or_else(missing("id of a message"))?,
        receipt_handle: message
            .receipt_handle
            .ok_or_else(missing("receipt handle of a message"))?,
        body: message.body.ok_or_else(missing("body of a message"))?,
        receive_count: number(MessageSystemAttributeName::ApproximateReceiveCount)
            .and_then(|count| u32::try_from(count).ok())
            .ok_or_else(missing("receive count of a message"))?,
        sent_at: time(MessageSystemAttributeName::SentTimestamp),
        first_received_at: time(MessageSystemAttributeName::ApproximateFirstReceiveTimestamp),
    })
}

/// Reads a queue's `RedrivePolicy`, whose number comes as text too.
pub(super) fn dead_letter(policy: &str) -> Option<DeadLetter> {
    let policy: Value = serde_json::from_str(policy).ok()?;
    let count = &policy["maxReceiveCount"];
    let count = count.as_u64().or_else(|| count.as_str()?.parse().ok())?;
    Some(DeadLetter {
        arn: policy["deadLetterTargetArn"].as_str()?.to_owned(),
        max_receive_count: u32::try_from(count).ok()?,
    })
}

/// A text with the characters SQS takes ("`SendMessage`": those of XML), cut to so many.
pub(super) fn printable(text: &str, chars: usize) -> String {
    let is_taken = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    let taken: String = text
        .chars()
        .take(chars)
        .map(|letter| if is_taken(letter) { letter } else { '\u{FFFD}' })
        .collect();
    if taken.is_empty() { "unknown".to_owned() } else { taken }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn redrive_policies() {
        for count in ["3", "\"3\""] {
            let policy = format!(r#"{{"deadLetterTargetArn":"arn:aws:sqs:r:1:dead","maxReceiveCount":{count}}}"#);
            let expected = DeadLetter {
                arn: "arn:aws:sqs:r:1:dead".into(),
                max_receive_count: 3,
            };
            assert_eq!(dead_letter(&policy), Some(expected), "{count}");
        }
        for policy in ["", "{}", "[]", r#"{"deadLetterTargetArn":"a","maxReceiveCount":-1}"#] {
            assert_eq!(dead_letter(policy), None, "{policy}");
        }
    }

    #[test]
    fn reasons_are_what_sqs_takes() {
        assert_eq!(
            printable("a\0b\u{1b}[c\n\u{ffff}é😀", 20),
            "a\u{fffd}b\u{fffd}[c\n\u{fffd}é😀"
        );
        assert_eq!(printable("éééé", 2), "éé");
        assert_eq!(printable("", 2), "unknown");
    }
}
