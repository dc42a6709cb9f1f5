//! The command line, defined once: parser, help, completions and man pages come from here.

#![allow(
    clippy::doc_markdown,
    rustdoc::bare_urls,
    reason = "these comments are the help people read"
)]

mod aws;
mod dashboard;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use flowtrail_load::OnError;
use flowtrail_query::Accent;
use flowtrail_query::output::OutputFormat;
use flowtrail_sample::{Fields, Format};
use flowtrail_source::{AwsSettings, Reach};

use crate::traces::Collector;

pub use aws::{AwsCommand, ChoiceArguments, SetupArguments};
pub use dashboard::DashboardCommand;

/// Loads VPC Flow Logs and CloudTrail from folders and S3 into Delta Lake tables, exactly once, and answers SQL.
#[derive(Debug, Parser)]
#[command(name = "flowtrail", version, max_term_width = 100, propagate_version = true)]
pub struct Arguments {
    /// The lake: a folder, or s3://bucket/prefix [default: a folder in the user's data directory]
    #[arg(long, global = true, env = "FLOWTRAIL_LAKE", value_name = "URL")]
    pub lake: Option<String>,
    /// Answer with one JSON document for machines
    #[arg(long, global = true)]
    pub json: bool,
    /// Send traces to the OpenTelemetry collector at this URL (also OTEL_EXPORTER_OTLP_ENDPOINT)
    #[arg(long, global = true, value_name = "URL")]
    pub otlp: Option<Collector>,
    #[command(flatten)]
    pub aws: AwsArguments,
    #[command(subcommand)]
    pub command: Command,
}

/// How AWS is reached, where its own environment and profiles do not say it all.
#[derive(Debug, Args)]
#[command(next_help_heading = "AWS")]
#[allow(clippy::struct_field_names, reason = "the names are the flags")]
pub struct AwsArguments {
    /// An S3-compatible endpoint (also AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL)
    #[arg(long, global = true, value_name = "URL")]
    pub aws_endpoint: Option<String>,
    /// The buckets' region (also AWS_REGION and the profile)
    #[arg(long, global = true, value_name = "REGION")]
    pub aws_region: Option<String>,
    /// The profile in the AWS configuration (also AWS_PROFILE)
    #[arg(long, global = true, value_name = "NAME")]
    pub aws_profile: Option<String>,
    /// A role to assume
    #[arg(long, global = true, value_name = "ARN")]
    pub aws_role: Option<String>,
    /// The external id the role asks for
    #[arg(long, global = true, value_name = "ID", requires = "aws_role")]
    pub aws_external_id: Option<String>,
}

