//! The product of what is left of each column.

use std::sync::Arc;

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::take;
use datafusion::common::ScalarValue;

use super::filter::PartitionFilters;
use super::projection::Left;
use super::{CHUNK, MOST_PARTITIONS, values_at};
use crate::error::ExternalError;

/// Combinations that are looked at, at most, to find those that conditions over several columns leave.
const MOST_COMBINATIONS: u64 = 50_000_000;

/// All combinations of the columns' values, the last column's changing first.
pub(super) struct Product {
    columns: Vec<Left>,
    rows: u64,
}

/// A combination that is left.
pub(super) struct Row {
    pub(super) texts: Vec<String>,
    pub(super) values: Arc<[ScalarValue]>,
}

impl Product {
    pub(super) fn of(columns: Vec<Left>) -> Self {
        let sizes = columns.iter().map(|column| column.texts.len() as u64);
        let rows = sizes.fold(1_u64, u64::saturating_mul);
        Self { columns, rows }
    }

    /// Combinations that the conditions over several columns leave.
    pub(super) fn kept(&self, filters: &PartitionFilters) -> Result<Vec<Row>, ExternalError> {
        let most = if filters.has_over_several() {
            MOST_COMBINATIONS
        } else {
            MOST_PARTITIONS as u64
        };
        if self.rows > most {
            return Err(too_many());
        }
        let mut kept = Vec::new();
        let mut first = 0;
        while first < self.rows {
            let rows = (self.rows - first).min(CHUNK as u64);
            let arrays = self.columns_of(first, rows)?;
            for row in filters.kept_of_several(&arrays, rows as usize)? {
                if kept.len() == MOST_PARTITIONS {
                    return Err(too_many());
                }
                kept.push(Row {
                    texts: self.texts_of(first + row as u64),
                    values: values_at(&arrays, row)?,
                });
            }
            first += rows;
        }
        Ok(kept)
    }

    /// All combinations, as they are written.
    pub(super) fn texts(&self) -> Result<impl Iterator<Item = Vec<String>>, ExternalError> {
        if self.rows > MOST_PARTITIONS as u64 {
            return Err(too_many());
        }
        Ok((0..self.rows).map(|row| self.texts_of(row)))
    }

    fn columns_of(&self, first: u64, rows: u64) -> Result<Vec<ArrayRef>, ExternalError> {
        let mut arrays = Vec::with_capacity(self.columns.len());
        for (place, column) in self.columns.iter().enumerate() {
            let indices = (first..first + rows).map(|row| self.index(place, row) as u32);
            let indices: UInt32Array = indices.collect::<Vec<u32>>().into();
            arrays.push(take(&column.values, &indices, None)?);
        }
        Ok(arrays)
    }

    fn texts_of(&self, row: u64) -> Vec<String> {
        let text = |(place, column): (usize, &Left)| column.texts[self.index(place, row)].clone();
        self.columns.iter().enumerate().map(text).collect()
    }

    /// Which value a column has in a combination.
    fn index(&self, place: usize, row: u64) -> usize {
        let behind: u64 = self.columns[place + 1..]
            .iter()
            .map(|column| column.texts.len() as u64)
            .product();
        ((row / behind) % self.columns[place].texts.len() as u64) as usize
    }
}

fn too_many() -> ExternalError {
    ExternalError::TooManyPartitions {
        most: MOST_PARTITIONS,
        of: String::new(),
    }
}
