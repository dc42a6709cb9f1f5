//! What can be defined.
//!
//! The stored form of these types is frozen: a field may be added with a default, none may change its meaning.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ColumnType, Properties};

/// Something a statement defined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Definition {
    /// `CREATE DATABASE`.
    Database,
    /// `CREATE SCHEMA`.
    Schema,
    /// `CREATE VIEW`.
    View(View),
    /// `CREATE TABLE`: rows in the lake.
    Table(StoredTable),
    /// `CREATE EXTERNAL TABLE`: rows in files that stay where they are.
    ExternalTable(ExternalTable),
    /// `CREATE FUNCTION`.
    Function(Function),
    /// `CREATE STAGE`.
    Stage(Stage),
    /// `CREATE FILE FORMAT`.
    FileFormat(FileFormat),
    /// `CREATE STORAGE INTEGRATION`.
    Integration(Integration),
    /// `CREATE WAREHOUSE`.
    Warehouse(Warehouse),
    /// `CREATE PIPE`.
    Pipe(Pipe),
    /// A dashboard, which no statement makes.
    Dashboard {
        /// Its text, as it was written.
        yaml: String,
    },
    /// A link to a dashboard, which no statement makes either.
    Link(Link),
}

/// The kinds of definitions. Two of one kind cannot have one name; nor can two that are asked like tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A database.
    Database,
    /// A schema.
    Schema,
    /// A view, a table or an external table: they share their names.
    Relation,
    /// A function.
    Function,
    /// A stage.
    Stage,
    /// A file format.
    FileFormat,
    /// A storage integration.
    Integration,
    /// A warehouse.
    Warehouse,
    /// A pipe.
    Pipe,
    /// A dashboard.
    Dashboard,
    /// A link to a dashboard.
    Link,
}

impl Definition {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Database => Kind::Database,
            Self::Schema => Kind::Schema,
            Self::View(_) | Self::Table(_) | Self::ExternalTable(_) => Kind::Relation,
            Self::Function(_) => Kind::Function,
            Self::Stage(_) => Kind::Stage,
            Self::FileFormat(_) => Kind::FileFormat,
            Self::Integration(_) => Kind::Integration,
            Self::Warehouse(_) => Kind::Warehouse,
            Self::Pipe(_) => Kind::Pipe,
            Self::Dashboard { .. } => Kind::Dashboard,
            Self::Link(_) => Kind::Link,
        }
    }

    /// What it is, in a user's words: `view`, `external table`.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::View(_) => "view",
            Self::ExternalTable(_) => "external table",
            other => other.kind().noun(),
        }
    }
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Database,
        Self::Schema,
        Self::Relation,
        Self::Function,
        Self::Stage,
        Self::FileFormat,
        Self::Integration,
        Self::Warehouse,
        Self::Pipe,
        Self::Dashboard,
        Self::Link,
    ];

    /// The folder of its definitions.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Schema => "schema",
            Self::Relation => "table",
            Self::Function => "function",
            Self::Stage => "stage",
            Self::FileFormat => "file_format",
            Self::Integration => "integration",
            Self::Warehouse => "warehouse",
            Self::Pipe => "pipe",
            Self::Dashboard => "dashboard",
            Self::Link => "link",
        }
    }

    /// What it is, in a user's words.
    pub fn noun(self) -> &'static str {
        match self {
            Self::FileFormat => "file format",
            other => other.folder(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

/// A column as it was declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// What it holds, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A query with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The query, as it was written.
    pub sql: String,
    /// Names for its columns, where the statement gave some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<String>,
    /// The database and schema that bare names of the query are looked for in.
    pub database: String,
    /// The schema of that database.
    pub schema: String,
    /// The accent that the query was written in: `auto`, `athena`, `snowflake`, `postgres`.
    #[serde(default)]
    pub accent: String,
    /// What it holds, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A table whose rows are in the lake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredTable {
    /// Its columns as they were declared.
    pub columns: Vec<Column>,
    /// The Delta table's folder under the lake's root. Each `CREATE` has one of its own.
    pub path: String,
    /// What it holds, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A table whose rows are in files that are read where they lie, as Athena's and Hive's are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalTable {
    /// The columns that the files hold, in their order.
    pub columns: Vec<Column>,
    /// The columns of which a partition has one value each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partition_columns: Vec<Column>,
    /// `ROW FORMAT SERDE`: the class as it was written, such as `org.apache.hadoop.hive.serde2.RegexSerDe`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serde: Option<String>,
    /// `WITH SERDEPROPERTIES`; and of `ROW FORMAT DELIMITED` `field.delim`, `escape.delim`, `line.delim`,
    /// `collection.delim`, `mapkey.delim` and `serialization.null.format`.
    #[serde(default, skip_serializing_if = "Properties::is_empty")]
    pub serde_properties: Properties,
    /// `STORED AS INPUTFORMAT`: the class as it was written; for `STORED AS PARQUET` that of Parquet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_format: Option<String>,
    /// `OUTPUTFORMAT`, which is kept and means nothing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// `LOCATION`: `s3://bucket/prefix/`, a folder, or `file:///folder`.
    pub location: String,
    /// `TBLPROPERTIES`.
    #[serde(default, skip_serializing_if = "Properties::is_empty")]
    pub properties: Properties,
    /// What it holds, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Partitions that were added, in order of their values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partitions: Vec<Partition>,
}

/// A partition of an external table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Partition {
    /// A value for each partition column, in their order, as text.
    pub values: Vec<String>,
    /// Where its files are.
    pub location: String,
}

