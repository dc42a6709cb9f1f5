//! Files and folders: a recursive listing in key order, and reading a file that must not change meanwhile.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::vec;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use url::Url;

use crate::error::SourceError;
use crate::fetched::{Fetched, SPOOL_BYTES};
use crate::key::key_facts;
use crate::listing::{Listed, is_hidden};
use crate::object::Object;

/// Lists all files beneath `root` (an absolute path without links) in key order, until `emit` returns false.
///
/// Links are followed, unless they lead to what the listing meets by itself; a folder is listed once, so that links
/// in a circle end. What cannot be listed is emitted as an error, and the listing goes on.
pub(crate) fn walk(root: &Path, emit: &mut dyn FnMut(Listed) -> bool) {
    let mut walk = Walk {
        root,
        seen: HashSet::new(),
        levels: Vec::new(),
    };
    if let Err(error) = walk.enter(root) {
        emit(Err(error));
        return;
    }
    while let Some(level) = walk.levels.last_mut() {
        let Some(entry) = level.next() else {
            walk.levels.pop();
            continue;
        };
        let listed = match entry.kind {
            Kind::Folder => match walk.enter(&entry.path) {
                Ok(()) => continue,
                Err(error) => Err(error),
            },
            Kind::File(metadata) => object(&entry.path, &metadata),
            Kind::Unreadable(error) => Err(error),
        };
        if !emit(listed) {
            return;
        }
    }
}

struct Walk<'a> {
    root: &'a Path,
    /// Device and inode of each folder entered.
    seen: HashSet<(u64, u64)>,
    /// What is left of each folder from the root to where the walk is.
    levels: Vec<vec::IntoIter<Entry>>,
}

struct Entry {
    /// The name, with a slash after a folder's: keys are ordered as whole texts, not folder by folder.
    order: OsString,
    path: PathBuf,
    kind: Kind,
}

enum Kind {
    Folder,
    File(Metadata),
    Unreadable(SourceError),
}

impl Walk<'_> {
    fn enter(&mut self, folder: &Path) -> Result<(), SourceError> {
        let failed = |error| SourceError::from_io(folder, "list", error);
        let metadata = fs::metadata(folder).map_err(failed)?;
        if !self.seen.insert((metadata.dev(), metadata.ino())) {
            tracing::debug!(folder = %folder.display(), "listed already, reached again by a link");
            return Ok(());
        }
        let mut entries = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            entries.extend(self.entry(&entry.map_err(failed)?));
        }
        entries.sort_unstable_by(|left, right| left.order.cmp(&right.order));
        self.levels.push(entries.into_iter());
        Ok(())
    }

    fn entry(&self, entry: &fs::DirEntry) -> Option<Entry> {
        let mut order = entry.file_name();
        if is_hidden(order.as_bytes()) {
            return None;
        }
        let path = entry.path();
        let kind = match self.kind(entry, &path) {
            Ok(kind) => kind?,
            Err(error) => Kind::Unreadable(SourceError::from_io(&path, "look at", error)),
        };
        if matches!(kind, Kind::Folder) {
            order.push("/");
        }
        Some(Entry { order, path, kind })
    }

    fn kind(&self, entry: &fs::DirEntry, path: &Path) -> io::Result<Option<Kind>> {
        let metadata = if entry.file_type()?.is_symlink() {
            if self.meets(&fs::canonicalize(path)?) {
                return Ok(None);
            }
            fs::metadata(path)?
        } else {
            entry.metadata()?
        };
        if metadata.is_dir() {
            return Ok(Some(Kind::Folder));
        }
        if metadata.is_file() {
            return Ok(Some(Kind::File(metadata)));
        }
        tracing::debug!(path = %path.display(), "left out: {}", special_kind(&metadata));
        Ok(None)
    }

    /// Whether the listing comes by this path without any link.
    fn meets(&self, target: &Path) -> bool {
        target
            .strip_prefix(self.root)
            .is_ok_and(|inside| !inside.iter().any(|name| is_hidden(name.as_bytes())))
    }
}

/// What a path is that is neither file nor folder, with its article.
pub(crate) fn special_kind(metadata: &Metadata) -> &'static str {
    let kind = metadata.file_type();
    if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

