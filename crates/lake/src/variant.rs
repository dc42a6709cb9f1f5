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
//!   record:bytes~        TEXT     values of that path that are no BIGINT, as JSON; there where some row has one
//! ```
//!
//! Names that no column can have stay in the rest, as do paths beyond [`MOST_PATHS`]; a path that has a column has no
//! value there. A JSON null is a NULL. Other engines see plain columns.

/// Paths of one VARIANT column that have columns of their own.
pub const MOST_PATHS: usize = 500;

/// How the values of a path's column are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    Plain,
    /// Lists, as JSON.
    List,
    /// Values of other types than the plain column's, as JSON.
    Other,
}

impl Form {
    /// What the name of such a column ends with.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::List => "[]",
            Self::Other => "~",
        }
    }
}

/// The name of the column of `path` in the variant `column`.
///
/// ```
/// use flowtrail_lake::variant::{Form, PathColumn, column_of};
///
/// let name = column_of("record", &["user", "name"], Form::Plain).unwrap();
/// assert_eq!(name, "record:user.name");
/// assert_eq!(PathColumn::read("record", &name).unwrap().path, ["user", "name"]);
/// ```
pub fn column_of(column: &str, path: &[impl AsRef<str>], form: Form) -> Option<String> {
    let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    if path.is_empty() || !path.iter().all(|name| is_plain(name)) {
        return None;
    }
    Some(format!("{column}:{}{}", path.join("."), form.mark()))
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
    /// How they are kept.
    pub form: Form,
}

impl PathColumn {
    /// What the name of a column of the variant `column` says; `None` for a column of something else.
    pub fn read(column: &str, name: &str) -> Option<Self> {
        let path = name
            .strip_prefix(column)?
            .strip_prefix(':')
            .filter(|path| !path.is_empty())?;
        let mut marked = [Form::List, Form::Other].into_iter();
        let marked = marked.find_map(|form| Some((path.strip_suffix(form.mark())?, form)));
        let (path, form) = marked.unwrap_or((path, Form::Plain));
        Some(Self {
            path: path.split('.').map(str::to_owned).collect(),
            form,
        })
    }
}
