//! Telling the user what went wrong, in one line, and what to do about it.

use std::fmt;
use std::process::ExitCode;

use flowtrail_aws::{CheckError, SetupError};
use flowtrail_dashboard::StoreError;
use flowtrail_lake::LakeError;
use flowtrail_load::LoadError;
use flowtrail_query::QueryError;
use flowtrail_query::output::OutputError;
use flowtrail_sample::SampleError;
use flowtrail_serve::ServeError;
use flowtrail_session::SessionError;
use flowtrail_source::SourceError;
use serde_json::json;

use crate::prompt::PromptError;
use crate::stdout;

/// What ends a command early.
#[derive(Debug)]
pub struct Failure {
    message: String,
    hint: Option<String>,
    /// The reader of our output went away, as `head` does; nothing is wrong.
    is_broken_pipe: bool,
}

impl Failure {
    /// A failure of the command line itself.
    pub fn new(message: impl Into<String>, hint: Option<&str>) -> Self {
        Self {
            message: message.into(),
            hint: hint.map(str::to_owned),
            is_broken_pipe: false,
        }
    }

    fn of(error: &impl fmt::Display, hint: Option<String>) -> Self {
        Self {
            message: error.to_string(),
            hint,
            is_broken_pipe: false,
        }
    }
}

/// Prints a failure, and gives the exit status that stands for it.
pub fn tell(failure: &Failure, json: bool) -> ExitCode {
    if failure.is_broken_pipe {
        return ExitCode::SUCCESS;
    }
    if json {
        // The exit status tells the failure, whoever reads this.
        let _ = stdout::print_line(json!({"error": failure.message, "hint": failure.hint}));
        return ExitCode::FAILURE;
    }
    eprintln!("error: {}", failure.message);
    if let Some(hint) = &failure.hint {
        eprintln!("  hint: {hint}");
    }
    ExitCode::FAILURE
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Self::of(&error, error.hint())
    }
}

impl From<LakeError> for Failure {
    fn from(error: LakeError) -> Self {
        Self::of(&error, error.hint())
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::of(&error, error.hint())
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        Self::of(
            &error,
            Some("--listen names another address, such as 127.0.0.1:0".to_owned()),
        )
    }
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        Self::of(&error, Some(error.hint().to_owned()))
    }
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        Self::of(&error, Some(error.hint().to_owned()))
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        Self::of(&error, error.hint())
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        Self::of(&error, error.hint())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::of(&error, error.hint())
    }
}

impl From<OutputError> for Failure {
    fn from(error: OutputError) -> Self {
        let is_broken_pipe = error.is_broken_pipe();
        Self {
            is_broken_pipe,
            ..Self::of(&error, None)
        }
    }
}

impl From<SampleError> for Failure {
    fn from(error: SampleError) -> Self {
        Self::of(&error, None)
    }
}

impl From<PromptError> for Failure {
    fn from(error: PromptError) -> Self {
        Self::of(&error, None)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        let is_broken_pipe = error.kind() == std::io::ErrorKind::BrokenPipe;
        Self {
            is_broken_pipe,
            ..Self::of(&error, None)
        }
    }
}
