//! The operator that takes the place of the engine's aggregates over a scan.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::{StreamExt, TryStreamExt, stream};
use tokio::sync::OnceCell;

use crate::answer::Finished;
use crate::question::Question;
use crate::work::{Metrics, Scan, answer};

/// Groups and sums Parquet files on their dictionary codes.
///
/// Its child is the engine's own plan for the same rows. It runs instead when a file has a form that is not known here,
/// or when there are more groups than memory is given for, as it can go to disk.
#[derive(Debug)]
pub struct AggregateOnCodesExec {
    question: Arc<Question>,
    scan: Scan,
    plain: Arc<dyn ExecutionPlan>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
    finished: Arc<OnceCell<Option<Arc<Finished>>>>,
    /// For each stream, whether it was asked for: the groups go with the rows made of them.
    is_given: Vec<AtomicBool>,
}

impl AggregateOnCodesExec {
    /// Answers `question` over `scan` as `plain` does.
    pub fn new(question: Arc<Question>, scan: Scan, plain: Arc<dyn ExecutionPlan>) -> Self {
        let streams = plain.properties().partitioning.partition_count();
        let properties = PlanProperties::new(
            EquivalenceProperties::new(plain.schema()),
            Partitioning::UnknownPartitioning(streams),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        Self {
            question,
            scan,
            plain,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
            finished: Arc::default(),
            is_given: (0..streams).map(|_| AtomicBool::new(false)).collect(),
        }
    }
}

impl DisplayAs for AggregateOnCodesExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |expressions: &mut dyn Iterator<Item = String>| expressions.collect::<Vec<_>>().join(", ");
        write!(
            f,
            "AggregateOnCodesExec: files={}, keys=[{}], aggregates={}, filters=[{}]",
            self.scan.files.len(),
            list(&mut self.question.keys.iter().map(|key| key.inner().to_string())),
            self.question.aggregates.len(),
            list(&mut self.question.filters.iter().map(|filter| filter.inner().to_string())),
        )
    }
}

impl ExecutionPlan for AggregateOnCodesExec {
    fn name(&self) -> &'static str {
        "AggregateOnCodesExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.plain]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        // Its expressions are over files, not over its child.
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        if let Ok([plain]) = <[_; 1]>::try_from(children) {
            Ok(Arc::new(Self::new(
                Arc::clone(&self.question),
                self.scan.clone(),
                plain,
            )))
        } else {
            internal_err!("AggregateOnCodesExec has one child")
        }
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        if self.is_given[partition].swap(true, Ordering::Relaxed) {
            return self.plain.execute(partition, context);
        }
        let (question, scan, plain) = (Arc::clone(&self.question), self.scan.clone(), Arc::clone(&self.plain));
        let streams = self.properties.partitioning.partition_count();
        let schema = self.schema();
        let finished = Arc::clone(&self.finished);
        let metrics = Metrics {
            bytes_scanned: MetricBuilder::new(&self.metrics).global_counter("bytes_scanned"),
            declined: MetricBuilder::new(&self.metrics).global_counter("declined"),
            row_groups_known: MetricBuilder::new(&self.metrics).global_counter("row_groups_known"),
            row_groups_read: MetricBuilder::new(&self.metrics).global_counter("row_groups_read"),
        };
        let rows = {
            let schema = Arc::clone(&schema);
            async move {
                let answer = finished
                    .get_or_try_init(|| answer(&question, &scan, &context, &metrics))
                    .await?;
                match answer {
                    Some(answer) => {
                        let batch_rows = context.session_config().batch_size();
                        let batches = Arc::clone(answer).batches(question, schema, (partition, streams), batch_rows);
                        Ok::<_, DataFusionError>(stream::iter(batches).boxed())
                    }
                    None => Ok(plain.execute(partition, context)?.boxed()),
                }
            }
        };
        let rows = stream::once(rows).try_flatten();
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}
