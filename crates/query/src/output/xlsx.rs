//! Excel workbooks, a row at a time in memory.
//!
//! Text is always written as text, so a formula in a log field is never evaluated. An answer of more rows than a
//! sheet holds becomes several files, or several sheets when there is one writer only.

use std::io::{Seek, SeekFrom};
use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Field, Float32Type, Float64Type, Schema, TimeUnit};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::cell::{CellColumn, CellStyle};
use super::conversion::Conversion;
use super::error::OutputError;
use super::options::{OutputOptions, SHEET_ROWS};
use super::outlet::{Outlet, Part};
use super::serial::Serials;
use super::stream::Sink;

/// Columns a sheet of Excel can hold.
const SHEET_COLUMNS: usize = 16_384;

/// UTF-16 units a cell of Excel can hold.
const CELL_UNITS: usize = 32_767;

/// Doubles, which are all the numbers Excel has, hold every whole number up to here.
const EXACT_INTEGER: u64 = 1 << 53;

/// Decimal digits that survive the way into a double and back.
const EXACT_DIGITS: usize = 15;

pub(super) struct XlsxSink {
    conversion: Conversion,
    options: OutputOptions,
    formats: Formats,
    headings: Vec<Heading>,
    rows_per_sheet: usize,
    outlet: Outlet,
    workbook: Workbook,
    sheet: usize,
    sheet_rows: usize,
}

struct Formats {
    heading: Format,
    day: Format,
    second: Format,
    millisecond: Format,
}

struct Heading {
    text: String,
    width: f64,
}

impl XlsxSink {
    pub(super) fn open(schema: &Schema, options: &OutputOptions, outlet: Outlet) -> Result<Self, OutputError> {
        let columns = schema.fields().len();
        if columns > SHEET_COLUMNS {
            return Err(OutputError::Columns {
                columns,
                limit: SHEET_COLUMNS,
            });
        }
        let mut sink = Self {
            conversion: Conversion::for_text(schema, options.time_zone),
            options: options.clone(),
            formats: Formats {
                heading: Format::new().set_bold(),
                day: Format::new().set_num_format("yyyy-mm-dd"),
                second: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
                millisecond: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss.000"),
            },
            headings: schema.fields().iter().map(|field| heading(field, options)).collect(),
            rows_per_sheet: options.rows_per_file.clamp(2, SHEET_ROWS) - 1,
            outlet,
            workbook: Workbook::new(),
            sheet: 0,
            sheet_rows: 0,
        };
        sink.start_sheet()?;
        Ok(sink)
    }

    fn start_sheet(&mut self) -> Result<(), OutputError> {
        let sheet = self.workbook.add_worksheet_with_constant_memory().map_err(xlsx_error)?;
        write_headings(sheet, &self.headings, &self.formats.heading).map_err(xlsx_error)?;
        self.sheet_rows = 0;
        Ok(())
    }

    fn start_next_sheet(&mut self) -> Result<(), OutputError> {
        if self.outlet.splits() {
            self.save_workbook()?;
            self.workbook = Workbook::new();
            self.sheet = 0;
        } else {
            self.sheet += 1;
        }
        self.start_sheet()
    }

    fn save_workbook(&mut self) -> Result<(), OutputError> {
        // A million rows of text can pass the 4 GiB a sheet may have without the ZIP64 extension.
        self.workbook.use_zip_large_file(true);
        let mut part = self.outlet.next_part()?;
        match &mut part {
            Part::File(file) => self
                .workbook
                .save_to_writer(file)
                .map_err(|error| self.save_error(error))?,
            Part::Writer(writer) => {
                let io_error = |source| OutputError::Writer { source };
                let mut spool = tempfile::tempfile().map_err(io_error)?;
                self.workbook
                    .save_to_writer(&mut spool)
                    .map_err(|error| self.save_error(error))?;
                spool.seek(SeekFrom::Start(0)).map_err(io_error)?;
                std::io::copy(&mut spool, writer).map_err(io_error)?;
            }
        }
        self.outlet.close(part)
    }

