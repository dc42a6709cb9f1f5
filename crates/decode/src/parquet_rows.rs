//! Batches of a Parquet file made batches of a flow log.

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, Int64Builder, StringViewArray, StringViewBuilder,
};
use arrow::compute::{cast, filter_record_batch, kernels::cmp, nullif};
use arrow::datatypes::{DataType, Float64Type, Int64Type, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use arrow::json::LineDelimitedWriter;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow_fields::FieldType;
use crate::flow_layout::{FlowLayout, LayoutField};
use crate::flow_rows::{NO_VALUE, number_reason};
use crate::number::{NumberError, parse_number};
use crate::{Counts, DecodeError, Decoded, Reject};

/// What Python's tools write for no number where they make numbers text.
const PYTHON_NO_VALUE: &str = "None";

/// How a column of the file becomes the column of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// Text, bytes that hold text, or a value that is written out as text.
    Text,
    /// Nested values of a column nobody knows.
    JsonText,
    Integer,
    Float,
    NumberText,
    Timestamp,
}

impl Conversion {
    /// The conversion from a column's type. `Err` is what was expected instead of it.
    pub(crate) fn choose(found: &DataType, field: &LayoutField, is_known: bool) -> Result<Self, &'static str> {
        let found = match found {
            DataType::Dictionary(_, values) => values.as_ref(),
            other => other,
        };
        let is_text = found.is_string() || found.is_binary() || found.is_null();
        if field.field_type == FieldType::Text {
            return match found {
                _ if is_text || found.is_integer() => Ok(Self::Text),
                _ if is_known => Err("text"),
                _ if found.is_nested() => Ok(Self::JsonText),
                _ => Ok(Self::Text),
            };
        }
        match found {
            _ if is_text => Ok(Self::NumberText),
            _ if found.is_integer() => Ok(Self::Integer),
            DataType::Float32 | DataType::Float64 => Ok(Self::Float),
            DataType::Timestamp(..) if matches!(field.name.as_str(), "start" | "end") => Ok(Self::Timestamp),
            _ => Err("a whole number"),
        }
    }
}

/// The first reason for each bad row of a batch.
type Reasons = BTreeMap<usize, String>;

/// Decodes batch after batch of one file.
pub(crate) struct ParquetRows {
    layout: FlowLayout,
    schema: SchemaRef,
    /// One for each field of the layout.
    conversions: Vec<Conversion>,
    /// Rows so far.
    number: u64,
}

impl ParquetRows {
    pub(crate) fn new(layout: FlowLayout, conversions: Vec<Conversion>) -> Self {
        let schema = layout.schema();
        Self {
            layout,
            schema,
            conversions,
            number: 0,
        }
    }

