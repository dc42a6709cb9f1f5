//! Why a load ended early.

use flowtrail_lake::LakeError;
use flowtrail_source::SourceError;

/// Why a load ended early. What was committed before stays; the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A source cannot be listed or read at all.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A record could not be read, and the load was told to end then.
    #[error("{uri}: {place}: {reason}")]
    Aborted {
        /// The object.
        uri: String,
        /// `line 12`, or the object as a whole.
        place: String,
        /// Why.
        reason: String,
    },
    /// A background task ended early; this is a defect of ours.
    #[error("a task of the load ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// Work on a core ended early; this is a defect of ours.
    #[error("work of the load ended early: {0}")]
    Work(#[from] flowtrail_lake::Panicked),
}

impl LoadError {
    /// What the user can do about it, where something can be said.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Source(error) => error.hint(),
            Self::Lake(error) => error.hint(),
            Self::Aborted { .. } => Some(
                "mend or remove the object, or load with --on-error continue to quarantine what cannot be read".into(),
            ),
            Self::Task(_) | Self::Work(_) => None,
        }
    }
}
