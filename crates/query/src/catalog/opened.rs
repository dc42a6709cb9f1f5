//! The tables one statement has opened.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use datafusion::catalog::{TableProvider, view::ViewTable};
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::session_state::SessionState;
use flowtrail_lake::scan::{Figures, LakeTable};
use flowtrail_lake::{Lake, Snapshot, TableDefinition, definition};
use parking_lot::Mutex;
use tokio::sync::OnceCell;

use super::LakeCatalogs;
use crate::views::{self, View};

type Opening = Arc<OnceCell<Arc<dyn TableProvider>>>;

/// The newest snapshots that statements before have seen. Cheap to clone; clones share.
#[derive(Clone, Debug, Default)]
pub struct KnownSnapshots(Arc<Mutex<HashMap<String, Snapshot>>>);

impl KnownSnapshots {
    fn get(&self, table: &TableDefinition) -> Option<Snapshot> {
        let known = self.0.lock();
        known.get(&table.qualified_name()).cloned()
    }

    fn put(&self, table: &TableDefinition, snapshot: Snapshot) {
        let mut known = self.0.lock();
        known.insert(table.qualified_name(), snapshot);
    }
}

/// The tables and views one statement names, each opened once.
pub struct OpenedTables {
    lake: Lake,
    known: KnownSnapshots,
    figures: Figures,
    /// What views are planned with.
    session: SessionState,
    tables: Mutex<HashMap<(&'static str, &'static str), Opening>>,
}

impl fmt::Debug for OpenedTables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedTables")
            .field("lake", &self.lake)
            .finish_non_exhaustive()
    }
}

impl OpenedTables {
    /// Nothing is opened yet. What the tables' scans read is noted in `figures`.
    pub fn new(lake: Lake, known: KnownSnapshots, session: SessionState, figures: Figures) -> Arc<Self> {
        Arc::new(Self {
            lake,
            known,
            figures,
            session,
            tables: Mutex::default(),
        })
    }

    /// `session`, with these tables as all it sees.
    pub fn visible_in(self: &Arc<Self>, mut session: SessionState) -> SessionState {
        session.register_catalog_list(Arc::new(LakeCatalogs::new(Arc::clone(self))));
        session
    }

    /// The table or view of that schema and name.
    pub async fn table(self: &Arc<Self>, schema: &str, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        if let Some(table) = definition::find(schema, name) {
            let opening = self.opening(table.schema, table.name);
            return opening.get_or_try_init(|| self.open(table)).await.cloned().map(Some);
        }
        if let Some(view) = views::find(schema, name) {
            let opening = self.opening(view.schema, view.name);
            return opening.get_or_try_init(|| self.plan(view)).await.cloned().map(Some);
        }
        Ok(None)
    }

    fn opening(&self, schema: &'static str, name: &'static str) -> Opening {
        let mut tables = self.tables.lock();
        Arc::clone(tables.entry((schema, name)).or_default())
    }

    async fn open(&self, table: &Arc<TableDefinition>) -> Result<Arc<dyn TableProvider>> {
        let known = self.known.get(table);
        let snapshot = self
            .lake
            .table(table)
            .snapshot_since(known.as_ref())
            .await
            .map_err(|e| DataFusionError::External(Box::new(e)))?;
        if let Some(snapshot) = &snapshot {
            self.known.put(table, snapshot.clone());
        }
        Ok(Arc::new(LakeTable::new(
            Arc::clone(table),
            snapshot,
            self.figures.clone(),
        )))
    }

    async fn plan(self: &Arc<Self>, view: &View) -> Result<Arc<dyn TableProvider>> {
        let session = self.visible_in(self.session.clone());
        let plan = Box::pin(session.create_logical_plan(view.sql)).await?;
        Ok(Arc::new(ViewTable::new(plan, Some(view.sql.to_owned()))))
    }
}
