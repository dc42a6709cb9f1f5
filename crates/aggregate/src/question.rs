//! What is asked of each file.

use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::common::{Result, ScalarValue};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::aggregate::AggregateFunctionExpr;
use datafusion::physical_expr::expressions::{CastExpr, Literal};
use datafusion::physical_expr::utils::{collect_columns, split_conjunction};
use datafusion::physical_expr_common::physical_expr::is_volatile;

use crate::expression::{Expression, replace_columns};
use crate::numbers::{fits_int64, is_text};

/// More columns to group by are left to the engine's own plan.
pub const MOST_KEYS: usize = 8;

/// Rows that pass all filters are grouped by the keys; each group has its aggregates.
#[derive(Clone, Debug)]
pub struct Question {
    /// The columns that are read, with their place in the table.
    pub columns: SchemaRef,
    /// For each of `columns`, its place in the table.
    pub positions: Vec<usize>,
    /// Conditions that all hold for a row that counts.
    pub filters: Vec<Expression>,
    /// What rows are grouped by.
    pub keys: Vec<Expression>,
    /// What is worked out for a group.
    pub aggregates: Vec<Aggregate>,
}

/// Something worked out for a group.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// Which.
    pub function: Function,
    /// Of what; `None` counts rows.
    pub argument: Option<Expression>,
    /// The type of its result.
    pub data_type: DataType,
}

/// The functions that can be worked out file by file and put together afterwards without loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Function {
    Count,
    Sum,
    Minimum,
    Maximum,
    Average,
    ApproximateDistinct,
}

/// The parts of a plan that a question is made of, over the columns of a table.
#[derive(Debug)]
pub struct Parts {
    /// What rows are grouped by.
    pub keys: Vec<Arc<dyn PhysicalExpr>>,
    /// The arguments of `functions`, each replaced by what it is in the table.
    pub arguments: Vec<Vec<Arc<dyn PhysicalExpr>>>,
    /// Conditions.
    pub filters: Vec<Arc<dyn PhysicalExpr>>,
}

