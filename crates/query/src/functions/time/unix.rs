//! Seconds since 1970: `from_unixtime`, `to_unixtime`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, plan_err};

use super::moment::{Moments, Zone, expect_time};
use crate::functions::arguments::constant_text;
use crate::functions::function::{Function, Known};

pub fn all() -> Vec<Function> {
    vec![
        Function::new(&["from_unixtime"], 1..=3, from_unixtime_type, from_unixtime),
        Function::new(
            &["to_unixtime"],
            1..=1,
            |known| expect_time("to_unixtime", known[0].0).map(|()| DataType::Float64),
            to_unixtime,
        ),
    ]
}

/// `from_unixtime(seconds)` is in UTC; the zone is a name, or hours and minutes ahead.
fn from_unixtime_type(known: &Known<'_>) -> Result<DataType> {
    if !known[0].0.is_numeric() && *known[0].0 != DataType::Null {
        return plan_err!("from_unixtime takes seconds since 1970 as a number, not {}", known[0].0);
    }
    let zone = match &known[1..] {
        [] => Zone::named("UTC")?,
        [(_, zone)] => match constant_text(*zone) {
            Some(name) => Zone::named(name)?,
            None => return plan_err!("the zone of from_unixtime is a text such as 'Asia/Tokyo'"),
        },
        [(_, hours), (_, minutes), ..] => match (whole(*hours), whole(*minutes)) {
            (Some(hours), Some(minutes)) => Zone::at_offset(hours * 60 + minutes)?,
            _ => return plan_err!("the hours and minutes of from_unixtime are whole numbers"),
        },
    };
    Ok(DataType::Timestamp(TimeUnit::Microsecond, Some(zone.name)))
}

fn whole(constant: Option<&ScalarValue>) -> Option<i64> {
    match constant?.cast_to(&DataType::Int64).ok()? {
        ScalarValue::Int64(number) => number,
        _ => None,
    }
}

fn from_unixtime(columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    let beyond = || exec_datafusion_err!("from_unixtime: a number of seconds is beyond what a time can be");
    let seconds = &columns[0];
    let micros: TimestampMicrosecondArray = if seconds.data_type().is_floating() {
        let seconds = cast(seconds, &DataType::Float64)?;
        let micros = |second: f64| {
            let micros = (second * 1e6).round();
            // Beyond this a number of microseconds is no whole number of 64 bits.
            if micros.abs() < 9.2e18 {
                Ok(micros as i64)
            } else {
                Err(beyond())
            }
        };
        let seconds = seconds.as_primitive::<Float64Type>();
        seconds
            .iter()
            .map(|second| second.map(micros).transpose())
            .collect::<Result<_>>()?
    } else {
        let seconds = cast(seconds, &DataType::Int64)?;
        let micros = |second: i64| second.checked_mul(1_000_000).ok_or_else(beyond);
        let seconds = seconds.as_primitive::<Int64Type>();
        seconds
            .iter()
            .map(|second| second.map(micros).transpose())
            .collect::<Result<_>>()?
    };
    Ok(Arc::new(micros.with_data_type(data_type.clone())))
}

/// With the fraction of the second, as Trino does.
fn to_unixtime(columns: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let times = Moments::of(&columns[0])?;
    let seconds = times
        .micros
        .iter()
        .map(|micros| micros.map(|micros| micros as f64 / 1e6));
    Ok(Arc::new(seconds.collect::<Float64Array>()))
}