    fn save_error(&self, error: XlsxError) -> OutputError {
        match error {
            XlsxError::IoError(source) => self.outlet.write_error(source),
            source => OutputError::Xlsx { source },
        }
    }

    fn write_batch(&mut self, batch: &RecordBatch, columns: &mut [SheetColumn<'_>]) -> Result<(), OutputError> {
        for row in 0..batch.num_rows() {
            if self.sheet_rows == self.rows_per_sheet {
                self.start_next_sheet()?;
            }
            let sheet = self.workbook.worksheet_from_index(self.sheet).map_err(xlsx_error)?;
            let sheet_row = self.sheet_rows as u32 + 1;
            for (position, column) in columns.iter_mut().enumerate() {
                let cell = column.cell(row)?;
                write_cell(sheet, sheet_row, position as u16, cell, &self.formats).map_err(xlsx_error)?;
            }
            self.sheet_rows += 1;
        }
        Ok(())
    }
}

impl Sink for XlsxSink {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), OutputError> {
        let batch = self.conversion.apply(batch).map_err(OutputError::value("xlsx"))?;
        let style = CellStyle::for_programs();
        let texts = CellColumn::of_batch(&batch, &style).map_err(OutputError::value("xlsx"))?;
        let columns = texts.into_iter().zip(batch.columns());
        let columns = columns.map(|(text, array)| SheetColumn::new(text, array, &self.options));
        let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
        self.write_batch(&batch, &mut columns)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<PathBuf>, OutputError> {
        self.save_workbook()?;
        self.outlet.finish()
    }
}

fn xlsx_error(source: XlsxError) -> OutputError {
    OutputError::Xlsx { source }
}

/// Excel's dates know no zone, so the heading says it.
fn heading(field: &Field, options: &OutputOptions) -> Heading {
    let text = match field.data_type() {
        DataType::Timestamp(_, Some(_)) => format!("{} ({})", field.name(), options.time_zone.name()),
        _ => field.name().clone(),
    };
    let least = match field.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => 19,
        DataType::Timestamp(..) => 23,
        DataType::Date32 | DataType::Date64 => 11,
        _ => 9,
    };
    let width = text.chars().count().clamp(least, 60) as f64;
    Heading {
        text: cell_text(text),
        width,
    }
}

fn write_headings(sheet: &mut Worksheet, headings: &[Heading], format: &Format) -> Result<(), XlsxError> {
    sheet.set_freeze_panes(1, 0)?;
    for (position, heading) in (0..).zip(headings) {
        sheet.set_column_width(position, heading.width + 1.0)?;
    }
    for (position, heading) in (0..).zip(headings) {
        sheet.write_string_with_format(0, position, &heading.text, format)?;
    }
    Ok(())
}

/// A value as a sheet holds it.
enum Cell {
    Empty,
    Number(f64),
    Boolean(bool),
    Moment(f64, Precision),
    Text(String),
}

#[derive(Clone, Copy)]
enum Precision {
    Day,
    Second,
    Millisecond,
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: Cell, formats: &Formats) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Number(number) => sheet.write_number(row, column, number)?,
        Cell::Boolean(truth) => sheet.write_boolean(row, column, truth)?,
        Cell::Moment(serial, precision) => {
            let format = match precision {
                Precision::Day => &formats.day,
                Precision::Second => &formats.second,
                Precision::Millisecond => &formats.millisecond,
            };
            sheet.write_number_with_format(row, column, serial, format)?
        }
        Cell::Text(text) => sheet.write_string(row, column, text)?,
    };
    Ok(())
}

/// A column of a batch on its way into a sheet. What Excel's types cannot hold exactly goes in as text.
struct SheetColumn<'a> {
    text: CellColumn<'a>,
    array: &'a ArrayRef,
    kind: Kind,
}

enum Kind {
    Integer,
    Decimal,
    Float32,
    Float64,
    Boolean,
    Moment(Serials, Precision),
    Text,
}

