//! Rows that are made of what is in a file.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, StringBuilder, TimestampMicrosecondArray,
};
use arrow::compute::{cast_with_options, concat_batches};
use arrow::datatypes::{DataType, SchemaRef};
use flowtrail_decode::Limits;
use flowtrail_source::{Fetched, Object, Place};
use serde_json::Value;

use super::documents;
use super::lines::Lines;
use super::rows::{Decoded, ROWS, parquet, strict};
use crate::shred::{Paths, Values};
use crate::target::{FileFormat, Target, Transform, staged_columns};

/// What a statement can ask of a file itself.
#[derive(Clone, Debug)]
pub struct FilePlace {
    /// Its path in its bucket, or in its folder.
    name: String,
    etag: String,
    modified_us: i64,
}

impl FilePlace {
    pub fn of(object: &Object) -> Self {
        let name = match object.uri.parse() {
            Ok(Place::S3 { prefix, .. }) => prefix,
            Ok(Place::Path(path)) => path.display().to_string(),
            _ => object.uri.clone(),
        };
        Self {
            name,
            etag: object.etag.clone(),
            modified_us: object.last_modified.timestamp_micros(),
        }
    }
}

/// Reads an object and makes rows of it.
pub fn staged(
    fetched: Fetched,
    place: &FilePlace,
    target: &Target,
    transform: &dyn Transform,
    paths: Option<&Paths>,
    limits: &Limits,
    decoded: &mut Decoded,
) -> Result<(), String> {
    let mut staging = Staging {
        place,
        transform,
        staged: staged_columns(transform.width()),
        columns: &target.columns,
        paths,
        rows: 0,
        parts: Vec::new(),
    };
    match &target.format {
        FileFormat::Csv(format) => {
            let mut lines = Lines::open(fetched, format, None, limits)?;
            while let Some((columns, before)) = lines.next()? {
                staging.add(
                    &columns,
                    |row| format!("line {}", before + row + 1),
                    &mut decoded.errors,
                )?;
            }
        }
        FileFormat::Parquet => parquet(fetched, |batch| {
            let before = staging.rows;
            let texts: ArrayRef = Arc::new(texts_of(&batch)?);
            staging.add(&[texts], |row| format!("row {}", before + row + 1), &mut decoded.errors)
        })?,
        FileFormat::Json { strip_outer_array } => {
            let mut texts = StringBuilder::new();
            let mut held = 0;
            let mut flush = |texts: &mut StringBuilder, errors: &mut Vec<String>| {
                let before = staging.rows;
                let full: ArrayRef = Arc::new(texts.finish());
                staging.add(&[full], |row| format!("row {}", before + row + 1), errors)
            };
            documents::read(
                fetched,
                *strip_outer_array,
                limits,
                &mut decoded.errors,
                |document, errors| {
                    texts.append_value(document.to_string());
                    held += 1;
                    if held < ROWS {
                        return Ok(());
                    }
                    held = 0;
                    flush(&mut texts, errors)
                },
            )?;
            flush(&mut texts, &mut decoded.errors)?;
        }
    }
    decoded.parts = staging.parts;
    Ok(())
}

/// The rows of columns as JSON objects.
fn texts_of(batch: &RecordBatch) -> Result<StringArray, String> {
    let mut writer = arrow::json::LineDelimitedWriter::new(Vec::new());
    writer.write(batch).map_err(|e| e.to_string())?;
    writer.finish().map_err(|e| e.to_string())?;
    let text = String::from_utf8(writer.into_inner()).map_err(|e| e.to_string())?;
    Ok(text.lines().map(Some).collect())
}

struct Staging<'a> {
    place: &'a FilePlace,
    transform: &'a dyn Transform,
    staged: SchemaRef,
    columns: &'a SchemaRef,
    paths: Option<&'a Paths>,
    /// Rows of the file so far.
    rows: usize,
    parts: Vec<RecordBatch>,
}

impl Staging<'_> {
    /// Makes rows of values, which are the file's next. One that cannot be made is told with its `place`.
    fn add(
        &mut self,
        values: &[ArrayRef],
        place: impl Fn(usize) -> String,
        errors: &mut Vec<String>,
    ) -> Result<(), String> {
        let rows = values.first().map_or(0, Array::len);
        if rows == 0 {
            return Ok(());
        }
        let staged = self.with_place(values, rows)?;
        self.rows += rows;
        let Some(made) = self.made_singly(&staged, place, errors)? else {
            return Ok(());
        };
        let part = match self.paths {
            Some(paths) => in_variant(&made, paths)?,
            None => made,
        };
        self.parts.push(part);
        Ok(())
    }

    /// The rows that can be made; where not all can, each by itself, to find out which.
    fn made_singly(
        &self,
        staged: &RecordBatch,
        place: impl Fn(usize) -> String,
        errors: &mut Vec<String>,
    ) -> Result<Option<RecordBatch>, String> {
        if let Ok(made) = self.made(staged) {
            return Ok(Some(made));
        }
        let mut good = Vec::new();
        for row in 0..staged.num_rows() {
            match self.made(&staged.slice(row, 1)) {
                Ok(made) => good.push(made),
                Err(error) => errors.push(format!("{}: {error}", place(row))),
            }
        }
        let Some(first) = good.first() else {
            return Ok(None);
        };
        let all = concat_batches(&first.schema(), &good);
        all.map(Some).map_err(|e| e.to_string())
    }

    /// The values asked for, NULL where a file has fewer, and where they stand.
    fn with_place(&self, values: &[ArrayRef], rows: usize) -> Result<RecordBatch, String> {
        let nulls = || Arc::new(StringArray::new_null(rows)) as ArrayRef;
        let mut columns: Vec<ArrayRef> = (0..self.transform.width())
            .map(|at| values.get(at).map_or_else(nulls, Arc::clone))
            .collect();
        let first = self.rows as i64 + 1;
        let times = TimestampMicrosecondArray::from_value(self.place.modified_us, rows).with_timezone("UTC");
        columns.push(Arc::new(StringArray::from(vec![self.place.name.as_str(); rows])));
        columns.push(Arc::new(Int64Array::from_iter_values(first..first + rows as i64)));
        columns.push(Arc::new(StringArray::from(vec![self.place.etag.as_str(); rows])));
        columns.push(Arc::new(times));
        RecordBatch::try_new(Arc::clone(&self.staged), columns).map_err(|e| e.to_string())
    }

    /// The rows in the types of the target's columns.
    fn made(&self, staged: &RecordBatch) -> Result<RecordBatch, String> {
        let made = self.transform.apply(staged)?;
        let columns = self.columns.fields().iter().zip(made.columns()).map(|(field, column)| {
            cast_with_options(column, field.data_type(), &strict())
                .map_err(|error| format!("column `{}` takes no such value: {error}", field.name()))
        });
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(Arc::clone(self.columns), columns).map_err(|e| e.to_string())
    }
}

/// Texts, which are JSON or else themselves, as the columns of a variant.
fn in_variant(made: &RecordBatch, paths: &Paths) -> Result<RecordBatch, String> {
    let texts = cast_with_options(made.column(0), &DataType::Utf8, &strict()).map_err(|e| e.to_string())?;
    let mut values = Values::new(paths);
    for text in texts.as_string::<i32>() {
        values.add(match text {
            None => Value::Null,
            Some(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())),
        });
    }
    values.take().map_err(|e| e.to_string())
}
