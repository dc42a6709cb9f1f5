//! Runs the pipes there are, and follows when they change.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use flowtrail_catalog::{PipeFigures, PipeState, PipeStatus, forget_old_statuses};
use flowtrail_lake::Lake;
use tokio::task::JoinHandle;

use crate::ending::Ending;
use crate::feed::{RELIST, RunningPipe};
use crate::intake::Intake;
use crate::meter::Meter;
use crate::plan::{Feed, PipePlan};
use crate::{folder, inbox, listing, queue};

/// A pipe that was defined.
#[derive(Clone, Debug)]
pub enum Planned {
    /// One that runs.
    Pipe(Box<PipePlan>),
    /// One that does not: somebody paused it, or it cannot run, and why.
    Not {
        /// The pipe.
        name: String,
        /// Why, where nobody paused it.
        error: Option<String>,
    },
}

/// Runs pipes.
#[derive(Debug)]
pub struct Supervisor {
    intake: Intake,
    process: String,
    since: DateTime<Utc>,
    /// How often places are listed that nothing else tells of.
    list_every: Duration,
    pipes: BTreeMap<String, Known>,
    workers: HashMap<WorkerKey, Worker>,
}

/// How often a pipe's status is written when nothing changed. Each is a request, where the lake is in S3.
const TELL_AT_LEAST: Duration = Duration::from_secs(30);

/// A pipe, and what it is fed by.
#[derive(Debug)]
struct Known {
    meter: Arc<Meter>,
    feed: Option<Feed>,
    is_there: bool,
    /// What was said of it in the lake, and when.
    told: Option<(PipeFigures, Instant)>,
}

impl Known {
    fn is_news(&self, figures: &PipeFigures) -> bool {
        let told = self.told.as_ref();
        told.is_none_or(|(before, at)| before != figures || at.elapsed() >= TELL_AT_LEAST)
    }
}

/// What one worker is for: a queue with all its pipes, or a pipe.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum WorkerKey {
    Queue(String),
    Pipe(String),
}

#[derive(Debug)]
struct Worker {
    /// The definitions of its pipes.
    definitions: Vec<(String, String)>,
    ending: Ending,
    task: JoinHandle<()>,
}

impl Worker {
    /// Whether it runs pipes of these definitions, and goes on.
    fn does(&self, definitions: &[(String, String)]) -> bool {
        self.definitions == definitions && !self.ending.is_asked() && !self.task.is_finished()
    }
}

impl Supervisor {
    /// Runs nothing yet. `process` tells this process from others that run pipes of the lake.
    pub fn new(lake: &Lake, process: String, list_every: Duration) -> Self {
        Self {
            intake: Intake::new(lake),
            process,
            since: Utc::now(),
            list_every,
            pipes: BTreeMap::new(),
            workers: HashMap::new(),
        }
    }

    /// Makes what runs be what is planned.
    pub fn follow(&mut self, planned: Vec<Planned>) {
        let mut groups: HashMap<WorkerKey, Vec<PipePlan>> = HashMap::new();
        self.pipes.values_mut().for_each(|known| known.is_there = false);
        for planned in planned {
            match planned {
                Planned::Pipe(plan) => {
                    self.known(&plan.name, Some(&plan.feed));
                    let key = match &plan.feed {
                        Feed::Queue(queue) => WorkerKey::Queue(queue.clone()),
                        Feed::Listing | Feed::Folder(_) | Feed::Inbox(_) => WorkerKey::Pipe(plan.name.clone()),
                    };
                    groups.entry(key).or_default().push(*plan);
                }
                Planned::Not { name, error } => {
                    let meter = self.known(&name, None);
                    match error {
                        Some(error) => meter.failing(&error),
                        None => meter.state(PipeState::Paused),
                    }
                }
            }
        }
        self.pipes.retain(|_, known| known.is_there);
        self.end_others(&groups);
        for (key, mut plans) in groups {
            plans.sort_by(|one, other| one.name.cmp(&other.name));
            self.start(key, plans);
        }
    }

    fn known(&mut self, name: &str, feed: Option<&Feed>) -> Arc<Meter> {
        let known = self.pipes.entry(name.to_owned()).or_insert_with(|| Known {
            meter: Arc::default(),
            feed: None,
            is_there: true,
            told: None,
        });
        known.is_there = true;
        if let Some(feed) = feed {
            known.feed = Some(feed.clone());
        }
        Arc::clone(&known.meter)
    }

    /// Asks workers to end for which there is no plan any more.
    fn end_others(&mut self, groups: &HashMap<WorkerKey, Vec<PipePlan>>) {
        self.workers.retain(|key, worker| {
            if !groups.contains_key(key) {
                worker.ending.ask();
            }
            groups.contains_key(key) || !worker.task.is_finished()
        });
    }

