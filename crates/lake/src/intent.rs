//! How a batch of objects gets into the tables exactly once, whatever dies when.
//!
//! A loader shard numbers its batches. Three conditional puts and the tables' own transactions decide everything:
//!
//! ```text
//!  1  loads/<shard>/<n>.intent.json    create only: this process does batch n, these are its objects
//!         decode, stage files beside the tables (nobody sees them yet)
//!  2  loads/<shard>/<n>.outcome.json   create only: the point of no return; these files are batch n
//!  3  a commit with txn(shard, n) to each log table and to quarantine; last to system.load_history
//!         the two files go away
//! ```
//!
//! What can happen, and what then:
//!
//! - *Dies before 2.* Nothing is in any table. The next loader of the shard finds the intent without an outcome, sees
//!   that its owner is gone, and puts an **abandoned** outcome in its place. The objects are not in the history, so
//!   they are listed and loaded again, under a later number.
//! - *Dies after 2.* The next loader finds the outcome and rolls it forward: each table that has not seen
//!   `txn(shard, n)` gets the commit, the others are left alone.
//! - *A put or commit is answered with an error and landed all the same.* It is looked for before it is tried again:
//!   an outcome by its content, a commit by its transaction.
//! - *The owner is not dead but slow*, and another process abandons its batch. Only one of the two outcome puts wins.
//!   The loser reads the winner's, and rolls that forward, whoever wrote it.
//! - *The slow owner wakes when the batch is finished and its files are gone*: it could create the outcome anew. Whoever
//!   has put or read an outcome therefore looks at the history before rolling it forward: if batch n is done there, the
//!   outcome may be void, and nothing is committed. If it is not, the files were never taken away, and this is the one.
//! - *Another process rolls the batch forward while its owner sleeps behind 2.* The owner finds the batch done. From
//!   the moment an outcome may be known to others, only vacuum deletes the files that it names.
//! - *Two processes claim n at once.* One intent put wins; the other waits for the batch and then reads the history
//!   anew, because batch n may have loaded the objects it meant to load.
//!
//! An object belongs to a batch only if the history, read at the version that ends batch n-1, does not have it: since
//! batches of a shard follow one another, no object can be in two.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use serde::{Deserialize, Serialize};

use crate::flag::Conflicts;
use crate::stage::StagedFile;
use crate::{Lake, LakeError, failpoint};

/// The stored form's version; a reader refuses what it does not know.
const FORMAT: u32 = 1;

/// Who does a batch, so that others can tell whether it is still alive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The machine's name.
    pub host: String,
    /// The process id there.
    pub process: u32,
    /// What tells this process from an earlier one with the same id.
    pub process_start: String,
    /// Random, for each run.
    pub run: String,
}

/// A batch that somebody has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Version of this form.
    pub format: u32,
    /// The batch's number in its shard, from 1.
    pub batch: i64,
    /// Who does it.
    pub owner: Owner,
    /// When it began.
    pub began: DateTime<Utc>,
    /// Its objects.
    pub objects: Vec<IntentObject>,
}

/// An object of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentObject {
    /// Its URI.
    pub uri: String,
    /// Its size when listed.
    pub size_bytes: u64,
    /// Its etag when listed.
    pub etag: String,
}

/// What a batch will have done once it is finished; after it is written there is no way back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Version of this form.
    pub format: u32,
    /// The run that wrote it.
    pub run: String,
    /// True when the batch was given up; it then holds nothing.
    pub abandoned: bool,
    /// Files for each table; `system.load_history` comes last, and its commit ends the batch.
    pub tables: Vec<TableOutcome>,
}

/// What a batch adds to one table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableOutcome {
    /// `schema.table`.
    pub table: String,
    /// The staged files.
    pub files: Vec<StagedFile>,
    /// Text columns the table may lack.
    pub text_columns: Vec<String>,
    /// The folder of a table that a user made, under the lake's root; its name alone finds one that is built in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// All columns that such a table must have, as [`crate::columns_to_json`] writes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<String>,
    /// Events to flag, in files that are in the table already.
    #[serde(default, skip_serializing_if = "Conflicts::is_empty")]
    pub conflicts: Conflicts,
}

