//! The files that commits brought, as their log tells it: whatever was merged with others since.

use arrow::record_batch::RecordBatch;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStoreExt};
use serde::Deserialize;

use crate::rows::{StoreReader, read_columns_of};
use crate::stage::absolute;
use crate::{DataFile, LakeError, Snapshot, Table};

/// A file whose rows a commit added to a table. It may have been merged into another meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedFile {
    /// Its path relative to the lake's root.
    pub path: Path,
    /// Its size.
    pub size_bytes: u64,
    /// Its `day=` partition as text, where the table has one.
    pub day: Option<String>,
}

impl From<&DataFile> for AddedFile {
    fn from(file: &DataFile) -> Self {
        Self {
            path: file.path.clone(),
            size_bytes: file.size_bytes,
            day: file.day.clone(),
        }
    }
}

impl AddedFile {
    /// Streams the columns `names`; those the file lacks are missing from the batches.
    ///
    /// # Errors
    /// [`LakeError::Vacuumed`] where the file was merged, and removed since; what storage and file have to say.
    pub async fn read_columns(
        &self,
        table: &Table,
        names: &[&str],
    ) -> Result<BoxStream<'static, Result<RecordBatch, LakeError>>, LakeError> {
        match table.store().head(&self.path).await {
            Ok(_) => {}
            Err(StoreError::NotFound { .. }) => {
                return Err(LakeError::Vacuumed {
                    table: table.definition().qualified_name(),
                    path: self.path.to_string(),
                });
            }
            Err(error) => return Err(error.into()),
        }
        read_columns_of(StoreReader::at(table, self.path.clone(), self.size_bytes), names).await
    }
}

/// A line of a commit, as far as it matters here (Delta protocol, "Actions").
#[derive(Deserialize)]
struct Line {
    add: Option<Add>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Add {
    path: String,
    size: u64,
    data_change: bool,
}

/// The files whose rows came into `table` after `version`, up to `now`.
///
/// # Errors
/// [`LakeError::Forgotten`] where the log has no longer all of these versions; what the storage has to say.
pub async fn added_since(table: &Table, now: &Snapshot, version: u64) -> Result<Vec<AddedFile>, LakeError> {
    let mut added = Vec::new();
    for version in version + 1..=now.version() {
        let path = table.commit_path(version);
        let commit = match table.store().get(&path).await {
            Ok(found) => found.bytes().await?,
            Err(StoreError::NotFound { .. }) => {
                return Err(LakeError::Forgotten {
                    table: table.definition().qualified_name(),
                    version,
                });
            }
            Err(error) => return Err(error.into()),
        };
        for line in commit.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let line: Line = serde_json::from_slice(line).map_err(|error| LakeError::Damaged {
                path: path.to_string(),
                why: error.to_string(),
            })?;
            let Some(add) = line.add.filter(|add| add.data_change) else {
                continue;
            };
            let relative = Path::from_url_path(&add.path).map_err(|error| LakeError::Damaged {
                path: path.to_string(),
                why: error.to_string(),
            })?;
            added.push(AddedFile {
                path: absolute(table, relative.as_ref()),
                size_bytes: add.size,
                day: None,
            });
        }
    }
    Ok(added)
}
