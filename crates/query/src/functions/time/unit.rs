//! Units of time, as Athena and Snowflake write them, and reckoning in them.

use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use datafusion::common::{Result, exec_err};

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// Names of the units: Athena's word and Snowflake's abbreviations.
const NAMES: &[(Unit, &[&str])] = &[
    (Unit::Microsecond, &["microsecond", "microseconds", "us", "usec"]),
    (Unit::Millisecond, &["millisecond", "milliseconds", "ms", "msec"]),
    (Unit::Second, &["second", "seconds", "s", "sec", "secs"]),
    (Unit::Minute, &["minute", "minutes", "m", "mi", "min", "mins"]),
    (Unit::Hour, &["hour", "hours", "h", "hh", "hr", "hrs"]),
    (Unit::Day, &["day", "days", "d", "dd", "dayofmonth"]),
    (Unit::Week, &["week", "weeks", "w", "wk", "weekofyear"]),
    (Unit::Month, &["month", "months", "mm", "mon", "mons"]),
    (Unit::Quarter, &["quarter", "quarters", "q", "qtr", "qtrs"]),
    (Unit::Year, &["year", "years", "y", "yy", "yyy", "yyyy", "yr", "yrs"]),
];

impl Unit {
    /// The unit called `name`, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let found = NAMES.iter().find(|(_, names)| names.contains(&name.as_str()));
        found.map(|(unit, _)| *unit)
    }

    /// The unit called `name`, or an error that lists them.
    pub fn expect(function: &str, name: &str) -> Result<Self> {
        if let Some(unit) = Self::named(name) {
            Ok(unit)
        } else {
            exec_err!(
                "{function}: `{name}` is no unit; there are {}",
                NAMES.iter().map(|(_, names)| names[0]).collect::<Vec<_>>().join(", ")
            )
        }
    }

    /// Whether a day is not cut by it.
    pub fn is_of_days(self) -> bool {
        matches!(self, Self::Day | Self::Week | Self::Month | Self::Quarter | Self::Year)
    }

    fn micros(self) -> Option<i64> {
        Some(match self {
            Self::Microsecond => 1,
            Self::Millisecond => 1_000,
            Self::Second => 1_000_000,
            Self::Minute => 60_000_000,
            Self::Hour => 3_600_000_000,
            Self::Day => 86_400_000_000,
            Self::Week => 7 * 86_400_000_000,
            Self::Month | Self::Quarter | Self::Year => return None,
        })
    }

    fn months(self) -> i64 {
        match self {
            Self::Quarter => 3,
            Self::Year => 12,
            _ => 1,
        }
    }

    /// `time` so many units later; a day of the month that is not there becomes the last. `None` beyond the calendar.
    pub fn add(self, time: NaiveDateTime, count: i64) -> Option<NaiveDateTime> {
        if let Some(micros) = self.micros() {
            return time.checked_add_signed(TimeDelta::microseconds(count.checked_mul(micros)?));
        }
        let months = count.checked_mul(self.months())?;
        let by = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
        if months < 0 {
            time.checked_sub_months(by)
        } else {
            time.checked_add_months(by)
        }
    }

    /// Whole units from `from` to `to`, as Trino's `date_diff` counts: an hour is over after sixty minutes.
    pub fn elapsed(self, from: NaiveDateTime, to: NaiveDateTime) -> i64 {
        if let Some(unit) = self.micros() {
            return micros_between(from, to) / unit;
        }
        let mut months = month_number(to) - month_number(from);
        // The month of the last day is not over before that day has come as far.
        let reached = Unit::Month.add(from, months).unwrap_or(to);
        if months > 0 && reached > to {
            months -= 1;
        } else if months < 0 && reached < to {
            months += 1;
        }
        months / self.months()
    }

    /// Units begun from `from` to `to`, as Snowflake's `datediff` counts: an hour begins on the hour.
    pub fn begun(self, from: NaiveDateTime, to: NaiveDateTime) -> i64 {
        match self {
            Self::Month | Self::Quarter | Self::Year => {
                month_number(to).div_euclid(self.months()) - month_number(from).div_euclid(self.months())
            }
            _ => self.elapsed(self.truncate(from), self.truncate(to)),
        }
    }

    /// Where the unit began that `time` is in; weeks begin on Monday.
    pub fn truncate(self, time: NaiveDateTime) -> NaiveDateTime {
        let date = time.date();
        let midnight = |date: Option<NaiveDate>| date.unwrap_or(time.date()).and_time(NaiveTime::MIN);
        match self {
            Self::Year => midnight(date.with_day(1).and_then(|date| date.with_month(1))),
            Self::Quarter => midnight(
                date.with_day(1)
                    .and_then(|date| date.with_month0(date.month0() / 3 * 3)),
            ),
            Self::Month => midnight(date.with_day(1)),
            Self::Week => midnight(Some(
                date - TimeDelta::days(date.weekday().num_days_from_monday().into()),
            )),
            Self::Day => midnight(Some(date)),
            Self::Hour | Self::Minute | Self::Second | Self::Millisecond | Self::Microsecond => {
                let unit = self.micros().unwrap_or(1);
                let clock =
                    i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1_000);
                midnight(Some(date)) + TimeDelta::microseconds(clock / unit * unit)
            }
        }
    }

    /// The slice of `count` units that `time` is in, counted from 1970: where it begins. Weeks are counted from a Monday.
    pub fn slice(self, time: NaiveDateTime, count: i64) -> Option<NaiveDateTime> {
        let origin = match self {
            Self::Week => NaiveDate::from_ymd_opt(1969, 12, 29)?,
            _ => NaiveDate::from_ymd_opt(1970, 1, 1)?,
        };
        let origin = origin.and_time(NaiveTime::MIN);
        let passed = match self.micros() {
            Some(unit) => micros_between(origin, time).div_euclid(unit),
            None => (month_number(time) - month_number(origin)).div_euclid(self.months()),
        };
        self.add(origin, passed.div_euclid(count).checked_mul(count)?)
    }
}

