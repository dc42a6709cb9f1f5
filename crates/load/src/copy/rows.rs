//! The rows of one object, as the columns of the table they go into.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, Schema};
use bytes::Bytes;
use flowtrail_decode::{Input, Limits};
use flowtrail_source::Fetched;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::reader::ChunkReader;

use crate::shred::{Paths, Values, shred_columns};
use crate::target::{CsvFormat, FileFormat, Target};

/// Rows of one batch of columns.
const ROWS: usize = 32 * 1024;

/// The rows of an object as the table has them, and what could not be read, with its place.
pub fn decode(
    fetched: Fetched,
    target: &Target,
    table: &Schema,
    paths: Option<&Paths>,
    limits: &Limits,
) -> (Vec<RecordBatch>, Vec<String>) {
    let mut parts = Vec::new();
    let failed = match (&target.format, paths) {
        (FileFormat::Parquet, _) => parquet(fetched, |batch| {
            let shaped = match paths {
                Some(paths) => shred_columns(paths, &batch).map_err(|e| e.to_string())?,
                None => by_name(&batch, table)?,
            };
            parts.push(shaped);
            Ok(())
        }),
        (FileFormat::Json { strip_outer_array }, Some(paths)) => {
            json(fetched, *strip_outer_array, paths, limits, &mut parts)
        }
        (FileFormat::Json { .. }, None) => Err("JSON goes into a table of one VARIANT column".to_owned()),
        (FileFormat::Csv(format), _) => csv(fetched, format, target, limits, &mut parts),
    };
    (parts, failed.err().into_iter().collect())
}

fn parquet(fetched: Fetched, mut take: impl FnMut(RecordBatch) -> Result<(), String>) -> Result<(), String> {
    fn read<R: ChunkReader + 'static>(
        input: R,
        take: &mut impl FnMut(RecordBatch) -> Result<(), String>,
    ) -> Result<(), String> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(input).map_err(|e| not_parquet(&e.to_string()))?;
        let batches = builder
            .with_batch_size(ROWS)
            .build()
            .map_err(|e| not_parquet(&e.to_string()))?;
        for batch in batches {
            take(batch.map_err(|e| not_parquet(&e.to_string()))?)?;
        }
        Ok(())
    }
    match fetched {
        Fetched::Bytes(bytes) => read::<Bytes>(bytes, &mut take),
        Fetched::File(file) => read::<File>(file, &mut take),
    }
}

fn not_parquet(why: &str) -> String {
    format!(
        "the object: it is no sound Parquet file: {}",
        why.trim_start_matches("Parquet error: ")
    )
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

fn json(
    fetched: Fetched,
    strip_outer_array: bool,
    paths: &Paths,
    limits: &Limits,
    parts: &mut Vec<RecordBatch>,
) -> Result<(), String> {
    let text = text(fetched, limits)?;
    let mut values = Values::new(paths);
    let mut flush = |values: &mut Values<'_>, at_least: usize| {
        if values.rows() >= at_least {
            parts.push(values.take().map_err(|e| e.to_string())?);
        }
        Ok::<_, String>(())
    };
    let mut failed = Ok(());
    for document in serde_json::Deserializer::from_reader(text).into_iter::<serde_json::Value>() {
        match document {
            Ok(serde_json::Value::Array(elements)) if strip_outer_array => {
                for element in elements {
                    values.add(element);
                    flush(&mut values, ROWS)?;
                }
            }
            Ok(document) => {
                values.add(document);
                flush(&mut values, ROWS)?;
            }
            Err(error) => {
                failed = Err(format!("line {}: {error}", error.line()));
                break;
            }
        }
    }
    flush(&mut values, 1)?;
    failed
}

fn csv(
    fetched: Fetched,
    format: &CsvFormat,
    target: &Target,
    limits: &Limits,
    parts: &mut Vec<RecordBatch>,
) -> Result<(), String> {
    let declared = &target.table.columns;
    let texts: Vec<Field> = declared
        .fields()
        .iter()
        .map(|field| Field::new(field.name(), DataType::Utf8, true))
        .collect();
    let mut builder = arrow::csv::ReaderBuilder::new(Arc::new(Schema::new(texts)))
        .with_delimiter(format.delimiter)
        .with_batch_size(ROWS)
        .with_header(false)
        .with_truncated_rows(true);
    if let Some(quote) = format.quote {
        builder = builder.with_quote(quote);
    }
    let mut text = BufReader::new(text(fetched, limits)?);
    for _ in 0..format.skip_header {
        text.skip_until(b'\n').map_err(|e| format!("the object: {e}"))?;
    }
    let rows = builder.build_buffered(text).map_err(|e| e.to_string())?;
    let mut line = format.skip_header;
    for batch in rows {
        let batch = batch.map_err(|e| format!("line {}: {e}", line + 1))?;
        let typed = declared.fields().iter().zip(batch.columns()).map(|(field, column)| {
            let column = without(column, &format.null_if);
            cast_with_options(&column, field.data_type(), &strict()).map_err(|e| {
                format!(
                    "lines {} to {}: column `{}`: {e}",
                    line + 1,
                    line + batch.num_rows(),
                    field.name()
                )
            })
        });
        let typed = typed.collect::<Result<Vec<_>, _>>()?;
        line += batch.num_rows();
        parts.push(RecordBatch::try_new(Arc::clone(declared), typed).map_err(|e| e.to_string())?);
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
    let input = match fetched {
        Fetched::Bytes(bytes) => Input::Bytes(bytes),
        Fetched::File(file) => Input::File(file),
    };
    let text = flowtrail_decode::text_of(input, limits).map_err(|e| format!("the object: {e}"))?;
    Ok(Box::new(BufReader::with_capacity(256 << 10, text)))
}
