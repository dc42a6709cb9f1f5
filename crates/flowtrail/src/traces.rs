//! Traces: what the program does and how long it takes, sent to an OpenTelemetry collector where somebody asks for it.
//!
//! The crates that do the work make spans with `tracing`, and only this module knows OpenTelemetry. Where nobody asks,
//! nothing is started, and a span costs a look at a flag. Spans wait in a queue of bounded length, which a thread sends;
//! those for which there is no room are lost, and nothing ever waits for the collector but the end of the program, for
//! [`FLUSH`].

mod collector;
mod exporter;

use std::time::Duration;

use flowtrail_serve::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Metadata, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::registry::LookupSpan;

pub use self::collector::{Collector, CollectorError};
use self::exporter::{Exporter, Trouble};

/// How long the end of the program waits for spans to be sent.
const FLUSH: Duration = Duration::from_secs(2);
/// The service that spans are of, and the scope that makes them.
const SERVICE: &str = "flowtrail";
/// Says down to which level spans are sent.
const LEVEL_VARIABLE: &str = "FLOWTRAIL_TRACES";
/// What OpenTelemetry calls the name of a service.
const SERVICE_NAME: Key = Key::from_static_str("service.name");

/// Traces that are sent. What is still to be sent when this is dropped is given [`FLUSH`].
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    trouble: Trouble,
}

/// Why traces are not sent.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// The variables name no collector.
    #[error(transparent)]
    Collector(#[from] CollectorError),
    /// What sends cannot be made.
    #[error(transparent)]
    Exporter(#[from] ExporterBuildError),
}

impl Traces {
    /// Traces to the collector that was `named`, or else to that of OpenTelemetry's variables. `None` where neither is.
    ///
    /// # Errors
    /// It is asked for and cannot be.
    pub fn asked(named: Option<&Collector>) -> Result<Option<Self>, TracesError> {
        match named.cloned().map(Ok).or_else(Collector::of_environment) {
            Some(collector) => Ok(Some(Self::start(&collector?)?)),
            None => Ok(None),
        }
    }

    fn start(collector: &Collector) -> Result<Self, ExporterBuildError> {
        let trouble = Trouble::default();
        let exporter = Exporter::new(collector, trouble.clone())?;
        let provider = SdkTracerProvider::builder()
            .with_resource(resource())
            .with_batch_exporter(exporter)
            .build();
        Ok(Self { provider, trouble })
    }

    /// What takes spans in. Events stay in the log.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let level = level();
        let sent = filter_fn(move |metadata| is_ours(metadata) && *metadata.level() <= level);
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(sent.with_max_level_hint(level))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // Where sending failed, and did not only take too long, it was said.
        if self.provider.shutdown_with_timeout(FLUSH).is_err() {
            let seconds = FLUSH.as_secs();
            self.trouble.tell(&format_args!(
                "the collector did not take them within {seconds} seconds"
            ));
        }
    }
}

/// Whether this is a span of one of our crates, and not of a library's.
pub fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(SERVICE)
}

/// Makes `span`, which has just been made, a part of the trace that a request's `traceparent` names.
pub fn join(span: &Span, headers: &HeaderMap) {
    let propagator = TraceContextPropagator::new();
    if propagator.fields().any(|name| headers.contains_key(name)) {
        // It fails where spans are not sent.
        let _ = span.set_parent(propagator.extract(&HeaderExtractor(headers)));
    }
}

/// Spans of single objects are at the level of debugging: a load of a million objects would send as many.
fn level() -> LevelFilter {
    let asked = std::env::var(LEVEL_VARIABLE).ok();
    asked.and_then(|level| level.parse().ok()).unwrap_or(LevelFilter::INFO)
}

/// What OpenTelemetry's variables say of the service, with a name and version where they say none.
fn resource() -> Resource {
    let told = Resource::builder().build();
    let is_named = told.get(&SERVICE_NAME).is_some_and(|name| !is_made_up(&name));
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder_empty()
        .with_service_name(SERVICE)
        .with_attribute(version);
    let told = told.iter().filter(|(key, _)| is_named || **key != SERVICE_NAME);
    resource
        .with_attributes(told.map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .build()
}

/// Whether the library made a service's name up, as nobody gave one.
fn is_made_up(name: &Value) -> bool {
    name.as_str().starts_with("unknown_service")
}
