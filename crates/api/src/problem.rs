//! What went wrong, as RFC 9457 has it, in the words of the command line.

use std::ops::Deref;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use flowtrail_catalog::CatalogError;
use flowtrail_dashboard::Mistakes;
use flowtrail_query::output::OutputError;
use flowtrail_query::{FilterError, Place, QueryError};
use flowtrail_session::SessionError;
use serde::Serialize;

/// A problem.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Problem(Box<ProblemDocument>);

/// An `application/problem+json` document.
#[derive(Clone, Debug, Serialize)]
pub struct ProblemDocument {
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status of the answer it is in, or would have been.
    pub status: u16,
    /// One line.
    pub title: String,
    /// The words of the command line, with the line and its caret where there is one.
    pub detail: String,
    /// What can be done about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Where in the text it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<ProblemPlace>,
    /// All that is wrong with a definition, each where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mistakes: Option<Mistakes>,
    /// The text that the place is in, where it is not the statement.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub within: Option<&'static str>,
}

/// A line and a character in it, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ProblemPlace {
    line: usize,
    column: usize,
}

impl Deref for Problem {
    type Target = ProblemDocument;

    fn deref(&self) -> &ProblemDocument {
        &self.0
    }
}

impl Problem {
    /// A problem that is said in one line.
    pub fn new(status: StatusCode, message: impl Into<String>, hint: Option<&str>) -> Self {
        let message = message.into();
        Self(Box::new(ProblemDocument {
            kind: "about:blank",
            status: status.as_u16(),
            title: message.lines().next().unwrap_or_default().to_owned(),
            detail: message,
            hint: hint.map(str::to_owned),
            place: None,
            mistakes: None,
            within: None,
        }))
    }

    fn of(error: &impl ToString, hint: Option<String>) -> Self {
        let mut problem = Self::new(StatusCode::BAD_REQUEST, error.to_string(), None);
        problem.0.hint = hint;
        problem
    }

    /// The place is told by itself, so the title goes without it.
    fn at(mut self, place: Option<&Place>) -> Self {
        let Some(place) = place else { return self };
        let before = format!("column {}: ", place.column);
        if let Some((_, title)) = self.0.title.split_once(&before) {
            let title = title.to_owned();
            self.0.title = title;
        }
        self.0.place = Some(ProblemPlace {
            line: place.line,
            column: place.column,
        });
        self
    }

    pub(crate) fn with_mistakes(mut self, mistakes: Mistakes) -> Self {
        self.0.mistakes = Some(mistakes);
        self
    }

    /// What a statement of a text failed with; its place is in the whole text.
    pub fn of_statement(error: SessionError, whole: &str, offset: usize) -> Self {
        match error {
            SessionError::Query(QueryError::Filter(error)) => Self::from(*error),
            SessionError::Query(error) => Self::from(error.within(whole, offset)),
            other => Self::from(other),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        Self::of(&error, error.hint()).at(error.place())
    }
}

impl From<SessionError> for Problem {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Query(error) => Self::from(error),
            other => Self::of(&other, other.hint()),
        }
    }
}

impl From<FilterError> for Problem {
    fn from(error: FilterError) -> Self {
        let mut problem = Self::of(&error, None).at(error.place.as_ref());
        problem.0.within = Some("filter");
        problem
    }
}

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        Self::of(&error, error.hint())
    }
}

impl From<OutputError> for Problem {
    fn from(error: OutputError) -> Self {
        Self::of(&error, None)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        // Texts and numbers are always JSON.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let problem = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(CONTENT_TYPE, problem);
        response
    }
}
