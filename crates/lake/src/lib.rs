//! The tables: Delta Lake tables of logs, their load history and quarantine, and the scan over them.
//!
//! ```text
//!   record batches ──[stage]── sorted Parquet files ──[commit]── Delta log ──[snapshot]── files, statistics ──[scan]── plan
//!                                      ▲                                        │
//!                                      └────────────── compact ─────────────────┘   retain, vacuum
//! ```
//!
//! What makes a load happen exactly once is in [`intent`]; what a table looks like is in [`definition`].
//!
//! **Invariant:** outside [`definition`] nothing here knows what a VPC is.

mod added;
mod column;
pub mod compact;
mod cores;
pub mod definition;
pub mod durable;
mod encode;
mod error;
pub mod failpoint;
pub mod flag;
pub mod history;
pub mod intent;
mod lake;
mod merge;
pub mod retain;
pub mod rows;
pub mod scan;
mod snapshot;
pub mod stage;
mod statistics;
mod table;
pub mod vacuum;
pub mod variant;

pub use added::{AddedFile, added_since};
pub use column::{columns_from_json, columns_to_json, stored_type};
pub use cores::{Panicked, on_core};
pub use definition::TableDefinition;
pub use error::LakeError;
pub use lake::Lake;
pub use snapshot::{DataFile, Snapshot};
pub use table::{Change, Table, Transaction};
