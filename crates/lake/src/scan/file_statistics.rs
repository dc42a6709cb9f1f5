//! Delta's statistics as the engine wants them: for pruning, and for planning.

use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, UInt64Array};
use arrow::datatypes::{DataType, Schema, TimeUnit};
use chrono::{DateTime, NaiveDate};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{Column, ColumnStatistics, ScalarValue, Statistics};
use serde_json::Value;

use crate::DataFile;
use crate::definition::DAY;
use crate::stage::day_number;

/// The statistics of one file.
#[derive(Debug)]
pub struct FileStatistics {
    json: Value,
    day: Option<i32>,
    /// Whether the table is partitioned by day, and has no column of that name in its files.
    is_partitioned: bool,
    /// For the engine's planner, when it was first asked for.
    planning: OnceLock<Arc<Statistics>>,
}

/// Which end of a range.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Least,
    Greatest,
}

impl FileStatistics {
    pub fn of(file: &DataFile) -> Self {
        let json = file
            .statistics
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or(Value::Null);
        let day = file
            .day
            .as_deref()
            .and_then(|day| NaiveDate::from_str(day).ok())
            .map(day_number);
        Self {
            json,
            day,
            is_partitioned: file.is_partitioned,
            planning: OnceLock::new(),
        }
    }

    /// The file's partition value.
    pub fn day(&self) -> ScalarValue {
        ScalarValue::Date32(self.day)
    }

    fn rows(&self) -> Option<u64> {
        self.json["numRecords"].as_u64()
    }

    /// Whether a column is known to be NULL in every row of the file.
    pub fn is_all_null(&self, column: &str) -> bool {
        self.rows().is_some_and(|rows| self.nulls(column) == Some(rows))
    }

    fn nulls(&self, column: &str) -> Option<u64> {
        if column == DAY && self.is_partitioned {
            return Some(if self.day.is_some() { 0 } else { self.rows()? });
        }
        self.json["nullCount"][column].as_u64()
    }

    fn end(&self, column: &str, data_type: &DataType, end: End) -> Option<ScalarValue> {
        if column == DAY && self.is_partitioned {
            return self.day.map(|day| ScalarValue::Date32(Some(day)));
        }
        let field = if end == End::Least { "minValues" } else { "maxValues" };
        scalar(&self.json[field][column], data_type)
    }

    /// For the engine's planner: `file_schema` are the columns of the files, without the partition. They are those of the
    /// file's snapshot, so the same each time.
    pub fn for_planning(&self, file_schema: &Schema) -> Arc<Statistics> {
        Arc::clone(self.planning.get_or_init(|| Arc::new(self.of_columns(file_schema))))
    }

    fn of_columns(&self, file_schema: &Schema) -> Statistics {
        let known = |value: Option<ScalarValue>, data_type: &DataType| match value {
            // The greatest time is rounded up to milliseconds.
            Some(value) if matches!(data_type, DataType::Timestamp(..)) => Precision::Inexact(value),
            Some(value) => Precision::Exact(value),
            None => Precision::Absent,
        };
        let columns = file_schema.fields().iter().map(|field| {
            let (name, data_type) = (field.name(), field.data_type());
            let mut column = ColumnStatistics::new_unknown();
            column.null_count = self
                .nulls(name)
                .map_or(Precision::Absent, |nulls| Precision::Exact(nulls as usize));
            column.min_value = known(self.end(name, data_type, End::Least), data_type);
            column.max_value = known(self.end(name, data_type, End::Greatest), data_type);
            column
        });
        Statistics {
            num_rows: self
                .rows()
                .map_or(Precision::Absent, |rows| Precision::Exact(rows as usize)),
            total_byte_size: Precision::Absent,
            column_statistics: columns.collect(),
        }
    }
}

/// A JSON value of Delta's statistics as a value of the column's type.
fn scalar(value: &Value, data_type: &DataType) -> Option<ScalarValue> {
    match data_type {
        DataType::Int32 => Some(ScalarValue::Int32(Some(value.as_i64()?.try_into().ok()?))),
        DataType::Int64 => Some(ScalarValue::Int64(Some(value.as_i64()?))),
        DataType::Utf8View => Some(ScalarValue::Utf8View(Some(value.as_str()?.to_owned()))),
        DataType::Utf8 => Some(ScalarValue::Utf8(Some(value.as_str()?.to_owned()))),
        DataType::Timestamp(TimeUnit::Microsecond, zone) => {
            let micros = DateTime::parse_from_rfc3339(value.as_str()?).ok()?.timestamp_micros();
            Some(ScalarValue::TimestampMicrosecond(Some(micros), zone.clone()))
        }
        _ => None,
    }
}

/// The statistics of many files, for pruning them all at once.
pub struct FilesToPrune<'a> {
    pub files: &'a [FileStatistics],
    pub schema: &'a Schema,
}

impl FilesToPrune<'_> {
    fn ends(&self, column: &Column, end: End) -> Option<ArrayRef> {
        let data_type = self.schema.field_with_name(&column.name).ok()?.data_type();
        let null = ScalarValue::try_from(data_type).ok()?;
        let values = self
            .files
            .iter()
            .map(|file| file.end(&column.name, data_type, end).unwrap_or_else(|| null.clone()));
        ScalarValue::iter_to_array(values).ok()
    }
}

impl PruningStatistics for FilesToPrune<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, End::Least)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, End::Greatest)
    }

    fn num_containers(&self) -> usize {
        self.files.len()
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        let counts: UInt64Array = self.files.iter().map(|file| file.nulls(&column.name)).collect();
        Some(Arc::new(counts))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        let counts: UInt64Array = self.files.iter().map(FileStatistics::rows).collect();
        Some(Arc::new(counts))
    }

    fn contained(&self, _: &Column, _: &std::collections::HashSet<ScalarValue>) -> Option<arrow::array::BooleanArray> {
        None
    }
}
