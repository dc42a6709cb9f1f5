//! Which file covers which stretch of time, in which lane, with how many rows.
//!
//! A lane is one source of files (a network's flow log, an account's trail in a region). Each UTC day of the range is
//! cut into as many windows as its share of the files asks for, and no window crosses midnight, because the day stands
//! in a file's key.

use std::ops::Range;

use chrono::{DateTime, Utc};

use crate::SampleError;

const MINUTES_A_DAY: i64 = 1440;

/// How busy each hour of a working day is (UTC), in per mille of the busiest.
const RHYTHM: [u32; 24] = [
    310, 270, 240, 230, 250, 300, 410, 560, 730, 860, 940, 980, 950, 970, 1000, 990, 960, 900, 810, 700, 600, 510, 430,
    360,
];

/// One file to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    /// Which lane the file is of.
    pub(crate) lane: usize,
    /// Minutes since 1970 the file covers, within one UTC day.
    pub(crate) minutes: Range<i64>,
    /// Records in the file.
    pub(crate) rows: u64,
}

impl Window {
    /// When the window begins.
    pub(crate) fn start(&self) -> DateTime<Utc> {
        time(self.minutes.start * 60)
    }

    /// The rows of each minute, in order: as `(Unix seconds, rows)`.
    pub(crate) fn rows_by_minute(&self) -> impl Iterator<Item = (i64, u64)> + use<> {
        let Self { minutes, rows, .. } = self.clone();
        let mut shares = Shares::new(rows, minutes.clone().map(activity).sum());
        minutes.map(move |minute| (minute * 60, shares.next(activity(minute))))
    }
}

/// What a plan says of time and size.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) rows: u64,
    pub(crate) days: u32,
    pub(crate) files: u32,
    pub(crate) end: DateTime<Utc>,
}

/// The files of a plan, in order of time, over at most `lanes` lanes. Fewer lanes are used where there are too few
/// files for each lane to have one a day.
pub(crate) fn windows(extent: Extent, lanes: usize) -> Result<Vec<Window>, SampleError> {
    let Extent { rows, days, files, end } = extent;
    if days == 0 {
        return Err(SampleError::Plan {
            setting: "days",
            found: 0,
            expected: "1 or more",
        });
    }
    if files == 0 {
        return Err(SampleError::Plan {
            setting: "files",
            found: 0,
            expected: "1 or more",
        });
    }
    let end_minute = end.timestamp().div_euclid(60);
    let start_minute = end_minute - i64::from(days) * MINUTES_A_DAY;
    if start_minute < 0 {
        return Err(SampleError::Range { days });
    }

    let lanes = u32::try_from(lanes).unwrap_or(u32::MAX).min(files / days).max(1);
    let slots = slots(start_minute..end_minute, files.div_ceil(lanes));
    let files = slots
        .iter()
        .flat_map(|slot| (0..lanes).map(move |lane| (lane as usize, slot.clone())));
    let mut windows: Vec<_> = files
        .take(extent.files as usize)
        .map(|(lane, minutes)| Window { lane, minutes, rows: 0 })
        .collect();
    let weight = |window: &Window| lane_weight(window.lane) * window.minutes.clone().map(activity).sum::<u64>();
    let mut shares = Shares::new(rows, windows.iter().map(weight).sum());
    for window in &mut windows {
        window.rows = shares.next(weight(window));
    }
    Ok(windows)
}

/// A time from Unix seconds, which here are always within what chrono can tell.
pub(crate) fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// `count` stretches of `range`, none across midnight.
fn slots(range: Range<i64>, count: u32) -> Vec<Range<i64>> {
    let mut slots = Vec::with_capacity(count as usize);
    let mut shares = Shares::new(u64::from(count), (range.end - range.start) as u64);
    let mut start = range.start;
    while start < range.end {
        let end = ((start / MINUTES_A_DAY + 1) * MINUTES_A_DAY).min(range.end);
        let length = end - start;
        let here = shares.next(length as u64) as i64;
        slots.extend((0..here).map(|slot| {
            let first = start + length * slot / here;
            first..(start + length * (slot + 1) / here).max(first + 1)
        }));
        start = end;
    }
    slots
}

/// The first lanes are busier than the last, as the main account of an organization is.
fn lane_weight(lane: usize) -> u64 {
    60 / (lane as u64 + 3)
}

