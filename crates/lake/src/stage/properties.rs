//! How Parquet files of a table are written by the library's own encoder.

use arrow::datatypes::{DataType, Schema};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use crate::TableDefinition;
use crate::definition::OBJECT;

pub(crate) const ROW_GROUP_ROWS: usize = 512 * 1024;
/// Rows of a merged file come from thousands of objects, whose names are long: Parquet's usual 1 MiB holds too few.
const OBJECT_DICTIONARY_BYTES: usize = 8 << 20;

/// How files of a table are written: zstd, sorted by time, page statistics on the time, bloom filters on lookups.
///
/// Arrow's own schema is left out of the footer: it would tell other readers of views and dictionaries, which are ours
/// while we write and which not all of them can compare with text.
pub(crate) fn writer_options(definition: &TableDefinition, columns: &Schema, rows: usize) -> ArrowWriterOptions {
    let properties = writer_properties(definition, columns, rows);
    ArrowWriterOptions::new()
        .with_properties(properties)
        .with_skip_arrow_metadata(true)
}

pub(crate) fn writer_properties(definition: &TableDefinition, columns: &Schema, rows: usize) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_page_size_limit(ColumnPath::from(OBJECT), OBJECT_DICTIONARY_BYTES)
        .set_created_by(concat!("flowtrail ", env!("CARGO_PKG_VERSION")).to_owned());
    for name in definition.unique {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(*name), false);
    }
    if let Some(time) = definition.time_column {
        properties = properties.set_column_statistics_enabled(ColumnPath::from(time), EnabledStatistics::Page);
        if let Ok(index) = leaf_index(columns, time) {
            let order = SortingColumn {
                column_idx: index,
                descending: false,
                nulls_first: true,
            };
            properties = properties.set_sorting_columns(Some(vec![order]));
        }
    }
    definition
        .lookups
        .iter()
        .filter(|name| columns.column_with_name(name).is_some())
        .fold(properties, |properties, name| with_bloom_filter(properties, name, rows))
        .build()
}

/// A filter that starts large enough for all rows and is folded down to what the column's values need.
fn with_bloom_filter(properties: WriterPropertiesBuilder, name: &str, rows: usize) -> WriterPropertiesBuilder {
    let column = ColumnPath::from(name);
    let distinct = rows.clamp(64, ROW_GROUP_ROWS) as u64;
    properties
        .set_column_bloom_filter_enabled(column.clone(), true)
        .set_column_bloom_filter_fpp(column.clone(), 0.05)
        .set_column_bloom_filter_max_ndv(column, distinct)
}

/// The number of a top-level column among the file's leaves, which is what Parquet counts.
fn leaf_index(columns: &Schema, name: &str) -> Result<i32, ()> {
    fn leaves(data_type: &DataType) -> i32 {
        match data_type {
            DataType::Struct(fields) => fields.iter().map(|field| leaves(field.data_type())).sum(),
            DataType::List(item) => leaves(item.data_type()),
            _ => 1,
        }
    }
    let position = columns.index_of(name).map_err(|_| ())?;
    Ok(columns
        .fields()
        .iter()
        .take(position)
        .map(|field| leaves(field.data_type()))
        .sum())
}
