//! One Delta table: reading its newest version, and committing changes to it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::{Field, Schema};
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties, TransactionError};
use deltalake_core::kernel::{
    Action, EagerSnapshot, Metadata, StructField, StructType, Transaction as DeltaTransaction,
};
use deltalake_core::logstore::{LogStoreRef, StorageConfig, default_logstore};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::{DeltaTableError, TableProperty};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt};
use url::Url;

use crate::compact::TARGET_FILE_BYTES;
use crate::stage::{StagedFile, absolute};
use crate::{DataFile, LakeError, Snapshot, TableDefinition};

/// How often a commit is tried while other writers come first.
const ATTEMPTS: u32 = 30;
/// How often a commit is tried when the storage answers with errors.
const STORAGE_ATTEMPTS: u32 = 3;
/// Commits between checkpoints: reading a table reads at most this many small files.
const CHECKPOINT_INTERVAL: &str = "20";

/// A Delta table of the lake, which need not exist yet. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Table {
    definition: Arc<TableDefinition>,
    root: Arc<dyn ObjectStore>,
    path: Path,
    log: LogStoreRef,
}

/// A numbered step of one loader shard, written into the same commit as its rows (Delta's `txn` action): the table
/// itself then knows whether the step was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Whose step it is.
    pub application: String,
    /// Which step; steps rise.
    pub version: i64,
}

/// What a commit changes.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Files to add.
    pub add: Vec<StagedFile>,
    /// Files to take out; they must all still be in the table.
    pub remove: Vec<DataFile>,
    /// Columns the table must have; those it lacks are added.
    pub columns: Vec<Field>,
    /// The step this is, where it must happen only once.
    pub transaction: Option<Transaction>,
    /// True when the rows stay the same (compaction).
    pub same_rows: bool,
}

impl Table {
    pub(crate) fn new(root: Arc<dyn ObjectStore>, definition: Arc<TableDefinition>) -> Self {
        let path = Path::from(definition.folder.as_ref());
        let prefixed: Arc<dyn ObjectStore> = Arc::new(PrefixStore::new(Arc::clone(&root), path.clone()));
        let log = default_logstore(prefixed, Arc::clone(&root), &log_url(&path), &StorageConfig::default());
        Self {
            definition,
            root,
            path,
            log,
        }
    }

    /// What the table looks like when it is made.
    pub fn definition(&self) -> &Arc<TableDefinition> {
        &self.definition
    }

