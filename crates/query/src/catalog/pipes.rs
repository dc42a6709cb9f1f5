//! `pipe_statuses()`, which the view `system.pipes` is: the pipes that are defined, and what the processes say that run
//! them.

use std::fmt;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use datafusion::catalog::{MemTable, Session, TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{DataFusionError, Result, plan_err};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use flowtrail_catalog::{Definition, Definitions, Kind, Pipe, PipeStatus, pipe_statuses};
use flowtrail_lake::Lake;

/// What the function is called.
pub const NAME: &str = "pipe_statuses";

/// The feed of those that load what is delivered over HTTP.
const INBOX: &str = "inbox";

/// The pipes of a lake as a statement sees them.
#[derive(Clone)]
pub struct Pipes {
    lake: Lake,
    definitions: Arc<Definitions>,
    schema: SchemaRef,
}

impl Pipes {
    /// The pipes in `definitions`.
    pub fn new(lake: &Lake, definitions: &Arc<Definitions>) -> Self {
        Self {
            lake: lake.clone(),
            definitions: Arc::clone(definitions),
            schema: schema(),
        }
    }

    async fn rows(&self) -> Result<RecordBatch> {
        let statuses = pipe_statuses(&self.lake).await?;
        let mut rows = Vec::new();
        for defined in self.definitions.of_kind(Kind::Pipe) {
            let Definition::Pipe(pipe) = &defined.definition else {
                continue;
            };
            let name = defined.name.to_string();
            let before = rows.len();
            for status in statuses.iter().filter(|status| status.pipe == name) {
                rows.push((name.clone(), Some(pipe), Some(status)));
            }
            if rows.len() == before {
                rows.push((name, Some(pipe), None));
            }
        }
        // Those that load what is delivered are there by themselves.
        let of_inbox = statuses.iter().filter(|status| status.feed == INBOX);
        rows.extend(of_inbox.map(|status| (status.pipe.clone(), None, Some(status))));
        batch(&self.schema, &rows)
    }
}

impl fmt::Debug for Pipes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipes").field("lake", &self.lake).finish_non_exhaustive()
    }
}

impl TableFunctionImpl for Pipes {
    fn call_with_args(&self, args: TableFunctionArgs<'_, '_>) -> Result<Arc<dyn TableProvider>> {
        if !args.exprs().is_empty() {
            return plan_err!("{NAME} takes no arguments");
        }
        Ok(Arc::new(self.clone()))
    }
}

#[async_trait]
impl TableProvider for Pipes {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let rows = MemTable::try_new(Arc::clone(&self.schema), vec![vec![self.rows().await?]])?;
        rows.scan(state, projection, filters, limit).await
    }
}

fn schema() -> SchemaRef {
    let time = || DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let columns = [
        ("pipe_name", DataType::Utf8),
        ("state", DataType::Utf8),
        ("auto_ingest", DataType::Boolean),
        ("feed", DataType::Utf8),
        ("notification_channel", DataType::Utf8),
        ("lag_p50_s", DataType::Float64),
        ("lag_p99_s", DataType::Float64),
        ("lag_max_s", DataType::Float64),
        ("queue_visible", DataType::Int64),
        ("queue_in_flight", DataType::Int64),
        ("rows_per_s", DataType::Float64),
        ("bytes_per_s", DataType::Float64),
        ("objects", DataType::Int64),
        ("rows", DataType::Int64),
        ("bytes", DataType::Int64),
        ("batches", DataType::Int64),
        ("failed_objects", DataType::Int64),
        ("rejected", DataType::Int64),
        ("gone_objects", DataType::Int64),
        ("bad_messages", DataType::Int64),
        ("last_loaded_at", time()),
        ("last_error", DataType::Utf8),
        ("last_error_at", time()),
        ("process", DataType::Utf8),
        ("since", time()),
        ("seen_at", time()),
    ];
    let fields = columns.map(|(name, data_type)| Field::new(name, data_type, true));
    Arc::new(Schema::new(fields.to_vec()))
}

/// A pipe, its definition, and what one process says of it.
type Row<'a> = (String, Option<&'a Pipe>, Option<&'a PipeStatus>);

fn batch(schema: &SchemaRef, rows: &[Row<'_>]) -> Result<RecordBatch> {
    let texts = |value: fn(&PipeStatus) -> Option<&str>| -> ArrayRef {
        let values = rows.iter().map(|(.., status)| status.and_then(value));
        Arc::new(values.collect::<StringArray>())
    };
    let counts = |value: fn(&PipeStatus) -> Option<u64>| -> ArrayRef {
        let values = rows.iter().map(|(.., status)| status.and_then(value));
        Arc::new(values.map(|count| count.map(|count| count as i64)).collect::<Int64Array>())
    };
    let numbers = |value: fn(&PipeStatus) -> Option<f64>| -> ArrayRef {
        let values = rows.iter().map(|(.., status)| status.and_then(value));
        Arc::new(values.collect::<Float64Array>())
    };
    let times = |value: fn(&PipeStatus) -> Option<DateTime<Utc>>| -> ArrayRef {
        let values = rows.iter().map(|(.., status)| status.and_then(value));
        let values = values.map(|time| time.map(|time| time.timestamp_micros()));
        Arc::new(values.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
    };
    let queues = rows.iter().map(|(_, pipe, status)| {
        let told = status.and_then(|status| status.queue.as_deref());
        told.or_else(|| pipe.and_then(|pipe| pipe.notification_channel.as_deref()))
    });
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|(name, ..)| Some(name)).collect::<StringArray>()),
        Arc::new(rows.iter().map(|row| Some(state(row))).collect::<StringArray>()),
        Arc::new(rows.iter().map(|(_, pipe, _)| Some(is_automatic(*pipe))).collect::<BooleanArray>()),
        texts(|status| Some(status.feed.as_str()).filter(|feed| !feed.is_empty())),
        Arc::new(queues.collect::<StringArray>()),
        numbers(|status| status.figures.lag.map(|lag| lag.p50_s)),
        numbers(|status| status.figures.lag.map(|lag| lag.p99_s)),
        numbers(|status| status.figures.lag.map(|lag| lag.max_s)),
        counts(|status| status.figures.queue_visible),
        counts(|status| status.figures.queue_in_flight),
        numbers(|status| Some(status.figures.rows_per_s)),
        numbers(|status| Some(status.figures.bytes_per_s)),
        counts(|status| Some(status.figures.objects)),
        counts(|status| Some(status.figures.rows)),
        counts(|status| Some(status.figures.bytes)),
        counts(|status| Some(status.figures.batches)),
        counts(|status| Some(status.figures.failed_objects)),
        counts(|status| Some(status.figures.rejected)),
        counts(|status| Some(status.figures.gone)),
        counts(|status| Some(status.figures.bad_messages)),
        times(|status| status.figures.loaded_at),
        texts(|status| status.figures.error.as_deref()),
        times(|status| status.figures.error_at),
        texts(|status| Some(&status.process)),
        times(|status| Some(status.since)),
        times(|status| Some(status.at)),
    ];
    RecordBatch::try_new(Arc::clone(schema), columns).map_err(DataFusionError::from)
}

/// How a pipe is: as its process says, or why nobody says anything.
fn state((_, pipe, status): &Row<'_>) -> &'static str {
    match status {
        Some(status) => status.figures.state.as_str(),
        None if pipe.is_some_and(|pipe| pipe.is_paused) => "paused",
        None if is_automatic(*pipe) => "not started",
        None => "refreshed by hand",
    }
}

fn is_automatic(pipe: Option<&Pipe>) -> bool {
    pipe.is_none_or(|pipe| pipe.auto_ingest)
}
