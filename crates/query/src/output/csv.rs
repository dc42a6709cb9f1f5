//! Comma-separated values, quoted as RFC 4180 says.
//!
//! NULL is an empty cell and the empty string is `""`, so that the two stay apart. Lines end in a line feed alone:
//! spreadsheets take it, and the tools of a shell want it.

use std::io::Write;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;

use super::cell::{CellColumn, CellStyle};
use super::conversion::Conversion;
use super::error::OutputError;
use super::options::OutputOptions;
use super::outlet::{Outlet, Part};
use super::stream::Sink;

/// Text gathered before it is written.
const BUFFER_BYTES: usize = 64 << 10;

const BYTE_ORDER_MARK: &str = "\u{feff}";

pub(super) struct CsvSink {
    conversion: Conversion,
    header: String,
    escape_formulas: bool,
    rows_per_part: usize,
    outlet: Outlet,
    part: Part,
    part_rows: usize,
    buffer: String,
    cell: String,
}

impl CsvSink {
    pub(super) fn open(schema: &Schema, options: &OutputOptions, mut outlet: Outlet) -> Result<Self, OutputError> {
        let rows_per_part = if outlet.splits() {
            options.rows_per_file.max(2) - 1
        } else {
            usize::MAX
        };
        let header = header(schema, options);
        let part = outlet.next_part()?;
        Ok(Self {
            conversion: Conversion::for_text(schema, options.time_zone),
            buffer: header.clone(),
            header,
            escape_formulas: options.escape_formulas,
            rows_per_part,
            outlet,
            part,
            part_rows: 0,
            cell: String::new(),
        })
    }

    fn flush_buffer(&mut self) -> Result<(), OutputError> {
        let written = self.part.write_all(self.buffer.as_bytes());
        self.buffer.clear();
        written.map_err(|source| self.outlet.write_error(source))
    }

    fn start_next_part(&mut self) -> Result<(), OutputError> {
        self.flush_buffer()?;
        // The next part is opened only once this one is closed, for its number is the count of those closed.
        let full = std::mem::replace(&mut self.part, Part::Writer(Box::new(std::io::sink())));
        self.outlet.close(full)?;
        self.part = self.outlet.next_part()?;
        self.part_rows = 0;
        self.buffer.push_str(&self.header);
        Ok(())
    }
}

impl Sink for CsvSink {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let batch = self.conversion.apply(batch).map_err(OutputError::value("csv"))?;
        let style = CellStyle::for_programs();
        let mut columns = CellColumn::of_batch(&batch, &style).map_err(OutputError::value("csv"))?;
        for row in 0..batch.num_rows() {
            if self.part_rows == self.rows_per_part {
                self.start_next_part()?;
            }
            for (position, column) in columns.iter_mut().enumerate() {
                if position > 0 {
                    self.buffer.push(',');
                }
                if column.is_null(row) {
                    continue;
                }
                self.cell.clear();
                column.write(row, &mut self.cell).map_err(OutputError::value("csv"))?;
                push_cell(
                    &self.cell,
                    self.escape_formulas && !column.is_numeric(),
                    &mut self.buffer,
                );
            }
            self.buffer.push('\n');
            self.part_rows += 1;
            if self.buffer.len() >= BUFFER_BYTES {
                self.flush_buffer()?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<PathBuf>, OutputError> {
        self.flush_buffer()?;
        let Self { part, mut outlet, .. } = *self;
        outlet.close(part)?;
        outlet.finish()
    }
}

fn header(schema: &Schema, options: &OutputOptions) -> String {
    let mut header = String::new();
    if options.csv_bom {
        header.push_str(BYTE_ORDER_MARK);
    }
    for (position, field) in schema.fields().iter().enumerate() {
        if position > 0 {
            header.push(',');
        }
        push_cell(field.name(), options.escape_formulas, &mut header);
    }
    header.push('\n');
    header
}

fn push_cell(cell: &str, escape_formula: bool, line: &mut String) {
    let apostrophe = if escape_formula && starts_formula(cell) {
        "'"
    } else {
        ""
    };
    if !cell.is_empty() && !cell.contains([',', '"', '\n', '\r']) {
        line.push_str(apostrophe);
        line.push_str(cell);
        return;
    }
    line.push('"');
    line.push_str(apostrophe);
    for (position, piece) in cell.split('"').enumerate() {
        if position > 0 {
            line.push_str("\"\"");
        }
        line.push_str(piece);
    }
    line.push('"');
}

/// The first characters after which spreadsheets evaluate a cell, with their full-width forms (OWASP, "CSV
/// Injection").
fn starts_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cell: &str, escape_formula: bool) -> String {
        let mut line = String::new();
        push_cell(cell, escape_formula, &mut line);
        line
    }

    #[test]
    fn only_what_must_be_is_quoted() {
        assert_eq!(line("10.0.0.1", false), "10.0.0.1");
        assert_eq!(line("", false), "\"\"");
        assert_eq!(line("a,b", false), "\"a,b\"");
        assert_eq!(line("say \"hi\"", false), "\"say \"\"hi\"\"\"");
        assert_eq!(line("two\nlines", false), "\"two\nlines\"");
        assert_eq!(line("=1+1", false), "=1+1");
    }

    #[test]
    fn formulas_are_made_text() {
        assert_eq!(line("=cmd|' /C calc'!A0", true), "'=cmd|' /C calc'!A0");
        assert_eq!(line("@SUM(1,2)", true), "\"'@SUM(1,2)\"");
        assert_eq!(line("+1", true), "'+1");
        assert_eq!(line("-", true), "'-");
        assert_eq!(line("\t=1", true), "'\t=1");
        assert_eq!(line("\r=1", true), "\"'\r=1\"");
        assert_eq!(line("＝1", true), "'＝1");
        assert_eq!(line("a=1", true), "a=1");
    }
}
