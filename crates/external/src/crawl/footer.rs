//! The columns of a Parquet file, by its footer.

use bytes::Bytes;
use parquet::arrow::parquet_to_arrow_schema;
use parquet::file::metadata::ParquetMetaDataReader;

use super::shape::{Named, Shape, merge_named};

/// How much of a file's end is fetched at first.
pub(super) const END_BYTES: u64 = 64 << 10;

/// The length of the footer, and the magic behind it.
const TAIL_BYTES: usize = 8;

/// A footer larger than this is nobody's.
const MOST_BYTES: u64 = 64 << 20;

/// How long the footer of a file is that ends with these bytes, with what stands behind it.
pub(super) fn bytes_of(end: &[u8]) -> Result<u64, String> {
    let cut_off = || "it begins as a Parquet file and does not end as one".to_owned();
    let tail = end.last_chunk::<TAIL_BYTES>().ok_or_else(cut_off)?;
    let [length @ .., b'P', b'A', b'R', b'1'] = tail else {
        return Err(cut_off());
    };
    let length = u64::from(u32::from_le_bytes(*length)) + TAIL_BYTES as u64;
    if length > MOST_BYTES {
        return Err(format!(
            "it is a damaged Parquet file: its footer would have {length} bytes"
        ));
    }
    Ok(length)
}

/// The columns by the footer at the end of `end`.
pub(super) fn columns_of(end: &Bytes) -> Result<Vec<Named>, String> {
    let damaged = |error: parquet::errors::ParquetError| format!("it is a damaged Parquet file: {error}");
    let length = bytes_of(end)? as usize;
    let footer = end
        .len()
        .checked_sub(length)
        .and_then(|start| end.get(start..end.len() - TAIL_BYTES))
        .ok_or("it is a damaged Parquet file: its footer is longer than the file")?;
    let metadata = ParquetMetaDataReader::decode_metadata(footer).map_err(damaged)?;
    // Parquet's own types say all there is to know; what writers keep beside them may be anything.
    let schema = parquet_to_arrow_schema(metadata.file_metadata().schema_descr(), None).map_err(damaged)?;
    let mut columns = Vec::new();
    for field in schema.fields() {
        let column = (field.name().to_lowercase(), Shape::of_arrow(field.data_type()));
        merge_named(&mut columns, vec![column]);
    }
    Ok(columns)
}