    pub(crate) fn decode(&mut self, found: &RecordBatch) -> Result<Decoded, DecodeError> {
        let mut reasons = Reasons::new();
        let mut columns = Vec::with_capacity(found.num_columns());
        for (place, column) in found.columns().iter().enumerate() {
            columns.push(self.convert(place, column, &mut reasons)?);
        }
        reject_empty_rows(&columns, &mut reasons);

        let ordered = self
            .layout
            .column_fields
            .iter()
            .map(|&place| Arc::clone(&columns[place]))
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(found.num_rows()));
        let mut batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), ordered, &options)?;
        if !reasons.is_empty() {
            let good: BooleanArray = (0..found.num_rows())
                .map(|row| Some(!reasons.contains_key(&row)))
                .collect();
            batch = filter_record_batch(&batch, &good)?;
        }
        let counts = Counts {
            lines: found.num_rows() as u64,
            rows: batch.num_rows() as u64,
            rejected: reasons.len() as u64,
            nodata: count_status(&batch, "NODATA")?,
            skipdata: count_status(&batch, "SKIPDATA")?,
            headers: 0,
        };
        let rejects = self.rejects(found, reasons)?;
        self.number += counts.lines;
        Ok(Decoded {
            kind: self.layout.kind,
            batch,
            rejects,
            counts,
        })
    }

    fn convert(&self, place: usize, column: &ArrayRef, reasons: &mut Reasons) -> Result<ArrayRef, DecodeError> {
        let column = match column.data_type() {
            DataType::Dictionary(_, values) => &cast(column, values)?,
            _ => column,
        };
        let field = &self.layout.fields[place];
        let Some(range) = field.field_type.range() else {
            let text = match self.conversions[place] {
                Conversion::JsonText => json_text(column)?,
                _ => text(column, &field.name, reasons)?,
            };
            return Ok(Arc::new(text));
        };
        let values = NumberColumn::new(column, self.conversions[place])?;
        let mut numbers = Int64Builder::with_capacity(column.len());
        for row in 0..column.len() {
            let number = values.number(row, range);
            if let Some(Err(error)) = number {
                reasons
                    .entry(row)
                    .or_insert_with(|| number_reason(&field.name, &values.shown(row), error));
            }
            numbers.append_option(number.and_then(Result::ok));
        }
        Ok(cast(&numbers.finish(), &field.field_type.data_type())?)
    }

    /// The bad rows, each written out as a line of text would have it, in the file's own order of columns.
    fn rejects(&self, found: &RecordBatch, reasons: Reasons) -> Result<Vec<Reject>, DecodeError> {
        if reasons.is_empty() {
            return Ok(Vec::new());
        }
        let options = FormatOptions::default().with_null(NO_VALUE);
        let formatters = found
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column, &options));
        let formatters = formatters.collect::<Result<Vec<_>, ArrowError>>()?;
        let reject = |(row, reason)| {
            let values: Vec<_> = formatters.iter().map(|column| column.value(row).to_string()).collect();
            Reject::new(self.number + row as u64 + 1, reason, values.join(" ").as_bytes())
        };
        Ok(reasons.into_iter().map(reject).collect())
    }
}

