//! A batch from objects to a commit, in parallel, exactly once.
//!
//! ```text
//!   list ──> plan (what the history lacks) ──> claim a batch ──> read objects ──> stage files ──> decide ──> commit
//!               ▲                                                  on all cores    sorted, by day               │
//!               └──────────────────────────────── next batch ◀─────────────────────────────────────────────────┘
//! ```
//!
//! [`Loader::run`] is that story. What makes each step safe to die in is told in [`flowtrail_lake::intent`].
//!
//! **Invariant:** this is the only crate that knows source, decode and lake at once; it parses no SQL.

mod batch;
mod buffer;
mod copy;
mod duplicates;
mod error;
mod loader;
mod object;
mod options;
mod owner;
mod plan;
mod progress;
mod refuse;
mod settle;
mod shred;
mod step;
mod summary;
mod target;

pub use copy::{Validated, validate};
pub use error::LoadError;
pub use loader::Loader;
pub use options::{LoadOptions, OnError};
pub use progress::{Progress, Silent, Stop};
pub use refuse::refuse;
pub use shred::{GrowingColumn, fields_of, is_exact, json_of};
pub use step::Step;
pub use summary::{CopiedObject, LoadSummary, Problem, SkippedObject, TableSummary};
pub use target::{CsvFormat, FileFormat, NameMatch, Target, Transform, staged_columns};
