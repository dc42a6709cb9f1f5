//! Groups as rows of the answer.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::SchemaRef;
use datafusion::common::{DataFusionError, Result, exec_datafusion_err};
use datafusion::execution::memory_pool::MemoryReservation;
use parking_lot::Mutex;

use crate::groups::{Groups, Layout, Overflow, PARTITIONS, Partition, key_of};
use crate::interner::{Interner, Numbered, is_number};
use crate::numbers::from_int64;
use crate::partial::{Partial, States};
use crate::question::{Aggregate, Function, Question};
use crate::stored::{Reader, Writer};

/// The groups of row groups, while they are added.
#[derive(Debug)]
pub struct Collected {
    layout: Layout,
    interners: Vec<Interner>,
    /// Those that later statements will ask for too.
    lasting: Groups,
    /// Those of this statement only.
    passing: Groups,
}

/// The records of all parts.
pub type Lasting = Vec<Arc<Vec<i64>>>;

/// What a row group is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Later statements will ask for it too.
    Lasting,
    /// It is asked for by this statement only.
    Passing,
}

impl Collected {
    /// Nothing yet.
    pub fn new(question: &Question) -> Self {
        let layout = Layout {
            keys: question.keys.len(),
            states: States::new(&question.aggregates, 0),
        };
        Self {
            interners: question
                .keys
                .iter()
                .map(|key| Interner::new(key.data_type().clone()))
                .collect(),
            lasting: Groups::new(layout.clone()),
            passing: Groups::new(layout.clone()),
            layout,
        }
    }

    /// Adds what one of `of` row groups answered; the inner error is a sum that leaves 64 bits.
    pub fn add(&self, partial: &Partial, term: Term, of: usize) -> Result<Result<(), Overflow>> {
        let mut keys = Vec::with_capacity(self.interners.len());
        for (interner, key) in self.interners.iter().zip(&partial.keys) {
            let numbers = interner.numbers(&key.values, &key.codes)?;
            keys.push(key.codes.iter().map(|code| numbers[*code as usize]).collect());
        }
        let groups = if term == Term::Lasting {
            &self.lasting
        } else {
            &self.passing
        };
        Ok(groups.add(&keys, partial.groups, &partial.states, of))
    }

    /// The records that last, as [`Self::finish`] kept them.
    pub fn lasting(&self) -> Lasting {
        self.lasting.parts()
    }

    /// Writes the records `lasting`, and the values that their keys' numbers stand for.
    pub fn write(&self, lasting: &Lasting, out: &mut Writer) {
        for interner in &self.interners {
            interner.write(out);
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
        let parts = (0..PARTITIONS).map(|_| bytes.numbers()).collect::<Option<Vec<_>>>()?;
        let counts: Vec<_> = collected.interners.iter().map(Interner::counts).collect();
        let layout = collected.layout.clone();
        collected.lasting = Groups::of_parts(layout, parts, |key, number| is_number(&counts[key], number))?;
        Some(collected)
    }

    /// Bytes held, about.
    pub fn bytes(&self) -> usize {
        self.lasting.bytes() + self.passing.bytes() + self.interners.iter().map(Interner::bytes).sum::<usize>()
    }

    /// All row groups are added; `memory` is the room they take. What lasts is still here afterwards if it is to be kept.
    pub fn finish(&self, keep: bool, memory: MemoryReservation) -> Result<Finished> {
        let keys = self
            .interners
            .iter()
            .map(|interner| interner.values(keep))
            .collect::<Result<Vec<_>>>()?;
        let mut partitions = Vec::with_capacity(PARTITIONS);
        for number in 0..PARTITIONS {
            let lasting = self.lasting.records(number, keep)?;
            partitions.push(Mutex::new((lasting, self.passing.records(number, false)?)));
        }
        Ok(Finished {
            layout: self.layout.clone(),
            keys,
            partitions,
            _memory: memory,
        })
    }
}

/// The groups of all files.
#[derive(Debug)]
pub struct Finished {
    layout: Layout,
    keys: Vec<Arc<Numbered>>,
    partitions: Vec<Mutex<(Partition, Partition)>>,
    /// The room that the groups take, given back with them.
    _memory: MemoryReservation,
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
        std::iter::from_fn(move || {
            let words = self.layout.record_words();
            let mut records = Vec::new();
            for partition in partitions.by_ref() {
                if let Err(overflow) = self.append(partition, &mut records) {
                    return Some(Err(overflow.into()));
                }
                if records.len() >= rows * words {
                    break;
                }
            }
            // Without keys there is one row, also of nothing.
            if std::mem::take(&mut is_first) && records.is_empty() && self.keys.is_empty() {
                records.clone_from(&self.layout.states.empty);
            }
            (!records.is_empty()).then(|| self.batch(&question, &schema, &records))
        })
    }

    /// Appends the records of a partition, one a group.
    fn append(&self, partition: usize, records: &mut Vec<i64>) -> Result<(), Overflow> {
        let mut partition = self.partitions[partition].lock();
        let (lasting, passing) = std::mem::take(&mut *partition);
        let begin = records.len();
        match Arc::try_unwrap(lasting.records) {
            Ok(owned) if begin == 0 => *records = owned,
            Ok(owned) => records.extend_from_slice(&owned),
            Err(shared) => records.extend_from_slice(&shared),
        }
        records.extend_from_slice(&passing.records);
        if records.len() > begin + lasting.ordered {
            self.layout.put_in_order(records, begin, lasting.ordered)?;
        }
        Ok(())
    }

    fn batch(&self, question: &Question, schema: &SchemaRef, records: &[i64]) -> Result<RecordBatch> {
        let records = records.chunks_exact(self.layout.record_words());
        let rows = records.len();
        let mut columns = Vec::with_capacity(schema.fields().len());
        for (number, known) in self.keys.iter().enumerate() {
            let positions: UInt32Array = records
                .clone()
                .map(|record| known.position(key_of(record, number)))
                .collect();
            columns.push(take(&known.values, &positions, None)?);
        }
        for (number, aggregate) in question.aggregates.iter().enumerate() {
            let at = self.layout.states.offset(number);
            columns.push(result(
                aggregate,
                records.clone().map(|record| &self.layout.states(record)[at..]),
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
