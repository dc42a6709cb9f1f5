//! Statements one after another, each of which may change what the next ones mean.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use arrow::datatypes::SchemaRef;
use flowtrail_catalog::{Catalog, DEFAULT_DATABASE, Defined, Definition, Kind, ObjectName, Warehouse};
use flowtrail_query::{Answer, Engine, Names, Parameters, QueryError, Restriction, Share};
use flowtrail_source::{AwsSettings, Grant, Reach};
use parking_lot::RwLock;
use tracing::Instrument;

use crate::SessionError;
use crate::command::{self, Prepared};
use crate::traced;
use crate::warehouses::{WarehouseInUse, Warehouses};

/// Runs statements of every kind over a lake. Cheap to clone; clones share what `SET`, `USE` and `PREPARE` set.
#[derive(Clone, Debug)]
pub struct Session {
    engine: Engine,
    aws: AwsSettings,
    prepared: Arc<RwLock<BTreeMap<String, Prepared>>>,
    /// Values for the statement that is run.
    parameters: Arc<Parameters>,
    /// Those that sessions of this process use.
    warehouses: Warehouses,
    /// The one in use.
    warehouse: Arc<RwLock<Option<Arc<WarehouseInUse>>>>,
}

impl Session {
    /// A session over the engine's lake; places outside it are reached with `aws`.
    pub fn new(engine: Engine, aws: AwsSettings) -> Self {
        Self {
            engine,
            aws,
            prepared: Arc::default(),
            parameters: Arc::default(),
            warehouses: Warehouses::default(),
            warehouse: Arc::default(),
        }
    }

    /// One over the same engine for what comes through a port. It sees what `restriction` lets through, its `SET`, `USE`
    /// and `PREPARE` are its own, and it touches only places that `allowed` or an integration names.
    pub async fn through_port(&self, restriction: Restriction, allowed: &Grant) -> Result<Self, SessionError> {
        let names = self.names().await?;
        let mut grants = vec![allowed.clone()];
        for defined in names.definitions.of_kind(Kind::Integration) {
            if let Definition::Integration(integration) = &defined.definition
                && integration.is_enabled
            {
                grants.push(Grant::new(&integration.allowed, &integration.blocked)?);
            }
        }
        let reach = Reach::only(grants);
        let aws = AwsSettings {
            reach: reach.clone(),
            ..self.aws.clone()
        };
        Ok(Self {
            warehouses: self.warehouses.clone(),
            ..Self::new(self.engine.separate(restriction, reach), aws)
        })
    }

    /// That a place may be touched: also one that is only written down, for whoever goes there later may be a process
    /// of somebody else.
    pub(crate) fn check_reach(&self, place: &str) -> Result<(), SessionError> {
        Ok(self.aws.reach.check(&place.parse()?)?)
    }

    /// That the statement came from somebody who may open places to others.
    pub(crate) fn check_opens(&self, what: &str) -> Result<(), SessionError> {
        if self.aws.reach.is_everywhere() {
            return Ok(());
        }
        let message = format!("{what} opens a place, which a statement that comes through a port may not");
        Err(SessionError::refused(
            message,
            Some("run it on the command line: flowtrail sql"),
        ))
    }

    /// The engine that answers questions.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How AWS is reached where no integration says otherwise.
    pub fn aws(&self) -> &AwsSettings {
        &self.aws
    }

    /// The warehouse in use.
    pub fn warehouse(&self) -> Option<String> {
        self.warehouse
            .read()
            .as_ref()
            .map(|warehouse| warehouse.name().to_owned())
    }

    /// `USE WAREHOUSE`
    pub async fn use_warehouse(&self, name: &str) -> Result<(), SessionError> {
        command::warehouse::enter(self, &[name.to_owned()]).await.map(|_| ())
    }

    /// Makes later statements run in a warehouse.
    pub(crate) fn enter(&self, name: &str, warehouse: &Warehouse, share: Share) {
        let entered = self.warehouses.enter(name, warehouse, || self.engine.share(share));
        self.engine.set_share(entered.share());
        *self.warehouse.write() = Some(entered);
    }

    /// Gives memory back where no warehouse has had a statement for as long as it says.
    pub fn suspend_idle(&self) {
        self.warehouses.suspend_idle(&self.engine);
    }

    /// Runs one statement. What it changes is changed when this returns; its rows come while the answer's stream is
    /// taken.
    pub async fn run(&self, sql: &str) -> Result<Answer, SessionError> {
        let span = traced::span(sql);
        let answered = self.run_untraced(sql).instrument(span.clone()).await;
        traced::followed(answered, span)
    }