    /// The table's folder, relative to the lake's root.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The lake's store.
    pub(crate) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.root
    }

    /// The table as it stands, or `None` when it was never written.
    pub async fn snapshot(&self) -> Result<Option<Snapshot>, LakeError> {
        if self.is_absent().await? {
            return Ok(None);
        }
        let eager = EagerSnapshot::try_new(self.log.as_ref(), None)
            .await
            .map_err(|e| self.delta(e))?;
        Ok(Some(Snapshot::new(eager, &self.path)))
    }

    /// The same, sooner where `known` is a snapshot of the table and nothing was committed since.
    pub async fn snapshot_since(&self, known: Option<&Snapshot>) -> Result<Option<Snapshot>, LakeError> {
        if let Some(known) = known {
            // That the known version is still there tells a table from one made anew in its place.
            let (there, next) = tokio::join!(self.has_version(known.version()), self.has_version(known.version() + 1));
            if there? && !next? {
                return Ok(Some(known.clone()));
            }
        }
        self.snapshot().await
    }

    async fn has_version(&self, version: u64) -> Result<bool, LakeError> {
        match self.root.head(&self.commit_path(version)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Where the commit that made `version` stands (Delta protocol, "Delta Log Entries").
    pub(crate) fn commit_path(&self, version: u64) -> Path {
        absolute(self, &format!("_delta_log/{version:020}.json"))
    }

    async fn is_absent(&self) -> Result<bool, LakeError> {
        let log = self.path.parts().chain(Path::from("_delta_log").parts()).collect();
        Ok(self.root.list(Some(&log)).next().await.transpose()?.is_none())
    }

    /// The table as it stands, made first where it does not exist.
    pub async fn open_or_create(&self) -> Result<Snapshot, LakeError> {
        if let Some(snapshot) = self.snapshot().await? {
            return Ok(snapshot);
        }
        let made = self.create().await;
        crate::failpoint::hit("lake.table_created")?;
        // Another process may have made it at the same moment: what counts is that it is there.
        match self.snapshot().await? {
            Some(snapshot) => Ok(snapshot),
            None => Err(made.err().unwrap_or_else(|| LakeError::NoTable {
                name: self.definition.qualified_name(),
            })),
        }
    }

    async fn create(&self) -> Result<(), LakeError> {
        let columns = kernel_schema(&self.definition.columns).map_err(|e| self.delta(e))?;
        CreateBuilder::new()
            .with_log_store(Arc::clone(&self.log))
            .with_table_name(self.definition.qualified_name())
            .with_comment(self.definition.comment.as_ref())
            .with_columns(columns.fields().cloned().collect::<Vec<StructField>>())
            .with_partition_columns(self.definition.partition_columns().iter().copied())
            .with_configuration_property(TableProperty::CheckpointInterval, Some(CHECKPOINT_INTERVAL))
            .with_save_mode(SaveMode::Ignore)
            .await
            .map(|_| ())
            .map_err(|e| self.delta(e))
    }

    /// The last step `application` did on this table, or `None`.
    pub async fn transaction_version(&self, snapshot: &Snapshot, application: &str) -> Result<Option<i64>, LakeError> {
        snapshot
            .eager
            .transaction_version(self.log.as_ref(), application)
            .await
            .map_err(|e| self.delta(e))
    }

    /// Commits `change` in one version and gives the table with it.
    ///
    /// A change with a transaction happens once, whatever the storage answers: each attempt is a conditional put at one
    /// version past a snapshot that was seen not to hold the transaction, and after every failure the table is read
    /// again. A put that was answered with an error and landed all the same is seen there and not repeated.
    pub async fn commit(&self, change: &Change) -> Result<Snapshot, LakeError> {
        let mut failures = 0;
        let mut snapshot = self.open_or_create().await?;
        for attempt in 0..ATTEMPTS {
            if self.holds(&snapshot, change).await? {
                return Ok(snapshot);
            }
            if !has_all(&snapshot, &change.remove) {
                return Err(LakeError::Overtaken {
                    table: self.definition.qualified_name(),
                });
            }
            crate::failpoint::hit("lake.commit.before")?;
            let outcome = self.try_commit(&snapshot, change).await.and_then(|after| {
                let answered = crate::failpoint::hit("lake.commit.landed").map(|()| after);
                answered.map_err(|e| DeltaTableError::Generic(e.to_string()))
            });
            crate::failpoint::hit("lake.commit.after")?;
            snapshot = match outcome {
                Ok(after) => return Ok(after),
                Err(e) if came_second(&e) => {
                    tokio::time::sleep(Duration::from_millis(10 * u64::from(attempt) + 5)).await;
                    self.open_or_create().await?
                }
                Err(e) => {
                    failures += 1;
                    tracing::warn!(table = %self.definition.name, error = %e, failures, "a commit failed; looking whether it landed");
                    match self.open_or_create().await {
                        Ok(after) if self.holds(&after, change).await? => return Ok(after),
                        Ok(after) if failures < STORAGE_ATTEMPTS => after,
                        _ => return Err(self.delta(e)),
                    }
                }
            };
        }
        Err(LakeError::Contended {
            table: self.definition.qualified_name(),
            attempts: ATTEMPTS,
        })
    }

    /// True when the change is already in the snapshot.
    async fn holds(&self, snapshot: &Snapshot, change: &Change) -> Result<bool, LakeError> {
        if let Some(step) = &change.transaction {
            let done = self.transaction_version(snapshot, &step.application).await?;
            return Ok(done.is_some_and(|done| done >= step.version));
        }
        let Some(first) = change.add.first() else {
            return Ok(false);
        };
        Ok(snapshot.files().iter().any(|file| file.log_path() == first.path))
    }

    async fn try_commit(&self, snapshot: &Snapshot, change: &Change) -> Result<Snapshot, DeltaTableError> {
        let mut actions = Vec::with_capacity(change.add.len() + change.remove.len() + 1);
        if let Some(metadata) = with_columns(snapshot, &change.columns)? {
            actions.push(Action::Metadata(metadata));
        }
        actions.extend(
            change
                .remove
                .iter()
                .map(|file| Action::Remove(file.view.remove_action(!change.same_rows))),
        );
        actions.extend(
            change
                .add
                .iter()
                .map(|file| Action::Add(file.to_add(!change.same_rows))),
        );
        let mut properties = CommitProperties::default().with_max_retries(0);
        if let Some(step) = &change.transaction {
            let step = DeltaTransaction::new(&step.application, step.version);
            properties = properties.with_application_transaction(step);
        }
        let done = CommitBuilder::from(properties)
            .with_actions(actions)
            .build(Some(&snapshot.eager), Arc::clone(&self.log), operation(change))
            .await?;
        Ok(Snapshot::new(done.snapshot().snapshot().clone(), &self.path))
    }

    /// Paths (relative to the lake's root) that versions before the newest still name, with the time in milliseconds
    /// at which they were taken out.
    pub(crate) async fn tombstones(&self, snapshot: &Snapshot) -> Result<Vec<(Path, i64)>, LakeError> {
        let state = deltalake_core::table::state::DeltaTableState::new(snapshot.eager.clone());
        let removed: Vec<_> = state
            .all_tombstones(self.log.as_ref())
            .try_collect()
            .await
            .map_err(|e: DeltaTableError| self.delta(e))?;
        Ok(removed
            .iter()
            .map(|file| {
                let path = self
                    .path
                    .parts()
                    .chain(Path::from(file.path().as_ref()).parts())
                    .collect();
                (path, file.deletion_timestamp().unwrap_or(0))
            })
            .collect())
    }

    fn delta(&self, error: DeltaTableError) -> LakeError {
        LakeError::Delta {
            table: self.definition.qualified_name(),
            source: Box::new(error),
        }
    }
}

/// What the table's log calls a change.
fn operation(change: &Change) -> DeltaOperation {
    if change.same_rows {
        return DeltaOperation::Optimize {
            predicate: None,
            target_size: TARGET_FILE_BYTES as i64,
        };
    }
    if change.add.is_empty() && !change.remove.is_empty() {
        return DeltaOperation::Delete { predicate: None };
    }
    DeltaOperation::Write {
        mode: SaveMode::Append,
        partition_by: None,
        predicate: None,
    }
}

/// True when every one of `files` is still in the table.
fn has_all(snapshot: &Snapshot, files: &[DataFile]) -> bool {
    let paths: HashSet<&Path> = snapshot.files().iter().map(|file| &file.path).collect();
    files.iter().all(|file| paths.contains(&file.path))
}

/// True when another writer committed first; the change itself is not at fault.
fn came_second(error: &DeltaTableError) -> bool {
    match error {
        DeltaTableError::VersionAlreadyExists(_) => true,
        DeltaTableError::Transaction { source } => matches!(
            source,
            TransactionError::MaxCommitAttempts(_)
                | TransactionError::VersionAlreadyExists(_)
                | TransactionError::CommitConflict(_)
        ),
        _ => false,
    }
}

/// The table's metadata with the columns it lacks at the end, or `None` when it has them all.
fn with_columns(snapshot: &Snapshot, columns: &[Field]) -> Result<Option<Metadata>, DeltaTableError> {
    let lacking: Vec<Field> = columns
        .iter()
        .filter(|field| snapshot.schema().column_with_name(field.name()).is_none())
        .cloned()
        .collect();
    if lacking.is_empty() {
        return Ok(None);
    }
    let present = snapshot.eager.schema();
    let added = kernel_schema(&Schema::new(lacking))?;
    let whole = StructType::try_new(present.fields().cloned().chain(added.fields().cloned()))
        .map_err(|e| DeltaTableError::Generic(e.to_string()))?;
    // delta-rs keeps its way to change a schema to itself; the stored form is public.
    let mut stored = serde_json::to_value(snapshot.eager.metadata())?;
    stored["schemaString"] = serde_json::to_string(&whole)?.into();
    Ok(Some(serde_json::from_value(stored)?))
}

fn kernel_schema(columns: &Schema) -> Result<StructType, DeltaTableError> {
    columns
        .try_into_kernel()
        .map_err(|e| DeltaTableError::Generic(e.to_string()))
}

/// A name for the table's place that only delta-rs sees: its path under the lake's root.
fn log_url(path: &Path) -> Url {
    let mut url = LAKE_URL.clone();
    url.set_path(path.as_ref());
    url
}

static LAKE_URL: std::sync::LazyLock<Url> = std::sync::LazyLock::new(|| {
    #[allow(clippy::expect_used, reason = "a constant, checked by every test that opens a table")]
    Url::parse("lake:///").expect("a valid URL")
});
