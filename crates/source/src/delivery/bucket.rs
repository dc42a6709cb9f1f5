//! Objects into a bucket.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use futures::StreamExt;
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::aws::{AwsSettings, s3_store};
use crate::error::{Request, SourceError};

/// The size of a part. S3 takes ten thousand, so that an object may have 80 GB.
const PART_BYTES: usize = 8 << 20;
/// Parts of an object on their way at the same time.
const PARTS_AT_ONCE: usize = 2;
/// Uploads completed or given up at the same time.
const UPLOADS_AT_ONCE: usize = 8;

pub(super) struct BucketDelivery {
    store: Arc<dyn ObjectStore>,
    bucket: String,
    prefix: Key,
    overwrites: bool,
    /// Where uploading waits: parcels are written by threads that are not the runtime's.
    runtime: Handle,
    sealed: Vec<Sealed>,
}

/// An upload that lacks nothing but its completion.
struct Sealed {
    key: Key,
    upload: Box<dyn MultipartUpload>,
}

/// An object while its parts go up.
pub(super) struct Upload {
    key: Key,
    bucket: String,
    /// None once it is sealed.
    parts: Option<Box<dyn MultipartUpload>>,
    held: Vec<u8>,
    sending: JoinSet<object_store::Result<()>>,
    runtime: Handle,
}

impl fmt::Debug for BucketDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "delivery to s3://{}/{}", self.bucket, self.prefix)
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "upload of s3://{}/{}", self.bucket, self.key)
    }
}

impl BucketDelivery {
    pub(super) async fn open(
        bucket: &str,
        prefix: &str,
        settings: &AwsSettings,
        overwrites: bool,
    ) -> Result<Self, SourceError> {
        let key = Key::parse(prefix).map_err(|error| error_of(bucket, None, "open", &error.into()))?;
        Ok(Self {
            store: s3_store(bucket, settings).await?,
            bucket: bucket.to_owned(),
            prefix: key,
            overwrites,
            runtime: Handle::current(),
            sealed: Vec::new(),
        })
    }

    pub(super) async fn first_file(&mut self) -> Result<Option<String>, SourceError> {
        let prefix = Some(&self.prefix).filter(|prefix| !prefix.as_ref().is_empty());
        let mut listing = self.store.list(prefix);
        while let Some(found) = listing.next().await {
            let found = found.map_err(|error| error_of(&self.bucket, None, "list", &error))?;
            // The marker of the folder itself is no file in it.
            if found.location != self.prefix {
                return Ok(Some(format!("s3://{}/{}", self.bucket, found.location)));
            }
        }
        Ok(None)
    }

    pub(super) fn begin(&self, name: &str) -> Result<Upload, SourceError> {
        let below = Key::parse(name).map_err(|error| error_of(&self.bucket, Some(name), "write", &error.into()))?;
        let key: Key = self.prefix.parts().chain(below.parts()).collect();
        self.runtime.block_on(async {
            if !self.overwrites {
                match self.store.head(&key).await {
                    Ok(_) => {
                        let uri = format!("s3://{}/{key}", self.bucket);
                        return Err(SourceError::Occupied { uri });
                    }
                    // Who may write need not be allowed to read.
                    Err(object_store::Error::NotFound { .. } | object_store::Error::PermissionDenied { .. }) => {}
                    Err(error) => return Err(error_of(&self.bucket, Some(key.as_ref()), "read", &error)),
                }
            }
            let upload = self.store.put_multipart(&key).await;
            let upload = upload.map_err(|error| error_of(&self.bucket, Some(key.as_ref()), "write", &error))?;
            Ok(Upload {
                key,
                bucket: self.bucket.clone(),
                parts: Some(upload),
                held: Vec::new(),
                sending: JoinSet::new(),
                runtime: self.runtime.clone(),
            })
        })
    }

