//! Numbers for the groups of one row group.

use std::borrow::Cow;

use arrow::array::{ArrayRef, AsArray, Int64Array, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, exec_err};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::numbers::{as_int64, from_int64, is_text};

/// Groups get a place each, used or not, as long as there are no more than this many places.
const MOST_DENSE: u128 = 1 << 18;
/// Room is made at first for one group of so many rows.
const ROWS_A_GROUP: usize = 4;
/// The values of an expression that is worked out row by row: how many there will be is not known.
pub const UNKNOWN: u128 = 1 << 32;

/// Gives each combination of keys a number.
#[derive(Debug)]
pub enum Groups {
    /// The only key's code is the group.
    Single,
    /// The keys' codes as the digits of a number, the first key's the highest; each number is a place.
    Dense(Vec<u128>),
    /// The same, but for a number that is seen first there is a new place.
    Hashed(Vec<u128>, Seen<u64>),
    /// As `Hashed`, where a number takes more than 64 bits.
    Wide(Vec<u128>, Seen<u128>),
}

/// Numbers in the order in which they were seen first.
#[derive(Debug)]
pub struct Seen<T> {
    places: HashMap<T, u32, FixedState>,
    numbers: Vec<T>,
}

impl<T: Copy + Eq + std::hash::Hash> Seen<T> {
    fn with_capacity(numbers: usize) -> Self {
        Self {
            places: HashMap::with_capacity_and_hasher(numbers, FixedState::default()),
            numbers: Vec::with_capacity(numbers),
        }
    }

    fn place(&mut self, number: T) -> u32 {
        let next = self.numbers.len() as u32;
        let place = *self.places.entry(number).or_insert(next);
        if place == next {
            self.numbers.push(number);
        }
        place
    }
}

impl Groups {
    /// For `rows` rows and keys with so many codes each; `None` when there are too many combinations even for 128 bits.
    pub fn new(counts: Vec<u128>, rows: usize) -> Option<Self> {
        if counts.len() == 1 {
            return Some(Self::Single);
        }
        let combinations = counts
            .iter()
            .try_fold(1_u128, |all, count| all.checked_mul(*count.max(&1)))?;
        Some(if combinations <= MOST_DENSE {
            Self::Dense(counts)
        } else if combinations <= 1 << 64 {
            Self::Hashed(counts, Seen::with_capacity(rows / ROWS_A_GROUP))
        } else {
            Self::Wide(counts, Seen::with_capacity(rows / ROWS_A_GROUP))
        })
    }

    /// The group of each row, whose codes are given key by key.
    pub fn assign<'a>(&mut self, keys: Vec<Cow<'a, [u32]>>, rows: usize) -> Cow<'a, [u32]> {
        match self {
            Self::Single => keys.into_iter().next().unwrap_or_default(),
            Self::Dense(counts) => {
                let mut groups = vec![0_u32; rows];
                for (codes, count) in keys.iter().zip(counts) {
                    let count = *count as u32;
                    for (group, code) in groups.iter_mut().zip(codes.iter()) {
                        *group = *group * count + code;
                    }
                }
                groups.into()
            }
            Self::Hashed(counts, seen) => {
                let mut numbers = vec![0_u64; rows];
                for (codes, count) in keys.iter().zip(counts) {
                    let count = *count as u64;
                    for (number, code) in numbers.iter_mut().zip(codes.iter()) {
                        *number = *number * count + u64::from(*code);
                    }
                }
                numbers.into_iter().map(|number| seen.place(number)).collect()
            }
            Self::Wide(counts, seen) => {
                let number = |row| {
                    keys.iter()
                        .zip(counts.iter())
                        .fold(0, |number, (codes, count)| number * count + u128::from(codes[row]))
                };
                (0..rows).map(|row| seen.place(number(row))).collect()
            }
        }
    }

    /// Groups stay below this number, where it is known from the beginning; `count` is how many codes the only key has.
    pub fn most(&self, count: u128) -> Option<usize> {
        match self {
            Self::Single => usize::try_from(count).ok().filter(|_| count < UNKNOWN),
            Self::Dense(_) => Some(self.count(0)),
            Self::Hashed(..) | Self::Wide(..) => None,
        }
    }

    /// Groups are below this number; `seen` is how many codes the only key has had.
    pub fn count(&self, seen: usize) -> usize {
        match self {
            Self::Single => seen,
            Self::Dense(counts) => counts.iter().map(|count| (*count).max(1)).product::<u128>() as usize,
            Self::Hashed(_, places) => places.numbers.len(),
            Self::Wide(_, places) => places.numbers.len(),
        }
    }

    /// The code of each key, for each of `groups`.
    pub fn codes(&self, groups: &[u32]) -> Vec<Vec<u32>> {
        match self {
            Self::Single => vec![groups.to_vec()],
            Self::Dense(counts) => digits(counts, groups.iter().map(|group| u64::from(*group))),
            Self::Hashed(counts, seen) => digits(counts, groups.iter().map(|group| seen.numbers[*group as usize])),
            Self::Wide(counts, seen) => {
                let mut codes = vec![Vec::with_capacity(groups.len()); counts.len()];
                for group in groups {
                    let mut number = seen.numbers[*group as usize];
                    for (codes, count) in codes.iter_mut().zip(counts).rev() {
                        codes.push((number % count.max(&1)) as u32);
                        number /= count.max(&1);
                    }
                }
                codes
            }
        }
    }
}

