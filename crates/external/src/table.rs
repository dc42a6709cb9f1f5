//! A definition as it is meant: its columns, how rows are written, and how it is partitioned.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use flowtrail_catalog::{Column, ColumnType, ExternalTable};

use crate::access::place_of;
use crate::error::ExternalError;
use crate::format::Format;
use crate::partition::Partitioning;

/// See the module.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// All columns, in lower case: those of the files, then those of the partitions.
    pub(crate) schema: SchemaRef,
    /// Types of the columns that the files hold.
    pub(crate) file_columns: Vec<ColumnType>,
    /// The columns of the partitions.
    pub(crate) partition_columns: Vec<PartitionColumn>,
    pub(crate) format: Format,
    pub(crate) partitioning: Partitioning,
    pub(crate) location: String,
}

/// A column of which a partition has one value.
#[derive(Clone, Debug)]
pub(crate) struct PartitionColumn {
    pub(crate) name: String,
    pub(crate) column_type: ColumnType,
}

impl Table {
    /// What a definition means, or what is wrong with it.
    pub(crate) fn of(name: &str, definition: &ExternalTable) -> Result<Self, ExternalError> {
        place_of(&definition.location)?;
        let columns = || definition.columns.iter().chain(&definition.partition_columns);
        let mut seen = HashSet::new();
        for column in columns() {
            if !seen.insert(column.name.to_lowercase()) {
                return Err(wrong_column(column, "another column has that name"));
            }
        }
        let partition_columns: Vec<PartitionColumn> = definition
            .partition_columns
            .iter()
            .map(partition_column)
            .collect::<Result<_, _>>()?;
        let field = |column: &Column| Field::new(column.name.to_lowercase(), column.column_type.arrow(), true);
        Ok(Self {
            name: name.to_owned(),
            schema: Arc::new(Schema::new(columns().map(field).collect::<Vec<_>>())),
            file_columns: definition
                .columns
                .iter()
                .map(|column| column.column_type.clone())
                .collect(),
            format: Format::of(definition)?,
            partitioning: Partitioning::of(definition, &partition_columns)?,
            partition_columns,
            location: definition.location.clone(),
        })
    }
}

fn partition_column(column: &Column) -> Result<PartitionColumn, ExternalError> {
    match column.column_type {
        ColumnType::Array(_) | ColumnType::Map(..) | ColumnType::Struct(_) | ColumnType::Variant => Err(wrong_column(
            column,
            &format!("a partition cannot have a value of type {}", column.column_type),
        )),
        _ => Ok(PartitionColumn {
            name: column.name.to_lowercase(),
            column_type: column.column_type.clone(),
        }),
    }
}

fn wrong_column(column: &Column, why: &str) -> ExternalError {
    ExternalError::Column {
        name: column.name.clone(),
        why: why.to_owned(),
    }
}
