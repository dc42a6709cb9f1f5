//! Loads what feeds bring, one batch of a process at a time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::Utc;
use flowtrail_lake::Lake;
use flowtrail_load::{LoadError, LoadOptions, LoadSummary, Loader, Progress};
use flowtrail_source::Object;
use tokio::sync::Mutex;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span, info_span};

use crate::ending::Ending;
use crate::meter::Meter;
use crate::plan::PipePlan;

/// Loads objects into a lake. Clones share their turns: batches of a lake follow one another, and pipes of one process
/// need not wait for each other by way of the lake.
#[derive(Clone, Debug)]
pub struct Intake {
    lake: Lake,
    turn: Arc<Mutex<()>>,
}

/// What became of objects.
#[derive(Debug)]
pub struct Taken {
    /// Those that need not be offered again.
    pub done: Vec<Object>,
    /// Those that are to be offered again.
    pub left: Vec<Object>,
    /// URIs of those of the first that nothing could be loaded from.
    pub failed: Vec<String>,
}

impl Intake {
    /// An intake of `lake`.
    pub fn new(lake: &Lake) -> Self {
        Self {
            lake: lake.clone(),
            turn: Arc::default(),
        }
    }

    /// The lake.
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Loads what the history lacks of `objects`.
    ///
    /// # Errors
    /// What ended the load early. All objects are then to be offered again.
    pub async fn load(
        &self,
        plan: &PipePlan,
        objects: Vec<Object>,
        meter: &Meter,
        ending: &Ending,
    ) -> Result<Taken, LoadError> {
        let _turn = self.turn.lock().await;
        let span = info_span!(
            "pipe.batch",
            flowtrail.pipe = plan.name,
            flowtrail.objects = objects.len() as i64,
            flowtrail.rows = Empty,
            otel.status_description = Empty,
        );
        let loading = self.load_in_turn(plan, objects, meter, ending);
        let taken = loading.instrument(span.clone()).await;
        if let Err(error) = &taken {
            span.record("otel.status_description", display(error));
        }
        taken
    }

    async fn load_in_turn(
        &self,
        plan: &PipePlan,
        objects: Vec<Object>,
        meter: &Meter,
        ending: &Ending,
    ) -> Result<Taken, LoadError> {
        let options = LoadOptions {
            postpone: true,
            report_objects: true,
            ..plan.options.clone()
        };
        let landed: HashMap<_, _> = objects
            .iter()
            .map(|object| (object.uri.clone(), object.last_modified))
            .collect();
        let pipe = plan.name.clone();
        let loader = Loader::new(self.lake.clone(), options, Arc::new(Told { pipe }), ending.stop());
        let summary = loader.run_listed(&plan.source, objects.clone()).await?;
        meter.loaded(&summary, &landed, Utc::now());
        tell(&plan.name, &summary);
        Span::current().record("flowtrail.rows", summary.rows() as i64);
        let (done, left) = divided(objects, &summary);
        let failed = summary.copied.into_iter().filter(|copied| copied.status == "failed");
        let failed = failed.map(|copied| copied.uri).collect();
        Ok(Taken { done, left, failed })
    }
}

/// Which objects the load is done with. Of one that was stopped it is not known, so all are offered again.
fn divided(objects: Vec<Object>, summary: &LoadSummary) -> (Vec<Object>, Vec<Object>) {
    if summary.stopped {
        return (Vec::new(), objects);
    }
    let postponed: HashSet<&str> = summary.postponed.iter().map(|object| object.uri.as_str()).collect();
    objects
        .into_iter()
        .partition(|object| !postponed.contains(object.uri.as_str()))
}

fn tell(pipe: &str, summary: &LoadSummary) {
    if summary.batches > 0 {
        tracing::info!(
            pipe,
            objects = summary.loaded,
            failed = summary.failed,
            rows = summary.rows(),
            rejected = summary.rejected(),
            bytes = summary.bytes,
            "loaded"
        );
    }
    for problem in &summary.problems {
        tracing::warn!(pipe, object = problem.uri, "{}", problem.what);
    }
    for postponed in &summary.postponed {
        tracing::info!(pipe, object = postponed.uri, why = postponed.why, "left for later");
    }
}

/// Writes what a load says into the program's log.
struct Told {
    pipe: String,
}

impl Progress for Told {
    fn planned(&self, _: u64, _: u64) {}
    fn object_done(&self, _: u64, _: u64) {}
    fn note(&self, text: &str) {
        tracing::info!(pipe = self.pipe, "{text}");
    }
}
