//! Which request is answered by what.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::routing::{delete, get, post};
use flowtrail_dashboard::Links;
use flowtrail_session::{Grant, Session};
use tokio::runtime::{Builder, Handle, Runtime};

use crate::guard::{guard, only_this_machine};
use crate::pages::{pages, shared_pages};
use crate::shared::Guesses;
use crate::statements::Journal;
use crate::{Problem, catalog, dashboards, docs, links, shared, statements};

/// Larger bodies are refused: statements and dashboards are small.
const MOST_BODY_BYTES: usize = 2 << 20;

/// What requests are answered with. Cheap to clone; clones share.
#[derive(Clone)]
pub struct Api {
    /// What every request's session starts from.
    pub(crate) session: Session,
    /// Places that statements may touch beside those that integrations name.
    pub(crate) allowed: Grant,
    pub(crate) journal: Journal,
    pub(crate) links: Links,
    pub(crate) guesses: Guesses,
    /// Where statements run.
    pub(crate) queries: Handle,
    _runtime: Arc<OwnedRuntime>,
}

/// Threads for statements, which end when nobody answers requests any more.
struct OwnedRuntime(Option<Runtime>);

impl Drop for OwnedRuntime {
    fn drop(&mut self) {
        // Waiting for statements is not for whoever drops this, who may be a task itself.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Api {
    /// An API whose statements run as `session` stands, on threads of their own, and touch only places that `allowed` or
    /// an integration names.
    pub fn new(session: Session, allowed: Grant) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().enable_all().thread_name("query").build()?;
        Ok(Self {
            allowed,
            journal: Journal::default(),
            links: Links::new(session.engine().catalog().clone()),
            guesses: Guesses::default(),
            queries: runtime.handle().clone(),
            _runtime: Arc::new(OwnedRuntime(Some(runtime))),
            session,
        })
    }

    /// Ends the statements that run: the server stops.
    pub fn cancel_all(&self) {
        self.journal.cancel_all();
    }

    /// Every route there is.
    pub fn router(&self) -> Router {
        let api = Router::new()
            .route("/statements", post(statements::run).get(statements::list))
            .route("/statements/{id}", delete(statements::cancel))
            .route("/dashboards", get(dashboards::list))
            .route("/dashboards/check", post(dashboards::check))
            .route(
                "/dashboards/{name}",
                get(dashboards::get).put(dashboards::put).delete(dashboards::delete),
            )
            .route("/dashboards/{name}/links", get(links::list).post(links::create))
            .route("/links/{id}", delete(links::revoke))
            .route("/catalog", get(catalog::catalog))
            .route("/status", get(catalog::status))
            .fallback(async || {
                Problem::new(
                    StatusCode::NOT_FOUND,
                    "nothing is here",
                    Some("/api/docs lists what is"),
                )
            })
            .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
            .layer(from_fn(guard))
            .with_state(self.clone());
        let own = Router::new()
            .nest("/api/v1", api)
            .route("/api/docs", get(docs::docs))
            .route("/api/openapi.json", get(docs::openapi))
            .fallback(pages)
            .layer(from_fn(only_this_machine));
        self.shared().fallback_service(own)
    }

    /// What those see who have a link, wherever they are: the only routes for an address that others reach.
    pub fn router_for_others(&self) -> Router {
        self.shared().fallback(shared_pages)
    }

    fn shared(&self) -> Router {
        Router::new()
            .route("/api/v1/shared/{token}", get(shared::dashboard))
            .route("/api/v1/shared/{token}/tiles/{id}", post(shared::tile))
            .route("/shared/{token}", get(shared_pages))
            .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
            .with_state(self.clone())
    }
}
