//! Text arguments.

use arrow::array::{ArrayRef, AsArray, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue};

/// A column of text, whatever its form.
pub fn texts(column: &ArrayRef) -> Result<StringViewArray> {
    Ok(cast(column, &DataType::Utf8View)?.as_string_view().clone())
}

/// The text of an argument that is a constant.
pub fn constant_text(value: Option<&ScalarValue>) -> Option<&str> {
    value?.try_as_str().flatten()
}
