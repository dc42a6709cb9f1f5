//! Asking a lake.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use arrow::datatypes::SchemaRef;
use datafusion::catalog::MemoryCatalogProviderList;
use datafusion::common::DataFusionError;
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::planner::ExprPlanner;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, Statement};
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use datafusion::prelude::{SessionContext, ident};
use flowtrail_aggregate::AggregateOnCodes;
use flowtrail_catalog::{Catalog, ObjectName};
use flowtrail_external::Access;
use flowtrail_lake::Lake;
use flowtrail_lake::scan::{Figures, engine_store};
use flowtrail_source::Reach;
use parking_lot::RwLock;

use crate::catalog::{KnownSnapshots, Names, OpenedTables};
use crate::optimizer::{LimitedSortBelowProjection, SecondsComparison, physical_rules};
use crate::planning::Asked;
use crate::variant::VariantPaths;
use crate::{
    Answer, EngineSettings, Marks, Parameters, QueryError, Restriction, Scope, Share, Transformation, aggregates,
    blame, functions, parameters, refusal, transformation,
};

/// Answers SQL over a lake. Cheap to clone; clones share memory, caches, and what `SET` and `USE` set.
#[derive(Clone)]
pub struct Engine {
    lake: Lake,
    settings: EngineSettings,
    known: KnownSnapshots,
    catalog: Catalog,
    scope: Arc<RwLock<Scope>>,
    /// What statements may use, where it is not the whole machine.
    share: Arc<RwLock<Option<SetShare>>>,
    /// What keeps columns and answers between statements.
    codes: Arc<AggregateOnCodes>,
    /// Which rows statements may see.
    restriction: Arc<Restriction>,
    /// Functions, rules and settings; no tables, which each statement opens for itself.
    session: Arc<RwLock<SessionState>>,
}

