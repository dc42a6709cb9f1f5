//! The columns of a row group, a batch of rows at a time.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};

use crate::chunk::{Decoded, Rows, Validity};
use crate::expression::Expression;

/// Rows that are worked on at once: few enough for the nearest caches to hold those of several columns.
pub const BATCH_ROWS: usize = 8192;

/// Rows of a column.
#[derive(Clone, Copy, Debug)]
pub enum Page<'a> {
    /// Positions among the column's values.
    Codes(&'a [u32]),
    /// Numbers, and which of them are set (1) or null (0) where any is null.
    Numbers(&'a [i64], Option<&'a [u8]>),
}

/// A column that is gone through from its first row to its last.
pub struct Reader {
    column: Column,
    at: usize,
    codes: Vec<u32>,
    numbers: Vec<i64>,
    valid: Vec<u8>,
}

/// A column of a row group.
#[derive(Clone, Debug)]
pub enum Column {
    /// From the file.
    Stored(Arc<Decoded>),
    /// Every row has this value, an array of one.
    Same(ArrayRef),
}

impl Column {
    /// The distinct values, where rows are codes.
    pub fn values(&self) -> Option<&ArrayRef> {
        match self {
            Self::Stored(column) => column.values.as_ref(),
            Self::Same(value) => Some(value),
        }
    }

    /// Whether no row is null.
    pub fn is_set(&self) -> bool {
        match self {
            Self::Stored(column) => column.is_set(),
            Self::Same(value) => value.null_count() == 0,
        }
    }

    /// The type of its values.
    pub fn data_type(&self) -> &DataType {
        match self {
            Self::Stored(column) => &column.data_type,
            Self::Same(value) => value.data_type(),
        }
    }
}

impl Reader {
    /// Before row `begin`.
    pub fn new(column: Column, begin: usize) -> Self {
        Self {
            column,
            at: begin,
            codes: Vec::new(),
            numbers: Vec::new(),
            valid: Vec::new(),
        }
    }

    /// The next rows.
    pub fn take(&mut self, rows: usize) -> Page<'_> {
        let range = self.at..self.at + rows;
        self.at = range.end;
        let column = match &self.column {
            Column::Stored(column) => column,
            Column::Same(_) => {
                self.codes.clear();
                self.codes.resize(rows, 0);
                return Page::Codes(&self.codes);
            }
        };
        match &column.rows {
            Rows::Codes32(codes) => Page::Codes(&codes[range]),
            Rows::Codes8(codes) => Page::Codes(widened(&codes[range], &mut self.codes)),
            Rows::Codes16(codes) => Page::Codes(widened(&codes[range], &mut self.codes)),
            Rows::Numbers32(numbers, validity) => {
                self.numbers.clear();
                self.numbers
                    .extend(numbers[range.clone()].iter().map(|number| i64::from(*number)));
                Page::Numbers(&self.numbers, set(validity, range, &mut self.valid))
            }
            Rows::Numbers64(numbers, validity) => {
                Page::Numbers(&numbers[range.clone()], set(validity, range, &mut self.valid))
            }
        }
    }
}

fn widened<'a, T: Copy + Into<u32>>(narrow: &[T], codes: &'a mut Vec<u32>) -> &'a [u32] {
    codes.clear();
    codes.extend(narrow.iter().map(|code| -> u32 { (*code).into() }));
    codes
}

fn set<'a>(validity: &Validity, range: Range<usize>, valid: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    if validity.all_set() {
        return None;
    }
    valid.clear();
    valid.extend(range.map(|row| u8::from(validity.is_set(row))));
    Some(valid)
}

/// The rows at hand of those columns that are looked at.
pub type Pages<'a> = [Option<Page<'a>>];

/// Which rows of a page count.
#[derive(Clone, Copy, Debug)]
pub enum Chosen<'a> {
    /// All, so many.
    All(usize),
    /// Those at these positions.
    At(&'a [u32]),
}

impl<'a> Chosen<'a> {
    /// Those of `rows` rows that stand at `positions`, if given; where they are all, nothing needs to be picked.
    pub fn of_rows(rows: usize, positions: Option<&'a [u32]>) -> Self {
        match positions {
            Some(positions) if positions.len() < rows => Self::At(positions),
            _ => Self::All(rows),
        }
    }

    /// How many rows count.
    pub fn len(self) -> usize {
        match self {
            Self::All(rows) => rows,
            Self::At(positions) => positions.len(),
        }
    }

    /// `values` of the rows that count.
    pub fn of<T: Copy>(self, values: &'a [T]) -> Cow<'a, [T]> {
        match self {
            Self::All(_) => Cow::Borrowed(values),
            Self::At(positions) => positions.iter().map(|at| values[*at as usize]).collect(),
        }
    }
}

/// The codes of a column that has them.
pub fn codes<'a>(pages: &Pages<'a>, column: usize) -> Result<&'a [u32]> {
    if let Some(Page::Codes(codes)) = pages[column] {
        Ok(codes)
    } else {
        exec_err!("the codes of column {column} are not at hand")
    }
}

/// The values of the only column an expression looks at, with the column's number, where its rows are codes.
pub fn coded<'a>(expression: &Expression, columns: &'a [Option<Column>]) -> Option<(usize, &'a ArrayRef)> {
    let number = expression.only_column()?;
    Some((number, columns[number].as_ref()?.values()?))
}
