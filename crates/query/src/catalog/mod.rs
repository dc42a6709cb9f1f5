//! Which tables does a statement see?
//!
//! Catalog `flowtrail` with the schemas `logs` and `system`, whose tables and views are built in, and `public`, which
//! is the user's own. A table is opened when a statement names it and not before, and a statement that names it twice,
//! or by way of a view, sees it at one version.
//!
//! A bare name is looked for in `public`, then in `logs`, then in `system`.

mod opened;
mod provider;

pub use opened::{KnownSnapshots, OpenedTables};
pub use provider::LakeCatalogs;

/// The schemas, in the order bare names are looked for in them.
pub const SCHEMAS: [&str; 3] = [crate::settings::DEFAULT_SCHEMA, "logs", "system"];

/// The names of a schema's tables and views.
pub fn names(schema: &str) -> Vec<&'static str> {
    let tables = flowtrail_lake::definition::built_in()
        .iter()
        .map(|table| (table.schema, table.name));
    let views = crate::views::VIEWS.iter().map(|view| (view.schema, view.name));
    tables
        .chain(views)
        .filter(|(of, _)| *of == schema)
        .map(|(_, name)| name)
        .collect()
}

/// The schema in which `name`, named without one, is found.
pub fn schema_of(name: &str) -> Option<&'static str> {
    SCHEMAS.into_iter().find(|schema| names(schema).contains(&name))
}