    pub(super) fn seal(&mut self, mut upload: Upload) -> Result<String, SourceError> {
        if !upload.held.is_empty() {
            upload.send(1)?;
        }
        upload.wait(0)?;
        let key = upload.key.clone();
        let uri = format!("s3://{}/{key}", self.bucket);
        let upload = upload.parts.take();
        self.sealed.extend(upload.map(|upload| Sealed { key, upload }));
        Ok(uri)
    }

    pub(super) async fn finish(mut self) -> Result<(), SourceError> {
        let mut named = Vec::new();
        let mut failed = None;
        {
            let completing = futures::stream::iter(self.sealed.drain(..)).map(|mut sealed| async {
                let completed = sealed.upload.complete().await;
                (sealed, completed)
            });
            let mut completing = completing.buffer_unordered(UPLOADS_AT_ONCE);
            while let Some((mut sealed, completed)) = completing.next().await {
                match completed {
                    Ok(_) => named.push(sealed.key),
                    Err(error) => {
                        give_up(&mut sealed).await;
                        failed.get_or_insert(error_of(&self.bucket, Some(sealed.key.as_ref()), "write", &error));
                    }
                }
            }
        }
        let Some(failed) = failed else {
            return Ok(());
        };
        if !self.overwrites {
            for key in named {
                if let Err(error) = self.store.delete(&key).await {
                    tracing::warn!(%key, %error, "an object could not be taken away again");
                }
            }
        }
        Err(failed)
    }

    pub(super) async fn abandon(mut self) {
        for mut sealed in self.sealed.drain(..) {
            give_up(&mut sealed).await;
        }
    }
}

async fn give_up(sealed: &mut Sealed) {
    if let Err(error) = sealed.upload.abort().await {
        tracing::warn!(key = %sealed.key, %error, "the parts of an object could not be taken away");
    }
}

impl Drop for BucketDelivery {
    /// Where nobody waits for it, parts go away as long as the program runs.
    fn drop(&mut self) {
        for mut sealed in self.sealed.drain(..) {
            self.runtime.spawn(async move { give_up(&mut sealed).await });
        }
    }
}

impl Upload {
    /// Sends what is held, and waits until fewer than `most` parts are on their way before it.
    fn send(&mut self, most: usize) -> Result<(), SourceError> {
        self.wait(most.saturating_sub(1))?;
        let part = std::mem::replace(&mut self.held, Vec::with_capacity(PART_BYTES));
        if let Some(parts) = &mut self.parts {
            self.sending.spawn_on(parts.put_part(part.into()), &self.runtime);
        }
        Ok(())
    }

    /// Waits until no more than `most` parts are on their way.
    fn wait(&mut self, most: usize) -> Result<(), SourceError> {
        while self.sending.len() > most {
            let Some(sent) = self.runtime.block_on(self.sending.join_next()) else {
                break;
            };
            let broken = |reason: String| SourceError::Store {
                uri: format!("s3://{}/{}", self.bucket, self.key),
                action: "write",
                reason,
                retryable: false,
            };
            sent.map_err(|error| broken(error.to_string()))?
                .map_err(|error| error_of(&self.bucket, Some(self.key.as_ref()), "write", &error))?;
        }
        Ok(())
    }
}

impl Write for Upload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PART_BYTES - self.held.len());
        self.held.extend_from_slice(&bytes[..taken]);
        if self.held.len() == PART_BYTES {
            self.send(PARTS_AT_ONCE).map_err(io::Error::other)?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Upload {
    /// One that was not sealed is given up.
    fn drop(&mut self) {
        let Some(upload) = self.parts.take() else {
            return;
        };
        let mut sealed = Sealed {
            key: self.key.clone(),
            upload,
        };
        let mut sending = std::mem::take(&mut self.sending);
        self.runtime.spawn(async move {
            sending.shutdown().await;
            give_up(&mut sealed).await;
        });
    }
}

fn error_of(bucket: &str, key: Option<&str>, action: &'static str, error: &object_store::Error) -> SourceError {
    SourceError::from_store(&Request { action, bucket, root: None, key }, error)
}
