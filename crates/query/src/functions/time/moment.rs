//! Times as functions take and give them: an instant or a local time, in microseconds.

use std::sync::Arc;

use arrow::array::timezone::Tz;
use arrow::array::{Array, ArrayRef, AsArray, TimestampMicrosecondArray};
use arrow::compute::cast_with_options;
use arrow::compute::{CastOptions, cast};
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use chrono::{DateTime, Days, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone};
use datafusion::common::{DataFusionError, Result, exec_err, plan_err};

/// A time without a zone: what a clock on the wall shows.
pub const LOCAL: DataType = DataType::Timestamp(TimeUnit::Microsecond, None);

/// Times of a column.
pub struct Moments {
    /// Microseconds since 1970: in UTC where there is a zone, else of the wall clock.
    pub micros: TimestampMicrosecondArray,
    /// The zone they are shown in.
    pub zone: Option<Zone>,
}

/// A zone, and how it was written.
#[derive(Clone, Debug)]
pub struct Zone {
    pub name: Arc<str>,
    tz: Tz,
}

impl Zone {
    /// The zone called `name`: `Asia/Tokyo`, `+09:00`, `UTC`.
    pub fn named(name: &str) -> Result<Self> {
        let is_utc = name.eq_ignore_ascii_case("z") || name.eq_ignore_ascii_case("utc");
        let known = if is_utc { "UTC" } else { name.trim() };
        if let Ok(tz) = known.parse() {
            Ok(Self { name: known.into(), tz })
        } else {
            exec_err!("`{name}` is no time zone; one is written `Asia/Tokyo` or `+09:00`")
        }
    }

    /// The zone so far ahead of UTC.
    pub fn at_offset(minutes: i64) -> Result<Self> {
        if minutes.abs() >= 24 * 60 {
            return exec_err!("an offset of {minutes} minutes is no time zone");
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.abs();
        Self::named(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
    }

    /// What clocks there show at an instant.
    pub fn local(&self, instant: NaiveDateTime) -> NaiveDateTime {
        self.tz.from_utc_datetime(&instant).naive_local()
    }

    /// Seconds that clocks there are ahead of UTC at an instant.
    pub fn offset_s(&self, instant: NaiveDateTime) -> i32 {
        self.tz.offset_from_utc_datetime(&instant).fix().local_minus_utc()
    }

    /// The instant at which clocks there show `local`: the first, where there are two; where clocks are put forward over
    /// it, the one as long after the change.
    pub fn instant(&self, local: NaiveDateTime) -> NaiveDateTime {
        match self.tz.offset_from_local_datetime(&local) {
            LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => {
                local - TimeDelta::seconds(offset.fix().local_minus_utc().into())
            }
            LocalResult::None => {
                let before = local.checked_sub_days(Days::new(1)).unwrap_or(local);
                local - TimeDelta::seconds(self.offset_s(before).into())
            }
        }
    }
}

impl Moments {
    /// The times of `column`; of text, those it spells.
    pub fn of(column: &ArrayRef) -> Result<Self> {
        if let DataType::Timestamp(_, Some(zone)) = column.data_type() {
            let instants = cast(column, &DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())))?;
            let micros = instants.as_primitive::<TimestampMicrosecondType>().clone();
            return Ok(Self {
                micros: micros.with_timezone_opt(None::<&str>),
                zone: Some(Zone::named(zone)?),
            });
        }
        let strict = CastOptions {
            safe: false,
            ..CastOptions::default()
        };
        let locals = cast_with_options(column, &LOCAL, &strict)?;
        Ok(Self {
            micros: locals.as_primitive::<TimestampMicrosecondType>().clone(),
            zone: None,
        })
    }

    /// Row by row, what the wall clock shows; `None` for null.
    pub fn locals(&self) -> impl Iterator<Item = Result<Option<NaiveDateTime>>> {
        self.micros.iter().map(|micros| {
            let instant = micros.map(naive).transpose()?;
            Ok(match &self.zone {
                Some(zone) => instant.map(|instant| zone.local(instant)),
                None => instant,
            })
        })
    }

    /// A column of these times, of type `data_type`, out of what the wall clock shows then.
    pub fn from_locals(
        locals: impl Iterator<Item = Result<Option<NaiveDateTime>>>,
        data_type: &DataType,
    ) -> Result<ArrayRef> {
        let zone = match data_type {
            DataType::Timestamp(_, Some(zone)) => Some(Zone::named(zone)?),
            _ => None,
        };
        let micros = locals.map(|local| {
            Ok(local?.map(|local| match &zone {
                Some(zone) => micros_of(zone.instant(local)),
                None => micros_of(local),
            }))
        });
        let micros: TimestampMicrosecondArray = micros.collect::<Result<_>>()?;
        let micros = micros.with_timezone_opt(zone.as_ref().map(|zone| Arc::clone(&zone.name)));
        Ok(cast(&micros, data_type)?)
    }
}

/// Microseconds since 1970 as a date and time.
pub fn naive(micros: i64) -> Result<NaiveDateTime> {
    if let Some(time) = DateTime::from_timestamp_micros(micros) {
        Ok(time.naive_utc())
    } else {
        exec_err!("a time of {micros} microseconds since 1970 is beyond what can be shown")
    }
}

/// A date and time as microseconds since 1970.
pub fn micros_of(time: NaiveDateTime) -> i64 {
    time.and_utc().timestamp_micros()
}

/// Whether a column of the type can be taken for times.
pub fn is_time(data_type: &DataType) -> bool {
    data_type.is_string()
        || matches!(
            data_type,
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 | DataType::Null
        )
}

/// Fails where an argument is no time.
pub fn expect_time(function: &str, data_type: &DataType) -> Result<()> {
    if is_time(data_type) {
        return Ok(());
    }
    if data_type.is_numeric() {
        return plan_err!("{function} takes a time, not a number; from_unixtime(seconds) makes one of it");
    }
    plan_err!("{function} takes a time, not {data_type}")
}

/// The type of a time computed from one of `data_type`: with its zone, if it has one.
pub fn same_zone(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        _ => LOCAL,
    }
}

/// An error of `chrono` or the like, told as the function's.
pub fn failed(function: &str, why: impl std::fmt::Display) -> DataFusionError {
    DataFusionError::Execution(format!("{function}: {why}"))
}
