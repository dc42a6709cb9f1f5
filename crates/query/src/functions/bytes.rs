//! `human_bytes(1536)` is `1.5 KiB`.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StringViewArray};
use arrow::datatypes::{DataType, Int64Type};

use super::function::Function;
use crate::output::readable_bytes;

/// A number of bytes in the largest binary unit that leaves a whole part, as text.
pub fn human_bytes() -> Function {
    Function::of_column(
        "human_bytes",
        DataType::Int64,
        |_| Ok(DataType::Utf8View),
        |columns, _| Ok(readable(&columns[0])),
    )
}

fn readable(sizes: &ArrayRef) -> ArrayRef {
    let sizes = sizes.as_primitive::<Int64Type>();
    Arc::new(sizes.iter().map(|size| size.map(signed)).collect::<StringViewArray>())
}

fn signed(size: i64) -> String {
    let readable = readable_bytes(size.unsigned_abs());
    if size < 0 { format!("-{readable}") } else { readable }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use arrow::array::Int64Array;

    use super::*;

    #[test]
    fn sizes_are_readable() {
        let sizes: ArrayRef = Arc::new(Int64Array::from(vec![
            Some(0),
            Some(1536),
            Some(-2048),
            Some(i64::MIN),
            None,
        ]));
        let readable = readable(&sizes);
        assert_eq!(
            readable.as_string_view().iter().collect::<Vec<_>>(),
            [Some("0 B"), Some("1.5 KiB"), Some("-2.0 KiB"), Some("-8.0 EiB"), None]
        );
    }
}
