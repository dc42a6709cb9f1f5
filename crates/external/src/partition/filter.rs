//! The conditions of a question that are over partition columns alone.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::catalog::Session;
use datafusion::common::cast::as_boolean_array;
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;

use super::{NULL_VALUE, typed};
use crate::error::ExternalError;
use crate::table::{PartitionColumn, Table};

/// Whether a condition is over partition columns alone, and can be evaluated on their values once.
pub(crate) fn is_over_partitions(table: &Table, filter: &Expr) -> bool {
    let columns = filter.column_refs();
    let is_partition = |name: &str| table.partition_columns.iter().any(|column| column.name == name);
    if columns.is_empty() || !columns.iter().all(|column| is_partition(&column.name)) || filter.is_volatile() {
        return false;
    }
    let mut is_plain = true;
    let walked = filter.apply(|part| {
        is_plain &= !matches!(
            part,
            Expr::Exists(_)
                | Expr::InSubquery(_)
                | Expr::ScalarSubquery(_)
                | Expr::OuterReferenceColumn(..)
                | Expr::Placeholder(_)
        );
        Ok(TreeNodeRecursion::Continue)
    });
    is_plain && walked.is_ok()
}

/// For each partition column, what its values are at least and at most, as text; columns that are missing, and `None`,
/// may have any value.
pub(crate) type Bounds = Vec<Option<(String, String)>>;

/// Those conditions, ready to be evaluated.
#[derive(Debug)]
pub(crate) struct PartitionFilters {
    schema: SchemaRef,
    /// All of them together.
    all: Option<Arc<dyn PhysicalExpr>>,
    /// For each column, those over it alone.
    by_column: Vec<Option<Arc<dyn PhysicalExpr>>>,
    /// Those over several columns.
    over_several: Option<Arc<dyn PhysicalExpr>>,
    /// Values that the conditions let a column have, where they say them.
    equated: HashMap<usize, Vec<ScalarValue>>,
}

impl PartitionFilters {
    /// Takes those of `filters` that are over partition columns.
    pub(crate) fn new(table: &Table, session: &dyn Session, filters: &[Expr]) -> Result<Self> {
        let first = table.file_columns.len();
        let fields = table.schema.fields()[first..].to_vec();
        let schema = Arc::new(Schema::new(fields));
        let place = |name: &str| table.partition_columns.iter().position(|column| column.name == name);
        let filters: Vec<(BTreeSet<usize>, Expr)> = filters
            .iter()
            .filter(|filter| is_over_partitions(table, filter))
            .map(|filter| {
                let columns = filter.column_refs();
                let places = columns.iter().filter_map(|column| place(&column.name)).collect();
                (places, filter.clone())
            })
            .collect();
        let compile = |schema: &SchemaRef, is_meant: &dyn Fn(&BTreeSet<usize>) -> bool| {
            let meant = filters.iter().filter(|(columns, _)| is_meant(columns));
            let Some(filter) = conjunction(meant.map(|(_, filter)| filter.clone())) else {
                return Ok(None);
            };
            let columns = DFSchema::try_from(Arc::clone(schema))?;
            session.create_physical_expr(filter, &columns).map(Some)
        };
        let mut by_column = Vec::with_capacity(table.partition_columns.len());
        let mut equated = HashMap::new();
        for column in 0..table.partition_columns.len() {
            let alone = Arc::new(schema.project(&[column])?);
            by_column.push(compile(&alone, &|columns| {
                columns.len() == 1 && columns.contains(&column)
            })?);
            let name = &table.partition_columns[column].name;
            let said = filters.iter().filter_map(|(_, filter)| values_of(filter, name));
            if let Some(values) = said.min_by_key(Vec::len) {
                equated.insert(column, values);
            }
        }
        Ok(Self {
            all: compile(&schema, &|_| true)?,
            over_several: compile(&schema, &|columns| columns.len() > 1)?,
            schema,
            by_column,
            equated,
        })
    }

    /// Rows of all columns' values that all conditions let through.
    pub(super) fn kept(&self, columns: &[ArrayRef], rows: usize) -> Result<Vec<usize>> {
        kept(self.all.as_ref(), &self.schema, columns, rows)
    }

