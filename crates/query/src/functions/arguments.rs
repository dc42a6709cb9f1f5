//! The arguments of functions: text, whole numbers, constants, and what is made of a text that comes again and again.

use arrow::array::{ArrayRef, AsArray, Int64Array, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, ScalarValue};

/// A column of text, whatever its form.
pub fn texts(column: &ArrayRef) -> Result<StringViewArray> {
    Ok(cast(column, &DataType::Utf8View)?.as_string_view().clone())
}

/// A column of whole numbers, whatever its form.
pub fn whole_numbers(column: &ArrayRef) -> Result<Int64Array> {
    Ok(cast(column, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

/// Whether an argument can be taken for text.
pub fn is_text(data_type: &DataType) -> bool {
    data_type.is_string() || *data_type == DataType::Null
}

/// The text of an argument that is a constant.
pub fn constant_text(value: Option<&ScalarValue>) -> Option<&str> {
    value?.try_as_str().flatten()
}

/// What a text means (a pattern, a path, a block), worked out anew only when another text comes.
pub struct LastRead<T>(Option<(String, T)>);

impl<T> Default for LastRead<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> LastRead<T> {
    /// What the text before means, if there was one.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|(_, meaning)| meaning)
    }

    /// What `text` means, by `read` if it is not the text before.
    pub fn of(&mut self, text: &str, read: impl FnOnce(&str) -> Result<T>) -> Result<&T> {
        let known = match self.0.take() {
            Some(known) if known.0 == text => known,
            _ => (text.to_owned(), read(text)?),
        };
        Ok(&self.0.insert(known).1)
    }
}
