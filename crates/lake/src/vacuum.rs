//! Taking files off the disk that belong to no table any more.
//!
//! A file under a table's folder goes when the newest version does not name it, and
//!
//! - it was taken out of the table (by compaction or retention) longer ago than the age asked for; or
//! - no version names it, it was written longer ago than that, and no batch under way can still bring it in: it is what
//!   a loader or compactor left that was killed.
//!
//! **Why a query is safe:** it reads the files of its snapshot and no others. All of them were in the table when it
//! began, so whichever of them is out of it now went out after that; and what went out stays on the disk for the age,
//! which is longer than any query may run (a week unless asked otherwise, never under an hour).
//!
//! **Why a load is safe:** the folder is listed first, then the batches under way, then the table. A listed file that
//! was staged by a batch is found in the batch's outcome; or the batch is not decided, and files since its beginning are
//! left alone; or the batch was finished before, and the table read after that has the file.
//!
//! Delta itself forgets after a week that a file was taken out, so a longer age holds for that week only. Files other
//! than `.parquet`, and folders whose name begins with `_` (`_delta_log`), are never touched.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectMeta, ObjectStoreExt};

use crate::durable::STAGING_FOLDER;
use crate::intent::{OpenBatches, open_batches};
use crate::stage::absolute;
use crate::{DataFile, LakeError, Table};

/// The least age, in hours.
const LEAST_AGE_HOURS: u64 = 1;
/// Files deleted at once.
const DELETES_AT_ONCE: usize = 8;

/// What to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VacuumOptions {
    /// How long ago files must have left the table; no query may run longer. At least an hour.
    pub older_than: Duration,
    /// Only say what would go.
    pub dry_run: bool,
}

impl Default for VacuumOptions {
    fn default() -> Self {
        Self {
            older_than: Duration::from_hours(7 * 24),
            dry_run: false,
        }
    }
}

/// What was removed, or would be.
#[derive(Debug, Default)]
pub struct VacuumSummary {
    /// Files removed.
    pub files: u64,
    /// Their size.
    pub bytes: u64,
    /// Files that could not be removed; they are tried again the next time.
    pub failed: Vec<VacuumFailure>,
}

/// A file that could not be removed.
#[derive(Debug)]
pub struct VacuumFailure {
    /// Its path relative to the lake's root.
    pub path: Path,
    /// What the storage said.
    pub error: StoreError,
}

/// Removes files of a table that nothing needs any more, and what killed processes left in the lake's staging folder.
///
/// # Errors
/// [`LakeError::TooYoung`] for an age under an hour; [`LakeError::Damaged`] when a batch under way cannot be read, since
/// its files could then be taken for nobody's. A file that cannot be removed is no error: it is in the summary.
pub async fn vacuum(table: &Table, options: &VacuumOptions) -> Result<VacuumSummary, LakeError> {
    if options.older_than < Duration::from_hours(LEAST_AGE_HOURS) {
        return Err(LakeError::TooYoung {
            least_hours: LEAST_AGE_HOURS,
        });
    }
    let age = TimeDelta::from_std(options.older_than).unwrap_or(TimeDelta::MAX);
    let before = Utc::now().checked_sub_signed(age).unwrap_or(DateTime::<Utc>::MIN_UTC);
    // In this order; why, is above.
    let listed: Vec<ObjectMeta> = table.store().list(Some(table.path())).try_collect().await?;
    let open = open_batches(table.store()).await?;
    let needs = Needs::of(table, &open).await?;
    let mut unneeded: Vec<ObjectMeta> = listed
        .into_iter()
        .filter(|object| is_data_file(table.path(), &object.location) && !needs.keep(object, before))
        .collect();
    let staged: Vec<ObjectMeta> = table
        .store()
        .list(Some(&Path::from(STAGING_FOLDER)))
        .try_collect()
        .await?;
    unneeded.extend(staged.into_iter().filter(|object| object.last_modified < before));
    if options.dry_run {
        let bytes = unneeded.iter().map(|object| object.size).sum();
        return Ok(VacuumSummary {
            files: unneeded.len() as u64,
            bytes,
            failed: Vec::new(),
        });
    }
    Ok(remove(table, unneeded).await)
}

/// True for a Parquet file of the table that lies in no hidden folder.
fn is_data_file(table: &Path, path: &Path) -> bool {
    let Some(mut parts) = path.prefix_match(table) else {
        return false;
    };
    path.extension().is_some_and(|extension| extension == "parquet")
        && parts.all(|part| !part.as_ref().starts_with(['_', '.']))
}

/// What keeps files on the disk.
struct Needs {
    /// Files of the newest version, and of batches that are decided.
    named: HashSet<Path>,
    /// Files taken out of the table, and when (in milliseconds since 1970).
    taken_out: HashMap<Path, i64>,
    /// Since when a batch that is not decided may have written files.
    undecided_since: Option<DateTime<Utc>>,
}

impl Needs {
    async fn of(table: &Table, open: &OpenBatches) -> Result<Self, LakeError> {
        let name = table.definition().qualified_name();
        let decided = open
            .tables
            .iter()
            .filter(|outcome| outcome.table == name)
            .flat_map(|outcome| &outcome.files);
        let mut named: HashSet<Path> = decided.map(|file| absolute(table, &file.path)).collect();
        let mut taken_out = HashMap::new();
        if let Some(snapshot) = table.snapshot().await? {
            named.extend(snapshot.files().iter().map(|file: &DataFile| file.path.clone()));
            for (path, time_ms) in table.tombstones(&snapshot).await? {
                let latest = taken_out.entry(path).or_insert(time_ms);
                *latest = time_ms.max(*latest);
            }
        }
        Ok(Self {
            named,
            taken_out,
            undecided_since: open.undecided_since,
        })
    }

    fn keep(&self, object: &ObjectMeta, before: DateTime<Utc>) -> bool {
        if self.named.contains(&object.location) {
            return true;
        }
        if let Some(time_ms) = self.taken_out.get(&object.location) {
            return *time_ms >= before.timestamp_millis();
        }
        object.last_modified >= before || self.undecided_since.is_some_and(|since| object.last_modified >= since)
    }
}

async fn remove(table: &Table, objects: Vec<ObjectMeta>) -> VacuumSummary {
    let mut summary = VacuumSummary::default();
    let mut removals = futures::stream::iter(objects)
        .map(|object| async move {
            let outcome = table.store().delete(&object.location).await;
            (object, outcome)
        })
        .buffer_unordered(DELETES_AT_ONCE);
    while let Some((object, outcome)) = removals.next().await {
        match outcome {
            Ok(()) => {
                summary.files += 1;
                summary.bytes += object.size;
            }
            // Another vacuum was faster.
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => {
                tracing::warn!(path = %object.location, %error, "a file could not be removed");
                summary.failed.push(VacuumFailure {
                    path: object.location,
                    error,
                });
            }
        }
    }
    summary
}
