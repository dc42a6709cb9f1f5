//! Which objects a load is about: what the sources list, less what the filter leaves out and the history has.

use std::collections::VecDeque;
use std::sync::Arc;

use flowtrail_lake::history::{LoadedObjects, LoadedVersion};
use flowtrail_source::{Fetched, KeyFilter, Object, Source, SourceError, Verdict};
use futures::StreamExt;

use crate::LoadSummary;
use crate::object::sha256;

/// An object to load, with where to fetch it.
#[derive(Debug)]
pub struct Work {
    pub object: Object,
    pub source: Arc<Source>,
    /// Its content, where it had to be read to name it (standard input).
    pub content: Option<Fetched>,
    /// The version of it that was loaded before.
    pub before: Option<LoadedVersion>,
}

impl Work {
    /// An object of `source` that was not loaded before, as far as is known.
    pub fn new(object: Object, source: &Arc<Source>) -> Self {
        Self {
            object,
            source: Arc::clone(source),
            content: None,
            before: None,
        }
    }

    /// The same once more, where it can be fetched once more.
    pub fn again(&self) -> Option<Self> {
        self.content.is_none().then(|| Self {
            object: self.object.clone(),
            source: Arc::clone(&self.source),
            content: None,
            before: self.before.clone(),
        })
    }
}

/// Lists the sources. What cannot be listed is a problem of its own, and the rest goes on.
///
/// # Errors
/// When a source as a whole cannot be listed.
pub async fn list(
    sources: &[Arc<Source>],
    filter: &KeyFilter,
    summary: &mut LoadSummary,
) -> Result<Vec<Work>, SourceError> {
    let mut found = Vec::new();
    for source in sources {
        let mut listing = source.list();
        while let Some(item) = listing.next().await {
            match item {
                Ok(object) => {
                    summary.listed += 1;
                    match filter.admits(&object.key) {
                        Verdict::Admitted => found.push(named(object, source).await?),
                        Verdict::Outside => summary.outside += 1,
                        Verdict::Unknown => summary.undated += 1,
                    }
                }
                // A folder's listing goes on behind what cannot be read.
                Err(SourceError::PermissionDenied { path, action, source }) => {
                    let error = SourceError::PermissionDenied {
                        path: path.clone(),
                        action,
                        source,
                    };
                    summary.failed += 1;
                    summary.problem(&path.display().to_string(), error.to_string(), error.hint());
                }
                Err(error) => return Err(error),
            }
        }
    }
    // Objects of the same time side by side, whatever their account, so that a batch is of few days.
    found.sort_by(|a, b| {
        time_of(&a.object)
            .cmp(&time_of(&b.object))
            .then_with(|| a.object.uri.cmp(&b.object.uri))
    });
    found.dedup_by(|a, b| a.object.uri == b.object.uri);
    Ok(found)
}

/// Standard input has no name; its content names it, so that the same input a second time is known.
async fn named(mut object: Object, source: &Arc<Source>) -> Result<Work, SourceError> {
    let mut content = None;
    if object.uri == "stdin:" {
        let mut fetched = source.fetch(&object).await?;
        let digest = sha256(&mut fetched).map_err(|source| SourceError::Stdin { source })?;
        object.size_bytes = match &fetched {
            Fetched::Bytes(bytes) => bytes.len() as u64,
            Fetched::File(file) => file.metadata().map_or(0, |metadata| metadata.len()),
        };
        object.uri = format!("stdin:{digest}");
        object.etag = digest;
        content = Some(fetched);
    }
    Ok(Work {
        object,
        source: Arc::clone(source),
        content,
        before: None,
    })
}

fn time_of(object: &Object) -> Option<i64> {
    let midnight = |day: chrono::NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    let time = object.key.time.or_else(|| object.key.day.map(midnight));
    time.map(|time| time.timestamp())
}

/// Takes out what the history has, and counts it.
pub fn less_loaded(todo: &mut VecDeque<Work>, loaded: &LoadedObjects, summary: &mut LoadSummary) {
    todo.retain_mut(|work| match loaded.get(&work.object.uri) {
        Some(version) if version.etag == work.object.etag && !version.failed => {
            summary.already_loaded += 1;
            false
        }
        Some(version) => {
            work.before = Some(version.clone());
            true
        }
        None => true,
    });
}
