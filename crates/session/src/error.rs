//! Why a statement was not done.

use flowtrail_catalog::CatalogError;
use flowtrail_lake::LakeError;
use flowtrail_query::QueryError;
use flowtrail_query::output::OutputError;
use flowtrail_source::SourceError;

/// Why a statement was not done.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// It cannot be read, or the question it asks has no answer.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A definition cannot be made or read.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// A place cannot be reached.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Raw files cannot be read as a table says.
    #[error(transparent)]
    External(#[from] flowtrail_external::ExternalError),
    /// A load ended early.
    #[error(transparent)]
    Load(#[from] flowtrail_load::LoadError),
    /// Rows were not made flat.
    #[error(transparent)]
    Relational(#[from] flowtrail_relational::RelationalError),
    /// Rows cannot be written as files.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The lake's storage failed.
    #[error(transparent)]
    Lake(#[from] Box<LakeError>),
    /// It makes no sense as things are.
    #[error("{message}")]
    Refused {
        /// Why.
        message: String,
        /// What the user can do about it.
        hint: Option<String>,
    },
}

impl SessionError {
    /// A statement that makes no sense as things are.
    pub fn refused(message: impl Into<String>, hint: Option<&str>) -> Self {
        Self::Refused {
            message: message.into(),
            hint: hint.map(str::to_owned),
        }
    }

    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Query(error) => error.hint(),
            Self::Catalog(error) => error.hint(),
            Self::Source(error) => error.hint(),
            Self::External(error) => error.hint(),
            Self::Load(error) => error.hint(),
            Self::Relational(error) => error.hint(),
            Self::Output(OutputError::Misread { .. }) => Some(
                "CSV with values enclosed (FIELD_OPTIONALLY_ENCLOSED_BY = '\"', or Athena's format = 'CSV'), another \
                 delimiter, JSON or Parquet hold any text"
                    .to_owned(),
            ),
            Self::Output(_) => None,
            Self::Lake(error) => error.hint(),
            Self::Refused { hint, .. } => hint.clone(),
        }
    }
}
