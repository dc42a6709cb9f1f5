//! What is in the lake: its tables and views, and the columns of one.

use std::fmt;

use arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::common::TableReference;
use flowtrail_catalog::{Definition, ObjectName};
use flowtrail_lake::Snapshot;
use flowtrail_lake::scan::Figures;
use futures::future::try_join_all;
use serde::Serialize;

use crate::catalog::Relation;
use crate::diagnosis::unknown_table;
use crate::{Engine, QueryError};

/// Whether rows are stored or worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TableKind {
    /// Rows in files of the lake.
    Table,
    /// Rows in files that stay where they are.
    External,
    /// A query with a name.
    View,
}

impl TableKind {
    fn of(relation: &Relation) -> Self {
        match relation {
            Relation::BuiltIn(_) => Self::Table,
            Relation::BuiltInView(_) => Self::View,
            Relation::Defined(defined) => match defined.definition {
                Definition::View(_) => Self::View,
                Definition::ExternalTable(_) => Self::External,
                _ => Self::Table,
            },
        }
    }
}

impl fmt::Display for TableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::External => "external",
            Self::View => "view",
        })
    }
}

/// A table or view, and how much there is of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableSummary {
    /// The database it is in.
    pub database: String,
    /// The schema it is in.
    pub schema: String,
    /// Its name in the schema.
    pub name: String,
    /// What it holds, for people.
    pub comment: String,
    /// Table or view.
    pub kind: TableKind,
    /// Its rows, where every file says; `None` for a view.
    pub rows: Option<u64>,
    /// Its files.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// The first day it has rows of (`2026-11-01`), where it is partitioned by day.
    pub first_day: Option<String>,
    /// The last one.
    pub last_day: Option<String>,
    /// Its version; `None` for a view and for a table into which nothing was ever loaded.
    pub version: Option<u64>,
}

impl TableSummary {
    /// Its name with the schema, and with the database where it is not the lake's own.
    pub fn qualified_name(&self) -> String {
        ObjectName::new(&*self.database, &*self.schema, &*self.name).to_string()
    }
}

/// A table or view and its columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    /// How much there is of it.
    #[serde(flatten)]
    pub summary: TableSummary,
    /// Its columns, in order.
    pub columns: Vec<ColumnDescription>,
    /// The columns whose values decide in which files a row is.
    pub partition_columns: Vec<String>,
    /// The columns rows are sorted by inside each file.
    pub sort_order: Vec<String>,
    /// The query a view stands for.
    pub definition: Option<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnDescription {
    /// Its name.
    pub name: String,
    /// Its type, in SQL.
    pub data_type: String,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// What it holds, where that is known.
    pub comment: Option<String>,
}

/// A table or view with its columns, and nothing that costs more to know.
#[derive(Clone, Debug)]
pub struct RelationColumns {
    /// Its full name.
    pub name: ObjectName,
    /// The shortest name by which it is found.
    pub shown_name: String,
    /// Table or view.
    pub kind: TableKind,
    /// Its columns.
    pub columns: SchemaRef,
}

impl Engine {
    /// Every table and view with its columns. One that cannot be opened, such as a view of a table that is gone, is left
    /// out.
    pub async fn relations(&self) -> Result<Vec<RelationColumns>, QueryError> {
        let names = self.names().await?;
        let opened = self.open(names.clone(), Figures::default());
        let mut relations = Vec::new();
        for (name, relation) in names.all() {
            let Ok(table) = opened.open(&name, &relation, &[]).await else {
                continue;
            };
            relations.push(RelationColumns {
                shown_name: names.shortest(&name),
                name,
                kind: TableKind::of(&relation),
                columns: table.schema(),
            });
        }
        Ok(relations)
    }

    /// Every table and view: those built in, tables first, then what people defined.
    pub async fn tables(&self) -> Result<Vec<TableSummary>, QueryError> {
        let names = self.names().await?.all();
        try_join_all(names.iter().map(|(name, relation)| self.summary(name, relation))).await
    }

