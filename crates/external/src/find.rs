//! `MSCK REPAIR TABLE`: partitions that are there as folders and that a table lacks.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use flowtrail_catalog::{ExternalTable, Partition};
use flowtrail_source::{Place, SourceError};
use futures::{StreamExt, TryStreamExt, stream};
use object_store::ObjectStore;
use object_store::path::Path as Key;

use crate::access::{Access, Places, place_of};
use crate::error::ExternalError;

/// Folders looked into at once.
const LISTED_AT_ONCE: usize = 16;

/// A folder that partitions are looked for in, and the values of those it is in.
#[derive(Clone, Debug)]
struct Found {
    location: String,
    values: Vec<String>,
}

/// Partitions in folders as Hive names them, `year=2026/month=11/`, under a table's location, that the definition
/// lacks; in order of their values.
///
/// # Errors
/// The location cannot be listed.
pub async fn find_partitions(definition: &ExternalTable, access: &Access) -> Result<Vec<Partition>, ExternalError> {
    if definition.partition_columns.is_empty() {
        return Ok(Vec::new());
    }
    let places = Places::new(access, None);
    let mut found = vec![Found {
        location: with_slash(&definition.location),
        values: Vec::new(),
    }];
    for column in &definition.partition_columns {
        let below = stream::iter(found)
            .map(|folder| folders_of(&places, folder, &column.name))
            .buffered(LISTED_AT_ONCE);
        let below: Vec<Vec<Found>> = below.try_collect().await?;
        found = below.into_iter().flatten().collect();
    }
    let known: HashSet<&[String]> = definition
        .partitions
        .iter()
        .map(|known| known.values.as_slice())
        .collect();
    let mut lacking: Vec<Partition> = found
        .into_iter()
        .filter(|found| !known.contains(found.values.as_slice()))
        .map(|found| Partition {
            values: found.values,
            location: found.location,
        })
        .collect();
    lacking.sort();
    lacking.dedup_by(|one, other| one.values == other.values);
    Ok(lacking)
}

/// The folders in a folder that are named `column=…`.
async fn folders_of(places: &Places<'_>, folder: Found, column: &str) -> Result<Vec<Found>, ExternalError> {
    let names = match place_of(&folder.location)? {
        Place::S3 { bucket, prefix } => names_in_bucket(places, &bucket, &prefix).await?,
        Place::Path(path) => {
            let listed = tokio::task::spawn_blocking(move || names_in_folder(&path)).await;
            listed.map_err(|error| SourceError::BrokenOff {
                place: folder.location.clone(),
                reason: error.to_string(),
            })??
        }
        Place::Stdin => Vec::new(),
    };
    let partition = |name: String| {
        let (found, value) = name.split_once('=')?;
        if !found.eq_ignore_ascii_case(column) {
            return None;
        }
        let mut values = folder.values.clone();
        values.push(unescaped(value));
        Some(Found {
            location: format!("{}{name}/", folder.location),
            values,
        })
    };
    Ok(names.into_iter().filter_map(partition).collect())
}

async fn names_in_bucket(places: &Places<'_>, bucket: &str, prefix: &str) -> Result<Vec<String>, ExternalError> {
    let store = places.bucket(bucket).await?;
    let unsupported = |reason: String| SourceError::UnsupportedKey {
        bucket: bucket.to_owned(),
        reason,
    };
    let key = Key::parse(prefix).map_err(|error| unsupported(error.to_string()))?;
    let listed = store.list_with_delimiter(Some(&key)).await;
    let listed = listed.map_err(|error| SourceError::of_listing(bucket, &error))?;
    let name = |key: &Key| key.filename().map(str::to_owned);
    Ok(listed.common_prefixes.iter().filter_map(name).collect())
}

/// Names of the folders in a folder; none where it does not exist.
fn names_in_folder(folder: &Path) -> Result<Vec<String>, ExternalError> {
    let failed = |source: std::io::Error| SourceError::Io {
        path: PathBuf::from(folder),
        action: "list",
        source,
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error).into()),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if entry.path().is_dir() {
            names.extend(entry.file_name().into_string());
        }
    }
    Ok(names)
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
