//! What somebody with a link sees: one dashboard, and what its tiles answer.
//!
//! No statement comes through a link, only the name of a tile, and of the scope only the time: a filter would let its
//! reader ask for fields that no tile shows. These routes need no guard against other people's pages, as whoever has the
//! token may see what they give.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode};
use bytes::Bytes;
use chrono::Utc;
use flowtrail_dashboard::{Dashboard, Dashboards, LinkError};
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;

use crate::answer::json_answer;
use crate::statements::{StatementRequest, run_request};
use crate::{Api, Problem};

/// Wrong passwords that a link takes in [`GUESSING_TIME`].
const MOST_GUESSES: u32 = 10;
const GUESSING_TIME: Duration = Duration::from_mins(1);
/// Links whose guesses are counted at a time; more than these are nobody's links.
const MOST_COUNTED: usize = 10_000;

/// Wrong passwords of late, by token. Cheap to clone; clones share.
#[derive(Clone, Default)]
pub struct Guesses(Arc<Mutex<HashMap<String, (u32, Instant)>>>);

/// `GET /shared/{token}`
pub async fn dashboard(
    State(api): State<Api>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let mut dashboard = opened(&api, token, &headers).await?;
    // How something is asked tells more than what it shows.
    for tile in &mut dashboard.tiles {
        tile.sql.clear();
    }
    Ok(json_answer(&dashboard))
}

/// `POST /shared/{token}/tiles/{id}`
pub async fn tile(
    State(api): State<Api>,
    Path((token, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response<Body>, Problem> {
    let dashboard = opened(&api, token, &headers).await?;
    let tile = dashboard.tiles.into_iter().find(|tile| tile.id == id);
    let tile = tile.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, format!("no tile `{id}`"), None))?;
    let accent = tile.accent.map(|accent| accent.name().to_owned());
    let request = StatementRequest::of_tile(&body, tile.sql, accent)?;
    run_request(&api, request, None).await
}

/// The dashboard that a link lets see.
async fn opened(api: &Api, token: String, headers: &HeaderMap) -> Result<Dashboard, Problem> {
    api.guesses.check(&token)?;
    // Headers are ASCII, passwords are not.
    let password = headers
        .get("x-link-password")
        .and_then(|password| password.to_str().ok());
    let password = password.map(|password| percent_decode_str(password).decode_utf8_lossy().into_owned());
    let opened = {
        let (links, token, password) = (api.links.clone(), token.clone(), password.clone());
        // A password takes a core for some milliseconds.
        let opening = async move { links.open(&token, password.as_deref(), Utc::now()).await };
        api.queries.spawn(opening).await
    };
    let opened =
        opened.map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the link cannot be looked up", None))?;
    if matches!(opened, Err(LinkError::Password)) && password.is_some() {
        api.guesses.note(&token);
    }
    let stored = Dashboards::new(api.session.engine().catalog().clone())
        .get(&opened?)
        .await;
    // That a dashboard is gone is nothing else than that its links have ended.
    Ok(stored.map_err(|_| Problem::from(LinkError::Unknown))?.dashboard)
}

impl Guesses {
    fn check(&self, token: &str) -> Result<(), Problem> {
        let guesses = self.0.lock();
        match guesses.get(token) {
            Some((count, since)) if *count >= MOST_GUESSES && since.elapsed() < GUESSING_TIME => Err(Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too many wrong passwords for this link",
                Some("try again in a minute"),
            )),
            _ => Ok(()),
        }
    }

    fn note(&self, token: &str) {
        let mut guesses = self.0.lock();
        if guesses.len() >= MOST_COUNTED {
            guesses.retain(|_, (_, since)| since.elapsed() < GUESSING_TIME);
        }
        let guess = guesses.entry(token.to_owned()).or_insert((0, Instant::now()));
        if guess.1.elapsed() >= GUESSING_TIME {
            *guess = (0, Instant::now());
        }
        guess.0 += 1;
    }
}