    /// The columns of a table or view, named as in SQL: `vpc_flow`, `logs.vpc_flow`, `system.load_history`.
    pub async fn describe(&self, name: &str) -> Result<Description, QueryError> {
        let names = self.names().await?;
        let reference = TableReference::parse_str(name);
        let parts: Vec<String> = reference.to_vec();
        let found = names.resolve(&parts);
        let (full, relation) = found.ok_or_else(|| unknown_table(name, None, &names))?;
        let opened = self.open(names.clone(), Figures::default());
        let opened = opened.open(&full, &relation, &[]).await;
        let opened = opened.map_err(|e| QueryError::planning(e, "", &names))?;
        let mut description = Description {
            summary: self.summary(&full, &relation).await?,
            columns: opened.schema().fields().iter().map(|field| column(field)).collect(),
            partition_columns: Vec::new(),
            sort_order: Vec::new(),
            definition: None,
        };
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        match &relation {
            Relation::BuiltIn(table) => {
                description.partition_columns = owned(table.partition_columns());
                description.sort_order = table.time_column.iter().map(|&name| name.to_owned()).collect();
            }
            Relation::BuiltInView(view) => description.definition = Some(view.sql.to_owned()),
            Relation::Defined(defined) => match &defined.definition {
                Definition::View(view) => description.definition = Some(view.sql.clone()),
                Definition::ExternalTable(table) => {
                    let partitions = table.partition_columns.iter();
                    description.partition_columns = partitions.map(|column| column.name.clone()).collect();
                }
                _ => {}
            },
        }
        Ok(description)
    }

    async fn summary(&self, name: &ObjectName, relation: &Relation) -> Result<TableSummary, QueryError> {
        Ok(match relation {
            Relation::BuiltIn(table) => {
                let snapshot = self.lake().table(table).snapshot().await.map_err(Box::new)?;
                summary_of_table(name, &table.comment, snapshot.as_ref())
            }
            Relation::BuiltInView(view) => summary_of_other(name, view.comment, TableKind::View),
            Relation::Defined(defined) => match &defined.definition {
                Definition::View(view) => summary_of_other(name, comment(view.comment.as_ref()), TableKind::View),
                Definition::ExternalTable(table) => {
                    summary_of_other(name, comment(table.comment.as_ref()), TableKind::External)
                }
                Definition::Table(table) => {
                    let stored = table.definition(name);
                    let snapshot = self.lake().table(&stored).snapshot().await.map_err(Box::new)?;
                    summary_of_table(name, comment(table.comment.as_ref()), snapshot.as_ref())
                }
                _ => summary_of_other(name, "", TableKind::Table),
            },
        })
    }
}

fn comment(written: Option<&String>) -> &str {
    written.map_or("", String::as_str)
}

fn summary_of_table(name: &ObjectName, comment: &str, snapshot: Option<&Snapshot>) -> TableSummary {
    let files = snapshot.map_or(&[][..], Snapshot::files);
    let days = || files.iter().filter_map(|file| file.day.as_ref());
    TableSummary {
        rows: snapshot.map_or(Some(0), Snapshot::rows),
        files: files.len() as u64,
        bytes: files.iter().map(|file| file.size_bytes).sum(),
        first_day: days().min().cloned(),
        last_day: days().max().cloned(),
        version: snapshot.map(Snapshot::version),
        ..summary_of_other(name, comment, TableKind::Table)
    }
}

/// What has no files of its own in the lake.
fn summary_of_other(name: &ObjectName, comment: &str, kind: TableKind) -> TableSummary {
    TableSummary {
        database: name.database.clone(),
        schema: name.schema.clone(),
        name: name.name.clone(),
        comment: comment.to_owned(),
        kind,
        rows: None,
        files: 0,
        bytes: 0,
        first_day: None,
        last_day: None,
        version: None,
    }
}

fn column(field: &Field) -> ColumnDescription {
    ColumnDescription {
        name: field.name().clone(),
        data_type: sql_type(field.data_type()),
        nullable: field.is_nullable(),
        comment: field.metadata().get("comment").cloned(),
    }
}

/// A type as SQL names it.
fn sql_type(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR".to_owned(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "VARBINARY".to_owned(),
        DataType::Boolean => "BOOLEAN".to_owned(),
        DataType::Int8 => "TINYINT".to_owned(),
        DataType::Int16 => "SMALLINT".to_owned(),
        DataType::Int32 => "INTEGER".to_owned(),
        DataType::Int64 => "BIGINT".to_owned(),
        DataType::Float32 => "REAL".to_owned(),
        DataType::Float64 => "DOUBLE".to_owned(),
        DataType::Date32 => "DATE".to_owned(),
        DataType::Timestamp(_, None) => "TIMESTAMP".to_owned(),
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP WITH TIME ZONE".to_owned(),
        DataType::Decimal128(precision, scale) => format!("DECIMAL({precision}, {scale})"),
        DataType::Dictionary(_, values) => sql_type(values),
        DataType::List(item) => format!("ARRAY<{}>", sql_type(item.data_type())),
        DataType::Struct(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|f| format!("{} {}", f.name(), sql_type(f.data_type())))
                .collect();
            format!("STRUCT<{}>", fields.join(", "))
        }
        other => other.to_string(),
    }
}
