//! What can go wrong between a queue and who receives from it.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sqs::config::http::HttpResponse;
use aws_sdk_sqs::error::{BuildError, ProvideErrorMetadata, SdkError};

use crate::error::{SourceError, causes, story};

/// Why a queue could not be opened, or did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// The text names no queue.
    #[error("`{queue}` is no queue: {reason}")]
    InvalidQueue {
        /// The text as it was given.
        queue: String,
        /// What is wrong with it and what was expected.
        reason: String,
    },
    /// A setting of the connection to AWS cannot be used.
    #[error(transparent)]
    Settings(#[from] SourceError),
    /// SQS knows no such queue in this region and account.
    #[error("queue `{queue}` does not exist in {region}")]
    NotFound {
        /// The queue's name.
        queue: String,
        /// The region asked.
        region: String,
    },
    /// SQS knows the caller and refuses.
    #[error("access denied: {action} on queue `{queue}`: {message}")]
    AccessDenied {
        /// The queue's name.
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
    /// SQS does not accept the credentials. Those that were made new meanwhile, by a login, are found by opening the
    /// queue again.
    #[error("the AWS credentials were refused for queue `{queue}`: {code}: {message}")]
    CredentialsRefused {
        /// The queue's name.
        queue: String,
        /// The code, such as `ExpiredToken`.
        code: String,
        /// SQS's message.
        message: String,
    },
    /// More was asked than SQS gives at the time, also after waits.
    #[error("{action} on queue `{queue}` was held back: {code}: {message}")]
    Throttled {
        /// The queue's name.
        queue: String,
        /// What was asked, such as `sqs:ReceiveMessage`.
        action: &'static str,
        /// The code, such as `RequestThrottled`.
        code: String,
        /// SQS's message.
        message: String,
    },
    /// No answer: the network, a host that is not found, a time limit.
    #[error("{action} on queue `{queue}` had no answer: {reason}")]
    Unreachable {
        /// The queue's name.
        queue: String,
        /// What was asked, such as `sqs:ReceiveMessage`.
        action: &'static str,
        /// The error's whole story, on one line.
        reason: String,
    },
    /// Any other trouble: a service that is out of order, an answer nobody expected.
    #[error("{action} on queue `{queue}` failed: {reason}")]
    Service {
        /// The queue's name.
        queue: String,
        /// What was asked, such as `sqs:ReceiveMessage`.
        action: &'static str,
        /// The error's whole story, on one line.
        reason: String,
        /// Whether the same request may succeed later.
        retryable: bool,
    },
}

impl QueueError {
    /// What to do about it, in a sentence without full stop.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Settings(error) => return error.hint(),
            Self::NotFound { .. } => {
                "check the name, the account and the region; the queue's whole URL says all of them".to_owned()
            }
            Self::AccessDenied { message, .. } if message.contains("kms:") || message.contains("KMS") => {
                "the caller needs kms:Decrypt on the queue's key, and kms:GenerateDataKey to send".to_owned()
            }
            Self::AccessDenied { action, queue, .. } => format!(
                "the caller needs {action} on queue {queue}, by its own policy or the queue's; \
                 `aws sts get-caller-identity` says who the caller is"
            ),
            Self::CredentialsMissing { .. } => {
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile (AWS_PROFILE), or run `aws sso login`"
                    .to_owned()
            }
            Self::CredentialsRefused { code, message, .. } => {
                if is_expired(code, message) {
                    "the session has expired; log in again".to_owned()
                } else {
                    "check the access key, its secret and the session token, and this machine's clock".to_owned()
                }
            }
            Self::Throttled { code, .. } if code.ends_with("OverLimit") => {
                "a queue has 120,000 messages in flight at most; delete those that are done, or release them".to_owned()
            }
            Self::Unreachable { .. } => {
                "check the network, and the endpoint if it is not on AWS (AWS_ENDPOINT_URL_SQS)".to_owned()
            }
            Self::Throttled { .. } | Self::Service { retryable: true, .. } => "wait, and ask again".to_owned(),
            Self::InvalidQueue { .. } | Self::Service { .. } => return None,
        };
        Some(hint)
    }

    /// Whether the same call may succeed later, with nothing changed by the user.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Throttled { .. } | Self::Unreachable { .. } => true,
            Self::Service { retryable, .. } => *retryable,
            Self::Settings(error) => error.is_retryable(),
            _ => false,
        }
    }
}

/// What was asked of SQS, for the error that answers it.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) action: &'static str,
    pub(super) queue: &'a str,
    pub(super) region: &'a str,
}

