//! Excel's numbers for days and times.

use arrow::array::{Array, ArrayRef, AsArray, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit, TimestampMicrosecondType};
use arrow::error::ArrowError;
use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// Days from 1899-12-30, Excel's day zero, to 1970-01-01.
const EPOCH_DAY: i64 = 25_569;

/// 1900-03-01. Excel believes in a 29 February 1900, so the days before have other numbers in other programs.
const FIRST_DAY: i64 = 61;

/// 9999-12-31, the last day Excel knows.
const LAST_DAY: i64 = 2_958_465;

/// A column of dates or timestamps as Excel's serial numbers: days since 1899-12-30, the time as their fraction.
pub(super) struct Serials {
    microseconds: TimestampMicrosecondArray,
    zone: Option<Tz>,
}

impl Serials {
    /// Takes a date or timestamp column; instants are shown in the zone.
    pub(super) fn of(array: &ArrayRef, zone: Tz) -> Result<Self, ArrowError> {
        let (zone, name) = match array.data_type() {
            DataType::Timestamp(_, Some(name)) => (Some(zone), Some(name.clone())),
            _ => (None, None),
        };
        let microseconds = cast(array, &DataType::Timestamp(TimeUnit::Microsecond, name))?;
        Ok(Self {
            microseconds: microseconds.as_primitive::<TimestampMicrosecondType>().clone(),
            zone,
        })
    }

    /// The number, or none when the moment is not one Excel can hold.
    pub(super) fn value(&self, row: usize) -> Option<f64> {
        if self.microseconds.is_null(row) {
            return None;
        }
        let instant = DateTime::from_timestamp_micros(self.microseconds.value(row))?;
        let offset_s = self.zone.map_or(0, |zone| {
            zone.offset_from_utc_datetime(&instant.naive_utc())
                .fix()
                .local_minus_utc()
        });
        let local = instant
            .timestamp_micros()
            .checked_add(i64::from(offset_s) * 1_000_000)?;
        let day = local.div_euclid(MICROSECONDS_A_DAY) + EPOCH_DAY;
        if !(FIRST_DAY..=LAST_DAY).contains(&day) {
            return None;
        }
        Some(day as f64 + local.rem_euclid(MICROSECONDS_A_DAY) as f64 / MICROSECONDS_A_DAY as f64)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use arrow::array::Date32Array;

    use super::*;

    #[test]
    fn instants_follow_the_zone_and_its_daylight_saving_time() {
        // 2026-11-01 05:30 and 06:30 UTC, an hour before and after New York's clocks go back: both 01:30 there.
        let instants = TimestampMicrosecondArray::from(vec![1_793_511_000_000_000, 1_793_514_600_000_000]);
        let instants: ArrayRef = Arc::new(instants.with_timezone("UTC"));
        let serials = Serials::of(&instants, Tz::America__New_York).unwrap();
        assert_eq!(serials.value(0), Some(46_327.0 + 1.5 / 24.0));
        assert_eq!(serials.value(1), Some(46_327.0 + 1.5 / 24.0));
        let tokyo = Serials::of(&instants, Tz::Asia__Tokyo).unwrap();
        assert_eq!(tokyo.value(0), Some(46_327.0 + 14.5 / 24.0));
    }

    #[test]
    fn days_excel_does_not_know_are_none() {
        // 1900-02-28, 1900-03-01, 1970-01-01, 9999-12-31, 10000-01-01
        let days: ArrayRef = Arc::new(Date32Array::from(vec![-25_509, -25_508, 0, 2_932_896, 2_932_897]));
        let serials = Serials::of(&days, Tz::UTC).unwrap();
        let values = (0..5).map(|row| serials.value(row)).collect::<Vec<_>>();
        assert_eq!(values, [None, Some(61.0), Some(25_569.0), Some(2_958_465.0), None]);
    }
}
