//! Definitions in the lake, safe under several writers.
//!
//! ```text
//!   <lake>/catalog/<kind>/<name>/0000000001.json     created only if absent, never written again
//!                                0000000002.json     the next form of it; the highest number counts
//!                                0000000003.json     may say that it was dropped
//! ```
//!
//! What can happen, and what then:
//!
//! - *Two change one definition at once.* One put of the next number wins; the other is told.
//! - *A put is answered with an error and landed all the same.* What is there is looked at: it may be ours.
//! - *One is so slow that others have changed the definition and taken the number away that it means to write.* It
//!   looks again after its put; there is a higher number then, and it is told that it was overtaken. What it wrote
//!   counts for nothing, and goes with the next change.
//! - *One dies between its put and taking earlier numbers away.* They count for nothing, and go with the next change.
//! - A form that says *dropped* stays for ever, so that numbers never start anew.
//!
//! As a number is written once, what was read of it is kept for good.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use flowtrail_lake::Lake;
use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{Error as StoreError, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::{CatalogError, Defined, Definition, Definitions, Kind, ObjectName};

/// The stored form's version; a reader refuses what it does not know.
const FORMAT: u32 = 1;
/// File systems take names of 255 bytes.
const LONGEST_NAME_BYTES: usize = 240;
/// Definitions that are read at once.
const READ_AT_ONCE: usize = 16;

/// The definitions of a lake. Cheap to clone; clones share what was read.
#[derive(Clone, Debug)]
pub struct Catalog {
    store: Arc<dyn ObjectStore>,
    read: Arc<Mutex<HashMap<Path, Arc<Stored>>>>,
}

/// A definition, or that it was dropped, as a file holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stored {
    format: u32,
    name: ObjectName,
    created_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    /// `None` where it was dropped.
    definition: Option<Definition>,
}

