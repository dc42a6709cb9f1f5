//! Catalogs and schemas as the engine asks for them.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, CatalogProviderList, SchemaProvider, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::TableType;
use flowtrail_catalog::ObjectName;

use super::{Names, OpenedTables, Relation};
use crate::scope::ATHENA_CATALOG;

/// All databases, as one statement sees them.
#[derive(Clone, Debug)]
pub struct LakeCatalogs {
    opened: Arc<OpenedTables>,
    /// What names mean: in a view, where it was made.
    names: Names,
    /// The views that are being planned, each a part of the one before.
    within: Arc<[ObjectName]>,
}

impl LakeCatalogs {
    /// The databases, for a statement or for the query of the last of `within`.
    pub fn new(opened: Arc<OpenedTables>, names: Names, within: Arc<[ObjectName]>) -> Self {
        Self { opened, names, within }
    }
}

impl CatalogProviderList for LakeCatalogs {
    /// Keeps nothing: a database is made by a statement.
    fn register_catalog(&self, _: String, _: Arc<dyn CatalogProvider>) -> Option<Arc<dyn CatalogProvider>> {
        None
    }

    fn catalog_names(&self) -> Vec<String> {
        self.names.databases()
    }

    fn catalog(&self, name: &str) -> Option<Arc<dyn CatalogProvider>> {
        let names = &self.names;
        let database = if name == ATHENA_CATALOG {
            &names.scope.database
        } else {
            name
        };
        names.is_database(database).then(|| {
            Arc::new(Database {
                name: database.to_owned(),
                of: self.clone(),
            }) as _
        })
    }
}

#[derive(Debug)]
struct Database {
    name: String,
    of: LakeCatalogs,
}

impl CatalogProvider for Database {
    fn schema_names(&self) -> Vec<String> {
        self.of.names.schemas(&self.name)
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        Some(Arc::new(Schema {
            database: self.name.clone(),
            name: name.to_owned(),
            of: self.of.clone(),
        }))
    }
}

/// A schema, or another database that stands where a schema can: `database.table`.
#[derive(Debug)]
struct Schema {
    database: String,
    name: String,
    of: LakeCatalogs,
}

impl Schema {
    fn find(&self, name: &str) -> Option<(ObjectName, Relation)> {
        let names = &self.of.names;
        let is_current = self.database == names.scope.database;
        let mut parts = vec![self.name.clone(), name.to_owned()];
        if !is_current {
            parts.insert(0, self.database.clone());
        }
        names.resolve(&parts)
    }
}

#[async_trait]
impl SchemaProvider for Schema {
    fn table_names(&self) -> Vec<String> {
        self.of.names.relations(&self.database, &self.name)
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        match self.find(name) {
            Some((name, relation)) => self.of.opened.open(&name, &relation, &self.of.within).await.map(Some),
            None => Ok(None),
        }
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        Ok(self.find(name).map(|(_, relation)| {
            if relation.is_view() {
                TableType::View
            } else {
                TableType::Base
            }
        }))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.find(name).is_some()
    }
}