/// The digits of numbers, digit by digit; `counts` are what each digit is below of.
fn digits(counts: &[u128], numbers: impl Iterator<Item = u64>) -> Vec<Vec<u32>> {
    let mut rest: Vec<u64> = numbers.collect();
    let mut codes = vec![Vec::new(); counts.len()];
    for (codes, count) in codes.iter_mut().zip(counts).rev() {
        // Counts are below 2^33.
        let count = (*count).max(1) as u64;
        codes.extend(rest.iter().map(|number| (number % count) as u32));
        for number in &mut rest {
            *number /= count;
        }
    }
    codes
}

/// A text that is looked for without a copy of it.
#[derive(Hash)]
struct Wanted<'a>(Option<&'a str>);

impl hashbrown::Equivalent<Option<String>> for Wanted<'_> {
    fn equivalent(&self, key: &Option<String>) -> bool {
        self.0 == key.as_deref()
    }
}

/// Gives each distinct value of an expression a code.
#[derive(Debug)]
pub struct Values {
    data_type: DataType,
    numbers: HashMap<Option<i64>, u32, FixedState>,
    texts: HashMap<Option<String>, u32, FixedState>,
    /// The value before, which in sorted logs is often the next one too.
    last: Option<(Option<i64>, u32)>,
}

impl Values {
    /// No values yet.
    pub fn new(data_type: DataType) -> Self {
        Self {
            data_type,
            numbers: HashMap::with_hasher(FixedState::default()),
            texts: HashMap::with_hasher(FixedState::default()),
            last: None,
        }
    }

    /// The code of each value.
    pub fn codes(&mut self, values: &ArrayRef) -> Result<Vec<u32>> {
        if let Some(numbers) = as_int64(values) {
            return Ok(numbers
                .as_primitive::<Int64Type>()
                .iter()
                .map(|number| self.number(number))
                .collect());
        }
        let texts = cast(values, &DataType::Utf8View)?;
        let Some(texts) = texts.as_string_view_opt() else {
            return exec_err!("{} is not grouped by", values.data_type());
        };
        Ok(texts.iter().map(|text| self.text(text)).collect())
    }

    fn number(&mut self, number: Option<i64>) -> u32 {
        if let Some((last, code)) = self.last
            && last == number
        {
            return code;
        }
        let next = self.numbers.len() as u32;
        let code = *self.numbers.entry(number).or_insert(next);
        self.last = Some((number, code));
        code
    }

    fn text(&mut self, text: Option<&str>) -> u32 {
        let next = self.texts.len() as u32;
        if let Some(code) = self.texts.get(&Wanted(text)) {
            return *code;
        }
        self.texts.insert(text.map(str::to_owned), next);
        next
    }

    /// The value of each code.
    pub fn values(self) -> Result<ArrayRef> {
        if is_text(&self.data_type) {
            let mut texts: Vec<_> = self.texts.into_iter().collect();
            texts.sort_unstable_by_key(|(_, code)| *code);
            let texts: StringViewArray = texts.into_iter().map(|(text, _)| text).collect();
            return Ok(cast(&texts, &self.data_type)?);
        }
        let mut numbers: Vec<_> = self.numbers.into_iter().collect();
        numbers.sort_unstable_by_key(|(_, code)| *code);
        let numbers: Int64Array = numbers.into_iter().map(|(number, _)| number).collect();
        Ok(from_int64(
            &(std::sync::Arc::new(numbers) as ArrayRef),
            &self.data_type,
        )?)
    }

    /// How many distinct values there are by now.
    pub fn len(&self) -> usize {
        self.numbers.len() + self.texts.len()
    }
}
