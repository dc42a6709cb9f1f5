//! `hash(a, b, …)`: a number of 64 bits that is the same for the same values, today and tomorrow.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use arrow::datatypes::DataType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::Result;

use super::function::Function;

/// The function. Its numbers are not Snowflake's.
pub fn hash() -> Function {
    Function::new(&["hash"], 1..=32, |_| Ok(DataType::Int64), hashed)
}

/// Fowler, Noll and Vo's hash of the values as text, which NULL is none of.
fn hashed(columns: &[ArrayRef], _: &DataType) -> Result<ArrayRef> {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let options = FormatOptions::default();
    let values = columns.iter().map(|column| ArrayFormatter::try_new(column, &options));
    let values = values.collect::<std::result::Result<Vec<_>, _>>()?;
    let hashes = (0..columns[0].len()).map(|row| {
        let mut hash = START;
        let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        for (column, values) in columns.iter().zip(&values) {
            add(u8::from(column.is_null(row)));
            values.value(row).to_string().bytes().for_each(&mut add);
            add(0xff);
        }
        Some(hash as i64)
    });
    Ok(Arc::new(hashes.collect::<Int64Array>()))
}
