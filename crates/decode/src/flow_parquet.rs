//! Flow logs as Parquet: columns by their names, whatever whole-number or text type they have.

use arrow::datatypes::{DataType, FieldRef, Fields, SchemaRef};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::ChunkReader;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::decoder::BATCH_TEXT_BYTES;
use crate::flow_layout::FlowLayout;
use crate::parquet_pages::{self, CheckedRowGroups};
use crate::parquet_rows::{Conversion, ParquetRows};
use crate::{BATCH_ROWS, DecodeError, Decoded, Hint, Input, LogKind, flow_fields};

const MAGIC: &[u8] = b"PAR1";

/// The two magics and the length of the footer: no Parquet file is shorter.
const SHORTEST_FILE_BYTES: u64 = 12;

/// Columns at least one of which a flow log has; names such as `version` or `end` alone say nothing.
const TELLING_COLUMNS: &[&str] = &["srcaddr", "interface_id", "start", "tgw_id", "tgw_attachment_id"];

/// What the values of a batch take before they are decoded, at most; their texts come on top. Of the fields there are,
/// each takes [`VIEW_BYTES`] at most, so only files of many thousand columns or wide fixed values feel it.
const BATCH_HELD_BYTES: usize = 256 << 20;

/// A view of a text, the widest of what a column has for each row.
const VIEW_BYTES: usize = 16;

/// How many of a strange file's columns its error names.
const COLUMNS_SHOWN: usize = 20;

/// An object, told by its first bytes.
pub(crate) enum Recognised {
    Parquet(Input),
    Other(Input),
}

/// Tells Parquet from the rest by its magic.
///
/// # Errors
///
/// The object begins as Parquet and lacks the end of one.
pub(crate) fn recognise(mut input: Input) -> Result<Recognised, DecodeError> {
    let (begins, ends) = match &mut input {
        Input::Bytes(bytes) => {
            let long_enough = bytes.len() as u64 >= SHORTEST_FILE_BYTES;
            (bytes.starts_with(MAGIC), long_enough && bytes.ends_with(MAGIC))
        }
        Input::File(file) => file_magics(file)?,
    };
    match (begins, ends) {
        (false, _) => Ok(Recognised::Other(input)),
        (true, true) => Ok(Recognised::Parquet(input)),
        (true, false) => Err(DecodeError::Parquet {
            why: "it begins with PAR1 and does not end with it, so it is cut off; fetch or write the object again"
                .to_owned(),
        }),
    }
}

fn file_magics(file: &mut File) -> io::Result<(bool, bool)> {
    let mut magic = [0; MAGIC.len()];
    let length = file.seek(SeekFrom::End(0))?;
    if length < magic.len() as u64 {
        return Ok((false, false));
    }
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut magic)?;
    let begins = magic == MAGIC;
    file.seek(SeekFrom::End(-(magic.len() as i64)))?;
    file.read_exact(&mut magic)?;
    Ok((begins, length >= SHORTEST_FILE_BYTES && magic == MAGIC))
}

/// Decodes a Parquet file part by part, one row group after another.
pub(crate) struct FlowParquet {
    batches: ParquetRecordBatchReader,
    rows: ParquetRows,
}

impl FlowParquet {
    pub(crate) fn open(input: Input, hint: &Hint) -> Result<Self, DecodeError> {
        match input {
            Input::Bytes(bytes) => Self::from_chunks::<Bytes>(bytes, hint),
            Input::File(file) => Self::from_chunks::<File>(file, hint),
        }
    }

    fn from_chunks<C: ChunkReader + 'static>(chunks: C, hint: &Hint) -> Result<Self, DecodeError> {
        // Parquet's own types say all there is to know; a hostile Arrow schema beside them made its reader panic.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let described = guarded(|| {
            parquet_pages::check_footer(&chunks)?;
            ArrowReaderMetadata::load(&chunks, options)
        });
        let described = described.map_err(|why| damaged(&why))?;
        let rows = plan(described.schema(), hint)?;
        let batches = guarded(|| batches(chunks, &described)).map_err(|why| damaged(&why))?;
        Ok(Self { batches, rows })
    }

    fn next_part(&mut self) -> Result<Option<Decoded>, DecodeError> {
        let batch = guarded(|| self.batches.next().transpose());
        let batch = batch.map_err(|why| damaged(&format!("after {} rows: {why}", self.rows.number())))?;
        batch.map(|batch| self.rows.decode(&batch)).transpose()
    }
}

impl Iterator for FlowParquet {
    type Item = Result<Decoded, DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_part().transpose()
    }
}

fn batches<C: ChunkReader + 'static>(
    chunks: C,
    described: &ArrowReaderMetadata,
) -> Result<ParquetRecordBatchReader, ParquetError> {
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

/// Runs a step of the Parquet reader, which panics on some damaged files where it should fail.
fn guarded<T, E: Display>(step: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("its pages or their description are damaged".to_owned()),
    }
}

fn damaged(why: &str) -> DecodeError {
    DecodeError::Parquet {
        why: format!("{why}; fetch or write the object again"),
    }
}

/// Finds the fields among the columns, and how each becomes what its field is.
fn plan(schema: &SchemaRef, hint: &Hint) -> Result<ParquetRows, DecodeError> {
    let names = schema.fields().iter().map(|field| field.name().as_str());
    if !is_flow_log(names.clone(), hint.kind) {
        let shown: Vec<_> = names.take(COLUMNS_SHOWN).collect();
        let why = format!(
            "no column of a flow log ({}) among its {} columns: {}",
            TELLING_COLUMNS.join(", "),
            schema.fields().len(),
            shown.join(", ")
        );
        return Err(DecodeError::Parquet { why });
    }
    let layout = FlowLayout::from_tokens(names, hint.kind).map_err(|name| DecodeError::Parquet {
        why: format!("column `{name}` is there twice"),
    })?;
    let mut conversions = Vec::with_capacity(layout.fields.len());
    for (column, field) in schema.fields().iter().zip(&layout.fields) {
        let is_known = flow_fields::position(layout.kind, &field.name).is_some();
        let conversion = Conversion::choose(column.data_type(), field, is_known).map_err(|expected| {
            let (name, found) = (column.name(), column.data_type());
            DecodeError::Parquet {
                why: format!("column `{name}` is of type {found}, {expected} was expected"),
            }
        })?;
        conversions.push(conversion);
    }
    Ok(ParquetRows::new(layout, conversions))
}

fn is_flow_log<'n>(mut names: impl Iterator<Item = &'n str>, kind: Option<LogKind>) -> bool {
    let hinted = matches!(kind, Some(LogKind::VpcFlow | LogKind::TgwFlow));
    names.any(|name| {
        let telling = TELLING_COLUMNS.iter().any(|telling| flow_fields::spells(name, telling));
        telling || (hinted && flow_fields::is_known(name))
    })
}
