//! Columns to Parquet column chunks, on codes instead of values.
//!
//! The rows of a load come with their text as codes into dictionaries. Parquet keeps text the same way, so a chunk is
//! made by counting, renumbering and packing codes; no value is looked at more than once a row group:
//!
//! ```text
//!   codes of a row group ──[count]── distinct values, frequent ones first ──[renumber]── pages of packed codes
//!                                             └── dictionary page, statistics, bloom filter
//! ```
//!
//! Numbers are written as a dictionary, as differences or plainly, whichever is smallest on the first page. Everything
//! here is Parquet that readers knew ten years ago, except differences (`DELTA_BINARY_PACKED`), which Athena, Spark,
//! DuckDB and ClickHouse read.
//!
//! Source: "Encodings" and "File Format" of the Apache Parquet documentation.

mod chunk;
mod coded;
mod delta;
mod dictionary;
mod number;
mod packed;
#[cfg(test)]
mod tests;

pub(crate) use chunk::{Chunk, ChunkSettings};
pub(crate) use coded::{CodedColumn, NULL, Records};
pub(crate) use number::{NumberColumn, Numbers};

/// Rows of a page: few enough to skip what a question does not touch, many enough for the compressor.
pub(crate) const PAGE_ROWS: usize = 64 * 1024;
/// Rows of the last page: files are sorted by time, and the newest rows are what is looked at most.
const LAST_PAGE_ROWS: usize = 4 * 1024;
