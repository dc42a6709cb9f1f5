//! The groups of all files together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hashbrown::HashTable;
use parking_lot::Mutex;

use crate::order::Ordered;
use crate::partial::States;
use crate::spread::{FACTOR, spread};

/// Groups are spread over so many parts: each is small enough for a cache when it is put in order, and threads seldom want
/// the same one.
pub const PARTITIONS: usize = 256;
/// A part is put in order when it has grown by so many records beyond twice what it was after the last time.
const SLACK_RECORDS: usize = 1 << 15;

/// How the words of a record follow each other: its keys' numbers, two a word, and its states.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Keys a group has.
    pub keys: usize,
    /// So many of the first keys say which part a record is in.
    pub leading: usize,
    /// Its states.
    pub states: States,
}

/// Groups by their keys' numbers, a record each.
///
/// Records of all row groups are first only laid side by side, those of the same group in the same part, and put together
/// part by part.
#[derive(Debug)]
pub struct Groups {
    layout: Layout,
    partitions: Vec<Mutex<Partition>>,
    bytes: AtomicUsize,
    /// The partition the next row group begins with.
    turn: AtomicUsize,
}

/// Records, of which those at the front are in order: one a group.
#[derive(Clone, Debug, Default)]
pub struct Partition {
    /// The records, shared with answers that are still being given.
    pub records: Arc<Vec<i64>>,
    /// Words that are in order.
    pub ordered: usize,
}