impl<'a> SheetColumn<'a> {
    fn new(text: CellColumn<'a>, array: &'a ArrayRef, options: &OutputOptions) -> Result<Self, OutputError> {
        let moment = |precision| {
            let serials = Serials::of(array, options.time_zone).map_err(OutputError::value("xlsx"))?;
            Ok(Kind::Moment(serials, precision))
        };
        let kind = match array.data_type() {
            integer if integer.is_integer() => Kind::Integer,
            decimal if decimal.is_decimal() => Kind::Decimal,
            DataType::Float32 => Kind::Float32,
            DataType::Float64 => Kind::Float64,
            DataType::Boolean => Kind::Boolean,
            DataType::Timestamp(TimeUnit::Second, _) => moment(Precision::Second)?,
            DataType::Timestamp(..) => moment(Precision::Millisecond)?,
            DataType::Date32 | DataType::Date64 => moment(Precision::Day)?,
            _ => Kind::Text,
        };
        Ok(Self { text, array, kind })
    }

    fn cell(&mut self, row: usize) -> Result<Cell, OutputError> {
        if self.text.is_null(row) {
            return Ok(Cell::Empty);
        }
        let exact = match &self.kind {
            Kind::Boolean => Some(Cell::Boolean(self.array.as_boolean().value(row))),
            Kind::Float32 => finite(f64::from(self.array.as_primitive::<Float32Type>().value(row))),
            Kind::Float64 => finite(self.array.as_primitive::<Float64Type>().value(row)),
            Kind::Moment(serials, precision) => serials.value(row).map(|serial| Cell::Moment(serial, *precision)),
            Kind::Integer | Kind::Decimal | Kind::Text => None,
        };
        if let Some(cell) = exact {
            return Ok(cell);
        }
        let mut text = String::new();
        self.text.write(row, &mut text).map_err(OutputError::value("xlsx"))?;
        let number = match self.kind {
            Kind::Integer => exact_integer(&text),
            Kind::Decimal => exact_decimal(&text),
            _ => None,
        };
        Ok(number.map_or_else(|| Cell::Text(cell_text(text)), Cell::Number))
    }
}

fn finite(number: f64) -> Option<Cell> {
    number.is_finite().then_some(Cell::Number(number))
}

fn exact_integer(text: &str) -> Option<f64> {
    let magnitude = text.trim_start_matches('-').parse::<u64>().ok()?;
    if magnitude > EXACT_INTEGER {
        None
    } else {
        text.parse().ok()
    }
}

fn exact_decimal(text: &str) -> Option<f64> {
    let digits = text
        .bytes()
        .filter(u8::is_ascii_digit)
        .skip_while(|digit| *digit == b'0')
        .count();
    if digits > EXACT_DIGITS { None } else { text.parse().ok() }
}

/// Cuts a text to what a cell can hold, and says so at its end.
fn cell_text(text: String) -> String {
    if text.len() <= CELL_UNITS {
        return text;
    }
    let units = text.encode_utf16().count();
    if units <= CELL_UNITS {
        return text;
    }
    let note = format!("… [cut: {} characters in all]", text.chars().count());
    let room = CELL_UNITS - note.encode_utf16().count();
    let mut taken = 0;
    let kept = text.chars().take_while(|character| {
        taken += character.len_utf16();
        taken <= room
    });
    let mut kept = kept.collect::<String>();
    kept.push_str(&note);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_numbers_are_numbers() {
        assert_eq!(exact_integer("9007199254740992"), Some(9_007_199_254_740_992.0));
        assert_eq!(exact_integer("-9007199254740992"), Some(-9_007_199_254_740_992.0));
        assert_eq!(exact_integer("9007199254740993"), None);
        assert_eq!(exact_integer("18446744073709551615"), None);
        assert_eq!(exact_decimal("0.0123456789012345"), Some(0.012_345_678_901_234_5));
        assert_eq!(exact_decimal("1234567890123456.7"), None);
    }

    #[test]
    fn a_long_text_is_cut_to_the_cell_and_says_so() {
        let whole = "x".repeat(CELL_UNITS);
        assert_eq!(cell_text(whole.clone()), whole);
        let cut = cell_text("😀".repeat(20_000));
        assert!(cut.encode_utf16().count() <= CELL_UNITS);
        assert!(
            cut.ends_with("😀… [cut: 20000 characters in all]"),
            "{}",
            &cut[cut.len() - 60..]
        );
    }
}
