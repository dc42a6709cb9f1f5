//! How columns are named, and which values stand in them.
//!
//! A column takes the type of the first value that comes for its path. Values of another type go to a column beside it,
//! named as Glue's `ResolveChoice` does: `requestparameters.limit_string` beside a numeric `requestparameters.limit`. So
//! that a name says one thing only, the values of a path that itself ends like that always stand in such a column:
//! texts of `value_string` in `value_string_string`. What no column can be named after finds none.

use arrow::datatypes::DataType;

/// What JSON has besides objects, as columns have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    Text,
    Whole,
    Number,
    Truth,
    /// A list's `id` in the table of its elements.
    List,
}

impl ValueType {
    pub const ALL: [Self; 5] = [Self::Text, Self::Whole, Self::Number, Self::Truth, Self::List];

    /// What the name of a column ends with that stands beside one of another type.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Text => "_string",
            Self::Whole => "_bigint",
            Self::Number => "_double",
            Self::Truth => "_boolean",
            Self::List => "_list",
        }
    }

    pub const fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Whole | Self::List => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Truth => DataType::Boolean,
        }
    }

    /// The type of a column that is stored so; lists cannot be told from whole numbers.
    pub fn of(stored: &DataType) -> Option<Self> {
        match stored {
            stored if stored.is_string() => Some(Self::Text),
            DataType::Int64 => Some(Self::Whole),
            DataType::Float64 => Some(Self::Number),
            DataType::Boolean => Some(Self::Truth),
            _ => None,
        }
    }

    /// Whether a column of this type takes a value of another one as it is.
    pub fn takes(self, value: Self, is_exact: bool) -> bool {
        self == value || (self == Self::Number && value == Self::Whole && is_exact)
    }
}

/// The longest name of a column.
const MOST_NAME_BYTES: usize = 512;

/// Whether a path can be the name of a column: Delta takes none of ` ,;{}()=` and control characters.
pub fn can_be_named(path: &str) -> bool {
    let is_taken =
        |letter: char| !letter.is_control() && !matches!(letter, ' ' | ',' | ';' | '{' | '}' | '(' | ')' | '=');
    path.len() <= MOST_NAME_BYTES && path.chars().all(is_taken)
}

/// Whether a path ends as the name of a column does that stands beside another.
pub fn ends_as_beside(path: &str) -> bool {
    ValueType::ALL.iter().any(|value| path.ends_with(value.suffix()))
}
