//! A lake that cannot be written, and then can.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use flowtrail_serve::ServeOptions;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use crate::client::{Request, get};
use crate::deliveries::FLOW;
use crate::running::{aside, options, start_over};

const WELL: u8 = 0;
const READ_ONLY: u8 = 1;
const FULL: u8 = 2;
const HANGS: u8 = 3;

/// A store whose puts fail as they do in life.
#[derive(Debug)]
struct Ailing {
    inner: Arc<dyn ObjectStore>,
    state: Arc<AtomicU8>,
}

impl fmt::Display for Ailing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Ailing {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let kind = match self.state.load(Ordering::SeqCst) {
            READ_ONLY => io::ErrorKind::ReadOnlyFilesystem,
            FULL => io::ErrorKind::StorageFull,
            HANGS => return std::future::pending().await,
            _ => return self.inner.put_opts(location, payload, options).await,
        };
        Err(Error::Generic {
            store: "folder",
            source: Box::new(io::Error::from(kind)),
        })
    }

    async fn put_multipart_opts(&self, path: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

#[tokio::test]
async fn a_lake_that_is_not_written_is_no_200_and_later_one() {
    let state = Arc::new(AtomicU8::new(WELL));
    let hasty = ServeOptions {
        store_timeout: Duration::from_secs(3),
        ..options()
    };
    let ailing = |inner| -> Arc<dyn ObjectStore> {
        Arc::new(Ailing {
            inner,
            state: Arc::clone(&state),
        })
    };
    let running = start_over(hasty, ailing, &[]).await;
    let address = running.address;
    let request = Request::firehose("id-1", &[FLOW.as_bytes()]);
    for (ails, expected) in [
        (
            READ_ONLY,
            "the lake cannot be written, at inbox/firehose/auto/flows/id-1.flow.log: ",
        ),
        (FULL, "no storage space"),
        (HANGS, "the lake did not answer within 3 seconds"),
    ] {
        state.store(ails, Ordering::SeqCst);
        let request = request.clone();
        let refused = aside(move || request.send(address)).await;
        assert_eq!(refused.status, 503, "{refused:?}");
        assert!(refused.head.contains("retry-after: 30"), "{refused:?}");
        assert!(refused.message().contains(expected), "{refused:?}");
        assert_eq!(running.inbox(), []);
    }
    // What hangs keeps its memory until it ends.
    let metrics = aside(move || get(address, "/metrics")).await.body;
    assert!(!metrics.contains("flowtrail_firehose_held_bytes 0"), "{metrics}");
    state.store(WELL, Ordering::SeqCst);
    assert_eq!(aside(move || request.send(address)).await.status, 200);
    assert_eq!(running.inbox().len(), 1);
}
