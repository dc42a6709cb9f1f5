//! Record batches in, an answer out.

use std::error::Error;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use futures::StreamExt;
use futures::stream::BoxStream;
use parquet::basic::Compression as Codec;
use tokio::sync::mpsc;

use super::csv::CsvSink;
use super::error::OutputError;
use super::json::{Json, JsonSink, Ndjson};
use super::options::{OutputFormat, OutputOptions};
use super::outlet::{Destination, Outlet};
use super::parquet::{ParquetSink, zstd};
use super::table::TableSink;
use super::xlsx::XlsxSink;

/// Batches the query may be ahead of the writing.
const BATCHES_AHEAD: usize = 2;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// Rows of the answer; a table counts those it does not show as well.
    pub rows: u64,
    /// The files the answer is in, in order; none when it went to a writer.
    pub files: Vec<PathBuf>,
}

/// One format's writing of one answer. Dropped without [`Sink::finish`], it leaves no file behind.
pub(super) trait Sink {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError>;

    /// Bytes that are held until there are more, about.
    fn held_bytes(&self) -> u64 {
        0
    }

    fn finish(self: Box<Self>) -> Result<Vec<PathBuf>, OutputError>;
}

/// What the query's side tells the writing side. A channel that closes without `End` means that nobody wants the
/// answer any more.
enum Message {
    Batch(RecordBatch),
    End,
}

/// Writes an answer as its batches arrive; at most a few of them are in memory at a time.
///
/// The writing has a thread of its own, so that the query goes on meanwhile and a slow disk or pipe holds up no other
/// task of the runtime. When the returned future is dropped, the writing stops and its partial file is removed.
///
/// # Errors
/// [`OutputError::Query`] with the stream's own error, or why the answer could not be written.
///
/// ```
/// use std::convert::Infallible;
/// use std::sync::Arc;
///
/// use arrow::array::{ArrayRef, Int64Array, RecordBatch};
/// use flowtrail_query::output::{Destination, OutputFormat, OutputOptions, write_stream};
/// use futures::StreamExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let flows: ArrayRef = Arc::new(Int64Array::from(vec![443, 22]));
/// let batch = RecordBatch::try_from_iter([("dstport", flows)])?;
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("ports.csv");
///
/// let options = OutputOptions { format: OutputFormat::Csv, ..OutputOptions::default() };
/// let batches = futures::stream::iter([Ok::<_, Infallible>(batch.clone())]).boxed();
/// let written = write_stream(batch.schema(), batches, options, Destination::File(file.clone())).await?;
///
/// assert_eq!(written.rows, 2);
/// assert_eq!(std::fs::read_to_string(file)?, "dstport\n443\n22\n");
/// # Ok(())
/// # }
/// ```
pub async fn write_stream<E>(
    schema: SchemaRef,
    mut batches: BoxStream<'_, Result<RecordBatch, E>>,
    options: OutputOptions,
    destination: Destination,
) -> Result<Written, OutputError>
where
    E: Error + Send + Sync + 'static,
{
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    let writing = tokio::task::spawn_blocking(move || write_all(&schema, receiver, &options, destination));
    let sent = send_all(&mut batches, sender).await;
    let written = writing.await.map_err(|_| OutputError::Stopped)?;
    match sent {
        Err(error) => Err(OutputError::Query(Box::new(error))),
        Ok(()) => written,
    }
}

/// Stops early when the writing side has gone; why it went is its own result.
async fn send_all<E>(
    batches: &mut BoxStream<'_, Result<RecordBatch, E>>,
    sender: mpsc::Sender<Message>,
) -> Result<(), E> {
    while let Some(batch) = batches.next().await {
        if sender.send(Message::Batch(batch?)).await.is_err() {
            return Ok(());
        }
    }
    // The receiver gone here has its reason in the written result.
    let _ = sender.send(Message::End).await;
    Ok(())
}

fn write_all(
    schema: &SchemaRef,
    mut receiver: mpsc::Receiver<Message>,
    options: &OutputOptions,
    destination: Destination,
) -> Result<Written, OutputError> {
    let mut sink = open_sink(schema, options, destination)?;
    let mut rows = 0;
    while let Some(message) = receiver.blocking_recv() {
        match message {
            Message::Batch(batch) => {
                rows += batch.num_rows() as u64;
                sink.write(&batch)?;
            }
            Message::End => {
                return Ok(Written {
                    rows,
                    files: sink.finish()?,
                });
            }
        }
    }
    Err(OutputError::Stopped)
}

fn open_sink(
    schema: &SchemaRef,
    options: &OutputOptions,
    destination: Destination,
) -> Result<Box<dyn Sink>, OutputError> {
    sink_to(schema, options, zstd(), Outlet::open(destination)?)
}

/// A format's writing; Parquet is compressed with `codec`.
pub(super) fn sink_to(
    schema: &Schema,
    options: &OutputOptions,
    codec: Codec,
    outlet: Outlet,
) -> Result<Box<dyn Sink>, OutputError> {
    Ok(match options.format {
        OutputFormat::Table => Box::new(TableSink::open(schema, options, outlet)?),
        OutputFormat::Csv => Box::new(CsvSink::open(schema, options, outlet)?),
        OutputFormat::Json => Box::new(JsonSink::<Json>::open(schema, options, outlet)?),
        OutputFormat::Ndjson => Box::new(JsonSink::<Ndjson>::open(schema, options, outlet)?),
        OutputFormat::Parquet => Box::new(ParquetSink::open(schema, codec, outlet)?),
        OutputFormat::Xlsx => Box::new(XlsxSink::open(schema, options, outlet)?),
    })
}