/// What every version of the stored form has.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl Catalog {
    /// The catalog of `lake`; nothing is read yet.
    pub fn new(lake: &Lake) -> Self {
        Self {
            store: Arc::clone(lake.store()),
            read: Arc::default(),
        }
    }

    /// All that is defined now.
    pub async fn definitions(&self) -> Result<Definitions, CatalogError> {
        let numbers = self.numbers(&Path::from("catalog")).await?;
        let mut reading = stream::iter(numbers)
            .map(|(folder, number)| self.current(folder, number))
            .buffer_unordered(READ_AT_ONCE);
        let mut definitions = Definitions::default();
        while let Some(defined) = reading.try_next().await? {
            if let Some(defined) = defined {
                definitions.insert(defined);
            }
        }
        Ok(definitions)
    }

    /// The definition of that kind and name, as it is now.
    pub async fn get(&self, kind: Kind, name: &ObjectName) -> Result<Option<Arc<Defined>>, CatalogError> {
        let folder = folder_of(kind, name)?;
        match self.numbers(&folder).await?.remove(&folder) {
            Some(number) => self.current(folder, number).await,
            None => Ok(None),
        }
    }

    /// Defines `name` for the first time since it was dropped, or anew in place of `before`, which must be what is there.
    /// Gives its new version.
    ///
    /// # Errors
    /// [`CatalogError::Exists`] where something is there and `before` is none, [`CatalogError::Overtaken`] where what is
    /// there is not `before`.
    pub async fn put(
        &self,
        name: &ObjectName,
        definition: Definition,
        before: Option<&Defined>,
    ) -> Result<u64, CatalogError> {
        let created_at = before.map(|before| before.created_at);
        self.put_created(name, definition, before, created_at).await
    }

    /// Like [`Self::put`] of something new in place of `before`.
    pub async fn replace(
        &self,
        name: &ObjectName,
        definition: Definition,
        before: &Defined,
    ) -> Result<u64, CatalogError> {
        self.put_created(name, definition, Some(before), None).await
    }

    async fn put_created(
        &self,
        name: &ObjectName,
        definition: Definition,
        before: Option<&Defined>,
        created_at: Option<DateTime<Utc>>,
    ) -> Result<u64, CatalogError> {
        let kind = definition.kind();
        let folder = folder_of(kind, name)?;
        let last = self.numbers(&folder).await?.remove(&folder);
        let there = match last {
            Some(number) => self.current(folder.clone(), number).await?,
            None => None,
        };
        match (&there, before) {
            (Some(there), None) => {
                return Err(CatalogError::Exists {
                    noun: there.definition.noun(),
                    name: name.clone(),
                });
            }
            (there, Some(before)) if there.as_ref().map(|there| there.number) != Some(before.number) => {
                return Err(overtaken(kind, name));
            }
            _ => {}
        }
        let now = Utc::now();
        let stored = Stored {
            format: FORMAT,
            name: name.clone(),
            created_at: created_at.unwrap_or(now),
            changed_at: now,
            definition: Some(definition),
        };
        let number = last.unwrap_or(0) + 1;
        self.write(kind, &folder, number, &stored).await?;
        Ok(number)
    }

    /// Takes a definition away, which must be what is there.
    ///
    /// # Errors
    /// [`CatalogError::Overtaken`] where it was changed meanwhile.
    pub async fn drop(&self, before: &Defined) -> Result<(), CatalogError> {
        let kind = before.definition.kind();
        let folder = folder_of(kind, &before.name)?;
        let stored = Stored {
            format: FORMAT,
            name: before.name.clone(),
            created_at: before.created_at,
            changed_at: Utc::now(),
            definition: None,
        };
        self.write(kind, &folder, before.number + 1, &stored).await
    }

    /// Writes form `number` of a definition, if nobody else has written it or a later one, and takes earlier ones away.
    async fn write(&self, kind: Kind, folder: &Path, number: u64, stored: &Stored) -> Result<(), CatalogError> {
        let path = path_of(folder, number);
        let bytes = serde_json::to_vec_pretty(stored).map_err(|e| damaged(&path, &e.to_string()))?;
        let options = PutOptions {
            mode: PutMode::Create,
            ..PutOptions::default()
        };
        if let Err(error) = self.store.put_opts(&path, PutPayload::from(bytes), options).await {
            match self.stored(&path).await? {
                Some(there) if *there == *stored => {}
                Some(_) => return Err(overtaken(kind, &stored.name)),
                None => return Err(error.into()),
            }
        }
        let forms: Vec<Path> = self
            .store
            .list(Some(folder))
            .map_ok(|object| object.location)
            .try_collect()
            .await?;
        let numbered = || forms.iter().filter_map(|path| Some((path, number_of(path)?.1)));
        if numbered().map(|(_, number)| number).max() != Some(number) {
            return Err(overtaken(kind, &stored.name));
        }
        for (earlier, _) in numbered().filter(|(_, earlier)| *earlier < number) {
            match self.store.delete(earlier).await {
                Ok(()) | Err(StoreError::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            self.read.lock().remove(earlier);
        }
        Ok(())
    }

    /// The highest number of each definition under `prefix`, by the definition's folder.
    async fn numbers(&self, prefix: &Path) -> Result<BTreeMap<Path, u64>, CatalogError> {
        let mut numbers = BTreeMap::new();
        let mut listing = self.store.list(Some(prefix));
        while let Some(object) = listing.try_next().await? {
            if let Some((folder, number)) = number_of(&object.location) {
                let highest: &mut u64 = numbers.entry(folder).or_default();
                *highest = number.max(*highest);
            }
        }
        Ok(numbers)
    }

    /// What form `number` defines; `None` where it says that the definition was dropped.
    async fn current(&self, folder: Path, number: u64) -> Result<Option<Arc<Defined>>, CatalogError> {
        let path = path_of(&folder, number);
        // Gone since the listing: a later form has taken its place.
        let Some(stored) = self.stored(&path).await? else {
            return Box::pin(self.newest(folder)).await;
        };
        Ok(stored.definition.clone().map(|definition| {
            Arc::new(Defined {
                name: stored.name.clone(),
                definition,
                created_at: stored.created_at,
                changed_at: stored.changed_at,
                number,
            })
        }))
    }

    async fn newest(&self, folder: Path) -> Result<Option<Arc<Defined>>, CatalogError> {
        match self.numbers(&folder).await?.remove(&folder) {
            Some(number) => self.current(folder, number).await,
            None => Ok(None),
        }
    }

    async fn stored(&self, path: &Path) -> Result<Option<Arc<Stored>>, CatalogError> {
        if let Some(known) = self.read.lock().get(path) {
            return Ok(Some(Arc::clone(known)));
        }
        let bytes = match self.store.get(path).await {
            Ok(found) => found.bytes().await?,
            Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let format: Format = serde_json::from_slice(&bytes).map_err(|e| damaged(path, &e.to_string()))?;
        if format.format != FORMAT {
            let why = format!("it is of format {}, this program knows {FORMAT}", format.format);
            return Err(damaged(path, &why));
        }
        let stored: Stored = serde_json::from_slice(&bytes).map_err(|e| damaged(path, &e.to_string()))?;
        let stored = Arc::new(stored);
        self.read.lock().insert(path.clone(), Arc::clone(&stored));
        Ok(Some(stored))
    }
}

/// The folder of a definition's forms; what cannot be in a file's name is encoded.
fn folder_of(kind: Kind, name: &ObjectName) -> Result<Path, CatalogError> {
    let parts = [&name.database, &name.schema, &name.name];
    let whole: Vec<_> = parts
        .into_iter()
        .filter(|part| !part.is_empty())
        .map(|part| part.replace('.', ".."))
        .collect();
    let folder = Path::from_iter(["catalog", kind.folder(), &whole.join(".")]);
    let bytes = folder.filename().map_or(0, str::len);
    if bytes > LONGEST_NAME_BYTES {
        return Err(CatalogError::NameTooLong {
            name: name.clone(),
            bytes,
            most: LONGEST_NAME_BYTES,
        });
    }
    Ok(folder)
}

fn path_of(folder: &Path, number: u64) -> Path {
    folder
        .parts()
        .chain(Path::from(format!("{number:010}.json")).parts())
        .collect()
}

/// Folder and number of a form's path.
fn number_of(path: &Path) -> Option<(Path, u64)> {
    let number = path.filename()?.strip_suffix(".json")?.parse().ok()?;
    let parts: Vec<_> = path.parts().collect();
    let (_, folder) = parts.split_last()?;
    Some((folder.iter().cloned().collect(), number))
}

fn overtaken(kind: Kind, name: &ObjectName) -> CatalogError {
    CatalogError::Overtaken {
        kind,
        name: name.clone(),
    }
}

fn damaged(path: &Path, why: &str) -> CatalogError {
    CatalogError::Damaged {
        path: path.to_string(),
        why: why.to_owned(),
    }
}
