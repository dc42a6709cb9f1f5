//! Bytes to Arrow record batches: one module a format, one schema a log kind.
//!
//! ```text
//!   object's bytes ──[inflate]── text ──[sniff]──┬── flow_text ──┐
//!                                                ├── envelope ───┤
//!                                                ├── cloudtrail ─┼──> Decoded { kind, batch, rejects, counts }
//!                     Parquet file ──────────────┴── flow_parquet┘
//! ```
//!
//! A bad record never fails its object: it becomes a [`Reject`] with its place and reason, and the rest goes on.
//! Only damage to the object as a whole (a truncated gzip member, half a Parquet file) is a [`DecodeError`].
//!
//! **Invariant:** this crate does no I/O of its own. It reads from what it is handed and knows no bucket, no table
//! and no query engine.

mod cloudtrail;
mod cloudtrail_columns;
mod cloudtrail_fields;
mod counts;
mod decoder;
mod envelope;
mod error;
mod event_digest;
mod event_time;
mod flow_fields;
mod flow_layout;
mod flow_lines;
mod flow_parquet;
mod flow_records;
mod flow_rows;
mod flow_text;
mod inflate;
pub mod json;
mod json_split;
mod json_tape;
mod json_text;
mod json_window;
mod kind;
mod lines;
mod look;
mod number;
mod number_column;
mod other_fields;
mod parquet_description;
mod parquet_file;
mod parquet_lengths;
mod parquet_pages;
mod parquet_rows;
mod reject;
mod sniff;
mod text_column;
mod thrift;
mod whole_gzip;

pub use counts::Counts;
pub use decoder::{BATCH_ROWS, Decoded, Decoder, Hint, Input, Opened, json_columns, open, schema};
pub use error::DecodeError;
pub use inflate::{Limits, TextReader, text_of};
pub use kind::LogKind;
pub use lines::{Line, Lines, lines_of};
pub use look::{FlowTextFields, Looked, look};
pub use parquet_file::{ParquetBatches, ParquetFile};
pub use reject::Reject;
