//! Sends spans, and says once when that fails.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{self, SpanData};

use super::Collector;

/// Sends spans over HTTP, and says once when that fails.
#[derive(Debug)]
pub struct Exporter {
    sender: SpanExporter,
    trouble: Trouble,
}

impl Exporter {
    /// An exporter to `collector`, which tells `trouble`. Headers and timeouts are those of OpenTelemetry's variables.
    ///
    /// # Errors
    /// There is no HTTP client, as where the system's certificates cannot be read.
    pub fn new(collector: &Collector, trouble: Trouble) -> Result<Self, ExporterBuildError> {
        let sender = SpanExporter::builder()
            .with_http()
            .with_endpoint(collector.as_str())
            .build()?;
        Ok(Self { sender, trouble })
    }
}

impl trace::SpanExporter for Exporter {
    async fn export(&self, spans: Vec<SpanData>) -> OTelSdkResult {
        let sent = self.sender.export(spans).await;
        if let Err(error) = &sent {
            self.trouble.tell(error);
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.sender.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.sender.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.sender.set_resource(resource);
    }
}

/// Says in the log that traces are lost, once: a collector that is away for a day is not news every five seconds.
/// Clones share.
#[derive(Clone, Debug, Default)]
pub struct Trouble(Arc<AtomicBool>);

impl Trouble {
    /// Says so, unless it was said.
    pub fn tell(&self, why: &dyn Display) {
        if !self.0.swap(true, Ordering::Relaxed) {
            tracing::warn!(%why, "traces cannot be sent and are lost; this is said once");
        }
    }
}
