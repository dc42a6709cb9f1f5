//! Objects made and decoded by the tests.

use arrow::array::AsArray;
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use arrow::record_batch::RecordBatch;
use flate2::write::GzEncoder;
use flowtrail_decode::{Counts, DecodeError, Decoded, Hint, Input, Limits, LogKind, Opened, Reject, open};
use std::io::Write;
use std::path::PathBuf;

/// What a whole object gave.
pub struct Object {
    pub format: &'static str,
    pub parts: Vec<Decoded>,
}

impl Object {
    pub fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        for part in &self.parts {
            assert_eq!(part.counts.rows, part.batch.num_rows() as u64);
            assert_eq!(part.counts.rejected, part.rejects.len() as u64);
            assert_eq!(
                part.counts.lines,
                part.counts.rows + part.counts.rejected + part.counts.headers
            );
            sum += part.counts;
        }
        sum
    }

    pub fn kinds(&self) -> Vec<LogKind> {
        self.parts.iter().map(|part| part.kind).collect()
    }

    pub fn rejects(&self) -> Vec<(u64, String)> {
        self.parts
            .iter()
            .flat_map(|part| &part.rejects)
            .map(|Reject { line, reason, .. }| (*line, reason.clone()))
            .collect()
    }

    /// All rows, where every part has the same columns.
    pub fn batch(&self) -> RecordBatch {
        concat_batches(&self.parts[0].batch.schema(), self.parts.iter().map(|part| &part.batch)).unwrap()
    }

    pub fn texts(&self, column: &str) -> Vec<Option<String>> {
        let batch = self.batch();
        // Text columns are dictionaries where the object is text, views where it is Parquet.
        let column = cast(batch.column_by_name(column).unwrap(), &DataType::Utf8View).unwrap();
        let column = column.as_string_view();
        column.iter().map(|value| value.map(str::to_owned)).collect()
    }

    pub fn numbers(&self, column: &str) -> Vec<Option<i64>> {
        let batch = self.batch();
        let column = batch.column_by_name(column).unwrap();
        match column.as_primitive_opt::<Int32Type>() {
            Some(column) => column.iter().map(|value| value.map(i64::from)).collect(),
            None => column.as_primitive::<Int64Type>().iter().collect(),
        }
    }

    pub fn columns(&self) -> Vec<String> {
        self.parts[0]
            .batch
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect()
    }
}

pub fn try_decode(bytes: impl Into<Vec<u8>>, hint: &Hint) -> Result<Object, DecodeError> {
    let Opened::Records(decoder) = open(Input::Bytes(bytes.into().into()), hint, &Limits::default())? else {
        panic!("skipped");
    };
    let format = decoder.format();
    Ok(Object {
        format,
        parts: decoder.collect::<Result<_, _>>()?,
    })
}

pub fn decode(bytes: impl Into<Vec<u8>>) -> Object {
    try_decode(bytes, &Hint::default()).unwrap()
}

pub fn decode_as(kind: LogKind, bytes: impl Into<Vec<u8>>) -> Object {
    try_decode(
        bytes,
        &Hint {
            kind: Some(kind),
            flow_format: None,
        },
    )
    .unwrap()
}

pub fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// A file of the sample data beside the workspace, or `None`, said aloud, where that is not there.
pub fn sample(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: no sample {}", path.display());
    }
    bytes
}