/// How busy a minute is: by the hour, with weekends at three fifths.
fn activity(minute: i64) -> u64 {
    let (day, of_day) = (minute.div_euclid(MINUTES_A_DAY), minute.rem_euclid(MINUTES_A_DAY));
    let (hour, of_hour) = ((of_day / 60) as usize, (of_day % 60) as u64);
    let (now, next) = (u64::from(RHYTHM[hour]), u64::from(RHYTHM[(hour + 1) % 24]));
    let level = (now * (60 - of_hour) + next * of_hour) / 60;
    // Day 0 was a Thursday.
    let is_weekend = matches!((day + 3).rem_euclid(7), 5 | 6);
    if is_weekend { level * 3 / 5 } else { level }
}

/// Deals out a whole number by weights so that the parts add up to it exactly.
struct Shares {
    amount: u64,
    total_weight: u64,
    weight_so_far: u64,
    dealt: u64,
}

impl Shares {
    fn new(amount: u64, total_weight: u64) -> Self {
        Self {
            amount,
            total_weight: total_weight.max(1),
            weight_so_far: 0,
            dealt: 0,
        }
    }

    fn next(&mut self, weight: u64) -> u64 {
        self.weight_so_far += weight;
        let due = u128::from(self.amount) * u128::from(self.weight_so_far) / u128::from(self.total_weight);
        let share = due as u64 - self.dealt;
        self.dealt += share;
        share
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn extent(rows: u64, days: u32, files: u32) -> Extent {
        // 2026-11-16T00:00:00Z
        Extent {
            rows,
            days,
            files,
            end: time(20_773 * 86_400),
        }
    }

    #[test]
    fn a_day_of_each_lane_is_covered_without_a_gap() {
        let windows = windows(extent(1_000_000, 2, 16), 8).unwrap();
        assert_eq!(windows.len(), 16);
        for (lane, of_lane) in [(0, [0, 8]), (7, [7, 15])] {
            assert_eq!(windows[of_lane[0]].lane, lane);
            assert_eq!(windows[of_lane[1]].lane, lane);
            assert_eq!(windows[of_lane[0]].minutes, 20_771 * 1440..20_772 * 1440);
            assert_eq!(windows[of_lane[1]].minutes, 20_772 * 1440..20_773 * 1440);
        }
    }

    #[test]
    fn afternoons_are_busier_than_nights() {
        // 2026-11-13, a Friday.
        let window = Window {
            lane: 0,
            minutes: 20_770 * 1440..20_771 * 1440,
            rows: 100_000,
        };
        let rows: Vec<_> = window.rows_by_minute().map(|(_, rows)| rows).collect();
        let hour = |hour: usize| rows[hour * 60..(hour + 1) * 60].iter().sum::<u64>();
        assert!(hour(14) > 4 * hour(3), "{} at 14, {} at 3", hour(14), hour(3));
        assert!(
            activity(20_770 * 1440) > activity(20_771 * 1440),
            "Saturday is quieter than Friday"
        );
        assert!(
            activity(20_773 * 1440) > activity(20_772 * 1440),
            "Monday is busier than Sunday"
        );
    }

    #[test]
    fn nothing_to_make_is_an_error() {
        let message = |rows, days, files| windows(extent(rows, days, files), 8).unwrap_err().to_string();
        assert_eq!(message(1, 0, 1), "days is 0: it must be 1 or more");
        assert_eq!(message(1, 1, 0), "files is 0: it must be 1 or more");
        assert_eq!(
            message(1, 30_000, 1),
            "30000 days before the end of the range is before 1970: choose fewer days or a later end"
        );
    }

    proptest! {
        #[test]
        fn rows_and_files_are_exact(rows in 0_u64..5_000_000, days in 1_u32..60, files in 1_u32..500, late in 0_i64..86_400) {
            let end = time(20_773 * 86_400 + late);
            let windows = windows(Extent { rows, days, files, end }, 8).unwrap();
            prop_assert_eq!(windows.len(), files as usize);
            prop_assert_eq!(windows.iter().map(|window| window.rows).sum::<u64>(), rows);
            for window in &windows {
                prop_assert_eq!(window.rows_by_minute().map(|(_, rows)| rows).sum::<u64>(), window.rows);
                prop_assert_eq!(window.minutes.start / 1440, (window.minutes.end - 1) / 1440);
                prop_assert!(window.minutes.start * 60 >= end.timestamp() / 60 * 60 - i64::from(days) * 86_400);
                prop_assert!(window.minutes.end * 60 <= end.timestamp());
            }
        }
    }
}
