//! Which rows go into the file of which day, and in which order.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::compute::max;
use arrow::datatypes::{DataType, Int64Type, TimeUnit, TimestampMicrosecondType};

use super::Part;
use super::columns::FlushColumns;
use crate::{LakeError, TableDefinition};

const MICROSECONDS_A_DAY: i64 = 86_400_000_000;
const SECONDS_A_DAY: i64 = 86_400;

/// The rows of one day, in the order of their parts.
#[derive(Debug)]
pub(super) struct DayRows {
    /// Days since 1970-01-01, where the rows or their object say.
    pub day: Option<i32>,
    /// Row numbers, counted through all parts.
    pub rows: Vec<u32>,
    /// The time of each in its day, from 1; 0 where it has none.
    times: Vec<u64>,
}

/// The latest day (since 1970-01-01) of the rows of a batch, where they say one.
pub fn last_day(definition: &TableDefinition, batch: &RecordBatch) -> Option<i32> {
    let column = batch.column_by_name(definition.time_column?)?;
    let (times, a_day) = times_of(definition, column).ok()?;
    max(&times).map(|time| time.div_euclid(a_day) as i32)
}

/// The time of each row, part by part.
pub(super) struct Times {
    parts: Vec<PartTimes>,
    /// How many of the table's time units a day has.
    a_day: i64,
}

struct PartTimes {
    rows: usize,
    times: Option<Int64Array>,
    fallback_day: Option<i32>,
}

impl Times {
    pub fn of(definition: &TableDefinition, parts: &[Part]) -> Result<Self, LakeError> {
        let mut a_day = SECONDS_A_DAY;
        let mut found = Vec::with_capacity(parts.len());
        for part in parts {
            let column = definition.time_column.and_then(|name| part.batch.column_by_name(name));
            let times = column.map(|column| times_of(definition, column)).transpose()?;
            let (times, of_part) = times.map_or((None, None), |(times, a_day)| (Some(times), Some(a_day)));
            a_day = of_part.unwrap_or(a_day);
            found.push(PartTimes {
                rows: part.batch.num_rows(),
                times,
                fallback_day: part.fallback_day,
            });
        }
        Ok(Self { parts: found, a_day })
    }

    /// Parts the rows by day.
    pub fn days(self) -> Vec<DayRows> {
        let mut days = Days::default();
        let mut first_row = 0;
        for part in self.parts {
            let rows = first_row..first_row + part.rows as u32;
            first_row = rows.end;
            let Some(times) = part.times else {
                let place = days.place_of(part.fallback_day);
                rows.for_each(|row| days.push(place, row, 0));
                continue;
            };
            // The day of the row before is mostly that of the next.
            let mut at: Option<(i64, usize)> = None;
            for (row, time) in rows.zip(&times) {
                let Some(time) = time else {
                    let place = days.place_of(part.fallback_day);
                    days.push(place, row, 0);
                    continue;
                };
                let in_day = |midnight| (0..self.a_day).contains(&time.wrapping_sub(midnight));
                let (midnight, place) = at.filter(|(midnight, _)| in_day(*midnight)).unwrap_or_else(|| {
                    let day = time.div_euclid(self.a_day);
                    (day * self.a_day, days.place_of(Some(day as i32)))
                });
                at = Some((midnight, place));
                days.push(place, row, (time - midnight) as u64 + 1);
            }
        }
        let mut days = days.days;
        days.sort_by_key(|day| day.day);
        days
    }
}

#[derive(Default)]
struct Days {
    days: Vec<DayRows>,
    places: HashMap<Option<i32>, usize>,
}

impl Days {
    fn place_of(&mut self, day: Option<i32>) -> usize {
        *self.places.entry(day).or_insert_with(|| {
            self.days.push(DayRows {
                day,
                rows: Vec::new(),
                times: Vec::new(),
            });
            self.days.len() - 1
        })
    }

    fn push(&mut self, place: usize, row: u32, time: u64) {
        let day = &mut self.days[place];
        day.rows.push(row);
        day.times.push(time);
    }
}

fn times_of(definition: &TableDefinition, column: &ArrayRef) -> Result<(Int64Array, i64), LakeError> {
    match column.data_type() {
        DataType::Int64 => Ok((column.as_primitive::<Int64Type>().clone(), SECONDS_A_DAY)),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            let times = column
                .as_primitive::<TimestampMicrosecondType>()
                .reinterpret_cast::<Int64Type>();
            Ok((times, MICROSECONDS_A_DAY))
        }
        other => Err(LakeError::Column {
            table: definition.qualified_name(),
            column: definition.time_column.unwrap_or_default().to_owned(),
            why: format!("its type is {other}, which is no time"),
        }),
    }
}

impl DayRows {
    /// The row numbers in order of time. Rows of the same time that have the same neighbours stand together, which
    /// makes their columns smaller.
    pub(super) fn sorted(self, definition: &TableDefinition, columns: &FlushColumns) -> Vec<u32> {
        let time_bits = bits(self.times.iter().copied().max().unwrap_or(0));
        let row_bits = bits(self.rows.len() as u64);
        let mut free_bits = 64 - time_bits - row_bits;
        let mut keys = self.times;
        for name in definition.neighbours {
            let Some(column) = columns.coded(name) else { continue };
            let code_bits = bits(column.values.len() as u64).min(free_bits);
            free_bits -= code_bits;
            let most = (1_u64 << code_bits) - 1;
            for (key, row) in keys.iter_mut().zip(&self.rows) {
                *key = *key << code_bits | u64::from(column.codes[*row as usize]).min(most);
            }
        }
        // The place among the day's rows makes each key differ, and keeps the order of what is equal before it.
        for (place, key) in keys.iter_mut().enumerate() {
            *key = *key << row_bits | place as u64;
        }
        if !keys.is_sorted() {
            keys.sort_unstable();
        }
        let place = |key: u64| (key & ((1 << row_bits) - 1)) as usize;
        keys.into_iter().map(|key| self.rows[place(key)]).collect()
    }
}

fn bits(greatest: u64) -> u32 {
    64 - greatest.leading_zeros()
}
