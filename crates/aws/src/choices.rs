//! What somebody chose, as they wrote it.

use std::num::NonZeroU32;

/// The form in which a flow log puts records into a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogForm {
    /// Apache Parquet: smaller, and quicker to load.
    #[default]
    Parquet,
    /// Lines of text, gzip.
    Text,
}

/// The choices for a setup, not yet looked at; [`crate::Setup::new`] looks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct Choices {
    /// The account this is set up in, and then others whose logs come to its bucket.
    pub accounts: Vec<String>,
    /// The region of everything that is set up.
    pub region: String,
    /// What the names of queues, roles, trails and streams begin with.
    pub name: String,
    /// The bucket of the logs.
    pub bucket: String,
    /// The bucket is there, with its policy: in another account, or from an earlier setup.
    pub is_bucket_there: bool,
    /// What stands before `AWSLogs/` in keys.
    pub prefix: Option<String>,
    /// The ARN of a KMS key to encrypt objects with, instead of S3's own.
    pub kms_key: Option<String>,
    /// Keep earlier versions of objects.
    pub is_versioned: bool,
    /// Objects are deleted after so many days.
    pub keep_days: Option<NonZeroU32>,
    /// Ids of the VPCs, subnets and network interfaces whose flow logs are written.
    pub watched: Vec<String>,
    /// The form of flow logs in the bucket; Parquet where nothing is said.
    pub form: Option<LogForm>,
    /// Folders named as Hive does: `aws-account-id=…/…/year=…/`.
    pub is_hive: bool,
    /// A folder for each hour instead of each day.
    pub is_hourly: bool,
    /// The fields of flow logs: `all`, `v2` to `v10`, or names.
    pub fields: String,
    /// A trail of the account's management events, in all regions.
    pub has_trail: bool,
    /// The trail's name, where it is not `name`; it is the same in every account.
    pub trail_name: Option<String>,
    /// A queue that is told of each object.
    pub has_queue: bool,
    /// The queue's name, where it is not `<name>-logs`.
    pub queue_name: Option<String>,
    /// The ARN of who may assume the reader's role; none, no role.
    pub principal: Option<String>,
    /// The name of the reader's role, where it is not `<name>-reader`.
    pub role_name: Option<String>,
    /// What must be said to assume it.
    pub external_id: Option<String>,
    /// The address flow logs are sent to by Firehose, instead of to the bucket.
    pub firehose_url: Option<String>,
}
