//! The merge itself: the rows of several sorted files in one, streamed, so that memory does not grow with their size.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::{SortOptions, can_cast_types, cast};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use bytes::Bytes;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use object_store::buffered::BufWriter;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use tokio::io::AsyncWriteExt;

use crate::column::stored_type;
use crate::rows::StoreReader;
use crate::scan::{FileScan, FileStatistics, Streams, store_url};
use crate::stage::{StagedFile, absolute, discard, file_path, writer_options};
use crate::statistics::delta_statistics;
use crate::{DataFile, LakeError, Table, TableDefinition};

/// What a column's page and dictionary take while a file is read, at most.
const PAGE_BYTES: i64 = 512 << 10;
/// What the decompressor of a column keeps for itself.
const DECOMPRESSOR_BYTES: i64 = 160 << 10;
/// Decoded rows of all files of a merge.
const DECODED_BYTES: u64 = 32 << 20;
/// Batches of a file in memory at once: one being read, one waiting, one being merged.
const BATCHES_A_FILE: u64 = 3;
/// A value beside its text: a number, a view, a bit of validity.
const VALUE_BYTES: u64 = 12;
/// Encoded rows that are written out, although their row group could be longer.
const ROW_GROUP_BYTES: usize = 64 << 20;
const UPLOAD_PART_BYTES: usize = 8 << 20;
const UPLOAD_PARTS_AT_ONCE: usize = 2;

/// A file to merge, and what its footer says.
pub(crate) struct Source {
    pub file: DataFile,
    /// Its rows.
    pub rows: u64,
    /// The least value of the time column, in its own unit.
    pub least_time: Option<i64>,
    /// What reading it takes, besides decoded rows.
    pub memory_bytes: u64,
    /// What a decoded row takes.
    row_bytes: u64,
    /// Columns with a value, as they were written.
    columns: HashMap<String, DataType>,
}

impl Source {
    /// Reads the footer of a file.
    pub async fn open(table: &Table, file: DataFile) -> Result<Self, LakeError> {
        let footer =
            ArrowReaderMetadata::load_async(&mut StoreReader::new(table, &file), ArrowReaderOptions::new()).await?;
        let metadata = footer.metadata();
        let rows = metadata.file_metadata().num_rows().unsigned_abs();
        Ok(Self {
            rows,
            least_time: table.definition().time_column.and_then(|name| least(metadata, name)),
            memory_bytes: metadata.row_groups().iter().map(memory_of).max().unwrap_or(0),
            row_bytes: row_bytes(metadata),
            columns: columns_with_values(footer.schema(), metadata),
            file,
        })
    }
}

/// The compressed row group, which is fetched whole, and for each column the page at hand and a decompressor.
fn memory_of(group: &RowGroupMetaData) -> u64 {
    let column = |size_bytes: i64| size_bytes.min(PAGE_BYTES) + DECOMPRESSOR_BYTES;
    let columns: i64 = group
        .columns()
        .iter()
        .map(|chunk| column(chunk.uncompressed_size()))
        .sum();
    (group.compressed_size() + columns).max(0).unsigned_abs()
}

fn row_bytes(metadata: &ParquetMetaData) -> u64 {
    let rows = metadata.file_metadata().num_rows().max(1).unsigned_abs();
    let encoded: i64 = metadata
        .row_groups()
        .iter()
        .map(RowGroupMetaData::total_byte_size)
        .sum();
    let columns = metadata.file_metadata().schema_descr().num_columns() as u64;
    // Dictionaries and runs make values smaller than they are in memory.
    columns * VALUE_BYTES + encoded.max(0).unsigned_abs() / rows * 2
}

fn least(metadata: &ParquetMetaData, column: &str) -> Option<i64> {
    let number = metadata
        .file_metadata()
        .schema_descr()
        .columns()
        .iter()
        .position(|leaf| leaf.path().parts() == [column])?;
    metadata
        .row_groups()
        .iter()
        .filter_map(|group| match group.column(number).statistics()? {
            Statistics::Int64(values) => values.min_opt().copied(),
            _ => None,
        })
        .min()
}

/// The columns of a file but for those that its statistics know to be null in every row.
fn columns_with_values(schema: &Schema, metadata: &ParquetMetaData) -> HashMap<String, DataType> {
    let leaves = metadata.file_metadata().schema_descr().columns().iter().enumerate();
    let is_null = |number: usize| {
        metadata.row_groups().iter().all(|group| {
            let nulls = group.column(number).statistics().and_then(Statistics::null_count_opt);
            nulls == Some(group.num_rows().unsigned_abs())
        })
    };
    // Only flat columns: an empty list is no value in its leaf, and not null either.
    let empty: Vec<&str> = leaves
        .filter(|(number, leaf)| leaf.path().parts().len() == 1 && is_null(*number))
        .map(|(_, leaf)| leaf.name())
        .collect();
    let fields = schema
        .fields()
        .iter()
        .filter(|field| !empty.contains(&field.name().as_str()));
    fields
        .map(|field| (field.name().clone(), field.data_type().clone()))
        .collect()
}

