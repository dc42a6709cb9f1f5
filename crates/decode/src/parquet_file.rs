//! A Parquet file that anybody may have written, as record batches.

use arrow::datatypes::{DataType, FieldRef, Fields, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::ChunkReader;
use std::fmt;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::decoder::BATCH_TEXT_BYTES;
use crate::parquet_pages::{self, CheckedRowGroups};
use crate::{BATCH_ROWS, DecodeError, Input};

/// What the values of a batch take before they are decoded, at most; their texts come on top. Of the fields there are,
/// each takes [`VIEW_BYTES`] at most, so only files of many thousand columns or wide fixed values feel it.
const BATCH_HELD_BYTES: usize = 256 << 20;

/// A view of a text, the widest of what a column has for each row.
const VIEW_BYTES: usize = 16;

/// A Parquet file whose description was read. Its bytes are not trusted: what it says of its size is checked before
/// memory is given for it, and damage is an error, never the end of the process.
pub struct ParquetFile {
    input: Input,
    described: ArrowReaderMetadata,
}

impl ParquetFile {
    /// Reads the description.
    ///
    /// # Errors
    /// [`DecodeError::Parquet`]: it is no Parquet file, or damaged.
    pub fn open(input: Input) -> Result<Self, DecodeError> {
        let described = match &input {
            Input::Bytes(bytes) => guarded(|| describe(bytes)),
            Input::File(file) => guarded(|| describe(file)),
        };
        Ok(Self {
            described: described.map_err(|why| damaged(&why))?,
            input,
        })
    }

    /// Its columns, in Parquet's own types; the batches have text as views.
    pub fn schema(&self) -> &SchemaRef {
        self.described.schema()
    }

    /// Its rows.
    ///
    /// # Errors
    /// [`DecodeError::Parquet`]: its pages cannot be what they say, or say that they take more than a gibibyte at once.
    pub fn batches(self) -> Result<ParquetBatches, DecodeError> {
        let Self { input, described } = self;
        let batches = match input {
            Input::Bytes(bytes) => guarded(|| read::<Bytes>(bytes, &described)),
            Input::File(file) => guarded(|| read::<File>(file, &described)),
        };
        Ok(ParquetBatches {
            batches: batches.map_err(|why| damaged(&why))?,
            rows: 0,
        })
    }
}

impl fmt::Debug for ParquetFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetFile")
            .field("schema", self.schema())
            .finish_non_exhaustive()
    }
}

/// The rows of a [`ParquetFile`], a batch of at most [`BATCH_ROWS`] at a time.
pub struct ParquetBatches {
    batches: ParquetRecordBatchReader,
    /// Rows so far.
    rows: usize,
}

impl fmt::Debug for ParquetBatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetBatches")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl Iterator for ParquetBatches {
    type Item = Result<RecordBatch, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = guarded(|| self.batches.next().transpose().map_err(unwrapped));
        let batch = batch.map_err(|why| damaged(&format!("after {} rows: {why}", self.rows)));
        if let Ok(Some(batch)) = &batch {
            self.rows += batch.num_rows();
        }
        batch.transpose()
    }
}

fn describe<C: ChunkReader>(chunks: &C) -> ParquetResult<ArrowReaderMetadata> {
    parquet_pages::check_footer(chunks)?;
    // Parquet's own types say all there is to know; a hostile Arrow schema beside them made its reader panic.
    ArrowReaderMetadata::load(chunks, ArrowReaderOptions::new().with_skip_arrow_metadata(true))
}

fn read<C: ChunkReader + 'static>(
    chunks: C,
    described: &ArrowReaderMetadata,
) -> ParquetResult<ParquetRecordBatchReader> {
    let metadata = described.metadata();
    let text_as_views: Fields = described.schema().fields().iter().map(text_as_view).collect();
    let schema = metadata.file_metadata().schema_descr();
    let levels = parquet_to_arrow_field_levels(schema, ProjectionMask::all(), Some(&text_as_views))?;
    let row_groups = CheckedRowGroups::new(chunks, Arc::clone(metadata))?;
    ParquetRecordBatchReader::try_new_with_row_groups(&levels, &row_groups, batch_rows(metadata), None)
}

/// Text as views into its pages: a text that stands in a dictionary once is not copied for each of its rows.
fn text_as_view(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Utf8 => DataType::Utf8View,
        DataType::Binary => DataType::BinaryView,
        _ => return Arc::clone(field),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type))
}

/// How many rows make about the text of a batch; as many as their values take memory for where that is more.
fn batch_rows(metadata: &ParquetMetaData) -> usize {
    let groups = metadata.row_groups();
    let sum = |value: fn(&RowGroupMetaData) -> i64| groups.iter().map(value).fold(0_i64, i64::saturating_add);
    let (rows, size_bytes) = (sum(RowGroupMetaData::num_rows), sum(RowGroupMetaData::total_byte_size));
    let row_bytes = usize::try_from(size_bytes / rows.max(1)).unwrap_or_default();
    let widths = metadata.file_metadata().schema_descr().columns().iter().map(|column| {
        let fixed = usize::try_from(column.type_length()).unwrap_or_default();
        fixed.max(VIEW_BYTES)
    });
    let held_row_bytes = widths.sum::<usize>().max(1);
    (BATCH_TEXT_BYTES / row_bytes.max(1))
        .min(BATCH_HELD_BYTES / held_row_bytes)
        .clamp(1, BATCH_ROWS)
}

/// The Parquet reader's own error, without what was put around it on the way.
fn unwrapped(error: ArrowError) -> ParquetError {
    let why = match error {
        ArrowError::ParquetError(why) => why,
        other => other.to_string(),
    };
    ParquetError::General(why.trim_start_matches("Parquet error: ").to_owned())
}

/// Runs a step of the Parquet reader, which panics on some damaged files where it should fail.
fn guarded<T>(step: impl FnOnce() -> ParquetResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(ParquetError::General(why))) => Err(why),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("its pages or their description are damaged".to_owned()),
    }
}

fn damaged(why: &str) -> DecodeError {
    DecodeError::Parquet {
        why: format!("{why}; fetch or write the object again"),
    }
}