    /// For each of the bounds, whether the conditions could let a partition through whose values are within them.
    pub(super) fn may_hold(&self, table: &Table, bounds: &[Bounds]) -> Result<Vec<bool>, ExternalError> {
        let Some(all) = self.all.as_ref().filter(|_| !bounds.is_empty()) else {
            return Ok(vec![true; bounds.len()]);
        };
        let predicate = PruningPredicateBuilder::new()
            .with_file_schema(Arc::clone(&self.schema))
            .try_build(Arc::clone(all))?;
        let ends = |end: fn(&(String, String)) -> &str| {
            let columns = table.partition_columns.iter().enumerate();
            let column = |(place, column): (usize, &PartitionColumn)| {
                let end_of =
                    |bounds: &'_ Bounds| bounds.get(place).and_then(Option::as_ref).map(end).map(str::to_owned);
                let texts: Vec<String> = bounds
                    .iter()
                    .map(|bounds| end_of(bounds).unwrap_or_else(|| NULL_VALUE.to_owned()))
                    .collect();
                typed(column, texts.iter().map(String::as_str))
            };
            columns.map(column).collect::<Result<Vec<ArrayRef>, _>>()
        };
        let statistics = Statistics {
            schema: Arc::clone(&self.schema),
            least: ends(|(least, _)| least)?,
            most: ends(|(_, most)| most)?,
            count: bounds.len(),
        };
        Ok(predicate.prune(&statistics)?)
    }

    /// Rows of one column's values that the conditions over it alone let through.
    pub(super) fn kept_of_column(&self, column: usize, values: &ArrayRef) -> Result<Vec<usize>> {
        let schema = Arc::new(self.schema.project(&[column])?);
        kept(
            self.by_column[column].as_ref(),
            &schema,
            std::slice::from_ref(values),
            values.len(),
        )
    }

    /// Whether there are conditions that need several columns.
    pub(super) fn has_over_several(&self) -> bool {
        self.over_several.is_some()
    }

    /// Rows of all columns' values that the conditions over several columns let through.
    pub(super) fn kept_of_several(&self, columns: &[ArrayRef], rows: usize) -> Result<Vec<usize>> {
        kept(self.over_several.as_ref(), &self.schema, columns, rows)
    }

    /// The values that a column must have one of, where the conditions say them: `a = 'x'`, `a IN ('x', 'y')`.
    pub(super) fn equated(&self, column: usize) -> Option<&[ScalarValue]> {
        self.equated.get(&column).map(Vec::as_slice)
    }
}

/// Bounds as the engine asks for them; NULL is what nobody knows.
struct Statistics {
    schema: SchemaRef,
    least: Vec<ArrayRef>,
    most: Vec<ArrayRef>,
    count: usize,
}

impl Statistics {
    fn of(&self, ends: &[ArrayRef], column: &Column) -> Option<ArrayRef> {
        ends.get(self.schema.index_of(&column.name).ok()?).cloned()
    }
}

impl PruningStatistics for Statistics {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.of(&self.least, column)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.of(&self.most, column)
    }

    fn num_containers(&self) -> usize {
        self.count
    }

    fn null_counts(&self, _column: &Column) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, _column: &Column, _values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}

fn kept(
    filter: Option<&Arc<dyn PhysicalExpr>>,
    schema: &SchemaRef,
    columns: &[ArrayRef],
    rows: usize,
) -> Result<Vec<usize>> {
    let Some(filter) = filter else {
        return Ok((0..rows).collect());
    };
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch = RecordBatch::try_new_with_options(Arc::clone(schema), columns.to_vec(), &options)?;
    let mask = filter.evaluate(&batch)?.into_array(rows)?;
    let mask = as_boolean_array(&mask)?;
    let is_kept = |(row, kept): (usize, Option<bool>)| (kept == Some(true)).then_some(row);
    Ok(mask.iter().enumerate().filter_map(is_kept).collect())
}

/// The values that a condition lets a column have, if it says them.
fn values_of(filter: &Expr, column: &str) -> Option<Vec<ScalarValue>> {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
            Operator::Eq => {
                let value = value_beside(left, right, column).or_else(|| value_beside(right, left, column))?;
                Some(vec![value])
            }
            Operator::Or => {
                let mut values = values_of(left, column)?;
                values.extend(values_of(right, column)?);
                Some(values)
            }
            Operator::And => values_of(left, column).or_else(|| values_of(right, column)),
            _ => None,
        },
        Expr::InList(list) if !list.negated && is_column(&list.expr, column) => list.list.iter().map(literal).collect(),
        _ => None,
    }
}

fn value_beside(one: &Expr, other: &Expr, column: &str) -> Option<ScalarValue> {
    if is_column(one, column) { literal(other) } else { None }
}

fn is_column(expression: &Expr, name: &str) -> bool {
    matches!(expression, Expr::Column(column) if column.name == name)
}

fn literal(expression: &Expr) -> Option<ScalarValue> {
    match expression {
        Expr::Literal(value, _) => Some(value.clone()),
        _ => None,
    }
}
