//! A message as a queue hands it out, and what the queue says of many.

use chrono::{DateTime, Utc};

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
