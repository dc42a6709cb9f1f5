//! The states of one row group's groups, while rows are added to them.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::Int64Type;
use datafusion::common::{Result, exec_err};

use crate::column::{Chosen, Column, Page, Pages, coded, codes};
use crate::numbers::as_int64;
use crate::partial::States;
use crate::question::{Aggregate, Function};
use crate::rowwise::Rowwise;

/// Rows of each group stand before its states.
const ROWS: usize = 1;

/// Where an aggregate's values come from.
#[derive(Debug)]
enum Argument {
    /// There are none: rows are counted, those of a column without nulls and of a sketch too.
    Rows,
    /// The value of each code of the column, and whether it is set where some are null.
    Coded {
        column: usize,
        numbers: Vec<i64>,
        valid: Option<Vec<u8>>,
    },
    /// The column's numbers themselves.
    Column(usize),
    /// Worked out row by row.
    Plain(Rowwise),
}

/// Groups' states.
#[derive(Debug)]
pub struct Totals {
    layout: States,
    arguments: Vec<(Function, Argument)>,
    /// For each aggregate, whether its values are counted; the others' count is that of the rows.
    counted: Vec<bool>,
    states: Vec<i64>,
    fits: bool,
}

impl Totals {
    /// Prepares the aggregates for a row group.
    pub fn prepare(aggregates: &[Aggregate], columns: &[Option<Column>]) -> Result<Self> {
        let mut arguments = Vec::with_capacity(aggregates.len());
        for aggregate in aggregates {
            arguments.push((aggregate.function, Argument::prepare(aggregate, columns)?));
        }
        Ok(Self {
            layout: States::new(aggregates, ROWS),
            counted: vec![false; arguments.len()],
            arguments,
            states: Vec::new(),
            fits: true,
        })
    }

    /// Adds rows, whose groups are below `count`.
    pub fn add<'a>(
        &mut self,
        groups: &[u32],
        count: usize,
        chosen: Chosen<'a>,
        pages: &Pages<'a>,
        columns: &[Option<Column>],
    ) -> Result<()> {
        let width = self.layout.width();
        let before = self.states.len();
        self.states.resize((count * width).max(before), 0);
        if self.layout.empty.iter().any(|state| *state != 0) {
            self.states[before..]
                .chunks_exact_mut(width)
                .for_each(|states| states.copy_from_slice(&self.layout.empty));
        }
        for number in 0..self.arguments.len() {
            let (function, argument) = &self.arguments[number];
            let function = *function;
            let mut target = Target {
                states: &mut self.states,
                width,
                offset: self.layout.offset(number),
                function,
                groups,
                counted: &mut self.counted[number],
                fits: &mut self.fits,
            };
            match argument {
                Argument::Rows => {}
                Argument::Coded { column, numbers, valid } => {
                    let codes = codes(pages, *column)?;
                    match (chosen, valid) {
                        (Chosen::All(_), None) => target.add(|row| numbers[codes[row] as usize]),
                        (Chosen::At(at), None) => target.add(|row| numbers[codes[at[row] as usize] as usize]),
                        (_, Some(valid)) => {
                            let codes = chosen.of(codes);
                            target.add_set(
                                |row| valid[codes[row] as usize] == 1,
                                |row| numbers[codes[row] as usize],
                            );
                        }
                    }
                }
                Argument::Column(column) => {
                    let Some(Page::Numbers(numbers, valid)) = pages[*column] else {
                        return exec_err!("an aggregate's column is not at hand");
                    };
                    match (chosen, valid) {
                        (Chosen::All(_), None) => target.add(|row| numbers[row]),
                        (Chosen::At(at), None) => target.add(|row| numbers[at[row] as usize]),
                        (_, Some(valid)) => {
                            let (numbers, valid) = (chosen.of(numbers), chosen.of(valid));
                            target.add_set(|row| valid[row] == 1, |row| numbers[row]);
                        }
                    }
                }
                Argument::Plain(expression) => {
                    let values = expression.evaluate(chosen, pages, columns)?;
                    if function == Function::Count {
                        target.add_set(|row| values.is_valid(row), |_| 0);
                        continue;
                    }
                    let numbers = int64(&values)?;
                    let numbers = numbers.as_primitive::<Int64Type>();
                    target.add_set(|row| numbers.is_valid(row), |row| numbers.value(row));
                }
            }
        }
        for group in groups {
            self.states[*group as usize * width] += 1;
        }
        Ok(())
    }

    /// The groups that have rows, and their states one after another; `None` when a sum left 64 bits.
    pub fn finish(mut self) -> Option<(Vec<u32>, Vec<i64>)> {
        if !self.fits {
            return None;
        }
        let width = self.layout.width();
        let mut groups = Vec::new();
        let mut states = Vec::new();
        for (group, all) in self.states.chunks_exact_mut(width).enumerate() {
            if all[0] == 0 {
                continue;
            }
            for (number, counted) in self.counted.iter().enumerate() {
                if !counted {
                    all[self.layout.offset(number)] = all[0];
                }
            }
            groups.push(group as u32);
            states.extend_from_slice(&all[ROWS..]);
        }
        Some((groups, states))
    }
}

