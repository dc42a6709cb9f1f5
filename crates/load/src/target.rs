//! A table that a user made, as what rows are loaded into.

use std::sync::Arc;

use flowtrail_lake::TableDefinition;
use flowtrail_lake::history::LoadsOf;

/// A table that rows are loaded into, and how its files are read.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name, as the history has it: `public.vpc_flow`.
    pub name: String,
    /// What the lake keeps of it: its declared columns.
    pub table: Arc<TableDefinition>,
    /// The one column that takes whole rows, where it is a VARIANT; otherwise a file's columns are the table's, by position.
    pub variant: Option<String>,
    /// How files are read.
    pub format: FileFormat,
    /// Whether objects are loaded again that were loaded before.
    pub force: bool,
}

/// How files are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Parquet.
    Parquet,
    /// JSON documents one after another.
    Json {
        /// Whether a document that is an array is a row for each of its elements.
        strip_outer_array: bool,
    },
    /// Lines of values with something between them.
    Csv(CsvFormat),
}

/// How lines of values are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFormat {
    /// What stands between values.
    pub delimiter: u8,
    /// Lines at the start that are no rows.
    pub skip_header: usize,
    /// What values may be enclosed in.
    pub quote: Option<u8>,
    /// Texts that are NULL.
    pub null_if: Vec<String>,
}

impl Target {
    /// The loads that count as loads into it.
    pub fn loads(&self) -> LoadsOf {
        LoadsOf::Table(self.table.folder.clone().into_owned())
    }
}
