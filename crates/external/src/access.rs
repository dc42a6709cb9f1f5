//! How places are reached.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use flowtrail_source::{AwsSettings, Place, Source, SourceError, s3_store};
use object_store::ObjectStore;
use tokio::sync::Mutex;

use crate::ExternalError;

/// How places are reached.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The connection to S3.
    pub aws: AwsSettings,
}

/// Opens places, each bucket once. With a runtime, a bucket's connection is the one that is registered there, so that it
/// lasts from statement to statement.
pub(crate) struct Places<'a> {
    access: &'a Access,
    runtime: Option<Arc<RuntimeEnv>>,
    buckets: Mutex<HashMap<String, Arc<dyn ObjectStore>>>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(access: &'a Access, runtime: Option<Arc<RuntimeEnv>>) -> Self {
        Self {
            access,
            runtime,
            buckets: Mutex::default(),
        }
    }

    /// The place that a location names, which must be in reach: a bucket may be open already, for somebody who may go
    /// further.
    pub(crate) fn place(&self, location: &str) -> Result<Place, ExternalError> {
        let place = place_of(location)?;
        self.access.aws.reach.check(&place)?;
        Ok(place)
    }

    /// The files of a location, or `None` where a folder does not exist: it has no files, as in Athena.
    pub(crate) async fn open(&self, location: &str) -> Result<Option<Source>, ExternalError> {
        match self.place(location)? {
            Place::S3 { bucket, prefix } => {
                let store = self.bucket(&bucket).await?;
                Ok(Some(Source::of_bucket(store, &bucket, &prefix)?))
            }
            place => match Source::open(&place, &self.access.aws).await {
                Ok(source) => Ok(Some(source)),
                Err(SourceError::NotFound { .. }) => Ok(None),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// The connection to a bucket.
    pub(crate) async fn bucket(&self, bucket: &str) -> Result<Arc<dyn ObjectStore>, ExternalError> {
        let mut buckets = self.buckets.lock().await;
        if let Some(known) = buckets.get(bucket) {
            return Ok(Arc::clone(known));
        }
        let url = ObjectStoreUrl::parse(format!("s3://{bucket}"))?;
        let registered = self
            .runtime
            .as_ref()
            .and_then(|runtime| runtime.object_store(&url).ok());
        let store = match registered {
            Some(store) => store,
            None => s3_store(bucket, &self.access.aws).await?,
        };
        if let Some(runtime) = &self.runtime {
            runtime.register_object_store(url.as_ref(), Arc::clone(&store));
        }
        buckets.insert(bucket.to_owned(), Arc::clone(&store));
        Ok(store)
    }
}

/// The place that a location names. A prefix is a folder, whether a slash stands at its end or not.
pub(crate) fn place_of(location: &str) -> Result<Place, ExternalError> {
    let wrong = |why: String| ExternalError::Location {
        location: location.to_owned(),
        why,
    };
    match location.parse::<Place>() {
        Ok(Place::Stdin) => Err(wrong("it is standard input, which can be read once".to_owned())),
        Ok(Place::S3 { bucket, mut prefix }) => {
            if !prefix.is_empty() && !prefix.ends_with('/') {
                prefix.push('/');
            }
            Ok(Place::S3 { bucket, prefix })
        }
        Ok(path) => Ok(path),
        Err(SourceError::InvalidPlace { reason, .. }) => Err(wrong(reason)),
        Err(other) => Err(other.into()),
    }
}
