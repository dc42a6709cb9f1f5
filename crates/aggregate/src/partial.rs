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
    /// For each aggregate that has one, the groups' sketches.
    pub sketches: Vec<Registers>,
}

/// The registers of groups' sketches, eight in a word, but for those words of which all are 0.
#[derive(Debug, Default)]
pub struct Registers {
    /// Whose they are: a number below [`Partial::groups`].
    pub groups: Vec<u32>,
    /// Which of a sketch's words they are.
    pub places: Vec<u32>,
    /// The words.
    pub words: Vec<i64>,
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
/// for a count, their sum, least or greatest. A sketch has records of its own; here stands the number of rows only.
#[derive(Clone, Debug)]
pub struct States {
    /// The states of a group nothing was added to.
    pub empty: Vec<i64>,
    parts: Vec<(Part, usize)>,
}

/// Some words among the states.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// What a function has of a group.
    Of(Function),
    /// A word of a sketch's registers.
    Registers,
}

impl States {
    /// The states of `aggregates`, behind `before` others.
    pub fn new(aggregates: &[Aggregate], before: usize) -> Self {
        let mut empty = vec![0; before];
        let mut parts = Vec::with_capacity(aggregates.len());
        for aggregate in aggregates {
            parts.push((Part::Of(aggregate.function), empty.len()));
            empty.push(0);
            match aggregate.function {
                Function::Count | Function::ApproximateDistinct => {}
                Function::Sum | Function::Average => empty.push(0),
                Function::Minimum => empty.push(i64::MAX),
                Function::Maximum => empty.push(i64::MIN),
            }
        }
        Self { empty, parts }
    }

    /// Those of a word of registers.
    pub fn of_registers() -> Self {
        Self {
            empty: vec![0],
            parts: vec![(Part::Registers, 0)],
        }
    }

    /// Numbers a group has.
    pub fn width(&self) -> usize {
        self.empty.len()
    }

    /// Where the states of an aggregate begin.
    pub fn offset(&self, aggregate: usize) -> usize {
        self.parts[aggregate].1
    }

    /// Adds the states `other` of a group to those of the same group, `to`; false when a sum leaves 64 bits.
    #[must_use]
    pub fn merge(&self, to: &mut [i64], other: &[i64]) -> bool {
        let mut fits = true;
        for (part, at) in &self.parts {
            let Part::Of(function) = part else {
                to[*at] = greatest_registers(to[*at], other[*at]);
                continue;
            };
            to[*at] += other[*at];
            let value = at + 1;
            match function {
                Function::Count | Function::ApproximateDistinct => {}
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

/// Register by register the greater one.
pub fn greatest_registers(one: i64, other: i64) -> i64 {
    let (one, other) = (one.to_le_bytes(), other.to_le_bytes());
    i64::from_le_bytes(std::array::from_fn(|register| one[register].max(other[register])))
}
