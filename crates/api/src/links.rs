//! Links by which people without an account see one dashboard: made, listed, revoked.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use flowtrail_dashboard::{Dashboards, LinkError};
use serde::Deserialize;
use serde_json::json;

use crate::answer::json_answer;
use crate::{Api, Problem};

const LONGEST_LABEL: usize = 200;
/// Longer ones would only cost time.
const LONGEST_PASSWORD: usize = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LinkRequest {
    label: String,
    expires_at: Option<DateTime<Utc>>,
    password: Option<String>,
}

/// `POST /dashboards/{name}/links`
pub async fn create(State(api): State<Api>, Path(name): Path<String>, body: Bytes) -> Result<Response<Body>, Problem> {
    let request: LinkRequest = serde_json::from_slice(&body)
        .map_err(|error| bad_request(format!("the request is not as it should be: {error}")))?;
    if request.label.chars().count() > LONGEST_LABEL {
        return Err(bad_request(format!("a label has {LONGEST_LABEL} characters at most")));
    }
    if request.expires_at.is_some_and(|end| end <= Utc::now()) {
        return Err(bad_request("`expires_at` is over already"));
    }
    let password = request.password.as_deref().filter(|password| !password.is_empty());
    if password.is_some_and(|password| password.len() > LONGEST_PASSWORD) {
        return Err(bad_request(format!("a password has {LONGEST_PASSWORD} bytes at most")));
    }
    let dashboard = Dashboards::new(api.session.engine().catalog().clone())
        .get(&name)
        .await?
        .dashboard;
    let made = api
        .links
        .create(&dashboard.name, &request.label, request.expires_at, password)
        .await?;
    let mut response = json_answer(&json!({
        "id": made.id,
        "token": made.token,
        "path": format!("/shared/{}", made.token),
    }));
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// `GET /dashboards/{name}/links`
pub async fn list(State(api): State<Api>, Path(name): Path<String>) -> Result<Response<Body>, Problem> {
    let list = api.links.list(&name).await?;
    let list: Vec<_> = list
        .iter()
        .map(|link| {
            json!({
                "id": link.id,
                "label": link.label,
                "created_at": link.created_at,
                "expires_at": link.expires_at,
                "has_password": link.has_password,
            })
        })
        .collect();
    Ok(json_answer(&list))
}

/// `DELETE /links/{id}`
pub async fn revoke(State(api): State<Api>, Path(id): Path<String>) -> Result<Response<Body>, Problem> {
    api.links.revoke(&id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn bad_request(message: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message, None)
}

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        let (status, hint) = match &error {
            LinkError::Unknown => (StatusCode::NOT_FOUND, Some("whoever sent it can make another")),
            LinkError::Password => (StatusCode::UNAUTHORIZED, Some("whoever sent the link knows it")),
            LinkError::Unkept { .. } | LinkError::Catalog(_) => (StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        Self::new(status, error.to_string(), hint)
    }
}
