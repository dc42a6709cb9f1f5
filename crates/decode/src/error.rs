//! Damage to an object as a whole.

use std::io;

/// Why an object as a whole could not be decoded. A bad record is never one of these, but a [`crate::Reject`].
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The object has no bytes.
    #[error("the object is empty")]
    Empty,
    /// The object's bytes are of no kind Flowtrail knows.
    #[error("neither a flow log nor CloudTrail: it begins with {begins}; name its kind to load it all the same")]
    UnknownKind {
        /// The first bytes, escaped, for the message.
        begins: String,
    },
    /// A compressed stream is damaged or ends too early.
    #[error("{format} data is damaged after {inflated_bytes} bytes of text: {why}")]
    Compressed {
        /// `gzip` or `zstd`.
        format: &'static str,
        /// How much text had come out before the damage.
        inflated_bytes: u64,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A compressed stream grows beyond the limits.
    #[error(
        "{format} data grows to more than {inflated_bytes} bytes from {compressed_bytes}: stopped as a decompression \
         bomb (limits: {max_ratio} times, {max_bytes} bytes)"
    )]
    Bomb {
        /// `gzip` or `zstd`.
        format: &'static str,
        /// Text so far.
        inflated_bytes: u64,
        /// Compressed bytes it came from.
        compressed_bytes: u64,
        /// The ratio allowed.
        max_ratio: u64,
        /// The size allowed.
        max_bytes: u64,
    },
    /// A JSON document that is broken as a whole.
    #[error("event {event}: {why}")]
    Document {
        /// The number of the event (from 1) where it breaks.
        event: u64,
        /// What is wrong, and what to do.
        why: String,
    },
    /// A Parquet file that cannot be read, or whose columns cannot be those of a flow log.
    #[error("parquet file: {why}")]
    Parquet {
        /// What is wrong, and what to do.
        why: String,
    },
    /// A header line of flow log text that cannot name columns.
    #[error("header on line {line}: field `{token}` stands there twice; each field can be named once")]
    Header {
        /// The line (from 1).
        line: u64,
        /// The field named twice, as it is written there.
        token: String,
    },
    /// A format of records without a header line, as the user gave it, that cannot name columns.
    #[error("the flow log format given names field `{token}` twice; each field can be named once")]
    Format {
        /// The field named twice, as it was given.
        token: String,
    },
    /// The reader handed in failed.
    #[error("reading the object: {0}")]
    Read(#[source] io::Error),
    /// Arrow refused a batch; this is a defect of ours.
    #[error("building a record batch: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
}

/// A reader of this crate passes a [`DecodeError`] through [`io::Read`] inside an [`io::Error`]; here it comes out.
impl From<io::Error> for DecodeError {
    fn from(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(Self::Read)
    }
}
