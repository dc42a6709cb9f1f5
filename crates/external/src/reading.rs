//! Objects of text read into record batches, away from the threads that wait for the network.

use std::collections::VecDeque;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatchOptions};
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;
use flowtrail_decode::json::ValueReader;
use flowtrail_decode::{DecodeError, Input, Limits, Line, lines_of, text_of};
use flowtrail_source::Fetched;

use crate::error::ExternalError;
use crate::format::{Records, RowReader, TextFormat, WantedColumn};
use crate::value::ColumnBuilder;

/// Rows of a batch.
const BATCH_ROWS: usize = 8192;

/// The key of the array that CloudTrail's files hold their records in.
const RECORDS: &[&str] = &["Records"];

/// What a line may begin with: the mark of UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Nobody wants more rows: the limit is reached, or the question was given up.
pub(crate) struct Enough;

/// Why reading stopped.
enum Stop {
    Enough,
    Failed(ExternalError),
}

impl From<ExternalError> for Stop {
    fn from(error: ExternalError) -> Self {
        Self::Failed(error)
    }
}

/// Where a column of the answer comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    /// One of the wanted columns of the files, by its place among them.
    File(usize),
    /// A column of the partitions, by its place among them.
    Partition(usize),
}

/// Reads objects one after another and hands batches to `emit`.
pub(crate) struct Reading<'a, E> {
    format: &'a TextFormat,
    origins: &'a [Origin],
    schema: SchemaRef,
    reader: Box<dyn RowReader>,
    columns: Vec<WantedColumn>,
    rows: usize,
    /// Rows that are still wanted.
    left: usize,
    values: Arc<[ScalarValue]>,
    emit: E,
}

impl<'a, E: FnMut(RecordBatch) -> Result<(), Enough>> Reading<'a, E> {
    /// Columns of the files are `wanted` by position, in order, with builders for them.
    pub(crate) fn new(
        format: &'a TextFormat,
        wanted: Vec<(usize, ColumnBuilder)>,
        origins: &'a [Origin],
        schema: SchemaRef,
        limit: Option<usize>,
        emit: E,
    ) -> Self {
        let columns = wanted
            .into_iter()
            .map(|(position, builder)| WantedColumn { position, builder })
            .collect();
        Self {
            format,
            origins,
            schema,
            reader: format.rows.reader(),
            columns,
            rows: 0,
            left: limit.unwrap_or(usize::MAX),
            values: Arc::new([]),
            emit,
        }
    }

    /// Reads an object whose rows have these values of its partition.
    pub(crate) fn object(
        &mut self,
        uri: &str,
        fetched: Fetched,
        values: &Arc<[ScalarValue]>,
    ) -> Result<Result<(), Enough>, ExternalError> {
        let read = || -> Result<(), Stop> {
            if self.left == 0 {
                return Err(Stop::Enough);
            }
            if !Arc::ptr_eq(&self.values, values) {
                self.flush()?;
                self.values = Arc::clone(values);
            }
            let input = match fetched {
                Fetched::Bytes(bytes) => Input::Bytes(bytes),
                Fetched::File(file) => Input::File(file),
            };
            match self.format.records {
                Records::Lines { header, footer: 0 } => self.lines(uri, input, header),
                Records::Lines { header, footer } => self.lines_without_footer(uri, input, header, footer),
                Records::CloudTrail => self.records(uri, input),
            }
        };
        finished(read)
    }

    /// Hands out what is gathered.
    pub(crate) fn end(&mut self) -> Result<Result<(), Enough>, ExternalError> {
        finished(|| self.flush())
    }

    fn lines(&mut self, uri: &str, input: Input, header: u64) -> Result<(), Stop> {
        let damaged = |source| damaged(uri, source);
        let mut lines = lines_of(input, &Limits::default()).map_err(damaged)?;
        while let Some((number, line)) = lines.next_as_it_is().map_err(damaged)? {
            if number > header {
                self.line(uri, number, &line)?;
            }
        }
        Ok(())
    }

