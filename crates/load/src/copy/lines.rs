//! Lines of values.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::{BufReader as LineReader, Format};
use arrow::datatypes::{DataType, Field, Schema};
use flowtrail_decode::Limits;
use flowtrail_source::Fetched;

use super::rows::{Decoded, ROWS, text, typed};
use crate::target::{CsvFormat, Target};

type Text = BufReader<Box<dyn Read + Send>>;

/// Lines as they are, some at a time.
pub struct Lines {
    batches: LineReader<Text>,
    /// What the columns are called, where a line says so.
    pub names: Option<Vec<String>>,
    null_if: Vec<String>,
    /// Lines that were read.
    line: usize,
}

impl Lines {
    /// Opens an object whose rows have `wanted` values; without a number, as many as the first line has.
    pub fn open(fetched: Fetched, format: &CsvFormat, wanted: Option<usize>, limits: &Limits) -> Result<Self, String> {
        let mut text = BufReader::with_capacity(256 << 10, text(fetched, limits)?);
        for _ in 0..format.skip_header {
            text.skip_until(b'\n').map_err(|e| format!("the object: {e}"))?;
        }
        // A byte that no text has, where nothing encloses values.
        let quote = format.quote.unwrap_or(0);
        let mut names = None;
        let width = if let (Some(wanted), false) = (wanted, format.parse_header) {
            wanted
        } else {
            let head = text.fill_buf().map_err(|e| format!("the object: {e}"))?;
            let of_lines = Format::default()
                .with_header(format.parse_header)
                .with_delimiter(format.delimiter)
                .with_quote(quote);
            let (first, _) = of_lines.infer_schema(head, Some(1)).map_err(|e| e.to_string())?;
            if format.parse_header {
                names = Some(first.fields().iter().map(|field| field.name().clone()).collect());
            }
            first.fields().len()
        };
        let texts = (0..width).map(|number| Field::new(format!("${}", number + 1), DataType::Utf8, true));
        let builder = ReaderBuilder::new(Arc::new(Schema::new(texts.collect::<Vec<_>>())))
            .with_delimiter(format.delimiter)
            .with_quote(quote)
            .with_batch_size(ROWS)
            .with_header(format.parse_header)
            .with_truncated_rows(true);
        Ok(Self {
            batches: builder.build_buffered(text).map_err(|e| e.to_string())?,
            names,
            null_if: format.null_if.clone(),
            line: format.skip_header + usize::from(format.parse_header),
        })
    }

    /// The next lines' values, and the lines before them.
    pub fn next(&mut self) -> Result<Option<(Vec<ArrayRef>, usize)>, String> {
        let Some(batch) = self.batches.next() else {
            return Ok(None);
        };
        let before = self.line;
        let batch: RecordBatch = batch.map_err(|e| format!("behind line {before}: {e}"))?;
        self.line += batch.num_rows();
        let columns = batch.columns().iter().map(|column| without(column, &self.null_if));
        Ok(Some((columns.collect(), before)))
    }
}

/// The rows as the target's columns: by position, or by the names of the first line.
pub fn rows(
    fetched: Fetched,
    format: &CsvFormat,
    target: &Target,
    limits: &Limits,
    decoded: &mut Decoded,
) -> Result<(), String> {
    let declared = target.columns.fields();
    let mut lines = Lines::open(fetched, format, Some(declared.len()), limits)?;
    let position = |wanted: usize| match (target.names, &lines.names) {
        (Some(matching), Some(names)) => names
            .iter()
            .position(|name| matching.is_same(name, declared[wanted].name())),
        (_, Some(names)) => (wanted < names.len()).then_some(wanted),
        _ => Some(wanted),
    };
    let (fields, positions): (Vec<Arc<Field>>, Vec<usize>) = (0..declared.len())
        .filter_map(|wanted| Some((Arc::clone(&declared[wanted]), position(wanted)?)))
        .unzip();
    if fields.is_empty() {
        return Err("the object: none of its columns is called as one of the table's".to_owned());
    }
    while let Some((columns, before)) = lines.next()? {
        let texts: Vec<ArrayRef> = positions.iter().map(|at| Arc::clone(&columns[*at])).collect();
        typed(&fields, &texts, |row| format!("line {}", before + row + 1), decoded)?;
    }
    Ok(())
}

/// A column of text in which these texts are NULL.
fn without(column: &ArrayRef, null_if: &[String]) -> ArrayRef {
    let texts = column.as_string::<i32>();
    let kept = |text: &&str| !null_if.iter().any(|null| null == text);
    Arc::new(texts.iter().map(|text| text.filter(kept)).collect::<StringArray>())
}
