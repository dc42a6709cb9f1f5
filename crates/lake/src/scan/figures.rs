//! What scans of one statement read, of how much.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

/// Files and partitions of the tables a statement touched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanFigures {
    /// Files of the tables.
    pub files_total: u64,
    /// Files the plan reads.
    pub files_read: u64,
    /// Partitions (days) of the tables.
    pub partitions_total: u64,
    /// Partitions the plan reads.
    pub partitions_read: u64,
}

/// Collects the figures of a statement's scans while it is planned. Cheap to clone; clones share.
#[derive(Clone, Debug, Default)]
pub struct Figures(Arc<Mutex<BTreeMap<String, ScanFigures>>>);

impl Figures {
    /// Notes one scan of `table`. A table scanned twice counts what each scan reads, and its own size once.
    pub fn note(&self, table: &str, scan: ScanFigures) {
        let mut scans = self.0.lock();
        let held = scans.entry(table.to_owned()).or_default();
        held.files_total = scan.files_total;
        held.partitions_total = scan.partitions_total;
        held.files_read = held.files_read.max(scan.files_read);
        held.partitions_read = held.partitions_read.max(scan.partitions_read);
    }

    /// The sum over all tables.
    pub fn total(&self) -> ScanFigures {
        let scans = self.0.lock();
        scans.values().fold(ScanFigures::default(), |sum, scan| ScanFigures {
            files_total: sum.files_total + scan.files_total,
            files_read: sum.files_read + scan.files_read,
            partitions_total: sum.partitions_total + scan.partitions_total,
            partitions_read: sum.partitions_read + scan.partitions_read,
        })
    }
}