    /// Holds lines back until it is known that they are not among the last.
    fn lines_without_footer(&mut self, uri: &str, input: Input, header: u64, footer: usize) -> Result<(), Stop> {
        let damaged = |source| damaged(uri, source);
        let mut lines = lines_of(input, &Limits::default()).map_err(damaged)?;
        let mut held: VecDeque<(u64, Vec<u8>)> = VecDeque::with_capacity(footer + 1);
        while let Some((number, line)) = lines.next_as_it_is().map_err(damaged)? {
            if number <= header {
                continue;
            }
            let bytes = match line {
                Line::Whole(bytes) => bytes,
                Line::TooLong(_) => return self.line(uri, number, &line),
            };
            held.push_back((number, bytes.to_vec()));
            if held.len() > footer
                && let Some((number, bytes)) = held.pop_front()
            {
                self.line(uri, number, &Line::Whole(&bytes))?;
            }
        }
        Ok(())
    }

    fn line(&mut self, uri: &str, number: u64, line: &Line<'_>) -> Result<(), Stop> {
        let fails = |why: String| ExternalError::Record {
            object: uri.to_owned(),
            unit: "line",
            number,
            why,
        };
        let Line::Whole(bytes) = line else {
            return Err(fails("it is longer than 16 MiB".to_owned()).into());
        };
        let text = String::from_utf8_lossy(bytes);
        let text = if number == 1 {
            text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text)
        } else {
            &text
        };
        if self.format.rows.skips_blank() && text.trim_ascii().is_empty() {
            return Ok(());
        }
        self.reader.push(text, &mut self.columns).map_err(fails)?;
        self.row()
    }

    fn records(&mut self, uri: &str, input: Input) -> Result<(), Stop> {
        let damaged = |source| damaged(uri, source);
        let text = text_of(input, &Limits::default()).map_err(damaged)?;
        let mut values = ValueReader::new(text, RECORDS);
        loop {
            let value = match values.next_value() {
                Ok(Some(value)) => value,
                Ok(None) | Err(DecodeError::Empty) => return Ok(()),
                Err(error) => return Err(damaged(error).into()),
            };
            let number = value.number;
            let fails = |why: String| ExternalError::Record {
                object: uri.to_owned(),
                unit: "record",
                number,
                why,
            };
            if value.is_too_long {
                return Err(fails("it is longer than 16 MiB".to_owned()).into());
            }
            let text = String::from_utf8_lossy(value.bytes);
            self.reader.push(&text, &mut self.columns).map_err(fails)?;
            self.row()?;
        }
    }

    /// Counts a row whose values were added.
    fn row(&mut self) -> Result<(), Stop> {
        self.rows += 1;
        if self.rows >= BATCH_ROWS.min(self.left) {
            return self.flush();
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Stop> {
        if self.rows > 0 {
            let batch = self.batch()?;
            (self.emit)(batch).map_err(|Enough| Stop::Enough)?;
        }
        if self.left == 0 { Err(Stop::Enough) } else { Ok(()) }
    }

    fn batch(&mut self) -> Result<RecordBatch, ExternalError> {
        let rows = std::mem::take(&mut self.rows);
        self.left = self.left.saturating_sub(rows);
        let mut arrays = Vec::with_capacity(self.columns.len());
        for column in &mut self.columns {
            arrays.push(column.builder.finish()?);
        }
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.origins.len());
        for origin in self.origins {
            columns.push(match origin {
                Origin::File(place) => Arc::clone(&arrays[*place]),
                Origin::Partition(place) => self.values[*place].to_array_of_size(rows)?,
            });
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(
            Arc::clone(&self.schema),
            columns,
            &options,
        )?)
    }
}

fn finished(read: impl FnOnce() -> Result<(), Stop>) -> Result<Result<(), Enough>, ExternalError> {
    match read() {
        Ok(()) => Ok(Ok(())),
        Err(Stop::Enough) => Ok(Err(Enough)),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn damaged(uri: &str, source: DecodeError) -> ExternalError {
    ExternalError::Object {
        object: uri.to_owned(),
        source,
    }
}
