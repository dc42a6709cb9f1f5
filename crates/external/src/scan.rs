//! The scan over objects of text, as a plan of the engine.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use datafusion::common::runtime::SpawnedTask;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, SendableRecordBatchStream,
};
use flowtrail_source::Fetched;
use futures::{StreamExt, stream};
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::error::ExternalError;
use crate::format::Format;
use crate::listing::FileToRead;
use crate::reading::{Enough, Origin, Reading};
use crate::table::Table;
use crate::value::ColumnBuilder;

/// Batches that wait for whoever asks.
const BATCHES_AHEAD: usize = 2;

/// Objects that are fetched while one is read.
const OBJECTS_AHEAD: usize = 2;

/// Objects dealt out to streams, of which some columns are read.
#[derive(Clone, Debug)]
pub(crate) struct ExternalScan {
    table: Arc<Table>,
    streams: Arc<[Vec<FileToRead>]>,
    /// Positions of the columns that the files hold and the question needs, in order.
    wanted: Arc<[usize]>,
    origins: Arc<[Origin]>,
    limit: Option<usize>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl ExternalScan {
    /// Columns are by position in the table's schema.
    pub(crate) fn new(
        table: Arc<Table>,
        streams: Vec<Vec<FileToRead>>,
        columns: &[usize],
        limit: Option<usize>,
    ) -> Result<Self> {
        let schema: SchemaRef = Arc::new(table.schema.project(columns)?);
        let of_files = table.file_columns.len();
        let mut wanted: Vec<usize> = columns.iter().copied().filter(|column| *column < of_files).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let origins = columns.iter().map(|column| match wanted.binary_search(column) {
            Ok(place) => Origin::File(place),
            Err(_) => Origin::Partition(column - of_files),
        });
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(streams.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(Self {
            origins: origins.collect(),
            wanted: wanted.into(),
            table,
            streams: streams.into(),
            limit,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }

    /// Reads what is fetched, on a thread that may wait.
    fn read(
        &self,
        mut fetched: mpsc::Receiver<Arrived>,
        batches: &mpsc::Sender<Result<RecordBatch>>,
        runtime: &Handle,
    ) -> Result<(), ExternalError> {
        let Format::Text(format) = &self.table.format else {
            return Ok(());
        };
        let rules = format.rows.key_rules();
        let builder = |position: &usize| {
            (
                *position,
                ColumnBuilder::new(&self.table.file_columns[*position], &rules),
            )
        };
        let mut reading = Reading::new(
            format,
            self.wanted.iter().map(builder).collect(),
            &self.origins,
            self.schema(),
            self.limit,
            |batch| batches.blocking_send(Ok(batch)).map_err(|_| Enough),
        );
        while let Some(arrived) = fetched.blocking_recv() {
            let (file, content) = arrived?;
            let is_file = matches!(content, Fetched::File(_));
            let read = reading.object(&file.object.uri, content, &file.values)?;
            if read.is_err() {
                return Ok(());
            }
            if is_file {
                // A large file is read where it lies, and may have changed meanwhile.
                runtime.block_on(file.source.unchanged(&file.object))?;
            }
        }
        reading.end().map(|_| ())
    }
}

/// An object with its content.
type Arrived = Result<(FileToRead, Fetched), ExternalError>;

/// Fetches objects in order, some ahead, until nobody takes them.
async fn fetch(files: Vec<FileToRead>, arrived: mpsc::Sender<Arrived>, bytes_scanned: Count) {
    let fetched = stream::iter(files).map(|file| {
        SpawnedTask::spawn(async move {
            let content = file.source.fetch(&file.object).await?;
            Ok((file, content))
        })
    });
    let mut fetched = fetched.buffered(OBJECTS_AHEAD);
    while let Some(fetched) = fetched.next().await {
        let fetched = fetched.unwrap_or_else(|error| Err(DataFusionError::ExecutionJoin(Box::new(error)).into()));
        if let Ok((file, _)) = &fetched {
            bytes_scanned.add(file.object.size_bytes as usize);
        }
        let failed = fetched.is_err();
        if arrived.send(fetched).await.is_err() || failed {
            return;
        }
    }
}

impl ExecutionPlan for ExternalScan {
    fn name(&self) -> &'static str {
        "ExternalScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _visit: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, partition: usize, _context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let files = self.streams.get(partition).cloned().unwrap_or_default();
        let bytes_scanned = MetricBuilder::new(&self.metrics).counter("bytes_scanned", partition);
        let (arrived, fetched) = mpsc::channel(1);
        let mut stream = RecordBatchReceiverStream::builder(self.schema(), BATCHES_AHEAD);
        stream.spawn(async move {
            fetch(files, arrived, bytes_scanned).await;
            Ok(())
        });
        let (scan, batches, runtime) = (self.clone(), stream.tx(), Handle::current());
        stream.spawn_blocking(move || Ok(scan.read(fetched, &batches, &runtime)?));
        Ok(stream.build())
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }

    fn supports_limit_pushdown(&self) -> bool {
        false
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        Some(Arc::new(Self {
            limit,
            metrics: ExecutionPlanMetricsSet::new(),
            ..self.clone()
        }))
    }

    fn fetch(&self) -> Option<usize> {
        self.limit
    }
}

impl DisplayAs for ExternalScan {
    fn fmt_as(&self, _kind: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: usize = self.streams.iter().map(Vec::len).sum();
        let schema = self.schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(
            f,
            "ExternalScan: table={}, format={}, files={files}, streams={}, columns=[{}]",
            self.table.name,
            self.table.format.name(),
            self.streams.len(),
            columns.join(", "),
        )?;
        match self.limit {
            Some(limit) => write!(f, ", limit={limit}"),
            None => Ok(()),
        }
    }
}
