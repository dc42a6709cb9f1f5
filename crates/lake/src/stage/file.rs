//! One Parquet file: the rows of a day, in order.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::compute::interleave;
use arrow::datatypes::Field;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::SchemaDescriptor;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::columns::{FlushColumn, FlushColumns, RecordColumn, RecordField};
use super::order::DayRows;
use super::properties::{ROW_GROUP_ROWS, writer_properties};
use super::{StagedFile, day_text, file_path};
use crate::encode::{Chunk, ChunkSettings, CodedColumn, NumberColumn, Records};
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
    /// Encodes the columns side by side, and puts them down one after another.
    fn write_group(&mut self, rows: &[u32]) -> Result<(), LakeError> {
        let group_number = self.writer.flushed_row_groups().len();
        let library = self.library.as_ref();
        let library = library
            .map_or_else(|| Ok(Vec::new()), |library| library.create_column_writers(group_number))?
            .into_iter();
        let mut encoders = Encoders {
            file: self,
            library,
            all: Vec::new(),
            leaf: 0,
        };
        for (field, column) in self.columns.schema.fields().iter().zip(&self.columns.columns) {
            encoders.add(field, column);
        }
        let chunks: Vec<EncodedColumn> = encoders
            .all
            .into_par_iter()
            .map(|encoder| encoder.encode(rows))
            .collect::<Result<_, _>>()?;
        let mut group = self.writer.next_row_group()?;
        for chunk in chunks {
            chunk.append_to(&mut group)?;
        }
        group.close()?;
        Ok(())
    }
}

/// What encodes the columns of a row group, in the order of the file's leaves.
struct Encoders<'a, 'f> {
    file: &'a FileWriter<'f>,
    /// The library's writers, one a leaf, where it made any.
    library: std::vec::IntoIter<ArrowColumnWriter>,
    all: Vec<ColumnEncoder<'a>>,
    leaf: usize,
}

impl<'a> Encoders<'a, '_> {
    fn add(&mut self, field: &'a Field, column: &'a FlushColumn) {
        match column {
            FlushColumn::Coded(column) => {
                let settings = self.next_leaf(field);
                self.all.push(ColumnEncoder::Coded(column, None, settings));
            }
            FlushColumn::Number(column) => {
                let settings = self.next_leaf(field);
                self.all.push(ColumnEncoder::Number(column, settings));
            }
            FlushColumn::Record(column) => self.add_record(field, column, 1),
            FlushColumn::Parts(parts) => {
                let leaves = leaves_of(&self.file.parquet_schema, self.leaf);
                self.leaf += leaves;
                let writers = self.library.by_ref().take(leaves).collect();
                let places = &self.file.columns.places;
                self.all.push(ColumnEncoder::Parts(field, parts, places, writers));
            }
        }
    }

    /// `count` records stand one inside the other here.
    fn add_record(&mut self, field: &'a Field, record: &'a RecordColumn, count: u8) {
        for inner in &record.fields {
            match inner {
                RecordField::Record(inner) => self.add_record(field, inner, count + 1),
                RecordField::Coded(column) => {
                    let records = Records {
                        count,
                        present: &record.present,
                    };
                    let settings = self.next_leaf(field);
                    self.all.push(ColumnEncoder::Coded(column, Some(records), settings));
                }
            }
        }
    }

    /// The settings of the next leaf, which is of the column `field`.
    fn next_leaf(&mut self, field: &Field) -> ChunkSettings {
        // The library made a writer for this one too.
        self.library.next();
        let column = self.file.parquet_schema.column(self.leaf);
        self.leaf += 1;
        ChunkSettings {
            page_index: self.file.definition.time_column == Some(field.name()),
            bloom_filter: self.file.properties.bloom_filter_properties(column.path()).is_some(),
            column,
        }
    }
}

/// A column, or a leaf of one, on its way into a row group.
enum ColumnEncoder<'a> {
    Coded(&'a CodedColumn, Option<Records<'a>>, ChunkSettings),
    Number(&'a NumberColumn, ChunkSettings),
    /// In parts, with the place of each row in them, and the library's writers of its leaves.
    Parts(&'a Field, &'a [ArrayRef], &'a [(u32, u32)], Vec<ArrowColumnWriter>),
}

/// Its chunks.
enum EncodedColumn {
    Ours(Box<Chunk>),
    Library(Vec<ArrowColumnChunk>),
}

impl ColumnEncoder<'_> {
    fn encode(self, rows: &[u32]) -> Result<EncodedColumn, LakeError> {
        Ok(match self {
            Self::Coded(column, records, settings) => {
                EncodedColumn::Ours(Box::new(column.encode(rows, records, settings)?))
            }
            Self::Number(column, settings) => EncodedColumn::Ours(Box::new(column.encode(rows, settings)?)),
            Self::Parts(field, parts, places, writers) => {
                EncodedColumn::Library(write_parts(writers, field, parts, places, rows)?)
            }
        })
    }
}

impl EncodedColumn {
    fn append_to<W: Write + Send>(self, group: &mut SerializedRowGroupWriter<'_, W>) -> Result<(), LakeError> {
        match self {
            Self::Ours(chunk) => chunk.append_to(group)?,
            Self::Library(chunks) => {
                for chunk in chunks {
                    chunk.append_to_row_group(group)?;
                }
            }
        }
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
