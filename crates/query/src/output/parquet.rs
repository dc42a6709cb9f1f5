//! Parquet: one file, compressed with zstd unless another codec is wanted, a row group at a time in memory.

use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::conversion::Conversion;
use super::error::OutputError;
use super::outlet::{Outlet, Part};
use super::stream::Sink;

/// A row group is written when it holds so many bytes, which bounds the memory wide rows can take.
const ROW_GROUP_BYTES: usize = 128 << 20;

pub(super) struct ParquetSink {
    writer: ArrowWriter<Part>,
    conversion: Conversion,
    outlet: Outlet,
}

impl ParquetSink {
    pub(super) fn open(schema: &Schema, codec: Compression, mut outlet: Outlet) -> Result<Self, OutputError> {
        let properties = WriterProperties::builder()
            .set_compression(codec)
            .set_max_row_group_bytes(Some(ROW_GROUP_BYTES))
            .set_created_by(concat!("flowtrail ", env!("CARGO_PKG_VERSION")).to_owned());
        // Without Arrow's own schema in the footer the file says plainly what it holds: strings are strings, not
        // views or dictionaries of them.
        let options = ArrowWriterOptions::new()
            .with_properties(properties.build())
            .with_skip_arrow_metadata(true);
        let conversion = Conversion::for_parquet(schema);
        let part = outlet.next_part()?;
        let writer = ArrowWriter::try_new_with_options(part, conversion.schema().clone(), options);
        let writer = writer.map_err(|error| parquet_error(&outlet, error))?;
        Ok(Self {
            writer,
            conversion,
            outlet,
        })
    }
}

impl Sink for ParquetSink {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let batch = self.conversion.apply(batch).map_err(OutputError::value("parquet"))?;
        self.writer
            .write(&batch)
            .map_err(|error| parquet_error(&self.outlet, error))
    }

    fn held_bytes(&self) -> u64 {
        self.writer.in_progress_size() as u64
    }

    fn finish(self: Box<Self>) -> Result<Vec<PathBuf>, OutputError> {
        let Self {
            mut writer, mut outlet, ..
        } = *self;
        writer.finish().map_err(|error| parquet_error(&outlet, error))?;
        // `into_inner` would write the footer once more.
        let part = std::mem::replace(writer.inner_mut(), Part::Writer(Box::new(std::io::sink())));
        outlet.close(part)?;
        outlet.finish()
    }
}

/// What answers are compressed with.
pub(super) fn zstd() -> Compression {
    Compression::ZSTD(ZstdLevel::default())
}

/// What the system said about a full disk or a closed pipe is found inside the format's own error.
fn parquet_error(outlet: &Outlet, error: ParquetError) -> OutputError {
    match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(source) => outlet.write_error(*source),
            Err(inner) => OutputError::Parquet {
                source: ParquetError::External(inner),
            },
        },
        source => OutputError::Parquet { source },
    }
}
