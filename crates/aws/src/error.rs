//! What can be wrong with the choices for a setup.

/// Why nothing can be set up with these choices.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SetupError {
    /// A choice's value cannot be used.
    #[error("{choice} `{value}` {reason}")]
    Invalid {
        /// What was chosen, such as `bucket`.
        choice: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it.
        reason: String,
        /// What to do.
        hint: String,
    },
    /// A choice that is needed is not there.
    #[error("{choice} is missing: {reason}")]
    Missing {
        /// What should be chosen, such as `account`.
        choice: &'static str,
        /// What needs it.
        reason: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Two choices do not go together.
    #[error("{reason}")]
    Conflict {
        /// Which, and why.
        reason: &'static str,
        /// What to do.
        hint: &'static str,
    },
}

impl SetupError {
    /// What to do about it.
    pub fn hint(&self) -> &str {
        match self {
            Self::Invalid { hint, .. } => hint,
            Self::Missing { hint, .. } | Self::Conflict { hint, .. } => hint,
        }
    }
}