impl Parts {
    /// The expressions, each as `change` makes it.
    pub fn map(self, change: impl Fn(&Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>>) -> Result<Self> {
        let all = |expressions: Vec<_>| expressions.iter().map(&change).collect::<Result<Vec<_>>>();
        Ok(Self {
            keys: all(self.keys)?,
            arguments: self.arguments.into_iter().map(all).collect::<Result<_>>()?,
            filters: all(self.filters)?,
        })
    }

    fn expressions(&self) -> impl Iterator<Item = &Arc<dyn PhysicalExpr>> {
        self.keys
            .iter()
            .chain(&self.filters)
            .chain(self.arguments.iter().flatten())
    }
}

impl Question {
    /// The question that `parts` and `functions` ask of a table with the columns `table`; `None` when something in it is
    /// not known to be answered here exactly as the engine does.
    pub fn new(parts: Parts, functions: &[Arc<AggregateFunctionExpr>], table: &Schema) -> Result<Option<Self>> {
        if parts.keys.len() > MOST_KEYS || parts.expressions().any(is_volatile) {
            return Ok(None);
        }
        let mut positions: Vec<usize> = parts
            .expressions()
            .flat_map(collect_columns)
            .map(|column| column.index())
            .collect();
        positions.sort_unstable();
        positions.dedup();
        let columns = Arc::new(table.project(&positions)?);
        if !columns.fields().iter().all(|field| is_readable(field.data_type())) {
            return Ok(None);
        }
        let parts = parts.map(|expression| {
            replace_columns(expression, &|column| {
                let position = positions.binary_search(&column.index()).ok()?;
                let name = columns.field(position).name();
                Some(Arc::new(datafusion::physical_expr::expressions::Column::new(
                    name, position,
                )))
            })
        })?;
        let expression = |expression: &Arc<dyn PhysicalExpr>| Expression::new(expression, &columns);
        let keys = parts.keys.iter().map(expression).collect::<Result<Vec<_>>>()?;
        if !keys.iter().all(|key| is_key(key.data_type())) {
            return Ok(None);
        }
        let mut filters = Vec::new();
        for filter in &parts.filters {
            for conjunct in split_conjunction(filter) {
                filters.push(expression(conjunct)?);
            }
        }
        let mut aggregates = Vec::with_capacity(functions.len());
        for (function, arguments) in functions.iter().zip(&parts.arguments) {
            let Some(aggregate) = Aggregate::new(function, arguments, &columns)? else {
                return Ok(None);
            };
            aggregates.push(aggregate);
        }
        Ok(Some(Self {
            columns,
            positions,
            filters,
            keys,
            aggregates,
        }))
    }
}

impl Question {
    /// Whether a key or an aggregate is made from the column.
    pub fn is_needed(&self, column: usize) -> bool {
        let arguments = self
            .aggregates
            .iter()
            .filter_map(|aggregate| aggregate.argument.as_ref());
        self.keys
            .iter()
            .chain(arguments)
            .any(|expression| expression.columns.contains(&column))
    }
}

/// The columns that are read as codes and numbers.
fn is_readable(data_type: &DataType) -> bool {
    use arrow::datatypes::TimeUnit::Microsecond;
    matches!(
        data_type,
        DataType::Utf8
            | DataType::Utf8View
            | DataType::Int32
            | DataType::Int64
            | DataType::Date32
            | DataType::Timestamp(Microsecond, _)
    )
}

fn is_key(data_type: &DataType) -> bool {
    is_text(data_type) || fits_int64(data_type)
}

impl Aggregate {
    fn new(
        function: &AggregateFunctionExpr,
        arguments: &[Arc<dyn PhysicalExpr>],
        columns: &Schema,
    ) -> Result<Option<Self>> {
        let [argument] = arguments else { return Ok(None) };
        if function.is_distinct() || !function.order_bys().is_empty() || function.ignore_nulls() {
            return Ok(None);
        }
        let data_type = function.field().data_type().clone();
        let of = |expression: &Arc<dyn PhysicalExpr>| Expression::new(expression, columns);
        let aggregate = |function, argument| Self {
            function,
            argument,
            data_type: data_type.clone(),
        };
        Ok(match function.fun().name() {
            "count" if is_set_literal(argument) => Some(aggregate(Function::Count, None)),
            "count" => Some(aggregate(Function::Count, Some(of(argument)?)))
                .filter(|count| count.argument.as_ref().is_some_and(|of| is_key(of.data_type()))),
            "sum" if data_type == DataType::Int64 => {
                Some(aggregate(Function::Sum, Some(of(argument)?))).filter(|sum| {
                    sum.argument
                        .as_ref()
                        .is_some_and(|of| *of.data_type() == DataType::Int64)
                })
            }
            "min" | "max" if is_readable(&data_type) && fits_int64(&data_type) => {
                let which = if function.fun().name() == "min" {
                    Function::Minimum
                } else {
                    Function::Maximum
                };
                Some(aggregate(which, Some(of(argument)?)))
                    .filter(|end| end.argument.as_ref().is_some_and(|of| *of.data_type() == data_type))
            }
            // Whole numbers are added as such and divided once, which is exact where adding fractions would not be.
            "avg" if data_type == DataType::Float64 => match argument.downcast_ref::<CastExpr>() {
                Some(cast) => {
                    let number = of(cast.expr())?;
                    matches!(number.data_type(), DataType::Int32 | DataType::Int64)
                        .then(|| aggregate(Function::Average, Some(number)))
                }
                None => None,
            },
            "approx_distinct" if data_type == DataType::UInt64 => {
                Some(aggregate(Function::ApproximateDistinct, Some(of(argument)?)))
                    .filter(|count| count.argument.as_ref().is_some_and(|of| is_sketched(of.data_type())))
            }
            _ => None,
        })
    }

    /// What is counted in a sketch, if the aggregate is such a count.
    pub fn sketched(&self) -> Option<&Expression> {
        self.argument
            .as_ref()
            .filter(|_| self.function == Function::ApproximateDistinct)
    }
}

/// The types whose distinct values the engine counts in a sketch. Those of narrower numbers it counts exactly.
fn is_sketched(data_type: &DataType) -> bool {
    use DataType::{Date32, Int32, Int64, Timestamp, UInt32};
    is_text(data_type) || matches!(data_type, Int32 | Int64 | UInt32 | Date32 | Timestamp(..))
}

fn is_set_literal(expression: &Arc<dyn PhysicalExpr>) -> bool {
    expression
        .downcast_ref::<Literal>()
        .is_some_and(|literal| !ScalarValue::is_null(literal.value()))
}
