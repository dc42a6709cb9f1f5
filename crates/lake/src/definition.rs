//! What the lake's own tables look like: columns, partition, order inside files, what people look up.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use flowtrail_decode::LogKind;

use crate::column::stored_type;

/// The database every built-in table lives in; it is also the catalog's name in SQL.
pub const DATABASE: &str = "flowtrail";
/// The partition column of the log tables: the record's own day, UTC.
pub const DAY: &str = "day";
/// The column that names the object a row came from.
pub const OBJECT: &str = "_object";
/// The `CloudTrail` column by which an event is known.
pub const EVENT_ID: &str = "eventid";
/// The `CloudTrail` column that is true for an event whose id came again with other content.
pub const CONFLICT: &str = "_id_conflict";

/// A table the lake knows how to keep.
#[derive(Debug)]
pub struct TableDefinition {
    /// The schema it is in: `logs` or `system`, or one of the user's.
    pub schema: Cow<'static, str>,
    /// Its name in the schema.
    pub name: Cow<'static, str>,
    /// Its folder under the lake's root.
    pub folder: Cow<'static, str>,
    /// What it holds, for people.
    pub comment: Cow<'static, str>,
    /// The columns in order, as stored; the partition column among them.
    pub columns: SchemaRef,
    /// The column a record's day is taken from (BIGINT seconds or TIMESTAMP), where the table is partitioned by [`DAY`].
    pub time_column: Option<&'static str>,
    /// Columns that get a bloom filter in each file.
    pub lookups: &'static [&'static str],
    /// Columns by whose values rows of the same time stand together, the first first: files are smaller so.
    pub neighbours: &'static [&'static str],
    /// Text of which hardly a value stands in two rows: looking for such is work in vain.
    pub unique: &'static [&'static str],
}

impl TableDefinition {
    /// `schema.name`.
    pub fn qualified_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// A table that a user made: its columns are all there is to know of it.
    pub fn of_user(schema: &str, name: &str, folder: &str, columns: SchemaRef) -> Self {
        Self {
            schema: Cow::Owned(schema.to_owned()),
            name: Cow::Owned(name.to_owned()),
            folder: Cow::Owned(folder.to_owned()),
            comment: Cow::Borrowed(""),
            columns,
            time_column: None,
            lookups: &[],
            neighbours: &[],
            unique: &[],
        }
    }

    /// The columns the table is partitioned by.
    pub fn partition_columns(&self) -> &'static [&'static str] {
        if self.time_column.is_some() { &[DAY] } else { &[] }
    }

    /// Whether the table is partitioned by a column: files then have it in their folder's name, and not inside.
    pub fn is_partition(&self, column: &str) -> bool {
        self.partition_columns().contains(&column)
    }
}

/// Every built-in table, in the order they are listed.
pub fn built_in() -> &'static [Arc<TableDefinition>] {
    static TABLES: LazyLock<Vec<Arc<TableDefinition>>> = LazyLock::new(|| {
        let mut tables: Vec<_> = LogKind::ALL
            .into_iter()
            .map(|kind| Arc::new(log_definition(kind)))
            .collect();
        tables.push(Arc::new(history_definition()));
        tables.push(Arc::new(quarantine_definition()));
        tables
    });
    &TABLES
}

/// The table of a log kind: `logs.<kind>`.
pub fn log_table(kind: LogKind) -> &'static Arc<TableDefinition> {
    &built_in()[match kind {
        LogKind::VpcFlow => 0,
        LogKind::TgwFlow => 1,
        LogKind::CloudTrail => 2,
    }]
}

/// `system.load_history`.
pub fn history_table() -> &'static Arc<TableDefinition> {
    &built_in()[3]
}

/// `system.quarantine`.
pub fn quarantine_table() -> &'static Arc<TableDefinition> {
    &built_in()[4]
}

/// A built-in table by its schema and name.
pub fn find(schema: &str, name: &str) -> Option<&'static Arc<TableDefinition>> {
    built_in()
        .iter()
        .find(|table| table.schema == schema && table.name == name)
}