/// A column that holds numbers in some form.
enum NumberColumn<'c> {
    /// 64-bit numbers, null also where the file's do not fit them; and the file's own.
    Integers(Int64Array, &'c ArrayRef),
    Floats(ArrayRef),
    Text(StringViewArray, &'c ArrayRef),
}

impl<'c> NumberColumn<'c> {
    fn new(column: &'c ArrayRef, conversion: Conversion) -> Result<Self, ArrowError> {
        Ok(match conversion {
            Conversion::Float => Self::Floats(cast(column, &DataType::Float64)?),
            Conversion::Timestamp => Self::Integers(seconds(column)?, column),
            Conversion::Integer => Self::Integers(
                cast(column, &DataType::Int64)?.as_primitive::<Int64Type>().clone(),
                column,
            ),
            _ => Self::Text(utf8(column)?, column),
        })
    }

    /// The number of a row; `None` where it has none.
    fn number(&self, row: usize, (min, max): (i64, i64)) -> Option<Result<i64, NumberError>> {
        let out_of_range = NumberError::OutOfRange { min, max };
        match self {
            Self::Integers(_, found) if found.is_null(row) => None,
            Self::Integers(numbers, _) => {
                let number = numbers.is_valid(row).then(|| numbers.value(row));
                Some(number.filter(|number| (min..=max).contains(number)).ok_or(out_of_range))
            }
            Self::Floats(floats) if floats.is_null(row) => None,
            Self::Floats(floats) => {
                let value = floats.as_primitive::<Float64Type>().value(row);
                if value.fract().abs() > 0.0 {
                    return Some(Err(NumberError::NotWhole));
                }
                // Both ends stand within what a 64-bit float holds exactly, or beyond what the cast saturates to.
                let fits = value >= min as f64 && value < max as f64 + 1.0;
                Some(if fits { Ok(value as i64) } else { Err(out_of_range) })
            }
            Self::Text(_, found) if found.is_null(row) => None,
            Self::Text(text, _) if text.is_null(row) => Some(Err(NumberError::NotWhole)),
            Self::Text(text, _) if [NO_VALUE, PYTHON_NO_VALUE].contains(&text.value(row)) => None,
            Self::Text(text, _) => Some(parse_number(text.value(row), (min, max))),
        }
    }

    /// The value of a row, for a reason.
    fn shown(&self, row: usize) -> String {
        let (Self::Integers(_, column) | Self::Text(_, column)) = self else {
            let Self::Floats(floats) = self else {
                return String::new();
            };
            return floats.as_primitive::<Float64Type>().value(row).to_string();
        };
        let options = FormatOptions::default();
        ArrayFormatter::try_new(column, &options).map_or_else(|_| String::new(), |column| column.value(row).to_string())
    }
}

/// Times as whole Unix seconds.
fn seconds(column: &ArrayRef) -> Result<Int64Array, ArrowError> {
    let units_per_s = match column.data_type() {
        DataType::Timestamp(TimeUnit::Millisecond, _) => 1_000,
        DataType::Timestamp(TimeUnit::Microsecond, _) => 1_000_000,
        DataType::Timestamp(TimeUnit::Nanosecond, _) => 1_000_000_000,
        _ => 1,
    };
    let units = cast(column, &DataType::Int64)?;
    Ok(units
        .as_primitive::<Int64Type>()
        .unary(|units: i64| units.div_euclid(units_per_s)))
}

/// A column as text, null where its bytes are none.
fn utf8(column: &ArrayRef) -> Result<StringViewArray, ArrowError> {
    let column = match column.data_type() {
        DataType::FixedSizeBinary(_) => &cast(column, &DataType::Binary)?,
        _ => column,
    };
    let column = match column.data_type() {
        DataType::Binary => &cast(column, &DataType::Utf8)?,
        DataType::LargeBinary => &cast(column, &DataType::LargeUtf8)?,
        _ => column,
    };
    Ok(cast(column, &DataType::Utf8View)?.as_string_view().clone())
}

fn text(column: &ArrayRef, name: &str, reasons: &mut Reasons) -> Result<StringViewArray, ArrowError> {
    let text = utf8(column)?;
    if text.null_count() > column.logical_null_count() {
        for row in (0..text.len()).filter(|&row| text.is_null(row) && column.is_valid(row)) {
            reasons.entry(row).or_insert_with(|| format!("{name} is not UTF-8"));
        }
    }
    let is_no_value = cmp::eq(&text, &StringViewArray::new_scalar(NO_VALUE))?;
    if is_no_value.true_count() == 0 {
        return Ok(text);
    }
    Ok(nullif(&text, &is_no_value)?.as_string_view().clone())
}

/// Nested values as JSON text.
fn json_text(column: &ArrayRef) -> Result<StringViewArray, ArrowError> {
    const BEFORE: &str = "{\"v\":";
    let mut lines = Vec::new();
    let mut writer = LineDelimitedWriter::new(&mut lines);
    writer.write(&RecordBatch::try_from_iter([("v", Arc::clone(column))])?)?;
    writer.finish()?;
    let mut texts = StringViewBuilder::with_capacity(column.len());
    for line in String::from_utf8_lossy(&lines).lines() {
        // A null is left out: `{}`.
        texts.append_option(line.strip_prefix(BEFORE).and_then(|rest| rest.strip_suffix('}')));
    }
    Ok(texts.finish())
}

fn reject_empty_rows(columns: &[ArrayRef], reasons: &mut Reasons) {
    if columns.iter().any(|column| column.null_count() == 0) {
        return;
    }
    let rows = columns.first().map_or(0, Array::len);
    for row in (0..rows).filter(|&row| columns.iter().all(|column| column.is_null(row))) {
        reasons.entry(row).or_insert_with(|| "no field has a value".to_owned());
    }
}

fn count_status(batch: &RecordBatch, status: &str) -> Result<u64, ArrowError> {
    let Some(column) = batch.column_by_name("log_status") else {
        return Ok(0);
    };
    let equal = cmp::eq(column, &StringViewArray::new_scalar(status))?;
    Ok(equal.true_count() as u64)
}
