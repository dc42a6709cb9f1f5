//! `parse_duration('1.5h')`.
//!
//! Source: Trino documentation, "Date and time functions".

use std::sync::Arc;

use arrow::array::{ArrayRef, IntervalMonthDayNanoArray};
use arrow::datatypes::{DataType, IntervalMonthDayNano, IntervalUnit};
use datafusion::common::{Result, exec_datafusion_err};

use crate::functions::arguments::texts;
use crate::functions::function::Function;
use crate::functions::text::text;

/// The units and their nanoseconds.
const UNITS: &[(&str, f64)] = &[
    ("ns", 1.0),
    ("us", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3_600e9),
    ("d", 86_400e9),
];

/// The function.
pub fn parse_duration() -> Function {
    Function::new(
        &["parse_duration"],
        1..=1,
        |known| text(known).map(|_| DataType::Interval(IntervalUnit::MonthDayNano)),
        |columns, _| {
            let texts = texts(&columns[0])?;
            let read = texts.iter().map(|text| text.map(interval).transpose());
            let read: ArrayRef = Arc::new(read.collect::<Result<IntervalMonthDayNanoArray>>()?);
            Ok(read)
        },
    )
}

fn interval(text: &str) -> Result<IntervalMonthDayNano> {
    let nanoseconds = nanoseconds(text.trim())
        .ok_or_else(|| exec_datafusion_err!("`{text}` is no duration; one is written 90s, 1.5h or 7d"))?;
    Ok(IntervalMonthDayNano::new(0, 0, nanoseconds))
}

fn nanoseconds(text: &str) -> Option<i64> {
    let unit_at = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let (_, size) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let whole = (number.trim().parse::<f64>().ok()? * size).round();
    (whole.abs() < i64::MAX as f64).then_some(whole as i64)
}
