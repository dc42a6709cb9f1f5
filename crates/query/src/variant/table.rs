//! A table that somebody made, as a statement sees it.

use std::sync::Arc;

use arrow::datatypes::Schema;
use datafusion::catalog::TableProvider;
use datafusion::catalog::view::ViewTable;
use datafusion::common::{Column, Result, ScalarValue};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, ScalarUDF, lit};
use flowtrail_catalog::{ObjectName, StoredTable};
use flowtrail_lake::scan::{Figures, LakeTable};
use flowtrail_lake::variant::PathColumn;
use flowtrail_lake::{Snapshot, TableDefinition};

use super::{rest_of, variant_object, variants};

/// The table at `snapshot`, with what its variants hold beside them.
pub fn provider(
    name: &ObjectName,
    table: &StoredTable,
    definition: Arc<TableDefinition>,
    snapshot: Option<Snapshot>,
    figures: Figures,
) -> Result<Arc<dyn TableProvider>> {
    let is_empty = |column: &str| snapshot.as_ref().is_none_or(|snapshot| snapshot.is_all_null(column));
    let rests: Vec<(String, bool)> = variants(table)
        .map(|column| (column.to_owned(), !is_empty(column)))
        .collect();
    let stored: Arc<dyn TableProvider> = Arc::new(LakeTable::new(definition, snapshot, figures));
    if rests.is_empty() {
        return Ok(stored);
    }
    let schema = stored.schema();
    let read = |name: &str| Expr::Column(Column::new_unqualified(name));
    let mut shown = Vec::new();
    for column in &table.columns {
        let variant = rests.iter().find(|(variant, _)| *variant == column.name);
        shown.push(match variant {
            Some((name, has_rest)) => whole(name, *has_rest, &schema),
            None => read(&column.name),
        });
    }
    let declared = |name: &String| table.columns.iter().any(|column| column.name == *name);
    let beside = schema
        .fields()
        .iter()
        .map(|field| field.name())
        .filter(|name| !declared(name));
    shown.extend(beside.map(|name| read(name)));
    let rests = rests.iter().filter(|(_, has_rest)| *has_rest);
    shown.extend(rests.map(|(name, _)| read(name).alias(rest_of(name))));
    let plan = LogicalPlanBuilder::scan(name.name.as_str(), provider_as_source(stored), None)?
        .project(shown)?
        .build()?;
    Ok(Arc::new(ViewTable::new(plan, None)))
}

/// The variant itself, from all that is kept of it.
fn whole(name: &str, has_rest: bool, schema: &Schema) -> Expr {
    let read = |name: &str| Expr::Column(Column::new_unqualified(name));
    let rest = if has_rest {
        read(name)
    } else {
        lit(ScalarValue::Utf8View(None))
    };
    let paths = schema.fields().iter().filter_map(|field| {
        let found = PathColumn::read(name, field.name())?;
        let path = format!("{}{}", found.path.join("."), found.form.mark());
        Some([lit(path), read(field.name())])
    });
    let arguments = std::iter::once(rest).chain(paths.flatten()).collect();
    ScalarUDF::from(variant_object()).call(arguments).alias(name)
}
