//! Which request is answered by what.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};
use bytes::Bytes;
use flowtrail_decode::LogKind;
use http_body_util::BodyExt;
use prometheus_client::metrics::gauge::Gauge;
use serde_json::json;
use tokio::task::JoinError;
use tokio::time::timeout;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug, error, info_span, warn};

use crate::firehose::{MOST_BODY_BYTES, inflated_bytes, unpack, unpacking_bytes};
use crate::headers::{FirehoseHeaders, request_id_of};
use crate::inbox::Inbox;
use crate::memory::{Held, Memory};
use crate::metrics::{self, Metrics};
use crate::ready::Ready;
use crate::refusal::Refusal;
use crate::server::JoinTrace;
use crate::{Access, answer};

/// How long the caller may take to say whether it is ready.
const READY_TIMEOUT: Duration = Duration::from_secs(10);

/// Where Firehose delivers, with or without a kind of log behind it.
const FIREHOSE: &str = "/firehose";

/// The route in metrics of a request that has none.
const NO_ROUTE: &str = "other";

/// What requests are answered with.
pub(crate) struct Desk {
    pub inbox: Inbox,
    pub access: Access,
    pub memory: Memory,
    pub metrics: Metrics,
    pub ready: Arc<dyn Ready>,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// How long the lake may take to keep a delivery.
    pub store_timeout: Duration,
    pub join_trace: JoinTrace,
}

/// Every route there is; `others` answers what is none of this crate's, where the caller has such.
pub(crate) fn router(desk: Arc<Desk>, others: Option<Router>) -> Router {
    let posted = || post(firehose).fallback(|| async { not_allowed("POST") });
    let got = |allowed| move || async move { not_allowed(allowed) };
    let router = Router::new()
        .route(FIREHOSE, posted())
        .route("/firehose/{kind}", posted())
        .route("/healthz", get(healthz).fallback(got("GET, HEAD")))
        .route("/readyz", get(readyz).fallback(got("GET, HEAD")))
        .route("/metrics", get(metrics).fallback(got("GET, HEAD")));
    let router = match others {
        Some(others) => router.fallback_service(others),
        None => router.fallback(not_found),
    };
    router
        .layer(from_fn_with_state(Arc::clone(&desk), observed))
        .with_state(desk)
}

