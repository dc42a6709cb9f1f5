//! A folder as an object store whose writes survive power loss.
//!
//! `object_store`'s own local store never calls fsync, and makes a file visible before its bytes are on the disk: a
//! table's log could then end in an empty commit after a power cut. Here a file is written aside, synced, moved to its
//! name (or linked, where it must not exist yet), and then its folder is synced: what a put acknowledged is on the disk,
//! and what is visible is whole.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};
use parking_lot::Mutex;
use uuid::Uuid;

use crate::failpoint;

/// The folder under the root where files are written before they get their name.
pub const STAGING_FOLDER: &str = "tmp";

/// A folder whose puts are atomic and durable.
#[derive(Debug, Clone)]
pub struct DurableStore {
    root: Arc<Root>,
    files: Arc<LocalFileSystem>,
}

/// The store's folder, and what is known of those in it.
#[derive(Debug)]
struct Root {
    path: PathBuf,
    /// Folders whose own names, up to the root, this process has synced.
    synced: Mutex<HashSet<PathBuf>>,
}

impl DurableStore {
    /// A store over `root`, which is made where it does not exist.
    pub fn open(root: &FilePath) -> Result<Self> {
        let root = make_folder(root).map_err(|e| failed(&e, root))?;
        let files = LocalFileSystem::new_with_prefix(&root)?;
        Ok(Self {
            root: Arc::new(Root {
                path: root,
                synced: Mutex::default(),
            }),
            files: Arc::new(files),
        })
    }

    async fn write(&self, location: &Path, payload: PutPayload, create: bool) -> Result<PutResult> {
        let target = self.files.path_to_filesystem(location)?;
        let root = Arc::clone(&self.root);
        let location = location.to_string();
        let task = tokio::task::spawn_blocking(move || root.put(&target, &payload, create));
        match task.await.map_err(|e| Error::Generic {
            store: "folder",
            source: Box::new(e),
        })? {
            Ok(()) => Ok(PutResult {
                e_tag: None,
                version: None,
            }),
            Err(e) if create && e.kind() == io::ErrorKind::AlreadyExists => Err(Error::AlreadyExists {
                path: location,
                source: Box::new(e),
            }),
            Err(e) => Err(Error::Generic {
                store: "folder",
                source: Box::new(e),
            }),
        }
    }
}

impl fmt::Display for DurableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.root.path.display())
    }
}

#[async_trait]
impl ObjectStore for DurableStore {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        match options.mode {
            PutMode::Create => self.write(location, payload, true).await,
            PutMode::Overwrite => self.write(location, payload, false).await,
            PutMode::Update(_) => Err(Error::NotImplemented {
                operation: "put with an expected version".into(),
                implementer: "DurableStore".into(),
            }),
        }
    }

    async fn put_multipart_opts(&self, location: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        let target = self.files.path_to_filesystem(location)?;
        let staged = self.root.staged_path();
        Ok(Box::new(StagedUpload {
            root: Arc::clone(&self.root),
            staged,
            target,
            written_bytes: 0,
        }))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.files.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        // Delta's log is read in the order of its names, as S3 lists them; a folder lists in any order.
        let listing = self.files.list(prefix);
        let sorted = async move {
            let mut found: Vec<ObjectMeta> = listing.try_collect().await?;
            found.sort_unstable_by(|a, b| a.location.cmp(&b.location));
            Ok::<_, Error>(futures::stream::iter(found.into_iter().map(Ok)))
        };
        futures::stream::once(sorted).try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }
}

/// An upload in parts: they go to a file aside as they come, which gets its name when all of them are there.
#[derive(Debug)]
struct StagedUpload {
    root: Arc<Root>,
    staged: PathBuf,
    target: PathBuf,
    written_bytes: u64,
}

#[async_trait]
impl MultipartUpload for StagedUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let staged = self.staged.clone();
        let offset = self.written_bytes;
        self.written_bytes += data.content_length() as u64;
        Box::pin(blocking(move || write_part(&staged, offset, &data)))
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let (root, staged, target) = (Arc::clone(&self.root), self.staged.clone(), self.target.clone());
        blocking(move || {
            OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .open(&staged)?
                .sync_all()?;
            root.publish(&staged, &target, false)
        })
        .await?;
        Ok(PutResult {
            e_tag: None,
            version: None,
        })
    }

    async fn abort(&mut self) -> Result<()> {
        let staged = self.staged.clone();
        blocking(move || match fs::remove_file(&staged) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        })
        .await
    }
}

