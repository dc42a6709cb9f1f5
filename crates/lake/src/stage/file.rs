//! One Parquet file: the rows of a day, in order.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::compute::interleave;
use arrow::datatypes::Field;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::SchemaDescriptor;

use super::columns::{FlushColumn, FlushColumns};
use super::order::DayRows;
use super::properties::{ROW_GROUP_ROWS, writer_properties};
use super::{StagedFile, day_text, file_path};
use crate::encode::ChunkSettings;
use crate::statistics::delta_statistics;
use crate::{LakeError, TableDefinition};

/// Rows handed to the Parquet library at a time.
const WRITE_ROWS: usize = 32 * 1024;

/// A Parquet file still in memory.
pub(super) struct EncodedFile {
    pub bytes: Vec<u8>,
    pub file: StagedFile,
}

impl EncodedFile {
    /// Encodes the rows of a day.
    pub fn of(definition: &TableDefinition, columns: &FlushColumns, rows: DayRows) -> Result<Self, LakeError> {
        let day = rows.day.and_then(day_text);
        let rows = rows.sorted(definition, columns);
        let parquet_schema = ArrowSchemaConverter::new().convert(&columns.schema)?;
        let properties = Arc::new(writer_properties(definition, &columns.schema, rows.len()));
        let mut bytes = Vec::new();
        let writer = SerializedFileWriter::new(&mut bytes, parquet_schema.root_schema_ptr(), Arc::clone(&properties))?;
        let mut file = FileWriter {
            library: columns
                .columns
                .iter()
                .any(|column| matches!(column, FlushColumn::Parts(_)))
                .then(|| ArrowRowGroupWriterFactory::new(&writer, Arc::clone(&columns.schema))),
            definition,
            columns,
            parquet_schema,
            properties,
            writer,
        };
        for group in rows.chunks(ROW_GROUP_ROWS) {
            file.write_group(group)?;
        }
        let metadata = file.writer.finish()?;
        drop(file);
        let file = StagedFile {
            path: file_path(definition, day.as_deref()),
            size_bytes: bytes.len() as u64,
            rows: rows.len() as u64,
            day,
            partitioned: definition.time_column.is_some(),
            modified_ms: chrono::Utc::now().timestamp_millis(),
            statistics: delta_statistics(&metadata),
        };
        Ok(Self { bytes, file })
    }
}

struct FileWriter<'a> {
    definition: &'a TableDefinition,
    columns: &'a FlushColumns,
    parquet_schema: SchemaDescriptor,
    properties: Arc<WriterProperties>,
    writer: SerializedFileWriter<&'a mut Vec<u8>>,
    /// Makes the library's writers, where a column needs one.
    library: Option<ArrowRowGroupWriterFactory>,
}

impl FileWriter<'_> {
    fn write_group(&mut self, rows: &[u32]) -> Result<(), LakeError> {
        let group_number = self.writer.flushed_row_groups().len();
        let library = self.library.as_ref();
        let mut library = library
            .map_or_else(|| Ok(Vec::new()), |library| library.create_column_writers(group_number))?
            .into_iter();
        let mut leaf = 0;
        let mut group = self.writer.next_row_group()?;
        for (field, column) in self.columns.schema.fields().iter().zip(&self.columns.columns) {
            let settings = || {
                let column = self.parquet_schema.column(leaf);
                ChunkSettings {
                    page_index: self.definition.time_column == Some(field.name()),
                    bloom_filter: self.properties.bloom_filter_properties(column.path()).is_some(),
                    column,
                }
            };
            let chunk = match column {
                FlushColumn::Coded(coded) => coded.encode(rows, settings())?,
                FlushColumn::Number(numbers) => numbers.encode(rows, settings())?,
                FlushColumn::Parts(parts) => {
                    let leaves = leaves_of(&self.parquet_schema, leaf);
                    let writers: Vec<ArrowColumnWriter> = library.by_ref().take(leaves).collect();
                    for chunk in write_parts(writers, field, parts, &self.columns.places, rows)? {
                        chunk.append_to_row_group(&mut group)?;
                    }
                    leaf += leaves;
                    continue;
                }
            };
            // The library made a writer for this one too.
            library.next();
            chunk.append_to(&mut group)?;
            leaf += 1;
        }
        group.close()?;
        Ok(())
    }
}

/// How many leaves the column has whose first leaf is `first`.
fn leaves_of(schema: &SchemaDescriptor, first: usize) -> usize {
    let root = schema.get_column_root_idx(first);
    let others = (first + 1..schema.num_columns()).take_while(|leaf| schema.get_column_root_idx(*leaf) == root);
    1 + others.count()
}

/// Picks rows of a column that is held in parts, and has the library encode them, leaf by leaf.
fn write_parts(
    mut writers: Vec<ArrowColumnWriter>,
    field: &Field,
    parts: &[ArrayRef],
    places: &[(u32, u32)],
    rows: &[u32],
) -> Result<Vec<ArrowColumnChunk>, LakeError> {
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    for rows in rows.chunks(WRITE_ROWS) {
        let picks: Vec<(usize, usize)> = rows
            .iter()
            .map(|row| places[*row as usize])
            .map(|(part, row)| (part as usize, row as usize))
            .collect();
        let array = interleave(&parts, &picks)?;
        for (writer, leaf) in writers.iter_mut().zip(compute_leaves(field, &array)?) {
            writer.write(&leaf)?;
        }
    }
    let chunks = writers.into_iter().map(ArrowColumnWriter::close);
    Ok(chunks.collect::<Result<_, _>>()?)
}
