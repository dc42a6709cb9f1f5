//! About how many distinct values there are: the registers of a `HyperLogLog`, filled as `approx_distinct` of the engine
//! does.
//!
//! Some bits of a value's hash choose a register, and the others say what that register holds at least. So the registers
//! hang on nothing but the set of values: those of all files are, one by one, the greatest of the files' own. A value of a
//! row group is hashed once, and once for a group it is looked at further than for a bit.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array, StringArray, StringViewArray, UInt32Array};
use arrow::compute::take;
use datafusion::common::Result;
use datafusion::common::hash_utils::{HLL_RANDOM_STATE, create_hashes};
use foldhash::fast::FixedState;
use hashbrown::HashSet;

use crate::column::{Chosen, Column, Pages};
use crate::expression::Expression;
use crate::keys::Key;
use crate::order::Ordered;
use crate::partial::{Registers, greatest_registers};

/// The bits of a hash that choose its register.
const INDEX_BITS: u32 = 14;
/// The registers of a sketch.
pub const REGISTERS: usize = 1 << INDEX_BITS;
/// Words they are kept in.
pub const WORDS: usize = REGISTERS / size_of::<i64>();
/// What a register holds at most.
const GREATEST: u8 = (u64::BITS - INDEX_BITS) as u8 + 1;
/// As long as there are no more combinations of values and groups than this, each has a bit.
const MOST_BITS: usize = 1 << 25;

/// The register that a hash chooses, and what it holds at least.
fn register(hash: u64) -> (usize, u8) {
    let number = (hash >> INDEX_BITS).trailing_zeros() as u8 + 1;
    (hash as usize % REGISTERS, number.min(GREATEST))
}

/// A hash that says of a register what it holds, which is not 0.
pub fn hash_for(index: usize, number: u8) -> u64 {
    let rest = 1_u64.checked_shl(INDEX_BITS + u32::from(number) - 1);
    index as u64 | rest.unwrap_or(0)
}

/// Whether each register of a word holds what a hash can say.
pub fn are_registers(word: i64) -> bool {
    word.to_le_bytes().iter().all(|number| *number <= GREATEST)
}

fn hashes(values: &ArrayRef) -> Result<Vec<u64>> {
    let mut hashes = vec![0; values.len()];
    create_hashes([values], &HLL_RANDOM_STATE, &mut hashes)?;
    Ok(hashes)
}

/// Tells by some values of each form whether registers that were kept are of the same hashes: the engine may take others
/// in its next version.
pub fn mark_of_hashes() -> Result<u64> {
    let texts = vec!["short", "too long to stand in a view itself"];
    let forms: [ArrayRef; 3] = [
        Arc::new(StringArray::from(texts.clone())),
        Arc::new(StringViewArray::from(texts)),
        Arc::new(Int64Array::from(vec![1])),
    ];
    let mut mark = 0_u64;
    for values in &forms {
        for hash in hashes(values)? {
            mark = mark.rotate_left(1) ^ hash;
        }
    }
    Ok(mark)
}

/// The distinct values of each group of a row group, while rows are added.
#[derive(Debug)]
pub struct Sketch {
    /// Gives each distinct value a code.
    values: Key,
    seen: Seen,
}

/// The combinations of groups and codes up to now, the group in the high half.
#[derive(Debug)]
enum Seen {
    /// A bit for each that may come, where groups are below `groups`; and those that came.
    Marked {
        groups: usize,
        marks: Vec<u64>,
        came: Vec<u64>,
    },
    /// Those that came.
    Hashed(HashSet<u64, FixedState>),
}

fn combination(group: u32, code: u32) -> u64 {
    u64::from(group) << 32 | u64::from(code)
}

impl Sketch {
    /// Prepares to count `values` in groups that are below `groups`, where that is known.
    pub fn prepare(values: &Expression, groups: Option<usize>, columns: &[Option<Column>]) -> Result<Self> {
        let marked = |groups| Seen::Marked {
            groups,
            marks: Vec::new(),
            came: Vec::new(),
        };
        Ok(Self {
            values: Key::prepare(values, columns)?,
            seen: groups.map_or_else(|| Seen::Hashed(HashSet::default()), marked),
        })
    }