    async fn run_untraced(&self, sql: &str) -> Result<Answer, SessionError> {
        let started = Instant::now();
        let answer = match command::read(sql)? {
            Some(command) => Box::pin(command.run(self)).await?,
            None => self.ask_in_turn(sql).await?,
        };
        Ok(answer.since(started))
    }

    /// Asks a question when it is its turn in the warehouse.
    async fn ask_in_turn(&self, sql: &str) -> Result<Answer, SessionError> {
        let warehouse = self.warehouse.read().clone();
        let Some(warehouse) = warehouse else {
            return Ok(self.ask(sql).await?);
        };
        let running = warehouse.place().await?;
        let answer = running.within(self.ask(sql)).await??;
        Ok(running.keeping(answer))
    }

    /// Asks a question, with the values that the statement it is a part of was given.
    pub(crate) async fn ask(&self, sql: &str) -> Result<Answer, QueryError> {
        self.ask_in_order(sql, &[]).await
    }

    /// Like [`Self::ask`], for rows in the order of columns.
    pub(crate) async fn ask_in_order(&self, sql: &str, order: &[String]) -> Result<Answer, QueryError> {
        Box::pin(self.engine.run_with(sql, &self.parameters, order)).await
    }

    /// The columns that a question would have.
    pub(crate) async fn check(&self, sql: &str) -> Result<SchemaRef, QueryError> {
        Box::pin(self.engine.check_with(sql, &self.parameters)).await
    }

    /// The session as one statement sees it that has values for its parameters.
    pub(crate) fn with(&self, parameters: Parameters) -> Self {
        Self {
            parameters: Arc::new(parameters),
            ..self.clone()
        }
    }

    pub(crate) fn prepare(&self, name: &str, prepared: Prepared) {
        self.prepared.write().insert(name.to_owned(), prepared);
    }

    pub(crate) fn prepared(&self, name: &str) -> Option<Prepared> {
        self.prepared.read().get(name).cloned()
    }

    pub(crate) fn prepared_names(&self) -> Vec<String> {
        self.prepared.read().keys().cloned().collect()
    }

    /// Forgets a prepared statement; whether there was one.
    pub(crate) fn unprepare(&self, name: &str) -> bool {
        self.prepared.write().remove(name).is_some()
    }

    pub(crate) fn forget_prepared(&self) {
        self.prepared.write().clear();
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        self.engine.catalog()
    }

    pub(crate) async fn names(&self) -> Result<Names, QueryError> {
        self.engine.names().await
    }

    /// Takes away what a definition that was dropped kept in the lake.
    pub(crate) async fn forget(&self, dropped: &Definition) {
        let Definition::Table(table) = dropped else {
            return;
        };
        // What stays behind is named by nobody and costs its bytes only.
        if let Err(error) = self.engine.lake().remove_folder(&table.path).await {
            tracing::warn!(%error, folder = table.path, "the files of a dropped table could not be taken away");
        }
    }

    /// Makes a definition.
    pub(crate) async fn define(
        &self,
        name: &ObjectName,
        definition: Definition,
        how: Creation,
    ) -> Result<Creating, SessionError> {
        let kind = definition.kind();
        let there = self.catalog().get(kind, name).await?;
        if let (Some(there), Creation::OrReplace) = (&there, how)
            && std::mem::discriminant(&there.definition) != std::mem::discriminant(&definition)
        {
            let message = format!(
                "`{name}` is a {}, and would be a {}",
                there.definition.noun(),
                definition.noun()
            );
            return Err(SessionError::refused(message, Some("drop it first, if it may go")));
        }
        match (there, how) {
            (Some(there), _) if is_same(&there.definition, &definition) && !is_emptied(&definition, how) => {
                Ok(Creating::Unchanged)
            }
            (Some(_), Creation::IfNotExists) => Ok(Creating::Unchanged),
            (Some(there), Creation::OrReplace) => {
                self.catalog().replace(name, definition, &there).await?;
                Ok(Creating::Done)
            }
            _ => {
                self.catalog().put(name, definition, None).await?;
                Ok(Creating::Done)
            }
        }
    }
}

/// What becomes of a definition that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creation {
    /// It must not be there; one that is the same is left as it is.
    New,
    /// `IF NOT EXISTS`: it stays.
    IfNotExists,
    /// `OR REPLACE`: the new one takes its place.
    OrReplace,
}

/// What making a definition did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Creating {
    /// It was made.
    Done,
    /// It was there already, and stays.
    Unchanged,
}

