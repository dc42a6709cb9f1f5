//! The tables whose rows are in the lake, whoever made them.

use std::sync::Arc;

use flowtrail_catalog::{Catalog, DEFAULT_SCHEMA, Definition, Kind};
use flowtrail_lake::definition::built_in;
use flowtrail_lake::{Lake, LakeError, Table};

use crate::SessionError;

/// The tables with these names, or all: those that are built in, then those that somebody made. A name may lack its
/// schema where that is `logs`, `system` or `public`.
///
/// # Errors
/// [`LakeError::NoTable`] for a name that no such table has; the catalog's.
pub async fn kept_tables(lake: &Lake, names: &[String]) -> Result<Vec<Table>, SessionError> {
    let definitions = Catalog::new(lake).definitions().await?;
    let made = definitions.of_kind(Kind::Relation).filter_map(|defined| {
        let Definition::Table(table) = &defined.definition else {
            return None;
        };
        Some((defined.name.to_string(), table.definition(&defined.name)))
    });
    let built_in = built_in()
        .iter()
        .map(|table| (table.qualified_name(), Arc::clone(table)));
    let all: Vec<_> = built_in.chain(made).collect();
    if names.is_empty() {
        return Ok(all.iter().map(|(_, definition)| lake.table(definition)).collect());
    }
    let find = |name: &String| {
        let called = |wanted: &str| all.iter().find(|(known, _)| known == wanted);
        let within = |schema: &str| called(&format!("{schema}.{name}"));
        let found = called(name).or_else(|| ["logs", "system", DEFAULT_SCHEMA].into_iter().find_map(within));
        let (_, definition) = found.ok_or_else(|| Box::new(LakeError::NoTable { name: name.clone() }))?;
        Ok(lake.table(definition))
    };
    names.iter().map(find).collect()
}
