//! Numbers: in other bases, in buckets, for people.
//!
//! Source: Trino documentation, "Mathematical functions", "Bitwise functions", "Conversion functions".

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use datafusion::common::{Result, exec_datafusion_err, exec_err};

use super::arguments::{texts, whole_numbers};
use super::function::{Function, Known};

/// Every function of numbers.
pub fn all() -> Vec<Function> {
    let whole = |_: &Known<'_>| Ok(DataType::Int64);
    let text = |_: &Known<'_>| Ok(DataType::Utf8View);
    vec![
        Function::new(&["from_base"], 2..=2, whole, |columns, _| from_base(columns)),
        Function::new(&["to_base"], 2..=2, text, |columns, _| to_base(columns)),
        Function::new(&["width_bucket"], 2..=4, whole, |columns, _| bucket(columns)),
        Function::new(&["bit_count"], 2..=2, whole, |columns, _| bit_count(columns)),
        Function::new(&["bitwise_right_shift"], 2..=2, whole, |columns, _| {
            let (numbers, counts) = (whole_numbers(&columns[0])?, whole_numbers(&columns[1])?);
            let shift = |(number, count): (Option<i64>, Option<i64>)| {
                let shifted = u32::try_from(count?)
                    .ok()
                    .and_then(|count| (number? as u64).checked_shr(count));
                number.map(|_| shifted.unwrap_or(0) as i64)
            };
            Ok(Arc::new(numbers.iter().zip(&counts).map(shift).collect::<Int64Array>()))
        }),
        Function::new(&["human_readable_seconds"], 1..=1, text, |columns, _| {
            let seconds = doubles(&columns[0])?;
            let written = seconds.iter().map(|seconds| seconds.map(readable_seconds));
            Ok(Arc::new(written.collect::<StringViewArray>()))
        }),
        Function::new(&["format_number"], 1..=1, text, |columns, _| {
            let numbers = doubles(&columns[0])?;
            let written = numbers.iter().map(|number| number.map(short));
            Ok(Arc::new(written.collect::<StringViewArray>()))
        }),
    ]
}

fn doubles(column: &ArrayRef) -> Result<Float64Array> {
    Ok(cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
}

fn radix(base: i64) -> Result<u32> {
    let Ok(base @ 2..=36) = u32::try_from(base) else {
        return exec_err!("a base is from 2 to 36, and {base} is not");
    };
    Ok(base)
}

fn from_base(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (texts, bases) = (texts(&columns[0])?, whole_numbers(&columns[1])?);
    let numbers = texts.iter().zip(&bases).map(|(text, base)| {
        let (Some(text), Some(base)) = (text, base) else {
            return Ok(None);
        };
        let number = i64::from_str_radix(text, radix(base)?);
        number
            .map(Some)
            .map_err(|_| exec_datafusion_err!("`{text}` is no number of base {base}"))
    });
    Ok(Arc::new(numbers.collect::<Result<Int64Array>>()?))
}

fn to_base(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (numbers, bases) = (whole_numbers(&columns[0])?, whole_numbers(&columns[1])?);
    let written = numbers.iter().zip(&bases).map(|(number, base)| {
        let (Some(number), Some(base)) = (number, base) else {
            return Ok(None);
        };
        let base = radix(base)?;
        let mut rest = number.unsigned_abs();
        let mut digits = Vec::new();
        while rest > 0 || digits.is_empty() {
            let digit = (rest % u64::from(base)) as u32;
            digits.push(char::from_digit(digit, base).unwrap_or('0'));
            rest /= u64::from(base);
        }
        if number < 0 {
            digits.push('-');
        }
        Ok(Some(digits.into_iter().rev().collect::<String>()))
    });
    Ok(Arc::new(written.collect::<Result<StringViewArray>>()?))
}

/// Which of so many equal parts of a range a number is in, or behind how many bounds of a list.
fn bucket(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let numbers = doubles(&columns[0])?;
    let buckets: Int64Array = match columns {
        [_, lists] => {
            let lists = cast(lists, &DataType::new_list(DataType::Float64, true))?;
            let lists = lists.as_list::<i32>();
            let behind = |(number, bounds): (Option<f64>, Option<ArrayRef>)| {
                let (number, bounds) = (number?, bounds?);
                let bounds = bounds.as_primitive::<Float64Type>();
                Some(bounds.iter().flatten().filter(|bound| *bound <= number).count() as i64)
            };
            numbers.iter().zip(lists.iter()).map(behind).collect()
        }
        [_, from, to, counts] => {
            let (from, to, counts) = (doubles(from)?, doubles(to)?, whole_numbers(counts)?);
            let rows = numbers.iter().zip(&from).zip(&to).zip(&counts);
            let parts = rows.map(|(((number, from), to), count)| {
                let (Some(number), Some(from), Some(to), Some(count)) = (number, from, to, count) else {
                    return Ok(None);
                };
                if count < 1 || from.total_cmp(&to).is_eq() {
                    return exec_err!("width_bucket takes two different bounds and at least one bucket between them");
                }
                let part = ((number - from) / (to - from) * count as f64).floor();
                Ok(Some((part as i64).clamp(-1, count).saturating_add(1)))
            });
            parts.collect::<Result<_>>()?
        }
        _ => return exec_err!("width_bucket takes a number, two bounds and a count, or a number and a list of bounds"),
    };
    Ok(Arc::new(buckets))
}

/// Bits that are set in a number of so many bits.
fn bit_count(columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (numbers, widths) = (whole_numbers(&columns[0])?, whole_numbers(&columns[1])?);
    let counts = numbers.iter().zip(&widths).map(|(number, width)| {
        let (Some(number), Some(width)) = (number, width) else {
            return Ok(None);
        };
        if !(2..=64).contains(&width) {
            return exec_err!("bit_count takes a number of 2 to 64 bits, not of {width}");
        }
        let kept = u64::MAX >> (64 - width);
        Ok(Some(i64::from((number as u64 & kept).count_ones())))
    });
    Ok(Arc::new(counts.collect::<Result<Int64Array>>()?))
}

/// `1 hour, 1 minute, 40 seconds`.
fn readable_seconds(seconds: f64) -> String {
    const UNITS: [(&str, u64); 5] = [
        ("week", 604_800),
        ("day", 86_400),
        ("hour", 3_600),
        ("minute", 60),
        ("second", 1),
    ];
    let mut rest = seconds.abs().round() as u64;
    let mut parts = Vec::new();
    for (unit, length) in UNITS {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            parts.push(format!("{count} {unit}{plural}"));
        }
    }
    if parts.is_empty() {
        return "0 seconds".to_owned();
    }
    parts.join(", ")
}

/// `123K`, `1.23M`: three digits and the unit.
fn short(number: f64) -> String {
    const UNITS: [&str; 6] = ["", "K", "M", "B", "T", "Q"];
    let (mut rest, mut unit) = (number, 0);
    while rest.abs() >= 1000.0 && unit + 1 < UNITS.len() {
        rest /= 1000.0;
        unit += 1;
    }
    let places = match rest.abs() {
        size if size < 10.0 => 2,
        size if size < 100.0 => 1,
        _ => 0,
    };
    let written = format!("{rest:.places$}");
    let written = if places > 0 {
        written.trim_end_matches('0').trim_end_matches('.')
    } else {
        &written
    };
    format!("{written}{}", UNITS[unit])
}
