//! Times made of anything: `to_timestamp`, `to_date`, `date_from_parts`.
//!
//! Source: Snowflake documentation, "`TO_TIMESTAMP`", "`TO_DATE`", "`DATE_FROM_PARTS`", "`TIMESTAMP_FROM_PARTS`".

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use datafusion::common::{Result, exec_datafusion_err, plan_err};

use super::moment::{LOCAL, Moments, expect_time, failed, is_time, naive};
use super::oracle;
use super::text::{already_times, check, instant};
use super::unit::Unit;
use crate::functions::arguments::{LastRead, is_text, texts, whole_numbers};
use crate::functions::function::{Function, Known};

pub fn all() -> Vec<Function> {
    let instants: &[&'static str] = &["to_timestamp", "to_timestamp_ltz", "to_timestamp_tz"];
    let tried: &[&'static str] = &["try_to_timestamp_ltz", "try_to_timestamp_tz"];
    vec![
        Function::new(
            instants,
            1..=2,
            |known| made(known, instant()),
            |columns, to| times(columns, to, false),
        ),
        Function::new(
            &["to_timestamp_ntz"],
            1..=2,
            |known| made(known, LOCAL),
            |columns, to| times(columns, to, false),
        ),
        Function::new(
            tried,
            1..=2,
            |known| made(known, instant()),
            |columns, to| times(columns, to, true),
        ),
        Function::new(
            &["try_to_timestamp", "try_to_timestamp_ntz"],
            1..=2,
            |known| made(known, LOCAL),
            |columns, to| times(columns, to, true),
        ),
        Function::new(
            &["to_date"],
            1..=2,
            |known| made(known, DataType::Date32),
            |columns, to| times(columns, to, false),
        ),
        Function::new(
            &["try_to_date"],
            1..=2,
            |known| made(known, DataType::Date32),
            |columns, to| times(columns, to, true),
        ),
        Function::new(
            &["date_from_parts"],
            3..=3,
            |known| parts(known, DataType::Date32),
            of_parts,
        ),
        Function::new(&["timestamp_from_parts"], 6..=7, |known| parts(known, LOCAL), of_parts),
        Function::new(&["last_day"], 1..=2, last_type, |columns, to| {
            let units = columns.get(1).map(texts).transpose()?;
            let unit = units.filter(|units| !units.is_empty());
            let unit = unit.map_or(Ok(Unit::Month), |units| Unit::expect("last_day", units.value(0)))?;
            each_day(&columns[0], to, |_, day| last_of(unit, day))
        }),
        Function::new(&["next_day"], 2..=2, day_type, |columns, to| {
            let names = texts(&columns[1])?;
            each_day(&columns[0], to, |row, day| {
                let ahead = days_until(day.weekday(), weekday(names.value(row))?);
                Ok(day.checked_add_days(Days::new(if ahead == 0 { 7 } else { ahead })))
            })
        }),
        Function::new(&["previous_day"], 2..=2, day_type, |columns, to| {
            let names = texts(&columns[1])?;
            each_day(&columns[0], to, |row, day| {
                let back = days_until(weekday(names.value(row))?, day.weekday());
                Ok(day.checked_sub_days(Days::new(if back == 0 { 7 } else { back })))
            })
        }),
    ]
}

/// The second argument is a pattern for text, and the digits behind the second for a number.
fn made(known: &Known<'_>, data_type: DataType) -> Result<DataType> {
    let (from, _) = known[0];
    if !is_time(from) && !from.is_numeric() {
        return plan_err!("a time is made of a text, a number of seconds or a time, not of {from}");
    }
    if known.len() == 2 && is_text(known[1].0) {
        if from.is_numeric() {
            return plan_err!(
                "a number takes the digits behind its second, not a pattern: to_timestamp(milliseconds, 3)"
            );
        }
        check("to_timestamp", oracle::pattern, known)?;
    }
    Ok(data_type)
}

fn times(columns: &[ArrayRef], data_type: &DataType, is_tried: bool) -> Result<ArrayRef> {
    let column = &columns[0];
    if column.data_type().is_numeric() {
        return finished(of_numbers(column, columns.get(1))?.into_iter(), data_type, is_tried);
    }
    if let Some(times) = already_times(column, &LOCAL) {
        return Ok(cast(&times?, data_type)?);
    }
    let texts = texts(column)?;
    let Some(patterns) = columns.get(1).map(crate::functions::arguments::texts).transpose()? else {
        let read = texts.iter().map(|text| text.map(spelled).transpose());
        return finished(read, data_type, is_tried);
    };
    let mut last = LastRead::default();
    let compiled = |text: &str| oracle::pattern(text).map_err(|why| failed("to_timestamp", why));
    let read = texts.iter().zip(&patterns).map(|(text, pattern)| {
        let (Some(text), Some(pattern)) = (text, pattern) else {
            return Ok(None);
        };
        let read = last.of(pattern, compiled)?.parse(text);
        let read = read.map_err(|why| failed("to_timestamp", why))?;
        Ok(Some(match &read.zone {
            Some(zone) => zone.instant(read.local),
            None => read.local,
        }))
    });
    finished(read, data_type, is_tried)
}

/// Times of UTC as a column; NULL where there is none and it was only tried.
fn finished(
    times: impl Iterator<Item = Result<Option<NaiveDateTime>>>,
    data_type: &DataType,
    is_tried: bool,
) -> Result<ArrayRef> {
    let times = times.map(|time| if is_tried { Ok(time.unwrap_or(None)) } else { time });
    if *data_type == DataType::Date32 {
        return Ok(cast(&Moments::from_locals(times, &LOCAL)?, data_type)?);
    }
    Moments::from_locals(times, data_type)
}

fn of_numbers(column: &ArrayRef, digits: Option<&ArrayRef>) -> Result<Vec<Result<Option<NaiveDateTime>>>> {
    let digits = digits.map(whole_numbers).transpose()?;
    let seconds = seconds(column)?;
    let digits = |row: usize| digits.as_ref().map_or(0, |digits| digits.value(row));
    let times = (0..column.len()).map(|row| seconds.micros(row, digits(row)).map(naive).transpose());
    Ok(times.collect())
}

/// A time as it is usually written, or the seconds since 1970, or as many thousandths or millionths of them as make a
/// time that is not far off.
fn spelled(text: &str) -> Result<NaiveDateTime> {
    const SECONDS_OF_A_MILLENNIUM: u64 = 31_536_000_000;
    if let Ok(number) = text.trim().parse::<i64>() {
        let size = number.unsigned_abs();
        let micros = if size < SECONDS_OF_A_MILLENNIUM {
            number * 1_000_000
        } else if size < SECONDS_OF_A_MILLENNIUM * 1_000 {
            number * 1_000
        } else if size < SECONDS_OF_A_MILLENNIUM * 1_000_000 {
            number
        } else {
            number / 1_000
        };
        return naive(micros);
    }
    let column: ArrayRef = Arc::new(arrow::array::StringViewArray::from(vec![text]));
    let read = Moments::of(&column)?;
    naive(read.micros.value(0))
}

/// Numbers, with a fraction or without.
enum Seconds {
    Whole(Int64Array),
    Fraction(Float64Array),
}

fn seconds(column: &ArrayRef) -> Result<Seconds> {
    use arrow::array::AsArray;
    use arrow::datatypes::Float64Type;
    if column.data_type().is_integer() {
        return Ok(Seconds::Whole(whole_numbers(column)?));
    }
    let numbers = cast(column, &DataType::Float64)?;
    Ok(Seconds::Fraction(numbers.as_primitive::<Float64Type>().clone()))
}

impl Seconds {
    /// Microseconds of a row, whose number has so many digits behind the second.
    fn micros(&self, row: usize, digits: i64) -> Option<i64> {
        match self {
            Self::Whole(numbers) => {
                let number = numbers.is_valid(row).then(|| i128::from(numbers.value(row)))?;
                let unit = 10_i128.checked_pow(u32::try_from(digits).ok().filter(|digits| *digits < 10)?)?;
                i64::try_from(number * 1_000_000 / unit).ok()
            }
            Self::Fraction(numbers) => {
                let number = numbers.is_valid(row).then(|| numbers.value(row))?;
                Some((number * 1e6 / 10_f64.powi(digits as i32)).round() as i64)
            }
        }
    }
}

fn parts(known: &Known<'_>, data_type: DataType) -> Result<DataType> {
    match known
        .iter()
        .find(|(part, _)| !part.is_numeric() && **part != DataType::Null)
    {
        Some((other, _)) => plan_err!("a time is made of numbers: year, month, day, not of {other}"),
        None => Ok(data_type),
    }
}

/// A month after the twelfth is one of the next year, a day before the first one of the month before, and so on.
fn of_parts(columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    let parts = columns.iter().map(whole_numbers).collect::<Result<Vec<_>>>()?;
    let rows = columns[0].len();
    let times = (0..rows).map(|row| {
        if parts.iter().any(|part| part.is_null(row)) {
            return Ok(None);
        }
        let part = |at: usize| parts.get(at).map_or(0, |part| part.value(row));
        made_of(part)
            .map(Some)
            .ok_or_else(|| exec_datafusion_err!("the year {} and what is with it are beyond the calendar", part(0)))
    });
    finished(times, data_type, false)
}

fn made_of(part: impl Fn(usize) -> i64) -> Option<NaiveDateTime> {
    let months = part(0).checked_mul(12)?.checked_add(part(1))?.checked_sub(1)?;
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let first = NaiveDate::from_ymd_opt(year, months.rem_euclid(12) as u32 + 1, 1)?;
    let units = [(3, 3_600), (4, 60), (5, 1)];
    let seconds = units
        .iter()
        .try_fold(0_i64, |sum, (at, unit)| sum.checked_add(part(*at).checked_mul(*unit)?))?;
    first
        .and_time(NaiveTime::MIN)
        .checked_add_signed(TimeDelta::try_days(part(2).checked_sub(1)?)?)?
        .checked_add_signed(TimeDelta::try_seconds(seconds)?)?
        .checked_add_signed(TimeDelta::nanoseconds(part(6)))
}

fn day_type(known: &Known<'_>) -> Result<DataType> {
    expect_time("next_day", known[0].0)?;
    if !is_text(known[1].0) {
        return plan_err!("next_day takes a date and the name of a day, not {}", known[1].0);
    }
    Ok(DataType::Date32)
}

fn last_type(known: &Known<'_>) -> Result<DataType> {
    expect_time("last_day", known[0].0).map(|()| DataType::Date32)
}

/// A day for each day, by row.
fn each_day(
    column: &ArrayRef,
    data_type: &DataType,
    other: impl Fn(usize, NaiveDate) -> Result<Option<NaiveDate>>,
) -> Result<ArrayRef> {
    let times = Moments::of(column)?;
    let days = times.locals().enumerate().map(|(row, local)| {
        let Some(local) = local? else { return Ok(None) };
        let day = other(row, local.date())?;
        day.map(|day| Some(day.and_time(NaiveTime::MIN)))
            .ok_or_else(|| exec_datafusion_err!("a day is beyond the calendar"))
    });
    Ok(cast(&Moments::from_locals(days, &LOCAL)?, data_type)?)
}

/// The last day of the unit that a day is in.
fn last_of(unit: Unit, day: NaiveDate) -> Result<Option<NaiveDate>> {
    if !unit.is_of_days() {
        return Err(failed(
            "last_day",
            "the last day is one of a week, month, quarter or year",
        ));
    }
    let next = unit.add(unit.truncate(day.and_time(NaiveTime::MIN)), 1);
    Ok(next.and_then(|next| next.date().pred_opt()))
}

fn days_until(from: Weekday, to: Weekday) -> u64 {
    u64::from((7 + to.num_days_from_monday() - from.num_days_from_monday()) % 7)
}

/// A day by its name, or two letters of it at least.
fn weekday(name: &str) -> Result<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("monday", Weekday::Mon),
        ("tuesday", Weekday::Tue),
        ("wednesday", Weekday::Wed),
        ("thursday", Weekday::Thu),
        ("friday", Weekday::Fri),
        ("saturday", Weekday::Sat),
        ("sunday", Weekday::Sun),
    ];
    let wanted = name.trim().to_ascii_lowercase();
    let found = DAYS
        .iter()
        .find(|(day, _)| wanted.len() >= 2 && day.starts_with(wanted.as_str()));
    found
        .map(|(_, day)| *day)
        .ok_or_else(|| exec_datafusion_err!("`{name}` is no day of the week; one is written 'Monday' or 'mo'"))
}
