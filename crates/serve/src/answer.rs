//! What Firehose is answered: JSON in every case, or it takes the answer for none.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::refusal::Refusal;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    request_id: &'a str,
    /// Milliseconds since 1970. Nothing here depends on it, so a clock that jumps harms nothing.
    timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
}

/// The answer to a delivery that is durable.
pub(crate) fn taken(request_id: &str) -> Response<Body> {
    answer(StatusCode::OK, request_id, None)
}

/// The answer to one that is not taken.
pub(crate) fn refused(request_id: &str, refusal: &Refusal) -> Response<Body> {
    let mut response = answer(refusal.status(), request_id, Some(&refusal.message()));
    if let Some(retry_after_s) = refusal.retry_after_s() {
        response.headers_mut().insert(RETRY_AFTER, retry_after_s.into());
    }
    response
}

/// An answer as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    // Texts and numbers are always JSON.
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn answer(status: StatusCode, request_id: &str, error_message: Option<&str>) -> Response<Body> {
    let answer = Answer {
        request_id,
        timestamp: chrono::Utc::now().timestamp_millis(),
        error_message,
    };
    json(status, &answer)
}
