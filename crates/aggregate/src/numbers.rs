//! Whole numbers, times and days as 64-bit numbers, and back.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

/// Whether values of the type are text.
pub fn is_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Utf8 | DataType::Utf8View)
}

/// Whether every value of the type is a 64-bit number of its own.
pub fn fits_int64(data_type: &DataType) -> bool {
    use DataType::{Boolean, Date32, Int8, Int16, Int32, Int64, Timestamp, UInt8, UInt16, UInt32};
    matches!(
        data_type,
        Boolean | Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | Date32 | Timestamp(..)
    )
}

/// `array` as an `Int64Array`; `None` where its type does not fit.
pub fn as_int64(array: &ArrayRef) -> Option<ArrayRef> {
    match array.data_type() {
        DataType::Int64 => Some(Arc::clone(array)),
        DataType::Date32 => cast(&cast(array, &DataType::Int32).ok()?, &DataType::Int64).ok(),
        data_type if fits_int64(data_type) => cast(array, &DataType::Int64).ok(),
        _ => None,
    }
}

/// An `Int64Array` as the type its numbers were taken from.
pub fn from_int64(numbers: &ArrayRef, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
    match data_type {
        DataType::Date32 => cast(&cast(numbers, &DataType::Int32)?, data_type),
        _ => cast(numbers, data_type),
    }
}
