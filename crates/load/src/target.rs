//! A table that a user made, as what rows are loaded into.

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
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
    /// The columns that rows go into, of those the table declares; others are NULL.
    pub columns: SchemaRef,
    /// Whether a file's columns go where their names say; `None` is as the format has it: Parquet's in any case, lines by
    /// position.
    pub names: Option<NameMatch>,
    /// What makes the rows of what is in a file, where they are not the same.
    pub transform: Option<Arc<dyn Transform>>,
    /// How files are read.
    pub format: FileFormat,
    /// Whether objects are loaded again that were loaded before.
    pub force: bool,
}

/// When a name in a file is a column's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameMatch {
    /// When it is the same.
    CaseSensitive,
    /// When it is the same but for the case of its letters.
    CaseInsensitive,
}

impl NameMatch {
    /// Whether `name`, in a file, is that of `column`.
    pub fn is_same(self, name: &str, column: &str) -> bool {
        match self {
            Self::CaseSensitive => name == column,
            Self::CaseInsensitive => name.eq_ignore_ascii_case(column),
        }
    }
}

/// What makes a table's rows of what is in a file.
pub trait Transform: fmt::Debug + Send + Sync {
    /// How many of a file's columns it asks for: `$1` to `$width`.
    fn width(&self) -> usize;

    /// The rows, in the order of those given, as columns for the target's by position. `staged` has the columns of
    /// [`staged_columns`].
    fn apply(&self, staged: &RecordBatch) -> Result<RecordBatch, String>;
}

/// What is known of a row of a file: its values as text (`$1`, `$2`, …; a whole row of Parquet or JSON is `$1`), and
/// where it stands.
///
/// ```
/// let columns = flowtrail_load::staged_columns(2);
/// assert_eq!(columns.field(1).name(), "$2");
/// assert_eq!(columns.field(2).name(), "metadata$filename");
/// ```
pub fn staged_columns(width: usize) -> SchemaRef {
    let values = (1..=width).map(|number| Field::new(format!("${number}"), DataType::Utf8, true));
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let place = [
        Field::new("metadata$filename", DataType::Utf8, false),
        Field::new("metadata$file_row_number", DataType::Int64, false),
        Field::new("metadata$file_content_key", DataType::Utf8, false),
        Field::new("metadata$file_last_modified", time, false),
    ];
    Arc::new(Schema::new(values.chain(place).collect::<Vec<_>>()))
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
    /// Whether the next line has the names of the columns.
    pub parse_header: bool,
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
