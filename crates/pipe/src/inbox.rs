//! The folder of the lake into which deliveries are put, and from which they go when the history has them.
//!
//! A delivery is acknowledged when its object is durable. So an object is taken away only after the commit that has its
//! rows; one that comes again then has the bytes that the history knows, and is no rows. What cannot be read stays: its
//! sender was told that it is safe.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use flowtrail_decode::LogKind;
use flowtrail_lake::Lake;
use flowtrail_load::LoadOptions;
use flowtrail_source::{AwsSettings, Object, Source, SourceError};
use futures::TryStreamExt;
use object_store::ObjectStoreExt;
use object_store::path::Path;
use tokio::sync::watch;

use crate::backoff::Backoff;
use crate::feed::{RoundError, RunningPipe};
use crate::plan::{Feed, PipePlan};

/// What URIs of deliveries begin with.
const SCHEME: &str = "lake";
/// How often the folder is listed when nobody says that something came: for what a process left that died.
const LIST: Duration = Duration::from_secs(30);
/// More may come with the first; they are loaded together.
const GATHER: Duration = Duration::from_secs(1);

/// Says that something was put into the inbox, to all who load from it. Clones share.
#[derive(Clone, Debug, Default)]
pub struct News(watch::Sender<()>);

impl News {
    /// Says so.
    pub fn tell(&self) {
        self.0.send_replace(());
    }
}

/// The pipe that loads what is put into `folder` of a lake, whose records are of `kind` where that is known.
///
/// # Errors
/// When the folder cannot be one.
pub fn inbox_plan(lake: &Lake, folder: &Path, kind: Option<LogKind>, news: &News) -> Result<PipePlan, SourceError> {
    let name = format!("inbox.{}", folder.filename().unwrap_or_default());
    let source = Source::of_store(Arc::clone(lake.store()), SCHEME, &format!("{folder}/"))?;
    Ok(PipePlan {
        options: LoadOptions {
            kind,
            pipe: Some(name.clone()),
            ..LoadOptions::default()
        },
        name,
        definition: String::new(),
        source: Arc::new(source),
        admits: Arc::new(|_| true),
        feed: Feed::Inbox(news.clone()),
        aws: AwsSettings::default(),
    })
}

/// Loads what is put into the inbox until the pipe is to end.
pub async fn run(pipe: RunningPipe, news: News) {
    let mut inbox = Inbox::default();
    let mut backoff = Backoff::default();
    let mut news = news.0.subscribe();
    while !pipe.ending.is_asked() {
        if let Err(error) = inbox.round(&pipe).await {
            tracing::warn!(pipe = pipe.plan.name, %error, "deliveries could not be loaded, and stay");
            pipe.meter.failing(&error);
            pipe.ending.sleep(backoff.failed()).await;
            continue;
        }
        backoff.worked();
        pipe.meter.works();
        tokio::select! {
            _ = news.changed() => drop(pipe.ending.sleep(GATHER).await),
            _ = pipe.ending.sleep(LIST) => {}
        }
    }
}

#[derive(Debug, Default)]
struct Inbox {
    /// Those that cannot be read, which stay.
    unreadable: HashSet<String>,
}

impl Inbox {
    async fn round(&mut self, pipe: &RunningPipe) -> Result<(), RoundError> {
        let mut objects: Vec<Object> = pipe.plan.source.list_if_any().try_collect().await?;
        objects.retain(|object| !self.unreadable.contains(&object.uri));
        if objects.is_empty() {
            return Ok(());
        }
        let taken = pipe.intake.load(&pipe.plan, objects, &pipe.meter, &pipe.ending).await?;
        self.unreadable.extend(taken.failed);
        for object in &taken.done {
            if !self.unreadable.contains(&object.uri) {
                take_away(pipe.intake.lake(), object).await;
            }
        }
        Ok(())
    }
}

async fn take_away(lake: &Lake, object: &Object) {
    let Some(path) = object.uri.strip_prefix(SCHEME).and_then(|rest| rest.strip_prefix(":/")) else {
        return;
    };
    // What stays is known, and is taken away the next time.
    if let Err(error) = lake.store().delete(&Path::from(path)).await {
        tracing::debug!(%error, path, "a loaded delivery stays for now");
    }
}
