//! Times as text, and text as times.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringViewArray, StringViewBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use datafusion::common::{Result, plan_err};

use super::moment::{LOCAL, Moments, Zone, expect_time, failed, is_time, naive};
use super::pattern::Pattern;
use super::{joda, mysql, oracle};
use crate::functions::arguments::{LastRead, constant_text, is_text, texts};
use crate::functions::function::{Function, Known};

type Compile = fn(&str) -> std::result::Result<Pattern, String>;

const UTC: &str = "UTC";

pub fn all() -> Vec<Function> {
    vec![
        Function::new(
            &["format_datetime"],
            2..=2,
            |known| formatted("format_datetime", joda::pattern, known),
            |columns, _| format("format_datetime", joda::pattern, columns),
        ),
        Function::new(
            &["date_format"],
            2..=2,
            |known| formatted("date_format", mysql::pattern, known),
            |columns, _| format("date_format", mysql::pattern, columns),
        ),
        Function::new(
            &["to_char"],
            2..=2,
            |known| formatted("to_char", oracle::pattern, known),
            |columns, _| format("to_char", oracle::pattern, columns),
        ),
        Function::new(
            &["date_parse"],
            2..=2,
            |known| parsed("date_parse", mysql::pattern, known, LOCAL),
            |columns, data_type| parse("date_parse", mysql::pattern, columns, data_type),
        ),
        Function::new(
            &["parse_datetime"],
            2..=2,
            |known| parsed("parse_datetime", joda::pattern, known, instant()),
            |columns, data_type| parse("parse_datetime", joda::pattern, columns, data_type),
        ),
        Function::new(
            &["from_iso8601_timestamp"],
            1..=1,
            |_| Ok(instant()),
            from_iso8601_timestamp,
        ),
        Function::new(
            &["from_iso8601_date"],
            1..=1,
            |_| Ok(DataType::Date32),
            |columns, data_type| {
                let texts = texts(&columns[0])?;
                let day = |text: &str| iso_date(text).map(|date| date.and_time(NaiveTime::MIN));
                let days = texts.iter().map(|text| {
                    let day = |text: &str| day(text).ok_or_else(|| no_iso("from_iso8601_date", text));
                    text.map(day).transpose()
                });
                Ok(cast(&Moments::from_locals(days, &LOCAL)?, data_type)?)
            },
        ),
        Function::new(
            &["to_iso8601"],
            1..=1,
            |known| expect_time("to_iso8601", known[0].0).map(|()| DataType::Utf8View),
            to_iso8601,
        ),
    ]
}

pub fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into()))
}

fn formatted(function: &str, compile: Compile, known: &Known<'_>) -> Result<DataType> {
    expect_time(function, known[0].0)?;
    check(function, compile, known).map(|()| DataType::Utf8View)
}

fn parsed(function: &str, compile: Compile, known: &Known<'_>, data_type: DataType) -> Result<DataType> {
    if !is_time(known[0].0) {
        return plan_err!("{function} takes a text and its pattern, not {}", known[0].0);
    }
    check(function, compile, known).map(|()| data_type)
}

/// Fails early where the pattern is a constant that makes no sense.
pub fn check(function: &str, compile: Compile, known: &Known<'_>) -> Result<()> {
    match constant_text(known[1].1).map(compile) {
        Some(Err(why)) => plan_err!("{function}: {why}"),
        _ => Ok(()),
    }
}

fn format(function: &str, compile: Compile, columns: &[ArrayRef]) -> Result<ArrayRef> {
    let (times, formats) = (Moments::of(&columns[0])?, texts(&columns[1])?);
    let mut patterns = LastRead::default();
    let compiled = |text: &str| compile(text).map_err(|why| failed(function, why));
    let mut written = StringViewBuilder::with_capacity(formats.len());
    let mut text = String::new();
    for (local, format) in times.locals().zip(&formats) {
        let (Some(local), Some(format)) = (local?, format) else {
            written.append_null();
            continue;
        };
        text.clear();
        patterns
            .of(format, compiled)?
            .format(local, times.zone.as_ref(), &mut text);
        written.append_value(&text);
    }
    Ok(Arc::new(written.finish()))
}

