//! The codes of a key in the rows of one row group.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use datafusion::common::Result;

use crate::column::{Chosen, Column, Pages, coded, codes};
use crate::expression::Expression;
use crate::local::{UNKNOWN, Values};
use crate::rowwise::Rowwise;

/// Where a key's codes come from.
#[derive(Debug)]
pub enum Key {
    /// They are the column's.
    Coded { column: usize, values: ArrayRef },
    /// For each code of the column, the key's: several values of the column have the same key.
    Mapped {
        column: usize,
        codes: Vec<u32>,
        values: ArrayRef,
    },
    /// Worked out row by row.
    Plain { key: Rowwise, values: Values },
}

impl Key {
    /// Prepares a key for a row group; with a column of codes it is worked out for the distinct values only.
    pub fn prepare(key: &Expression, columns: &[Option<Column>]) -> Result<Self> {
        let Some((column, values)) = coded(key, columns) else {
            return Ok(Self::Plain {
                key: Rowwise::prepare(key, columns)?,
                values: Values::new(key.data_type().clone()),
            });
        };
        let results = key.evaluate(vec![values.clone()], values.len())?;
        if key.column().is_some() {
            return Ok(Self::Coded {
                column,
                values: results,
            });
        }
        let mut distinct = Values::new(key.data_type().clone());
        let codes = distinct.codes(&results)?;
        Ok(Self::Mapped {
            column,
            codes,
            values: distinct.values()?,
        })
    }

    /// How many codes there are.
    pub fn count(&self) -> u128 {
        match self {
            Self::Coded { values, .. } | Self::Mapped { values, .. } => values.len() as u128,
            Self::Plain { .. } => UNKNOWN,
        }
    }

    /// The codes of the rows that count.
    pub fn codes<'a>(
        &mut self,
        chosen: Chosen<'a>,
        pages: &Pages<'a>,
        columns: &[Option<Column>],
    ) -> Result<Cow<'a, [u32]>> {
        match self {
            Self::Coded { column, .. } => Ok(chosen.of(codes(pages, *column)?)),
            Self::Mapped {
                column, codes: keys, ..
            } => {
                let codes = codes(pages, *column)?;
                Ok(match chosen {
                    Chosen::All(_) => codes.iter().map(|code| keys[*code as usize]).collect(),
                    Chosen::At(rows) => rows.iter().map(|row| keys[codes[*row as usize] as usize]).collect(),
                })
            }
            Self::Plain { key, values } => {
                let results = key.evaluate(chosen, pages, columns)?;
                Ok(values.codes(&results)?.into())
            }
        }
    }

    /// The value of each code.
    pub fn values(self) -> Result<ArrayRef> {
        match self {
            Self::Coded { values, .. } | Self::Mapped { values, .. } => Ok(values),
            Self::Plain { values, .. } => values.values(),
        }
    }

    /// How many codes the rows up to now have.
    pub fn seen(&self) -> usize {
        match self {
            Self::Coded { values, .. } | Self::Mapped { values, .. } => values.len(),
            Self::Plain { values, .. } => values.len(),
        }
    }
}