fn built_in_folder(schema: &str, name: &str) -> String {
    format!("tables/{DATABASE}/{schema}/{name}")
}

fn log_definition(kind: LogKind) -> TableDefinition {
    let mut columns: Vec<Field> = flowtrail_decode::schema(kind)
        .fields()
        .iter()
        .map(|field| Field::new(field.name(), stored_type(field.data_type()), true))
        .collect();
    if kind == LogKind::CloudTrail {
        columns.push(Field::new(CONFLICT, DataType::Boolean, true));
    }
    columns.push(Field::new(OBJECT, DataType::Utf8, true));
    columns.push(Field::new(DAY, DataType::Date32, true));
    let (comment, time_column, lookups, neighbours): (_, _, &[&str], &[&str]) = match kind {
        LogKind::VpcFlow => (
            "VPC Flow Logs",
            "start",
            &["srcaddr", "dstaddr", "interface_id", "pkt_srcaddr", "pkt_dstaddr"],
            &["interface_id", "srcaddr"],
        ),
        LogKind::TgwFlow => (
            "Transit Gateway Flow Logs",
            "start",
            &["srcaddr", "dstaddr", "tgw_attachment_id"],
            &["tgw_attachment_id", "srcaddr"],
        ),
        LogKind::CloudTrail => (
            "CloudTrail events",
            "eventtime",
            &[
                "eventid",
                "sourceipaddress",
                "access_key_id",
                "identity_arn",
                "requestid",
            ],
            &[],
        ),
    };
    TableDefinition {
        schema: Cow::Borrowed("logs"),
        name: Cow::Borrowed(kind.as_str()),
        folder: Cow::Owned(built_in_folder("logs", kind.as_str())),
        comment: Cow::Borrowed(comment),
        columns: Arc::new(Schema::new(columns)),
        time_column: Some(time_column),
        lookups,
        neighbours,
        unique: if kind == LogKind::CloudTrail {
            &[EVENT_ID, "requestid", "sharedeventid"]
        } else {
            &[]
        },
    }
}

fn history_definition() -> TableDefinition {
    let count = |name: &str| Field::new(name, DataType::Int64, true);
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    TableDefinition {
        schema: Cow::Borrowed("system"),
        name: Cow::Borrowed("load_history"),
        folder: Cow::Owned(built_in_folder("system", "load_history")),
        comment: Cow::Borrowed("one row an object and table: what became of its lines"),
        columns: Arc::new(Schema::new(vec![
            text("object_uri"),
            text("table_name"),
            text("status"),
            count("size_bytes"),
            text("etag"),
            text("sha256"),
            moment("last_modified"),
            moment("loaded_at"),
            text("shard"),
            count("batch"),
            text("format"),
            count("lines"),
            count("rows"),
            count("headers"),
            count("rejected"),
            count("duplicates"),
            count("nodata"),
            count("skipdata"),
            text("first_error"),
            text("pipe"),
            text("table_folder"),
        ])),
        time_column: None,
        lookups: &["object_uri"],
        neighbours: &[],
        unique: &[],
    }
}

fn quarantine_definition() -> TableDefinition {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    TableDefinition {
        schema: Cow::Borrowed("system"),
        name: Cow::Borrowed("quarantine"),
        folder: Cow::Owned(built_in_folder("system", "quarantine")),
        comment: Cow::Borrowed("records that could not be read, with object, line and reason"),
        columns: Arc::new(Schema::new(vec![
            text("object_uri"),
            text("table_name"),
            Field::new("line", DataType::Int64, true),
            text("reason"),
            text("record"),
            text("shard"),
            Field::new("batch", DataType::Int64, true),
            moment("loaded_at"),
        ])),
        time_column: None,
        lookups: &["object_uri"],
        neighbours: &[],
        unique: &[],
    }
}

fn moment(name: &str) -> Field {
    Field::new(
        name,
        DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        true,
    )
}
