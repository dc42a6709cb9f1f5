//! Dashboards over HTTP: listed, read, changed by whoever saw the version that is there.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use bytes::Bytes;
use flowtrail_dashboard::{Dashboard, Dashboards, Expected, StoreError, Stored};
use serde_json::json;

use crate::answer::json_answer;
use crate::{Api, Problem};

const YAML: &str = "application/yaml";

/// `GET /dashboards`
pub async fn list(State(api): State<Api>) -> Result<Response<Body>, Problem> {
    let list = dashboards(&api).list().await?;
    let list: Vec<_> = list
        .iter()
        .map(|summary| {
            json!({
                "name": summary.name,
                "title": summary.title,
                "tile_count": summary.tile_count,
                "version": summary.version,
                "is_built_in": summary.is_built_in,
                "mistakes": summary.mistakes,
            })
        })
        .collect();
    Ok(json_answer(&list))
}

/// `GET /dashboards/{name}`
pub async fn get(
    State(api): State<Api>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let stored = dashboards(&api).get(&name).await?;
    let accept = text(&headers, ACCEPT).unwrap_or_default();
    let mut response = if accept.contains(YAML) {
        let mut response = Response::new(Body::from(stored.yaml.clone()));
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static(YAML));
        response
    } else {
        json_answer(&stored.dashboard)
    };
    with_version(&mut response, stored.version);
    Ok(response)
}

/// `PUT /dashboards/{name}`
pub async fn put(
    State(api): State<Api>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Result<Response<Body>, Problem> {
    let is_yaml = text(&headers, CONTENT_TYPE).is_some_and(|content_type| content_type.contains(YAML));
    // What people wrote stays as they wrote it, with their comments.
    let (dashboard, yaml) = if is_yaml {
        (Dashboard::from_yaml(&body).map_err(StoreError::from)?, body)
    } else {
        let dashboard = Dashboard::from_json(&body).map_err(StoreError::from)?;
        let yaml = dashboard.to_yaml();
        (dashboard, yaml)
    };
    if dashboard.name != name {
        let message = format!("the dashboard calls itself `{}`, and is to be `{name}`", dashboard.name);
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, message, None));
    }
    let version = dashboards(&api).put(&yaml, expected(&headers)?).await?;
    let stored = Stored {
        dashboard,
        yaml,
        version,
        is_built_in: false,
    };
    let mut response = json_answer(&stored.dashboard);
    with_version(&mut response, version);
    Ok(response)
}

/// `DELETE /dashboards/{name}`
pub async fn delete(
    State(api): State<Api>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let Expected::Version(version) = expected(&headers)? else {
        return Err(unseen());
    };
    dashboards(&api).delete(&name, version).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /dashboards/check`: a dashboard's text, read and not kept; its JSON form, or every mistake in it.
pub async fn check(body: Bytes) -> Result<Response<Body>, Problem> {
    let text = std::str::from_utf8(&body)
        .map_err(|_| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "the text is not UTF-8", None))?;
    let dashboard = Dashboard::from_yaml(text).map_err(StoreError::from)?;
    Ok(json_answer(&dashboard))
}

fn dashboards(api: &Api) -> Dashboards {
    Dashboards::new(api.session.engine().catalog().clone())
}

/// What is to be there, as the headers say.
fn expected(headers: &HeaderMap) -> Result<Expected, Problem> {
    if text(headers, IF_NONE_MATCH) == Some("*") {
        return Ok(Expected::Nothing);
    }
    let seen = text(headers, IF_MATCH).ok_or_else(unseen)?;
    let version = seen.trim_start_matches("W/").trim_matches('"').parse();
    version.map(Expected::Version).map_err(|_| unseen())
}

fn unseen() -> Problem {
    Problem::new(
        StatusCode::PRECONDITION_REQUIRED,
        "it is not said which version is to be changed",
        Some("send If-Match with the ETag that was read, or If-None-Match: * for a new one"),
    )
}

fn with_version(response: &mut Response<Body>, version: u64) {
    if let Ok(etag) = format!("\"{version}\"").parse() {
        response.headers_mut().insert(ETAG, etag);
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let status = match &error {
            StoreError::Mistakes(_) => StatusCode::UNPROCESSABLE_ENTITY,
            StoreError::Missing { .. } => StatusCode::NOT_FOUND,
            StoreError::Exists { .. } | StoreError::Overtaken { .. } => StatusCode::PRECONDITION_FAILED,
            StoreError::BuiltIn { .. } => StatusCode::CONFLICT,
            StoreError::Damaged { .. } | StoreError::Catalog(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let hint = error.hint();
        let problem = Self::new(status, error.to_string(), hint.as_deref());
        match error {
            StoreError::Mistakes(mistakes) | StoreError::Damaged { mistakes, .. } => problem.with_mistakes(mistakes),
            _ => problem,
        }
    }
}
