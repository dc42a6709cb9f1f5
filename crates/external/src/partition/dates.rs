//! Projected values that are times.

use chrono::{DateTime, Days, Months, TimeDelta, Utc};

use super::java_date::{Field, JavaPattern};
use super::projection::Property;
use crate::error::ExternalError;

/// Times from one to another, both of them in, so far apart.
#[derive(Debug)]
pub(super) struct DateRange {
    from: Bound,
    to: Bound,
    pattern: JavaPattern,
    interval: u32,
    unit: Unit,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    At(DateTime<Utc>),
    /// So many units before or after this moment.
    Now(i64, Unit),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Years,
    Months,
    Weeks,
    Days,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

impl Unit {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        Some(match text.strip_suffix('S').unwrap_or(&text) {
            "YEAR" => Self::Years,
            "MONTH" => Self::Months,
            "WEEK" => Self::Weeks,
            "DAY" => Self::Days,
            "HOUR" => Self::Hours,
            "MINUTE" => Self::Minutes,
            "SECOND" => Self::Seconds,
            "MILLI" => Self::Milliseconds,
            _ => return None,
        })
    }

    /// So many of them after a time, or before it.
    fn after(self, time: DateTime<Utc>, count: i64) -> Option<DateTime<Utc>> {
        let months = |months: i64| {
            let size = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
            if months < 0 {
                time.checked_sub_months(size)
            } else {
                time.checked_add_months(size)
            }
        };
        let days = |days: i64| {
            let size = Days::new(days.unsigned_abs());
            if days < 0 {
                time.checked_sub_days(size)
            } else {
                time.checked_add_days(size)
            }
        };
        match self {
            Self::Years => months(count.checked_mul(12)?),
            Self::Months => months(count),
            Self::Weeks => days(count.checked_mul(7)?),
            Self::Days => days(count),
            Self::Hours => time.checked_add_signed(TimeDelta::try_hours(count)?),
            Self::Minutes => time.checked_add_signed(TimeDelta::try_minutes(count)?),
            Self::Seconds => time.checked_add_signed(TimeDelta::try_seconds(count)?),
            Self::Milliseconds => time.checked_add_signed(TimeDelta::try_milliseconds(count)?),
        }
    }

    /// About how long it is.
    const fn milliseconds(self) -> i64 {
        const DAY: i64 = 86_400_000;
        match self {
            Self::Years => 365 * DAY,
            Self::Months => 28 * DAY,
            Self::Weeks => 7 * DAY,
            Self::Days => DAY,
            Self::Hours => 3_600_000,
            Self::Minutes => 60_000,
            Self::Seconds => 1_000,
            Self::Milliseconds => 1,
        }
    }
}

impl DateRange {
    pub(super) fn of(property: &Property<'_>) -> Result<Self, ExternalError> {
        let format = property.needed("format", "it is of type `date`")?;
        let pattern = JavaPattern::of(format).map_err(|why| property.wrong("format", format, &why))?;
        let (from, to) = property.range("date")?;
        let bound = |text: &str| {
            Bound::of(text, &pattern).ok_or_else(|| {
                let why = format!("`{text}` is neither a time written as `{format}` nor one such as NOW or NOW-3DAYS");
                property.wrong("range", &format!("{from},{to}"), &why)
            })
        };
        let unit = match property.get("interval.unit") {
            Some(text) => Unit::of(text).ok_or_else(|| {
                let why = "expected YEARS, MONTHS, WEEKS, DAYS, HOURS, MINUTES, SECONDS or MILLIS";
                property.wrong("interval.unit", text, why)
            })?,
            None => match pattern.finest() {
                Field::Year => Unit::Years,
                Field::Month => Unit::Months,
                Field::Day | Field::DayOfYear => Unit::Days,
                Field::Hour => Unit::Hours,
                Field::Minute => Unit::Minutes,
                Field::Second => Unit::Seconds,
                Field::Fraction => Unit::Milliseconds,
            },
        };
        Ok(Self {
            from: bound(from)?,
            to: bound(to)?,
            interval: property.count("interval")?.unwrap_or(1),
            unit,
            pattern,
        })
    }

    /// At most so many; exactly, where all units are of one length.
    pub(super) fn count(&self, now: DateTime<Utc>) -> u64 {
        let Some((from, to)) = self.ends(now) else {
            return 0;
        };
        if matches!(self.unit, Unit::Years | Unit::Months) {
            return self.texts(now).count() as u64;
        }
        let step = self.unit.milliseconds().saturating_mul(i64::from(self.interval));
        (to - from).num_milliseconds().checked_div(step).unwrap_or(0) as u64 + 1
    }

    pub(super) fn texts(&self, now: DateTime<Utc>) -> impl Iterator<Item = String> {
        let ends = self.ends(now);
        let times = (0_i64..).map_while(move |step| {
            let (from, to) = ends?;
            // Each from the first, so that months of 28 days do not shorten those after them.
            let time = self.unit.after(from, step.checked_mul(i64::from(self.interval))?)?;
            (time <= to).then(|| self.pattern.format(&time))
        });
        // A unit that is finer than the pattern gives a text several times.
        let mut before = None;
        times.filter(move |text| {
            let is_new = before.as_ref() != Some(text);
            if is_new {
                before = Some(text.clone());
            }
            is_new
        })
    }

    /// Whether a text is a time of the range.
    pub(super) fn has(&self, text: &str, now: DateTime<Utc>) -> bool {
        let (Some(time), Some((from, to))) = (self.pattern.parse(text), self.ends(now)) else {
            return false;
        };
        from <= time && time <= to && self.pattern.format(&time) == text
    }

    /// The first time, and the one that none is after.
    fn ends(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let from = self.pattern.truncate(self.from.at(now)?);
        let to = self.to.at(now)?;
        (from <= to).then_some((from, to))
    }
}

impl Bound {
    fn of(text: &str, pattern: &JavaPattern) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        let Some(offset) = upper.strip_prefix("NOW").map(str::trim) else {
            return pattern.parse(text).map(Self::At);
        };
        if offset.is_empty() {
            return Some(Self::Now(0, Unit::Days));
        }
        let (sign, offset) = match offset.strip_prefix('-') {
            Some(offset) => (-1, offset),
            None => (1, offset.strip_prefix('+')?),
        };
        let offset = offset.trim();
        let digits = offset.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = offset.split_at(digits);
        Some(Self::Now(sign * number.parse::<i64>().ok()?, Unit::of(unit)?))
    }

    fn at(self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::At(time) => Some(time),
            Self::Now(count, unit) => unit.after(now, count),
        }
    }
}
