//! Why a definition cannot be had.

use flowtrail_lake::LakeError;

use crate::{Kind, ObjectName};

/// Why the catalog could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// Something of that name is there already.
    #[error("{noun} `{name}` exists already")]
    Exists {
        /// What is there: `view`.
        noun: &'static str,
        /// Its name.
        name: ObjectName,
    },
    /// There is nothing of that name.
    #[error("no {kind} `{name}`")]
    Missing {
        /// What was looked for.
        kind: Kind,
        /// Its name.
        name: ObjectName,
    },
    /// Somebody else changed the definition while it was being changed here.
    #[error("{kind} `{name}` was changed by somebody else meanwhile; nothing was done")]
    Overtaken {
        /// What was to be changed.
        kind: Kind,
        /// Its name.
        name: ObjectName,
    },
    /// A name that cannot be a file's.
    #[error("the name `{name}` is too long: {bytes} bytes where {most} fit")]
    NameTooLong {
        /// The name.
        name: ObjectName,
        /// Its length as a file's name.
        bytes: usize,
        /// What fits.
        most: usize,
    },
    /// A stored definition cannot be read.
    #[error("the definition in `{path}` cannot be read: {why}")]
    Damaged {
        /// Its path in the lake.
        path: String,
        /// What was found.
        why: String,
    },
    /// The lake's storage failed.
    #[error(transparent)]
    Lake(#[from] Box<LakeError>),
}

impl CatalogError {
    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Exists { .. } => Some("`CREATE OR REPLACE` replaces it, `IF NOT EXISTS` leaves it".into()),
            Self::Overtaken { .. } => Some("run the statement again".into()),
            Self::Damaged { .. } => Some("a newer version of Flowtrail may have written it".into()),
            Self::Lake(error) => error.hint(),
            Self::Missing { .. } | Self::NameTooLong { .. } => None,
        }
    }
}

impl From<object_store::Error> for CatalogError {
    fn from(error: object_store::Error) -> Self {
        Self::Lake(Box::new(error.into()))
    }
}
