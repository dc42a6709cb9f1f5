//! Small tables with a bar in each row, and figures people can read.

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, SchemaRef};

use super::error::OutputError;
use super::grid::{GridColumn, draw};
use super::options::OutputOptions;
use super::table::Rows;

/// Columns of the terminal the longest bar takes.
const BAR_COLUMNS: usize = 30;

/// What the figures of a bar table count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Things: `1,234,567`.
    Count,
    /// Bytes: `1.2 GiB`.
    Bytes,
}

/// Draws a small answer as a table whose last column is a bar as long as the figure in `column`; the longest takes
/// 30 columns of the terminal, and what is more than nothing at least one.
///
/// # Errors
/// [`OutputError::Measure`] when there is no such column or it is no number.
///
/// ```
/// use std::sync::Arc;
///
/// use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use flowtrail_query::output::{Measure, OutputOptions, bar_table};
///
/// let sources: ArrayRef = Arc::new(StringArray::from(vec!["203.0.113.9", "198.51.100.7"]));
/// let rejected: ArrayRef = Arc::new(Int64Array::from(vec![1200, 40]));
/// let batch = RecordBatch::try_from_iter([("srcaddr", sources), ("rejected", rejected)])?;
///
/// let table = bar_table(&batch.schema(), &[batch], "rejected", Measure::Count, &OutputOptions::default())?;
/// assert_eq!(table, "\
/// ┌──────────────┬──────────┬────────────────────────────────┐
/// │ srcaddr      │ rejected │                                │
/// ├──────────────┼──────────┼────────────────────────────────┤
/// │ 203.0.113.9  │    1,200 │ ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇ │
/// │ 198.51.100.7 │       40 │ ▇                              │
/// └──────────────┴──────────┴────────────────────────────────┘
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bar_table(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    column: &str,
    measure: Measure,
    options: &OutputOptions,
) -> Result<String, OutputError> {
    let missing = || OutputError::Measure {
        column: column.to_owned(),
        found: schema
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect::<Vec<_>>()
            .join(", "),
    };
    let (position, field) = schema.column_with_name(column).ok_or_else(missing)?;
    if !field.data_type().is_numeric() {
        return Err(missing());
    }
    let mut rows = Rows::new(schema, options);
    let mut figures = Vec::new();
    for batch in batches {
        rows.add(batch)?;
        let numbers = cast(batch.column(position), &DataType::Float64).map_err(OutputError::value("table"))?;
        figures.extend(numbers.as_primitive::<Float64Type>().iter());
    }
    let greatest = figures.iter().flatten().copied().fold(0.0, f64::max);
    for (cells, figure) in rows.shown.iter_mut().zip(figures) {
        if let Some(figure) = figure {
            cells[position] = readable(figure, measure);
        }
        cells.push(bar(figure.unwrap_or(0.0), greatest));
    }
    rows.columns.push(GridColumn::new("", false, false));
    Ok(draw(&rows.columns, &rows.shown, options.width).text)
}

fn bar(figure: f64, greatest: f64) -> String {
    if figure.is_nan() || figure <= 0.0 || greatest <= 0.0 {
        return String::new();
    }
    let columns = (figure / greatest * BAR_COLUMNS as f64).round() as usize;
    "▇".repeat(columns.clamp(1, BAR_COLUMNS))
}

fn readable(figure: f64, measure: Measure) -> String {
    match measure {
        Measure::Bytes if figure >= 0.0 => readable_bytes(figure.round() as u64),
        _ if figure < 0.0 => format!("-{}", readable(-figure, measure)),
        _ if figure.fract() == 0.0 => readable_count(figure as u64),
        _ => format!("{figure:.2}"),
    }
}

/// A count with its thousands set apart.
///
/// ```
/// assert_eq!(flowtrail_query::output::readable_count(1_234_567), "1,234,567");
/// ```
pub fn readable_count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of bytes in the largest binary unit that leaves a whole part.
///
/// ```
/// use flowtrail_query::output::readable_bytes;
///
/// assert_eq!(readable_bytes(1023), "1023 B");
/// assert_eq!(readable_bytes(1536), "1.5 KiB");
/// assert_eq!(readable_bytes(5 << 30), "5.0 GiB");
/// ```
pub fn readable_bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut figure = bytes as f64 / 1024.0;
    let mut unit = 0;
    // 1023.95 and more would be shown as 1024.0.
    while figure >= 1023.95 && unit + 1 < UNITS.len() {
        figure /= 1024.0;
        unit += 1;
    }
    format!("{figure:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable() {
        assert_eq!(readable_count(0), "0");
        assert_eq!(readable_count(999), "999");
        assert_eq!(readable_count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(readable_bytes(0), "0 B");
        assert_eq!(readable_bytes((1 << 20) - 1), "1.0 MiB");
        assert_eq!(readable_bytes(u64::MAX), "16.0 EiB");
        assert_eq!(readable(2.5, Measure::Count), "2.50");
        assert_eq!(readable(-1500.0, Measure::Count), "-1,500");
        assert_eq!(readable(-1536.0, Measure::Bytes), "-1.5 KiB");
    }

    #[test]
    fn bars_are_proportional_and_never_vanish() {
        assert_eq!(bar(50.0, 100.0).chars().count(), 15);
        assert_eq!(bar(0.001, 100.0).chars().count(), 1);
        assert_eq!(bar(0.0, 100.0), "");
        assert_eq!(bar(-5.0, 100.0), "");
        assert_eq!(bar(f64::NAN, 100.0), "");
    }
}
