//! Inputs that broke a decoder, or the reader below it, once: each is read to its end, and what it holds adds up.

use arrow::array::{ArrayRef, Int64Array};
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use flowtrail_decode::{Hint, Input, Limits, Opened, open};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::arrow::{ARROW_SCHEMA_META_KEY, ArrowWriter};
use parquet::file::metadata::ParquetMetaDataReader;
use parquet::file::properties::WriterProperties;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::object::decode;

#[test]
fn nothing_that_broke_a_decoder_breaks_it_again() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut read = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        read += 1;
        let Ok(Opened::Records(decoder)) = open(Input::Bytes(bytes.into()), &Hint::default(), &Limits::default())
        else {
            continue;
        };
        for part in decoder.map_while(Result::ok) {
            let counts = part.counts;
            assert_eq!(counts.rows, part.batch.num_rows() as u64, "{}", path.display());
            assert_eq!(
                counts.lines,
                counts.rows + counts.headers + counts.rejected,
                "{}",
                path.display()
            );
        }
    }
    assert!(read > 0);
}

#[test]
fn an_arrow_schema_beside_parquets_own_is_not_looked_at() {
    // It speaks of integers of 16,777,216 bits; what reads such schemas panicked.
    let found = Bytes::from_static(include_bytes!("../golden/arrow_type_of_16777216_bits.parquet"));
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&found).unwrap();
    let beside = metadata.file_metadata().key_value_metadata().unwrap().clone();
    assert_eq!(beside[0].key, ARROW_SCHEMA_META_KEY);

    let starts = Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef;
    let batch = RecordBatch::try_from_iter([("start", starts)]).unwrap();
    let properties = WriterProperties::builder().set_key_value_metadata(Some(beside)).build();
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), batch.schema(), options).unwrap();
    writer.write(&batch).unwrap();
    let object = decode(writer.into_inner().unwrap());
    assert_eq!(object.numbers("start"), [Some(1), Some(2)]);
}
