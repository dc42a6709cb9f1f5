//! A record that could not be read.

/// The longest part of a bad record that is kept beside its reason, in bytes.
pub const RECORD_EXCERPT_BYTES: usize = 4096;

/// A record that could not be read, with its place and the reason; it goes to quarantine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Where it stands: the line of a text (from 1), the row of a Parquet file (from 1), or the event's number in its
    /// document (from 1).
    pub line: u64,
    /// Why, for a person: what was found, what was expected.
    pub reason: String,
    /// The record itself, cut at [`RECORD_EXCERPT_BYTES`], with bytes that are not UTF-8 replaced.
    pub record: String,
}

impl Reject {
    /// A reject of `record`, which is cut and made valid UTF-8.
    pub fn new(line: u64, reason: impl Into<String>, record: &[u8]) -> Self {
        let excerpt = &record[..record.len().min(RECORD_EXCERPT_BYTES)];
        Self {
            line,
            reason: reason.into(),
            record: String::from_utf8_lossy(excerpt).into_owned(),
        }
    }
}
