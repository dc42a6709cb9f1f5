//! A VARIANT column as columns: what JSON can hold, kept so that one field is read without the others.
//!
//! Each path that leads to a plain value has a column of its own in the Delta table, whose name is the path as a statement
//! writes it:
//!
//! ```text
//!   record               TEXT     what fits none of the columns below, as JSON; mostly NULL
//!   record:bytes         BIGINT
//!   record:user.name     TEXT
//!   record:resources[]   TEXT     a list, as JSON
//! ```
//!
//! A value of another type than its path's column stays in the rest, as do names that no column can have, and paths
//! beyond [`MOST_PATHS`]. A JSON null is a NULL. Other engines see plain columns.

/// Paths of one VARIANT column that have columns of their own.
pub const MOST_PATHS: usize = 500;

/// The mark at the end of a column's name that says its text is a JSON list.
const LIST: &str = "[]";

/// The name of the column of `path` in the variant `column`.
///
/// ```
/// use flowtrail_lake::variant::{PathColumn, column_of};
///
/// let name = column_of("record", &["user", "name"], false).unwrap();
/// assert_eq!(name, "record:user.name");
/// assert_eq!(PathColumn::read("record", &name).unwrap().path, ["user", "name"]);
/// ```
pub fn column_of(column: &str, path: &[impl AsRef<str>], is_list: bool) -> Option<String> {
    let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    if path.is_empty() || !path.iter().all(|name| is_plain(name)) {
        return None;
    }
    let mark = if is_list { LIST } else { "" };
    Some(format!("{column}:{}{mark}", path.join(".")))
}

/// Whether a name can stand in a column's name: Delta takes none of ` ,;{}()=` and line ends, and dots part names here.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '$' | '@' | '/'))
}

/// A column of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathColumn {
    /// The names that lead to its values.
    pub path: Vec<String>,
    /// Whether its text is a JSON list.
    pub is_list: bool,
}

impl PathColumn {
    /// What the name of a column of the variant `column` says; `None` for a column of something else.
    pub fn read(column: &str, name: &str) -> Option<Self> {
        let path = name
            .strip_prefix(column)?
            .strip_prefix(':')
            .filter(|path| !path.is_empty())?;
        let (path, is_list) = match path.strip_suffix(LIST) {
            Some(path) => (path, true),
            None => (path, false),
        };
        Some(Self {
            path: path.split('.').map(str::to_owned).collect(),
            is_list,
        })
    }
}
