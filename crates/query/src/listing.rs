//! What is in the lake: its tables and views, and the columns of one.

use std::fmt;

use arrow::datatypes::{DataType, Field};
use datafusion::common::TableReference;
use flowtrail_lake::definition::{self, DATABASE, built_in};
use flowtrail_lake::scan::Figures;
use flowtrail_lake::{LakeError, Snapshot, TableDefinition};
use futures::future::try_join_all;
use serde::Serialize;

use crate::diagnosis::unknown_table;
use crate::views::{self, VIEWS};
use crate::{Engine, QueryError, catalog};

/// Whether rows are stored or worked out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TableKind {
    /// Rows in files.
    Table,
    /// A query with a name.
    View,
}

impl fmt::Display for TableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "table",
            Self::View => "view",
        })
    }
}

/// A table or view, and how much there is of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableSummary {
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

impl Engine {
    /// Every table and view, tables first.
    pub async fn tables(&self) -> Result<Vec<TableSummary>, QueryError> {
        let tables = built_in().iter().map(|table| async {
            let snapshot = self.lake().table(table).snapshot().await?;
            Ok::<_, LakeError>(summary_of_table(table, snapshot.as_ref()))
        });
        let mut summaries = try_join_all(tables).await.map_err(Box::new)?;
        summaries.extend(VIEWS.iter().map(summary_of_view));
        Ok(summaries)
    }

    /// The columns of a table or view, named as in SQL: `vpc_flow`, `logs.vpc_flow`, `system.load_history`.
    pub async fn describe(&self, name: &str) -> Result<Description, QueryError> {
        let (schema, table) = resolve(name)?;
        let opened = self.open(Figures::default()).table(&schema, &table).await;
        let opened = opened
            .map_err(|e| QueryError::planning(e, ""))?
            .ok_or_else(|| unknown_table(name, None))?;
        let columns = opened.schema().fields().iter().map(|field| column(field)).collect();
        if let Some(view) = views::find(&schema, &table) {
            return Ok(Description {
                summary: summary_of_view(view),
                columns,
                partition_columns: Vec::new(),
                sort_order: Vec::new(),
                definition: Some(view.sql.to_owned()),
            });
        }
        let definition = definition::find(&schema, &table).ok_or_else(|| unknown_table(name, None))?;
        let snapshot = self.lake().table(definition).snapshot().await.map_err(Box::new)?;
        Ok(Description {
            summary: summary_of_table(definition, snapshot.as_ref()),
            columns,
            partition_columns: definition
                .partition_columns()
                .iter()
                .map(|&name| name.to_owned())
                .collect(),
            sort_order: definition.time_column.iter().map(|&name| name.to_owned()).collect(),
            definition: None,
        })
    }
}

/// Schema and name of a table that was named with or without its schema.
fn resolve(name: &str) -> Result<(String, String), QueryError> {
    let reference = TableReference::parse_str(name);
    if reference.catalog().is_some_and(|catalog| catalog != DATABASE) {
        return Err(unknown_table(name, None));
    }
    let table = reference.table();
    let schema = match reference.schema() {
        Some(schema) => schema,
        None => catalog::schema_of(table).ok_or_else(|| unknown_table(name, None))?,
    };
    Ok((schema.to_owned(), table.to_owned()))
}

fn summary_of_table(table: &TableDefinition, snapshot: Option<&Snapshot>) -> TableSummary {
    let files = snapshot.map_or(&[][..], Snapshot::files);
    let days = || files.iter().filter_map(|file| file.day.as_ref());
    TableSummary {
        schema: table.schema.to_owned(),
        name: table.name.to_owned(),
        comment: table.comment.to_owned(),
        kind: TableKind::Table,
        rows: snapshot.map_or(Some(0), Snapshot::rows),
        files: files.len() as u64,
        bytes: files.iter().map(|file| file.size_bytes).sum(),
        first_day: days().min().cloned(),
        last_day: days().max().cloned(),
        version: snapshot.map(Snapshot::version),
    }
}

fn summary_of_view(view: &views::View) -> TableSummary {
    TableSummary {
        schema: view.schema.to_owned(),
        name: view.name.to_owned(),
        comment: view.comment.to_owned(),
        kind: TableKind::View,
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