/// A function in SQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Function {
    /// Names and types of its arguments.
    pub parameters: Vec<Field>,
    /// The type of its answer, as it was written.
    pub returns: String,
    /// The expression, as it was written.
    pub body: String,
}

/// A name with a type, as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: String,
}

/// A place that files are loaded from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// `s3://bucket/prefix/`, a folder, or `file:///folder`.
    pub url: String,
    /// The integration whose role reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration: Option<String>,
    /// `FILE_FORMAT = (…)`: what holds for loads that name no other.
    #[serde(default, skip_serializing_if = "Properties::is_empty")]
    pub file_format: Properties,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// How files are read: `type`, `compression`, `field_delimiter`…
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFormat {
    /// The options as they were written, with their defaults left out.
    pub options: Properties,
}

/// The role by which places are reached, and the only places that it may reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// `STORAGE_AWS_ROLE_ARN`.
    pub role_arn: Option<String>,
    /// What the role's trust policy must ask for; made up here when the statement gives none.
    pub external_id: String,
    /// `STORAGE_ALLOWED_LOCATIONS`; `*` is everywhere.
    pub allowed: Vec<String>,
    /// `STORAGE_BLOCKED_LOCATIONS`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked: Vec<String>,
    /// `ENABLED`.
    pub is_enabled: bool,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A named share of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warehouse {
    /// `WAREHOUSE_SIZE`, in one form: `X-SMALL`, `MEDIUM`.
    pub size: String,
    /// `AUTO_SUSPEND`, in seconds: when what it keeps in memory is given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_suspend_s: Option<u64>,
    /// Other options as they were written.
    #[serde(default, skip_serializing_if = "Properties::is_empty")]
    pub options: Properties,
}

/// A secret by which people without an account see one dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The dashboard's name.
    pub dashboard: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// SHA-256 of its token, in hexadecimal digits.
    pub token_sha256: String,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Its password as argon2 keeps it, in PHC's form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_argon2: Option<String>,
}

/// A load that is done again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pipe {
    /// `COPY INTO …`, as it was written.
    pub copy: String,
    /// Where bare names of the statement are looked for.
    pub database: String,
    /// The schema of that database.
    pub schema: String,
    /// `AUTO_INGEST`.
    pub auto_ingest: bool,
    /// `NOTIFICATION_CHANNEL`: the queue that tells of new objects, by URL, ARN or name. Without one, that of the process
    /// that runs the pipe, or listing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_channel: Option<String>,
    /// Whether it was paused.
    #[serde(default)]
    pub is_paused: bool,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