impl Request<'_> {
    pub(super) fn error<E>(&self, error: &SdkError<E, HttpResponse>) -> QueueError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if let Some(credentials) = causes(error).find_map(|cause| cause.downcast_ref::<CredentialsError>()) {
            return QueueError::CredentialsMissing {
                reason: story(credentials),
            };
        }
        let status = error.raw_response().map(|response| response.status().as_u16());
        match error {
            SdkError::DispatchFailure(_) | SdkError::TimeoutError(_) => QueueError::Unreachable {
                queue: self.queue.to_owned(),
                action: self.action,
                reason: story(error),
            },
            SdkError::ServiceError(_) => self.of_code(
                error.code().unwrap_or_default(),
                error.message().unwrap_or_default(),
                status.unwrap_or_default(),
            ),
            SdkError::ResponseError(_) => self.failed(story(error), true),
            _ => self.failed(story(error), false),
        }
    }

    /// An answer that lacks what belongs into it.
    pub(super) fn incomplete(&self, what: &str) -> QueueError {
        self.failed(format!("the answer has no {what}"), true)
    }

    /// A request that the SDK does not take as it is.
    pub(super) fn unsaid(&self, error: &BuildError) -> QueueError {
        self.failed(story(error), false)
    }

    fn failed(&self, reason: String, retryable: bool) -> QueueError {
        QueueError::Service {
            queue: self.queue.to_owned(),
            action: self.action,
            reason,
            retryable,
        }
    }

    /// Codes of "Common errors" and of each action in the Amazon SQS API reference, which come with the names of two
    /// protocols.
    fn of_code(&self, code: &str, message: &str, status: u16) -> QueueError {
        let queue = self.queue.to_owned();
        let action = self.action;
        let plain = code.rsplit('.').next().unwrap_or(code);
        let plain = plain.strip_suffix("Exception").unwrap_or(plain);
        match plain {
            "NonExistentQueue" | "QueueDoesNotExist" | "QueueDeletedRecently" | "InvalidAddress" => {
                QueueError::NotFound {
                    queue,
                    region: self.region.to_owned(),
                }
            }
            "AccessDenied" | "KmsAccessDenied" | "NotAuthorized" | "AuthorizationError" | "UnauthorizedOperation" => {
                QueueError::AccessDenied {
                    queue,
                    action,
                    message: message.to_owned(),
                }
            }
            "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "UnrecognizedClient"
            | "SignatureDoesNotMatch"
            | "InvalidSignature"
            | "IncompleteSignature"
            | "ExpiredToken"
            | "RequestExpired"
            | "InvalidSecurity"
            | "MissingAuthenticationToken"
            | "OptInRequired" => QueueError::CredentialsRefused {
                queue,
                code: code.to_owned(),
                message: message.to_owned(),
            },
            "RequestThrottled" | "Throttling" | "KmsThrottled" | "TooManyRequests" | "OverLimit" => {
                QueueError::Throttled {
                    queue,
                    action,
                    code: code.to_owned(),
                    message: message.to_owned(),
                }
            }
            // From what stands between, such as a proxy, and may be SQS's the next time.
            "" => self.failed(
                format!("the answer, of status {status}, is not SQS's"),
                !(400..500).contains(&status),
            ),
            _ => self.failed(
                format!("{code}: {message}"),
                status >= 500 || matches!(plain, "InternalError" | "InternalFailure" | "ServiceUnavailable"),
            ),
        }
    }
}

fn is_expired(code: &str, message: &str) -> bool {
    code.contains("Expired") || message.contains("expired")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: &str, status: u16) -> QueueError {
        let request = Request {
            action: "sqs:ReceiveMessage",
            queue: "logs",
            region: "eu-west-1",
        };
        request.of_code(code, "why", status)
    }

    #[test]
    fn codes_of_both_protocols() {
        for (code, message, retryable) in [
            (
                "AWS.SimpleQueueService.NonExistentQueue",
                "queue `logs` does not exist in eu-west-1",
                false,
            ),
            ("QueueDoesNotExist", "queue `logs` does not exist in eu-west-1", false),
            (
                "AccessDeniedException",
                "access denied: sqs:ReceiveMessage on queue `logs`: why",
                false,
            ),
            (
                "KMS.AccessDeniedException",
                "access denied: sqs:ReceiveMessage on queue `logs`: why",
                false,
            ),
            (
                "ExpiredTokenException",
                "the AWS credentials were refused for queue `logs`: ExpiredTokenException: why",
                false,
            ),
            (
                "InvalidClientTokenId",
                "the AWS credentials were refused for queue `logs`: InvalidClientTokenId: why",
                false,
            ),
            (
                "ThrottlingException",
                "sqs:ReceiveMessage on queue `logs` was held back: ThrottlingException: why",
                true,
            ),
            (
                "AWS.SimpleQueueService.OverLimit",
                "sqs:ReceiveMessage on queue `logs` was held back: AWS.SimpleQueueService.OverLimit: why",
                true,
            ),
            (
                "InvalidParameterValue",
                "sqs:ReceiveMessage on queue `logs` failed: InvalidParameterValue: why",
                false,
            ),
            (
                "",
                "sqs:ReceiveMessage on queue `logs` failed: the answer, of status 400, is not SQS's",
                false,
            ),
        ] {
            let error = of(code, 400);
            assert_eq!((error.to_string().as_str(), error.is_retryable()), (message, retryable));
        }
        assert!(of("", 503).is_retryable());
        assert!(of("Whatever", 500).is_retryable());
    }

    #[test]
    fn hints_say_what_to_do() {
        for (code, hint) in [
            ("AccessDenied", "the caller needs sqs:ReceiveMessage on queue logs"),
            ("ExpiredToken", "the session has expired; log in again"),
            ("InvalidClientTokenId", "check the access key"),
            ("AWS.SimpleQueueService.OverLimit", "a queue has 120,000 messages"),
            ("QueueDoesNotExist", "check the name, the account and the region"),
        ] {
            let found = of(code, 400).hint().unwrap_or_default();
            assert!(found.starts_with(hint), "{code}: {found}");
        }
    }
}
