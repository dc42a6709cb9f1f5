//! The tables one statement has opened.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use datafusion::catalog::{TableProvider, view::ViewTable};
use datafusion::common::{DataFusionError, Result, plan_err};
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};
use flowtrail_catalog::{Definition, ObjectName};
use flowtrail_external::{Access, ExternalProvider};
use flowtrail_lake::scan::{Figures, LakeTable};
use flowtrail_lake::{Lake, Snapshot, TableDefinition};
use parking_lot::Mutex;
use tokio::sync::OnceCell;

use super::pipes::{self, Pipes};
use super::provider::LakeCatalogs;
use super::{Names, Relation};
use crate::accent::Accent;
use crate::planning::Asked;
use crate::scope::Scope;
use crate::{Parameters, variant};

/// Views that ask one another, so deep at most: each takes its part of the stack.
const DEEPEST_VIEW: usize = 12;

type Opening = Arc<OnceCell<Arc<dyn TableProvider>>>;

/// The newest snapshots that statements before have seen. Cheap to clone; clones share.
#[derive(Clone, Debug, Default)]
pub struct KnownSnapshots(Arc<Mutex<HashMap<String, Snapshot>>>);

impl KnownSnapshots {
    fn get(&self, table: &TableDefinition) -> Option<Snapshot> {
        let known = self.0.lock();
        known.get(table.folder.as_ref()).cloned()
    }

    fn put(&self, table: &TableDefinition, snapshot: Snapshot) {
        let mut known = self.0.lock();
        known.insert(table.folder.clone().into_owned(), snapshot);
    }
}

/// The tables and views one statement names, each opened once.
pub struct OpenedTables {
    lake: Lake,
    known: KnownSnapshots,
    figures: Figures,
    /// What views are planned with.
    session: SessionState,
    names: Names,
    /// How raw files are reached.
    access: Access,
    tables: Mutex<HashMap<ObjectName, Opening>>,
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
    pub fn new(
        lake: Lake,
        known: KnownSnapshots,
        session: SessionState,
        names: Names,
        access: Access,
        figures: Figures,
    ) -> Arc<Self> {
        Arc::new(Self {
            lake,
            known,
            figures,
            session,
            names,
            access,
            tables: Mutex::default(),
        })
    }

    /// The session, with these tables as all it sees.
    pub fn session(self: &Arc<Self>) -> SessionState {
        self.session_within(&[])
    }

    /// The session as the query of the last of these views sees it.
    pub fn session_within(self: &Arc<Self>, within: &[ObjectName]) -> SessionState {
        self.session_of(&self.names, within.into())
    }

    /// The session as the query of the last view of `within` sees it, or a statement where there is none.
    fn session_of(self: &Arc<Self>, names: &Names, within: Arc<[ObjectName]>) -> SessionState {
        let mut session = self.session.clone();
        let catalog = &mut session.config_mut().options_mut().catalog;
        catalog.default_catalog.clone_from(&names.scope.database);
        catalog.default_schema.clone_from(&names.scope.schema);
        if matches!(names.scope.accent, Accent::Snowflake | Accent::Postgres) {
            // NULL is greater than all values there.
            session.config_mut().options_mut().sql_parser.default_null_ordering = "nulls_max".into();
        }
        let pipes = Pipes::new(&self.lake, &names.definitions);
        session.register_udtf(pipes::NAME, Arc::new(pipes));
        session.register_catalog_list(Arc::new(LakeCatalogs::new(Arc::clone(self), names.clone(), within)));
        session
    }

    /// The table or view of that name.
    pub async fn open(
        self: &Arc<Self>,
        name: &ObjectName,
        relation: &Relation,
        within: &[ObjectName],
    ) -> Result<Arc<dyn TableProvider>> {
        if within.contains(name) {
            return plan_err!("view `{name}` asks itself, by way of the views it names");
        }
        if within.len() > DEEPEST_VIEW {
            return plan_err!("views ask one another more than {DEEPEST_VIEW} deep");
        }
        let opening = {
            let mut tables = self.tables.lock();
            Arc::clone(tables.entry(name.clone()).or_default())
        };
        let opened = opening.get_or_try_init(|| self.opened(name, relation, within)).await?;
        Ok(Arc::clone(opened))
    }

    async fn opened(
        self: &Arc<Self>,
        name: &ObjectName,
        relation: &Relation,
        within: &[ObjectName],
    ) -> Result<Arc<dyn TableProvider>> {
        let within = || within.iter().chain([name]).cloned().collect();
        match relation {
            Relation::BuiltIn(table) => self.table(table).await,
            Relation::BuiltInView(view) => self.view(view.sql, &[], &Scope::default(), within()).await,
            Relation::Defined(defined) => match &defined.definition {
                Definition::View(view) => {
                    let scope = Scope {
                        database: view.database.clone(),
                        schema: view.schema.clone(),
                        accent: view.accent.parse().unwrap_or_default(),
                    };
                    self.view(&view.sql, &view.columns, &scope, within()).await
                }
                Definition::Table(stored) => {
                    let table = stored.definition(name);
                    let snapshot = self.snapshot(&table).await?;
                    variant::provider(name, stored, table, snapshot, self.figures.clone())
                }
                Definition::ExternalTable(table) => {
                    let (table, access) = (Arc::new(table.clone()), self.access.clone());
                    ExternalProvider::new(&name.to_string(), table, access, self.figures.clone())
                        .map(|provider| Arc::new(provider) as Arc<dyn TableProvider>)
                        .map_err(|e| DataFusionError::External(Box::new(e)))
                }
                other => plan_err!("`{name}` is {}, which cannot be asked yet", other.noun()),
            },
        }
    }

    async fn table(&self, table: &Arc<TableDefinition>) -> Result<Arc<dyn TableProvider>> {
        let snapshot = self.snapshot(table).await?;
        Ok(Arc::new(LakeTable::new(
            Arc::clone(table),
            snapshot,
            self.figures.clone(),
        )))
    }

    /// The newest snapshot of a table, or none where nothing was ever put into it.
    async fn snapshot(&self, table: &Arc<TableDefinition>) -> Result<Option<Snapshot>> {
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
        Ok(snapshot)
    }

    async fn view(
        self: &Arc<Self>,
        sql: &str,
        columns: &[String],
        scope: &Scope,
        within: Arc<[ObjectName]>,
    ) -> Result<Arc<dyn TableProvider>> {
        let names = Names {
            definitions: Arc::clone(&self.names.definitions),
            scope: scope.clone(),
        };
        let session = self.session_of(&names, within);
        let asked = Asked {
            session: &session,
            sql,
            parameters: &Parameters::default(),
            names: &names,
        };
        let mut plan = Box::pin(asked.plan()).await?;
        if !columns.is_empty() {
            let given = plan.schema().fields().len();
            if given != columns.len() {
                return plan_err!("the view names {} columns, and its query gives {given}", columns.len());
            }
            let renamed: Vec<_> = plan
                .schema()
                .columns()
                .into_iter()
                .zip(columns)
                .map(|(column, name)| Expr::Column(column).alias(name))
                .collect();
            plan = LogicalPlanBuilder::from(plan).project(renamed)?.build()?;
        }
        Ok(Arc::new(ViewTable::new(plan, Some(sql.to_owned()))))
    }
}
