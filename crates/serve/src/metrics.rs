//! What `/metrics` says of this crate's own work, in Prometheus's text format.

use std::fmt;

use flowtrail_decode::LogKind;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::inbox::{Delivery, Stored};

/// What [`Metrics::encode`] is.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// From what a probe takes to what Firehose waits for, in seconds.
const BUCKETS_S: [f64; 12] = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 60.0, 180.0];

/// The metrics of this crate, and the registry they are in beside the caller's.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabels, Histogram>,
    records: Family<KindLabels, Counter>,
    data_bytes: Family<KindLabels, Counter>,
    deliveries: Family<DeliveryLabels, Counter>,
    pub requests_in_work: Gauge,
    pub held_bytes: Gauge,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct DeliveryLabels {
    kind: &'static str,
    stored: String,
}

impl Metrics {
    /// Registers this crate's metrics beside what is in `registry`.
    pub(crate) fn new(mut registry: Registry) -> Self {
        let requests = Family::default();
        let request_seconds = Family::new_with_constructor((|| Histogram::new(BUCKETS_S)) as fn() -> Histogram);
        let records = Family::default();
        let data_bytes = Family::default();
        let deliveries = Family::default();
        let requests_in_work = Gauge::default();
        let held_bytes = Gauge::default();
        registry.register("flowtrail_http_requests", "Requests answered", requests.clone());
        registry.register(
            "flowtrail_http_request_seconds",
            "Seconds from a request's headers to its answer",
            request_seconds.clone(),
        );
        registry.register(
            "flowtrail_http_requests_in_work",
            "Requests not answered yet",
            requests_in_work.clone(),
        );
        registry.register(
            "flowtrail_firehose_deliveries",
            "Deliveries that are durable: new ones, and known ones that were sent again",
            deliveries.clone(),
        );
        registry.register(
            "flowtrail_firehose_records",
            "Records of new deliveries",
            records.clone(),
        );
        registry.register(
            "flowtrail_firehose_data_bytes",
            "Bytes of the records of new deliveries, decoded from base64",
            data_bytes.clone(),
        );
        registry.register(
            "flowtrail_firehose_held_bytes",
            "Memory that deliveries in work have been given",
            held_bytes.clone(),
        );
        Self {
            registry,
            requests,
            request_seconds,
            records,
            data_bytes,
            deliveries,
            requests_in_work,
            held_bytes,
        }
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, route: &str, status: u16, seconds: f64) {
        let route = route.to_owned();
        let labels = RouteLabels { route: route.clone() };
        self.request_seconds.get_or_create(&labels).observe(seconds);
        self.requests.get_or_create(&RequestLabels { route, status }).inc();
    }

    /// Counts a delivery that is durable; its records only the first time.
    pub(crate) fn stored(&self, delivery: &Delivery, stored: Stored) {
        let kind = delivery.kind.map_or("auto", LogKind::as_str);
        let labels = DeliveryLabels {
            kind,
            stored: stored.to_string(),
        };
        self.deliveries.get_or_create(&labels).inc();
        if stored == Stored::New {
            let labels = KindLabels { kind };
            self.records.get_or_create(&labels).inc_by(delivery.records);
            self.data_bytes.get_or_create(&labels).inc_by(delivery.data_bytes);
        }
    }

    /// All metrics of the registry.
    pub(crate) fn encode(&self) -> Result<String, fmt::Error> {
        let mut encoded = String::new();
        text::encode(&mut encoded, &self.registry)?;
        Ok(encoded)
    }
}
