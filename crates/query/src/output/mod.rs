//! How does an answer reach a person, a spreadsheet or another program?
//!
//! [`write_stream`] takes the record batches of a query as they come and writes them as a table for people, CSV,
//! JSON, NDJSON, Parquet or XLSX, to a writer or to a file. Nothing but the table holds rows back, and the table
//! only its first ten thousand, so the size of an answer does not matter to memory.
//!
//! A file is written beside its final name (`answer.csv.partial`), synced, and renamed at the end: who finds
//! `answer.csv` finds all of it. When the query fails, the writing fails or the caller gives up, the partial file
//! is removed.

mod bar;
mod cell;
mod conversion;
mod csv;
mod documents;
mod encoder;
mod error;
mod fit;
mod grid;
mod json;
mod options;
mod outlet;
mod parquet;
mod printable;
mod row_arrays;
mod serial;
mod stream;
mod table;
mod xlsx;

#[cfg(test)]
mod tests;

pub use bar::{Measure, bar_table, readable_bytes, readable_count};
pub use encoder::{Compression, Encoded, Encoder};
pub use error::{OutputError, UnknownFormat};
pub use options::{CsvForm, OutputFormat, OutputOptions};
pub use outlet::Destination;
pub use row_arrays::RowArrays;
pub use stream::{Written, write_stream};
