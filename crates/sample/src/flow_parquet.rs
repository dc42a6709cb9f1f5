//! Flow records as Parquet, typed as AWS does it: a text that is absent is `-`, a number that is absent is NULL.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Builder, Int64Builder, StringBuilder};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel};
use parquet::file::properties::WriterProperties;

use crate::flow::{Flow, Value};
use crate::network::Vpc;
use crate::object_file;
use crate::{Field, FieldType, Fields, SampleError};

const BATCH_ROWS: usize = 16_384;

/// A Parquet file being written.
pub(crate) struct FlowParquet<'e> {
    path: PathBuf,
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    columns: Vec<(Field, Column)>,
    version: u8,
    vpc: &'e Vpc,
    rows: usize,
    scratch: Vec<u8>,
}

enum Column {
    Int32(Int32Builder),
    Int64(Int64Builder),
    Text(StringBuilder),
}

impl<'e> FlowParquet<'e> {
    /// Creates the file.
    pub(crate) fn create(path: &Path, fields: &Fields, vpc: &'e Vpc) -> Result<Self, SampleError> {
        let schema = schema(fields);
        let properties = WriterProperties::builder()
            .set_compression(Compression::GZIP(GzipLevel::try_new(1).unwrap_or_default()))
            .build();
        let writer = ArrowWriter::try_new(object_file::create(path)?, Arc::clone(&schema), Some(properties))
            .map_err(SampleError::parquet(path))?;
        let columns = fields
            .as_slice()
            .iter()
            .map(|field| (*field, Column::new(field.field_type())))
            .collect();
        let (path, version) = (path.to_owned(), fields.version());
        Ok(Self {
            path,
            writer,
            schema,
            columns,
            version,
            vpc,
            rows: 0,
            scratch: Vec::new(),
        })
    }

    /// Adds a row.
    pub(crate) fn write(&mut self, flow: &Flow<'e>) -> Result<(), SampleError> {
        for (field, column) in &mut self.columns {
            column.append(flow.value(*field, self.version, self.vpc), &mut self.scratch);
        }
        self.rows += 1;
        if self.rows < BATCH_ROWS { Ok(()) } else { self.flush() }
    }

    /// Ends the file and gives its size in bytes.
    pub(crate) fn finish(mut self) -> Result<u64, SampleError> {
        self.flush()?;
        let Self { path, writer, .. } = self;
        let file = writer.into_inner().map_err(SampleError::parquet(&path))?;
        Ok(file.metadata().map_err(SampleError::write(&path))?.len())
    }

    fn flush(&mut self) -> Result<(), SampleError> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let columns = self.columns.iter_mut().map(|(_, column)| column.finish()).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(Into::into)
            .and_then(|batch| self.writer.write(&batch))
            .map_err(SampleError::parquet(&self.path))
    }
}

impl Column {
    fn new(field_type: FieldType) -> Self {
        match field_type {
            FieldType::Int32 => Self::Int32(Int32Builder::with_capacity(BATCH_ROWS)),
            FieldType::Int64 => Self::Int64(Int64Builder::with_capacity(BATCH_ROWS)),
            FieldType::Text => Self::Text(StringBuilder::with_capacity(BATCH_ROWS, BATCH_ROWS * 16)),
        }
    }

    fn append(&mut self, value: Value<'_>, scratch: &mut Vec<u8>) {
        match (self, value) {
            (Self::Int32(builder), Value::Number(number)) => builder.append_value(number as i32),
            (Self::Int64(builder), Value::Number(number)) => builder.append_value(number as i64),
            (Self::Int32(builder), _) => builder.append_null(),
            (Self::Int64(builder), _) => builder.append_null(),
            (Self::Text(builder), Value::Text(text)) => builder.append_value(text),
            (Self::Text(builder), Value::Address(address)) => {
                scratch.clear();
                address.write(scratch);
                builder.append_value(String::from_utf8_lossy(scratch));
            }
            (Self::Text(builder), _) => builder.append_value("-"),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Int32(builder) => Arc::new(builder.finish()),
            Self::Int64(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
        }
    }
}

fn schema(fields: &Fields) -> SchemaRef {
    let column = |field: &Field| {
        let data_type = match field.field_type() {
            FieldType::Int32 => DataType::Int32,
            FieldType::Int64 => DataType::Int64,
            FieldType::Text => DataType::Utf8,
        };
        arrow::datatypes::Field::new(field.column(), data_type, true)
    };
    Arc::new(Schema::new(fields.as_slice().iter().map(column).collect::<Vec<_>>()))
}
