//! From record batches to sorted Parquet files beside the table, which a commit then makes part of it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray, Int32Array, StringArray, new_null_array};
use arrow::compute::interleave;
use arrow::datatypes::{DataType, Date32Type, Field, Int64Type, Schema, SchemaRef, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use chrono::{DateTime, Days, NaiveDate};
use deltalake_core::kernel::Add;
use futures::{StreamExt, TryStreamExt};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::column::stored_type;
use crate::definition::{DAY, OBJECT};
use crate::statistics::delta_statistics;
use crate::{LakeError, Table, TableDefinition, failpoint};

pub(crate) const ROW_GROUP_ROWS: usize = 512 * 1024;
/// Rows of a merged file come from thousands of objects, whose names are long: Parquet's usual 1 MiB holds too few.
const OBJECT_DICTIONARY_BYTES: usize = 8 << 20;
const WRITE_ROWS: usize = 32 * 1024;
const MICROSECONDS_A_DAY: i64 = 86_400_000_000;
const SECONDS_A_DAY: i64 = 86_400;

/// Rows on their way into a table, with what they do not say themselves.
#[derive(Clone, Debug)]
pub struct Part {
    /// The rows, with any of the table's columns, and columns it does not have yet.
    pub batch: RecordBatch,
    /// The object they came from, for the lineage column of a log table.
    pub object: Option<Arc<str>>,
    /// The day (since 1970-01-01) of rows that have no time of their own.
    pub fallback_day: Option<i32>,
}

/// A file that lies beside the table, whole and durable, and is not yet part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedFile {
    /// Relative to the table.
    pub path: String,
    /// Its size.
    pub size_bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// Its partition, where the table has one and the day is known.
    pub day: Option<String>,
    /// Whether the table is partitioned by day.
    pub partitioned: bool,
    /// When it was written, in milliseconds since 1970.
    pub modified_ms: i64,
    /// Delta's statistics, as JSON.
    pub statistics: String,
}

impl StagedFile {
    pub(crate) fn to_add(&self, data_change: bool) -> Add {
        let partition_values = if self.partitioned {
            HashMap::from([(DAY.to_owned(), self.day.clone())])
        } else {
            HashMap::new()
        };
        Add {
            path: self.path.clone(),
            partition_values,
            size: self.size_bytes as i64,
            modification_time: self.modified_ms,
            data_change,
            stats: Some(self.statistics.clone()),
            tags: None,
            deletion_vector: None,
            base_row_id: None,
            default_row_commit_version: None,
            clustering_provider: None,
        }
    }
}

/// A Parquet file still in memory.
struct EncodedFile {
    bytes: Vec<u8>,
    file: StagedFile,
}

/// Sorts the rows of `parts`, parts them by day, and puts a file for each day beside the table, durably. Files are
/// encoded on all cores.
pub async fn stage(table: &Table, parts: Vec<Part>) -> Result<Vec<StagedFile>, LakeError> {
    let definition = Arc::clone(table.definition());
    let sorted = tokio::task::spawn_blocking(move || SortedRows::of(definition, &parts)).await??;
    let sorted = Arc::new(sorted);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    futures::stream::iter(0..sorted.days.len())
        .map(|day| {
            let sorted = Arc::clone(&sorted);
            async move {
                let encoded = tokio::task::spawn_blocking(move || sorted.encode(day)).await??;
                table
                    .store()
                    .put(&absolute(table, &encoded.file.path), encoded.bytes.into())
                    .await?;
                failpoint::hit("lake.staged_file")?;
                Ok(encoded.file)
            }
        })
        .buffered(cores)
        .try_collect()
        .await
}

/// Takes staged files away that no commit will name.
pub async fn discard(table: &Table, files: &[StagedFile]) {
    for file in files {
        // What stays behind is found by vacuum.
        if let Err(error) = table.store().delete(&absolute(table, &file.path)).await {
            tracing::debug!(path = file.path, %error, "a staged file could not be taken away");
        }
    }
}

/// The columns `parts` hold that `definition` lacks, as the table will store them.
pub fn new_columns(definition: &TableDefinition, parts: &[Part]) -> Vec<Field> {
    let mut new: Vec<Field> = Vec::new();
    for field in parts.iter().flat_map(|part| part.batch.schema_ref().fields().iter()) {
        let known = definition.columns.column_with_name(field.name()).is_some();
        if !known && !new.iter().any(|column| column.name() == field.name()) {
            new.push(Field::new(field.name(), stored_type(field.data_type()), true));
        }
    }
    new
}

