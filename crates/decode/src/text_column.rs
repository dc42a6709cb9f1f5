//! A column of text in which each distinct value stands once.
//!
//! Addresses, accounts and interfaces come again and again: the rows hold codes, and whatever comes later (sorting,
//! encoding as a Parquet dictionary) works on codes instead of text.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;

use crate::number_column::NullRows;

/// Values up to this length are their own key.
const SHORT_BYTES: usize = 15;
/// The top byte of the key of a longer value, which is a hash.
const LONG_MARK: u128 = 0xFF << 120;
const FIRST_SLOTS: usize = 256;

/// What keys are mixed with, other in each process: who writes logs cannot choose values that collide.
static SEEDS: LazyLock<[u64; 2]> = LazyLock::new(|| {
    let random = RandomState::new();
    [random.hash_one(1_u8) | 1, random.hash_one(2_u8) | 1]
});

/// Gathers values, and gives them as a dictionary array.
#[derive(Debug)]
pub(crate) struct TextColumn {
    seeds: [u64; 2],
    /// Open addressing: a code plus one, or 0.
    slots: Vec<u32>,
    /// By code: a short value with its length in the top byte, or a hash of a long one.
    keys: Vec<u128>,
    /// By code: where the value ends in `text`; one more stands before.
    offsets: Vec<i32>,
    text: Vec<u8>,
    codes: Vec<i32>,
    nulls: NullRows,
    /// The value of the row before, which often comes again.
    last: (u128, i32),
}

impl TextColumn {
    pub(crate) fn new() -> Self {
        Self {
            seeds: *SEEDS,
            slots: vec![0; FIRST_SLOTS],
            keys: Vec::new(),
            offsets: vec![0],
            text: Vec::new(),
            codes: Vec::new(),
            nulls: NullRows::default(),
            last: (u128::MAX, 0),
        }
    }

    /// The type of what [`Self::finish`] gives.
    pub(crate) fn data_type() -> DataType {
        DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
    }

    pub(crate) fn append_null(&mut self) {
        self.nulls.append(self.codes.len());
        self.codes.push(0);
    }

    /// Takes back all rows from `rows` on; their values stay in the dictionary.
    pub(crate) fn truncate(&mut self, rows: usize) {
        self.codes.truncate(rows);
        self.nulls.truncate(rows);
    }

    /// Appends the value that stands at `start..end` of `block`, which is UTF-8.
    pub(crate) fn append(&mut self, block: &[u8], start: usize, end: usize) {
        let key = match block.get(start..start + 16).and_then(|wide| wide.first_chunk::<16>()) {
            // One load instead of a look at each byte, where the block goes on behind the value.
            Some(wide) if end - start <= SHORT_BYTES => {
                let length = end - start;
                let mask = (1_u128 << (8 * length)) - 1;
                (u128::from_le_bytes(*wide) & mask) | ((length as u128) << 120)
            }
            _ => key_of(&block[start..end], self.seeds),
        };
        let code = if key == self.last.0 {
            self.last.1
        } else {
            let code = self.code_of(key, &block[start..end]);
            // A long value is not known by its key alone.
            self.last = (if key < LONG_MARK { key } else { u128::MAX }, code);
            code
        };
        self.codes.push(code);
    }

