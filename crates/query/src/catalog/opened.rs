//! The tables one statement has opened.

use std::collections::{BTreeMap, BTreeSet, HashMap};
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
use crate::{FilterError, Parameters, Part, Parts, Restricted, Restriction, variant};

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
    /// What may be seen of all of them.
    restriction: Arc<Restriction>,
    tables: Mutex<HashMap<ObjectName, Opening>>,
    narrowed: Mutex<Narrowed>,
}

/// What the restriction was put on.
#[derive(Default)]
struct Narrowed {
    /// The parts that are on a relation, or on one below it.
    parts: BTreeMap<ObjectName, Parts>,
    /// Those that the statement itself names.
    named: BTreeSet<ObjectName>,
    /// The columns of all.
    columns: BTreeSet<String>,
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
        restriction: Arc<Restriction>,
        figures: Figures,
    ) -> Arc<Self> {
        Arc::new(Self {
            lake,
            known,
            figures,
            session,
            names,
            access,
            restriction,
            tables: Mutex::default(),
            narrowed: Mutex::default(),
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
        let opened = opening
            .get_or_try_init(|| self.narrowed(name, relation, within))
            .await?;
        self.note(name, within);
        Ok(Arc::clone(opened))
    }

    /// What became of the restriction at each relation that the statement names.
    pub fn restricted(&self) -> Result<Vec<Restricted>, FilterError> {
        let wanted = self.restriction.parts();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let narrowed = self.narrowed.lock();
        let put = |name: &ObjectName| narrowed.parts.get(name).copied().unwrap_or_default();
        let restricted: Vec<_> = narrowed
            .named
            .iter()
            .map(|name| Restricted {
                relation: name.to_string(),
                lacks: wanted.without(put(name)),
            })
            .collect();
        let is_unused = restricted.iter().all(|one| one.lacks.contains(Part::Filter));
        match self.restriction.unknown_field(&narrowed.columns) {
            Some(error) if is_unused => Err(error),
            _ => Ok(restricted),
        }
    }

    /// The relation, with the restriction on it as far as it is not on those below.
    async fn narrowed(
        self: &Arc<Self>,
        name: &ObjectName,
        relation: &Relation,
        within: &[ObjectName],
    ) -> Result<Arc<dyn TableProvider>> {
        let opened = self.opened(name, relation, within).await?;
        let wanted = self.restriction.parts();
        if wanted.is_empty() {
            return Ok(opened);
        }
        let below = self.narrowed.lock().parts.get(name).copied().unwrap_or_default();
        let columns = opened.schema();
        let (opened, put) = self
            .restriction
            .narrowed(&name.name, opened, wanted.without(below), &self.session)?;
        let mut narrowed = self.narrowed.lock();
        narrowed.parts.insert(name.clone(), below.and(put));
        let names = columns.fields().iter().map(|field| field.name().to_lowercase());
        narrowed.columns.extend(names);
        Ok(opened)
    }

    /// What is on a relation is on the views that it is a part of.
    fn note(&self, name: &ObjectName, within: &[ObjectName]) {
        let mut narrowed = self.narrowed.lock();
        if within.is_empty() {
            narrowed.named.insert(name.clone());
        }
        let put = narrowed.parts.get(name).copied().unwrap_or_default();
        for view in within {
            let parts = narrowed.parts.entry(view.clone()).or_default();
            *parts = parts.and(put);
        }
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
