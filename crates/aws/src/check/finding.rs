//! What a look at an account found.

use serde::Serialize;

use super::client::CallError;

/// How a thing is, beside how it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// Not there.
    Missing,
    /// There, and not as it should be.
    Wrong,
    /// Not seen.
    Unknown,
}

impl State {
    /// The state in a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, such as `bucket acme-logs, public access`.
    pub thing: String,
    /// How it is.
    pub state: State,
    /// What is wrong, or why it is not known.
    pub detail: Option<String>,
    /// How to mend it.
    pub mend: Option<String>,
}

impl Finding {
    pub(super) fn ok(thing: impl Into<String>) -> Self {
        Self {
            thing: thing.into(),
            state: State::Ok,
            detail: None,
            mend: None,
        }
    }

    pub(super) fn missing(thing: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            state: State::Missing,
            mend: Some(mend.into()),
            ..Self::ok(thing)
        }
    }

    pub(super) fn wrong(thing: impl Into<String>, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            state: State::Wrong,
            detail: Some(detail.into()),
            mend: Some(mend.into()),
            ..Self::ok(thing)
        }
    }

    /// A thing for which `action` was needed and failed.
    pub(super) fn unknown(thing: impl Into<String>, action: &str, error: &CallError) -> Self {
        let (detail, mend) = if error.is_denied() {
            let mend = format!("ask somebody who may, or allow {action}, which reads only");
            (format!("no permission: action {action}"), Some(mend))
        } else {
            (format!("{action} failed: {error}"), None)
        };
        Self {
            state: State::Unknown,
            detail: Some(detail),
            mend,
            ..Self::ok(thing)
        }
    }
}