/// What becomes of rows on their way from files into a file.
pub(crate) enum Rows<'a> {
    /// They stay as they are.
    AsTheyAre,
    /// One column gets other values; it need not have any in the files.
    With {
        column: &'a str,
        values: Arc<dyn Fn(&RecordBatch) -> ArrayRef + Send + Sync>,
    },
}

/// Merges files of one partition into a staged file. `schema` are the table's columns as scanned.
///
/// # Errors
/// [`LakeError::Damaged`] when the rows read are not as many as the footers say; the file is then taken away.
pub(crate) async fn merge(
    table: &Table,
    schema: &SchemaRef,
    day: Option<&str>,
    sources: &[Source],
    changes: &Rows<'_>,
) -> Result<StagedFile, LakeError> {
    let definition = table.definition();
    let path = file_path(definition, day);
    let rows: u64 = sources.iter().map(|source| source.rows).sum();
    let columns = written_columns(definition, schema, sources, changes);
    let stream = changed(merged_rows(table, schema, &columns, sources)?, changes);
    let encoder = Encoder::new(definition, &columns, rows)?;
    let upload = BufWriter::with_capacity(Arc::clone(table.store()), absolute(table, &path), UPLOAD_PART_BYTES)
        .with_max_concurrency(UPLOAD_PARTS_AT_ONCE);
    let (metadata, size_bytes) = write(stream, encoder, upload).await?;
    let file = StagedFile {
        path,
        size_bytes,
        rows: metadata.file_metadata().num_rows().unsigned_abs(),
        day: day.map(str::to_owned),
        partitioned: definition.time_column.is_some(),
        modified_ms: chrono::Utc::now().timestamp_millis(),
        statistics: delta_statistics(&metadata),
    };
    if file.rows != rows {
        discard(table, std::slice::from_ref(&file)).await;
        let why = format!(
            "its {} files hold {rows} rows, merged they are {}; nothing was changed",
            sources.len(),
            file.rows
        );
        return Err(LakeError::Damaged {
            path: table.path().to_string(),
            why,
        });
    }
    Ok(file)
}

/// The rows of `stream` with what is to change in them.
fn changed(stream: SendableRecordBatchStream, changes: &Rows<'_>) -> SendableRecordBatchStream {
    let Rows::With { column, values } = changes else {
        return stream;
    };
    let schema = stream.schema();
    let Ok(position) = schema.index_of(column) else {
        return stream;
    };
    let values = Arc::clone(values);
    let rows = stream.map(move |batch| {
        let batch = batch?;
        let mut columns = batch.columns().to_vec();
        columns[position] = values(&batch);
        Ok(RecordBatch::try_new(batch.schema(), columns)?)
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, rows))
}

/// The columns any file has a value in, or is to get one, in the table's order, with the types they were written with:
/// other readers of the lake's files find them as a loader would have written them.
fn written_columns(
    definition: &TableDefinition,
    schema: &SchemaRef,
    sources: &[Source],
    changes: &Rows<'_>,
) -> SchemaRef {
    let field = |field: &Arc<Field>| {
        let written = sources.iter().find_map(|source| source.columns.get(field.name()));
        let Some(written) = written else {
            let is_new = matches!(changes, Rows::With { column, .. } if column == field.name());
            return is_new.then(|| field.as_ref().clone());
        };
        let same = stored_type(written) == stored_type(field.data_type()) && can_cast_types(field.data_type(), written);
        Some(Field::new(
            field.name(),
            if same { written } else { field.data_type() }.clone(),
            true,
        ))
    };
    let columns = || {
        schema
            .fields()
            .iter()
            .filter(|field| !definition.is_partition(field.name()))
    };
    let fields: Vec<Field> = columns().filter_map(field).collect();
    if !fields.is_empty() {
        return Arc::new(Schema::new(fields));
    }
    // Nothing but nulls: a file without columns would have no rows.
    Arc::new(Schema::new(
        columns()
            .take(1)
            .map(|field| field.as_ref().clone())
            .collect::<Vec<_>>(),
    ))
}

