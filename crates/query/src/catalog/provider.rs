//! Catalog and schemas as the engine asks for them.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, CatalogProviderList, SchemaProvider, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::TableType;
use flowtrail_lake::definition::DATABASE;

use super::{OpenedTables, SCHEMAS, names, schema_of};
use crate::settings::DEFAULT_SCHEMA;
use crate::views;

/// All catalogs: the one of the lake.
#[derive(Debug)]
pub struct LakeCatalogs {
    catalog: Arc<LakeCatalog>,
}

impl LakeCatalogs {
    /// The lake's catalog, with what a statement has opened of it.
    pub fn new(opened: Arc<OpenedTables>) -> Self {
        Self {
            catalog: Arc::new(LakeCatalog { opened }),
        }
    }
}

impl CatalogProviderList for LakeCatalogs {
    /// Keeps nothing: there is one catalog.
    fn register_catalog(&self, _: String, _: Arc<dyn CatalogProvider>) -> Option<Arc<dyn CatalogProvider>> {
        None
    }

    fn catalog_names(&self) -> Vec<String> {
        vec![DATABASE.to_owned()]
    }

    fn catalog(&self, name: &str) -> Option<Arc<dyn CatalogProvider>> {
        (name == DATABASE).then(|| Arc::clone(&self.catalog) as _)
    }
}

#[derive(Debug)]
struct LakeCatalog {
    opened: Arc<OpenedTables>,
}

impl CatalogProvider for LakeCatalog {
    fn schema_names(&self) -> Vec<String> {
        SCHEMAS.map(str::to_owned).to_vec()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let name = SCHEMAS.into_iter().find(|schema| *schema == name)?;
        Some(Arc::new(LakeSchema {
            name,
            opened: Arc::clone(&self.opened),
        }))
    }
}

#[derive(Debug)]
struct LakeSchema {
    name: &'static str,
    opened: Arc<OpenedTables>,
}

impl LakeSchema {
    /// The schema a table of this one is really in: the engine asks `public` for every bare name.
    fn holder(&self, table: &str) -> Option<&'static str> {
        if self.name == DEFAULT_SCHEMA {
            schema_of(table)
        } else {
            Some(self.name)
        }
    }
}

#[async_trait]
impl SchemaProvider for LakeSchema {
    fn table_names(&self) -> Vec<String> {
        names(self.name).into_iter().map(str::to_owned).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        match self.holder(name) {
            Some(schema) => self.opened.table(schema, name).await,
            None => Ok(None),
        }
    }

    async fn table_type(&self, name: &str) -> Result<Option<TableType>> {
        let Some(schema) = self.holder(name).filter(|_| self.table_exist(name)) else {
            return Ok(None);
        };
        Ok(Some(if views::find(schema, name).is_some() {
            TableType::View
        } else {
            TableType::Base
        }))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.holder(name).is_some_and(|schema| names(schema).contains(&name))
    }
}
