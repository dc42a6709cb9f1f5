//! The same instant elsewhere: `at_timezone`, `with_timezone`, `convert_timezone`.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::{Result, ScalarValue, plan_err};

use super::moment::{LOCAL, Moments, Zone, expect_time};
use crate::functions::arguments::{constant_text, texts};
use crate::functions::function::{Function, Known};

pub fn all() -> Vec<Function> {
    vec![
        Function::new(
            &["at_timezone"],
            2..=2,
            |known| shown("at_timezone", known[0].0, known[1].1),
            at_timezone,
        ),
        Function::new(
            &["with_timezone"],
            2..=2,
            |known| shown("with_timezone", known[0].0, known[1].1),
            with_timezone,
        ),
        Function::new(&["convert_timezone"], 2..=3, converted_type, converted),
        Function::new(
            &["current_timezone"],
            0..=0,
            |_| Ok(DataType::Utf8View),
            |_, _| Ok(Arc::new(StringViewArray::from_iter_values(["UTC"]))),
        ),
    ]
}

/// A time shown in the zone that a constant names.
fn shown(function: &str, time: &DataType, zone: Option<&ScalarValue>) -> Result<DataType> {
    expect_time(function, time)?;
    if let Some(name) = constant_text(zone) {
        Ok(DataType::Timestamp(
            TimeUnit::Microsecond,
            Some(Zone::named(name)?.name),
        ))
    } else {
        plan_err!("{function} takes a time and a zone, a text such as 'Asia/Tokyo'")
    }
}

/// The same instant; a time without a zone is in UTC.
fn at_timezone(columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    Ok(Arc::new(
        Moments::of(&columns[0])?.micros.with_data_type(data_type.clone()),
    ))
}

/// The instant at which clocks in the zone show the time.
fn with_timezone(columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    Moments::from_locals(Moments::of(&columns[0])?.locals(), data_type)
}

/// `convert_timezone(to, time)` is the same instant; `convert_timezone(from, to, clock)` what clocks show there when they
/// show the time here.
fn converted_type(known: &Known<'_>) -> Result<DataType> {
    match known {
        [to, time] => shown("convert_timezone", time.0, to.1),
        _ => expect_time("convert_timezone", known[2].0).map(|()| LOCAL),
    }
}

fn converted(columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    let [from, to, time] = columns else {
        return at_timezone(&columns[1..], data_type);
    };
    let (from, to) = (texts(from)?, texts(to)?);
    let times = Moments::of(time)?;
    let rows = from.iter().zip(&to).zip(times.locals());
    let there = rows.map(|((from, to), local)| {
        let (Some(from), Some(to), Some(local)) = (from, to, local?) else {
            return Ok(None);
        };
        Ok(Some(Zone::named(to)?.local(Zone::named(from)?.instant(local))))
    });
    Moments::from_locals(there, data_type)
}