/// A column that is text in Athena (`eventtime`) may be a time here: it is what its text would say.
pub fn already_times(column: &ArrayRef, data_type: &DataType) -> Option<Result<ArrayRef>> {
    let times = || {
        let times = Moments::of(column)?;
        Moments::from_locals(
            times.micros.iter().map(|micros| micros.map(naive).transpose()),
            data_type,
        )
    };
    (!is_text(column.data_type())).then(times)
}

/// A text that names a zone is the instant then; one that does not is in UTC.
fn parse(function: &str, compile: Compile, columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    if let Some(times) = already_times(&columns[0], data_type) {
        return times;
    }
    let (texts, formats) = (texts(&columns[0])?, texts(&columns[1])?);
    let mut patterns = LastRead::default();
    let compiled = |text: &str| compile(text).map_err(|why| failed(function, why));
    let times = texts.iter().zip(&formats).map(|(text, format)| {
        let (Some(text), Some(format)) = (text, format) else {
            return Ok(None);
        };
        let read = patterns
            .of(format, compiled)?
            .parse(text)
            .map_err(|why| failed(function, why))?;
        Ok(Some(match read.zone {
            Some(zone) => zone.instant(read.local),
            None => read.local,
        }))
    });
    Moments::from_locals(times, data_type)
}

fn no_iso(function: &str, text: &str) -> datafusion::common::DataFusionError {
    failed(
        function,
        format!("`{text}` is no ISO 8601 time, such as 2026-11-01T12:00:00Z"),
    )
}

fn from_iso8601_timestamp(columns: &[ArrayRef], data_type: &DataType) -> Result<ArrayRef> {
    if let Some(times) = already_times(&columns[0], data_type) {
        return times;
    }
    let texts = texts(&columns[0])?;
    let times = texts.iter().map(|text| {
        let time = |text: &str| iso_time(text).ok_or_else(|| no_iso("from_iso8601_timestamp", text));
        text.map(time).transpose()
    });
    Moments::from_locals(times, data_type)
}

/// The instant that an ISO 8601 text names; without an offset, in UTC.
fn iso_time(text: &str) -> Option<NaiveDateTime> {
    let Some((date, clock)) = text.split_once(['T', ' ']) else {
        return Some(iso_date(text)?.and_time(NaiveTime::MIN));
    };
    let zone_at = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at(zone_at);
    let time = ["%H:%M:%S%.f", "%H:%M", "%H%M%S%.f", "%H%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(clock, format).ok())
        .or_else(|| NaiveTime::from_hms_opt(clock.parse().ok().filter(|_| clock.len() == 2)?, 0, 0))?;
    let local = iso_date(date)?.and_time(time);
    match zone {
        "" => Some(local),
        zone => Some(Zone::named(zone).ok()?.instant(local)),
    }
}

/// A date as ISO 8601 has it; of a month, week or year the first day.
fn iso_date(text: &str) -> Option<NaiveDate> {
    const WHOLE: [(&str, &str); 6] = [
        ("", "%Y-%m-%d"),
        ("", "%Y%m%d"),
        ("", "%G-W%V-%u"),
        ("", "%Y-%j"),
        ("-01", "%Y-%m-%d"),
        ("-1", "%G-W%V-%u"),
    ];
    let read = |(rest, format): &(&str, &str)| NaiveDate::parse_from_str(&format!("{text}{rest}"), format).ok();
    let year = || text.parse().ok().filter(|_| text.len() == 4);
    WHOLE
        .iter()
        .find_map(read)
        .or_else(|| NaiveDate::from_ymd_opt(year()?, 1, 1))
}

fn to_iso8601(columns: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    let times = Moments::of(&columns[0])?;
    let is_date = matches!(columns[0].data_type(), DataType::Date32 | DataType::Date64);
    let written = times.locals().map(|local| {
        Ok(local?.map(|local| match &times.zone {
            _ if is_date => local.format("%Y-%m-%d").to_string(),
            None => local.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
            Some(zone) => {
                let offset_s = zone.offset_s(zone.instant(local));
                let offset = if offset_s == 0 {
                    None
                } else {
                    FixedOffset::east_opt(offset_s)
                };
                match offset {
                    None => local.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
                    Some(offset) => {
                        let time = DateTime::<FixedOffset>::from_naive_utc_and_offset(zone.instant(local), offset);
                        time.format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
                    }
                }
            }
        }))
    });
    Ok(Arc::new(written.collect::<Result<StringViewArray>>()?))
}
