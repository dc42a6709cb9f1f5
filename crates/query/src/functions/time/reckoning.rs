//! Earlier and later: `date_add`, `date_diff`, `dateadd`, `datediff`, `time_slice`, `last_day`.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use arrow::datatypes::DataType;
use chrono::{NaiveDateTime, NaiveTime, TimeDelta};
use datafusion::common::{Result, exec_err, plan_err};

use super::moment::{Moments, expect_time, failed, same_zone};
use super::unit::Unit;
use crate::functions::arguments::{constant_text, texts, whole_numbers};
use crate::functions::function::{Function, Known};

pub fn all() -> Vec<Function> {
    vec![
        Function::new(
            &["date_add", "dateadd", "timestampadd", "timeadd"],
            3..=3,
            added_type,
            added,
        ),
        Function::new(
            &["date_diff"],
            3..=3,
            |known| difference_type("date_diff", known),
            |columns, _| difference("date_diff", columns, Unit::elapsed),
        ),
        Function::new(
            &["datediff", "timestampdiff", "timediff"],
            3..=3,
            |known| difference_type("datediff", known),
            |columns, _| difference("datediff", columns, Unit::begun),
        ),
        Function::new(&["time_slice"], 3..=4, slice_type, slice),
        Function::new(
            &["last_day_of_month"],
            1..=1,
            |known| expect_time("last_day_of_month", known[0].0).map(|()| DataType::Date32),
            last_day_of_month,
        ),
    ]
}

/// The unit of a statement, where it is written as a constant.
fn constant_unit(function: &str, known: &Known<'_>) -> Result<Option<Unit>> {
    constant_text(known[0].1)
        .map(|name| Unit::expect(function, name))
        .transpose()
}

/// A date stays one as long as only days are added.
fn added_type(known: &Known<'_>) -> Result<DataType> {
    let unit = constant_unit("date_add", known)?;
    if !known[1].0.is_numeric() && *known[1].0 != DataType::Null {
        return plan_err!("date_add takes a unit, a number and a time: date_add('day', -7, current_date)");
    }
    expect_time("date_add", known[2].0)?;
    let is_date = matches!(known[2].0, DataType::Date32 | DataType::Date64);
    match unit {
        Some(unit) if is_date && unit.is_of_days() => Ok(DataType::Date32),
        _ => Ok(same_zone(known[2].0)),
    }
}

fn added(columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    let units = texts(&columns[0])?;
    let counts = whole_numbers(&columns[1])?;
    let times = Moments::of(&columns[2])?;
    let rows = units.iter().zip(&counts).zip(times.locals());
    let later = rows.map(|((unit, count), local)| {
        let (Some(unit), Some(count), Some(local)) = (unit, count, local?) else {
            return Ok(None);
        };
        let later = Unit::expect("date_add", unit)?.add(local, count);
        later
            .map(Some)
            .ok_or_else(|| failed("date_add", format!("{count} times a {unit} is beyond the calendar")))
    });
    Moments::from_locals(later, data_type)
}

fn difference_type(function: &str, known: &Known<'_>) -> Result<DataType> {
    constant_unit(function, known)?;
    expect_time(function, known[1].0)?;
    expect_time(function, known[2].0)?;
    Ok(DataType::Int64)
}

fn difference(
    function: &str,
    columns: &[ArrayRef],
    count: fn(Unit, NaiveDateTime, NaiveDateTime) -> i64,
) -> Result<ArrayRef> {
    let units = texts(&columns[0])?;
    let (from, to) = (Moments::of(&columns[1])?, Moments::of(&columns[2])?);
    let rows = units.iter().zip(from.locals()).zip(to.locals());
    let counts = rows.map(|((unit, from), to)| {
        let (Some(unit), Some(from), Some(to)) = (unit, from?, to?) else {
            return Ok(None);
        };
        Ok(Some(count(Unit::expect(function, unit)?, from, to)))
    });
    Ok(Arc::new(counts.collect::<Result<Int64Array>>()?))
}

fn slice_type(known: &Known<'_>) -> Result<DataType> {
    expect_time("time_slice", known[0].0)?;
    if !known[1].0.is_integer() {
        return plan_err!("time_slice takes a time, a whole number and a unit: time_slice(start_time, 15, 'MINUTE')");
    }
    match known[0].0 {
        DataType::Date32 | DataType::Date64 => Ok(DataType::Date32),
        data_type => Ok(same_zone(data_type)),
    }
}

/// Where the slice begins; with 'END', where it ends.
fn slice(columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    let times = Moments::of(&columns[0])?;
    let counts = whole_numbers(&columns[1])?;
    let units = texts(&columns[2])?;
    let ends = columns.get(3).map(texts).transpose()?;
    let slices = times.locals().enumerate().map(|(row, local)| {
        let unit = units.is_valid(row).then(|| units.value(row));
        let count = counts.is_valid(row).then(|| counts.value(row));
        let (Some(local), Some(unit), Some(count)) = (local?, unit, count) else {
            return Ok(None);
        };
        let unit = Unit::expect("time_slice", unit)?;
        if count < 1 {
            return exec_err!("time_slice: a slice of {count} is none");
        }
        let begin = unit.slice(local, count);
        let is_end = match ends.as_ref().map(|ends| ends.value(row)) {
            Some(end) if end.eq_ignore_ascii_case("END") => true,
            Some(start) if !start.eq_ignore_ascii_case("START") => {
                return exec_err!("time_slice gives the 'START' or the 'END' of a slice, not its '{start}'");
            }
            _ => false,
        };
        let edge = begin.and_then(|begin| if is_end { unit.add(begin, count) } else { Some(begin) });
        edge.map(Some)
            .ok_or_else(|| failed("time_slice", "a slice is beyond the calendar"))
    });
    Moments::from_locals(slices, data_type)
}

fn last_day_of_month(columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    let times = Moments::of(&columns[0])?;
    let last = |local: NaiveDateTime| {
        let next = Unit::Month.add(Unit::Month.truncate(local), 1);
        let last = next.and_then(|next| next.checked_sub_signed(TimeDelta::days(1)));
        let last = last.map(|last| last.date().and_time(NaiveTime::MIN));
        last.ok_or_else(|| failed("last_day_of_month", "the month ends beyond the calendar"))
    };
    let days = times.locals().map(|local| local?.map(last).transpose());
    Moments::from_locals(days, data_type)
}
