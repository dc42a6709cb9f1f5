//! The rows of one object, as the columns of the table they go into.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::{CastOptions, cast_with_options, filter_record_batch};
use arrow::datatypes::{DataType, Field, Schema};
use flowtrail_decode::{DecodeError, Input, Limits, ParquetFile};
use flowtrail_source::Fetched;
use serde_json::Value;

use crate::shred::{Paths, Values, shred_columns};
use crate::target::{CsvFormat, FileFormat, Target};

/// Rows of one batch of columns.
const ROWS: usize = 32 * 1024;

/// What an object was read to be.
#[derive(Default)]
pub struct Decoded {
    /// Its rows as the table has them.
    pub parts: Vec<RecordBatch>,
    /// The rows that could not be read, with their places.
    pub errors: Vec<String>,
    /// Why nothing of it can be had.
    pub broken: Option<String>,
}

/// Reads an object.
pub fn decode(fetched: Fetched, target: &Target, table: &Schema, paths: Option<&Paths>, limits: &Limits) -> Decoded {
    let mut decoded = Decoded::default();
    let done = match (&target.format, paths) {
        (FileFormat::Parquet, _) => parquet(fetched, |batch| {
            let shaped = match paths {
                Some(paths) => shred_columns(paths, &batch).map_err(|e| e.to_string())?,
                None => by_name(&batch, table)?,
            };
            decoded.parts.push(shaped);
            Ok(())
        }),
        (FileFormat::Json { strip_outer_array }, Some(paths)) => {
            json(fetched, *strip_outer_array, paths, limits, &mut decoded)
        }
        (FileFormat::Json { .. }, None) => Err("JSON goes into a table of one VARIANT column".to_owned()),
        (FileFormat::Csv(format), _) => csv(fetched, format, target, limits, &mut decoded),
    };
    decoded.broken = done.err();
    decoded
}

fn parquet(fetched: Fetched, mut take: impl FnMut(RecordBatch) -> Result<(), String>) -> Result<(), String> {
    let told = |error: DecodeError| format!("the object: {error}");
    for batch in ParquetFile::open(input(fetched))
        .and_then(ParquetFile::batches)
        .map_err(told)?
    {
        take(batch.map_err(told)?)?;
    }
    Ok(())
}

/// Columns that are called as the table's, in its types; others are left out.
fn by_name(batch: &RecordBatch, table: &Schema) -> Result<RecordBatch, String> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for field in table.fields() {
        let names = batch.schema_ref().fields().iter();
        let Some(at) = names
            .map(|field| field.name())
            .position(|name| name.eq_ignore_ascii_case(field.name()))
        else {
            continue;
        };
        columns.push(cast_with_options(batch.column(at), field.data_type(), &strict()).map_err(|e| e.to_string())?);
        fields.push(field.as_ref().clone());
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|e| e.to_string())
}

/// Documents one after another. Behind one that cannot be read, reading goes on with the next line.
fn json(
    fetched: Fetched,
    strip_outer_array: bool,
    paths: &Paths,
    limits: &Limits,
    decoded: &mut Decoded,
) -> Result<(), String> {
    let mut bytes = Vec::new();
    text(fetched, limits)?
        .read_to_end(&mut bytes)
        .map_err(|e| format!("the object: {e}"))?;
    let mut values = Values::new(paths);
    let mut at = 0;
    while at < bytes.len() {
        let mut documents = serde_json::Deserializer::from_slice(&bytes[at..]).into_iter::<Value>();
        let error = loop {
            match documents.next() {
                None => break None,
                Some(Err(error)) => break Some(error),
                Some(Ok(Value::Array(elements))) if strip_outer_array => {
                    for element in elements {
                        values.add(element);
                    }
                }
                Some(Ok(document)) => values.add(document),
            }
            if values.rows() >= ROWS {
                decoded.parts.push(values.take().map_err(|e| e.to_string())?);
            }
        };
        let read = documents.byte_offset();
        let Some(error) = error else { break };
        let line = line_of(&bytes, at) + error.line() - 1;
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or(&reason);
        decoded.errors.push(format!("line {line}: {reason}"));
        // The document that cannot be read begins where the last good one ended.
        let start = at + read;
        let blank = bytes[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let end = bytes[start + blank..].iter().position(|byte| *byte == b'\n');
        at = end.map_or(bytes.len(), |end| start + blank + end + 1);
    }
    if values.rows() > 0 {
        decoded.parts.push(values.take().map_err(|e| e.to_string())?);
    }
    Ok(())
}

/// The number of the line that a byte is in, from 1.
fn line_of(bytes: &[u8], at: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &bytes[..at]).count()
}