/// The intents and outcomes of one shard.
#[derive(Clone, Debug)]
pub struct Shard {
    name: String,
    folder: Path,
    store: Arc<dyn ObjectStore>,
}

/// What a conditional put found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put<T> {
    /// Ours is the one that is there.
    Ours,
    /// Another was there first.
    Theirs(T),
}

impl Shard {
    /// The shard `name` of a lake.
    pub fn new(lake: &Lake, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            folder: Path::from_iter(["loads", name]),
            store: Arc::clone(lake.store()),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The application id of its transactions.
    pub fn application(&self) -> String {
        format!("flowtrail/{}", self.name)
    }

    /// Claims a batch number.
    pub async fn claim(&self, intent: &Intent) -> Result<Put<Intent>, LakeError> {
        let ours = |there: &Intent| there.owner == intent.owner;
        self.create(&self.intent_path(intent.batch), intent, ours).await
    }

    /// Decides what a batch will have done.
    pub async fn decide(&self, batch: i64, outcome: &Outcome) -> Result<Put<Outcome>, LakeError> {
        self.create(&self.outcome_path(batch), outcome, |there| there == outcome)
            .await
    }

    /// The intent of a batch, if there is one.
    pub async fn intent(&self, batch: i64) -> Result<Option<Intent>, LakeError> {
        let intent: Option<Intent> = self.read(&self.intent_path(batch)).await?;
        intent
            .map(|intent| known_format(intent.format, &self.intent_path(batch)).map(|()| intent))
            .transpose()
    }

    /// The outcome of a batch, if it is decided.
    pub async fn outcome(&self, batch: i64) -> Result<Option<Outcome>, LakeError> {
        let outcome: Option<Outcome> = self.read(&self.outcome_path(batch)).await?;
        outcome
            .map(|outcome| known_format(outcome.format, &self.outcome_path(batch)).map(|()| outcome))
            .transpose()
    }

    /// Says that the owner of a batch is still there, by writing what changes each time.
    pub async fn beat(&self, batch: i64, count: u64) -> Result<(), LakeError> {
        let path = self.path(batch, "alive");
        self.store.put(&path, count.to_string().into()).await?;
        Ok(())
    }

    /// What the owner of a batch last wrote to say that it is there.
    pub async fn last_beat(&self, batch: i64) -> Result<Option<String>, LakeError> {
        match self.store.get(&self.path(batch, "alive")).await {
            Ok(found) => Ok(Some(String::from_utf8_lossy(&found.bytes().await?).into_owned())),
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Takes away the files of batches up to `done`, which the history has.
    pub async fn clean(&self, done: i64) -> Result<(), LakeError> {
        let listed: Vec<_> = self.store.list(Some(&self.folder)).try_collect().await?;
        for object in listed {
            let number = object
                .location
                .filename()
                .and_then(|name| name.split('.').next()?.parse::<i64>().ok());
            if number.is_some_and(|number| number <= done) {
                ignore_absent(self.store.delete(&object.location).await)?;
                failpoint::hit("lake.cleaned_file")?;
            }
        }
        Ok(())
    }

    fn path(&self, batch: i64, what: &str) -> Path {
        self.folder
            .parts()
            .chain(Path::from(format!("{batch:012}.{what}.json")).parts())
            .collect()
    }

    fn intent_path(&self, batch: i64) -> Path {
        self.path(batch, "intent")
    }

    fn outcome_path(&self, batch: i64) -> Path {
        self.path(batch, "outcome")
    }

    /// Puts `value` where nothing is. An error is answered by looking what is there: the put may have landed.
    async fn create<T>(&self, path: &Path, value: &T, ours: impl Fn(&T) -> bool) -> Result<Put<T>, LakeError>
    where
        T: Serialize + for<'a> Deserialize<'a>,
    {
        let bytes = serde_json::to_vec(value).map_err(|e| damaged(path, &e))?;
        let options = PutOptions {
            mode: PutMode::Create,
            ..PutOptions::default()
        };
        failpoint::hit("lake.put.before")?;
        let put = self.store.put_opts(path, PutPayload::from(bytes), options).await;
        let Err(error) = put
            .map_err(LakeError::from)
            .and_then(|_| failpoint::hit("lake.put.landed"))
        else {
            return Ok(Put::Ours);
        };
        match self.read::<T>(path).await? {
            Some(there) if ours(&there) => Ok(Put::Ours),
            Some(there) => Ok(Put::Theirs(there)),
            None => Err(error),
        }
    }

    async fn read<T: for<'a> Deserialize<'a>>(&self, path: &Path) -> Result<Option<T>, LakeError> {
        read(&self.store, path).await
    }
}

/// What batches under way, of every shard, may still bring into tables.
#[derive(Debug, Default)]
pub(crate) struct OpenBatches {
    /// When the first batch began whose outcome is not decided: it may name any file written since.
    pub undecided_since: Option<DateTime<Utc>>,
    /// What decided batches add that may not be committed yet.
    pub tables: Vec<TableOutcome>,
}

/// Looks which batches are under way. What it does not find is in the tables, or was never begun.
pub(crate) async fn open_batches(store: &Arc<dyn ObjectStore>) -> Result<OpenBatches, LakeError> {
    let listed: Vec<ObjectMeta> = store.list(Some(&Path::from("loads"))).try_collect().await?;
    let mut open = OpenBatches::default();
    let mut decided = HashSet::new();
    for object in &listed {
        let Some(batch) = object.location.as_ref().strip_suffix(".outcome.json") else {
            continue;
        };
        let outcome: Option<Outcome> = read(store, &object.location).await?;
        if let Some(outcome) = outcome {
            known_format(outcome.format, &object.location)?;
            open.tables.extend(outcome.tables);
        }
        decided.insert(batch);
    }
    for object in &listed {
        let Some(batch) = object.location.as_ref().strip_suffix(".intent.json") else {
            continue;
        };
        if decided.contains(batch) {
            continue;
        }
        let Some(intent) = read::<Intent>(store, &object.location).await? else {
            continue;
        };
        known_format(intent.format, &object.location)?;
        // Files are dated by the storage's clock, the intent by its owner's: the earlier one is safe.
        let began = intent.began.min(object.last_modified);
        open.undecided_since = Some(open.undecided_since.map_or(began, |first| first.min(began)));
    }
    Ok(open)
}

async fn read<T: for<'a> Deserialize<'a>>(store: &Arc<dyn ObjectStore>, path: &Path) -> Result<Option<T>, LakeError> {
    let bytes = match store.get(path).await {
        Ok(found) => found.bytes().await?,
        Err(StoreError::NotFound { .. }) => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|e| damaged(path, &e))
}

impl Intent {
    /// A batch that `owner` begins now.
    pub fn new(batch: i64, owner: Owner, objects: Vec<IntentObject>) -> Self {
        Self {
            format: FORMAT,
            batch,
            owner,
            began: Utc::now(),
            objects,
        }
    }
}

impl Outcome {
    /// What a run did.
    pub fn done(run: &str, tables: Vec<TableOutcome>) -> Self {
        Self {
            format: FORMAT,
            run: run.to_owned(),
            abandoned: false,
            tables,
        }
    }

    /// A batch given up.
    pub fn abandoned(run: &str) -> Self {
        Self {
            format: FORMAT,
            run: run.to_owned(),
            abandoned: true,
            tables: Vec::new(),
        }
    }
}

fn known_format(format: u32, path: &Path) -> Result<(), LakeError> {
    if format == FORMAT {
        return Ok(());
    }
    let why = format!("it is of format {format}, this program knows {FORMAT}; use a newer version of Flowtrail");
    Err(LakeError::Damaged {
        path: path.to_string(),
        why,
    })
}

fn damaged(path: &Path, error: &serde_json::Error) -> LakeError {
    LakeError::Damaged {
        path: path.to_string(),
        why: error.to_string(),
    }
}

fn ignore_absent(outcome: Result<(), StoreError>) -> Result<(), LakeError> {
    match outcome {
        Ok(()) | Err(StoreError::NotFound { .. }) => Ok(()),
        Err(e) => Err(e.into()),
    }
}