fn micros_between(from: NaiveDateTime, to: NaiveDateTime) -> i64 {
    let (from, to) = (from.and_utc(), to.and_utc());
    to.timestamp_micros() - from.timestamp_micros()
}

fn month_number(time: NaiveDateTime) -> i64 {
    i64::from(time.year()) * 12 + i64::from(time.month0())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn months_end_where_they_end() {
        assert_eq!(
            Unit::Month.add(at("2026-01-31T10:00:00"), 1),
            Some(at("2026-02-28T10:00:00"))
        );
        assert_eq!(
            Unit::Quarter.add(at("2026-05-31T00:00:00"), -1),
            Some(at("2026-02-28T00:00:00"))
        );
        assert_eq!(
            Unit::Year.add(at("2024-02-29T00:00:00"), 1),
            Some(at("2025-02-28T00:00:00"))
        );
        assert_eq!(
            Unit::Month.elapsed(at("2026-01-31T00:00:00"), at("2026-02-28T00:00:00")),
            1
        );
        assert_eq!(
            Unit::Month.elapsed(at("2026-01-15T00:00:01"), at("2026-02-15T00:00:00")),
            0
        );
        assert_eq!(
            Unit::Year.elapsed(at("2026-02-15T00:00:00"), at("2025-02-15T00:00:01")),
            0
        );
    }

    #[test]
    fn elapsed_and_begun_differ() {
        let (from, to) = (at("2026-11-01T23:59:59"), at("2026-11-02T00:00:01"));
        assert_eq!((Unit::Day.elapsed(from, to), Unit::Day.begun(from, to)), (0, 1));
        assert_eq!((Unit::Hour.elapsed(to, from), Unit::Hour.begun(to, from)), (0, -1));
        assert_eq!(
            Unit::Year.begun(at("2025-12-31T00:00:00"), at("2026-01-01T00:00:00")),
            1
        );
        assert_eq!(
            Unit::Quarter.begun(at("2026-03-31T00:00:00"), at("2026-04-01T00:00:00")),
            1
        );
    }

    #[test]
    fn slices_are_counted_from_1970() {
        assert_eq!(
            Unit::Minute.slice(at("2026-11-01T10:07:30"), 15),
            Some(at("2026-11-01T10:00:00"))
        );
        assert_eq!(
            Unit::Week.slice(at("2026-11-01T10:07:30"), 1),
            Some(at("2026-10-26T00:00:00"))
        );
        assert_eq!(
            Unit::Month.slice(at("2026-11-30T00:00:00"), 4),
            Some(at("2026-09-01T00:00:00"))
        );
        assert_eq!(
            Unit::Quarter.truncate(at("2026-12-31T23:00:00")),
            at("2026-10-01T00:00:00")
        );
        assert_eq!(
            Unit::Week.truncate(at("2026-11-01T23:00:00")),
            at("2026-10-26T00:00:00")
        );
    }
}
