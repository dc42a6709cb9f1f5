//! Rows as the bytes of one file after another, where the caller decides which rows are in which.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use flate2::write::GzEncoder;
use parking_lot::Mutex;
use parquet::basic::{Compression as Codec, GzipLevel, ZstdLevel};

use super::documents::DocumentsSink;
use super::error::OutputError;
use super::options::OutputOptions;
use super::outlet::{Destination, Outlet};
use super::stream::{Sink, sink_to};

/// How a file is compressed: text as a whole, Parquet inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// gzip.
    Gzip,
    /// Zstandard, at a level from 1 to 22.
    Zstd(i32),
    /// Snappy; of Parquet only.
    Snappy,
    /// LZ4 as Parquet has it; of Parquet only.
    Lz4,
}

/// The writing of one file.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow::array::{ArrayRef, Int64Array, RecordBatch};
/// use flowtrail_query::output::{Compression, Encoder, OutputFormat, OutputOptions};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let ports: ArrayRef = Arc::new(Int64Array::from(vec![443, 22]));
/// let batch = RecordBatch::try_from_iter([("dstport", ports)])?;
/// let options = OutputOptions { format: OutputFormat::Csv, ..OutputOptions::default() };
/// let mut encoder = Encoder::open(&batch.schema(), &options, Compression::None, Vec::new())?;
/// encoder.write(&batch)?;
/// let encoded = encoder.finish()?;
/// assert_eq!(encoded.writer, b"dstport\n443\n22\n");
/// assert_eq!((encoded.plain_bytes, encoded.bytes), (15, 15));
/// # Ok(())
/// # }
/// ```
pub struct Encoder<W: Write + Send + 'static> {
    sink: Box<dyn Sink>,
    compressor: Arc<Mutex<Option<Compressor<W>>>>,
}

/// A file that has all its bytes.
#[derive(Debug)]
pub struct Encoded<W> {
    /// What they were written to.
    pub writer: W,
    /// Their number before they were compressed; Parquet's are counted as they are in the file.
    pub plain_bytes: u64,
    /// Their number.
    pub bytes: u64,
}

impl<W: Write + Send + 'static> Encoder<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When its first bytes cannot be written, and for a compression that text does not have.
    pub fn open(
        schema: &Schema,
        options: &OutputOptions,
        compression: Compression,
        writer: W,
    ) -> Result<Self, OutputError> {
        let is_parquet = options.format.is_binary();
        let of_text = if is_parquet { Compression::None } else { compression };
        let (compressor, outlet) = lend(of_text, writer)?;
        Ok(Self {
            sink: sink_to(schema, options, compression.codec()?, outlet)?,
            compressor,
        })
    }

    /// Begins a file of JSON documents, one a line, which are the texts of the only column.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_documents(compression: Compression, writer: W) -> Result<Self, OutputError> {
        let (compressor, outlet) = lend(compression, writer)?;
        Ok(Self {
            sink: Box::new(DocumentsSink::open(outlet)?),
            compressor,
        })
    }

    /// Writes rows.
    ///
    /// # Errors
    /// When the writer fails, or a value has no form in the format.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        self.sink.write(batch)
    }

    /// About how large the file would be if it ended here.
    pub fn size_bytes(&self) -> u64 {
        let compressor = self.compressor.lock();
        compressor.as_ref().map_or(0, Compressor::bytes) + self.sink.held_bytes()
    }

    /// Writes what is left, and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> Result<Encoded<W>, OutputError> {
        self.sink.finish()?;
        let compressor = self.compressor.lock().take().ok_or(OutputError::Stopped)?;
        compressor.finish().map_err(|source| OutputError::Writer { source })
    }
}

/// Makes a writer that a sink may keep, and that is had back when the sink is done.
#[allow(clippy::type_complexity, reason = "two halves of one thing")]
fn lend<W: Write + Send + 'static>(
    compression: Compression,
    writer: W,
) -> Result<(Arc<Mutex<Option<Compressor<W>>>>, Outlet), OutputError> {
    let compressor = Compressor::new(compression, writer).map_err(|source| OutputError::Writer { source })?;
    let compressor = Arc::new(Mutex::new(Some(compressor)));
    let lent = Lent(Arc::clone(&compressor));
    Ok((compressor, Outlet::open(Destination::Writer(Box::new(lent)))?))
}

impl Compression {
    fn codec(self) -> Result<Codec, OutputError> {
        Ok(match self {
            Self::None => Codec::UNCOMPRESSED,
            Self::Gzip => Codec::GZIP(GzipLevel::default()),
            Self::Zstd(level) => {
                Codec::ZSTD(ZstdLevel::try_new(level).map_err(|source| OutputError::Parquet { source })?)
            }
            Self::Snappy => Codec::SNAPPY,
            Self::Lz4 => Codec::LZ4_RAW,
        })
    }
}

struct Lent<W: Write>(Arc<Mutex<Option<Compressor<W>>>>);

impl<W: Write> Write for Lent<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut compressor = self.0.lock();
        let compressor = compressor
            .as_mut()
            .ok_or_else(|| io::Error::other("the file is closed already"))?;
        compressor.write(bytes)
    }

    /// Whatever is held goes out with the end of the file.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Compressor<W: Write> {
    stage: Stage<W>,
    plain_bytes: u64,
}

enum Stage<W: Write> {
    Plain(Counted<W>),
    Gzip(GzEncoder<Counted<W>>),
    Zstd(zstd::Encoder<'static, Counted<W>>),
}

impl<W: Write> Compressor<W> {
    fn new(compression: Compression, writer: W) -> io::Result<Self> {
        let writer = Counted { writer, bytes: 0 };
        let stage = match compression {
            Compression::None => Stage::Plain(writer),
            Compression::Gzip => Stage::Gzip(GzEncoder::new(writer, flate2::Compression::default())),
            Compression::Zstd(level) => Stage::Zstd(zstd::Encoder::new(writer, level)?),
            Compression::Snappy | Compression::Lz4 => {
                return Err(io::Error::other("text is compressed with gzip or zstd"));
            }
        };
        Ok(Self { stage, plain_bytes: 0 })
    }

    fn bytes(&self) -> u64 {
        match &self.stage {
            Stage::Plain(writer) => writer.bytes,
            Stage::Gzip(encoder) => encoder.get_ref().bytes,
            Stage::Zstd(encoder) => encoder.get_ref().bytes,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = match &mut self.stage {
            Stage::Plain(writer) => writer.write(bytes),
            Stage::Gzip(encoder) => encoder.write(bytes),
            Stage::Zstd(encoder) => encoder.write(bytes),
        }?;
        self.plain_bytes += taken as u64;
        Ok(taken)
    }

    fn finish(self) -> io::Result<Encoded<W>> {
        let mut counted = match self.stage {
            Stage::Plain(writer) => writer,
            Stage::Gzip(encoder) => encoder.finish()?,
            Stage::Zstd(encoder) => encoder.finish()?,
        };
        counted.writer.flush()?;
        Ok(Encoded {
            writer: counted.writer,
            plain_bytes: self.plain_bytes,
            bytes: counted.bytes,
        })
    }
}

/// A writer that knows how much went through it.
struct Counted<W> {
    writer: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.writer.write(bytes)?;
        self.bytes += taken as u64;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
