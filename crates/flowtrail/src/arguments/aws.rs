//! The arguments of `flowtrail aws`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use flowtrail_aws::{Choices, LogForm, Tool};

/// What is done about an account.
#[derive(Debug, Subcommand)]
pub enum AwsCommand {
    /// Write what an account needs, as CloudFormation, Terraform or AWS CLI commands; nothing is changed
    Setup(SetupArguments),
    /// Look at an account, reading only: what is there, what is missing, and how to mend it
    Check(ChoiceArguments),
}

#[derive(Debug, Args)]
pub struct SetupArguments {
    #[command(flatten)]
    pub choices: ChoiceArguments,
    /// What it is written for
    #[arg(long = "as", default_value = "cloudformation", value_name = "TOOL")]
    pub tool: ToolName,
    /// Write to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// What an account is set up with; the same for writing it and for looking at it.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct ChoiceArguments {
    /// The account's 12 digits; named again, other accounts whose logs come to its bucket
    #[arg(long, required = true, value_name = "ID")]
    pub account: Vec<String>,
    /// The region of bucket, queue, flow logs and trail
    #[arg(long, env = "AWS_REGION")]
    pub region: String,
    /// The bucket of the logs
    #[arg(long)]
    pub bucket: String,
    /// The bucket is there with its policy, in another account or from earlier: leave it as it is, and out of a check
    #[arg(long)]
    pub existing_bucket: bool,
    /// What stands before AWSLogs/ in the bucket's keys
    #[arg(long)]
    pub prefix: Option<String>,
    /// The ARN of a KMS key to encrypt with, instead of S3's own keys
    #[arg(long, value_name = "ARN")]
    pub kms_key: Option<String>,
    /// Keep earlier versions of objects
    #[arg(long)]
    pub versioning: bool,
    /// Delete objects after so many days
    #[arg(long, value_name = "DAYS")]
    pub keep_days: Option<NonZeroU32>,
    /// Write flow logs of this VPC, subnet or network interface (may be repeated)
    #[arg(long, value_name = "ID")]
    pub flow_logs: Vec<String>,
    /// The form of flow logs in the bucket [default: parquet]
    #[arg(long)]
    pub format: Option<FormName>,
    /// Name the folders of flow logs as Hive does
    #[arg(long)]
    pub hive: bool,
    /// A folder of flow logs for each hour
    #[arg(long)]
    pub hourly: bool,
    /// The fields of flow logs: all, v2 to v10, or a list of names; who makes a flow log with those from v7 on must be let list ECS
    #[arg(long, default_value = "v5")]
    pub fields: String,
    /// A trail of the account's management events, in all regions
    #[arg(long)]
    pub cloudtrail: bool,
    /// The trail's name, where it is another than --name; it is the same in every account
    #[arg(long, value_name = "NAME", requires = "cloudtrail")]
    pub trail_name: Option<String>,
    /// A queue that is told of each object, and one for what nobody could load
    #[arg(long)]
    pub queue: bool,
    /// The queue's name, where it is another than --name with -logs behind
    #[arg(long, value_name = "NAME", requires = "queue")]
    pub queue_name: Option<String>,
    /// The ARN of who may read, by assuming a role that is made; needs an external id
    #[arg(long, value_name = "ARN")]
    pub principal: Option<String>,
    /// The name of the reader's role, where it is another than --name with -reader behind
    #[arg(long, value_name = "NAME", requires = "principal")]
    pub role_name: Option<String>,
    /// What must be said to assume the reader's role
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// Send flow logs to this address by Firehose, instead of into the bucket
    #[arg(long, value_name = "URL")]
    pub firehose_url: Option<String>,
    /// What the names of queues, roles, trails and streams begin with
    #[arg(long, default_value = "flowtrail")]
    pub name: String,
}

/// What sets an account up.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ToolName {
    /// A template of CloudFormation
    #[value(name = "cloudformation")]
    CloudFormation,
    /// A configuration of Terraform
    Terraform,
    /// A script of AWS CLI commands
    Cli,
}

/// The form of flow logs.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FormName {
    /// Columns, smaller and quicker to load
    Parquet,
    /// Lines, gzip
    Text,
}

impl From<ToolName> for Tool {
    fn from(name: ToolName) -> Self {
        match name {
            ToolName::CloudFormation => Self::CloudFormation,
            ToolName::Terraform => Self::Terraform,
            ToolName::Cli => Self::Cli,
        }
    }
}

impl From<&ChoiceArguments> for Choices {
    fn from(given: &ChoiceArguments) -> Self {
        let form = given.format.map(|name| match name {
            FormName::Parquet => LogForm::Parquet,
            FormName::Text => LogForm::Text,
        });
        Self {
            accounts: given.account.clone(),
            region: given.region.clone(),
            name: given.name.clone(),
            bucket: given.bucket.clone(),
            is_bucket_there: given.existing_bucket,
            prefix: given.prefix.clone(),
            kms_key: given.kms_key.clone(),
            is_versioned: given.versioning,
            keep_days: given.keep_days,
            watched: given.flow_logs.clone(),
            form,
            is_hive: given.hive,
            is_hourly: given.hourly,
            fields: given.fields.clone(),
            has_trail: given.cloudtrail,
            trail_name: given.trail_name.clone(),
            has_queue: given.queue,
            queue_name: given.queue_name.clone(),
            role_name: given.role_name.clone(),
            principal: given.principal.clone(),
            external_id: given.external_id.clone(),
            firehose_url: given.firehose_url.clone(),
        }
    }
}
