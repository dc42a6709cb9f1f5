//! What a definition is called.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The database that every lake has.
pub const DEFAULT_DATABASE: &str = "flowtrail";
/// The schema that every database has, for what is the user's own.
pub const DEFAULT_SCHEMA: &str = "public";

/// The full name of a definition. Letters are kept as they are: whoever reads a statement makes those of names without
/// quotes small.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectName {
    /// The database; for a database itself, an integration, a warehouse or a dashboard nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub database: String,
    /// The schema; for a schema itself nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub schema: String,
    /// The name in the schema.
    pub name: String,
}

impl ObjectName {
    /// A name in a schema.
    pub fn new(database: impl Into<String>, schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            database: database.into(),
            schema: schema.into(),
            name: name.into(),
        }
    }

    /// A name that stands in no database: of a database, an integration, a warehouse, a dashboard.
    pub fn global(name: impl Into<String>) -> Self {
        Self::new("", "", name)
    }

    /// A schema's name.
    pub fn of_schema(database: impl Into<String>, name: impl Into<String>) -> Self {
        Self::new(database, "", name)
    }

    /// `schema.name`, for tables and their kin.
    pub fn in_schema(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

/// As a user would write it: without the database where it is the one that every lake has.
impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = Some(self.database.as_str()).filter(|database| *database != DEFAULT_DATABASE);
        for part in [database.unwrap_or_default(), &self.schema] {
            if !part.is_empty() {
                write!(f, "{part}.")?;
            }
        }
        f.write_str(&self.name)
    }
}
