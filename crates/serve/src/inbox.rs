//! Where deliveries are kept until they are loaded: objects below one prefix of the lake.

use std::fmt;
use std::sync::Arc;

use flowtrail_decode::LogKind;
use futures::StreamExt;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};

use crate::key::safe;

/// The folder of deliveries whose kind of log nobody named.
const ANY_KIND: &str = "auto";

/// How often an object that is there and then is not is written again.
const MOST_TRIES: usize = 3;

/// A place for deliveries. Cheap to clone.
#[derive(Clone)]
pub struct Inbox {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    told: Arc<dyn Fn() + Send + Sync>,
}

/// What one request brought.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The request's name; the same each time it is sent.
    pub request_id: String,
    /// The name of the Firehose stream it is from.
    pub stream: String,
    /// What its records are said to be, where somebody said so.
    pub kind: Option<LogKind>,
    /// How many records it has.
    pub records: u64,
    /// What they hold, in bytes.
    pub data_bytes: u64,
    /// The records, put together to objects.
    pub parts: Vec<Part>,
}

/// An object of a delivery.
#[derive(Clone, Debug)]
pub struct Part {
    /// The end of its key, which tells it from the delivery's others.
    pub name: String,
    /// Its bytes.
    pub content: PutPayload,
}

/// What became of a delivery. Either way it is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// All or some of it was written now.
    New,
    /// All of it was there: it was sent again. So is a delivery without records.
    Known,
}

/// Why a delivery is not in the inbox, or not all of it.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// The request's id was used for other records. Sending again does not help; the stream keeps the records in its
    /// bucket for what could not be delivered.
    #[error("{path} is there with other content: the request id was used before, for other records")]
    Conflict {
        /// The object, relative to the lake.
        path: String,
    },
    /// The lake cannot be written or read: it is read-only, full, or out of reach.
    #[error("the lake cannot be written, at {path}: {source}")]
    Store {
        /// The object, relative to the lake.
        path: String,
        /// What the store said.
        source: Error,
    },
}

impl Inbox {
    /// An inbox below `prefix` (such as `inbox`) in a lake's own store, whose writes are durable when they return.
    pub fn new(store: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self {
            store,
            prefix: Path::from(prefix),
            told: Arc::new(|| {}),
        }
    }

    /// Calls `told` whenever something new is there, for whoever loads it.
    #[must_use]
    pub fn telling(self, told: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            told: Arc::new(told),
            ..self
        }
    }

    /// Where deliveries of a kind are, relative to the lake: `inbox/firehose/vpc_flow`; `auto` where nobody said the
    /// kind. Objects are below, at `<stream>/<request id>.<part>`.
    pub fn folder(&self, kind: Option<LogKind>) -> Path {
        let kind = kind.map_or(ANY_KIND, LogKind::as_str);
        self.prefix.clone().join("firehose").join(kind)
    }

    /// Keeps a delivery. When it returns, every object of it is durable; one that was there with the same content has
    /// it still, and may be of a later time.
    ///
    /// # Errors
    /// See [`InboxError`]. Some of the objects may be there then; the next try finds them.
    pub async fn put(&self, delivery: &Delivery) -> Result<Stored, InboxError> {
        let folder = self.folder(delivery.kind).join(safe(&delivery.stream));
        let request = safe(&delivery.request_id);
        let mut stored = Stored::Known;
        for part in &delivery.parts {
            let path = folder.clone().join(format!("{request}.{}", part.name));
            if self.put_part(&path, &part.content).await? == Stored::New {
                stored = Stored::New;
            }
        }
        if stored == Stored::New {
            (self.told)();
        }
        Ok(stored)
    }

    async fn put_part(&self, path: &Path, content: &PutPayload) -> Result<Stored, InboxError> {
        let failed = |source| InboxError::Store {
            path: path.to_string(),
            source,
        };
        let mut tries = 1;
        loop {
            let create = PutOptions::from(PutMode::Create);
            let there = match self.store.put_opts(path, content.clone(), create).await {
                Ok(_) => return Ok(Stored::New),
                Err(error @ Error::AlreadyExists { .. }) => error,
                Err(error) => return Err(failed(error)),
            };
            match self.holds(path, content).await {
                // Whoever wrote it may have died, or be, between giving it its name and making that name durable.
                Ok(true) => {
                    let written = self.store.put(path, content.clone()).await;
                    return written.map(|_| Stored::Known).map_err(failed);
                }
                Ok(false) => return Err(InboxError::Conflict { path: path.to_string() }),
                // It was loaded and taken away in between; the next one the loader knows by its content.
                Err(Error::NotFound { .. }) if tries < MOST_TRIES => tries += 1,
                Err(Error::NotFound { .. }) => return Err(failed(there)),
                Err(error) => return Err(failed(error)),
            }
        }
    }

    /// Whether the object at `path` has this content. It is read bit by bit: the memory of a delivery is counted once.
    async fn holds(&self, path: &Path, content: &PutPayload) -> Result<bool, Error> {
        let object = self.store.get(path).await?;
        if object.meta.size != content.content_length() as u64 {
            return Ok(false);
        }
        let mut expected = content.iter().flat_map(|bytes| bytes.iter());
        let mut stream = object.into_stream();
        while let Some(bytes) = stream.next().await {
            if !bytes?.iter().all(|byte| expected.next() == Some(byte)) {
                return Ok(false);
            }
        }
        Ok(expected.next().is_none())
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("store", &self.store)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Stored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Known => "known",
        })
    }
}
