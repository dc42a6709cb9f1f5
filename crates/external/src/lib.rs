//! Rows of raw files where they lie, as Athena's external tables have them.
//!
//! ```text
//!   ExternalTable ──[table]── format, columns ──┐
//!                 ──[partition]── which places ─┤ what WHERE leaves of them
//!                          [listing]── objects ─┴──[scan]── text: fetched, read by its SerDe ──> rows
//!                                               └──[parquet]── the engine's own Parquet scan ──> rows
//! ```
//!
//! [`check`] looks at a definition when it is created; [`ExternalProvider`] is the table as the engine asks it;
//! [`partitions`] and [`find_partitions`] are what `SHOW PARTITIONS` and `MSCK REPAIR TABLE` need. [`crawl()`] looks at a
//! place and says which tables its objects could be.
//!
//! **Invariant:** it writes nothing, parses no statement, and keeps nothing of a file between statements.

mod access;
mod crawl;
mod error;
mod find;
mod format;
mod listing;
mod parquet;
mod partition;
mod provider;
mod reading;
mod scan;
mod table;
mod value;

use chrono::{DateTime, Utc};
use flowtrail_catalog::{ExternalTable, Partition};

pub use access::Access;
pub use crawl::{CRAWLED, Crawled, Found, Merged, Skipped, crawl, is_of as is_table_of, merge};
pub use error::ExternalError;
pub use find::find_partitions;
pub use provider::ExternalProvider;

use table::Table;

/// Checks a definition when it is created: its classes are known, its regular expression compiles and has a group for
/// each column, its projection is whole, and its location is a place.
///
/// # Errors
/// What is wrong, in the words of the statement.
///
/// ```
/// use flowtrail_catalog::{Column, ColumnType, ExternalTable, Properties};
///
/// let column = Column { name: "Line".into(), column_type: ColumnType::Text, comment: None };
/// let definition = ExternalTable {
///     columns: vec![column],
///     serde: Some("org.apache.hadoop.hive.serde2.RegexSerDe".into()),
///     serde_properties: Properties::from_iter([("input.regex", "(a)(b)")]),
///     location: "s3://logs/flows/".into(),
///     ..ExternalTable::default()
/// };
/// let error = flowtrail_external::check(&definition).unwrap_err();
/// assert_eq!(error.to_string(), "`input.regex` has 2 groups and the table 1 columns");
/// ```
pub fn check(definition: &ExternalTable) -> Result<(), ExternalError> {
    Table::of("", definition).map(drop)
}

/// The partitions of a table: those that were added, those that its projection has at `now`, or those that it finds, in
/// order.
///
/// # Errors
/// A column is `injected`, there are more than a million, the definition is wrong, or its place cannot be listed.
pub async fn partitions(
    definition: &ExternalTable,
    access: &Access,
    now: DateTime<Utc>,
) -> Result<Vec<Partition>, ExternalError> {
    let table = Table::of("", definition)?;
    partition::all(&table, definition, &access::Places::new(access, None), now).await
}

/// Whether a table finds its partitions by itself: `'flowtrail.partitions' = 'auto'`.
pub fn finds_partitions(definition: &ExternalTable) -> bool {
    definition.properties.get(partition::AUTO).is_some()
}
