//! Grouping and summing Parquet files on their dictionary codes.
//!
//! Most columns of a log have few distinct values, and Parquet stores such a column as a dictionary and a code a row. A
//! `GROUP BY srcaddr` then needs one addition a row, at a place the code tells, and one hash for each distinct address of
//! a row group; conditions and expressions of one column are worked out once a distinct value.
//!
//! [`AggregateOnCodes`] is the rule that finds such statements in a plan, and [`AggregateOnCodesExec`] the operator it
//! puts there. The engine's own plan stays below it, for files of forms that are not known here and for answers too large
//! for memory. So what this crate does not know stays right, only slower.
//!
//! **Invariant:** nothing here knows a table of ours, or writes a byte but in the folder it is given for answers; whatever
//! it is asked, the answer is the one the engine's own plan would give.
//!
//! Two things are kept between statements: columns as they were decoded (`cache`), and the groups of files that a
//! statement needed as a whole (`kept`), so that a question asked again costs what is new. The latter are kept for
//! processes to come too (`shelf`, as the bytes that `stored` tells of).
//!
//! The way of a row group: `work` asks for it, `files` reads it, `chunk` decodes its columns, `row_group` filters (`filter`), groups (`keys`,
//! `local`), sums (`totals`) and counts distinct values (`sketch`), and `answer` puts the groups of all row groups together
//! (`interner`, `table`, `groups`, `estimate`).

mod answer;
mod cache;
mod chunk;
mod column;
mod estimate;
mod expression;
mod files;
mod filter;
mod groups;
mod interner;
mod kept;
mod keys;
mod local;
mod numbers;
mod operator;
mod order;
mod partial;
mod question;
mod row_group;
mod rowwise;
mod rule;
mod shelf;
mod sketch;
mod spread;
mod stored;
mod table;
mod totals;
mod work;

pub use operator::AggregateOnCodesExec;
pub use rule::{AggregateOnCodes, AnswerFolder, CacheLimits};