/// Counts a request and says in the log how it went. Nothing of a body, and no header but the id, is in the log.
async fn observed(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response<Body> {
    let begun = Instant::now();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let route = matched.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let request_id = request_id_of(request.headers());
    // A client that goes away takes its request with it, wherever that stands.
    let _left = InWork::count(&desk.metrics.requests_in_work);
    let span = info_span!("request", route, request_id);
    let response = next.run(request).instrument(span).await;
    let (status, seconds) = (response.status().as_u16(), begun.elapsed().as_secs_f64());
    desk.metrics.answered(route, status, seconds);
    debug!(%method, route, request_id, status, seconds, "answered");
    response
}

/// A request that is not answered yet.
struct InWork(Gauge);

impl InWork {
    fn count(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InWork {
    fn drop(&mut self) {
        self.0.dec();
    }
}

async fn firehose(State(desk): State<Arc<Desk>>, request: Request) -> Response<Body> {
    // Whoever tries keys must fill neither the log nor traces; the metrics count them.
    if let Err(refusal) = desk.access.admit(request.headers()) {
        return answer::refused(&request_id_of(request.headers()), &refusal);
    }
    let span = delivery_span(&request);
    (desk.join_trace)(&span, request.headers());
    let response = answered(&desk, request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    response
}

/// What a trace has of a delivery: no header but the id, and nothing of the body but its length.
fn delivery_span(request: &Request) -> Span {
    let matched = request.extensions().get::<MatchedPath>();
    info_span!(
        "serve.delivery",
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = "POST",
        http.route = matched.map_or(NO_ROUTE, MatchedPath::as_str),
        http.request.body.size = Empty,
        http.response.status_code = Empty,
        flowtrail.request_id = request_id_of(request.headers()),
    )
}

async fn answered(desk: &Desk, request: Request) -> Response<Body> {
    let request_id = request_id_of(request.headers());
    let refusal = match deliver(desk, request).await {
        Ok(()) => return answer::taken(&request_id),
        Err(refusal) => refusal,
    };
    let status = refusal.status().as_u16();
    warn!(
        request_id,
        status,
        refusal = refusal.message(),
        "a delivery is not taken"
    );
    answer::refused(&request_id, &refusal)
}

/// Takes a delivery of somebody who may deliver. When it returns without a refusal, the delivery is durable.
async fn deliver(desk: &Desk, request: Request) -> Result<(), Refusal> {
    let kind = path_kind(request.uri().path())?;
    let headers = FirehoseHeaders::read(request.headers())?;
    let expected_bytes = headers.content_length_bytes.unwrap_or(MOST_BODY_BYTES);
    if expected_bytes > MOST_BODY_BYTES {
        return Err(too_large());
    }
    let body_memory = desk.memory.for_body(expected_bytes).await?;
    let arriving = read_body(request.into_body(), expected_bytes);
    let body = timeout(desk.body_timeout, arriving)
        .await
        .map_err(|_| Refusal::SlowBody {
            limit_s: desk.body_timeout.as_secs(),
        })??;
    Span::current().record("http.request.body.size", body.len() as i64);
    let document_bytes = document_bytes(&body, headers.is_gzip).await?;
    let needed_bytes = unpacking_bytes(document_bytes, headers.is_gzip);
    let memory = desk.memory.for_unpacking(needed_bytes).await?;
    store(desk, headers, kind, body, [body_memory, memory]).await
}

/// The kind of log that the path names; `None` where the records say it themselves.
fn path_kind(path: &str) -> Result<Option<LogKind>, Refusal> {
    match path.strip_prefix(FIREHOSE).unwrap_or_default().trim_start_matches('/') {
        "" | "auto" => Ok(None),
        kind => kind
            .parse()
            .map(Some)
            .map_err(|_| Refusal::Kind { kind: kind.to_owned() }),
    }
}

fn too_large() -> Refusal {
    Refusal::TooLarge {
        state: "as it comes",
        limit_bytes: MOST_BODY_BYTES,
    }
}

async fn read_body(mut body: Body, expected_bytes: u64) -> Result<Bytes, Refusal> {
    let mut read = Vec::with_capacity(expected_bytes as usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Refusal::BodyEnded { why: error.to_string() })?;
        let Some(bytes) = frame.data_ref() else {
            continue;
        };
        if (read.len() + bytes.len()) as u64 > MOST_BODY_BYTES {
            return Err(too_large());
        }
        read.extend_from_slice(bytes);
    }
    Ok(read.into())
}

async fn document_bytes(body: &Bytes, is_gzip: bool) -> Result<u64, Refusal> {
    if !is_gzip {
        return Ok(body.len() as u64);
    }
    let body = body.clone();
    computed(move || inflated_bytes(&body)).await
}

/// Keeps a delivery. `memory` is held until the lake has done with it, also where nobody waits for that any more: a
/// lake that hangs then costs no more memory than there is for deliveries.
async fn store(
    desk: &Desk,
    headers: FirehoseHeaders,
    kind: Option<LogKind>,
    body: Bytes,
    memory: [Held; 2],
) -> Result<(), Refusal> {
    let unpacked = move || unpack(headers, kind, body).map(|delivery| (delivery, memory));
    let (delivery, memory) = computed(unpacked).await?;
    let inbox = desk.inbox.clone();
    let put = async move {
        let stored = inbox.put(&delivery).await;
        drop(memory);
        stored.map(|stored| (delivery, stored))
    };
    let put = timeout(desk.store_timeout, tokio::spawn(put.in_current_span()))
        .await
        .map_err(|_| Refusal::SlowLake {
            limit_s: desk.store_timeout.as_secs(),
        })?;
    let (delivery, stored) = put.map_err(|failure| inside(&failure))??;
    desk.metrics.stored(&delivery, stored);
    debug!(
        stream = delivery.stream,
        records = delivery.records,
        objects = delivery.parts.len(),
        %stored,
        "a delivery is durable"
    );
    Ok(())
}

/// Runs what computes beside the threads that answer.
async fn computed<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|failure| inside(&failure))?
}

fn inside(failure: &JoinError) -> Refusal {
    error!(%failure, "the work on a delivery failed");
    Refusal::Inside
}

async fn healthz() -> Response<Body> {
    answer::json(StatusCode::OK, &json!({ "status": "alive" }))
}

async fn readyz(State(desk): State<Arc<Desk>>) -> Response<Body> {
    let asked = timeout(READY_TIMEOUT, desk.ready.in_the_way()).await;
    let reasons = asked.unwrap_or_else(|_| vec![format!("no answer within {} seconds", READY_TIMEOUT.as_secs())]);
    if reasons.is_empty() {
        return answer::json(StatusCode::OK, &json!({ "status": "ready" }));
    }
    let answer = json!({ "status": "not ready", "reasons": reasons });
    answer::json(StatusCode::SERVICE_UNAVAILABLE, &answer)
}

async fn metrics(State(desk): State<Arc<Desk>>) -> Response<Body> {
    let Ok(encoded) = desk.metrics.encode() else {
        let answer = json!({ "error": "a metric cannot be written as text" });
        return answer::json(StatusCode::INTERNAL_SERVER_ERROR, &answer);
    };
    let mut response = Response::new(Body::from(encoded));
    let content_type = HeaderValue::from_static(metrics::CONTENT_TYPE);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

async fn not_found() -> Response<Body> {
    let error = "nothing is here; there are POST /firehose and /firehose/<kind>, GET /healthz, /readyz and /metrics";
    answer::json(StatusCode::NOT_FOUND, &json!({ "error": error }))
}

fn not_allowed(allowed: &'static str) -> Response<Body> {
    let error = format!("the method is not known here; it is {allowed}");
    let mut response = answer::json(StatusCode::METHOD_NOT_ALLOWED, &json!({ "error": error }));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}
