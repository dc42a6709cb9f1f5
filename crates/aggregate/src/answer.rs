//! Groups as rows of the answer.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, RecordBatchOptions, UInt32Array, UInt64Array};
use arrow::compute::take;
use arrow::datatypes::SchemaRef;
use datafusion::common::{DataFusionError, Result, exec_datafusion_err};
use datafusion::execution::memory_pool::MemoryReservation;

use crate::estimate::Estimator;
use crate::groups::{Groups, Layout, Overflow, PARTITIONS, key_of};
use crate::interner::{Interner, Numbered, is_number};
use crate::numbers::from_int64;
use crate::partial::{Partial, States};
use crate::question::{Aggregate, Function, Question};
use crate::sketch::{WORDS, are_registers, mark_of_hashes};
use crate::stored::{Reader, Writer};
use crate::table::{FinishedTable, Table, Term};

/// The groups of row groups, while they are added.
#[derive(Debug)]
pub struct Collected {
    interners: Vec<Interner>,
    groups: Table,
    /// For each aggregate that has one, the words of the groups' sketches: a group's keys are followed by the word's place.
    sketches: Vec<Table>,
}

/// The records of all parts, those of the groups and of each aggregate's sketches.
pub type Lasting = Vec<Arc<Vec<i64>>>;

impl Collected {
    /// Nothing yet.
    pub fn new(question: &Question) -> Self {
        let keys = question.keys.len();
        let of_groups = Layout {
            keys,
            leading: keys,
            states: States::new(&question.aggregates, 0),
        };
        // In the part their group is in.
        let of_sketches = Layout {
            keys: keys + 1,
            leading: keys,
            states: States::of_registers(),
        };
        let sketched = question.aggregates.iter().filter_map(Aggregate::sketched);
        Self {
            interners: question
                .keys
                .iter()
                .map(|key| Interner::new(key.data_type().clone()))
                .collect(),
            groups: Table::new(of_groups),
            sketches: sketched.map(|_| Table::new(of_sketches.clone())).collect(),
        }
    }

    /// Adds what one of `of` row groups answered; the inner error is a sum that leaves 64 bits.
    pub fn add(&self, partial: &Partial, term: Term, of: usize) -> Result<Result<(), Overflow>> {
        let mut keys: Vec<Vec<u32>> = Vec::with_capacity(self.interners.len());
        for (interner, key) in self.interners.iter().zip(&partial.keys) {
            let numbers = interner.numbers(&key.values, &key.codes)?;
            keys.push(key.codes.iter().map(|code| numbers[*code as usize]).collect());
        }
        for (table, sketches) in self.sketches.iter().zip(&partial.sketches) {
            let of_words = |numbers: &Vec<u32>| sketches.groups.iter().map(|group| numbers[*group as usize]).collect();
            let mut keys: Vec<Vec<u32>> = keys.iter().map(of_words).collect();
            keys.push(sketches.places.clone());
            let added = table.groups(term).add(&keys, sketches.words.len(), &sketches.words, of);
            if added.is_err() {
                return Ok(added);
            }
        }
        let groups = self.groups.groups(term);
        Ok(groups.add(&keys, partial.groups, &partial.states, of))
    }

    fn tables(&self) -> impl Iterator<Item = &Table> {
        std::iter::once(&self.groups).chain(&self.sketches)
    }

    /// The records that last, as [`Self::finish`] kept them.
    pub fn lasting(&self) -> Lasting {
        self.tables().flat_map(|table| table.lasting.parts()).collect()
    }

    /// Writes the records `lasting`, and the values that their keys' numbers stand for.
    pub fn write(&self, lasting: &Lasting, out: &mut Writer) {
        for interner in &self.interners {
            interner.write(out);
        }
        if !self.sketches.is_empty() {
            // Without a mark it is never read.
            out.word(mark_of_hashes().unwrap_or_default());
        }
        for records in lasting {
            out.numbers(records);
        }
    }

    /// What [`Self::write`] wrote for the same question.
    pub fn read(question: &Question, bytes: &mut Reader<'_>) -> Option<Self> {
        let mut collected = Self::new(question);
        for (interner, key) in collected.interners.iter_mut().zip(&question.keys) {
            *interner = Interner::read(key.data_type().clone(), bytes)?;
        }
        if !collected.sketches.is_empty() && bytes.word()? != mark_of_hashes().ok()? {
            return None;
        }
        let counts: Vec<_> = collected.interners.iter().map(Interner::counts).collect();
        // A word's place follows the keys.
        let is_sound = |key: usize, number| match counts.get(key) {
            Some(counts) => is_number(counts, number),
            None => (number as usize) < WORDS,
        };
        for table in std::iter::once(&mut collected.groups).chain(&mut collected.sketches) {
            let parts = (0..PARTITIONS).map(|_| bytes.numbers()).collect::<Option<Vec<_>>>()?;
            let layout = table.layout().clone();
            *table = Table::of(Groups::of_parts(layout.clone(), parts, is_sound)?, layout);
        }
        let are_sound = |sketches: &Table| {
            let words = sketches.layout().record_words();
            let parts = sketches.lasting.parts();
            let mut records = parts.iter().flat_map(|records| records.chunks_exact(words));
            records.all(|record| are_registers(sketches.layout().states(record)[0]))
        };
        collected.sketches.iter().all(are_sound).then_some(collected)
    }

