//! The decoders through the crate's one door, `open`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod damage;
mod envelope;
mod field_order;
mod flow_parquet;
mod flow_samples;
mod flow_text;
mod golden;
mod object;
mod parquet_promises;
