//! Dashboards: tiles of SQL and charts, written as YAML, so that they live in git as well as in the lake.
//!
//! ```text
//!   YAML ──[yaml]──┐                                 ┌──[write]── YAML, as people write it
//!                  ├── tree with places ──[read]── Dashboard
//!   JSON ──[json]──┘        └── all mistakes, each where it is
//! ```
//!
//! [`Dashboard`] is what is defined, [`built_in`] has those that come with the program, [`Dashboards`] all that a lake
//! has. A text is read as a tree first and looked at to its end, whatever is wrong with it: whoever wrote it is told of
//! every mistake at once.
//!
//! **Invariant:** it runs no statement and knows no column; nothing but [`Dashboards`] and [`Links`] knows the catalog.

mod built_in;
mod choice;
mod dashboard;
mod json;
mod links;
mod mistake;
mod node;
mod read;
mod stored;
mod write;
mod yaml;

pub use built_in::{BuiltIn, built_in};
pub use choice::{Accent, Chart, Compare, Direction, Order, Range, Unit};
pub use dashboard::{Area, Dashboard, GRID_COLUMNS, Needs, Text, Tile};
pub use links::{LinkError, LinkSummary, Links, NewLink};
pub use mistake::{Mistake, Mistakes, Place};
pub use read::{LONGEST_NAME, LONGEST_TITLE, MOST_BYTES, MOST_TILES, is_name};
pub use stored::{BUILT_IN_VERSION, Dashboards, Expected, StoreError, Stored, Summary};
