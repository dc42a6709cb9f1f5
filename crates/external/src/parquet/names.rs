//! Columns of Parquet files found by name without regard to case.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::{Field, FieldRef, Schema, SchemaRef};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr_adapter::{
    DefaultPhysicalExprAdapterFactory, PhysicalExprAdapter, PhysicalExprAdapterFactory,
};

/// Adapts expressions over a table to a file whose columns may be spelled in another case; what the file lacks is NULL,
/// and types are cast, as the engine does it.
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
            inner: DefaultPhysicalExprAdapterFactory.create(logical, respelled)?,
            physical,
        }))
    }
}

#[derive(Debug)]
struct AnyCaseAdapter {
    inner: Arc<dyn PhysicalExprAdapter>,
    physical: SchemaRef,
}

impl PhysicalExprAdapter for AnyCaseAdapter {
    fn rewrite(&self, expression: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
        let rewritten = self.inner.rewrite(expression)?;
        let spelled_as_in_file = |expression: Arc<dyn PhysicalExpr>| {
            let Some(column) = expression.downcast_ref::<Column>() else {
                return Ok(Transformed::no(expression));
            };
            match self.physical.fields().get(column.index()) {
                Some(field) if field.name() != column.name() => Ok(Transformed::yes(Arc::new(Column::new(
                    field.name(),
                    column.index(),
                )) as _)),
                _ => Ok(Transformed::no(expression)),
            }
        };
        rewritten.transform(spelled_as_in_file).data()
    }
}