    /// Adds rows of these groups.
    pub fn add<'a>(
        &mut self,
        groups: &[u32],
        chosen: Chosen<'a>,
        pages: &Pages<'a>,
        columns: &[Option<Column>],
    ) -> Result<()> {
        let codes = self.values.codes(chosen, pages, columns)?;
        self.seen.make_room(self.values.seen());
        self.seen.add(groups, &codes);
        Ok(())
    }

    /// The registers of the groups `used`, numbered by their place among these. All that have rows are among them, and in
    /// rising order.
    pub fn finish(self, used: &[u32]) -> Result<Registers> {
        let values = self.values.values()?;
        let mut seen: Vec<u64> = match self.seen {
            Seen::Marked { came, .. } => came,
            Seen::Hashed(came) => came.into_iter().collect(),
        };
        if values.null_count() > 0 {
            seen.retain(|combination| values.is_valid(*combination as u32 as usize));
        }
        let codes = seen.iter().map(|combination| *combination as u32);
        let hashes: Vec<u64> = if seen.len() < values.len() {
            hashes(&take(&values, &UInt32Array::from_iter_values(codes), None)?)?
        } else {
            let all = hashes(&values)?;
            codes.map(|code| all[code as usize]).collect()
        };
        let mut places = vec![0_u32; used.last().map_or(0, |last| *last as usize + 1)];
        for (place, group) in used.iter().enumerate() {
            places[*group as usize] = place as u32;
        }
        let groups = seen.iter().map(|combination| places[(*combination >> 32) as usize]);
        let by_group = Ordered::by(groups.map(|place| place as usize), used.len());
        let mut registers = Registers::default();
        let mut words = vec![0_i64; WORDS];
        let mut touched = Vec::new();
        for group in 0..used.len() {
            for value in by_group.of(group) {
                let (index, number) = register(hashes[*value as usize]);
                let (place, shift) = (index / size_of::<i64>(), index % size_of::<i64>() * 8);
                if words[place] == 0 {
                    touched.push(place);
                }
                words[place] = greatest_registers(words[place], i64::from(number) << shift);
            }
            for place in touched.drain(..) {
                registers.groups.push(group as u32);
                registers.places.push(place as u32);
                registers.words.push(std::mem::take(&mut words[place]));
            }
        }
        Ok(registers)
    }
}

impl Seen {
    /// Makes room for codes below `codes`.
    fn make_room(&mut self, codes: usize) {
        let Self::Marked { groups, marks, came } = self else {
            return;
        };
        match groups.checked_mul(codes) {
            Some(bits) if bits <= MOST_BITS => marks.resize(bits.div_ceil(64).max(marks.len()), 0),
            _ => *self = Self::Hashed(came.drain(..).collect()),
        }
    }

    fn add(&mut self, groups: &[u32], codes: &[u32]) {
        let rows = groups.iter().zip(codes);
        match self {
            Self::Marked {
                groups: count,
                marks,
                came,
            } => {
                for (group, code) in rows {
                    let place = *code as usize * *count + *group as usize;
                    let (word, mark) = (&mut marks[place / 64], 1 << (place % 64));
                    if *word & mark == 0 {
                        *word |= mark;
                        came.push(combination(*group, *code));
                    }
                }
            }
            Self::Hashed(came) => came.extend(rows.map(|(group, code)| combination(*group, *code))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{GREATEST, MOST_BITS, REGISTERS, Seen, are_registers, combination, hash_for, register};

    #[test]
    fn a_hash_says_what_its_register_holds() {
        for index in [0, 1, 77, REGISTERS - 1] {
            for number in 1..=GREATEST {
                assert_eq!(register(hash_for(index, number)), (index, number));
            }
        }
        assert_eq!(register(u64::MAX), (REGISTERS - 1, 1));
        assert!(are_registers(i64::from_le_bytes([GREATEST; 8])));
        assert!(!are_registers(i64::from(GREATEST + 1) << 8));
    }

    #[test]
    fn more_combinations_than_have_bits_are_hashed() {
        let mut seen = Seen::Marked {
            groups: 4,
            marks: Vec::new(),
            came: Vec::new(),
        };
        seen.make_room(8);
        seen.add(&[0, 3, 0, 3], &[7, 2, 7, 1]);
        assert!(matches!(&seen, Seen::Marked { came, .. } if came.len() == 3));
        seen.make_room(MOST_BITS);
        seen.add(&[3, 2], &[1, MOST_BITS as u32 - 1]);
        let Seen::Hashed(came) = seen else {
            panic!("there are no bits for so many");
        };
        let mut came: Vec<u64> = came.into_iter().collect();
        came.sort_unstable();
        let expected = [(0, 7), (2, MOST_BITS as u32 - 1), (3, 1), (3, 2)];
        assert_eq!(came, expected.map(|(group, code)| combination(group, code)));
    }
}
