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
use super::options::{CsvForm, OutputOptions};
use super::outlet::{Outlet, Part};
use super::stream::Sink;

/// Text gathered before it is written.
const BUFFER_BYTES: usize = 64 << 10;

const BYTE_ORDER_MARK: &str = "\u{feff}";

pub(super) struct CsvSink {
    conversion: Conversion,
    header: String,
    form: CsvForm,
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
        let header = header(schema, options)?;
        let part = outlet.next_part()?;
        Ok(Self {
            conversion: Conversion::for_text(schema, options.time_zone),
            buffer: header.clone(),
            header,
            form: options.csv.clone(),
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
        let style = if self.form.times_of_hive {
            CellStyle::for_hive()
        } else {
            CellStyle::for_programs()
        };
        let mut columns = CellColumn::of_batch(&batch, &style).map_err(OutputError::value("csv"))?;
        for row in 0..batch.num_rows() {
            if self.part_rows == self.rows_per_part {
                self.start_next_part()?;
            }
            for (position, column) in columns.iter_mut().enumerate() {
                if position > 0 {
                    self.buffer.push(self.form.delimiter);
                }
                if column.is_null(row) {
                    self.buffer.push_str(&self.form.null_text);
                    continue;
                }
                self.cell.clear();
                column.write(row, &mut self.cell).map_err(OutputError::value("csv"))?;
                push_cell(
                    &self.cell,
                    &self.form,
                    self.escape_formulas && !column.is_numeric(),
                    &mut self.buffer,
                )?;
            }
            self.buffer.push('\n');
            self.part_rows += 1;
            if self.buffer.len() >= BUFFER_BYTES {
                self.flush_buffer()?;
            }
        }
        Ok(())
    }

    fn held_bytes(&self) -> u64 {
        self.buffer.len() as u64
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<PathBuf>, OutputError> {
        self.flush_buffer()?;
        let Self { part, mut outlet, .. } = *self;
        outlet.close(part)?;
        outlet.finish()
    }
}

fn header(schema: &Schema, options: &OutputOptions) -> Result<String, OutputError> {
    let mut header = String::new();
    if options.csv_bom {
        header.push_str(BYTE_ORDER_MARK);
    }
    if !options.csv.header {
        return Ok(header);
    }
    for (position, field) in schema.fields().iter().enumerate() {
        if position > 0 {
            header.push(options.csv.delimiter);
        }
        push_cell(field.name(), &options.csv, options.escape_formulas, &mut header)?;
    }
    header.push('\n');
    Ok(header)
}

/// Appends a value, enclosed where it would be misread.
fn push_cell(cell: &str, form: &CsvForm, escape_formula: bool, line: &mut String) -> Result<(), OutputError> {
    let apostrophe = if escape_formula && starts_formula(cell) {
        "'"
    } else {
        ""
    };
    let is_odd = |letter: char| letter == form.delimiter || matches!(letter, '\n' | '\r') || Some(letter) == form.quote;
    if cell != form.null_text && !cell.contains(is_odd) {
        line.push_str(apostrophe);
        line.push_str(cell);
        return Ok(());
    }
    let Some(quote) = form.quote else {
        return Err(OutputError::Misread {
            value: cell.chars().take(100).collect(),
        });
    };
    line.push(quote);
    line.push_str(apostrophe);
    for (position, piece) in cell.split(quote).enumerate() {
        if position > 0 {
            line.extend([quote, quote]);
        }
        line.push_str(piece);
    }
    line.push(quote);
    Ok(())
}

/// The first characters after which spreadsheets evaluate a cell, with their full-width forms (OWASP, "CSV
/// Injection").
fn starts_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn line(cell: &str, escape_formula: bool) -> String {
        let mut line = String::new();
        push_cell(cell, &CsvForm::default(), escape_formula, &mut line).unwrap();
        line
    }

    #[test]
    fn what_cannot_be_enclosed_is_an_error() {
        let hive = CsvForm {
            delimiter: '|',
            quote: None,
            null_text: "\\N".into(),
            ..CsvForm::default()
        };
        let mut line = String::new();
        for sound in ["", "a,b", "say \"hi\""] {
            push_cell(sound, &hive, false, &mut line).unwrap();
        }
        assert_eq!(line, "a,bsay \"hi\"");
        for misread in ["a|b", "two\nlines", "\\N"] {
            assert!(push_cell(misread, &hive, false, &mut line).is_err(), "{misread}");
        }
        let snowflake = CsvForm {
            null_text: "\\N".into(),
            quote: Some('\''),
            ..CsvForm::default()
        };
        line.clear();
        for cell in ["", "\\N", "it's", "\""] {
            push_cell(cell, &snowflake, false, &mut line).unwrap();
            line.push(' ');
        }
        assert_eq!(line, " '\\N' 'it''s' \" ");
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
