//! A column of whole numbers.

use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, BooleanBufferBuilder, PrimitiveArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};

/// Gathers numbers, and gives them as an array.
pub(crate) struct NumberColumn<T: ArrowPrimitiveType> {
    values: Vec<T::Native>,
    nulls: NullRows,
}

impl<T: ArrowPrimitiveType> Default for NumberColumn<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            nulls: NullRows::default(),
        }
    }
}

impl<T: ArrowPrimitiveType> NumberColumn<T> {
    #[inline]
    pub(crate) fn append(&mut self, value: T::Native) {
        self.values.push(value);
    }

    pub(crate) fn append_null(&mut self) {
        self.nulls.append(self.values.len());
        self.values.push(T::Native::default());
    }

    /// Takes back all rows from `rows` on.
    pub(crate) fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
        self.nulls.truncate(rows);
    }

    /// Hands out what was gathered, and begins anew.
    pub(crate) fn finish(&mut self) -> ArrayRef {
        let values = std::mem::take(&mut self.values);
        let nulls = std::mem::take(&mut self.nulls).finish(values.len());
        Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values), nulls))
    }
}

/// The rows of a column that have no value: few, so each is written down.
#[derive(Debug, Default)]
pub(crate) struct NullRows(Vec<u32>);

impl NullRows {
    pub(crate) fn append(&mut self, row: usize) {
        self.0.push(row as u32);
    }

    pub(crate) fn truncate(&mut self, rows: usize) {
        let kept = self.0.partition_point(|row| (*row as usize) < rows);
        self.0.truncate(kept);
    }

    /// The same as a bit a row, where there are any.
    pub(crate) fn finish(self, rows: usize) -> Option<NullBuffer> {
        if self.0.is_empty() {
            return None;
        }
        let mut valid = BooleanBufferBuilder::new(rows);
        valid.append_n(rows, true);
        self.0.iter().for_each(|row| valid.set_bit(*row as usize, false));
        Some(NullBuffer::new(valid.finish()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::AsArray;
    use arrow::datatypes::Int32Type;

    #[test]
    fn what_is_taken_back_leaves_nothing() {
        let mut column = NumberColumn::<Int32Type>::default();
        column.append(1);
        column.append_null();
        column.append(3);
        column.append_null();
        column.truncate(3);
        column.append(4);
        let array = column.finish();
        let found: Vec<_> = array.as_primitive::<Int32Type>().iter().collect();
        assert_eq!(found, [Some(1), None, Some(3), Some(4)]);
        assert_eq!(column.finish().len(), 0);
    }
}
