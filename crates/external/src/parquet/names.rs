//! Columns of Parquet files found by name without regard to case.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::compute::CastOptions;
use arrow::datatypes::{Field, FieldRef, Schema, SchemaRef};
use datafusion::common::format::DEFAULT_CAST_OPTIONS;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{CastExpr, Column};
use datafusion::physical_expr_adapter::{
    DefaultPhysicalExprAdapterFactory, PhysicalExprAdapter, PhysicalExprAdapterFactory,
};

/// Adapts expressions over a table to a file whose columns may be spelled in another case. What the file lacks is NULL,
/// and types are cast, as the engine does it; but a value that does not convert is NULL, as it is in text.
#[derive(Debug)]
pub(super) struct AnyCase;

impl PhysicalExprAdapterFactory for AnyCase {
    fn create(&self, logical: SchemaRef, physical: SchemaRef) -> Result<Arc<dyn PhysicalExprAdapter>> {
        let names: HashMap<String, &str> = logical
            .fields()
            .iter()
            .map(|field| (field.name().to_lowercase(), field.name().as_str()))
            .collect();
        // A column that is spelled as it is declared goes before others.
        let has_exactly = |name: &str| physical.fields().iter().any(|field| field.name() == name);
        let respelled = |field: &FieldRef| -> FieldRef {
            match names.get(&field.name().to_lowercase()) {
                Some(name) if field.name() != name && !has_exactly(name) => {
                    Arc::new(Field::clone(field).with_name(*name))
                }
                _ => Arc::clone(field),
            }
        };
        let fields: Vec<FieldRef> = physical.fields().iter().map(respelled).collect();
        let respelled = Arc::new(Schema::new_with_metadata(fields, physical.metadata().clone()));
        Ok(Arc::new(AnyCaseAdapter {
            inner: DefaultPhysicalExprAdapterFactory.create(Arc::clone(&logical), respelled)?,
            logical,
            physical,
        }))
    }
}

#[derive(Debug)]
struct AnyCaseAdapter {
    inner: Arc<dyn PhysicalExprAdapter>,
    logical: SchemaRef,
    physical: SchemaRef,
}

impl PhysicalExprAdapter for AnyCaseAdapter {
    fn rewrite(&self, expression: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
        let rewritten = self.inner.rewrite(expression)?;
        let as_in_file = |expression: Arc<dyn PhysicalExpr>| {
            let changed = match expression.downcast_ref::<Column>() {
                Some(column) => self.spelled(column),
                None => expression
                    .downcast_ref::<CastExpr>()
                    .and_then(|cast| self.lenient(cast)),
            };
            Ok(match changed {
                Some(changed) => Transformed::yes(changed),
                None => Transformed::no(expression),
            })
        };
        rewritten.transform(as_in_file).data()
    }
}

impl AnyCaseAdapter {
    /// A column as the file spells it, if it does so otherwise.
    fn spelled(&self, column: &Column) -> Option<Arc<dyn PhysicalExpr>> {
        let field = self.physical.fields().get(column.index())?;
        (field.name() != column.name()).then(|| Arc::new(Column::new(field.name(), column.index())) as _)
    }

    /// The cast of a file's column to the table's type, such that what does not convert is NULL. Casts of the question
    /// itself stay as they are.
    fn lenient(&self, cast: &CastExpr) -> Option<Arc<dyn PhysicalExpr>> {
        let column = cast.expr().downcast_ref::<Column>()?;
        let stored = self.physical.fields().get(column.index())?;
        let is_of_table = |field: &FieldRef| {
            field.name().eq_ignore_ascii_case(stored.name())
                && field.data_type() == cast.cast_type()
                && field.data_type() != stored.data_type()
        };
        if cast.cast_options().safe || !self.logical.fields().iter().any(is_of_table) {
            return None;
        }
        let options = CastOptions {
            safe: true,
            ..DEFAULT_CAST_OPTIONS
        };
        let target = Arc::clone(cast.target_field());
        let lenient = CastExpr::new_with_target_field(Arc::clone(cast.expr()), target, Some(options));
        Some(Arc::new(lenient))
    }
}
