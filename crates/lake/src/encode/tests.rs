#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Field, Int32Type, Int64Type, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Encoding;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use proptest::prelude::*;

use super::{Chunk, ChunkSettings, CodedColumn, NULL, NumberColumn, Numbers, PAGE_ROWS};

/// A file of one column, and what the Parquet library reads out of it.
struct Written {
    array: ArrayRef,
    metadata: Arc<ParquetMetaData>,
}

impl Written {
    fn encodings(&self) -> Vec<Encoding> {
        self.metadata.row_group(0).column(0).encodings().collect()
    }

    fn bytes_a_row(&self) -> f64 {
        self.metadata.row_group(0).column(0).compressed_size() as f64 / self.array.len() as f64
    }
}

fn write(data_type: DataType, encode: impl Fn(ChunkSettings) -> Chunk) -> Written {
    let schema = Schema::new(vec![Field::new("column", data_type, true)]);
    let parquet_schema = ArrowSchemaConverter::new().convert(&schema).unwrap();
    let settings = ChunkSettings {
        column: parquet_schema.column(0),
        page_index: true,
        bloom_filter: true,
    };
    let mut bytes = Vec::new();
    let properties = Arc::new(WriterProperties::default());
    let mut writer = SerializedFileWriter::new(&mut bytes, parquet_schema.root_schema_ptr(), properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    encode(settings).append_to(&mut group).unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(Bytes::from(bytes), options).unwrap();
    let metadata = Arc::clone(reader.metadata());
    let batches: Vec<_> = reader.build().unwrap().map(Result::unwrap).collect();
    let schema = batches.first().map_or_else(|| Arc::new(schema), RecordBatch::schema);
    let batch = arrow::compute::concat_batches(&schema, &batches).unwrap();
    Written {
        array: Arc::clone(batch.column(0)),
        metadata,
    }
}

fn int64(values: &[Option<i64>]) -> Written {
    let array = Int64Array::from(values.to_vec());
    let column = NumberColumn {
        numbers: Numbers::Int64(array.values().to_vec()),
        nulls: array.nulls().cloned(),
    };
    let rows: Vec<u32> = (0..values.len() as u32).collect();
    let written = write(DataType::Int64, |settings| column.encode(&rows, settings).unwrap());
    assert_eq!(
        written.array.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(),
        values
    );
    written
}

fn text(values: &[Option<&str>]) -> Written {
    let mut distinct: Vec<&str> = values.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let code = |value: Option<&str>| value.map_or(NULL, |value| distinct.binary_search(&value).unwrap() as u32);
    let column = CodedColumn {
        codes: values.iter().copied().map(code).collect(),
        has_nulls: values.contains(&None),
        values: StringArray::from_iter_values(&distinct),
    };
    let rows: Vec<u32> = (0..values.len() as u32).collect();
    let written = write(DataType::Utf8, |settings| column.encode(&rows, None, settings).unwrap());
    assert_eq!(written.array.as_string::<i32>().iter().collect::<Vec<_>>(), values);
    written
}

fn random(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed), |state| {
        Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1))
    })
    .map(|state| state >> 33)
}

#[test]
fn rising_numbers_are_written_as_differences_and_cost_next_to_nothing() {
    let values: Vec<Option<i64>> = (0..200_000).map(|row| Some(1_790_000_000 + row / 100)).collect();
    let written = int64(&values);
    assert!(written.encodings().contains(&Encoding::DELTA_BINARY_PACKED));
    assert!(written.bytes_a_row() < 0.05, "{}", written.bytes_a_row());
    let index = &written.metadata.column_index().unwrap()[0][0];
    assert_eq!(index.num_pages() as usize, 200_000_usize.div_ceil(PAGE_ROWS));
}

#[test]
fn numbers_that_come_again_are_a_dictionary_and_others_are_not() {
    let ports: Vec<Option<i64>> = random(1)
        .take(100_000)
        .map(|n| Some([443, 22, 53][n as usize % 3]))
        .collect();
    assert!(int64(&ports).encodings().contains(&Encoding::RLE_DICTIONARY));
    let scattered: Vec<Option<i64>> = random(2).take(100_000).map(|n| Some(n.cast_signed() << 30)).collect();
    assert!(!int64(&scattered).encodings().contains(&Encoding::RLE_DICTIONARY));
}

#[test]
fn the_widest_numbers_and_nothing_at_all_come_back() {
    int64(&[]);
    int64(&[None; 3]);
    int64(&[Some(i64::MIN), Some(i64::MAX), None, Some(0), Some(-1), Some(i64::MIN)]);
    let swings: Vec<Option<i64>> = (0..1000)
        .map(|row| Some(if row % 2 == 0 { i64::MIN } else { i64::MAX - row }))
        .collect();
    int64(&swings);
    let nulls: Vec<Option<i64>> = (0..PAGE_ROWS as i64 * 2 + 9)
        .map(|row| (row % 5 != 0).then_some(row))
        .collect();
    assert_eq!(
        int64(&nulls).array.null_count(),
        nulls.iter().filter(|value| value.is_none()).count()
    );
}

#[test]
fn int32_columns_pick_rows_in_any_order() {
    let column = NumberColumn {
        numbers: Numbers::Int32(vec![10, 20, 30, 40]),
        nulls: Some(NullBuffer::from(vec![true, false, true, true])),
    };
    let written = write(DataType::Int32, |settings| column.encode(&[3, 1, 0], settings).unwrap());
    assert_eq!(
        written.array.as_primitive::<Int32Type>(),
        &Int32Array::from(vec![Some(40), None, Some(10)])
    );
}

#[test]
fn text_has_bounds_and_a_bloom_filter_and_is_plain_where_nothing_comes_twice() {
    let names: Vec<String> = random(3)
        .take(50_000)
        .map(|n| format!("10.0.{}.{}", n % 7, n % 250))
        .collect();
    let written = text(&names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>());
    let column = written.metadata.row_group(0).column(0);
    let statistics = column.statistics().unwrap();
    assert_eq!(statistics.min_bytes_opt(), names.iter().min().map(String::as_bytes));
    assert_eq!(statistics.max_bytes_opt(), names.iter().max().map(String::as_bytes));
    assert!(column.bloom_filter_offset().is_some());
    assert!(written.encodings().contains(&Encoding::RLE_DICTIONARY));
    let ids: Vec<String> = random(4)
        .take(50_000)
        .enumerate()
        .map(|(row, n)| format!("{n:x}-{row}"))
        .collect();
    let written = text(&ids.iter().map(|id| Some(id.as_str())).collect::<Vec<_>>());
    assert!(!written.encodings().contains(&Encoding::RLE_DICTIONARY));
    text(&[]);
    text(&[None, None]);
    text(&[Some(""), None, Some("é")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_numbers_come_back(
        values in proptest::collection::vec(
            proptest::option::weighted(0.9, prop_oneof![0..4_i64, 0..70_000_i64, any::<i64>()]), 0..3000),
        repeats in 1..40_usize,
    ) {
        let values: Vec<_> = values.into_iter().flat_map(|value| std::iter::repeat_n(value, repeats)).collect();
        int64(&values);
    }

    #[test]
    fn any_text_comes_back(
        values in proptest::collection::vec(proptest::option::weighted(0.9, "[a-c]{0,3}|[0-9.]{7,15}|\\PC{0,40}"), 0..2000),
        repeats in 1..40_usize,
    ) {
        let values: Vec<_> = values.iter().flat_map(|value| std::iter::repeat_n(value.as_deref(), repeats)).collect();
        text(&values);
    }
}
