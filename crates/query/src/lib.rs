//! Questions and answers: SQL over the lake's tables, and results in the formats people and programs read.
//!
//! ```text
//!   SQL text ──[statements]── one statement ──[catalog]── tables and views at one snapshot ──[optimizer]── plan
//!                                                                                                           │
//!   table, CSV, JSON, Parquet, XLSX ──[output]── record batches, figures ──[answer]─────────────────────────┘
//! ```
//!
//! [`Engine`] is the door: it takes a statement and gives an [`Answer`]. What it refuses, it refuses with a
//! [`QueryError`] in the user's words.
//!
//! **Invariant:** nothing here opens a port or writes to the lake.

mod accent;
mod aggregates;
mod alias;
mod answer;
mod blame;
mod catalog;
mod diagnosis;
mod engine;
mod error;
mod flatten;
mod functions;
mod headings;
mod hidden_path;
mod listing;
mod load_functions;
mod macros;
mod optimizer;
pub mod output;
mod parameters;
mod parse;
mod place;
mod planning;
mod refusal;
mod restriction;
mod scope;
mod settings;
pub mod statements;
mod table_call;
mod transformation;
mod unheeded;
mod unnest;
mod variant;
mod views;
mod vocabulary;
mod whole_row;

pub use accent::Accent;
pub use answer::{Answer, AnswerFigures, QueryFigures};
pub use catalog::{Names, Relation};
pub use diagnosis::similar;
pub use engine::{Engine, SetShare};
pub use error::QueryError;
pub use flowtrail_aggregate::{AnswerFolder, CacheLimits};
pub use listing::{ColumnDescription, Description, RelationColumns, TableKind, TableSummary};
pub use macros::check as check_function;
pub use parameters::{Marks, Parameters};
pub use place::Place;
pub use restriction::{Bucketing, FilterError, FilterLine, Granularity, Part, Parts, Period, Restricted, Restriction};
pub use scope::Scope;
pub use settings::{EngineSettings, Share};
pub use transformation::Transformation;
pub use vocabulary::Vocabulary;
