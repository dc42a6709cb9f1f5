//! An opened place.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use chrono::Utc;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use object_store::ObjectStore;
use tokio::sync::oneshot;
use url::Url;

use crate::aws::{AwsSettings, s3_store};
use crate::bucket::Bucket;
use crate::error::SourceError;
use crate::fetched::{Fetched, SPOOL_BYTES, spool_stdin};
use crate::folder;
use crate::key::KeyFacts;
use crate::listing::{Listed, listing};
use crate::object::Object;
use crate::place::Place;

const STDIN_URI: &str = "stdin:";

/// A place opened for listing and fetching; cheap to clone, and to be used inside a Tokio runtime.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use flowtrail_source::{AwsSettings, Fetched, Source};
/// use futures::StreamExt;
///
/// let folder = tempfile::tempdir().unwrap();
/// std::fs::write(folder.path().join("flow.log"), "2 123456789012 eni-1").unwrap();
///
/// let place = folder.path().to_str().unwrap().parse().unwrap();
/// let source = Source::open(&place, &AwsSettings::default()).await.unwrap();
/// let object = source.list().next().await.unwrap().unwrap();
/// let Fetched::Bytes(bytes) = source.fetch(&object).await.unwrap() else { unreachable!() };
/// assert_eq!(bytes, "2 123456789012 eni-1");
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct Source(Kind);

#[derive(Clone, Debug)]
enum Kind {
    File(PathBuf),
    Folder(PathBuf),
    Bucket(Bucket),
    Stdin,
}

impl Source {
    /// Opens a place. Nothing is asked of S3 yet: a bucket's troubles show in its listing.
    ///
    /// # Errors
    ///
    /// [`SourceError::NotFound`], [`SourceError::NotAFile`] and [`SourceError::PermissionDenied`] for a path;
    /// [`SourceError::InvalidSetting`] and [`SourceError::UnsupportedKey`] for S3; [`SourceError::OutOfReach`].
    pub async fn open(place: &Place, settings: &AwsSettings) -> Result<Self, SourceError> {
        settings.reach.check(place)?;
        let kind = match place {
            Place::Stdin => Kind::Stdin,
            Place::S3 { bucket, prefix } => {
                Kind::Bucket(Bucket::new(s3_store(bucket, settings).await?, bucket, prefix)?)
            }
            Place::Path(path) => open_path(path).await?,
        };
        Ok(Self(kind))
    }

    /// The part of a bucket that is under `prefix`, over a connection that is there: places of one bucket share it.
    ///
    /// # Errors
    ///
    /// [`SourceError::UnsupportedKey`].
    pub fn of_bucket(store: Arc<dyn ObjectStore>, bucket: &str, prefix: &str) -> Result<Self, SourceError> {
        Ok(Self(Kind::Bucket(Bucket::new(store, bucket, prefix)?)))
    }

    /// What is under `prefix` in a store that is no bucket of S3. Its objects' URIs are `scheme:/` and the key.
    ///
    /// # Errors
    ///
    /// [`SourceError::UnsupportedKey`].
    pub fn of_store(store: Arc<dyn ObjectStore>, scheme: &str, prefix: &str) -> Result<Self, SourceError> {
        let bucket = Bucket::at(store, scheme, format!("{scheme}:"), prefix)?;
        Ok(Self(Kind::Bucket(bucket)))
    }

    /// The part of this place that is under a URI as listings write it, with a slash at its end; `None` where that is not
    /// of this place, or the place is one object.
    pub fn below(&self, uri: &str) -> Option<Self> {
        match &self.0 {
            Kind::Bucket(bucket) => bucket.below(uri).map(|below| Self(Kind::Bucket(below))),
            Kind::Folder(root) => {
                let folder = Url::parse(uri).ok()?.to_file_path().ok()?;
                folder.starts_with(root).then_some(Self(Kind::Folder(folder)))
            }
            Kind::File(_) | Kind::Stdin => None,
        }
    }

