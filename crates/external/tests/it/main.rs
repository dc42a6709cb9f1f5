//! Tables over temporary folders, asked through the engine.
#![allow(clippy::unwrap_used, missing_docs)]

mod auto;
mod bucket;
mod desk;
mod parquet;
mod partitions;
mod projection;
mod rows;
mod serdes;
