//! The rows of one object, as the columns of the table they go into.

use std::io::{BufReader, Read};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::{CastOptions, cast_with_options, filter_record_batch};
use arrow::datatypes::{Field, Schema};
use flowtrail_decode::{DecodeError, Input, Limits, ParquetFile};
use flowtrail_source::Fetched;

use super::staged::{FilePlace, staged};
use super::{documents, lines};
use crate::shred::{Paths, shred_columns};
use crate::target::{FileFormat, NameMatch, Target};

/// Rows of one batch of columns.
pub const ROWS: usize = 32 * 1024;

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
pub fn decode(
    fetched: Fetched,
    place: &FilePlace,
    target: &Target,
    table: &Schema,
    paths: Option<&Paths>,
    limits: &Limits,
) -> Decoded {
    let mut decoded = Decoded::default();
    let done = match (&target.transform, &target.format, paths) {
        (Some(transform), ..) => staged(fetched, place, target, transform.as_ref(), paths, limits, &mut decoded),
        (None, FileFormat::Parquet, _) => parquet(fetched, |batch| {
            let shaped = match paths {
                Some(paths) => shred_columns(paths, &batch).map_err(|e| e.to_string())?,
                None => by_name(&batch, target, table)?,
            };
            decoded.parts.push(shaped);
            Ok(())
        }),
        (None, FileFormat::Json { strip_outer_array }, Some(paths)) => {
            documents::shredded(fetched, *strip_outer_array, paths, limits, &mut decoded)
        }
        (None, FileFormat::Json { strip_outer_array }, None) => match target.names {
            Some(names) => documents::by_name(
                fetched,
                *strip_outer_array,
                names,
                &target.columns,
                limits,
                &mut decoded,
            ),
            None => Err("JSON goes into a table of one VARIANT column, or by name (MATCH_BY_COLUMN_NAME)".to_owned()),
        },
        (None, FileFormat::Csv(format), _) => lines::rows(fetched, format, target, limits, &mut decoded),
    };
    decoded.broken = done.err();
    decoded
}

/// Takes a Parquet file's rows, some at a time.
pub fn parquet(fetched: Fetched, mut take: impl FnMut(RecordBatch) -> Result<(), String>) -> Result<(), String> {
    let told = |error: DecodeError| format!("the object: {error}");
    for batch in ParquetFile::open(input(fetched))
        .and_then(ParquetFile::batches)
        .map_err(told)?
    {
        take(batch.map_err(told)?)?;
    }
    Ok(())
}

/// Columns that are called as the target's, in the table's types; others are left out.
fn by_name(batch: &RecordBatch, target: &Target, table: &Schema) -> Result<RecordBatch, String> {
    let names = target.names.unwrap_or(NameMatch::CaseInsensitive);
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for wanted in target.columns.fields() {
        let given = batch.schema_ref().fields().iter();
        let Some(at) = given
            .map(|field| field.name())
            .position(|name| names.is_same(name, wanted.name()))
        else {
            continue;
        };
        let field = table.field_with_name(wanted.name()).unwrap_or(wanted);
        columns.push(cast_with_options(batch.column(at), field.data_type(), &strict()).map_err(|e| e.to_string())?);
        fields.push(field.clone());
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|e| e.to_string())
}

/// Texts as the types of their columns. A row of which one is none is left out, and told with its `place`.
pub fn typed(
    fields: &[Arc<Field>],
    texts: &[ArrayRef],
    place: impl Fn(usize) -> String,
    decoded: &mut Decoded,
) -> Result<(), String> {
    let rows = texts.first().map_or(0, Array::len);
    let mut is_good = vec![true; rows];
    let mut columns = Vec::with_capacity(texts.len());
    for (field, column) in fields.iter().zip(texts) {
        let cast = cast_with_options(column, field.data_type(), &CastOptions::default()).map_err(|e| e.to_string())?;
        for row in (0..rows).filter(|row| column.is_valid(*row) && cast.is_null(*row)) {
            if std::mem::replace(&mut is_good[row], false) {
                let value = column.as_string::<i32>().value(row);
                decoded.errors.push(format!(
                    "{}: column `{}`: `{value}` is no {}",
                    place(row),
                    field.name(),
                    field.data_type()
                ));
            }
        }
        columns.push(cast);
    }
    let typed = RecordBatch::try_new(Arc::new(Schema::new(fields.to_vec())), columns).map_err(|e| e.to_string())?;
    let good = filter_record_batch(&typed, &BooleanArray::from(is_good)).map_err(|e| e.to_string())?;
    decoded.parts.push(good);
    Ok(())
}

/// A cast that fails for a value that does not fit.
pub fn strict() -> CastOptions<'static> {
    CastOptions {
        safe: false,
        ..CastOptions::default()
    }
}

/// An object's text, unpacked.
pub fn text(fetched: Fetched, limits: &Limits) -> Result<Box<dyn Read + Send>, String> {
    let text = flowtrail_decode::text_of(input(fetched), limits).map_err(|e| format!("the object: {e}"))?;
    Ok(Box::new(BufReader::with_capacity(256 << 10, text)))
}

fn input(fetched: Fetched) -> Input {
    match fetched {
        Fetched::Bytes(bytes) => Input::Bytes(bytes),
        Fetched::File(file) => Input::File(file),
    }
}
