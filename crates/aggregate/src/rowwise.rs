//! An expression of several columns, worked out row by row, but for what can be worked out a distinct value.
//!
//! `CASE WHEN ip_is_internal(srcaddr) AND ip_is_internal(dstaddr) …` asks two addresses a row what they are. Parts that
//! look at one column are therefore worked out for the values of that column, and only what puts them together for each
//! row.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::buffer::NullBuffer;
use arrow::compute::take;
use arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::common::{Result, exec_err};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column as ColumnExpression;
use datafusion::physical_expr::utils::collect_columns;

use crate::column::{Chosen, Column, Page, Pages, codes};
use crate::expression::Expression;
use crate::numbers::from_int64;

/// An expression, prepared for a row group.
#[derive(Debug)]
pub struct Rowwise {
    parts: Vec<Part>,
    /// Over `parts`.
    whole: Arc<dyn PhysicalExpr>,
    schema: SchemaRef,
}

/// A part that looks at one column.
#[derive(Debug)]
struct Part {
    /// What it is of the column; `None` for the column itself.
    of: Option<Expression>,
    /// The column's number among all that are read.
    column: usize,
    /// What it is for each of the column's values, where rows are codes.
    values: Option<ArrayRef>,
}

impl Rowwise {
    /// Prepares `expression` for a row group.
    pub fn prepare(expression: &Expression, columns: &[Option<Column>]) -> Result<Self> {
        let mut split = Split::default();
        let whole = split.split(expression.inner())?;
        let mut parts = Vec::with_capacity(split.parts.len());
        let mut fields = Vec::with_capacity(split.parts.len());
        for part in split.parts {
            let own = Expression::new(&part, expression.schema())?;
            let column = expression.columns[own.columns[0]];
            let Some(known) = &columns[column] else {
                return exec_err!("column {column} is not at hand");
            };
            let values = match known.values() {
                Some(values) => Some(own.evaluate(vec![Arc::clone(values)], values.len())?),
                None => None,
            };
            fields.push(Field::new(
                format!("part{}", fields.len()),
                own.data_type().clone(),
                true,
            ));
            parts.push(Part {
                of: Some(own).filter(|own| own.column().is_none()),
                column,
                values,
            });
        }
        Ok(Self {
            parts,
            whole,
            schema: Arc::new(Schema::new(fields)),
        })
    }

    /// Its value for each row that counts.
    pub fn evaluate(&self, chosen: Chosen<'_>, pages: &Pages<'_>, columns: &[Option<Column>]) -> Result<ArrayRef> {
        let parts = self.parts.iter().map(|part| part.rows(chosen, pages, columns));
        let options = RecordBatchOptions::new().with_row_count(Some(chosen.len()));
        let parts = parts.collect::<Result<Vec<_>>>()?;
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), parts, &options)?;
        self.whole.evaluate(&batch)?.into_array(chosen.len())
    }
}

impl Part {
    fn rows(&self, chosen: Chosen<'_>, pages: &Pages<'_>, columns: &[Option<Column>]) -> Result<ArrayRef> {
        if let Some(values) = &self.values {
            let codes = UInt32Array::from(chosen.of(codes(pages, self.column)?).into_owned());
            return Ok(take(values, &codes, None)?);
        }
        let (Some(Page::Numbers(numbers, valid)), Some(column)) = (pages[self.column], &columns[self.column]) else {
            return exec_err!("column {} is not at hand", self.column);
        };
        let nulls = valid.map(|valid| chosen.of(valid).iter().map(|valid| *valid == 1).collect::<NullBuffer>());
        let numbers = Int64Array::new(chosen.of(numbers).into_owned().into(), nulls);
        let rows = from_int64(&(Arc::new(numbers) as ArrayRef), column.data_type())?;
        match &self.of {
            Some(of) => of.evaluate(vec![rows], chosen.len()),
            None => Ok(rows),
        }
    }
}

/// An expression while it is taken apart.
#[derive(Default)]
struct Split {
    /// Over the columns of the whole.
    parts: Vec<Arc<dyn PhysicalExpr>>,
}

impl Split {
    /// `piece` over the parts, which are the largest pieces of one column.
    fn split(&mut self, piece: &Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
        match collect_columns(piece).len() {
            0 => Ok(Arc::clone(piece)),
            1 => {
                let known = self.parts.iter().position(|part| part == piece);
                let number = known.unwrap_or_else(|| {
                    self.parts.push(Arc::clone(piece));
                    self.parts.len() - 1
                });
                Ok(Arc::new(ColumnExpression::new(&format!("part{number}"), number)))
            }
            _ => {
                let children = piece.children().into_iter().map(|child| self.split(child));
                let children = children.collect::<Result<Vec<_>>>()?;
                Arc::clone(piece).with_new_children(children)
            }
        }
    }
}