    /// Starts a worker, unless one runs that does the same. One that does something else ends first.
    fn start(&mut self, key: WorkerKey, plans: Vec<PipePlan>) {
        let definitions: Vec<_> = plans
            .iter()
            .map(|plan| (plan.name.clone(), plan.definition.clone()))
            .collect();
        if self.workers.get(&key).is_some_and(|worker| worker.does(&definitions)) {
            return;
        }
        let before = self.workers.remove(&key).map(|worker| {
            if worker.task.is_finished() && !worker.ending.is_asked() {
                tracing::error!(?key, "ended early, and is begun anew; this is a defect of ours");
            }
            worker.ending.ask();
            worker.task
        });
        self.begin(key, definitions, plans, before);
    }

    fn begin(
        &mut self,
        key: WorkerKey,
        definitions: Vec<(String, String)>,
        plans: Vec<PipePlan>,
        before: Option<JoinHandle<()>>,
    ) {
        let ending = Ending::default();
        let pipes: Vec<RunningPipe> = plans
            .into_iter()
            .map(|plan| RunningPipe {
                meter: self.known(&plan.name, None),
                plan: Arc::new(plan),
                intake: self.intake.clone(),
                ending: ending.clone(),
            })
            .collect();
        for pipe in &pipes {
            tracing::info!(
                pipe = pipe.plan.name,
                feed = pipe.plan.feed.name(),
                queue = pipe.plan.feed.queue(),
                "begins"
            );
        }
        let list_every = self.list_every;
        let of = key.clone();
        let task = tokio::spawn(async move {
            if let Some(before) = before {
                // Whatever became of it, it is over.
                let _ = before.await;
            }
            run(of, pipes, list_every).await;
        });
        let worker = Worker {
            definitions,
            ending,
            task,
        };
        self.workers.insert(key, worker);
    }

    /// How all pipes are.
    pub fn statuses(&self) -> Vec<PipeStatus> {
        let now = Utc::now();
        let status = |(name, known): (&String, &Known)| PipeStatus {
            pipe: name.clone(),
            process: self.process.clone(),
            feed: known.feed.as_ref().map(Feed::name).unwrap_or_default().to_owned(),
            queue: known.feed.as_ref().and_then(Feed::queue).map(str::to_owned),
            since: self.since,
            at: now,
            figures: known.meter.figures(),
        };
        self.pipes.iter().map(status).collect()
    }

    /// Says in the lake how all pipes are. That it cannot be said hinders nothing.
    pub async fn tell(&mut self) {
        for status in self.statuses() {
            let Some(known) = self
                .pipes
                .get_mut(&status.pipe)
                .filter(|known| known.is_news(&status.figures))
            else {
                continue;
            };
            if let Err(error) = status.put(self.intake.lake()).await {
                tracing::debug!(%error, pipe = status.pipe, "the pipe's status could not be written");
                return;
            }
            known.told = Some((status.figures, Instant::now()));
        }
    }

    /// Takes away what processes said of pipes that are long gone.
    pub async fn tidy(&self) {
        if let Err(error) = forget_old_statuses(self.intake.lake()).await {
            tracing::debug!(%error, "old statuses of pipes stay");
        }
    }

    /// Ends all pipes: what is read is committed, the rest is handed back. Gives how they are at the end, and says it in
    /// the lake where that `is_told`.
    pub async fn end(mut self, is_told: bool) -> Vec<PipeStatus> {
        for worker in self.workers.values() {
            worker.ending.ask();
        }
        for (_, worker) in self.workers.drain() {
            if let Err(error) = worker.task.await {
                tracing::error!(%error, "a pipe ended early; this is a defect of ours");
            }
        }
        for known in self.pipes.values() {
            known.meter.state(PipeState::Stopped);
        }
        if is_told {
            self.tell().await;
        }
        self.statuses()
    }
}

async fn run(key: WorkerKey, pipes: Vec<RunningPipe>, list_every: Duration) {
    match key {
        WorkerKey::Queue(name) => {
            // Beside the queue, for what was there before it, and what it lost.
            let listings = pipes.iter().cloned().map(|pipe| listing::run(pipe, RELIST));
            let listings = futures::future::join_all(listings);
            tokio::join!(queue::run(&name, pipes.clone()), listings);
        }
        WorkerKey::Pipe(_) => {
            for pipe in pipes {
                match pipe.plan.feed.clone() {
                    Feed::Inbox(news) => inbox::run(pipe, news).await,
                    Feed::Folder(path) => folder::run(pipe, &path).await,
                    Feed::Listing | Feed::Queue(_) => listing::run(pipe, list_every).await,
                }
            }
        }
    }
}