async fn blocking(task: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<()> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| Error::Generic {
        store: "folder",
        source,
    };
    tokio::task::spawn_blocking(task)
        .await
        .map_err(|e| failed(e.into()))?
        .map_err(|e| failed(e.into()))
}

/// Parts may be written at the same time: each opens the file for itself.
fn write_part(staged: &FilePath, offset: u64, payload: &PutPayload) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(staged)?;
    file.seek(SeekFrom::Start(offset))?;
    for part in payload {
        file.write_all(part)?;
    }
    Ok(())
}

impl Root {
    /// A name nobody has, for a file that is being written.
    fn staged_path(&self) -> PathBuf {
        self.path.join(STAGING_FOLDER).join(Uuid::new_v4().to_string())
    }

    fn put(&self, target: &FilePath, payload: &PutPayload, create: bool) -> io::Result<()> {
        let staged = self.staged_path();
        let outcome = write_synced(&staged, payload).and_then(|()| self.publish(&staged, target, create));
        if outcome.is_err() || create {
            // What is left of a failed write, or the second name of a linked one.
            let _ = fs::remove_file(&staged);
        }
        outcome
    }

    /// Gives a synced file its name, so that the name is on the disk as well.
    fn publish(&self, staged: &FilePath, target: &FilePath, create: bool) -> io::Result<()> {
        let folder = target.parent().unwrap_or(&self.path);
        fs::create_dir_all(folder)?;
        failpoint::hit("lake.folder.written").map_err(io::Error::other)?;
        if create {
            fs::hard_link(staged, target)?;
        } else {
            fs::rename(staged, target)?;
        }
        failpoint::hit("lake.folder.named").map_err(io::Error::other)?;
        if self.synced.lock().contains(folder) {
            return sync_folder(folder);
        }
        // The folder and those above it may be new too, made by this process or by one that died before it synced them.
        folder
            .ancestors()
            .take_while(|path| path.starts_with(&self.path))
            .try_for_each(sync_folder)?;
        self.synced.lock().insert(folder.to_owned());
        Ok(())
    }
}

fn write_synced(staged: &FilePath, payload: &PutPayload) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(staged)?;
    for part in payload {
        file.write_all(part)?;
    }
    file.sync_all()
}

/// Makes the root and its staging folder where they do not exist, with their names on the disk.
fn make_folder(root: &FilePath) -> io::Result<PathBuf> {
    let root = std::path::absolute(root)?;
    let is_there = |path: &&FilePath| path.exists();
    let there = root.ancestors().find(is_there).unwrap_or(&root).to_owned();
    fs::create_dir_all(root.join(STAGING_FOLDER))?;
    if there == root {
        // Its maker may have died before it synced the name; where the folder above is not ours to read, it is no news.
        let _ = root.parent().map(sync_folder);
    } else {
        let above = root.ancestors().skip(1).take_while(|path| path.starts_with(&there));
        above.into_iter().try_for_each(sync_folder)?;
    }
    fs::canonicalize(&root)
}

fn sync_folder(folder: &FilePath) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn failed(error: &io::Error, path: &FilePath) -> Error {
    let error = io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    Error::Generic {
        store: "folder",
        source: Box::new(error),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use object_store::ObjectStoreExt;

    #[tokio::test]
    async fn create_refuses_what_exists_and_leaves_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = DurableStore::open(folder.path()).unwrap();
        let path = Path::from("a/b/c.json");
        let create = || PutOptions {
            mode: PutMode::Create,
            ..PutOptions::default()
        };
        store.put_opts(&path, "one".into(), create()).await.unwrap();
        let second = store.put_opts(&path, "two".into(), create()).await;
        assert!(matches!(second, Err(Error::AlreadyExists { .. })), "{second:?}");
        assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap(), "one");
        store.put(&path, "three".into()).await.unwrap();
        assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap(), "three");
        assert_eq!(fs::read_dir(folder.path().join(STAGING_FOLDER)).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn an_upload_in_parts_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let store = DurableStore::open(folder.path()).unwrap();
        let path = Path::from("x/y");
        let mut upload = store.put_multipart(&path).await.unwrap();
        upload.put_part("one ".into()).await.unwrap();
        upload.put_part("two".into()).await.unwrap();
        assert!(store.get(&path).await.is_err(), "visible before it is whole");
        upload.complete().await.unwrap();
        assert_eq!(store.get(&path).await.unwrap().bytes().await.unwrap(), "one two");
    }
}
