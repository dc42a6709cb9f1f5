//! An object as a listing names it.

use chrono::{DateTime, Utc};

use crate::key::KeyFacts;

/// One object of a [`Source`](crate::Source). The URI and the etag together say which content is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// `s3://bucket/key` with the key as it is, `file:///…` percent-encoded, or `stdin:`.
    pub uri: String,
    /// Size in bytes; 0 for standard input, whose size nobody knows before it is read.
    pub size_bytes: u64,
    /// S3's `ETag` without quotes; for a file `<inode>-<mtime in ns>-<size>` in hexadecimal; empty for standard input.
    pub etag: String,
    /// When the content was last written.
    pub last_modified: DateTime<Utc>,
    /// What the key tells.
    pub key: KeyFacts,
}
