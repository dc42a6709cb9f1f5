//! A variant's value as a time.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, TimestampMicrosecondArray};
use arrow::compute::{CastOptions, cast, cast_with_options};
use arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMicrosecondType};
use datafusion::common::Result;

use crate::functions::{Function, Known, texts};

/// Numbers below are seconds since 1970, as Snowflake has it: those of a thousand years.
const SECONDS_BELOW: i64 = 31_536_000_000;
/// Numbers below are milliseconds, and then microseconds up to a thousand times this; all others are nanoseconds.
const MILLISECONDS_BELOW: i64 = 31_536_000_000_000;
const MICROSECONDS_BELOW: i64 = 31_536_000_000_000_000;

/// `value::TIMESTAMP` of what a path leads to. A number is seconds, milliseconds, microseconds or nanoseconds by how
/// large it is; so is a text that is a number; any other text is a time. Source: Snowflake documentation,
/// "`TO_TIMESTAMP`".
pub fn variant_timestamp() -> Function {
    Function::new(
        &["variant_timestamp"],
        1..=1,
        |_: &Known<'_>| Ok(timestamp()),
        |columns, _| moments(&columns[0]),
    )
}

fn timestamp() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, None)
}

fn moments(values: &ArrayRef) -> Result<ArrayRef> {
    match values.data_type() {
        data_type if data_type.is_integer() => Ok(of_numbers(values)?),
        data_type if data_type.is_string() => of_texts(values),
        _ => Ok(cast(values, &timestamp())?),
    }
}

fn of_numbers(values: &ArrayRef) -> Result<ArrayRef> {
    let numbers = cast(values, &DataType::Int64)?;
    let micros: TimestampMicrosecondArray = numbers.as_primitive::<Int64Type>().unary(microseconds);
    Ok(Arc::new(micros))
}

fn of_texts(values: &ArrayRef) -> Result<ArrayRef> {
    let texts = texts(values)?;
    let is_number = |text: &str| text.parse::<i64>().is_ok();
    if !texts.iter().flatten().any(is_number) {
        return Ok(cast(values, &timestamp())?);
    }
    let times: arrow::array::StringViewArray = texts.iter().map(|text| text.filter(|text| !is_number(text))).collect();
    let times = cast_with_options(&(Arc::new(times) as ArrayRef), &timestamp(), &CastOptions::default())?;
    let times = times.as_primitive::<TimestampMicrosecondType>();
    let both = texts
        .iter()
        .zip(times)
        .map(|(text, time)| match text.and_then(|text| text.parse().ok()) {
            Some(number) => Some(microseconds(number)),
            None => time,
        });
    Ok(Arc::new(both.collect::<TimestampMicrosecondArray>()))
}

/// A number of some unit, in microseconds.
fn microseconds(number: i64) -> i64 {
    match number.saturating_abs() {
        size if size < SECONDS_BELOW => number * 1_000_000,
        size if size < MILLISECONDS_BELOW => number * 1_000,
        size if size < MICROSECONDS_BELOW => number,
        _ => number.div_euclid(1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_of_the_unit_that_fits_its_size() {
        for number in [
            1_793_491_200,
            1_793_491_200_000,
            1_793_491_200_000_000,
            1_793_491_200_000_000_000,
        ] {
            assert_eq!(microseconds(number), 1_793_491_200_000_000);
        }
        assert_eq!(microseconds(-1), -1_000_000);
    }
}