    /// Lists the objects in key order.
    ///
    /// Names that start with `.` or `_`, folder markers, pipes, sockets and devices are left out; a place that is one
    /// object lists just it, whatever its name. An error item says what could not be listed: a folder's listing goes
    /// on behind it, a bucket's ends.
    pub fn list(&self) -> BoxStream<'static, Result<Object, SourceError>> {
        self.listing(true)
    }

    /// As [`Source::list`], for a prefix of a bucket that may well have nothing beneath it: no error is made of that,
    /// nor a search for the nearest prefix that has.
    pub fn list_if_any(&self) -> BoxStream<'static, Result<Object, SourceError>> {
        self.listing(false)
    }

    fn listing(&self, is_expected: bool) -> BoxStream<'static, Result<Object, SourceError>> {
        match self.0.clone() {
            Kind::Stdin => stream::iter([Ok(stdin_object())]).boxed(),
            Kind::File(path) => stream::once(async move { list_file(&path).await }).boxed(),
            Kind::Folder(root) => listing(root.display().to_string(), |sender| {
                tokio::task::spawn_blocking(move || {
                    folder::walk(&root, &mut |listed| sender.blocking_send(listed).is_ok());
                })
            }),
            Kind::Bucket(bucket) => listing(bucket.place(), |sender| tokio::spawn(bucket.list(is_expected, sender))),
        }
    }

    /// The object that `key` names in `bucket`, as it is now; `None` where there is none, or it is not of this place.
    ///
    /// # Errors
    ///
    /// Those of reading, where S3 does not say.
    pub async fn object(&self, bucket: &str, key: &str) -> Result<Option<Object>, SourceError> {
        match &self.0 {
            Kind::Bucket(of) if of.has(bucket, key) => of.head(key).await,
            _ => Ok(None),
        }
    }

    /// Fetches the very version of the object that was listed.
    ///
    /// Up to [`SPOOL_BYTES`] come as bytes. A larger local file is the opened file itself, and can still change while
    /// it is read: ask [`Source::unchanged`] afterwards. Standard input can be fetched once.
    ///
    /// # Errors
    ///
    /// [`SourceError::Changed`] or [`SourceError::Gone`] when it is no longer what was listed, and those of reading.
    pub async fn fetch(&self, object: &Object) -> Result<Fetched, SourceError> {
        match &self.0 {
            Kind::Stdin => read_stdin().await,
            Kind::Bucket(bucket) => bucket.fetch(object).await,
            Kind::File(_) | Kind::Folder(_) => blocking(object, folder::fetch).await,
        }
    }

    /// Fetches the bytes of a range, which must lie inside of the object, of the very version that was listed.
    ///
    /// # Errors
    ///
    /// As [`Source::fetch`]; standard input has no parts.
    pub async fn fetch_range(&self, object: &Object, range: Range<u64>) -> Result<Bytes, SourceError> {
        match &self.0 {
            Kind::Stdin => Err(SourceError::Stdin {
                source: io::Error::other("it can be read from its begin to its end only"),
            }),
            Kind::Bucket(bucket) => bucket.fetch_range(object, range).await,
            Kind::File(_) | Kind::Folder(_) => blocking(object, move |object| folder::fetch_range(object, range)).await,
        }
    }

    /// Says whether what was fetched is still the object's content, to be asked when all of it has been read.
    ///
    /// S3 gives one version or none and standard input has no other, so both are always unchanged.
    ///
    /// # Errors
    ///
    /// [`SourceError::Changed`] or [`SourceError::Gone`].
    pub async fn unchanged(&self, object: &Object) -> Result<(), SourceError> {
        match &self.0 {
            Kind::Stdin | Kind::Bucket(_) => Ok(()),
            Kind::File(_) | Kind::Folder(_) => blocking(object, folder::unchanged).await,
        }
    }
}

/// Links in the place itself are resolved, so that the same file has one URI whichever way it is pointed at.
async fn open_path(path: &Path) -> Result<Kind, SourceError> {
    let real = match tokio::fs::canonicalize(path).await {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(path_not_found(path)),
        Err(error) => return Err(SourceError::from_io(path, "open", error)),
    };
    let metadata = tokio::fs::metadata(&real)
        .await
        .map_err(|error| SourceError::from_io(path, "open", error))?;
    if metadata.is_dir() {
        return Ok(Kind::Folder(real));
    }
    if metadata.is_file() {
        return Ok(Kind::File(real));
    }
    Err(SourceError::NotAFile {
        path: path.to_owned(),
        found: folder::special_kind(&metadata),
    })
}

pub(crate) fn path_not_found(path: &Path) -> SourceError {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let nearest = absolute.ancestors().skip(1).find(|folder| folder.exists());
    SourceError::NotFound {
        place: path.display().to_string(),
        nearest: nearest.map(|folder| folder.display().to_string()),
    }
}

async fn list_file(path: &Path) -> Listed {
    let metadata = tokio::fs::metadata(path)
        .await
        .map_err(|error| SourceError::from_io(path, "look at", error))?;
    folder::object(path, &metadata)
}

fn stdin_object() -> Object {
    Object {
        uri: STDIN_URI.to_owned(),
        size_bytes: 0,
        etag: String::new(),
        last_modified: Utc::now(),
        key: KeyFacts::default(),
    }
}

/// Reads on a thread of its own: one of the runtime's, waiting for a terminal, would keep the program from ending.
async fn read_stdin() -> Result<Fetched, SourceError> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || sender.send(spool_stdin(io::stdin().lock(), SPOOL_BYTES)));
    receiver.await.unwrap_or_else(|error| {
        Err(SourceError::Stdin {
            source: io::Error::other(error),
        })
    })
}

async fn blocking<T: Send + 'static>(
    object: &Object,
    work: impl FnOnce(&Object) -> Result<T, SourceError> + Send + 'static,
) -> Result<T, SourceError> {
    let owned = object.clone();
    tokio::task::spawn_blocking(move || work(&owned))
        .await
        .unwrap_or_else(|error| {
            Err(SourceError::BrokenOff {
                place: object.uri.clone(),
                reason: error.to_string(),
            })
        })
}
