//! Which partitions a table has, and which of them a question needs.
//!
//! A question's conditions over partition columns are evaluated on the partitions' values before anything is listed. Of
//! projected ones each column's values are looked at by themselves first, and only what is left is multiplied.

mod dated;
mod dates;
mod filter;
mod integers;
mod java_date;
mod product;
mod projection;

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::ArrayRef;
use chrono::{DateTime, Utc};
use datafusion::common::ScalarValue;
use flowtrail_catalog::{ExternalTable, Partition};

pub(crate) use dated::AUTO;
pub(crate) use filter::{PartitionFilters, is_over_partitions};

use crate::access::Places;
use crate::error::ExternalError;
use crate::table::{PartitionColumn, Table};
use crate::value::{ColumnBuilder, KeyRules};
use dated::Dated;
use projection::Projection;

/// Projected partitions that may be left of a question, at most.
pub(crate) const MOST_PARTITIONS: usize = 1_000_000;

/// What Hive writes where a partition's value is NULL.
const NULL_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// How a table is partitioned.
#[derive(Debug)]
pub(crate) enum Partitioning {
    /// It is not.
    None,
    /// Its partitions were added one by one.
    Added,
    /// They follow from its properties.
    Projected(Projection),
    /// They are found when they are needed, beside those that were added.
    Found(Dated),
}

impl Partitioning {
    pub(crate) fn of(definition: &ExternalTable, columns: &[PartitionColumn]) -> Result<Self, ExternalError> {
        if columns.is_empty() {
            return Ok(Self::None);
        }
        if let Some(dated) = Dated::of(definition, columns)? {
            return Ok(Self::Found(dated));
        }
        Ok(Projection::of(definition, columns)?.map_or(Self::Added, Self::Projected))
    }
}

/// A place with the values of its partition.
#[derive(Clone, Debug)]
pub(crate) struct PlaceToRead {
    pub(crate) location: String,
    pub(crate) values: Arc<[ScalarValue]>,
}

/// What a question needs of a table's partitions.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// How many there are; none where the table has no partitions.
    pub(crate) total: u64,
    pub(crate) places: Vec<PlaceToRead>,
}

/// Chooses what a question needs. A table that has partition columns and no partition has no rows, as in Athena.
pub(crate) async fn choose(
    table: &Table,
    definition: &ExternalTable,
    filters: &PartitionFilters,
    places: &Places<'_>,
    now: DateTime<Utc>,
) -> Result<Chosen, ExternalError> {
    match &table.partitioning {
        Partitioning::None => Ok(Chosen {
            total: 0,
            places: vec![PlaceToRead {
                location: table.location.clone(),
                values: Arc::new([]),
            }],
        }),
        Partitioning::Added => choose_added(table, &definition.partitions, filters),
        Partitioning::Projected(projection) => projection.choose(table, filters, now),
        Partitioning::Found(dated) => {
            let found = dated::find(table, *dated, places, Some(filters)).await?;
            choose_added(table, &with_added(definition, found), filters)
        }
    }
}

/// All partitions, as `SHOW PARTITIONS` has them.
pub(crate) async fn all(
    table: &Table,
    definition: &ExternalTable,
    places: &Places<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<Partition>, ExternalError> {
    match &table.partitioning {
        Partitioning::None => Ok(Vec::new()),
        Partitioning::Added => {
            let mut partitions = definition.partitions.clone();
            partitions.sort();
            Ok(partitions)
        }
        Partitioning::Projected(projection) => projection.all(now),
        Partitioning::Found(dated) => {
            let found = dated::find(table, *dated, places, None).await?;
            Ok(with_added(definition, found))
        }
    }
}

/// Partitions that were found, and those that were added, which are where they were said to be.
fn with_added(definition: &ExternalTable, found: Vec<Partition>) -> Vec<Partition> {
    let mut partitions = definition.partitions.clone();
    let added: HashSet<&[String]> = definition
        .partitions
        .iter()
        .map(|added| added.values.as_slice())
        .collect();
    partitions.extend(
        found
            .into_iter()
            .filter(|found| !added.contains(found.values.as_slice())),
    );
    partitions.sort();
    partitions
}

fn choose_added(table: &Table, partitions: &[Partition], filters: &PartitionFilters) -> Result<Chosen, ExternalError> {
    let mut places = Vec::new();
    for chunk in partitions.chunks(CHUNK) {
        let column = |(place, column): (usize, &PartitionColumn)| {
            typed(
                column,
                chunk
                    .iter()
                    .map(|partition| partition.values.get(place).map_or(NULL_VALUE, String::as_str)),
            )
        };
        let arrays: Vec<ArrayRef> = table
            .partition_columns
            .iter()
            .enumerate()
            .map(column)
            .collect::<Result<_, _>>()?;
        for row in filters.kept(&arrays, chunk.len())? {
            places.push(PlaceToRead {
                location: chunk[row].location.clone(),
                values: values_at(&arrays, row)?,
            });
        }
    }
    // One location can be that of several partitions, and then has rows in each; the same partition twice has not.
    let mut seen = HashSet::new();
    places.retain(|place| seen.insert((place.location.clone(), place.values.to_vec())));
    Ok(Chosen {
        total: partitions.len() as u64,
        places,
    })
}

/// Candidates that are looked at together.
const CHUNK: usize = 8192;

/// Texts as values of a partition column; one that does not convert is NULL.
fn typed<'a>(column: &PartitionColumn, texts: impl Iterator<Item = &'a str>) -> Result<ArrayRef, ExternalError> {
    let mut builder = ColumnBuilder::new(&column.column_type, &KeyRules::default());
    for text in texts {
        if text == NULL_VALUE {
            builder.push_null();
        } else {
            builder.push_text(text);
        }
    }
    Ok(builder.finish()?)
}

fn values_at(arrays: &[ArrayRef], row: usize) -> Result<Arc<[ScalarValue]>, ExternalError> {
    let values: Result<Vec<ScalarValue>, _> = arrays
        .iter()
        .map(|array| ScalarValue::try_from_array(array, row))
        .collect();
    Ok(values?.into())
}
