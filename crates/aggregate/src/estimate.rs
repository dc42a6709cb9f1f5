//! What sketches say: the engine's own estimate of the registers put together here.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BinaryBuilder};
use arrow::datatypes::{DataType, Field, Schema, UInt64Type};
use datafusion::common::{Result, exec_err};
use datafusion::functions_aggregate::approx_distinct::approx_distinct_udaf;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use datafusion::physical_expr::aggregate::AggregateExprBuilder;
use datafusion::physical_expr::expressions::Column;

use crate::groups::{Layout, key_of};
use crate::order::Ordered;
use crate::sketch::{REGISTERS, hash_for};

/// A sketch of more registers than this is handed over with all of them, as the engine does.
const MOST_SPARSE: usize = 256;
/// So many bytes of sketches are handed over at once.
const BYTES_AT_ONCE: usize = 1 << 20;

/// Has sketches estimated.
#[derive(Default)]
pub struct Estimator {
    /// The engine's, which holds no group between two calls.
    accumulator: Option<Box<dyn GroupsAccumulator>>,
}

impl Estimator {
    /// Appends an estimate for each of `groups`, which are records of one part, as are `registers`, that of sketches: there
    /// the keys of a group are followed by the place of a word.
    pub fn append(
        &mut self,
        groups: (&Layout, &[i64]),
        registers: (&Layout, &[i64]),
        out: &mut Vec<u64>,
    ) -> Result<()> {
        let ((of_groups, groups), (of_registers, registers)) = (groups, registers);
        let count = groups.len() / of_groups.record_words();
        let Some(owners) = of_groups.owners(groups, of_registers, registers) else {
            return exec_err!("a sketch has no group");
        };
        let by_group = Ordered::by(owners.iter().map(|owner| *owner as usize), count);
        let words = of_registers.record_words();
        let mut states = BinaryBuilder::new();
        let (mut of_group, mut bytes) = (Vec::new(), Vec::new());
        let mut waiting = 0;
        for group in 0..count {
            of_group.clear();
            for record in by_group.of(group) {
                let record = &registers[*record as usize * words..(*record as usize + 1) * words];
                let place = key_of(record, of_registers.keys - 1) as usize;
                of_group.push((place, of_registers.states(record)[0].to_le_bytes()));
            }
            bytes.clear();
            append_state(&of_group, &mut bytes);
            states.append_value(&bytes);
            waiting += 1;
            if states.values_slice().len() > BYTES_AT_ONCE {
                self.estimate(Arc::new(states.finish()), waiting, out)?;
                waiting = 0;
            }
        }
        if waiting > 0 {
            self.estimate(Arc::new(states.finish()), waiting, out)?;
        }
        Ok(())
    }

    fn estimate(&mut self, states: ArrayRef, count: usize, out: &mut Vec<u64>) -> Result<()> {
        let accumulator = match &mut self.accumulator {
            Some(accumulator) => accumulator,
            none => none.insert(accumulator()?),
        };
        let groups: Vec<usize> = (0..count).collect();
        accumulator.merge_batch(&[states], &groups, count)?;
        let estimates = accumulator.evaluate(EmitTo::All)?;
        out.extend_from_slice(estimates.as_primitive::<UInt64Type>().values());
        Ok(())
    }
}

/// The engine's; what is counted makes no difference to how sketches are put together.
fn accumulator() -> Result<Box<dyn GroupsAccumulator>> {
    let schema = Schema::new(vec![Field::new("value", DataType::Int64, true)]);
    AggregateExprBuilder::new(approx_distinct_udaf(), vec![Arc::new(Column::new("value", 0))])
        .schema(Arc::new(schema))
        .alias("estimate")
        .build()?
        .create_groups_accumulator()
}

/// A sketch as the engine hands it from one half of an aggregate to the other: few registers as hashes that fill them,
/// many as they are.
fn append_state(words: &[(usize, [u8; 8])], out: &mut Vec<u8>) {
    let set = words.iter().flat_map(|(place, numbers)| {
        let of_word = numbers.iter().enumerate().filter(|(_, number)| **number > 0);
        of_word.map(|(at, number)| (*place * numbers.len() + at, *number))
    });
    if set.clone().count() <= MOST_SPARSE {
        for (index, number) in set {
            out.extend_from_slice(&hash_for(index, number).to_le_bytes());
        }
        return;
    }
    out.resize(REGISTERS, 0);
    for (place, numbers) in words {
        out[place * numbers.len()..][..numbers.len()].copy_from_slice(numbers);
    }
}
