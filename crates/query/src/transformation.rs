//! Expressions over the columns of files that are loaded: what `COPY INTO table FROM (SELECT …)` asks.
//!
//! The expressions are planned once, over one table that has what a row of a file has, and worked out for each batch of
//! rows. What is no such expression (a condition, a group, another table) is refused by name, as Snowflake refuses it.

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemTable, MemoryCatalogProvider, MemoryCatalogProviderList,
    MemorySchemaProvider, SchemaProvider,
};
use datafusion::common::{Result, plan_err};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, LogicalPlan, Projection};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::PhysicalExpr;

use crate::catalog::Names;
use crate::planning::Asked;
use crate::{Parameters, QueryError};

/// The table that stands for a file.
const STAGED: &str = "staged";

/// Rows made of rows.
pub struct Transformation {
    /// One after another, the innermost first.
    layers: Vec<Layer>,
    schema: SchemaRef,
}

struct Layer {
    expressions: Vec<Arc<dyn PhysicalExpr>>,
    schema: SchemaRef,
}

impl fmt::Debug for Transformation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "transformation to {}", self.schema)
    }
}

impl Transformation {
    /// The columns it makes.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The rows made of `staged`, in its order.
    ///
    /// # Errors
    /// When an expression has no value for one of them.
    pub fn apply(&self, staged: &RecordBatch) -> Result<RecordBatch, QueryError> {
        let mut rows = staged.clone();
        for layer in &self.layers {
            rows = layer.apply(&rows).map_err(|error| QueryError::running(error, 0))?;
        }
        Ok(rows)
    }
}

impl Layer {
    fn apply(&self, rows: &RecordBatch) -> Result<RecordBatch> {
        let columns = self.expressions.iter().map(|expression| {
            let value = expression.evaluate(rows)?;
            value.into_array(rows.num_rows())
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }
}

/// Plans `select`, which is `SELECT` and expressions over `staged`, of which `alias` is another name.
pub async fn transformation(
    mut session: SessionState,
    select: &str,
    alias: Option<&str>,
    staged: SchemaRef,
    names: &Names,
) -> Result<Transformation> {
    let alias = alias.map_or_else(String::new, |alias| format!(" AS \"{}\"", alias.replace('"', "\"\"")));
    let sql = format!("{select}\nFROM {STAGED}{alias}");
    let schema = Arc::new(MemorySchemaProvider::new());
    schema.register_table(STAGED.to_owned(), Arc::new(MemTable::try_new(staged, vec![vec![]])?))?;
    let defaults = session.config_options().catalog.clone();
    let catalog = Arc::new(MemoryCatalogProvider::new());
    catalog.register_schema(&defaults.default_schema, schema)?;
    let catalogs = MemoryCatalogProviderList::new();
    catalogs.register_catalog(defaults.default_catalog, catalog);
    session.register_catalog_list(Arc::new(catalogs));
    let asked = Asked {
        session: &session,
        sql: &sql,
        parameters: &Parameters::of_columns(),
        names,
    };
    let plan = asked.plan().await?;
    let plan = session
        .analyzer()
        .execute_and_check(plan, session.config_options(), |_, _| {})?;
    let mut layers = Vec::new();
    let mut below = &plan;
    loop {
        match below {
            LogicalPlan::Projection(projection) => {
                layers.push(layer(&session, projection)?);
                below = &projection.input;
            }
            LogicalPlan::SubqueryAlias(alias) => below = &alias.input,
            LogicalPlan::TableScan(scan) if scan.filters.is_empty() => break,
            _ => {
                return plan_err!(
                    "the SELECT of a COPY has columns of its files and expressions of each row; DISTINCT, aggregates, windows \
                     and queries in it are not done"
                );
            }
        }
    }
    layers.reverse();
    Ok(Transformation {
        schema: Arc::clone(plan.schema().inner()),
        layers,
    })
}

fn layer(session: &SessionState, projection: &Projection) -> Result<Layer> {
    let input = projection.input.schema();
    let context = SimplifyContext::builder()
        .with_schema(Arc::clone(input))
        .with_config_options(Arc::clone(session.config_options()))
        .with_query_execution_start_time(session.execution_props().query_execution_start_time)
        .build();
    let simplifier = ExprSimplifier::new(context);
    let expression = |expression: &Expr| {
        let simple = simplifier.simplify(expression.clone())?;
        session.create_physical_expr(simple, input)
    };
    let expressions = projection.expr.iter().map(expression).collect::<Result<Vec<_>>>()?;
    // What an expression really gives: a simpler one may be of the same type and never NULL.
    let fields = projection
        .schema
        .fields()
        .iter()
        .zip(&expressions)
        .map(|(field, expression)| {
            let data_type = expression.data_type(input.as_arrow())?;
            Ok(field.as_ref().clone().with_data_type(data_type).with_nullable(true))
        });
    let schema = Arc::new(Schema::new(fields.collect::<Result<Vec<_>>>()?));
    Ok(Layer { expressions, schema })
}
