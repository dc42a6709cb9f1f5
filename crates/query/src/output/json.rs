//! JSON: one array, or one object a line.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::error::ArrowError;
use arrow::json::writer::{JsonFormat, Writer, WriterBuilder};

use super::conversion::Conversion;
use super::error::OutputError;
use super::options::OutputOptions;
use super::outlet::{Outlet, Part};
use super::stream::Sink;

/// One array, each row on a line of its own.
#[derive(Debug, Default)]
pub(super) struct Json;

impl JsonFormat for Json {
    fn start_stream<W: Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"[")?)
    }

    fn start_row<W: Write>(&self, writer: &mut W, is_first_row: bool) -> Result<(), ArrowError> {
        Ok(writer.write_all(if is_first_row { b"" } else { b",\n" })?)
    }

    fn end_stream<W: Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"]\n")?)
    }
}

/// One object a line.
#[derive(Debug, Default)]
pub(super) struct Ndjson;

impl JsonFormat for Ndjson {
    fn end_row<W: Write>(&self, writer: &mut W) -> Result<(), ArrowError> {
        Ok(writer.write_all(b"\n")?)
    }
}

pub(super) struct JsonSink<F: JsonFormat> {
    writer: Writer<BufWriter<Part>, F>,
    conversion: Conversion,
    outlet: Outlet,
}

impl<F: JsonFormat> JsonSink<F> {
    pub(super) fn open(schema: &Schema, options: &OutputOptions, mut outlet: Outlet) -> Result<Self, OutputError> {
        let part = BufWriter::new(outlet.next_part()?);
        Ok(Self {
            writer: WriterBuilder::new().with_explicit_nulls(true).build(part),
            conversion: Conversion::for_json(schema, options.time_zone),
            outlet,
        })
    }

    fn error(&self, error: ArrowError) -> OutputError {
        match error {
            ArrowError::IoError(_, source) => self.outlet.write_error(source),
            other => OutputError::value("json")(other),
        }
    }
}

impl<F: JsonFormat> Sink for JsonSink<F> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let batch = self.conversion.apply(batch).map_err(OutputError::value("json"))?;
        self.writer.write(&batch).map_err(|error| self.error(error))
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<PathBuf>, OutputError> {
        self.writer.finish().map_err(|error| self.error(error))?;
        let Self { writer, mut outlet, .. } = *self;
        let part = writer.into_inner().into_inner();
        let part = part.map_err(|unwritten| outlet.write_error(unwritten.into_error()))?;
        outlet.close(part)?;
        outlet.finish()
    }
}
