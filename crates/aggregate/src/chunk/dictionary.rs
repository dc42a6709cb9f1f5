//! The distinct values of a column chunk.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringViewBuilder};
use arrow::buffer::Buffer;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use bytes::Bytes;
use parquet::errors::{ParquetError, Result};

use super::page::little_endian;
use crate::numbers::{from_int64, is_text};

/// The values of a dictionary page, which are stored plainly, and a null after them.
pub fn decode(page: &Bytes, count: usize, data_type: &DataType) -> Result<ArrayRef> {
    if is_text(data_type) {
        return text(page, count, data_type);
    }
    let mut numbers = Vec::with_capacity(count);
    little_endian(page, count, data_type, &mut numbers)?;
    let numbers: Int64Array = numbers.into_iter().map(Some).chain([None]).collect();
    Ok(from_int64(&(Arc::new(numbers) as ArrayRef), data_type)?)
}

fn text(page: &Bytes, count: usize, data_type: &DataType) -> Result<ArrayRef> {
    let cut = || ParquetError::EOF("the dictionary is cut off".to_owned());
    let mut views = StringViewBuilder::with_capacity(count + 1);
    let block = views.append_block(Buffer::from(page.clone()));
    let mut at = 0;
    for _ in 0..count {
        let length = page
            .get(at..)
            .and_then(|rest| rest.first_chunk::<4>())
            .ok_or_else(cut)?;
        let length = u32::from_le_bytes(*length);
        at += 4;
        views.try_append_view(block, at as u32, length)?;
        at += length as usize;
    }
    views.append_null();
    let views: ArrayRef = Arc::new(views.finish());
    Ok(if *data_type == DataType::Utf8View {
        views
    } else {
        cast(&views, data_type)?
    })
}