/// A share of the machine, with the memory that all statements have together which run in it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SetShare {
    share: Share,
    runtime: Arc<RuntimeEnv>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("lake", &self.lake)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine over `lake`.
    ///
    /// ```
    /// use flowtrail_lake::Lake;
    /// use flowtrail_query::{Engine, EngineSettings};
    /// use futures::TryStreamExt;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// let engine = Engine::new(Lake::open_folder(folder.path().join("lake"))?, EngineSettings::default())?;
    /// let answer = engine.run("SELECT protocol_name(6) AS protocol").await?;
    /// let batches: Vec<_> = answer.stream.try_collect().await?;
    /// assert_eq!(batches[0].num_rows(), 1);
    /// assert_eq!(answer.figures.get().rows, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(lake: Lake, settings: EngineSettings) -> Result<Self, QueryError> {
        let failed = |error| QueryError::running(error, settings.memory_limit_bytes);
        let runtime = settings.runtime().map_err(failed)?;
        let (url, store) = engine_store(&lake).map_err(Box::new)?;
        runtime.register_object_store(&url, store);
        let codes = Arc::new(AggregateOnCodes::new(settings.caches.clone()));
        let mut session = SessionStateBuilder::new()
            .with_default_features()
            .with_config(settings.session())
            .with_runtime_env(runtime)
            .with_optimizer_rule(Arc::new(SecondsComparison))
            .with_optimizer_rule(Arc::new(LimitedSortBelowProjection))
            .with_physical_optimizer_rules(physical_rules(&codes))
            .build();
        functions::register(&mut session).map_err(failed)?;
        aggregates::register(&mut session).map_err(failed)?;
        let paths = VariantPaths::new(&session).map_err(failed)?;
        // Before the engine's own, which know no fields of text.
        let planners =
            std::iter::once(Arc::new(paths) as Arc<dyn ExprPlanner>).chain(session.expr_planners().iter().cloned());
        let planners = planners.collect();
        let builder = SessionStateBuilder::new_from_existing(session).with_expr_planners(planners);
        let session = rebuilt(builder).map_err(failed)?;
        Ok(Self {
            catalog: Catalog::new(&lake),
            lake,
            settings,
            known: KnownSnapshots::default(),
            scope: Arc::default(),
            share: Arc::default(),
            codes,
            restriction: Arc::default(),
            session: Arc::new(RwLock::new(session)),
        })
    }

    /// One with the same memory and caches, whose statements see what `restriction` lets through, and for which `SET`
    /// and `USE` start anew from how this one stands. Raw files are read from what is in `reach`.
    #[must_use]
    pub fn separate(&self, restriction: Restriction, reach: Reach) -> Self {
        let mut settings = self.settings.clone();
        settings.aws.reach = reach;
        Self {
            settings,
            scope: Arc::new(RwLock::new(self.scope())),
            share: Arc::new(RwLock::new(self.share.read().clone())),
            session: Arc::new(RwLock::new(self.session.read().clone())),
            restriction: Arc::new(restriction),
            ..self.clone()
        }
    }

    /// The lake that is asked.
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Runs one statement. The tables it names are read as they stand when it is planned, whatever is loaded
    /// meanwhile; its rows come while the answer's stream is taken.
    pub async fn run(&self, sql: &str) -> Result<Answer, QueryError> {
        self.run_with(sql, &Parameters::default(), &[]).await
    }

    /// Like [`Self::run`], of a statement with `parameters`, whose rows are wanted in the order of the columns `order`.
    pub async fn run_with(&self, sql: &str, parameters: &Parameters, order: &[String]) -> Result<Answer, QueryError> {
        let started = Instant::now();
        let sql = &self.restriction.written_out(sql);
        refusal::asking(sql)?;
        let scans = Figures::default();
        let names = self.names().await?;
        let opened = self.open(names.clone(), scans.clone());
        let context = SessionContext::new_with_state(opened.session());
        let session = context.state();
        let asked = Asked {
            session: &session,
            sql,
            parameters,
            names: &names,
        };
        let plan = blame::placed(asked.plan().await, &asked).await?;
        refusal::check(&plan)?;
        let plan = blame::placed(ordered(plan, order), &asked).await?;
        let restricted = opened.restricted().map_err(Box::new)?;
        let is_setting = matches!(
            plan,
            LogicalPlan::Statement(Statement::SetVariable(_) | Statement::ResetVariable(_))
        );
        let frame = blame::placed(context.execute_logical_plan(plan).await, &asked).await?;
        if is_setting {
            self.keep(context.state());
        }
        let task = Arc::new(frame.task_ctx());
        let (state, plan) = frame.into_parts();
        let plan = blame::placed(physical(state, &plan).await, &asked).await?;
        let limit = self.memory_limit_bytes();
        let stream = execute_stream(Arc::clone(&plan), task).map_err(|e| QueryError::running(e, limit))?;
        Ok(Answer {
            restricted,
            ..Answer::new(started, scans, plan, stream, limit)
        })
    }

    /// What people defined in the lake.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Where names without database and schema are looked for.
    pub fn scope(&self) -> Scope {
        self.scope.read().clone()
    }

    /// `USE`: makes later statements look for such names elsewhere.
    pub fn set_scope(&self, scope: Scope) {
        *self.scope.write() = scope;
    }

    /// A share of the machine, for whoever sets it.
    pub fn share(&self, share: Share) -> SetShare {
        let runtime = self.settings.runtime_of(share, self.session.read().runtime_env());
        SetShare { share, runtime }
    }

    /// `USE WAREHOUSE`: gives later statements a share of the machine.
    pub fn set_share(&self, share: &SetShare) {
        *self.share.write() = Some(share.clone());
    }

    /// Gives back the memory of columns that are kept for statements to come.
    pub fn give_back(&self) {
        self.codes.forget_columns();
    }

    /// The memory that statements have while `share` is set, in bytes.
    pub fn memory_of(&self, share: Share) -> usize {
        self.settings.memory_of(share)
    }

    /// What can be named at this moment.
    pub async fn names(&self) -> Result<Names, QueryError> {
        Ok(Names {
            definitions: Arc::new(self.catalog.definitions().await?),
            scope: self.scope(),
        })
    }

    /// The columns a question would have, without asking it: whether it makes sense.
    pub async fn check(&self, sql: &str) -> Result<SchemaRef, QueryError> {
        self.check_within(sql, &Parameters::default(), &[]).await
    }

    /// Like [`Self::check`], of a statement with `parameters`.
    pub async fn check_with(&self, sql: &str, parameters: &Parameters) -> Result<SchemaRef, QueryError> {
        self.check_within(sql, parameters, &[]).await
    }

    /// Whether a text is one question that can be read once its `marks` have values; what it names is not looked at.
    pub async fn check_syntax(&self, sql: &str, marks: Marks) -> Result<(), QueryError> {
        refusal::asking(sql)?;
        parameters::check_syntax(sql, marks, &self.names().await?)
    }

    /// Like [`Self::check`], of the query of a view that is to be called `name`.
    pub async fn check_view(&self, sql: &str, name: &ObjectName) -> Result<SchemaRef, QueryError> {
        self.check_within(sql, &Parameters::default(), std::slice::from_ref(name))
            .await
    }

    async fn check_within(
        &self,
        sql: &str,
        parameters: &Parameters,
        within: &[ObjectName],
    ) -> Result<SchemaRef, QueryError> {
        refusal::asking(sql)?;
        let names = self.names().await?;
        let session = self.open(names.clone(), Figures::default()).session_within(within);
        let asked = Asked {
            session: &session,
            sql,
            parameters,
            names: &names,
        };
        let plan = blame::placed(asked.plan().await, &asked).await?;
        refusal::check(&plan)?;
        Ok(Arc::clone(plan.schema().inner()))
    }

    /// Plans what a load asks of its files: `select` is `SELECT` and expressions over columns of `staged`, of which
    /// `alias` is another name.
    pub async fn transformation(
        &self,
        select: &str,
        alias: Option<&str>,
        staged: SchemaRef,
    ) -> Result<Transformation, QueryError> {
        let names = self.names().await?;
        let planned = transformation::transformation(self.session(), select, alias, staged, &names);
        let planned = Box::pin(planned).await;
        planned.map_err(|error| match QueryError::planning(error, select, &names) {
            QueryError::UnknownTable { place, .. } => QueryError::Invalid {
                message: "the SELECT of a COPY asks its files only, no tables".to_owned(),
                place,
            },
            other => other,
        })
    }

    /// The lake's tables, none of them opened yet.
    pub(crate) fn open(&self, names: Names, scans: Figures) -> Arc<OpenedTables> {
        OpenedTables::new(
            self.lake.clone(),
            self.known.clone(),
            self.session(),
            names,
            Access {
                aws: self.settings.aws.clone(),
            },
            Arc::clone(&self.restriction),
            scans,
        )
    }

    /// What every statement starts with.
    pub(crate) fn session(&self) -> SessionState {
        let session = self.session.read().clone();
        let Some(SetShare { share, runtime }) = self.share.read().clone() else {
            return session;
        };
        let builder = SessionStateBuilder::new_from_existing(session.clone()).with_runtime_env(runtime);
        // Registering what was registered before does not fail.
        let mut session = rebuilt(builder).unwrap_or(session);
        session.config_mut().options_mut().execution.target_partitions = share.threads.max(1);
        session
    }

    fn memory_limit_bytes(&self) -> usize {
        let share = self.share.read().as_ref().map(|set| set.share);
        share.map_or(self.settings.memory_limit_bytes, |share| self.settings.memory_of(share))
    }

    /// Makes later statements start with `session`, without the tables that one statement opened.
    fn keep(&self, mut session: SessionState) {
        session.register_catalog_list(Arc::new(MemoryCatalogProviderList::new()));
        *self.session.write() = session;
    }
}