    /// Bytes held, about.
    pub fn bytes(&self) -> usize {
        self.tables().map(Table::bytes).sum::<usize>() + self.interners.iter().map(Interner::bytes).sum::<usize>()
    }

    /// Makes of the words that lasting sketches have of each row group one, as [`Self::finish`] would. They lie side by
    /// side at first, and may take many times the room of their sum.
    pub fn put_sketches_in_order(&self) -> Result<(), Overflow> {
        self.sketches.iter().try_for_each(|table| table.lasting.put_in_order())
    }

    /// All row groups are added; `memory` is the room they take. What lasts is still here afterwards if it is to be kept.
    pub fn finish(&self, keep: bool, memory: MemoryReservation) -> Result<Finished> {
        let keys = self.interners.iter().map(|interner| interner.values(keep));
        let sketches = self.sketches.iter().map(|table| table.finish(keep));
        Ok(Finished {
            keys: keys.collect::<Result<_>>()?,
            groups: self.groups.finish(keep)?,
            sketches: sketches.collect::<Result<_, _>>()?,
            _memory: memory,
        })
    }
}

/// The groups of all files.
#[derive(Debug)]
pub struct Finished {
    keys: Vec<Arc<Numbered>>,
    groups: FinishedTable,
    sketches: Vec<FinishedTable>,
    /// The room that the groups take, given back with them.
    _memory: MemoryReservation,
}

/// Groups on their way out.
struct Given {
    records: Vec<i64>,
    /// What each aggregate's sketches say of these.
    estimates: Vec<Vec<u64>>,
}

impl Finished {
    /// The groups that the stream `number` of `streams` gives, about `rows` at a time.
    pub fn batches(
        self: Arc<Self>,
        question: Arc<Question>,
        schema: SchemaRef,
        (number, streams): (usize, usize),
        rows: usize,
    ) -> impl Iterator<Item = Result<RecordBatch>> {
        let mut partitions = (number..PARTITIONS).step_by(streams);
        let mut is_first = number == 0;
        let mut estimator = Estimator::default();
        std::iter::from_fn(move || {
            let words = self.groups.layout().record_words();
            let mut given = Given {
                records: Vec::new(),
                estimates: vec![Vec::new(); self.sketches.len()],
            };
            for partition in partitions.by_ref() {
                if let Err(error) = self.append(partition, &mut estimator, &mut given) {
                    return Some(Err(error));
                }
                if given.records.len() >= rows * words {
                    break;
                }
            }
            // Without keys there is one row, also of nothing.
            if std::mem::take(&mut is_first) && given.records.is_empty() && self.keys.is_empty() {
                given.records.clone_from(&self.groups.layout().states.empty);
                given.estimates.fill(vec![0]);
            }
            (!given.records.is_empty()).then(|| self.batch(&question, &schema, given))
        })
    }

    /// Appends the groups of a partition.
    fn append(&self, partition: usize, estimator: &mut Estimator, given: &mut Given) -> Result<()> {
        let begin = given.records.len();
        self.groups.append(partition, &mut given.records)?;
        for (sketches, estimates) in self.sketches.iter().zip(&mut given.estimates) {
            let mut words = Vec::new();
            sketches.append(partition, &mut words)?;
            estimator.append(
                (self.groups.layout(), &given.records[begin..]),
                (sketches.layout(), &words),
                estimates,
            )?;
        }
        Ok(())
    }

    fn batch(&self, question: &Question, schema: &SchemaRef, given: Given) -> Result<RecordBatch> {
        let layout = self.groups.layout();
        let records = given.records.chunks_exact(layout.record_words());
        let rows = records.len();
        let mut columns = Vec::with_capacity(schema.fields().len());
        for (number, known) in self.keys.iter().enumerate() {
            let positions: UInt32Array = records
                .clone()
                .map(|record| known.position(key_of(record, number)))
                .collect();
            columns.push(take(&known.values, &positions, None)?);
        }
        let mut estimates = given.estimates.into_iter();
        for (number, aggregate) in question.aggregates.iter().enumerate() {
            if aggregate.sketched().is_some() {
                columns.push(Arc::new(UInt64Array::from(estimates.next().unwrap_or_default())));
                continue;
            }
            let at = layout.states.offset(number);
            columns.push(result(
                aggregate,
                records.clone().map(|record| &layout.states(record)[at..]),
            )?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(
            Arc::clone(schema),
            columns,
            &options,
        )?)
    }
}

impl From<Overflow> for DataFusionError {
    fn from(_: Overflow) -> Self {
        exec_datafusion_err!("a sum is larger than a BIGINT holds; sum a DECIMAL instead")
    }
}

/// An aggregate's value for each group.
fn result<'a>(aggregate: &Aggregate, states: impl Iterator<Item = &'a [i64]>) -> Result<ArrayRef> {
    if aggregate.function == Function::Count {
        let counts: Int64Array = states.map(|state| Some(state[0])).collect();
        return Ok(Arc::new(counts));
    }
    if aggregate.function == Function::Average {
        let averages: Float64Array = states
            .map(|state| (state[0] > 0).then(|| state[1] as f64 / state[0] as f64))
            .collect();
        return Ok(Arc::new(averages));
    }
    let values: Int64Array = states.map(|state| (state[0] > 0).then_some(state[1])).collect();
    Ok(from_int64(&(Arc::new(values) as ArrayRef), &aggregate.data_type)?)
}
