//! A table for people.

use std::io::Write;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Schema};

use super::bar::readable_count;
use super::cell::{CellColumn, CellStyle};
use super::conversion::Conversion;
use super::error::OutputError;
use super::grid::{GridColumn, draw, draw_expanded};
use super::options::OutputOptions;
use super::outlet::{Outlet, Part};
use super::printable::{cut, printable};
use super::stream::Sink;

/// Rows a table shows at most; nobody reads more, and their widths must be known before the first is drawn.
const SHOWN_ROWS: usize = 10_000;

/// Text a table shows at most, so that ten thousand long cells cannot fill the memory either.
const SHOWN_BYTES: usize = 64 << 20;

pub(super) struct TableSink {
    rows: Rows,
    options: OutputOptions,
    outlet: Outlet,
    part: Part,
}

impl TableSink {
    pub(super) fn open(schema: &Schema, options: &OutputOptions, mut outlet: Outlet) -> Result<Self, OutputError> {
        let part = outlet.next_part()?;
        Ok(Self {
            rows: Rows::new(schema, options),
            options: options.clone(),
            outlet,
            part,
        })
    }

    fn text(&self) -> String {
        let Rows {
            columns, shown, total, ..
        } = &self.rows;
        let limit = self.options.width;
        let mut text = String::new();
        if self.options.expanded {
            text.push_str(&draw_expanded(columns, shown, limit));
        } else {
            let grid = draw(columns, shown, limit);
            text.push_str(&grid.text);
            if !grid.left_out.is_empty() {
                text.push_str(&left_out_note(&grid.left_out));
            }
        }
        if *total > shown.len() as u64 {
            text.push_str(&hidden_note(*total, shown.len() as u64));
        }
        text
    }
}

impl Sink for TableSink {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        self.rows.add(batch)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<PathBuf>, OutputError> {
        let text = self.text();
        let written = self.part.write_all(text.as_bytes());
        written.map_err(|source| self.outlet.write_error(source))?;
        let Self { part, mut outlet, .. } = *self;
        outlet.close(part)?;
        outlet.finish()
    }
}

fn hidden_note(total: u64, shown: u64) -> String {
    let (hidden, total) = (readable_count(total - shown), readable_count(total));
    format!("… {hidden} more of {total} rows; --output FILE with --format csv has all\n")
}

fn left_out_note(left_out: &[&str]) -> String {
    let columns = if left_out.len() == 1 { "column" } else { "columns" };
    format!(
        "no room for {columns} {}; widen the terminal, or select fewer\n",
        left_out.join(", ")
    )
}

/// The first rows of an answer as printable text, and how many there are in all.
pub(super) struct Rows {
    pub(super) columns: Vec<GridColumn>,
    pub(super) shown: Vec<Vec<String>>,
    pub(super) total: u64,
    shown_bytes: usize,
    cell_columns: usize,
    null_text: String,
    conversion: Conversion,
    style: CellStyle,
}

impl Rows {
    pub(super) fn new(schema: &Schema, options: &OutputOptions) -> Self {
        let columns = schema.fields().iter();
        let columns = columns.map(|field| {
            let data_type = field.data_type();
            GridColumn::new(field.name(), data_type.is_numeric(), is_text(data_type))
        });
        Self {
            columns: columns.collect(),
            shown: Vec::new(),
            total: 0,
            shown_bytes: 0,
            cell_columns: options.width.unwrap_or(usize::MAX),
            null_text: options.null_text.clone(),
            conversion: Conversion::for_text(schema, options.time_zone),
            style: CellStyle::for_people(options.time_zone),
        }
    }

    pub(super) fn add(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        self.total += batch.num_rows() as u64;
        if self.shown.len() >= SHOWN_ROWS || self.shown_bytes >= SHOWN_BYTES {
            return Ok(());
        }
        let batch = batch.slice(0, batch.num_rows().min(SHOWN_ROWS - self.shown.len()));
        let batch = self.conversion.apply(&batch).map_err(OutputError::value("table"))?;
        let mut columns = CellColumn::of_batch(&batch, &self.style).map_err(OutputError::value("table"))?;
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            let mut cells = Vec::with_capacity(columns.len());
            for column in &mut columns {
                text.clear();
                if column.is_null(row) {
                    text.push_str(&self.null_text);
                } else {
                    column.write(row, &mut text).map_err(OutputError::value("table"))?;
                }
                let cell = cut(&printable(&text), self.cell_columns).into_owned();
                self.shown_bytes += cell.len();
                cells.push(cell);
            }
            self.shown.push(cells);
            if self.shown_bytes >= SHOWN_BYTES {
                break;
            }
        }
        Ok(())
    }
}

/// Whether a cell says something still when its end is missing.
fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        DataType::RunEndEncoded(_, values) => is_text(values.data_type()),
        other => other.is_nested() || other.is_string() || other.is_binary(),
    }
}
