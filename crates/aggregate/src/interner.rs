//! Numbers for the distinct values of a key, the same in all files.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringViewBuilder};
use arrow::buffer::Buffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, exec_err};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use parking_lot::Mutex;
use std::hash::BuildHasher;

use crate::numbers::{as_int64, from_int64, is_text};
use crate::spread::spread;
use crate::stored::{Reader, Writer};

/// Values are spread over so many tables, so that files can be worked on side by side.
const SHARDS: u32 = 16;
/// The number of a null.
const NULL: u32 = u32::MAX;
/// Values a shard can number.
const MOST_VALUES: usize = (u32::MAX / SHARDS) as usize - 1;

/// Gives values numbers.
#[derive(Debug)]
pub struct Interner {
    data_type: DataType,
    hasher: FixedState,
    shards: Vec<Mutex<Shard>>,
    /// All values, as they were when they were asked for last.
    numbered: Mutex<Option<Arc<Numbered>>>,
}

/// Values by their hash, and in the order of their numbers.
#[derive(Debug, Default)]
struct Shard {
    /// Each value's place, with the low half of its hash.
    places: HashTable<(u32, u32)>,
    texts: Vec<u8>,
    /// Where each text ends.
    ends: Vec<usize>,
    numbers: Vec<i64>,
}

impl Interner {
    /// For values of `data_type`.
    pub fn new(data_type: DataType) -> Self {
        Self {
            data_type,
            hasher: FixedState::default(),
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            numbered: Mutex::default(),
        }
    }

    /// The number of each value that `codes` point at; what the others get has no meaning.
    pub fn numbers(&self, values: &ArrayRef, codes: &[u32]) -> Result<Vec<u32>> {
        let mut is_used = vec![false; values.len()];
        for code in codes {
            is_used[*code as usize] = true;
        }
        let mut numbers = vec![NULL; values.len()];
        if let Some(nulls) = values.nulls() {
            for (is_used, is_valid) in is_used.iter_mut().zip(nulls) {
                *is_used &= is_valid;
            }
        }
        let used = (0..values.len()).filter(|code| is_used[*code]);
        if is_text(&self.data_type) {
            let texts = cast(values, &DataType::Utf8View)?;
            let texts = texts.as_string_view();
            self.spread(
                used,
                &mut numbers,
                |code| self.hasher.hash_one(texts.value(code).as_bytes()),
                |shard, hash, code| shard.text(hash, texts.value(code).as_bytes()),
            )?;
        } else {
            let Some(integers) = as_int64(values) else {
                return exec_err!("{} is not grouped by", values.data_type());
            };
            let integers = integers.as_primitive::<Int64Type>();
            self.spread(
                used,
                &mut numbers,
                |code| self.hasher.hash_one(integers.value(code)),
                |shard, hash, code| shard.number(hash, integers.value(code)),
            )?;
        }
        Ok(numbers)
    }

    /// Takes each shard once for all values that belong to it.
    fn spread(
        &self,
        used: impl Iterator<Item = usize>,
        numbers: &mut [u32],
        hash: impl Fn(usize) -> u64,
        mut place: impl FnMut(&mut Shard, u64, usize) -> u32,
    ) -> Result<()> {
        let mut of_shards: Vec<Vec<(u64, u32)>> = vec![Vec::new(); SHARDS as usize];
        for code in used {
            let hash = hash(code);
            of_shards[(hash >> 32) as usize % SHARDS as usize].push((hash, code as u32));
        }
        for (number, of_shard) in of_shards.iter().enumerate() {
            if of_shard.is_empty() {
                continue;
            }
            let mut shard = self.shards[number].lock();
            for (hash, code) in of_shard {
                let place = place(&mut shard, *hash, *code as usize);
                numbers[*code as usize] = place * SHARDS + number as u32;
            }
            if shard.len() > MOST_VALUES {
                return exec_err!("too many distinct values");
            }
        }
        Ok(())
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let shards: usize = self.shards.iter().map(|shard| shard.lock().bytes()).sum();
        shards
            + self
                .numbered
                .lock()
                .as_ref()
                .map_or(0, |numbered| numbered.values.get_array_memory_size())
    }

    /// All values by now, which go from here unless they are to be kept.
    pub fn values(&self, keep: bool) -> Result<Arc<Numbered>> {
        let count: usize = self.shards.iter().map(|shard| shard.lock().len()).sum();
        let mut numbered = self.numbered.lock();
        if let Some(numbered) = numbered.as_ref().filter(|numbered| numbered.null as usize == count) {
            return Ok(Arc::clone(numbered));
        }
        let all = Arc::new(self.number(keep)?);
        *numbered = keep.then(|| Arc::clone(&all));
        Ok(all)
    }

