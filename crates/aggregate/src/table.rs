//! The groups of a statement: those that last and those of this statement only.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::groups::{Groups, Layout, Overflow, PARTITIONS, Partition};

/// What a row group is added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Later statements will ask for it too.
    Lasting,
    /// It is asked for by this statement only.
    Passing,
}

/// Groups, while row groups are added.
#[derive(Debug)]
pub struct Table {
    layout: Layout,
    /// Those that later statements will ask for too.
    pub lasting: Groups,
    /// Those of this statement only.
    passing: Groups,
}

impl Table {
    /// Nothing yet.
    pub fn new(layout: Layout) -> Self {
        Self::of(Groups::new(layout.clone()), layout)
    }

    /// What lasts of statements before.
    pub fn of(lasting: Groups, layout: Layout) -> Self {
        Self {
            lasting,
            passing: Groups::new(layout.clone()),
            layout,
        }
    }

    /// How its records look.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The groups of a term.
    pub fn groups(&self, term: Term) -> &Groups {
        match term {
            Term::Lasting => &self.lasting,
            Term::Passing => &self.passing,
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.lasting.bytes() + self.passing.bytes()
    }

    /// All row groups are added. What lasts is still here afterwards if it is to be kept.
    pub fn finish(&self, keep: bool) -> Result<FinishedTable, Overflow> {
        let mut partitions = Vec::with_capacity(PARTITIONS);
        for number in 0..PARTITIONS {
            let lasting = self.lasting.records(number, keep)?;
            partitions.push(Mutex::new((lasting, self.passing.records(number, false)?)));
        }
        Ok(FinishedTable {
            layout: self.layout.clone(),
            partitions,
        })
    }
}

/// Groups to which no more are added.
#[derive(Debug)]
pub struct FinishedTable {
    layout: Layout,
    partitions: Vec<Mutex<(Partition, Partition)>>,
}

impl FinishedTable {
    /// How its records look.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Appends the records of a partition, one a group, which go from here.
    pub fn append(&self, partition: usize, records: &mut Vec<i64>) -> Result<(), Overflow> {
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
}
