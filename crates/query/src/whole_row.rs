//! `OBJECT_CONSTRUCT(*)`: an object of all columns, as Snowflake has it.
//!
//! The engine knows which columns `*` stands for in `SELECT` only. In a call it stays what it is until the plan is made;
//! then the columns below it are known.

use datafusion::common::Result;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::{Expr, LogicalPlan, lit};

/// Functions that take `*`, and make an object of names and values in turn.
const OF_PAIRS: [&str; 2] = ["object_construct", "object_construct_keep_null"];

/// The plan with columns in place of each `*` in a call.
pub fn expand(plan: LogicalPlan) -> Result<LogicalPlan> {
    let expanded = plan.transform_up_with_subqueries(|node| {
        let inputs = node.inputs();
        let [input] = inputs.as_slice() else {
            return Ok(Transformed::no(node));
        };
        let columns = input.schema().columns();
        let pairs = || {
            columns
                .iter()
                .flat_map(|column| [lit(column.name.as_str()), Expr::Column(column.clone())])
                .collect()
        };
        let names = NamePreserver::new(&node);
        let changed = node.map_expressions(|expression| {
            let name = names.save(&expression);
            let changed = expression.transform_up(|inner| {
                let Expr::ScalarFunction(ScalarFunction { func, args }) = &inner else {
                    return Ok(Transformed::no(inner));
                };
                if !OF_PAIRS.contains(&func.name()) || !matches!(args.as_slice(), [star] if is_star(star)) {
                    return Ok(Transformed::no(inner));
                }
                let called = ScalarFunction::new_udf(func.clone(), pairs());
                Ok(Transformed::yes(Expr::ScalarFunction(called)))
            })?;
            Ok(changed.update_data(|changed| name.restore(changed)))
        })?;
        if !changed.transformed {
            return Ok(changed);
        }
        changed.map_data(LogicalPlan::recompute_schema)
    })?;
    Ok(expanded.data)
}

#[allow(deprecated, reason = "the engine still makes it of a star in a call")]
fn is_star(expression: &Expr) -> bool {
    matches!(expression, Expr::Wildcard { .. })
}
