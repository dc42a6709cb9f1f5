//! How a load tells where it is, and how it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Hears how a load goes. All methods may be called from any thread.
pub trait Progress: Send + Sync {
    /// So many objects and bytes are to be loaded.
    fn planned(&self, objects: u64, bytes: u64);
    /// An object is read.
    fn object_done(&self, bytes: u64, records: u64);
    /// Something worth a line: a batch taken over, a loader waited for.
    fn note(&self, text: &str);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn planned(&self, _: u64, _: u64) {}
    fn object_done(&self, _: u64, _: u64) {}
    fn note(&self, _: &str) {}
}

/// Asks a load to stop cleanly: what is read is committed, the rest is left for the next run. Clones share.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
