//! `ORDER BY start_time DESC LIMIT 10` over a view sorts the table, not the view.
//!
//! Files are sorted by their time column, and a sort with a limit that stands right above the scan reads the newest
//! row groups first and stops. A view's projection between the two hides that. So such a sort moves below a projection
//! when all it sorts by are columns from there, or times made from their seconds, which have the same order. What the
//! projection works out, it then works out for the rows of the answer only.

use std::sync::Arc;

use datafusion::common::tree_node::Transformed;
use datafusion::common::{Column, Result};
use datafusion::logical_expr::{Expr, LogicalPlan, Projection, Sort, SortExpr, SubqueryAlias};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

use super::seconds::time_in_seconds;

/// The rule.
#[derive(Debug)]
pub struct LimitedSortBelowProjection;

impl OptimizerRule for LimitedSortBelowProjection {
    fn name(&self) -> &'static str {
        "limited_sort_below_projection"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let moved = match &plan {
            LogicalPlan::Sort(sort) if sort.fetch.is_some() => match sort.input.as_ref() {
                LogicalPlan::Projection(projection) => below_projection(sort, projection),
                LogicalPlan::SubqueryAlias(alias) => below_alias(sort, alias),
                _ => None,
            },
            _ => None,
        };
        moved.map_or_else(|| Ok(Transformed::no(plan)), |moved| moved.map(Transformed::yes))
    }
}

fn below_projection(sort: &Sort, projection: &Projection) -> Option<Result<LogicalPlan>> {
    let input = &projection.input;
    let keys = keys(sort, |position| {
        match projection.expr.get(position)?.clone().unalias() {
            column @ Expr::Column(_) => Some(column),
            time => time_in_seconds(&time, input.schema())
                .filter(|seconds| matches!(seconds, Expr::Column(_)))
                .cloned(),
        }
    })?;
    let sorted = sorted(sort, keys, input);
    let schema = Arc::clone(&projection.schema);
    Some(Projection::try_new_with_schema(projection.expr.clone(), sorted, schema).map(LogicalPlan::Projection))
}

fn below_alias(sort: &Sort, alias: &SubqueryAlias) -> Option<Result<LogicalPlan>> {
    let input = &alias.input;
    let keys = keys(sort, |position| {
        Some(Expr::Column(Column::from(input.schema().qualified_field(position))))
    })?;
    Some(SubqueryAlias::try_new(sorted(sort, keys, input), alias.alias.clone()).map(LogicalPlan::SubqueryAlias))
}

/// What `sort` sorts by, each column of its input replaced by what `below` has for its position.
fn keys(sort: &Sort, below: impl Fn(usize) -> Option<Expr>) -> Option<Vec<SortExpr>> {
    let schema = sort.input.schema();
    let key = |key: &SortExpr| {
        let position = schema.maybe_index_of_column(key.expr.try_as_col()?)?;
        Some(SortExpr {
            expr: below(position)?,
            asc: key.asc,
            nulls_first: key.nulls_first,
        })
    };
    sort.expr.iter().map(key).collect()
}

fn sorted(sort: &Sort, keys: Vec<SortExpr>, input: &Arc<LogicalPlan>) -> Arc<LogicalPlan> {
    Arc::new(LogicalPlan::Sort(Sort {
        expr: keys,
        input: Arc::clone(input),
        fetch: sort.fetch,
    }))
}
