//! Warehouses in use: how many statements of each run at once, for how long, and with which memory.
//!
//! A warehouse is the same for all sessions of a process. What its statements may use together is one pool; as many run
//! at once as `MAX_CONCURRENCY_LEVEL` says (8, as in Snowflake), and others wait, for
//! `STATEMENT_QUEUED_TIMEOUT_IN_SECONDS` where it is set. `STATEMENT_TIMEOUT_IN_SECONDS` ends what runs too long. After
//! `AUTO_SUSPEND` seconds without a statement of any warehouse, columns that are kept for the next ones are given back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use flowtrail_catalog::Warehouse;
use flowtrail_query::{Answer, Engine, QueryError, SetShare};
use futures::{StreamExt, stream};
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use crate::SessionError;

/// Statements that run at once, where the warehouse does not say.
const AT_ONCE: usize = 8;

/// The warehouses that sessions of this process use. Cheap to clone; clones share.
#[derive(Clone, Debug, Default)]
pub struct Warehouses(Arc<Mutex<HashMap<String, Arc<WarehouseInUse>>>>);

/// A warehouse as its statements see it.
#[derive(Debug)]
pub struct WarehouseInUse {
    name: String,
    definition: Warehouse,
    share: SetShare,
    places: Arc<Semaphore>,
    at_once: usize,
    queued: Option<Duration>,
    runs: Option<Duration>,
    last: Mutex<Last>,
}

/// When a warehouse was used last, and whether what was kept has been given back since.
#[derive(Debug)]
struct Last {
    used: Instant,
    is_suspended: bool,
}

/// A place among the statements that run. Given back when it is dropped.
pub struct Running {
    warehouse: Arc<WarehouseInUse>,
    until: Option<Instant>,
    _place: OwnedSemaphorePermit,
}

impl Warehouses {
    /// The warehouse of that name, as it is defined now.
    pub fn enter(&self, name: &str, definition: &Warehouse, share: impl FnOnce() -> SetShare) -> Arc<WarehouseInUse> {
        let mut known = self.0.lock();
        if let Some(known) = known.get(name).filter(|known| known.definition == *definition) {
            return Arc::clone(known);
        }
        let entered = Arc::new(WarehouseInUse::new(name, definition, share()));
        known.insert(name.to_owned(), Arc::clone(&entered));
        entered
    }

    /// Gives memory back once every warehouse has had no statement for as long as its `AUTO_SUSPEND` says.
    pub fn suspend_idle(&self, engine: &Engine) {
        let known = self.0.lock();
        let mut is_new = false;
        for warehouse in known.values() {
            let Some(is_newly_idle) = warehouse.is_idle() else {
                return;
            };
            is_new |= is_newly_idle;
        }
        if is_new {
            known
                .values()
                .for_each(|warehouse| warehouse.last.lock().is_suspended = true);
            engine.give_back();
            tracing::info!(warehouses = known.len(), "idle: kept columns are given back");
        }
    }
}

impl WarehouseInUse {
    fn new(name: &str, definition: &Warehouse, share: SetShare) -> Self {
        let number = |option: &str| {
            definition
                .options
                .get(option)
                .and_then(|value| value.trim().parse::<u64>().ok())
        };
        let seconds = |option: &str| number(option).filter(|seconds| *seconds > 0).map(Duration::from_secs);
        let at_once = number("max_concurrency_level").map_or(AT_ONCE, |most| most.clamp(1, 1000) as usize);
        Self {
            name: name.to_owned(),
            definition: definition.clone(),
            share,
            places: Arc::new(Semaphore::new(at_once)),
            at_once,
            queued: seconds("statement_queued_timeout_in_seconds"),
            runs: seconds("statement_timeout_in_seconds"),
            last: Mutex::new(Last {
                used: Instant::now(),
                is_suspended: false,
            }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its statements may use together.
    pub fn share(&self) -> &SetShare {
        &self.share
    }

    /// Waits for a place among the statements that run.
    pub async fn place(self: &Arc<Self>) -> Result<Running, SessionError> {
        let waiting = Arc::clone(&self.places).acquire_owned();
        let place = match self.queued {
            Some(limit) => timeout(limit, waiting).await.map_err(|_| self.refused_after(limit))?,
            None => waiting.await,
        };
        // Nobody closes it.
        let place = place.map_err(|error| SessionError::refused(error.to_string(), None))?;
        *self.last.lock() = Last {
            used: Instant::now(),
            is_suspended: false,
        };
        Ok(Running {
            until: self.runs.map(|limit| Instant::now() + limit),
            warehouse: Arc::clone(self),
            _place: place,
        })
    }

    fn refused_after(&self, limit: Duration) -> SessionError {
        let message = format!(
            "warehouse `{}` runs {} statements at once, and this one waited {} s for its turn",
            self.name,
            self.at_once,
            limit.as_secs()
        );
        let hint = "MAX_CONCURRENCY_LEVEL and STATEMENT_QUEUED_TIMEOUT_IN_SECONDS of the warehouse say so";
        SessionError::refused(message, Some(hint))
    }

    /// Whether it has been idle for long enough, and if so whether that is news; `None` where it has not.
    fn is_idle(&self) -> Option<bool> {
        let limit = Duration::from_secs(self.definition.auto_suspend_s.filter(|seconds| *seconds > 0)?);
        let last = self.last.lock();
        let is_idle = self.places.available_permits() == self.at_once && last.used.elapsed() >= limit;
        is_idle.then_some(!last.is_suspended)
    }
}

impl Running {
    /// What a part of the statement gives, unless its time is over first.
    pub async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, QueryError> {
        let Some(until) = self.until else { return Ok(work.await) };
        timeout_at(until, work).await.map_err(|_| self.over())
    }

    /// The answer of a statement that keeps this place until its rows are taken.
    pub fn keeping(self, answer: Answer) -> Answer {
        let rows = stream::unfold(Some((answer.stream, self)), |state| async {
            let (mut rows, running) = state?;
            match running.within(rows.next()).await {
                Ok(next) => next.map(|row| (row, Some((rows, running)))),
                Err(over) => Some((Err(over), None)),
            }
        });
        Answer {
            stream: rows.boxed(),
            ..answer
        }
    }

    fn over(&self) -> QueryError {
        let seconds = self.warehouse.runs.unwrap_or_default().as_secs();
        QueryError::Failed {
            message: format!(
                "the statement ran longer than the {seconds} s that warehouse `{}` allows \
                 (STATEMENT_TIMEOUT_IN_SECONDS)",
                self.warehouse.name
            ),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.warehouse.last.lock().used = Instant::now();
    }
}