/// A plan whose rows come in the order of columns, which are named as its own are.
fn ordered(plan: LogicalPlan, order: &[String]) -> Result<LogicalPlan, DataFusionError> {
    if order.is_empty() {
        return Ok(plan);
    }
    let sort = order.iter().map(|name| ident(name).sort(true, true));
    LogicalPlanBuilder::from(plan).sort(sort.collect::<Vec<_>>())?.build()
}

/// A session that was built anew. Building registers functions in any order, and some of ours have names that the
/// engine's own have too, so ours are registered once more.
fn rebuilt(builder: SessionStateBuilder) -> Result<SessionState, DataFusionError> {
    let mut session = builder.build();
    functions::register(&mut session)?;
    aggregates::register(&mut session)?;
    Ok(session)
}

/// The physical plan. One of the engine's rules, which moves fields of records down to the scan, fails where a common
/// expression stands in its way ("duplicate unqualified field name `__common_expr_1`"); such a plan is made without it.
async fn physical(mut session: SessionState, plan: &LogicalPlan) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    match session.create_physical_plan(plan).await {
        Err(error) if error.to_string().contains("__common_expr_") => {
            session
                .config_mut()
                .options_mut()
                .optimizer
                .enable_leaf_expression_pushdown = false;
            session.create_physical_plan(plan).await
        }
        planned => planned,
    }
}
