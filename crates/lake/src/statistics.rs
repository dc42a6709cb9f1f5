//! Delta's statistics of a file, out of its Parquet footer (Delta protocol, "Per-file Statistics").

use chrono::{DateTime, SecondsFormat};
use parquet::basic::{LogicalType, TimeUnit};
use parquet::file::metadata::ParquetMetaData;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescriptor;
use serde_json::{Map, Value, json};

/// Longer text says nothing that would skip a file; it is left out.
const LONGEST_TEXT_BYTES: usize = 48;

/// Number of rows, and for each top-level column of numbers, times or short text its least and greatest value and its
/// nulls, as the JSON text of an `add` action.
pub fn delta_statistics(metadata: &ParquetMetaData) -> String {
    let columns = metadata.file_metadata().schema_descr();
    let (mut least, mut greatest, mut nulls) = (Map::new(), Map::new(), Map::new());
    for (number, column) in columns.columns().iter().enumerate() {
        let [name] = column.path().parts() else { continue };
        let chunks: Option<Vec<&Statistics>> = metadata
            .row_groups()
            .iter()
            .map(|group| group.column(number).statistics())
            .collect();
        let Some(chunks) = chunks else { continue };
        if let Some(count) = chunks.iter().map(|chunk| chunk.null_count_opt()).sum::<Option<u64>>() {
            nulls.insert(name.clone(), count.into());
        }
        let Some((low, high)) = range(column, &chunks) else {
            continue;
        };
        least.insert(name.clone(), low);
        greatest.insert(name.clone(), high);
    }
    json!({
        "numRecords": metadata.file_metadata().num_rows(),
        "minValues": least,
        "maxValues": greatest,
        "nullCount": nulls,
    })
    .to_string()
}

/// The least and greatest value over all row groups, or nothing where one of them does not say.
fn range(column: &ColumnDescriptor, chunks: &[&Statistics]) -> Option<(Value, Value)> {
    match chunks.first()? {
        Statistics::Int32(_) => {
            let ranges = over(chunks, |chunk| match chunk {
                Statistics::Int32(values) => Some((*values.min_opt()?, *values.max_opt()?)),
                _ => None,
            })?;
            // Other readers take a bare number for a date as an error; the tables have no such column but partitions.
            column
                .logical_type_ref()
                .is_none()
                .then(|| (ranges.0.into(), ranges.1.into()))
        }
        Statistics::Int64(_) => {
            let (low, high) = over(chunks, |chunk| match chunk {
                Statistics::Int64(values) => Some((*values.min_opt()?, *values.max_opt()?)),
                _ => None,
            })?;
            int64_range(column, low, high)
        }
        Statistics::ByteArray(_) => {
            let (low, high) = over(chunks, |chunk| match chunk {
                Statistics::ByteArray(values) if values.min_is_exact() && values.max_is_exact() => {
                    Some((values.min_opt()?.as_utf8().ok()?, values.max_opt()?.as_utf8().ok()?))
                }
                _ => None,
            })?;
            (low.len().max(high.len()) <= LONGEST_TEXT_BYTES).then(|| (low.into(), high.into()))
        }
        _ => None,
    }
}

/// Folds row groups; those that hold only nulls have no range and do not count.
fn over<'a, T: PartialOrd + Copy>(
    chunks: &[&'a Statistics],
    range: impl Fn(&'a Statistics) -> Option<(T, T)>,
) -> Option<(T, T)> {
    let mut whole: Option<(T, T)> = None;
    for chunk in chunks {
        if chunk.min_bytes_opt().is_none() && chunk.null_count_opt().is_some_and(|nulls| nulls > 0) {
            continue;
        }
        let (low, high) = range(chunk)?;
        whole = Some(match whole {
            Some((least, greatest)) => (
                if low < least { low } else { least },
                if high > greatest { high } else { greatest },
            ),
            None => (low, high),
        });
    }
    whole
}

fn int64_range(column: &ColumnDescriptor, low: i64, high: i64) -> Option<(Value, Value)> {
    match column.logical_type_ref() {
        None => Some((low.into(), high.into())),
        Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::MICROS => {
            // Delta keeps milliseconds; the greatest is rounded up so that it still bounds the rows.
            let low = DateTime::from_timestamp_millis(low.div_euclid(1000))?;
            let high = DateTime::from_timestamp_millis(high.div_euclid(1000) + 1)?;
            let text = |time: DateTime<chrono::Utc>| time.to_rfc3339_opts(SecondsFormat::Millis, true);
            Some((text(low).into(), text(high).into()))
        }
        Some(_) => None,
    }
}
