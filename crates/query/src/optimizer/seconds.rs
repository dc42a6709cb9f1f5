//! `from_unixtime(start) > TIMESTAMP '…'` is `start > 17…`, and so is `start > to_unixtime(TIMESTAMP '…')`.
//!
//! Flow logs have their times in Unix seconds, people ask for timestamps. Files, row groups and pages know the least
//! and greatest `start`, which only a comparison with the column itself can use; so a comparison of the column made a
//! timestamp becomes one of the column with a number of seconds. It is the same for every row, NULL included.

use std::sync::Arc;

use arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, Result, ScalarValue};
use datafusion::logical_expr::{BinaryExpr, Cast, Expr, ExprSchemable, LogicalPlan, Operator, lit};
use datafusion::optimizer::{ApplyOrder, OptimizerConfig, OptimizerRule};

/// 2^53: whole numbers below are exact as `DOUBLE`.
const EXACT_SECONDS: f64 = 9_007_199_254_740_992.0;
const NANOSECONDS_A_SECOND: i128 = 1_000_000_000;

/// The rule.
#[derive(Debug)]
pub struct SecondsComparison;

impl OptimizerRule for SecondsComparison {
    fn name(&self) -> &'static str {
        "seconds_comparison"
    }

    fn apply_order(&self) -> Option<ApplyOrder> {
        Some(ApplyOrder::TopDown)
    }

    fn rewrite(&self, plan: LogicalPlan, _: &dyn OptimizerConfig) -> Result<Transformed<LogicalPlan>> {
        let schema = match &plan {
            LogicalPlan::Filter(filter) => Arc::clone(filter.input.schema()),
            LogicalPlan::TableScan(scan) if !scan.filters.is_empty() => Arc::new(DFSchema::try_from_qualified_schema(
                scan.table_name.clone(),
                &scan.source.schema(),
            )?),
            _ => return Ok(Transformed::no(plan)),
        };
        plan.map_expressions(|filter| filter.transform_up(|comparison| Ok(in_seconds(comparison, &schema))))
    }
}

fn in_seconds(comparison: Expr, schema: &DFSchema) -> Transformed<Expr> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = &comparison else {
        return Transformed::no(comparison);
    };
    let rewritten = match (time_in_seconds(left, schema), nanoseconds(right)) {
        (Some(seconds), Some(moment)) => compared(seconds, *op, moment),
        _ => match (time_in_seconds(right, schema), nanoseconds(left), op.swap()) {
            (Some(seconds), Some(moment), Some(op)) => compared(seconds, op, moment),
            _ => None,
        },
    };
    rewritten.map_or_else(|| Transformed::no(comparison), Transformed::yes)
}

/// `seconds` compared with a moment that may lie between two of them.
fn compared(seconds: &Expr, op: Operator, moment: i128) -> Option<Expr> {
    let bound = lit(i64::try_from(moment.div_euclid(NANOSECONDS_A_SECOND)).ok()?);
    let is_whole = moment.rem_euclid(NANOSECONDS_A_SECOND) == 0;
    let op = match op {
        Operator::Lt if !is_whole => Operator::LtEq,
        Operator::GtEq if !is_whole => Operator::Gt,
        Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq => op,
        Operator::Eq | Operator::NotEq if is_whole => op,
        _ => return None,
    };
    Some(Expr::BinaryExpr(BinaryExpr::new(
        Box::new(seconds.clone()),
        op,
        Box::new(bound),
    )))
}

/// The number of seconds (BIGINT) that `time` is made from, if it is.
pub(super) fn time_in_seconds<'a>(time: &'a Expr, schema: &DFSchema) -> Option<&'a Expr> {
    match time {
        Expr::Cast(Cast { expr, field }) => {
            let (unit, zone) = match field.data_type() {
                DataType::Timestamp(unit, zone) => (unit, zone),
                // What a number of seconds with a fraction is compared with.
                DataType::Float64 => return Some(expr.as_ref()).filter(|expr| is_int64(expr, schema)),
                _ => return None,
            };
            match expr.get_type(schema).ok()? {
                DataType::Int64 if *unit == TimeUnit::Second && is_utc(zone.as_deref()) => Some(expr),
                DataType::Timestamp(_, from) if keeps_moment(from.as_deref(), zone.as_deref()) => {
                    time_in_seconds(expr, schema)
                }
                _ => None,
            }
        }
        Expr::ScalarFunction(call) => {
            let seconds = call.args.first()?;
            let is_known = match call.name() {
                // A second argument is the zone the moment is shown in.
                "from_unixtime" => true,
                // In another zone, the seconds may be taken for local time.
                "to_timestamp" | "to_timestamp_seconds" => {
                    call.args.len() == 1 && is_of_utc(&time.get_type(schema).ok()?)
                }
                _ => false,
            };
            (is_known && is_int64(seconds, schema)).then_some(seconds)
        }
        _ => None,
    }
}