fn merged_rows(
    table: &Table,
    schema: &SchemaRef,
    columns: &SchemaRef,
    sources: &[Source],
) -> Result<SendableRecordBatchStream, LakeError> {
    let projection: Vec<usize> = columns
        .fields()
        .iter()
        .map(|field| schema.index_of(field.name()))
        .collect::<Result<_, _>>()?;
    let time = table
        .definition()
        .time_column
        .and_then(|name| Some((name, columns.index_of(name).ok()?)));
    let statistics: Vec<FileStatistics> = sources.iter().map(|source| FileStatistics::of(&source.file)).collect();
    let scan = FileScan {
        schema,
        files: sources.iter().map(|source| &source.file).zip(&statistics).collect(),
        order: time.map(|(name, _)| name),
        projection: Some(&projection),
        limit: None,
        streams: if time.is_some() {
            Streams::FileEach
        } else {
            Streams::AtMost(1)
        },
        readers: None,
    };
    let mut plan = scan.plan()?;
    if let Some((name, position)) = time {
        let options = SortOptions {
            descending: false,
            nulls_first: true,
        };
        let order = LexOrdering::from([PhysicalSortExpr::new(Arc::new(Column::new(name, position)), options)]);
        plan = Arc::new(SortPreservingMergeExec::new(order, plan).with_round_robin_repartition(false));
    }
    let config = SessionConfig::new()
        .with_batch_size(batch_rows(sources))
        .with_target_partitions(1);
    let session = SessionContext::new_with_config(config);
    session.register_object_store(store_url()?.as_ref(), Arc::clone(table.store()));
    Ok(plan.execute(0, session.task_ctx())?)
}

/// Rows a batch, so that the batches of all files fit in memory.
fn batch_rows(sources: &[Source]) -> usize {
    let row_bytes = sources.iter().map(|source| source.row_bytes).max().unwrap_or(0).max(1);
    let rows = DECODED_BYTES / BATCHES_A_FILE / sources.len().max(1) as u64 / row_bytes;
    rows.clamp(64, 8192) as usize
}

/// Writes all rows of `stream`; gives the footer and the size.
async fn write(
    mut stream: SendableRecordBatchStream,
    mut encoder: Encoder,
    mut upload: BufWriter,
) -> Result<(Arc<ParquetMetaData>, u64), LakeError> {
    let mut size_bytes = 0;
    let written = async {
        while let Some(batch) = stream.next().await {
            let bytes;
            (encoder, bytes) = encoder.write(batch?).await?;
            size_bytes += bytes.len() as u64;
            if !bytes.is_empty() {
                upload.put(bytes).await?;
            }
        }
        let (metadata, bytes) = encoder.finish().await?;
        size_bytes += bytes.len() as u64;
        upload.put(bytes).await?;
        Ok::<_, LakeError>(metadata)
    };
    match written.await {
        Ok(metadata) => {
            upload.shutdown().await.map_err(object_store_error)?;
            Ok((metadata, size_bytes))
        }
        Err(e) => {
            if let Err(error) = upload.abort().await {
                tracing::debug!(%error, "parts of an upload could not be taken away");
            }
            Err(e)
        }
    }
}

fn object_store_error(error: std::io::Error) -> LakeError {
    LakeError::Storage(object_store::Error::Generic {
        store: "upload",
        source: Box::new(error),
    })
}

/// Encodes batches off the async threads, where it would hold up queries.
struct Encoder {
    columns: SchemaRef,
    writer: ArrowWriter<Vec<u8>>,
}

impl Encoder {
    fn new(definition: &TableDefinition, columns: &SchemaRef, rows: u64) -> Result<Self, LakeError> {
        let options = writer_options(definition, columns, rows as usize);
        let writer = ArrowWriter::try_new_with_options(Vec::new(), Arc::clone(columns), options)?;
        Ok(Self {
            columns: Arc::clone(columns),
            writer,
        })
    }

    /// Encodes a batch; gives what is ready to be written.
    async fn write(mut self, batch: RecordBatch) -> Result<(Self, Bytes), LakeError> {
        tokio::task::spawn_blocking(move || {
            let arrays = batch.columns().iter().zip(self.columns.fields()).map(|(array, field)| {
                if array.data_type() == field.data_type() {
                    Ok(Arc::clone(array))
                } else {
                    cast(array, field.data_type())
                }
            });
            let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
            self.writer
                .write(&RecordBatch::try_new(Arc::clone(&self.columns), arrays)?)?;
            if self.writer.memory_size() > ROW_GROUP_BYTES {
                self.writer.flush()?;
            }
            let ready = std::mem::take(self.writer.inner_mut());
            Ok((self, Bytes::from(ready)))
        })
        .await?
    }

    async fn finish(mut self) -> Result<(Arc<ParquetMetaData>, Bytes), LakeError> {
        tokio::task::spawn_blocking(move || {
            let metadata = self.writer.finish()?;
            Ok((Arc::new(metadata), Bytes::from(std::mem::take(self.writer.inner_mut()))))
        })
        .await?
    }
}
