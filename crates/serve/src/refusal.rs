//! Why a delivery is not taken, and with which status Firehose is told.
//!
//! Firehose sends again what is not answered with 200, and in the end puts it into the bucket its stream has for what
//! could not be delivered; so a refusal loses nothing, and its words are what the operator finds in the stream's log.

use axum::http::{HeaderName, StatusCode};

use crate::inbox::InboxError;

/// The longest `errorMessage`, in bytes; Firehose takes an answer with a longer one for a broken one.
const LONGEST_MESSAGE_BYTES: usize = 8192;
/// How long Firehose is asked to wait when there is no room, in seconds.
const NO_ROOM_RETRY_S: u64 = 5;
/// How long when the lake cannot be written, in seconds.
const NO_LAKE_RETRY_S: u64 = 30;

/// Why a delivery is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("nobody may deliver, as no access key is configured; start with --firehose-key and give it to the stream")]
    NobodyMay,
    #[error("header x-amz-firehose-access-key: it is missing; set the access key of the stream's HTTP endpoint")]
    KeyMissing,
    #[error("header x-amz-firehose-access-key: it is none of the keys that are configured")]
    KeyUnknown,
    #[error("header {header}: {why}")]
    Header { header: HeaderName, why: String },
    #[error(
        "no log kind {kind:?}: the path is /firehose, or /firehose/ and one of vpc_flow, tgw_flow, cloudtrail, auto"
    )]
    Kind { kind: String },
    #[error("the body is larger than {limit_bytes} bytes {state}; lower the buffer size of the stream")]
    TooLarge { state: &'static str, limit_bytes: u64 },
    #[error("the body did not arrive within {limit_s} seconds")]
    SlowBody { limit_s: u64 },
    #[error("the body ended early: {why}")]
    BodyEnded { why: String },
    #[error("the body is not gzip, as content-encoding says: {why}")]
    NotGzip { why: String },
    #[error("the body is no delivery: {why}")]
    Document { why: String },
    #[error("requestId in the body is {body:?}, and in the header {header:?}; they must be the same")]
    RequestId { header: String, body: String },
    #[error("record {number}: {why}")]
    Record { number: u64, why: String },
    #[error("no memory was free within {waited_s} seconds, as other deliveries are in work; send again")]
    NoRoom { waited_s: u64 },
    #[error("the lake did not answer within {limit_s} seconds; send again")]
    SlowLake { limit_s: u64 },
    #[error(transparent)]
    Inbox(#[from] InboxError),
    #[error("the program failed inside; its log says more")]
    Inside,
}

impl Refusal {
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::KeyMissing => StatusCode::UNAUTHORIZED,
            Self::NobodyMay | Self::KeyUnknown => StatusCode::FORBIDDEN,
            Self::Header { .. }
            | Self::BodyEnded { .. }
            | Self::NotGzip { .. }
            | Self::Document { .. }
            | Self::RequestId { .. }
            | Self::Record { .. } => StatusCode::BAD_REQUEST,
            Self::Kind { .. } => StatusCode::NOT_FOUND,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::SlowBody { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::Inbox(InboxError::Conflict { .. }) => StatusCode::CONFLICT,
            Self::NoRoom { .. } | Self::SlowLake { .. } | Self::Inbox(InboxError::Store { .. }) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Inside => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The words for log and answer: one line of bounded length, whatever was sent.
    pub(crate) fn message(&self) -> String {
        let mut message = self.to_string();
        message.truncate(message.floor_char_boundary(LONGEST_MESSAGE_BYTES));
        message.replace(char::is_control, " ")
    }

    /// After how many seconds it may go better, where nobody has to do anything.
    pub(crate) const fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::NoRoom { .. } => Some(NO_ROOM_RETRY_S),
            Self::SlowLake { .. } | Self::Inbox(InboxError::Store { .. }) => Some(NO_LAKE_RETRY_S),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(why: &str) -> String {
        let why = why.to_owned();
        Refusal::Document { why }.message()
    }

    #[test]
    fn a_message_is_one_line_of_bounded_length() {
        assert_eq!(message("a\nb\u{1b}[0m"), "the body is no delivery: a b [0m");
        // Cut between characters.
        assert_eq!(message(&"ä".repeat(8192)).len(), LONGEST_MESSAGE_BYTES - 1);
    }
}