fn is_int64(expression: &Expr, schema: &DFSchema) -> bool {
    matches!(expression.get_type(schema), Ok(DataType::Int64))
}

/// Whether a cast between timestamps of these zones leaves the moment as it is: without a zone, it is one of UTC.
fn keeps_moment(from: Option<&str>, to: Option<&str>) -> bool {
    from.is_some() == to.is_some() || (is_utc(from) && is_utc(to))
}

fn is_of_utc(time: &DataType) -> bool {
    matches!(time, DataType::Timestamp(_, zone) if is_utc(zone.as_deref()))
}

fn is_utc(zone: Option<&str>) -> bool {
    zone.is_none_or(|zone| matches!(zone, "UTC" | "Z" | "+00:00" | "+00" | "Etc/UTC"))
}

/// A literal moment, or number of seconds, in nanoseconds since 1970.
fn nanoseconds(literal: &Expr) -> Option<i128> {
    let Expr::Literal(value, _) = literal else { return None };
    let (units, scale) = match value {
        ScalarValue::TimestampSecond(Some(value), _) => (*value, NANOSECONDS_A_SECOND),
        ScalarValue::TimestampMillisecond(Some(value), _) => (*value, 1_000_000),
        ScalarValue::TimestampMicrosecond(Some(value), _) => (*value, 1_000),
        ScalarValue::TimestampNanosecond(Some(value), _) => (*value, 1),
        // Whole numbers up to this are exact; of a fraction it counts only that there is one.
        ScalarValue::Float64(Some(seconds)) if seconds.abs() < EXACT_SECONDS => {
            let has_fraction = i128::from(seconds.floor() < *seconds);
            return Some(seconds.floor() as i128 * NANOSECONDS_A_SECOND + has_fraction);
        }
        _ => return None,
    };
    Some(i128::from(units) * scale)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use datafusion::logical_expr::col;

    use super::*;

    #[test]
    fn moments_between_two_seconds_are_compared_as_they_are() {
        let second = NANOSECONDS_A_SECOND;
        for (op, moment, expected) in [
            (Operator::Lt, 5 * second, Some("start < Int64(5)")),
            (Operator::Lt, 5 * second + 1, Some("start <= Int64(5)")),
            (Operator::LtEq, 5 * second + 1, Some("start <= Int64(5)")),
            (Operator::Gt, 5 * second + 1, Some("start > Int64(5)")),
            (Operator::GtEq, 5 * second, Some("start >= Int64(5)")),
            (Operator::GtEq, 5 * second + 1, Some("start > Int64(5)")),
            (Operator::Eq, 5 * second, Some("start = Int64(5)")),
            (Operator::Eq, 5 * second + 1, None),
            (Operator::NotEq, 5 * second + 1, None),
            (Operator::GtEq, -1, Some("start > Int64(-1)")),
            (Operator::Plus, 0, None),
        ] {
            let rewritten = compared(&col("start"), op, moment).map(|expr| expr.to_string());
            assert_eq!(rewritten.as_deref(), expected, "{op} {moment}");
        }
    }

    #[test]
    fn seconds_with_a_fraction_lie_between_two() {
        for (seconds, expected) in [
            (5.0, Some(5_000_000_000)),
            (5.25, Some(5_000_000_001)),
            (-0.5, Some(-999_999_999)),
            (1e300, None),
        ] {
            assert_eq!(nanoseconds(&lit(seconds)), expected, "{seconds}");
        }
    }

    #[test]
    fn a_cast_from_local_time_is_left_alone() {
        assert!(keeps_moment(Some("Asia/Tokyo"), Some("UTC")));
        assert!(keeps_moment(None, Some("UTC")));
        assert!(!keeps_moment(None, Some("Asia/Tokyo")));
        assert!(!keeps_moment(Some("Asia/Tokyo"), None));
    }
}