pub(crate) fn absolute(table: &Table, relative: &str) -> Path {
    table.path().parts().chain(Path::from(relative).parts()).collect()
}

/// A name no other file has, in the folder of its day.
pub(crate) fn file_path(definition: &TableDefinition, day: Option<&str>) -> String {
    let name = format!("part-{}.zstd.parquet", Uuid::now_v7());
    match (definition.time_column, day) {
        (None, _) => name,
        (Some(_), Some(day)) => format!("{DAY}={day}/{name}"),
        (Some(_), None) => format!("{DAY}=__HIVE_DEFAULT_PARTITION__/{name}"),
    }
}

/// Where a row stands, and what it is sorted by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct RowKey {
    day: Option<i32>,
    time: i64,
    part: u32,
    row: u32,
}

fn row_keys(definition: &TableDefinition, parts: &[Part]) -> Result<Vec<RowKey>, LakeError> {
    let mut keys = Vec::with_capacity(parts.iter().map(|part| part.batch.num_rows()).sum());
    for (number, part) in parts.iter().enumerate() {
        let column = definition.time_column.and_then(|name| part.batch.column_by_name(name));
        let (times, a_day) = match column {
            Some(column) => times_of(definition, column)?,
            None => (None, SECONDS_A_DAY),
        };
        for row in 0..part.batch.num_rows() {
            let time = times
                .as_ref()
                .filter(|times| times.is_valid(row))
                .map(|times| times.value(row));
            keys.push(RowKey {
                day: time.map_or(part.fallback_day, |time| Some(time.div_euclid(a_day) as i32)),
                time: time.unwrap_or(i64::MIN),
                part: number as u32,
                row: row as u32,
            });
        }
    }
    if !keys.is_sorted() {
        keys.sort_unstable();
    }
    Ok(keys)
}

type Times = Option<arrow::array::Int64Array>;

fn times_of(definition: &TableDefinition, column: &ArrayRef) -> Result<(Times, i64), LakeError> {
    match column.data_type() {
        DataType::Int64 => Ok((Some(column.as_primitive::<Int64Type>().clone()), SECONDS_A_DAY)),
        DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, _) => {
            let times = column
                .as_primitive::<TimestampMicrosecondType>()
                .reinterpret_cast::<Int64Type>();
            Ok((Some(times), MICROSECONDS_A_DAY))
        }
        other => Err(LakeError::Column {
            table: definition.qualified_name(),
            column: definition.time_column.unwrap_or_default().to_owned(),
            why: format!("its type is {other}, which is no time"),
        }),
    }
}

