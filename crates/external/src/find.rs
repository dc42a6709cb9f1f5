//! Partitions that are there as folders: what `MSCK REPAIR TABLE` adds, and how one folder is listed.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use flowtrail_catalog::{ExternalTable, Partition};
use flowtrail_source::{Place, SourceError};
use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStore};

use crate::access::{Access, Places};
use crate::error::ExternalError;

/// Folders looked into at once.
pub(crate) const LISTED_AT_ONCE: usize = 16;

/// Partitions in folders as Hive names them, `year=2026/month=11/`, under a table's location, that the definition
/// lacks; in order of their values.
///
/// # Errors
/// The location cannot be listed.
pub async fn find_partitions(definition: &ExternalTable, access: &Access) -> Result<Vec<Partition>, ExternalError> {
    let names: Vec<&str> = definition
        .partition_columns
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    let found = hive_folders(&definition.location, &names, &Places::new(access, None)).await?;
    let known: HashSet<&[String]> = definition
        .partitions
        .iter()
        .map(|known| known.values.as_slice())
        .collect();
    let is_new = |found: &Partition| !known.contains(found.values.as_slice());
    let mut lacking: Vec<Partition> = found.into_iter().filter(is_new).collect();
    lacking.sort();
    lacking.dedup_by(|one, other| one.values == other.values);
    Ok(lacking)
}

/// Partitions in folders as Hive names them, under a location.
pub(crate) async fn hive_folders(
    location: &str,
    columns: &[&str],
    places: &Places<'_>,
) -> Result<Vec<Partition>, ExternalError> {
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = vec![Partition {
        location: with_slash(location),
        values: Vec::new(),
    }];
    for column in columns {
        let below = stream::iter(found)
            .map(|folder| folders_of(places, folder, column))
            .buffered(LISTED_AT_ONCE);
        let below: Vec<Vec<Partition>> = below.try_collect().await?;
        found = below.into_iter().flatten().collect();
    }
    Ok(found)
}

/// The folders in a folder that are named `column=…`.
async fn folders_of(places: &Places<'_>, folder: Partition, column: &str) -> Result<Vec<Partition>, ExternalError> {
    let listed = list_folder(places, &folder.location).await?;
    let partition = |name: String| {
        let (found, value) = name.split_once('=')?;
        if !found.eq_ignore_ascii_case(column) {
            return None;
        }
        let mut values = folder.values.clone();
        values.push(unescaped(value));
        Some(Partition {
            location: format!("{}{name}/", folder.location),
            values,
        })
    };
    Ok(listed.folders.into_iter().filter_map(partition).collect())
}

/// What is in a folder, but not in the folders in it.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) folders: Vec<String>,
    /// Whether there are objects that have rows.
    pub(crate) has_objects: bool,
}

/// Lists one folder; one that does not exist has nothing in it.
pub(crate) async fn list_folder(places: &Places<'_>, location: &str) -> Result<Listed, ExternalError> {
    match places.place(location)? {
        Place::S3 { bucket, prefix } => list_in_bucket(places, &bucket, &prefix).await,
        Place::Path(path) => {
            let listed = tokio::task::spawn_blocking(move || list_path(&path)).await;
            listed.map_err(|error| SourceError::BrokenOff {
                place: location.to_owned(),
                reason: error.to_string(),
            })?
        }
        Place::Stdin => Ok(Listed::default()),
    }
}

async fn list_in_bucket(places: &Places<'_>, bucket: &str, prefix: &str) -> Result<Listed, ExternalError> {
    let store = places.bucket(bucket).await?;
    let unsupported = |reason: String| SourceError::UnsupportedKey {
        bucket: bucket.to_owned(),
        reason,
    };
    let key = Key::parse(prefix).map_err(|error| unsupported(error.to_string()))?;
    let listed = store.list_with_delimiter(Some(&key)).await;
    let listed = listed.map_err(|error| SourceError::of_listing(bucket, &error))?;
    let name = |key: &Key| key.filename().map(str::to_owned);
    // An object of no bytes is the marker of a folder, or has no rows.
    let has_rows = |object: &ObjectMeta| object.size > 0 && object.location.filename().is_some_and(is_seen);
    Ok(Listed {
        has_objects: listed.objects.iter().any(has_rows),
        folders: listed.common_prefixes.iter().filter_map(name).collect(),
    })
}

fn list_path(folder: &Path) -> Result<Listed, ExternalError> {
    let failed = |source: std::io::Error| SourceError::Io {
        path: PathBuf::from(folder),
        action: "list",
        source,
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Listed::default()),
        Err(error) => return Err(failed(error).into()),
    };
    let mut listed = Listed::default();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if entry.path().is_dir() {
            listed.folders.push(name);
        } else {
            listed.has_objects |= is_seen(&name);
        }
    }
    Ok(listed)
}

/// Whether a name is one that listings have.
fn is_seen(name: &str) -> bool {
    !name.starts_with(['.', '_'])
}

/// A value as it is, from a folder's name, in which Hive writes characters such as `:` as `%3A`.
pub(crate) fn unescaped(name: &str) -> String {
    let mut out = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = (*first == b'%').then(|| behind.get(..2)).flatten();
        let code = code.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        out.push(code.unwrap_or(*first));
        rest = if code.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(out).unwrap_or_else(|_| name.to_owned())
}

pub(crate) fn with_slash(location: &str) -> String {
    if location.ends_with('/') {
        return location.to_owned();
    }
    format!("{location}/")
}