/// The object a file is.
pub(crate) fn object(path: &Path, metadata: &Metadata) -> Listed {
    let uri = Url::from_file_path(path).map_err(|()| SourceError::InvalidPlace {
        place: path.display().to_string(),
        reason: "expected an absolute path".to_owned(),
    })?;
    Ok(Object {
        uri: uri.into(),
        size_bytes: metadata.len(),
        etag: etag(metadata),
        last_modified: DateTime::<Utc>::from_timestamp(metadata.mtime(), metadata.mtime_nsec() as u32)
            .unwrap_or_default(),
        key: key_facts(&path.to_string_lossy()),
    })
}

fn etag(metadata: &Metadata) -> String {
    let modified_ns = metadata
        .mtime()
        .wrapping_mul(1_000_000_000)
        .wrapping_add(metadata.mtime_nsec());
    format!("{:x}-{modified_ns:x}-{:x}", metadata.ino(), metadata.len())
}

/// Opens the object's file; a small one is read whole.
pub(crate) fn fetch(object: &Object) -> Result<Fetched, SourceError> {
    let path = path_of(object)?;
    // Looked at before it is opened: opening a pipe that took the file's place would wait for its writer.
    unchanged(object)?;
    let file = File::open(&path).map_err(|error| missing_or_refused(object, &path, "read", error))?;
    compare(object, &file_metadata(&file, &path)?)?;
    if object.size_bytes > SPOOL_BYTES {
        return Ok(Fetched::File(file));
    }
    // One byte more than was listed, so that a file that grows shows it.
    let mut content = Vec::with_capacity(object.size_bytes as usize + 1);
    (&file)
        .take(object.size_bytes + 1)
        .read_to_end(&mut content)
        .map_err(|error| SourceError::from_io(&path, "read", error))?;
    compare(object, &file_metadata(&file, &path)?)?;
    if content.len() as u64 != object.size_bytes {
        return Err(SourceError::Changed {
            uri: object.uri.clone(),
        });
    }
    Ok(Fetched::Bytes(content.into()))
}

/// Reads a part of the object's file.
pub(crate) fn fetch_range(object: &Object, range: Range<u64>) -> Result<Bytes, SourceError> {
    let path = path_of(object)?;
    unchanged(object)?;
    let failed = |error| missing_or_refused(object, &path, "read", error);
    let mut file = File::open(&path).map_err(failed)?;
    file.seek(SeekFrom::Start(range.start)).map_err(failed)?;
    let expected_bytes = range.end - range.start;
    let mut content = Vec::new();
    (&file).take(expected_bytes).read_to_end(&mut content).map_err(failed)?;
    compare(object, &file_metadata(&file, &path)?)?;
    if content.len() as u64 != expected_bytes {
        return Err(SourceError::Changed {
            uri: object.uri.clone(),
        });
    }
    Ok(content.into())
}

/// Says whether the file is still the one listed.
pub(crate) fn unchanged(object: &Object) -> Result<(), SourceError> {
    let path = path_of(object)?;
    let metadata = fs::metadata(&path).map_err(|error| missing_or_refused(object, &path, "look at", error))?;
    compare(object, &metadata)
}

fn compare(object: &Object, metadata: &Metadata) -> Result<(), SourceError> {
    if etag(metadata) == object.etag && metadata.is_file() {
        return Ok(());
    }
    Err(SourceError::Changed {
        uri: object.uri.clone(),
    })
}

fn file_metadata(file: &File, path: &Path) -> Result<Metadata, SourceError> {
    file.metadata()
        .map_err(|error| SourceError::from_io(path, "look at", error))
}

fn missing_or_refused(object: &Object, path: &Path, action: &'static str, error: io::Error) -> SourceError {
    if error.kind() == io::ErrorKind::NotFound {
        return SourceError::Gone {
            uri: object.uri.clone(),
        };
    }
    SourceError::from_io(path, action, error)
}

fn path_of(object: &Object) -> Result<PathBuf, SourceError> {
    Url::parse(&object.uri)
        .ok()
        .and_then(|url| url.to_file_path().ok())
        .ok_or_else(|| SourceError::InvalidPlace {
            place: object.uri.clone(),
            reason: "expected a file:// URI, as the source is a file or a folder".to_owned(),
        })
}