impl From<&AwsArguments> for AwsSettings {
    fn from(given: &AwsArguments) -> Self {
        Self {
            endpoint: given.aws_endpoint.clone(),
            region: given.aws_region.clone(),
            profile: given.aws_profile.clone(),
            role_arn: given.aws_role.clone(),
            external_id: given.aws_external_id.clone(),
            // On the command line a statement reaches what its user may.
            reach: Reach::default(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make sample logs, load them, and print the dashboards' answers
    Demo(DemoArguments),
    /// Load objects into the lake, each exactly once
    Load(LoadArguments),
    /// Open the console, and run the pipes of the lake: what arrives is loaded as it does
    Serve(ServeArguments),
    /// Ask SQL, or open a prompt
    Sql(SqlArguments),
    /// Define external tables for what is in a folder or bucket, without loading it
    Crawl(CrawlArguments),
    /// Bring the nested rows of a table into flat tables, each once: only what is new at every run
    Relationalize(RelationalizeArguments),
    /// Dashboards: list and show them, apply those of files, check files
    #[command(subcommand)]
    Dashboard(DashboardCommand),
    /// What became of every object ever loaded
    History(HistoryArguments),
    /// The tables and views, with their sizes
    Tables,
    /// A table's columns
    Describe {
        /// The table, such as logs.vpc_flow
        table: String,
    },
    /// Merge small files, without changing an answer
    Compact {
        /// Only these tables, such as logs.vpc_flow
        tables: Vec<String>,
    },
    /// Drop the days past an age
    Retain(RetainArguments),
    /// Remove files no snapshot needs any more
    Vacuum(VacuumArguments),
    /// Set an AWS account up for Flowtrail, or look whether it is
    #[command(subcommand)]
    Aws(AwsCommand),
    /// Make realistic sample logs
    Generate(GenerateArguments),
    /// Print a shell's completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Write the man pages
    #[command(hide = true)]
    Man {
        /// The folder they go to
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Flow records to make
    #[arg(long, default_value_t = 500_000)]
    pub rows: u64,
    /// CloudTrail events to make
    #[arg(long, default_value_t = 20_000)]
    pub events: u64,
    /// Days they spread over
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: u32,
    /// What makes one sample differ from another
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Go on with the console over the sample, until Ctrl-C
    #[arg(long, conflicts_with = "json")]
    pub serve: bool,
}

/// Where the console and the API are, unless somebody says otherwise.
pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8420);

#[derive(Debug, Args)]
pub struct ServeArguments {
    /// The queue of S3 events for pipes that name none (NOTIFICATION_CHANNEL): URL, ARN or name
    #[arg(long, env = "FLOWTRAIL_QUEUE", value_name = "QUEUE")]
    pub queue: Option<String>,
    /// Where Firehose and probes are answered, and on loopback the console: an address with a port (0 is one that is
    /// free)
    #[arg(
        long,
        env = "FLOWTRAIL_LISTEN",
        default_value_t = LISTEN,
        value_name = "ADDRESS"
    )]
    pub listen: SocketAddr,
    /// A place that statements of the console and the API may touch, beside those that storage integrations name:
    /// s3://bucket/prefix or a folder; several, separated by commas
    #[arg(long, env = "FLOWTRAIL_ALLOW_LOCATION", value_delimiter = ',', value_name = "PLACE")]
    pub allow_location: Vec<String>,
    /// An access key that Firehose streams send; several, separated by commas, are all good
    #[arg(
        long,
        env = "FLOWTRAIL_FIREHOSE_KEY",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "KEY"
    )]
    pub firehose_key: Vec<String>,
    #[command(flatten)]
    pub running: RunningArguments,
}

/// How what runs on and on does so.
#[derive(Debug, Args)]
pub struct RunningArguments {
    /// Seconds between two listings of a place that nothing else tells of
    #[arg(long, default_value_t = LIST_EVERY_S, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub list_every: u64,
}

const LIST_EVERY_S: u64 = 10;

impl Default for RunningArguments {
    fn default() -> Self {
        Self {
            list_every: LIST_EVERY_S,
        }
    }
}

#[derive(Debug, Args)]
pub struct LoadArguments {
    /// Files, folders, s3://bucket/prefix, or - for standard input; before them, optionally, the kind of all of them:
    /// auto, vpc_flow, tgw_flow or cloudtrail
    #[arg(required = true, value_name = "[KIND] SOURCE")]
    pub kind_and_sources: Vec<String>,
    /// Go on: load what comes, as it does, until Ctrl-C
    #[arg(long, conflicts_with = "dry_run")]
    pub watch: bool,
    #[command(flatten)]
    pub running: RunningArguments,
    /// When a record cannot be read: continue (quarantine it), skip-object, or abort
    #[arg(long, default_value = "continue", value_name = "WHAT")]
    pub on_error: OnError,
    /// Only objects whose key says this time or later: 2026-11-01 or 2026-11-01T10:00:00Z
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only objects whose key says a time before this
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Only objects whose key says this account (may be repeated)
    #[arg(long, value_name = "ID")]
    pub account: Vec<String>,
    /// Only objects whose key says this region (may be repeated)
    #[arg(long, value_name = "REGION")]
    pub region: Vec<String>,
    /// The fields of flow log text without a header line, such as "version account-id srcaddr dstaddr"
    #[arg(long, value_name = "FIELDS")]
    pub flow_format: Option<String>,
    /// How many times larger than its object a text may be
    #[arg(long, value_name = "TIMES")]
    pub max_ratio: Option<u64>,
    /// How many bytes of text an object may hold
    #[arg(long, value_name = "BYTES")]
    pub max_inflated: Option<u64>,
    /// Say what would be loaded, and load nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct SqlArguments {
    /// The statement (several are parted by semicolons); none opens a prompt
    pub statement: Option<String>,
    /// Read the statements from a file, or - for standard input
    #[arg(short, long, value_name = "FILE", conflicts_with = "statement")]
    pub file: Option<PathBuf>,
    /// The form of the answer: table, csv, json, ndjson, parquet, xlsx
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<OutputFormat>,
    /// Write the answer to a file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The zone times are shown in, such as Asia/Tokyo
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub tz: chrono_tz::Tz,
    /// Begin CSV with a byte-order mark, for spreadsheets
    #[arg(long)]
    pub bom: bool,
    /// Make CSV cells that begin a formula harmless
    #[arg(long)]
    pub escape_formulas: bool,
    /// Show each row as a block of lines
    #[arg(short = 'x', long)]
    pub expanded: bool,
    /// Whose SQL it is where products differ: auto (by its words), athena, snowflake, postgres
    #[arg(long, default_value_t = Accent::Auto, value_name = "PRODUCT")]
    pub accent: Accent,
    /// Run each statement so often and print what each run cost, not its rows; no answer is kept from one run for the next
    #[arg(long, value_name = "TIMES", conflicts_with_all = ["format", "output"])]
    pub repeat: Option<NonZeroU32>,
}

