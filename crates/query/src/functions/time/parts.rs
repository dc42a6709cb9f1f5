//! Parts of a time: `year`, `hour`, `day_of_week`, `dayname`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringViewArray};
use arrow::datatypes::DataType;
use chrono::{Datelike, NaiveDateTime, Timelike};
use datafusion::common::Result;

use super::moment::{Moments, expect_time};
use crate::functions::function::{Function, Known};

/// Names of a part, and the part of a time.
macro_rules! parts {
    ($(($($name:literal),+) => $part:expr;)+) => {
        vec![$(
            Function::new(&[$($name),+], 1..=1, |known| whole([$($name),+][0], known), |columns, _| numbers(columns, $part)),
        )+]
    };
}

pub fn all() -> Vec<Function> {
    let mut all = parts! {
        ("year") => |time| time.year().into();
        ("quarter") => |time| i64::from(time.month0()) / 3 + 1;
        ("month") => |time| time.month().into();
        ("week", "week_of_year", "weekofyear", "weekiso") => |time| time.iso_week().week().into();
        ("year_of_week", "yow", "yearofweek", "yearofweekiso") => |time| time.iso_week().year().into();
        ("day", "day_of_month", "dayofmonth") => |time| time.day().into();
        ("day_of_year", "doy", "dayofyear") => |time| time.ordinal().into();
        // Monday is 1 and Sunday 7.
        ("day_of_week", "dow", "dayofweekiso") => |time| time.weekday().number_from_monday().into();
        // Sunday is 0: Snowflake's.
        ("dayofweek") => |time| time.weekday().num_days_from_sunday().into();
        ("hour") => |time| time.hour().into();
        ("minute") => |time| time.minute().into();
        ("second") => |time| time.second().into();
        ("millisecond") => |time| i64::from(time.nanosecond() / 1_000_000);
    };
    all.push(Function::new(
        &["monthname"],
        1..=1,
        |known| text("monthname", known),
        |columns, _| names(columns, "%b"),
    ));
    all.push(Function::new(
        &["dayname"],
        1..=1,
        |known| text("dayname", known),
        |columns, _| names(columns, "%a"),
    ));
    all
}

fn whole(function: &str, known: &Known<'_>) -> Result<DataType> {
    expect_time(function, known[0].0).map(|()| DataType::Int64)
}

fn text(function: &str, known: &Known<'_>) -> Result<DataType> {
    expect_time(function, known[0].0).map(|()| DataType::Utf8View)
}

fn numbers(columns: &[ArrayRef], part: fn(NaiveDateTime) -> i64) -> Result<ArrayRef> {
    let numbers = Moments::of(&columns[0])?
        .locals()
        .map(|local| Ok(local?.map(part)))
        .collect::<Result<Int64Array>>()?;
    Ok(Arc::new(numbers))
}

/// Three letters, as Snowflake gives them.
fn names(columns: &[ArrayRef], format: &str) -> Result<ArrayRef> {
    let name = |local: NaiveDateTime| local.format(format).to_string();
    let names = Moments::of(&columns[0])?
        .locals()
        .map(|local| Ok(local?.map(name)))
        .collect::<Result<StringViewArray>>()?;
    Ok(Arc::new(names))
}