    #[inline]
    fn code_of(&mut self, key: u128, value: &[u8]) -> i32 {
        let mask = self.slots.len() - 1;
        let mut slot = hash_of(key, self.seeds) as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return self.insert(slot, key, value),
                taken => {
                    let code = taken as usize - 1;
                    if self.keys[code] == key && (key < LONG_MARK || self.value(code) == value) {
                        return code as i32;
                    }
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    fn value(&self, code: usize) -> &[u8] {
        &self.text[self.offsets[code] as usize..self.offsets[code + 1] as usize]
    }

    fn insert(&mut self, slot: usize, key: u128, value: &[u8]) -> i32 {
        let code = self.keys.len();
        self.slots[slot] = code as u32 + 1;
        self.keys.push(key);
        self.text.extend_from_slice(value);
        // A batch ends long before its text is 2 GiB.
        self.offsets.push(self.text.len() as i32);
        if self.keys.len() * 2 > self.slots.len() {
            self.grow();
        }
        code as i32
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 4 - 1;
        self.slots.clear();
        self.slots.resize(mask + 1, 0);
        for (code, key) in self.keys.iter().enumerate() {
            let mut slot = hash_of(*key, self.seeds) as usize & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = code as u32 + 1;
        }
    }

    /// Hands out what was gathered, and begins anew.
    pub(crate) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let done = std::mem::replace(self, Self::new());
        let nulls = done.nulls.finish(done.codes.len());
        let offsets = OffsetBuffer::new(ScalarBuffer::from(done.offsets));
        let values = StringArray::try_new(offsets, Buffer::from_vec(done.text), None)?;
        let codes = Int32Array::try_new(ScalarBuffer::from(done.codes), nulls)?;
        Ok(Arc::new(DictionaryArray::try_new(codes, Arc::new(values))?))
    }
}

/// The key of a value that nothing may be read behind.
fn key_of(value: &[u8], seeds: [u64; 2]) -> u128 {
    if value.len() <= SHORT_BYTES {
        let mut wide = [0; 16];
        wide[..value.len()].copy_from_slice(value);
        return u128::from_le_bytes(wide) | ((value.len() as u128) << 120);
    }
    let mut hash = value.len() as u64;
    let (chunks, rest) = value.as_chunks::<16>();
    // The last sixteen bytes once more, which takes the rest in.
    let tail = value.last_chunk::<16>().filter(|_| !rest.is_empty());
    for chunk in chunks.iter().chain(tail) {
        hash = hash_of(u128::from_le_bytes(*chunk) ^ u128::from(hash), seeds);
    }
    u128::from(hash) | LONG_MARK
}

/// Folds the product of both halves: every bit of the key has a part in the low bits.
#[inline]
fn hash_of(key: u128, seeds: [u64; 2]) -> u64 {
    let product = u128::from(key as u64 ^ seeds[0]) * u128::from((key >> 64) as u64 ^ seeds[1]);
    (product as u64) ^ (product >> 64) as u64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use arrow::array::{Array, AsArray};
    use arrow::datatypes::Int32Type;
    use proptest::prelude::*;

    fn texts(array: &ArrayRef) -> Vec<Option<String>> {
        let dictionary = array.as_dictionary::<Int32Type>();
        let values = dictionary.values().as_string::<i32>();
        let text = |code: Option<i32>| code.map(|code| values.value(code as usize).to_owned());
        dictionary.keys().iter().map(text).collect()
    }

    #[test]
    fn equal_values_share_a_code_wherever_they_stand() {
        let block = b"10.0.0.1 10.0.0.10 eni-0123456789abcdef0 10.0.0.1 eni-0123456789abcdef1 10.0.0.1";
        let mut column = TextColumn::new();
        let mut start = 0;
        for end in (0..=block.len()).filter(|&at| block.get(at).is_none_or(|byte| *byte == b' ')) {
            column.append(block, start, end);
            start = end + 1;
        }
        column.append_null();
        column.append(block, 3, 3);
        let array = column.finish().unwrap();
        let codes: Vec<_> = array.as_dictionary::<Int32Type>().keys().iter().collect();
        assert_eq!(
            codes,
            [Some(0), Some(1), Some(2), Some(0), Some(3), Some(0), None, Some(4)]
        );
        assert_eq!(texts(&array)[4].as_deref(), Some("eni-0123456789abcdef1"));
        assert_eq!(texts(&array)[7].as_deref(), Some(""));
        assert_eq!(column.finish().unwrap().len(), 0);
    }

    proptest! {
        #[test]
        fn any_values_come_back(values in proptest::collection::vec(proptest::option::of("[ab\u{e9}0-9]{0,40}"), 0..2000)) {
            let mut column = TextColumn::new();
            for value in &values {
                match value {
                    Some(value) => column.append(value.as_bytes(), 0, value.len()),
                    None => column.append_null(),
                }
            }
            let array = column.finish().unwrap();
            prop_assert_eq!(texts(&array), values.clone());
            let distinct: std::collections::HashSet<_> = values.iter().flatten().collect();
            prop_assert_eq!(array.as_dictionary::<Int32Type>().values().len(), distinct.len());
        }
    }
}