impl SqlArguments {
    /// One statement, with all else as it is unless somebody says otherwise.
    pub fn of(statement: String) -> Self {
        Self {
            statement: Some(statement),
            file: None,
            format: None,
            output: None,
            tz: chrono_tz::UTC,
            bom: false,
            escape_formulas: false,
            expanded: false,
            accent: Accent::Auto,
            repeat: None,
        }
    }
}

#[derive(Debug, Args)]
pub struct CrawlArguments {
    /// A folder, a file, or s3://bucket/prefix
    pub place: String,
    /// The schema the tables go to, such as public or other.raw
    #[arg(long, value_name = "SCHEMA")]
    pub into: Option<String>,
    /// What the tables' names begin with
    #[arg(long, value_name = "PREFIX")]
    pub name: Option<String>,
    /// Say what would be defined, and define nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct RelationalizeArguments {
    /// The table, such as logs.cloudtrail
    pub source: String,
    #[arg(hide = true, value_parser = ["INTO", "into"])]
    pub into: String,
    /// The flat table, such as cloudtrail.parquettrails; those for lists are called so with the list's path behind
    pub target: String,
    /// Columns a table gets at most; what finds none then is kept as JSON
    #[arg(long, value_name = "NUMBER")]
    pub max_columns: Option<u32>,
}

#[derive(Debug, Args)]
pub struct HistoryArguments {
    /// Only objects whose URI holds this text
    pub object: Option<String>,
    /// Only objects with rejected records, or that failed
    #[arg(long)]
    pub problems: bool,
    /// The newest so many
    #[arg(long, default_value_t = 100)]
    pub limit: u64,
}

#[derive(Debug, Args)]
pub struct RetainArguments {
    /// Keep so many days, today included
    #[arg(long, required_unless_present = "before", conflicts_with = "before")]
    pub days: Option<u32>,
    /// Drop the days before this one, such as 2026-01-01
    #[arg(long, value_name = "DAY")]
    pub before: Option<chrono::NaiveDate>,
    /// Only these tables, such as logs.vpc_flow
    pub tables: Vec<String>,
    /// Say what would go, and drop nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct VacuumArguments {
    /// Keep what left the tables less than so many hours ago: a query may still read it
    #[arg(long, default_value_t = 168, value_name = "HOURS")]
    pub older_than: u64,
    /// Say what would go, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SampleKind {
    /// VPC Flow Logs
    #[value(name = "vpc_flow")]
    VpcFlow,
    /// CloudTrail events
    #[value(name = "cloudtrail")]
    CloudTrail,
}

#[derive(Debug, Args)]
pub struct GenerateArguments {
    /// The kind of log
    pub kind: SampleKind,
    /// The folder to write to, laid out as AWS does
    pub out: PathBuf,
    /// Records to make
    #[arg(long, default_value_t = 100_000)]
    pub rows: u64,
    /// Days they spread over
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: u32,
    /// The day after the last, such as 2026-11-16 [default: today]
    #[arg(long, value_name = "DAY")]
    pub end: Option<chrono::NaiveDate>,
    /// The same seed makes the same logs
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Files to make
    #[arg(long, default_value_t = 84, value_parser = clap::value_parser!(u32).range(1..))]
    pub files: u32,
    /// Fields of a flow log: v2, v3, v4, v5, all, or a list of names
    #[arg(long, default_value = "v2", value_name = "FIELDS")]
    pub fields: Fields,
    /// text (gzip) or parquet
    #[arg(long, default_value = "text", value_name = "FORMAT")]
    pub format: Format,
}
