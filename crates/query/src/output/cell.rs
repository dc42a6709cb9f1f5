//! One value of an answer as text.

use std::fmt::Write as _;

use arrow::array::StringViewArray;
use arrow::array::{Array, ArrayRef, AsArray, Float32Array, Float64Array, LargeStringArray, RecordBatch, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, FieldRef};
use arrow::error::ArrowError;
use arrow::json::writer::{EncoderOptions, NullableEncoder, make_encoder};
use arrow::util::display::{ArrayFormatter, DurationFormat, FormatOptions};
use chrono_tz::Tz;

/// How values become text: for people, or for programs.
pub(super) struct CellStyle {
    json: EncoderOptions,
    timestamp: Option<&'static str>,
    instant: Option<&'static str>,
    duration: DurationFormat,
}

impl CellStyle {
    /// `2026-11-01 12:00:00+09:00`, `2026-11-01 12:00:00Z`; durations in words.
    pub(super) fn for_people(zone: Tz) -> Self {
        let instant = if zone == Tz::UTC {
            "%Y-%m-%d %H:%M:%S%.fZ"
        } else {
            "%Y-%m-%d %H:%M:%S%.f%:z"
        };
        Self {
            json: EncoderOptions::default().with_explicit_nulls(true),
            timestamp: Some("%Y-%m-%d %H:%M:%S%.f"),
            instant: Some(instant),
            duration: DurationFormat::Pretty,
        }
    }

    /// ISO 8601 throughout.
    pub(super) fn for_programs() -> Self {
        Self {
            json: EncoderOptions::default().with_explicit_nulls(true),
            timestamp: None,
            instant: None,
            duration: DurationFormat::ISO8601,
        }
    }

    /// `2026-11-01 12:00:00`, instants too: Hive's text has no zones.
    pub(super) fn for_hive() -> Self {
        let timestamp = Some("%Y-%m-%d %H:%M:%S%.f");
        Self {
            timestamp,
            instant: timestamp,
            ..Self::for_programs()
        }
    }

    fn format_options(&self) -> FormatOptions<'_> {
        FormatOptions::new()
            .with_display_error(false)
            .with_timestamp_format(self.timestamp)
            .with_timestamp_tz_format(self.instant)
            .with_duration_format(self.duration)
    }
}

/// A column ready to be written value by value.
pub(super) struct CellColumn<'a> {
    values: Values<'a>,
    nulls: Option<NullBuffer>,
    is_numeric: bool,
}

enum Values<'a> {
    Utf8(&'a StringArray),
    LargeUtf8(&'a LargeStringArray),
    Utf8View(&'a StringViewArray),
    Float32(&'a Float32Array),
    Float64(&'a Float64Array),
    Nested(NullableEncoder<'a>, Vec<u8>),
    Other(ArrayFormatter<'a>),
}

impl<'a> CellColumn<'a> {
    /// The columns of a batch that went through a [`super::conversion::Conversion`] for text.
    pub(super) fn of_batch(batch: &'a RecordBatch, style: &'a CellStyle) -> Result<Vec<Self>, ArrowError> {
        let fields = batch.schema_ref().fields().iter();
        fields
            .zip(batch.columns())
            .map(|(field, array)| Self::new(field, array, style))
            .collect()
    }

    pub(super) fn new(field: &'a FieldRef, array: &'a ArrayRef, style: &'a CellStyle) -> Result<Self, ArrowError> {
        let values = match array.data_type() {
            DataType::Utf8 => Values::Utf8(array.as_string()),
            DataType::LargeUtf8 => Values::LargeUtf8(array.as_string()),
            DataType::Utf8View => Values::Utf8View(array.as_string_view()),
            DataType::Float32 => Values::Float32(array.as_primitive()),
            DataType::Float64 => Values::Float64(array.as_primitive()),
            nested if nested.is_nested() => Values::Nested(make_encoder(field, array, &style.json)?, Vec::new()),
            _ => Values::Other(ArrayFormatter::try_new(array, &style.format_options())?),
        };
        Ok(Self {
            values,
            nulls: array.logical_nulls(),
            is_numeric: array.data_type().is_numeric(),
        })
    }

    pub(super) fn is_numeric(&self) -> bool {
        self.is_numeric
    }

    pub(super) fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Appends the value of a row that is not NULL.
    pub(super) fn write(&mut self, row: usize, text: &mut String) -> Result<(), ArrowError> {
        match &mut self.values {
            Values::Utf8(array) => text.push_str(array.value(row)),
            Values::LargeUtf8(array) => text.push_str(array.value(row)),
            Values::Utf8View(array) => text.push_str(array.value(row)),
            Values::Float32(array) => write_float(&array.value(row), array.value(row).is_finite(), text),
            Values::Float64(array) => write_float(&array.value(row), array.value(row).is_finite(), text),
            Values::Nested(encoder, buffer) => {
                buffer.clear();
                encoder.encode(row, buffer);
                text.push_str(&String::from_utf8_lossy(buffer));
            }
            Values::Other(formatter) => formatter.value(row).write(text)?,
        }
        Ok(())
    }
}

/// The shortest decimal form that reads back as the same number, never scientific: Rust's own.
/// A whole number keeps `.0`, so that it is seen to be a floating-point one.
fn write_float(value: &impl std::fmt::Display, is_finite: bool, text: &mut String) {
    let start = text.len();
    // Writing to a String cannot fail.
    let _ = write!(text, "{value}");
    if is_finite && !text[start..].contains('.') {
        text.push_str(".0");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_never_scientific() {
        let mut text = String::new();
        for value in [1e21, 0.1, -2.0, 1e-9, f64::NAN, f64::NEG_INFINITY] {
            write_float(&value, value.is_finite(), &mut text);
            text.push(' ');
        }
        assert_eq!(text, "1000000000000000000000.0 0.1 -2.0 0.000000001 NaN -inf ");
    }
}
