//! What can go wrong between a queue and who receives from it.

/// Why a queue could not be opened, or did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The text names no queue, or a setting cannot be used.
    #[error("`{queue}` is no queue: {reason}")]
    InvalidQueue {
        /// The text as it was given.
        queue: String,
        /// What is wrong with it and what was expected.
        reason: String,
    },
    /// SQS knows no such queue in this region and account.
    #[error("queue `{queue}` does not exist in {region}")]
    NotFound {
        /// The queue as it was given.
        queue: String,
        /// The region asked.
        region: String,
    },
    /// SQS knows the caller and refuses.
    #[error("access denied: {action} on queue `{queue}`")]
    AccessDenied {
        /// The queue.
        queue: String,
        /// The action that was refused, such as `sqs:ReceiveMessage`.
        action: &'static str,
        /// SQS's message, which may name the policy.
        message: String,
    },
    /// No credentials could be had.
    #[error("no AWS credentials: {reason}")]
    CredentialsMissing {
        /// What the chain of providers said.
        reason: String,
    },
    /// SQS does not accept the credentials.
    #[error("the AWS credentials were refused for queue `{queue}`: {code}: {message}")]
    CredentialsRefused {
        /// The queue.
        queue: String,
        /// The code, such as `ExpiredToken`.
        code: String,
        /// SQS's message.
        message: String,
    },
    /// More was asked than SQS gives at the time, also after waits.
    #[error("{action} on queue `{queue}` is held back: {code}: {message}")]
    Throttled {
        /// The queue.
        queue: String,
        /// What was asked, such as `sqs:ReceiveMessage`.
        action: &'static str,
        /// The code, such as `RequestThrottled`.
        code: String,
        /// SQS's message.
        message: String,
    },
    /// No answer, or half of one: the network, a name that is not found, a time limit.
    #[error("{action} on queue `{queue}` had no answer: {reason}")]
    Unreachable {
        /// The queue.
        queue: String,
        /// What was asked, such as `sqs:ReceiveMessage`.
        action: &'static str,
        /// The error's whole story, on one line.
        reason: String,
    },
    /// Any other trouble: a service that is out of order, an answer nobody expected.
    #[error("{action} on queue `{queue}` failed: {reason}")]
    Service {
        /// The queue.
        queue: String,
        /// What was asked, such as `sqs:ReceiveMessage`.
        action: &'static str,
        /// The error's whole story, on one line.
        reason: String,
        /// Whether the same request may succeed later.
        retryable: bool,
    },
}