    /// Writes all values by now.
    pub fn write(&self, out: &mut Writer) {
        for shard in &self.shards {
            let shard = shard.lock();
            out.bytes(&shard.texts);
            out.numbers(&shard.ends.iter().map(|end| *end as i64).collect::<Vec<_>>());
            out.numbers(&shard.numbers);
        }
    }

    /// The values that [`Self::write`] wrote, with the numbers they had.
    pub fn read(data_type: DataType, bytes: &mut Reader<'_>) -> Option<Self> {
        let is_of_text = is_text(&data_type);
        let mut interner = Self::new(data_type);
        for shard in &mut interner.shards {
            let (texts, ends, numbers) = (bytes.bytes()?, bytes.numbers()?, bytes.numbers()?);
            let count = ends.len() + numbers.len();
            let is_of_type = if is_of_text {
                numbers.is_empty()
            } else {
                ends.is_empty()
            };
            if count > MOST_VALUES || !is_of_type {
                return None;
            }
            let shard = shard.get_mut();
            let mut begin = 0;
            for end in ends {
                let end = usize::try_from(end).ok()?;
                let text = str::from_utf8(texts.get(begin..end)?).ok()?;
                shard.text(interner.hasher.hash_one(text.as_bytes()), text.as_bytes());
                begin = end;
            }
            for number in numbers {
                shard.number(interner.hasher.hash_one(number), number);
            }
            // Fewer where one came twice: the numbers would be others.
            if shard.len() != count {
                return None;
            }
        }
        Some(interner)
    }

    /// How many values each shard has, for [`is_number`].
    pub fn counts(&self) -> Vec<usize> {
        self.shards.iter().map(|shard| shard.lock().len()).collect()
    }

    fn number(&self, keep: bool) -> Result<Numbered> {
        let mut begins = Vec::with_capacity(SHARDS as usize);
        let mut count = 0_u32;
        let mut texts = StringViewBuilder::new();
        let mut integers = Vec::new();
        for shard in &self.shards {
            let mut shard = shard.lock();
            begins.push(count);
            count += shard.len() as u32;
            let of_shard = if keep {
                shard.texts.clone()
            } else {
                std::mem::take(&mut shard.texts)
            };
            let block = texts.append_block(Buffer::from(of_shard));
            let mut begin = 0;
            for end in &shard.ends {
                texts.try_append_view(block, begin as u32, (end - begin) as u32)?;
                begin = *end;
            }
            integers.extend_from_slice(&shard.numbers);
        }
        let values: ArrayRef = if is_text(&self.data_type) {
            texts.append_null();
            cast(&texts.finish(), &self.data_type)?
        } else {
            let integers: Int64Array = integers.into_iter().map(Some).chain([None]).collect();
            from_int64(&(Arc::new(integers) as ArrayRef), &self.data_type)?
        };
        Ok(Numbered {
            values,
            begins,
            null: count,
        })
    }
}

impl Shard {
    fn len(&self) -> usize {
        self.ends.len() + self.numbers.len()
    }

    fn bytes(&self) -> usize {
        self.texts.capacity() + (self.ends.capacity() + self.numbers.capacity()) * 8 + self.places.capacity() * 9
    }

    fn text(&mut self, hash: u64, text: &[u8]) -> u32 {
        let Self {
            places, texts, ends, ..
        } = self;
        let at = |place: u32| {
            let place = place as usize;
            let begin = if place == 0 { 0 } else { ends[place - 1] };
            &texts[begin..ends[place]]
        };
        let low = hash as u32;
        if let Some((_, place)) = places.find(spread(low), |(other, place)| *other == low && at(*place) == text) {
            return *place;
        }
        let place = ends.len() as u32;
        places.insert_unique(spread(low), (low, place), |(low, _)| spread(*low));
        texts.extend_from_slice(text);
        ends.push(texts.len());
        place
    }

    fn number(&mut self, hash: u64, number: i64) -> u32 {
        let Self { places, numbers, .. } = self;
        let low = hash as u32;
        let is_it = |(other, place): &(u32, u32)| *other == low && numbers[*place as usize] == number;
        if let Some((_, place)) = places.find(spread(low), is_it) {
            return *place;
        }
        let place = numbers.len() as u32;
        places.insert_unique(spread(low), (low, place), |(low, _)| spread(*low));
        numbers.push(number);
        place
    }
}

/// Whether a value of an interner with these [`Interner::counts`], or null, has this number.
pub fn is_number(counts: &[usize], number: u32) -> bool {
    number == NULL || ((number / SHARDS) as usize) < counts[(number % SHARDS) as usize]
}

/// All values of a key.
#[derive(Debug)]
pub struct Numbered {
    /// The values, and a null at the end.
    pub values: ArrayRef,
    begins: Vec<u32>,
    null: u32,
}

impl Numbered {
    /// Where in `values` the value with `number` stands.
    pub fn position(&self, number: u32) -> u32 {
        if number == NULL {
            return self.null;
        }
        self.begins[(number % SHARDS) as usize] + number / SHARDS
    }
}