/// The columns any part has, in the table's order and then by first appearance; never the partition column.
fn union_columns(definition: &TableDefinition, parts: &[Part]) -> Result<SchemaRef, LakeError> {
    let mut fields: Vec<Field> = Vec::new();
    for table_field in definition.columns.fields().iter().filter(|field| field.name() != DAY) {
        if table_field.name() == OBJECT && parts.iter().any(|part| part.object.is_some()) {
            let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            fields.push(Field::new(OBJECT, dictionary, true));
            continue;
        }
        let held = parts.iter().find_map(|part| {
            part.batch
                .schema_ref()
                .field_with_name(table_field.name())
                .ok()
                .cloned()
        });
        fields.extend(held.map(|field| field.with_nullable(true)));
    }
    for field in new_columns(definition, parts) {
        let held = parts
            .iter()
            .find_map(|part| part.batch.schema_ref().field_with_name(field.name()).ok().cloned());
        fields.extend(held.map(|held| held.with_nullable(true)));
    }
    for part in parts {
        for field in &fields {
            if let Ok(other) = part.batch.schema_ref().field_with_name(field.name())
                && other.data_type() != field.data_type()
            {
                return Err(LakeError::Column {
                    table: definition.qualified_name(),
                    column: field.name().clone(),
                    why: format!(
                        "one part has it as {}, another as {}",
                        field.data_type(),
                        other.data_type()
                    ),
                });
            }
        }
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// Rows in the order of the table's files.
struct SortedRows {
    definition: Arc<TableDefinition>,
    columns: SchemaRef,
    sources: Sources,
    keys: Vec<RowKey>,
    /// Where each day's rows stand in `keys`.
    days: Vec<Range<usize>>,
}

impl SortedRows {
    fn of(definition: Arc<TableDefinition>, parts: &[Part]) -> Result<Self, LakeError> {
        let keys = row_keys(&definition, parts)?;
        let columns = union_columns(&definition, parts)?;
        let mut end = 0;
        let days = keys.chunk_by(|a, b| a.day == b.day).map(|rows| {
            let start = end;
            end += rows.len();
            start..end
        });
        let days = days.collect();
        Ok(Self {
            definition,
            sources: Sources::of(&columns, parts),
            columns,
            keys,
            days,
        })
    }

    fn encode(&self, day: usize) -> Result<EncodedFile, LakeError> {
        let rows = &self.keys[self.days[day].clone()];
        let day = rows.first().and_then(|row| row.day).and_then(day_text);
        let options = writer_options(&self.definition, &self.columns, rows.len());
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new_with_options(&mut bytes, Arc::clone(&self.columns), options)?;
        for chunk in rows.chunks(WRITE_ROWS) {
            writer.write(&self.sources.gather(&self.columns, chunk)?)?;
        }
        let metadata = writer.close()?;
        let file = StagedFile {
            path: file_path(&self.definition, day.as_deref()),
            size_bytes: bytes.len() as u64,
            rows: rows.len() as u64,
            day,
            partitioned: self.definition.time_column.is_some(),
            modified_ms: chrono::Utc::now().timestamp_millis(),
            statistics: delta_statistics(&metadata),
        };
        Ok(EncodedFile { bytes, file })
    }
}

/// Each column of each part, ready to pick rows from.
struct Sources {
    columns: Vec<Vec<ArrayRef>>,
    objects: StringArray,
    object_of_part: Vec<Option<i32>>,
}

impl Sources {
    fn of(columns: &SchemaRef, parts: &[Part]) -> Self {
        let arrays = columns
            .fields()
            .iter()
            .map(|field| {
                let missing = |part: &Part| new_null_array(field.data_type(), part.batch.num_rows());
                parts
                    .iter()
                    .map(|part| {
                        part.batch
                            .column_by_name(field.name())
                            .cloned()
                            .unwrap_or_else(|| missing(part))
                    })
                    .collect()
            })
            .collect();
        let mut objects: Vec<&str> = Vec::new();
        let mut numbers: HashMap<&str, i32> = HashMap::new();
        let object_of_part = parts
            .iter()
            .map(|part| {
                let object = part.object.as_deref()?;
                Some(*numbers.entry(object).or_insert_with(|| {
                    objects.push(object);
                    objects.len() as i32 - 1
                }))
            })
            .collect();
        Self {
            columns: arrays,
            objects: StringArray::from(objects),
            object_of_part,
        }
    }

    fn gather(&self, columns: &SchemaRef, rows: &[RowKey]) -> Result<RecordBatch, LakeError> {
        let picks: Vec<(usize, usize)> = rows.iter().map(|row| (row.part as usize, row.row as usize)).collect();
        let arrays = columns.fields().iter().zip(&self.columns).map(|(field, sources)| {
            if field.name() == OBJECT && matches!(field.data_type(), DataType::Dictionary(..)) {
                return self.lineage(rows);
            }
            let sources: Vec<&dyn Array> = sources.iter().map(AsRef::as_ref).collect();
            Ok(interleave(&sources, &picks)?)
        });
        Ok(RecordBatch::try_new(
            Arc::clone(columns),
            arrays.collect::<Result<Vec<_>, LakeError>>()?,
        )?)
    }

    fn lineage(&self, rows: &[RowKey]) -> Result<ArrayRef, LakeError> {
        let keys: Int32Array = rows.iter().map(|row| self.object_of_part[row.part as usize]).collect();
        Ok(Arc::new(DictionaryArray::try_new(
            keys,
            Arc::new(self.objects.clone()),
        )?))
    }
}

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

fn writer_properties(definition: &TableDefinition, columns: &Schema, rows: usize) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap_or_default()))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_page_size_limit(ColumnPath::from(OBJECT), OBJECT_DICTIONARY_BYTES)
        .set_created_by(concat!("flowtrail ", env!("CARGO_PKG_VERSION")).to_owned());
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

/// `2026-11-01` for days since 1970-01-01.
pub fn day_text(day: i32) -> Option<String> {
    let epoch = DateTime::UNIX_EPOCH.date_naive();
    let date = if day >= 0 {
        epoch.checked_add_days(Days::new(day.unsigned_abs().into()))
    } else {
        epoch.checked_sub_days(Days::new(day.unsigned_abs().into()))
    };
    date.map(|date: NaiveDate| date.format("%Y-%m-%d").to_string())
}

/// Days since 1970-01-01 of a date.
pub fn day_number(date: NaiveDate) -> i32 {
    Date32Type::from_naive_date(date)
}
