//! An expression over the columns that are read, made so that it can be worked out on a column's distinct values.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{Result, exec_err};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::utils::collect_columns;

/// An expression, and the columns it looks at.
#[derive(Clone, Debug)]
pub struct Expression {
    /// The columns it looks at, by their number among all that are read, in rising order.
    pub columns: Vec<usize>,
    inner: Arc<dyn PhysicalExpr>,
    schema: SchemaRef,
    data_type: DataType,
}

impl Expression {
    /// `expression` looks at columns of `schema`.
    pub fn new(expression: &Arc<dyn PhysicalExpr>, schema: &Schema) -> Result<Self> {
        let mut columns: Vec<usize> = collect_columns(expression).iter().map(Column::index).collect();
        columns.sort_unstable();
        columns.dedup();
        let own_schema = Arc::new(schema.project(&columns)?);
        let expression = replace_columns(expression, &|column| {
            let position = columns.iter().position(|own| *own == column.index())?;
            Some(Arc::new(Column::new(column.name(), position)))
        })?;
        let data_type = expression.data_type(&own_schema)?;
        Ok(Self {
            columns,
            inner: expression,
            schema: own_schema,
            data_type,
        })
    }

    /// The column, when it is nothing but one.
    pub fn column(&self) -> Option<usize> {
        self.inner.downcast_ref::<Column>().map(|_| self.columns[0])
    }

    /// The one column it looks at.
    pub fn only_column(&self) -> Option<usize> {
        match self.columns[..] {
            [column] => Some(column),
            _ => None,
        }
    }

    /// What it is made of.
    pub fn inner(&self) -> &Arc<dyn PhysicalExpr> {
        &self.inner
    }

    /// The columns it looks at.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The type of its values.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// Its value for each of `rows` rows; `columns` are the ones it looks at.
    pub fn evaluate(&self, columns: Vec<ArrayRef>, rows: usize) -> Result<ArrayRef> {
        if self.column().is_some()
            && let Some(column) = columns.first()
        {
            return Ok(Arc::clone(column));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?;
        self.inner.evaluate(&batch)?.into_array(rows)
    }
}

/// `expression` with each column replaced by what `replacement` has for it, which must be something.
pub fn replace_columns(
    expression: &Arc<dyn PhysicalExpr>,
    replacement: &impl Fn(&Column) -> Option<Arc<dyn PhysicalExpr>>,
) -> Result<Arc<dyn PhysicalExpr>> {
    Arc::clone(expression)
        .transform_up(|part| {
            let Some(column) = part.downcast_ref::<Column>() else {
                return Ok(Transformed::no(part));
            };
            if let Some(other) = replacement(column) {
                Ok(Transformed::yes(other))
            } else {
                exec_err!("no column {column} below")
            }
        })
        .data()
}
