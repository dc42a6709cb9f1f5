//! Where a session stands: what names without a database or schema mean.

use flowtrail_catalog::{DEFAULT_DATABASE, DEFAULT_SCHEMA, ObjectName};

use crate::accent::Accent;

/// The database and schema that names without them are looked for in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// `USE DATABASE`.
    pub database: String,
    /// `USE SCHEMA`.
    pub schema: String,
    /// `SET accent`: whose meaning counts where products differ.
    pub accent: Accent,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            database: DEFAULT_DATABASE.to_owned(),
            schema: DEFAULT_SCHEMA.to_owned(),
            accent: Accent::Auto,
        }
    }
}

impl Scope {
    /// The full name of what is written with up to three parts, the last of them its name. Whether two parts are schema
    /// and name or database and name is for whoever knows what there is: `is_database`.
    ///
    /// Athena's `default` is the schema that every database has here; its `awsdatacatalog` is the lake.
    pub fn full_name(&self, parts: &[String], is_database: impl Fn(&str) -> bool) -> Option<ObjectName> {
        let (database, schema, name) = match parts {
            [name] => (self.database.as_str(), self.schema.as_str(), name),
            [first, name] if first == "default" => (DEFAULT_DATABASE, DEFAULT_SCHEMA, name),
            [first, name] if is_database(first) => (first.as_str(), DEFAULT_SCHEMA, name),
            [schema, name] => (self.database.as_str(), schema.as_str(), name),
            [first, rest @ ..] if first == ATHENA_CATALOG => return self.full_name(rest, is_database),
            [database, schema, name] if schema == "default" => (database.as_str(), DEFAULT_SCHEMA, name),
            [database, schema, name] => (database.as_str(), schema.as_str(), name),
            _ => return None,
        };
        Some(ObjectName::new(database, schema, name.as_str()))
    }
}

/// What Athena calls the catalog that every account has.
pub const ATHENA_CATALOG: &str = "awsdatacatalog";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_completed() {
        let scope = Scope {
            database: "log_analysis".into(),
            schema: "public".into(),
            accent: Accent::Auto,
        };
        let full = |written: &str| {
            let parts: Vec<String> = written.split('.').map(str::to_owned).collect();
            let name = scope.full_name(&parts, |name| name == "glue").unwrap();
            (name.database, name.schema, name.name)
        };
        for (written, database, schema) in [
            ("t", "log_analysis", "public"),
            ("logs.t", "log_analysis", "logs"),
            ("glue.t", "glue", "public"),
            ("default.t", "flowtrail", "public"),
            ("awsdatacatalog.glue.t", "glue", "public"),
            ("x.y.t", "x", "y"),
        ] {
            assert_eq!(full(written), (database.into(), schema.into(), "t".into()), "{written}");
        }
    }
}
