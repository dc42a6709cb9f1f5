//! A data page's parts.

use arrow::datatypes::DataType;
use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::Page;
use parquet::errors::{ParquetError, Result};

use super::validity::Validity;

/// A data page of a column that is not nested.
#[derive(Debug)]
pub struct DataPage {
    /// How its values are stored.
    pub encoding: Encoding,
    /// Its rows.
    pub rows: usize,
    /// Whether each row has a value, as definition levels; empty when the column has no nulls by its schema.
    pub levels: Bytes,
    /// The values of the rows that have one.
    pub values: Bytes,
}

impl DataPage {
    /// `None` for a dictionary page.
    pub fn of(page: Page, is_nullable: bool) -> Result<Option<Self>> {
        let cut = || ParquetError::EOF("a page is cut off".to_owned());
        match page {
            Page::DictionaryPage { .. } => Ok(None),
            Page::DataPage {
                buf,
                num_values,
                encoding,
                ..
            } => {
                let levels_bytes = if is_nullable {
                    4 + u32::from_le_bytes(*buf.first_chunk::<4>().ok_or_else(cut)?) as usize
                } else {
                    0
                };
                if levels_bytes > buf.len() {
                    return Err(cut());
                }
                Ok(Some(Self {
                    encoding,
                    rows: num_values as usize,
                    levels: buf.slice(levels_bytes.min(4)..levels_bytes),
                    values: buf.slice(levels_bytes..),
                }))
            }
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let begin = rep_levels_byte_len as usize;
                let end = begin + def_levels_byte_len as usize;
                if end > buf.len() {
                    return Err(cut());
                }
                Ok(Some(Self {
                    encoding,
                    rows: num_values as usize,
                    levels: buf.slice(begin..end),
                    values: buf.slice(end..),
                }))
            }
        }
    }

    /// Which rows have a value.
    pub fn validity(&self) -> Result<Validity> {
        if self.levels.is_empty() {
            return Ok(Validity::default());
        }
        Validity::of_levels(&self.levels, self.rows)
            .ok_or_else(|| ParquetError::EOF("a page's levels are cut off".to_owned()))
    }
}

/// Appends `count` numbers stored one after another, as 64-bit ones.
pub fn little_endian(bytes: &[u8], count: usize, data_type: &DataType, out: &mut Vec<i64>) -> Result<()> {
    let width = if matches!(data_type, DataType::Int32 | DataType::Date32) {
        4
    } else {
        8
    };
    let Some(bytes) = count.checked_mul(width).and_then(|length| bytes.get(..length)) else {
        return Err(ParquetError::EOF("a page is cut off".to_owned()));
    };
    if width == 4 {
        out.extend(
            bytes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|word| i64::from(i32::from_le_bytes(*word))),
        );
    } else {
        out.extend(bytes.as_chunks::<8>().0.iter().map(|word| i64::from_le_bytes(*word)));
    }
    Ok(())
}
