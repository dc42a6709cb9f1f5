//! Where the operator takes the place of the engine's own.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::datasource::physical_plan::ParquetSource;
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::utils::split_conjunction;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode};
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion_datasource::PartitionedFile;
use datafusion_datasource_parquet::{ParquetAccessPlan, ParquetRowSelection};

use crate::cache::ColumnCache;
use crate::expression::replace_columns;
use crate::kept::KeptAnswers;
use crate::operator::AggregateOnCodesExec;
use crate::question::{Parts, Question};
use crate::shelf::Shelf;
use crate::work::{Caches, Scan};

/// Puts [`AggregateOnCodesExec`] above aggregates over a scan of Parquet files.
///
/// It has to run before the rule that makes plans meet the requirements of their operators, which is the one that adds
/// exchanges between the two halves of an aggregate.
#[derive(Debug)]
pub struct AggregateOnCodes {
    caches: Caches,
}

/// How much is kept between statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheLimits {
    /// For columns, decoded.
    pub column_bytes: usize,
    /// For answers, by what was asked. Without room for them in memory none are kept in a folder either.
    pub answer_bytes: usize,
    /// Where answers are kept for processes to come, if they are.
    pub answer_folder: Option<AnswerFolder>,
}

/// A folder in which answers are kept. What is in it can be taken away at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFolder {
    /// The folder; it is made when there is an answer to keep.
    pub path: PathBuf,
    /// What its files may take together.
    pub limit_bytes: u64,
}

impl AggregateOnCodes {
    /// The rule; what its operators keep is shared by all plans it is applied to.
    pub fn new(limits: CacheLimits) -> Self {
        let shelf = limits
            .answer_folder
            .map(|folder| Shelf::new(folder.path, folder.limit_bytes));
        Self {
            caches: Caches {
                columns: Arc::new(ColumnCache::new(limits.column_bytes)),
                answers: Arc::new(KeptAnswers::new(limits.answer_bytes, shelf)),
            },
        }
    }
}

impl AggregateOnCodes {
    /// Gives the memory of kept columns back.
    pub fn forget_columns(&self) {
        self.caches.columns.clear();
    }
}

impl PhysicalOptimizerRule for AggregateOnCodes {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_down(|plan| {
            if plan.downcast_ref::<AggregateOnCodesExec>().is_some() {
                return Ok(Transformed::new(plan, false, TreeNodeRecursion::Jump));
            }
            let Some((question, scan)) = recognise(&plan, &self.caches)? else {
                return Ok(Transformed::no(plan));
            };
            let operator = AggregateOnCodesExec::new(Arc::new(question), scan, plan);
            Ok(Transformed::new(Arc::new(operator) as _, true, TreeNodeRecursion::Jump))
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "aggregate_on_codes"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// The question that a plan asks of files, when it is one that can be answered here.
fn recognise(plan: &Arc<dyn ExecutionPlan>, caches: &Caches) -> Result<Option<(Question, Scan)>> {
    let Some(last) = plan.downcast_ref::<AggregateExec>() else {
        return Ok(None);
    };
    let first = match last.mode() {
        AggregateMode::Single | AggregateMode::SinglePartitioned => last,
        AggregateMode::Final | AggregateMode::FinalPartitioned => match last.input().downcast_ref::<AggregateExec>() {
            Some(first) if *first.mode() == AggregateMode::Partial => first,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    let is_plain = |part: &AggregateExec| {
        part.group_expr().is_single()
            && part.filter_expr().iter().all(Option::is_none)
            && part.limit_options().is_none()
    };
    if !is_plain(last) || !is_plain(first) {
        return Ok(None);
    }
    let parts = Parts {
        keys: first.group_expr().input_exprs(),
        arguments: first
            .aggr_expr()
            .iter()
            .map(|function| function.expressions())
            .collect(),
        filters: Vec::new(),
    };
    let Some((parts, scan, table)) = down_to_scan(parts, first.input(), caches)? else {
        return Ok(None);
    };
    let question = Question::new(parts, last.aggr_expr(), &table)?;
    Ok(question.map(|question| (question, scan)))
}

/// Follows `parts`, which are over the output of `plan`, down to the columns of the scanned table.
fn down_to_scan(
    mut parts: Parts,
    plan: &Arc<dyn ExecutionPlan>,
    caches: &Caches,
) -> Result<Option<(Parts, Scan, arrow::datatypes::SchemaRef)>> {
    if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        let expressions: Vec<_> = projection
            .expr()
            .iter()
            .map(|projected| Arc::clone(&projected.expr))
            .collect();
        return down_to_scan(parts.map(|part| over(part, &expressions))?, projection.input(), caches);
    }
    if let Some(filter) = plan.downcast_ref::<FilterExec>() {
        if filter.fetch().is_some() {
            return Ok(None);
        }
        if let Some(projection) = filter.projection() {
            let schema = filter.input().schema();
            let expressions: Vec<_> = projection
                .iter()
                .map(|position| column(schema.field(*position).name(), *position))
                .collect();
            parts = parts.map(|part| over(part, &expressions))?;
        }
        parts.filters.push(Arc::clone(filter.predicate()));
        return down_to_scan(parts, filter.input(), caches);
    }
    let Some((config, source)) = plan
        .downcast_ref::<DataSourceExec>()
        .and_then(DataSourceExec::downcast_to_file_source::<ParquetSource>)
    else {
        return Ok(None);
    };
    let files: Vec<PartitionedFile> = config
        .file_groups
        .iter()
        .flat_map(|group| group.files().to_vec())
        .collect();
    // Columns that are adapted to their files in a way of their own are not known here by their names.
    if config.limit.is_some() || config.expr_adapter_factory.is_some() || !files.iter().all(is_whole) {
        return Ok(None);
    }
    if let Some(projection) = config.file_source().projection() {
        let expressions: Vec<_> = projection.iter().map(|projected| Arc::clone(&projected.expr)).collect();
        parts = parts.map(|part| over(part, &expressions))?;
    }
    // A scan that filters rows itself has no filter above it. Where it only prunes, its conditions stand above it too.
    if let Some(predicate) = config.file_source().filter() {
        for condition in split_conjunction(&predicate) {
            let is_known = parts
                .filters
                .iter()
                .flat_map(split_conjunction)
                .any(|known| known == condition);
            if !is_known {
                parts.filters.push(Arc::clone(condition));
            }
        }
    }
    let table = Arc::clone(datafusion_datasource::file::FileSource::table_schema(source).table_schema());
    let scan = Scan {
        store: config.object_store_url.clone(),
        files: Arc::new(files),
        stored_columns: config.file_schema().fields().len(),
        caches: caches.clone(),
    };
    Ok(Some((parts, scan, table)))
}

/// Whether all rows of a file are read.
fn is_whole(file: &PartitionedFile) -> bool {
    file.range.is_none()
        && file.extension::<ParquetRowSelection>().is_none()
        && file.extension::<ParquetAccessPlan>().is_none()
}

fn column(name: &str, position: usize) -> Arc<dyn PhysicalExpr> {
    Arc::new(datafusion::physical_expr::expressions::Column::new(name, position))
}

/// `part`, with each column replaced by the expression at its position.
fn over(part: &Arc<dyn PhysicalExpr>, expressions: &[Arc<dyn PhysicalExpr>]) -> Result<Arc<dyn PhysicalExpr>> {
    replace_columns(part, &|column| expressions.get(column.index()).cloned())
}
