//! Asking a lake.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use datafusion::catalog::MemoryCatalogProviderList;
use datafusion::common::DataFusionError;
use datafusion::execution::session_state::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{LogicalPlan, Statement};
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::SessionContext;
use flowtrail_lake::Lake;
use flowtrail_lake::scan::{Figures, engine_store};
use parking_lot::RwLock;

use crate::catalog::{KnownSnapshots, OpenedTables};
use crate::optimizer::{LimitedSortBelowProjection, SecondsComparison, physical_rules};
use crate::{Answer, EngineSettings, QueryError, aggregates, alias, functions, headings, parse, refusal};

/// Aliases that stand for columns in conditions of one statement; two that stand for each other would have no end.
const MOST_ALIASES: usize = 32;

/// Answers SQL over a lake. Cheap to clone; clones share memory, caches and what `SET` set.
#[derive(Clone)]
pub struct Engine {
    lake: Lake,
    settings: EngineSettings,
    known: KnownSnapshots,
    /// Functions, rules and settings; no tables, which each statement opens for itself.
    session: Arc<RwLock<SessionState>>,
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
        let mut session = SessionStateBuilder::new()
            .with_default_features()
            .with_config(settings.session())
            .with_runtime_env(runtime)
            .with_optimizer_rule(Arc::new(SecondsComparison))
            .with_optimizer_rule(Arc::new(LimitedSortBelowProjection))
            .with_physical_optimizer_rules(physical_rules(settings.caches))
            .build();
        functions::register(&mut session).map_err(failed)?;
        aggregates::register(&mut session).map_err(failed)?;
        Ok(Self {
            lake,
            settings,
            known: KnownSnapshots::default(),
            session: Arc::new(RwLock::new(session)),
        })
    }

    /// The lake that is asked.
    pub fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Runs one statement. The tables it names are read as they stand when it is planned, whatever is loaded
    /// meanwhile; its rows come while the answer's stream is taken.
    pub async fn run(&self, sql: &str) -> Result<Answer, QueryError> {
        let started = Instant::now();
        refusal::asking(sql)?;
        let scans = Figures::default();
        let opened = self.open(scans.clone());
        let context = SessionContext::new_with_state(opened.visible_in(self.session()));
        let statement = parse::parse(sql).map_err(|e| QueryError::planning(e, sql))?;
        let plan = plan(&context, statement)
            .await
            .map_err(|e| QueryError::planning(e, sql))?;
        refusal::check(&plan)?;
        let is_setting = matches!(
            plan,
            LogicalPlan::Statement(Statement::SetVariable(_) | Statement::ResetVariable(_))
        );
        let frame = context
            .execute_logical_plan(plan)
            .await
            .map_err(|e| QueryError::planning(e, sql))?;
        if is_setting {
            self.keep(context.state());
        }
        let task = Arc::new(frame.task_ctx());
        let plan = frame
            .create_physical_plan()
            .await
            .map_err(|e| QueryError::planning(e, sql))?;
        let limit = self.settings.memory_limit_bytes;
        let stream = execute_stream(Arc::clone(&plan), task).map_err(|e| QueryError::running(e, limit))?;
        Ok(Answer::new(started, scans, plan, stream, limit))
    }

    /// The lake's tables, none of them opened yet.
    pub(crate) fn open(&self, scans: Figures) -> Arc<OpenedTables> {
        OpenedTables::new(self.lake.clone(), self.known.clone(), self.session(), scans)
    }

    /// What every statement starts with.
    pub(crate) fn session(&self) -> SessionState {
        self.session.read().clone()
    }

    /// Makes later statements start with `session`, without the tables that one statement opened.
    fn keep(&self, mut session: SessionState) {
        session.register_catalog_list(Arc::new(MemoryCatalogProviderList::new()));
        *self.session.write() = session;
    }
}

/// The plan of a statement; a name that is no column may be an alias.
async fn plan(context: &SessionContext, mut statement: parse::Statement) -> Result<LogicalPlan, DataFusionError> {
    for _ in 0..MOST_ALIASES {
        let error = match context.state().statement_to_plan(statement.clone()).await {
            Ok(plan) => return headings::shorten(plan),
            Err(error) => error,
        };
        match alias::unknown_column(&error) {
            Some(name) if alias::inline(&mut statement, name) => {}
            _ => return Err(error),
        }
    }
    headings::shorten(context.state().statement_to_plan(statement).await?)
}
