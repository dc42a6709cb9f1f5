//! A column of values that come one by one, as JSON has them.

use std::fmt;
use std::sync::Arc;

use arrow::array::{
    ArrayBuilder, ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, StringBuilder, StringDictionaryBuilder,
};
use arrow::datatypes::{DataType, Int32Type};
use serde_json::{Number, Value};

use super::EXACT;

/// A column under construction: rows without a value are filled in when the next one comes.
pub enum GrowingColumn {
    /// `BIGINT`.
    Whole(Int64Builder),
    /// `DOUBLE`.
    Number(Float64Builder),
    /// `BOOLEAN`.
    Truth(BooleanBuilder),
    /// Text, of which rows may share much.
    Text(Box<StringDictionaryBuilder<Int32Type>>),
    /// Lists as JSON text.
    List(StringBuilder),
}

impl GrowingColumn {
    /// No row yet, of values of that type.
    pub fn new(data_type: &DataType, is_list: bool) -> Self {
        match data_type {
            DataType::Int64 => Self::Whole(Int64Builder::new()),
            DataType::Float64 => Self::Number(Float64Builder::new()),
            DataType::Boolean => Self::Truth(BooleanBuilder::new()),
            _ if is_list => Self::List(StringBuilder::new()),
            _ => Self::Text(Box::default()),
        }
    }

    /// The rows so far.
    pub fn rows(&self) -> usize {
        match self {
            Self::Whole(built) => built.len(),
            Self::Number(built) => built.len(),
            Self::Truth(built) => built.len(),
            Self::Text(built) => built.len(),
            Self::List(built) => built.len(),
        }
    }

    /// NULLs up to row `rows`.
    pub fn fill(&mut self, rows: usize) {
        let nulls = rows.saturating_sub(self.rows());
        match self {
            Self::Whole(built) => built.append_nulls(nulls),
            Self::Number(built) => built.append_nulls(nulls),
            Self::Truth(built) => built.append_nulls(nulls),
            Self::Text(built) => built.append_nulls(nulls),
            Self::List(built) => built.append_nulls(nulls),
        }
    }

    /// Takes a value; gives back one that is not of its type.
    pub fn add(&mut self, value: Value) -> Option<Value> {
        match (self, value) {
            (Self::Whole(built), Value::Number(number)) => match Number::as_i64(&number) {
                Some(number) => built.append_value(number),
                None => return Some(Value::Number(number)),
            },
            (Self::Number(built), Value::Number(number)) => match number.as_f64() {
                Some(number) => built.append_value(number),
                None => return Some(Value::Number(number)),
            },
            (Self::Truth(built), Value::Bool(value)) => built.append_value(value),
            (Self::Text(built), Value::String(text)) => built.append_value(text),
            (Self::List(built), list) => built.append_value(list.to_string()),
            (_, other) => return Some(other),
        }
        None
    }

    /// Its rows.
    pub fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Whole(built) => Arc::new(built.finish()),
            Self::Number(built) => Arc::new(built.finish()),
            Self::Truth(built) => Arc::new(built.finish()),
            Self::Text(built) => Arc::new(built.finish()),
            Self::List(built) => Arc::new(built.finish()),
        }
    }
}

impl fmt::Debug for GrowingColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrowingColumn")
            .field("rows", &self.rows())
            .finish_non_exhaustive()
    }
}

/// Whether a number is the same as `DOUBLE`, as far as it is a whole one.
pub fn is_exact(number: &Number) -> bool {
    number.as_i64().is_none_or(|whole| whole.unsigned_abs() <= EXACT)
}