/// A sum left 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl Groups {
    /// No groups yet.
    pub fn new(layout: Layout) -> Self {
        Self {
            layout,
            partitions: (0..PARTITIONS).map(|_| Mutex::default()).collect(),
            bytes: AtomicUsize::new(0),
            turn: AtomicUsize::new(0),
        }
    }

    /// Adds `count` groups of one of `of` row groups: `keys` are the numbers of their keys, key by key, `states` their
    /// states one after another.
    pub fn add(&self, keys: &[Vec<u32>], count: usize, states: &[i64], of: usize) -> Result<(), Overflow> {
        let (key_words, record_words) = (self.layout.key_words(), self.layout.record_words());
        let mut words = vec![0_i64; count * key_words];
        let add = |words: &mut [i64], number: usize| {
            let (at, shift) = (number / 2, 32 * (number % 2));
            for (words, number) in words.chunks_exact_mut(key_words).zip(&keys[number]) {
                words[at] |= i64::from(*number) << shift;
            }
        };
        (0..self.layout.leading).for_each(|number| add(&mut words, number));
        let leading = |group: usize| &words[group * key_words..][..self.layout.leading.div_ceil(2)];
        let parts: Vec<u8> = (0..count).map(|group| (hash(leading(group)) >> 40) as u8).collect();
        (self.layout.leading..keys.len()).for_each(|number| add(&mut words, number));
        let order = Ordered::by(parts.iter().map(|part| usize::from(*part)), PARTITIONS);
        let added = Records {
            keys: &words,
            key_words,
            states,
            width: self.layout.states.width(),
        };
        let first = self.turn.fetch_add(PARTITIONS / 4 + 1, Ordering::Relaxed);
        for number in (0..PARTITIONS).map(|number| (first + number) % PARTITIONS) {
            let groups = order.of(number);
            if groups.is_empty() {
                continue;
            }
            let mut partition = self.partitions[number].lock();
            let Partition { records, ordered } = &mut *partition;
            let records = Arc::make_mut(records);
            if records.is_empty() {
                // The others will most likely have about as many.
                records.reserve((groups.len() * of).min(SLACK_RECORDS) * record_words);
            }
            let before = records.len();
            added.append(groups, records);
            if records.len() > 2 * *ordered + SLACK_RECORDS * record_words {
                self.layout.put_in_order(records, 0, *ordered)?;
                *ordered = records.len();
            }
            self.count_bytes(before, records.len());
        }
        Ok(())
    }

    /// The records of a partition, which go from here unless they are to be kept.
    pub fn records(&self, partition: usize, keep: bool) -> Result<Partition, Overflow> {
        let mut partition = self.partitions[partition].lock();
        let before = partition.records.len();
        if keep && before > partition.ordered {
            let Partition { records, ordered } = &mut *partition;
            let records = Arc::make_mut(records);
            self.layout.put_in_order(records, 0, *ordered)?;
            *ordered = records.len();
        }
        let given = if keep {
            partition.clone()
        } else {
            std::mem::take(&mut *partition)
        };
        self.count_bytes(before, partition.records.len());
        Ok(given)
    }

    /// The parts' records as they are now, all in order: [`Self::records`] was asked to keep them and nothing was added
    /// since.
    pub fn parts(&self) -> Vec<Arc<Vec<i64>>> {
        let records = |part: &Mutex<Partition>| Arc::clone(&part.lock().records);
        self.partitions.iter().map(records).collect()
    }

    /// The groups that [`Self::parts`] gave, whose keys' numbers are such as `is_number` knows, key by key.
    pub fn of_parts(layout: Layout, parts: Vec<Vec<i64>>, is_number: impl Fn(usize, u32) -> bool) -> Option<Self> {
        // A question without keys and aggregates has records of no words.
        let words = layout.record_words().max(1);
        let is_sound = |records: &Vec<i64>| {
            records.len().is_multiple_of(words)
                && records
                    .chunks_exact(words)
                    .all(|record| (0..layout.keys).all(|key| is_number(key, key_of(record, key))))
        };
        if parts.len() != PARTITIONS || !parts.iter().all(is_sound) {
            return None;
        }
        let bytes = parts.iter().map(|records| size_of_val(records.as_slice())).sum();
        let partition = |records: Vec<i64>| Partition {
            ordered: records.len(),
            records: Arc::new(records),
        };
        Some(Self {
            layout,
            partitions: parts.into_iter().map(partition).map(Mutex::new).collect(),
            bytes: AtomicUsize::new(bytes),
            turn: AtomicUsize::new(0),
        })
    }

    /// Puts all parts in order: what is given back is the room of records that are of the same group.
    pub fn put_in_order(&self) -> Result<(), Overflow> {
        for number in 0..PARTITIONS {
            self.records(number, true)?;
        }
        Ok(())
    }

    fn count_bytes(&self, words_before: usize, words: usize) {
        let bytes = |words: usize| words * size_of::<i64>();
        self.bytes.fetch_add(bytes(words), Ordering::Relaxed);
        self.bytes.fetch_sub(bytes(words_before), Ordering::Relaxed);
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Layout {
    fn key_words(&self) -> usize {
        self.keys.div_ceil(2)
    }

    /// Words a record has.
    pub fn record_words(&self) -> usize {
        self.key_words() + self.states.width()
    }

    /// A record's states.
    pub fn states<'a>(&self, record: &'a [i64]) -> &'a [i64] {
        &record[self.key_words()..]
    }

    /// For each of `records` of layout `of`, whose leading keys are the keys of one of `groups`, the place of that group.
    pub fn owners(&self, groups: &[i64], of: &Self, records: &[i64]) -> Option<Vec<u32>> {
        let record_words = self.record_words();
        let mut places: HashTable<(u32, u32)> = HashTable::with_capacity(groups.len() / record_words);
        for (place, group) in groups.chunks_exact(record_words).enumerate() {
            let low = hash(&group[..self.key_words()]) as u32;
            places.insert_unique(spread(low), (low, place as u32), |(low, _)| spread(*low));
        }
        let mut owner = vec![0; self.key_words()];
        let owners = records.chunks_exact(of.record_words()).map(|record| {
            owner.copy_from_slice(&record[..self.key_words()]);
            if self.keys % 2 == 1 {
                // The next key stands in the same word.
                owner[self.keys / 2] &= i64::from(u32::MAX);
            }
            let hash = hash(&owner);
            let is_it = |place: &(u32, u32)| self.is_at(groups, *place, hash, &owner);
            places.find(spread(hash as u32), is_it).map(|(_, place)| *place)
        });
        owners.collect()
    }

    /// Makes one of the records of the same group, among those from word `begin` on, of which the first `ordered` words
    /// are in order already.
    pub fn put_in_order(&self, records: &mut Vec<i64>, begin: usize, ordered: usize) -> Result<(), Overflow> {
        let record_words = self.record_words();
        let (old, new) = records[begin..].split_at_mut(ordered);
        let (mut places, mut kept) = self.order_new(new)?;
        // Those in order are only looked up, so the table is no larger than what is new.
        if kept > 0 {
            for record in old.chunks_exact_mut(record_words) {
                let hash = hash(&record[..self.key_words()]);
                let is_it = |place: &(u32, u32)| self.is_at(new, *place, hash, record);
                let Ok(found) = places.find_entry(spread(hash as u32), is_it) else {
                    continue;
                };
                let ((_, place), _) = found.remove();
                let at = place as usize * record_words + self.key_words();
                if !self
                    .states
                    .merge(&mut record[self.key_words()..], &new[at..at + self.states.width()])
                {
                    return Err(Overflow);
                }
            }
        }
        if places.len() < kept && ordered > 0 {
            let mut left: Vec<u32> = places.iter().map(|(_, place)| *place).collect();
            left.sort_unstable();
            kept = left.len();
            for (to, from) in left.into_iter().enumerate() {
                new.copy_within(
                    from as usize * record_words..(from as usize + 1) * record_words,
                    to * record_words,
                );
            }
        }
        records.truncate(begin + ordered + kept * record_words);
        Ok(())
    }

    /// Puts the records of the same group together at the front; gives their places and number.
    fn order_new(&self, records: &mut [i64]) -> Result<(HashTable<(u32, u32)>, usize), Overflow> {
        let (key_words, record_words) = (self.key_words(), self.record_words());
        let mut places: HashTable<(u32, u32)> = HashTable::with_capacity(records.len() / record_words);
        let mut kept = 0;
        for from in 0..records.len() / record_words {
            let (before, rest) = records.split_at_mut(from * record_words);
            let record = &rest[..record_words];
            let hash = hash(&record[..key_words]);
            let found = places.find(spread(hash as u32), |place| self.is_at(before, *place, hash, record));
            if let Some((_, place)) = found {
                let at = *place as usize * record_words;
                let states = &mut before[at + key_words..at + record_words];
                if !self.states.merge(states, &record[key_words..]) {
                    return Err(Overflow);
                }
                continue;
            }
            places.insert_unique(spread(hash as u32), (hash as u32, kept as u32), |(hash, _)| {
                spread(*hash)
            });
            if kept < from {
                for word in 0..record_words {
                    records[kept * record_words + word] = records[from * record_words + word];
                }
            }
            kept += 1;
        }
        Ok((places, kept))
    }

    /// Whether the record at a place is of the same group as `record`.
    fn is_at(&self, records: &[i64], (known, place): (u32, u32), hash: u64, record: &[i64]) -> bool {
        let at = place as usize * self.record_words();
        known == hash as u32 && (0..self.key_words()).all(|word| records[at + word] == record[word])
    }
}

