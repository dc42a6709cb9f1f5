//! What a statement gives: rows as they come, and what they cost.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use flowtrail_lake::scan::Figures;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use parking_lot::Mutex;
use serde::Serialize;

use crate::{QueryError, Restricted};

/// The answer to a statement.
pub struct Answer {
    /// Its columns.
    pub schema: SchemaRef,
    /// Its rows, worked out while they are taken.
    pub stream: BoxStream<'static, Result<RecordBatch, QueryError>>,
    /// What it cost; complete once the stream has ended.
    pub figures: AnswerFigures,
    /// What became of the engine's restriction at each table and view the statement names.
    pub restricted: Vec<Restricted>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("schema", &self.schema)
            .finish_non_exhaustive()
    }
}

/// What a statement cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct QueryFigures {
    /// Rows of the answer.
    pub rows: u64,
    /// From the statement's arrival to the last row.
    pub elapsed: Duration,
    /// Bytes read from the lake's files.
    pub bytes_scanned: u64,
    /// Files that could hold a row of the answer.
    pub files_read: u64,
    /// Files of the tables named.
    pub files_total: u64,
    /// Partitions (days) that could hold a row of the answer.
    pub partitions_read: u64,
    /// Partitions of the tables named.
    pub partitions_total: u64,
}

/// A running statement's figures. Cheap to clone; clones share.
#[derive(Clone)]
pub struct AnswerFigures(Arc<Shared>);

struct Shared {
    started: Instant,
    scans: Figures,
    plan: Arc<dyn ExecutionPlan>,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    rows: u64,
    /// What was done before the answer began.
    before: Duration,
    elapsed: Option<Duration>,
}

impl fmt::Debug for AnswerFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl AnswerFigures {
    /// The figures up to now; once the stream has ended, those of the whole statement.
    pub fn get(&self) -> QueryFigures {
        let (rows, elapsed) = {
            let progress = self.0.progress.lock();
            (
                progress.rows,
                progress.elapsed.unwrap_or_else(|| self.elapsed(&progress)),
            )
        };
        let scans = self.0.scans.total();
        QueryFigures {
            rows,
            elapsed,
            bytes_scanned: bytes_scanned(self.0.plan.as_ref()),
            files_read: scans.files_read,
            files_total: scans.files_total,
            partitions_read: scans.partitions_read,
            partitions_total: scans.partitions_total,
        }
    }

    fn note(&self, polled: Option<&Result<RecordBatch, QueryError>>) {
        let mut progress = self.0.progress.lock();
        if let Some(Ok(batch)) = polled {
            progress.rows += batch.num_rows() as u64;
            return;
        }
        let elapsed = self.elapsed(&progress);
        progress.elapsed.get_or_insert(elapsed);
    }

    fn elapsed(&self, progress: &Progress) -> Duration {
        self.0.started.elapsed() + progress.before
    }
}

/// The sum of what a plan's scans have read.
fn bytes_scanned(plan: &dyn ExecutionPlan) -> u64 {
    let own = plan.metrics().and_then(|metrics| metrics.sum_by_name("bytes_scanned"));
    let own = own.map_or(0, |sum| sum.as_usize() as u64);
    own + plan
        .children()
        .into_iter()
        .map(|child| bytes_scanned(child.as_ref()))
        .sum::<u64>()
}

impl Answer {
    /// The answer of `plan`, whose rows come as `stream`.
    pub(crate) fn new(
        started: Instant,
        scans: Figures,
        plan: Arc<dyn ExecutionPlan>,
        stream: SendableRecordBatchStream,
        memory_limit_bytes: usize,
    ) -> Self {
        let schema = stream.schema();
        let shared = Shared {
            started,
            scans,
            plan,
            progress: Mutex::default(),
        };
        let figures = AnswerFigures(Arc::new(shared));
        let stream = Counted {
            stream,
            figures: figures.clone(),
            memory_limit_bytes,
        }
        .boxed();
        Self {
            schema,
            stream,
            figures,
            restricted: Vec::new(),
        }
    }
}

impl Answer {
    /// The same, of a statement that had begun at `started`.
    #[must_use]
    pub fn since(self, started: Instant) -> Self {
        self.figures.0.progress.lock().before = self.figures.0.started.saturating_duration_since(started);
        self
    }

    /// An answer that was made and not asked.
    pub fn of_rows(batch: RecordBatch) -> Self {
        let schema = batch.schema();
        let plan = Arc::new(EmptyExec::new(Arc::clone(&schema)));
        let stream = RecordBatchStreamAdapter::new(schema, futures::stream::iter([Ok(batch)]));
        Self::new(Instant::now(), Figures::default(), plan, Box::pin(stream), 0)
    }
}

/// A stream of rows that are counted on their way.
struct Counted {
    stream: SendableRecordBatchStream,
    figures: AnswerFigures,
    memory_limit_bytes: usize,
}

impl Stream for Counted {
    type Item = Result<RecordBatch, QueryError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let limit = self.memory_limit_bytes;
        let polled = self
            .stream
            .poll_next_unpin(context)
            .map_err(|error| QueryError::running(error, limit));
        if let Poll::Ready(item) = &polled {
            self.figures.note(item.as_ref());
        }
        polled
    }
}
