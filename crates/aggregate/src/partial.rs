//! What one row group answers.

use arrow::array::ArrayRef;

use crate::question::{Aggregate, Function};

/// Groups of one row group and their states.
#[derive(Debug)]
pub struct Partial {
    /// The groups' keys.
    pub keys: Vec<KeyColumn>,
    /// How many groups there are.
    pub groups: usize,
    /// A row of states a group; see [`States`].
    pub states: Vec<i64>,
}

/// One key of all groups.
#[derive(Debug)]
pub struct KeyColumn {
    /// Values, some of which are keys.
    pub values: ArrayRef,
    /// For each group, where in `values` its key stands.
    pub codes: Vec<u32>,
}

/// How the states of one group follow each other: for each aggregate the number of values that were not null and, but
/// for a count, their sum, least or greatest.
#[derive(Clone, Debug)]
pub struct States {
    /// The states of a group nothing was added to.
    pub empty: Vec<i64>,
    functions: Vec<(Function, usize)>,
}

impl States {
    /// The states of `aggregates`, behind `before` others.
    pub fn new(aggregates: &[Aggregate], before: usize) -> Self {
        let mut empty = vec![0; before];
        let mut functions = Vec::with_capacity(aggregates.len());
        for aggregate in aggregates {
            functions.push((aggregate.function, empty.len()));
            empty.push(0);
            match aggregate.function {
                Function::Count => {}
                Function::Sum | Function::Average => empty.push(0),
                Function::Minimum => empty.push(i64::MAX),
                Function::Maximum => empty.push(i64::MIN),
            }
        }
        Self { empty, functions }
    }

    /// Numbers a group has.
    pub fn width(&self) -> usize {
        self.empty.len()
    }

    /// Where the states of an aggregate begin.
    pub fn offset(&self, aggregate: usize) -> usize {
        self.functions[aggregate].1
    }

    /// Adds the states `other` of a group to those of the same group, `to`; false when a sum leaves 64 bits.
    #[must_use]
    pub fn merge(&self, to: &mut [i64], other: &[i64]) -> bool {
        let mut fits = true;
        for (function, at) in &self.functions {
            to[*at] += other[*at];
            let value = at + 1;
            match function {
                Function::Count => {}
                Function::Sum | Function::Average => {
                    let (sum, overflows) = to[value].overflowing_add(other[value]);
                    to[value] = sum;
                    fits &= !overflows;
                }
                Function::Minimum => to[value] = to[value].min(other[value]),
                Function::Maximum => to[value] = to[value].max(other[value]),
            }
        }
        fits
    }
}
