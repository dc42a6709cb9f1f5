//! Which rows have a value.

use super::hybrid;

const WORD: usize = u64::BITS as usize;

/// A bit a row, 1 where it has a value; no bits at all where every row has.
#[derive(Clone, Debug, Default)]
pub struct Validity(Vec<u64>);

impl Validity {
    /// Definition levels of a column that is not nested: 1 where a row has a value. `None` when they are cut off.
    pub fn of_levels(levels: &[u8], rows: usize) -> Option<Self> {
        let mut numbers = Vec::with_capacity(rows);
        if !hybrid::decode(levels, 1, rows, &mut numbers) {
            return None;
        }
        let word = |rows: &[u32]| rows.iter().rev().fold(0, |word, level| word << 1 | u64::from(*level));
        let words: Vec<u64> = numbers.chunks(WORD).map(word).collect();
        let validity = Self(words);
        Some(if validity.count_set(rows) == rows {
            Self::default()
        } else {
            validity
        })
    }

    /// Whether every row has a value.
    pub fn all_set(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a row has a value.
    pub fn is_set(&self, row: usize) -> bool {
        self.0.get(row / WORD).is_none_or(|word| word >> (row % WORD) & 1 == 1)
    }

    /// How many of `rows` rows have a value.
    pub fn count_set(&self, rows: usize) -> usize {
        if self.all_set() {
            rows
        } else {
            self.0.iter().map(|word| word.count_ones() as usize).sum()
        }
    }

    /// Memory it takes.
    pub fn bytes(&self) -> usize {
        self.0.len() * size_of::<u64>()
    }

    /// Adds the `rows` rows of `other` behind the `before` rows of this.
    pub fn append(&mut self, other: &Self, before: usize, rows: usize) {
        if self.all_set() && other.all_set() {
            return;
        }
        if self.all_set() {
            self.0 = vec![0; before.div_ceil(WORD)];
            (0..before).for_each(|row| self.set(row));
        }
        self.0.resize((before + rows).div_ceil(WORD), 0);
        (0..rows)
            .filter(|row| other.is_set(*row))
            .for_each(|row| self.set(before + row));
    }

    fn set(&mut self, row: usize) {
        self.0[row / WORD] |= 1 << (row % WORD);
    }

    /// Appends a value for each of `rows` rows: the next of `present`, as `convert` makes it, or `null`.
    pub fn spread<T: Copy, U: Copy>(
        &self,
        rows: usize,
        present: &[T],
        null: U,
        convert: impl Fn(T) -> U,
        out: &mut Vec<U>,
    ) {
        let mut next = 0;
        for (number, word) in self.0.iter().enumerate() {
            let length = WORD.min(rows - number * WORD);
            let set = word.count_ones() as usize;
            let values = &present[next..next + set];
            next += set;
            if set == length {
                out.extend(values.iter().map(|value| convert(*value)));
                continue;
            }
            let mut values = values.iter();
            for bit in 0..length {
                let value = if word >> bit & 1 == 1 { values.next() } else { None };
                out.push(value.map_or(null, |value| convert(*value)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Validity;

    #[test]
    fn values_come_to_their_rows() {
        // Two runs of 70 set rows with one null between.
        let levels = [70 << 1 & 0x7F | 0x80, 1, 1, 1 << 1, 0, 70 << 1 & 0x7F | 0x80, 1, 1];
        let validity = Validity::of_levels(&levels, 141).unwrap();
        assert_eq!(
            (validity.count_set(141), validity.is_set(70), validity.is_set(71)),
            (140, false, true)
        );
        let present: Vec<u32> = (0..140).collect();
        let mut out = Vec::new();
        validity.spread(141, &present, -1, |value| value as i32, &mut out);
        let expected: Vec<i32> = (0..70).chain([-1]).chain(70..140).collect();
        assert_eq!(out, expected);
        let mut both = Validity::default();
        both.append(&Validity::default(), 0, 3);
        both.append(&validity, 3, 141);
        both.append(&Validity::default(), 144, 2);
        assert_eq!(
            (both.count_set(146), both.is_set(73), both.is_set(145)),
            (145, false, true)
        );
        assert!(Validity::of_levels(&levels[..3], 141).is_none());
    }
}
