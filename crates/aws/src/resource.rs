//! What is set up, a thing at a time, in AWS's terms and in no tool's.
//!
//! A renderer takes each of these apart by name, so that a field added here is one the compiler asks every renderer for.

use std::num::NonZeroU32;

use crate::choices::LogForm;
use crate::policy::Policy;

/// A thing in an AWS account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    Queue(Queue),
    Bucket(Bucket),
    Role(Role),
    Stream(Stream),
    FlowLog(FlowLog),
    Trail(Trail),
}

/// What a resource is called within a file: words, which each tool puts together in its own way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label(pub(crate) String);

impl Label {
    /// `dead_letters`
    pub(crate) fn snake(&self) -> &str {
        &self.0
    }

    /// `DeadLetters`
    pub(crate) fn pascal(&self) -> String {
        let capital = |word: &str| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        };
        self.0.split('_').map(capital).collect()
    }
}

/// A queue of SQS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queue {
    pub(crate) label: Label,
    pub(crate) name: String,
    /// How long a message is hidden from others while one works on it.
    pub(crate) visibility_s: u32,
    /// How long a message is kept that nobody takes.
    pub(crate) retention_s: u32,
    pub(crate) dead_letters: Option<DeadLetters>,
    pub(crate) policy: Option<Policy>,
}

/// Where messages go that nobody could work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeadLetters {
    pub(crate) queue_arn: String,
    /// How often a message is tried.
    pub(crate) receives: u32,
}

/// A bucket of S3, closed to the public, encrypted, with its policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    pub(crate) name: String,
    pub(crate) region: String,
    /// The ARN of a KMS key; none, S3's own keys.
    pub(crate) kms_key: Option<String>,
    pub(crate) is_versioned: bool,
    pub(crate) keep_days: Option<NonZeroU32>,
    pub(crate) notification: Option<Notification>,
    pub(crate) policy: Policy,
}

/// A message for each object that is created under a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    pub(crate) queue_arn: String,
    pub(crate) prefix: String,
}

/// The events of a [`Notification`].
pub(crate) const CREATED: &str = "s3:ObjectCreated:*";

/// A role of IAM with one policy of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Role {
    pub(crate) label: Label,
    pub(crate) name: String,
    pub(crate) description: &'static str,
    pub(crate) trust: Policy,
    pub(crate) permissions: Policy,
}

/// What the policy of a [`Role`] is called.
pub(crate) const ROLE_POLICY: &str = "least";

/// A Firehose stream to an HTTP endpoint. Its access key is asked for when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) role_arn: String,
    /// The bucket of what the endpoint did not take.
    pub(crate) bucket_arn: String,
    pub(crate) undelivered: String,
    /// What is sent at once: after so long, or so much.
    pub(crate) buffer_s: u32,
    pub(crate) buffer_mib: u32,
    /// How long Firehose tries before it gives up on the endpoint.
    pub(crate) retry_s: u32,
}

/// The tag by which a stream takes flow logs ("Publish flow logs to Amazon Data Firehose", Amazon VPC user guide).
pub(crate) const TAKES_LOGS: (&str, &str) = ("LogDeliveryEnabled", "true");

/// A flow log of a VPC, a subnet or an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FlowLog {
    pub(crate) label: Label,
    pub(crate) watched: String,
    pub(crate) log_format: String,
    pub(crate) destination: Destination,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    Bucket {
        /// The bucket's ARN, with a prefix behind it where there is one.
        arn: String,
        form: LogForm,
        is_hive: bool,
        is_hourly: bool,
    },
    Stream {
        arn: String,
    },
}

impl Destination {
    /// As all tools call it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Bucket { .. } => "s3",
            Self::Stream { .. } => "kinesis-data-firehose",
        }
    }

    pub(crate) fn arn(&self) -> &str {
        match self {
            Self::Bucket { arn, .. } | Self::Stream { arn } => arn,
        }
    }
}

impl LogForm {
    /// As all tools call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Text => "plain-text",
        }
    }
}

impl FlowLog {
    /// `VPC`, `Subnet` or `NetworkInterface`.
    pub(crate) fn watched_kind(&self) -> &'static str {
        match self.watched.split('-').next() {
            Some("subnet") => "Subnet",
            Some("eni") => "NetworkInterface",
            _ => "VPC",
        }
    }
}

/// A trail of all regions' management events, with digests by which files can be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trail {
    pub(crate) name: String,
    pub(crate) bucket: String,
    pub(crate) prefix: Option<String>,
}
