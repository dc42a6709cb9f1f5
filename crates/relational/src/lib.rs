//! Nested rows of one table as flat rows of others: what AWS Glue calls *relationalize*.
//!
//! ```text
//!   source ──[new_rows]── rows the target has not ──[flatten]── columns by path ──[stage]── one batch, committed once
//!                                                       └────── lists: a table each, joined by `id`
//! ```
//!
//! A field of a record, and of a JSON object in a text column, is a column named by its path, in small letters:
//! `useridentity.type`, `requestparameters.bucketname`. The elements of a list are rows of a table of their own, whose
//! `id` is what stands in the column of the list, as in Glue. [`column`] has the rules for values of several types,
//! [`Relationalize::run`] the story of a run.
//!
//! **Invariant:** it parses no SQL, and what it adds is a batch of the protocol that loads have.

mod column;
mod error;
mod flatten;
mod new_rows;
mod relationalize;
mod rows;
mod tables;

pub use error::RelationalError;
pub use relationalize::{Flattened, FlattenedTable, Relationalize};
pub use tables::DEFAULT_MOST_COLUMNS;