/// The groups of one row group, key by key and state by state.
struct Records<'a> {
    keys: &'a [i64],
    key_words: usize,
    states: &'a [i64],
    width: usize,
}

impl Records<'_> {
    /// Appends those of `groups`. Records of a length the compiler knows are copied without a call for each.
    fn append(&self, groups: &[u32], out: &mut Vec<i64>) {
        match self.key_words + self.width {
            1 => self.append_words::<1>(groups, out),
            2 => self.append_words::<2>(groups, out),
            3 => self.append_words::<3>(groups, out),
            4 => self.append_words::<4>(groups, out),
            5 => self.append_words::<5>(groups, out),
            6 => self.append_words::<6>(groups, out),
            _ => {
                for group in groups {
                    let group = *group as usize;
                    out.extend_from_slice(&self.keys[group * self.key_words..(group + 1) * self.key_words]);
                    out.extend_from_slice(&self.states[group * self.width..(group + 1) * self.width]);
                }
            }
        }
    }

    fn append_words<const WORDS: usize>(&self, groups: &[u32], out: &mut Vec<i64>) {
        out.reserve(groups.len() * WORDS);
        for group in groups {
            let group = *group as usize;
            let (key, states) = (group * self.key_words, group * self.width);
            let record: [i64; WORDS] = std::array::from_fn(|word| match word.checked_sub(self.key_words) {
                None => self.keys[key + word],
                Some(state) => self.states[states + state],
            });
            out.extend_from_slice(&record);
        }
    }
}

/// The number of a record's key.
pub fn key_of(record: &[i64], key: usize) -> u32 {
    (record[key / 2] >> (32 * (key % 2))) as u32
}

/// Numbers of keys follow no pattern an adversary could use: they are handed out as values come.
fn hash(key: &[i64]) -> u64 {
    key.iter().fold(FACTOR, |hash, word| {
        let product = u128::from(hash ^ *word as u64) * u128::from(FACTOR);
        (product >> 64) as u64 ^ product as u64
    })
}
