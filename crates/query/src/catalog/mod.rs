//! Which tables does a statement see?
//!
//! Database `flowtrail` with the schemas `logs` and `system`, whose tables and views are built in, and `public`, which is
//! the user's own; and the databases and schemas that were defined. A table is opened when a statement names it and not
//! before, and a statement that names it twice, or by way of a view, sees it at one version.
//!
//! A bare name is looked for in the current schema, then in `flowtrail`'s `public`, `logs` and `system`; a name with a
//! schema in the current database, then in `flowtrail`.

mod names;
mod opened;
mod pipes;
mod provider;

pub use names::{Names, Relation};
pub use opened::{KnownSnapshots, OpenedTables};
