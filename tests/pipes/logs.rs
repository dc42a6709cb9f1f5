//! Flow logs of which every record differs from all others.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

const NOON: u64 = 1_793_534_400;
/// Records of each log.
pub const RECORDS: u64 = 10;

/// Makes logs, and knows how many records are in them.
#[derive(Default)]
pub struct Logs {
    made: AtomicU64,
}

impl Logs {
    /// A log of new records, which are told from others by `bytes`.
    pub fn make(&self) -> String {
        let first = self.made.fetch_add(RECORDS, Ordering::SeqCst);
        let mut text = String::new();
        for number in first..first + RECORDS {
            let start = NOON + number % 3600;
            writeln!(
                text,
                "2 123456789012 eni-0a1b2c3d4e5f60718 10.0.0.{} 10.0.1.7 443 49152 6 3 {number} {start} {} ACCEPT OK",
                number % 250,
                start + 60
            )
            .unwrap();
        }
        text
    }

    /// How many records there are in all logs.
    pub fn records(&self) -> u64 {
        self.made.load(Ordering::SeqCst)
    }
}