fn csv(
    fetched: Fetched,
    format: &CsvFormat,
    target: &Target,
    limits: &Limits,
    decoded: &mut Decoded,
) -> Result<(), String> {
    let declared = &target.table.columns;
    let texts = declared
        .fields()
        .iter()
        .map(|field| Field::new(field.name(), DataType::Utf8, true));
    let builder = arrow::csv::ReaderBuilder::new(Arc::new(Schema::new(texts.collect::<Vec<_>>())))
        .with_delimiter(format.delimiter)
        // A byte that no text has, where nothing encloses values.
        .with_quote(format.quote.unwrap_or(0))
        .with_batch_size(ROWS)
        .with_header(false)
        .with_truncated_rows(true);
    let mut text = BufReader::new(text(fetched, limits)?);
    for _ in 0..format.skip_header {
        text.skip_until(b'\n').map_err(|e| format!("the object: {e}"))?;
    }
    let rows = builder.build_buffered(text).map_err(|e| e.to_string())?;
    let mut line = format.skip_header;
    for batch in rows {
        let batch = batch.map_err(|e| format!("behind line {line}: {e}"))?;
        let mut is_good = vec![true; batch.num_rows()];
        let mut typed = Vec::with_capacity(batch.num_columns());
        for (field, column) in declared.fields().iter().zip(batch.columns()) {
            let column = without(column, &format.null_if);
            let cast =
                cast_with_options(&column, field.data_type(), &CastOptions::default()).map_err(|e| e.to_string())?;
            for row in (0..batch.num_rows()).filter(|row| column.is_valid(*row) && cast.is_null(*row)) {
                if std::mem::replace(&mut is_good[row], false) {
                    let value = column.as_string::<i32>().value(row);
                    let place = format!("line {}", line + row + 1);
                    decoded.errors.push(format!(
                        "{place}: column `{}`: `{value}` is no {}",
                        field.name(),
                        field.data_type()
                    ));
                }
            }
            typed.push(cast);
        }
        line += batch.num_rows();
        let typed = RecordBatch::try_new(Arc::clone(declared), typed).map_err(|e| e.to_string())?;
        let good = filter_record_batch(&typed, &BooleanArray::from(is_good)).map_err(|e| e.to_string())?;
        decoded.parts.push(good);
    }
    Ok(())
}

/// A column of text in which these texts are NULL.
fn without(column: &ArrayRef, null_if: &[String]) -> ArrayRef {
    let texts = column.as_string::<i32>();
    let kept = |text: &&str| !null_if.iter().any(|null| null == text);
    Arc::new(texts.iter().map(|text| text.filter(kept)).collect::<StringArray>())
}

fn strict() -> CastOptions<'static> {
    CastOptions {
        safe: false,
        ..CastOptions::default()
    }
}

fn text(fetched: Fetched, limits: &Limits) -> Result<Box<dyn Read + Send>, String> {
    let text = flowtrail_decode::text_of(input(fetched), limits).map_err(|e| format!("the object: {e}"))?;
    Ok(Box::new(BufReader::with_capacity(256 << 10, text)))
}

fn input(fetched: Fetched) -> Input {
    match fetched {
        Fetched::Bytes(bytes) => Input::Bytes(bytes),
        Fetched::File(file) => Input::File(file),
    }
}
