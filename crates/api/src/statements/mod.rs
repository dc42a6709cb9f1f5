//! Statements over HTTP: run, followed, cancelled, remembered.

mod download;
mod events;
mod journal;
mod request;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use bytes::Bytes;
use flowtrail_query::statements::split;
use futures::stream;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::JoinHandle;
use uuid::Uuid;

pub use self::download::FileKind;
pub use self::journal::Journal;
pub use self::request::StatementRequest;
use crate::answer::json_answer;
use crate::{Api, Problem};

/// Events that wait to be taken.
const EVENTS_AHEAD: usize = 4;

/// The statements of a request.
struct Asked {
    /// The whole text.
    sql: String,
    statements: Vec<Part>,
    max_rows: Option<u64>,
    has_scope: bool,
    is_hidden: bool,
}

/// A statement's place in the text, in bytes.
struct Part {
    offset: usize,
    end: usize,
}

/// `POST /statements`
pub async fn run(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> Result<Response<Body>, Problem> {
    let request = StatementRequest::read(&body)?;
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    run_request(&api, request, accept.and_then(FileKind::accepted)).await
}

/// Runs what is asked, and answers with events, or with a file where one is wanted.
pub async fn run_request(
    api: &Api,
    request: StatementRequest,
    file: Option<FileKind>,
) -> Result<Response<Body>, Problem> {
    let parts = split(&request.sql).into_iter().map(|statement| Part {
        offset: statement.offset,
        end: statement.offset + statement.text.len(),
    });
    let parts: Vec<Part> = parts.collect();
    if parts.is_empty() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "there is no statement", None));
    }
    let session = request.session(&api.session, &api.allowed).await?;
    let id = request.id.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
    let running = api.journal.begin(id, &request.sql)?;
    let asked = Asked {
        has_scope: request.has_scope(),
        max_rows: request.max_rows,
        is_hidden: request.is_hidden,
        sql: request.sql,
        statements: parts,
    };
    if let Some(kind) = file {
        let mut file = Wanted(api.queries.spawn(download::file(asked, session, running, kind)));
        return (&mut file.0).await.unwrap_or_else(|_| Err(inside()));
    }
    let (to, from) = channel(EVENTS_AHEAD);
    api.queries.spawn(events::run(asked, session, running, to));
    let mut response = Response::new(body_of(from));
    let events = HeaderValue::from_static("application/x-ndjson");
    response.headers_mut().insert(CONTENT_TYPE, events);
    Ok(response)
}

/// `GET /statements`
pub async fn list(State(api): State<Api>) -> Response<Body> {
    json_answer(&api.journal.shown())
}

/// `DELETE /statements/{id}`
pub async fn cancel(State(api): State<Api>, Path(id): Path<String>) -> Response<Body> {
    if api.journal.cancel(&id) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let message = format!("no statement `{id}`");
    Problem::new(StatusCode::NOT_FOUND, message, None).into_response()
}

/// Work that ends when nobody waits for it any more.
struct Wanted<T>(JoinHandle<T>);

impl<T> Drop for Wanted<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn inside() -> Problem {
    let message = "the statement ended in a way that is no fault of it";
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        message,
        Some("the server's log says more"),
    )
}

/// What comes through a channel, as a body.
fn body_of<T: IntoPiece>(from: Receiver<T>) -> Body {
    Body::from_stream(stream::unfold(from, |mut from| async move {
        let piece = from.recv().await?;
        Some((piece.into_piece(), from))
    }))
}

/// A piece of a body.
trait IntoPiece: Send + 'static {
    fn into_piece(self) -> std::io::Result<Bytes>;
}

impl IntoPiece for Bytes {
    fn into_piece(self) -> std::io::Result<Bytes> {
        Ok(self)
    }
}

impl IntoPiece for std::io::Result<Bytes> {
    fn into_piece(self) -> std::io::Result<Bytes> {
        self
    }
}
