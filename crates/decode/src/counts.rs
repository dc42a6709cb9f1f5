//! What became of an object's records.

use std::ops::AddAssign;

/// Counts of one object (or part of one) for one kind: `lines = rows + rejected + headers` always holds here, and
/// the loader, which sees events delivered twice, moves some of `rows` to duplicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines of text that are not blank, rows of a Parquet file, log events of an envelope, or events of a document.
    pub lines: u64,
    /// Records decoded, NODATA and SKIPDATA included.
    pub rows: u64,
    /// Header lines.
    pub headers: u64,
    /// Records that could not be read.
    pub rejected: u64,
    /// Rows whose log status is NODATA.
    pub nodata: u64,
    /// Rows whose log status is SKIPDATA.
    pub skipdata: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        self.rows += other.rows;
        self.headers += other.headers;
        self.rejected += other.rejected;
        self.nodata += other.nodata;
        self.skipdata += other.skipdata;
    }
}