impl Argument {
    fn prepare(aggregate: &Aggregate, columns: &[Option<Column>]) -> Result<Self> {
        let Some(argument) = &aggregate.argument else {
            return Ok(Self::Rows);
        };
        if aggregate.sketched().is_some() {
            return Ok(Self::Rows);
        }
        let is_count = aggregate.function == Function::Count;
        if let Some(number) = argument.column()
            && let Some(column) = &columns[number]
        {
            if is_count && column.is_set() {
                return Ok(Self::Rows);
            }
            if column.values().is_none() {
                return Ok(Self::Column(number));
            }
        }
        let Some((column, values)) = coded(argument, columns) else {
            return Ok(Self::Plain(Rowwise::prepare(argument, columns)?));
        };
        let results = argument.evaluate(vec![values.clone()], values.len())?;
        let valid = (results.null_count() > 0).then(|| {
            (0..results.len())
                .map(|code| u8::from(results.is_valid(code)))
                .collect()
        });
        let numbers = if is_count {
            vec![0; results.len()]
        } else {
            let numbers = int64(&results)?;
            numbers
                .as_primitive::<Int64Type>()
                .iter()
                .map(Option::unwrap_or_default)
                .collect()
        };
        Ok(Self::Coded { column, numbers, valid })
    }
}

fn int64(values: &ArrayRef) -> Result<ArrayRef> {
    if let Some(numbers) = as_int64(values) {
        Ok(numbers)
    } else {
        exec_err!("{} is not added up", values.data_type())
    }
}

/// An aggregate's states, as rows are added to them.
struct Target<'a> {
    states: &'a mut [i64],
    width: usize,
    offset: usize,
    function: Function,
    groups: &'a [u32],
    counted: &'a mut bool,
    fits: &'a mut bool,
}

impl Target<'_> {
    /// Adds a value a row; none is null.
    fn add(&mut self, value: impl Fn(usize) -> i64) {
        if *self.counted {
            return self.add_set(|_| true, value);
        }
        match self.function {
            Function::Count | Function::ApproximateDistinct => {}
            Function::Sum | Function::Average => {
                let mut fits = true;
                self.update(value, |sum, value| {
                    let (sum, overflows) = sum.overflowing_add(value);
                    fits &= !overflows;
                    sum
                });
                *self.fits &= fits;
            }
            Function::Minimum => self.update(value, i64::min),
            Function::Maximum => self.update(value, i64::max),
        }
    }

    fn update(&mut self, value: impl Fn(usize) -> i64, mut with: impl FnMut(i64, i64) -> i64) {
        let at = self.offset + 1;
        for (row, group) in self.groups.iter().enumerate() {
            let state = &mut self.states[*group as usize * self.width + at];
            *state = with(*state, value(row));
        }
    }

    /// Adds a value for each row that has one.
    fn add_set(&mut self, is_set: impl Fn(usize) -> bool, value: impl Fn(usize) -> i64) {
        if !*self.counted {
            *self.counted = true;
            // Up to here each row had a value.
            for states in self.states.chunks_exact_mut(self.width) {
                states[self.offset] = states[0];
            }
        }
        for (row, group) in self.groups.iter().enumerate() {
            if !is_set(row) {
                continue;
            }
            let at = *group as usize * self.width + self.offset;
            self.states[at] += 1;
            let value = value(row);
            match self.function {
                Function::Count | Function::ApproximateDistinct => {}
                Function::Sum | Function::Average => {
                    let (sum, overflows) = self.states[at + 1].overflowing_add(value);
                    self.states[at + 1] = sum;
                    *self.fits &= !overflows;
                }
                Function::Minimum => self.states[at + 1] = self.states[at + 1].min(value),
                Function::Maximum => self.states[at + 1] = self.states[at + 1].max(value),
            }
        }
    }
}
