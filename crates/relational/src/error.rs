//! Why rows were not made flat.

use arrow::error::ArrowError;
use flowtrail_catalog::CatalogError;
use flowtrail_lake::LakeError;

/// Why rows were not made flat. Nothing was added then, unless the last step had been reached; then the next run ends it.
#[derive(Debug, thiserror::Error)]
pub enum RelationalError {
    /// The lake's storage failed.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A definition cannot be made or read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Rows cannot be put together; this is a defect of ours.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// The target is there, and is something else.
    #[error("`{target}` is there already, and is no table that RELATIONALIZE made of this `{source_table}`")]
    Taken {
        /// The target.
        target: String,
        /// What was to be made flat.
        source_table: String,
    },
    /// New rows of an object cannot be told from those that are there.
    #[error("object {object} came again with other content, and nothing tells its new rows from the earlier ones")]
    Ambiguous {
        /// Its URI.
        object: String,
    },
    /// A column has a name that is needed here.
    #[error("`{source_table}` has a column `{column}`, a name that is needed in the target")]
    Reserved {
        /// What was to be made flat.
        source_table: String,
        /// The column.
        column: String,
    },
    /// More lists than there are numbers for in one run.
    #[error("more than {} lists in one run", u32::MAX)]
    TooManyLists,
}

impl RelationalError {
    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Lake(LakeError::Forgotten { .. } | LakeError::Vacuumed { .. }) | Self::Ambiguous { .. } => {
                Some("drop the target and run it again: all rows are then made flat anew".into())
            }
            Self::Lake(error) => error.hint(),
            Self::Catalog(error) => error.hint(),
            Self::Arrow(_) => None,
            Self::Taken { .. } => Some("name another target, or drop that table if it may go".into()),
            Self::Reserved { .. } => Some("CREATE TABLE … AS SELECT … gives it another name".into()),
            Self::TooManyLists => Some("run it more often, so that there is less to do each time".into()),
        }
    }
}
