//! How the pipes are, in Prometheus's words.

use std::fmt;
use std::sync::Arc;

use flowtrail_catalog::{PipeFigures, PipeState, PipeStatus};
use flowtrail_serve::prometheus_client::collector::Collector;
use flowtrail_serve::prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use flowtrail_serve::prometheus_client::metrics::counter::ConstCounter;
use flowtrail_serve::prometheus_client::metrics::gauge::ConstGauge;
use parking_lot::Mutex;

/// The figures of all pipes of this process. Clones share.
#[derive(Clone, Debug, Default)]
pub struct PipeMetrics(Arc<Mutex<Vec<PipeStatus>>>);

/// A counter: its name, what it counts, and its value.
type Count = (&'static str, &'static str, fn(&PipeFigures) -> u64);
/// A gauge; one without a value is left out.
type Gauge = (&'static str, &'static str, fn(&PipeFigures) -> Option<f64>);

const COUNTS: &[Count] = &[
    ("flowtrail_pipe_objects", "Objects loaded", |figures| figures.objects),
    ("flowtrail_pipe_failed_objects", "Objects nothing could be loaded from", |figures| {
        figures.failed_objects
    }),
    ("flowtrail_pipe_rows", "Rows loaded", |figures| figures.rows),
    ("flowtrail_pipe_rejected_records", "Records in quarantine", |figures| figures.rejected),
    ("flowtrail_pipe_bytes", "Bytes of the objects loaded", |figures| figures.bytes),
    ("flowtrail_pipe_batches", "Batches committed", |figures| figures.batches),
    ("flowtrail_pipe_gone_objects", "Objects that events told of and that were not there", |figures| {
        figures.gone
    }),
    ("flowtrail_pipe_bad_messages", "Messages that were no events of S3", |figures| {
        figures.bad_messages
    }),
    ("flowtrail_pipe_lag_objects", "Objects whose time from landing to commit is known", |figures| {
        figures.lag_count
    }),
];

const GAUGES: &[Gauge] = &[
    ("flowtrail_pipe_running", "1 when the pipe loads what comes, 0 when it is paused or fails", |figures| {
        Some(f64::from(u8::from(figures.state == PipeState::Running)))
    }),
    ("flowtrail_pipe_lag_p50_seconds", "Half of the newest objects took no longer from landing to commit", |figures| {
        Some(figures.lag?.p50_s)
    }),
    ("flowtrail_pipe_lag_p99_seconds", "99 of 100 of the newest objects took no longer", |figures| {
        Some(figures.lag?.p99_s)
    }),
    ("flowtrail_pipe_lag_seconds_sum", "All times from landing to commit together", |figures| {
        Some(figures.lag_sum_s)
    }),
    ("flowtrail_pipe_queue_messages", "Messages that wait in the queue", |figures| {
        Some(figures.queue_visible? as f64)
    }),
    ("flowtrail_pipe_queue_in_flight_messages", "Messages somebody is at work on", |figures| {
        Some(figures.queue_in_flight? as f64)
    }),
    ("flowtrail_pipe_last_loaded_timestamp_seconds", "When rows were committed last", |figures| {
        Some(figures.loaded_at?.timestamp_millis() as f64 / 1000.0)
    }),
];

impl PipeMetrics {
    /// The pipes are so now.
    pub fn set(&self, statuses: Vec<PipeStatus>) {
        *self.0.lock() = statuses;
    }
}

impl Collector for PipeMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let statuses = self.0.lock();
        for (name, help, value) in COUNTS {
            let kind = ConstCounter::new(0_u64).metric_type();
            let mut family = encoder.encode_descriptor(name, help, None, kind)?;
            for status in statuses.iter() {
                let labels = [("pipe", status.pipe.as_str())];
                ConstCounter::new(value(&status.figures)).encode(family.encode_family(&labels)?)?;
            }
        }
        for (name, help, value) in GAUGES {
            let kind = ConstGauge::new(0.0_f64).metric_type();
            let mut family = encoder.encode_descriptor(name, help, None, kind)?;
            for status in statuses.iter() {
                let Some(value) = value(&status.figures) else { continue };
                let labels = [("pipe", status.pipe.as_str())];
                ConstGauge::new(value).encode(family.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}
