//! A bucket: its listing, and fetching one version of an object.

use std::fs::File;
use std::io::{Seek, Write};
use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt};
use tokio::sync::mpsc;

use crate::error::{Request, SourceError};
use crate::fetched::{Fetched, SPOOL_BYTES, spool_error, temporary_file};
use crate::key::key_facts;
use crate::listing::{Listed, is_hidden};
use crate::object::Object;

/// What one GET asks for. Small enough that a slow line gets it within the time limit of a request.
const RANGE_BYTES: u64 = 8 * 1024 * 1024;

/// A bucket, or what is beneath one prefix of it.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    store: Arc<dyn ObjectStore>,
    name: String,
    /// What stands before a slash and the key in URIs.
    root: String,
    prefix: Key,
    /// Whether the prefix was written with a slash at its end, and so cannot be an object.
    is_folder: bool,
}

/// The reader of the listing has gone.
struct Abandoned;

impl Bucket {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, name: &str, prefix: &str) -> Result<Self, SourceError> {
        Self::at(store, name, format!("s3://{name}"), prefix)
    }

    /// A store that is called `name`, of whose objects URIs begin with `root`.
    pub(crate) fn at(
        store: Arc<dyn ObjectStore>,
        name: &str,
        root: String,
        prefix: &str,
    ) -> Result<Self, SourceError> {
        let request = Request {
            action: "open",
            bucket: name,
            root: None,
            key: None,
        };
        let key = Key::parse(prefix).map_err(|error| SourceError::from_store(&request, &error.into()))?;
        let is_folder = prefix.is_empty() || prefix.ends_with('/');
        Ok(Self {
            store,
            name: name.to_owned(),
            root,
            prefix: key,
            is_folder,
        })
    }

    /// The place as a user writes it.
    pub(crate) fn place(&self) -> String {
        format!("{}/{}", self.root, self.prefix)
    }

    /// The part of the place that is under a URI with a slash at its end.
    pub(crate) fn below(&self, uri: &str) -> Option<Self> {
        let key = uri.strip_prefix(&self.root)?.strip_prefix('/')?;
        if !self.has(&self.name, key) {
            return None;
        }
        Self::at(Arc::clone(&self.store), &self.name, self.root.clone(), key).ok()
    }

    /// Whether a key of a bucket is beneath the place.
    pub(crate) fn has(&self, bucket: &str, key: &str) -> bool {
        let below = key.strip_prefix(self.prefix.as_ref());
        let is_below = |rest: &str| self.prefix.as_ref().is_empty() || rest.starts_with('/') || rest.is_empty();
        bucket == self.name && below.is_some_and(is_below)
    }

    /// An object by its key, as it is now.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<Object>, SourceError> {
        let parsed = Key::parse(key).map_err(|error| self.error_of(key, "read", &error.into()))?;
        match self.store.head(&parsed).await {
            Ok(meta) => match self.is_left_out(&meta).await? {
                true => Ok(None),
                false => Ok(Some(self.object(meta))),
            },
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.error_of(key, "read", &error)),
        }
    }

    /// Lists into `sender`, until the end, an error, or nobody listens. A prefix that nothing is beneath is an error if
    /// something `is_expected`.
    pub(crate) async fn list(self, is_expected: bool, sender: mpsc::Sender<Listed>) {
        if let Ok(Err(error)) = self.send_objects(is_expected, &sender).await {
            // Nobody listening is no trouble.
            let _ = sender.send(Err(error)).await;
        }
    }

    async fn send_objects(
        &self,
        is_expected: bool,
        sender: &mpsc::Sender<Listed>,
    ) -> Result<Result<(), SourceError>, Abandoned> {
        let mut found = false;
        let mut refused = None;
        if !self.is_folder {
            match self.store.head(&self.prefix).await {
                Ok(meta) => {
                    let is_whole_place = meta.size > 0;
                    self.send(sender, self.object(meta)).await?;
                    if is_whole_place {
                        return Ok(Ok(()));
                    }
                    found = true;
                }
                Err(object_store::Error::NotFound { .. }) => {}
                // An answer to HEAD has no body and so no reason: the listing will say it better.
                Err(error) => refused = Some(self.error_of(self.prefix.as_ref(), "read", &error)),
            }
        }
        let prefix = Some(&self.prefix).filter(|prefix| !prefix.as_ref().is_empty());
        let mut listing = self.store.list(prefix);
        while let Some(meta) = listing.next().await {
            let meta = match meta {
                Ok(meta) => meta,
                Err(error) => return Ok(Err(self.error("list", &error))),
            };
            found = true;
            match self.is_left_out(&meta).await {
                Ok(true) => {}
                Ok(false) => self.send(sender, self.object(meta)).await?,
                Err(error) => return Ok(Err(error)),
            }
        }
        if found || prefix.is_none() {
            return Ok(Ok(()));
        }
        match refused {
            Some(error) => Ok(Err(error)),
            None if is_expected => Ok(Err(self.not_found().await)),
            None => Ok(Ok(())),
        }
    }

    async fn send(&self, sender: &mpsc::Sender<Listed>, object: Object) -> Result<(), Abandoned> {
        sender.send(Ok(object)).await.map_err(|_| Abandoned)
    }

    /// Whether this is no object to load: hidden, or the marker of a folder.
    async fn is_left_out(&self, meta: &ObjectMeta) -> Result<bool, SourceError> {
        let key = meta.location.as_ref();
        let below = key.strip_prefix(self.prefix.as_ref()).unwrap_or(key);
        if below.split('/').any(|name| is_hidden(name.as_bytes())) {
            return Ok(true);
        }
        if meta.size > 0 {
            return Ok(false);
        }
        // The store drops the slash at the end of a marker's key. A marker has no object of the name without it.
        match self.store.head(&meta.location).await {
            Err(object_store::Error::NotFound { .. }) => Ok(true),
            // Listed but not to be read: let the fetch say so.
            Ok(_) | Err(object_store::Error::PermissionDenied { .. }) => Ok(false),
            Err(error) => Err(self.error_of(key, "read", &error)),
        }
    }

    /// An error that names the nearest folder above the prefix that holds anything.
    async fn not_found(&self) -> SourceError {
        let mut parent = self.prefix.as_ref();
        let mut nearest = format!("{}/", self.root);
        while let Some((above, _)) = parent.rsplit_once('/') {
            parent = above;
            let Ok(key) = Key::parse(above) else { break };
            if let Some(Ok(_)) = self.store.list(Some(&key)).next().await {
                nearest = format!("{}/{above}/", self.root);
                break;
            }
        }
        SourceError::NotFound {
            place: self.place(),
            nearest: Some(nearest),
        }
    }

    fn object(&self, meta: ObjectMeta) -> Object {
        Object {
            uri: format!("{}/{}", self.root, meta.location),
            size_bytes: meta.size,
            etag: meta.e_tag.unwrap_or_default().trim_matches('"').to_owned(),
            last_modified: meta.last_modified,
            key: key_facts(meta.location.as_ref()),
        }
    }

    /// Fetches the listed version of an object, range by range.
    pub(crate) async fn fetch(&self, object: &Object) -> Result<Fetched, SourceError> {
        let key = self.key_of(object)?;
        if object.size_bytes > SPOOL_BYTES {
            return self.fetch_to_file(object, &key).await;
        }
        if object.size_bytes <= RANGE_BYTES {
            let chunks = self.get(object, &key, 0..object.size_bytes).await?;
            return Ok(Fetched::Bytes(join(chunks)));
        }
        let mut content = BytesMut::with_capacity(object.size_bytes as usize);
        for range in ranges(0..object.size_bytes) {
            for chunk in self.get(object, &key, range).await? {
                content.extend_from_slice(&chunk);
            }
        }
        Ok(Fetched::Bytes(content.freeze()))
    }

    /// Fetches a part of the listed version of an object.
    pub(crate) async fn fetch_range(&self, object: &Object, range: Range<u64>) -> Result<Bytes, SourceError> {
        let key = self.key_of(object)?;
        let mut chunks = Vec::new();
        for range in ranges(range) {
            chunks.extend(self.get(object, &key, range).await?);
        }
        Ok(join(chunks))
    }

    async fn fetch_to_file(&self, object: &Object, key: &Key) -> Result<Fetched, SourceError> {
        let mut file = on_disk(temporary_file).await?;
        for range in ranges(0..object.size_bytes) {
            let chunks = self.get(object, key, range).await?;
            file = on_disk(move || append(file, &chunks)).await?;
        }
        on_disk(move || {
            file.rewind().map_err(spool_error)?;
            Ok(Fetched::File(file))
        })
        .await
    }

    /// One GET, of a part of the object or of all of it.
    async fn get(&self, object: &Object, key: &Key, range: Range<u64>) -> Result<Vec<Bytes>, SourceError> {
        let is_whole = range == (0..object.size_bytes);
        let expected_bytes = range.end - range.start;
        let options = GetOptions {
            if_match: (!object.etag.is_empty()).then(|| self.quoted(&object.etag)),
            range: (!is_whole).then_some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        let failed = |error| self.error_of(key.as_ref(), "read", &error);
        let answer = self.store.get_opts(key, options).await.map_err(failed)?;
        let total_bytes = answer.meta.size;
        let chunks: Vec<Bytes> = answer.into_stream().try_collect().await.map_err(failed)?;
        let received_bytes: usize = chunks.iter().map(Bytes::len).sum();
        if total_bytes != object.size_bytes || received_bytes as u64 != expected_bytes {
            return Err(SourceError::Changed {
                uri: object.uri.clone(),
            });
        }
        Ok(chunks)
    }

    fn key_of(&self, object: &Object) -> Result<Key, SourceError> {
        object
            .uri
            .strip_prefix(&self.root)
            .and_then(|rest| rest.strip_prefix('/'))
            .and_then(|key| Key::parse(key).ok())
            .ok_or_else(|| SourceError::InvalidPlace {
                place: object.uri.clone(),
                reason: format!("expected an object of {}/", self.root),
            })
    }

    /// An etag as the store has it: S3's are in quotes, which its own are told without.
    fn quoted(&self, etag: &str) -> String {
        if self.root.starts_with("s3://") {
            format!("\"{etag}\"")
        } else {
            etag.to_owned()
        }
    }

    fn error(&self, action: &'static str, error: &object_store::Error) -> SourceError {
        SourceError::from_store(
            &Request {
                action,
                bucket: &self.name,
                root: Some(&self.root),
                key: None,
            },
            error,
        )
    }

    fn error_of(&self, key: &str, action: &'static str, error: &object_store::Error) -> SourceError {
        SourceError::from_store(
            &Request {
                action,
                bucket: &self.name,
                root: Some(&self.root),
                key: Some(key),
            },
            error,
        )
    }
}

/// A range as the GETs that it takes.
fn ranges(range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let end = range.end;
    range
        .step_by(RANGE_BYTES as usize)
        .map(move |start| start..end.min(start + RANGE_BYTES))
}

fn join(mut chunks: Vec<Bytes>) -> Bytes {
    match chunks.len() {
        0 => Bytes::new(),
        1 => chunks.swap_remove(0),
        _ => chunks.concat().into(),
    }
}

fn append(mut file: File, chunks: &[Bytes]) -> Result<File, SourceError> {
    for chunk in chunks {
        file.write_all(chunk).map_err(spool_error)?;
    }
    Ok(file)
}

/// Runs file work where it blocks no other task.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| spool_error(error.into()))?
}