/// A table that is replaced loses its rows, also for one of the same columns.
fn is_emptied(definition: &Definition, how: Creation) -> bool {
    how == Creation::OrReplace && matches!(definition, Definition::Table(_))
}

/// Whether a statement run again would change nothing: what is made up when it runs does not count.
fn is_same(there: &Definition, new: &Definition) -> bool {
    match (there, new) {
        (Definition::Integration(there), Definition::Integration(new)) => {
            let new = flowtrail_catalog::Integration {
                external_id: there.external_id.clone(),
                ..new.clone()
            };
            *there == new
        }
        (Definition::Pipe(there), Definition::Pipe(new)) => {
            let new = flowtrail_catalog::Pipe {
                created_at: there.created_at,
                is_paused: there.is_paused,
                ..new.clone()
            };
            *there == new
        }
        (Definition::ExternalTable(there), Definition::ExternalTable(new)) => {
            let new = flowtrail_catalog::ExternalTable {
                partitions: there.partitions.clone(),
                ..new.clone()
            };
            *there == new
        }
        (Definition::Table(there), Definition::Table(new)) => there.columns == new.columns,
        (there, new) => there == new,
    }
}

/// The definition that a name means and that may be read: of the current database, or else of the one that every lake
/// has.
pub fn existing(names: &Names, kind: Kind, parts: &[String]) -> Option<Arc<Defined>> {
    names.defined_or_of_lake(kind, &full_name(names, kind, parts)?).cloned()
}

/// The definition that has exactly that name: what is changed or dropped is never another one.
pub fn existing_here(names: &Names, kind: Kind, parts: &[String]) -> Option<Arc<Defined>> {
    names.definitions.get(kind, &full_name(names, kind, parts)?).cloned()
}

fn full_name(names: &Names, kind: Kind, parts: &[String]) -> Option<ObjectName> {
    Some(match kind {
        Kind::Database | Kind::Integration | Kind::Warehouse | Kind::Dashboard | Kind::Link => match parts {
            [name] => ObjectName::global(name.as_str()),
            _ => return None,
        },
        Kind::Schema => match parts {
            [schema] => ObjectName::of_schema(names.scope.database.as_str(), schema.as_str()),
            [database, schema] => ObjectName::of_schema(database.as_str(), schema.as_str()),
            _ => return None,
        },
        _ => names.full_name(parts)?,
    })
}

/// Like [`existing`], of what must be there.
pub fn required(names: &Names, kind: Kind, parts: &[String]) -> Result<Arc<Defined>, SessionError> {
    existing(names, kind, parts).ok_or_else(|| missing(names, kind, parts))
}

/// Like [`existing_here`], of what must be there.
pub fn required_here(names: &Names, kind: Kind, parts: &[String]) -> Result<Arc<Defined>, SessionError> {
    existing_here(names, kind, parts).ok_or_else(|| missing(names, kind, parts))
}

fn missing(names: &Names, kind: Kind, parts: &[String]) -> SessionError {
    let hint = match similar(names, kind, parts) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("SHOW {}S lists those there are", kind.noun().to_uppercase()),
    };
    SessionError::refused(format!("no {kind} `{}`", parts.join(".")), Some(&hint))
}

fn similar(names: &Names, kind: Kind, parts: &[String]) -> Option<String> {
    let wanted = parts.last()?;
    let known: Vec<&str> = names
        .definitions
        .of_kind(kind)
        .map(|defined| defined.name.name.as_str())
        .collect();
    flowtrail_query::similar(wanted, known)
}

/// The full name of what is to be created; its schema must be there, and must not be one of those that are built in.
pub fn new_name(names: &Names, parts: &[String]) -> Result<ObjectName, SessionError> {
    let written = parts.join(".");
    let full = names.full_name(parts);
    let full = full.ok_or_else(|| SessionError::refused(format!("`{written}` has too many parts for a name"), None))?;
    if !names.is_schema(&full.database, &full.schema) {
        let (noun, name) = if names.is_database(&full.database) {
            (Kind::Schema, &full.schema)
        } else {
            (Kind::Database, &full.database)
        };
        let hint = format!("CREATE {} {name} makes it", noun.noun().to_uppercase());
        return Err(SessionError::refused(
            format!("no {noun} `{name}` for `{written}`"),
            Some(&hint),
        ));
    }
    if full.database == DEFAULT_DATABASE && matches!(full.schema.as_str(), "logs" | "system" | "information_schema") {
        let message = format!(
            "nothing can be created in `{}`, whose tables Flowtrail keeps itself",
            full.schema
        );
        return Err(SessionError::refused(
            message,
            Some("leave the schema out, or name another"),
        ));
    }
    Ok(full)
}
