//! Rows as JSON arrays of values, for pages that know the columns already.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{cast, max, min};
use arrow::datatypes::{DataType, FieldRef, Int64Type, Schema, UInt64Type};
use arrow::error::ArrowError;
use arrow::json::writer::{EncoderOptions, NullableEncoder, make_encoder};
use chrono_tz::Tz;

use super::conversion::Conversion;
use super::error::OutputError;

/// 2^53: from here on, a number of JavaScript is not every whole number.
const LEAST_INEXACT: i64 = 1 << 53;

/// Writes rows as arrays of JSON.
pub struct RowArrays {
    conversion: Conversion,
    options: EncoderOptions,
}

impl RowArrays {
    /// For batches of that schema. Instants are written in UTC, as RFC 3339 has them.
    pub fn new(schema: &Schema) -> Self {
        Self {
            conversion: Conversion::for_json(schema, Tz::UTC),
            options: EncoderOptions::default().with_explicit_nulls(true),
        }
    }

    /// Appends the rows of a batch to `out`: `[[1,"a"],[2,null]]`. A column of decimals, or with a whole number that is
    /// none in JavaScript, is written as texts.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
    /// use flowtrail_query::output::RowArrays;
    ///
    /// let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
    /// let large: ArrayRef = Arc::new(Int64Array::from(vec![1, i64::MAX]));
    /// let texts: ArrayRef = Arc::new(StringArray::from(vec!["a", "\"<b>"]));
    /// let batch = RecordBatch::try_from_iter_with_nullable([
    ///     ("n", numbers, true),
    ///     ("large", large, false),
    ///     ("text", texts, false),
    /// ])?;
    /// let mut out = Vec::new();
    /// RowArrays::new(&batch.schema()).write(&batch, &mut out)?;
    /// assert_eq!(
    ///     String::from_utf8(out)?,
    ///     r#"[[1,"1","a"],[null,"9223372036854775807","\"<b>"]]"#
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write(&self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<(), OutputError> {
        self.written(batch, out).map_err(OutputError::value("json"))
    }

    fn written(&self, batch: &RecordBatch, out: &mut Vec<u8>) -> Result<(), ArrowError> {
        let batch = self.conversion.apply(batch)?;
        let columns = batch.columns().iter().map(exact).collect::<Result<Vec<_>, _>>()?;
        let fields: Vec<FieldRef> = batch
            .schema()
            .fields()
            .iter()
            .zip(&columns)
            .map(|(field, column)| Arc::new(field.as_ref().clone().with_data_type(column.data_type().clone())))
            .collect();
        let mut encoders = fields
            .iter()
            .zip(&columns)
            .map(|(field, column)| make_encoder(field, column.as_ref(), &self.options))
            .collect::<Result<Vec<NullableEncoder<'_>>, _>>()?;
        out.push(b'[');
        for row in 0..batch.num_rows() {
            out.extend_from_slice(if row == 0 { b"[" } else { b",[" });
            for (at, encoder) in encoders.iter_mut().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                if encoder.is_null(row) {
                    out.extend_from_slice(b"null");
                } else {
                    encoder.encode(row, out);
                }
            }
            out.push(b']');
        }
        out.push(b']');
        Ok(())
    }
}

fn exact(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let is_exact = match column.data_type() {
        decimal if decimal.is_decimal() => false,
        DataType::Int64 => {
            let numbers = column.as_primitive::<Int64Type>();
            min(numbers).is_none_or(|least| least > -LEAST_INEXACT)
                && max(numbers).is_none_or(|greatest| greatest < LEAST_INEXACT)
        }
        DataType::UInt64 => {
            let numbers = column.as_primitive::<UInt64Type>();
            max(numbers).is_none_or(|greatest| greatest < LEAST_INEXACT as u64)
        }
        _ => true,
    };
    if is_exact {
        Ok(Arc::clone(column))
    } else {
        cast(column, &DataType::Utf8)
    }
}
