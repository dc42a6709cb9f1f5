//! Files into a folder.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::SourceError;

/// How a hidden folder's name begins in which files are written aside.
const ASIDE: &str = ".flowtrail-";

#[derive(Debug)]
pub(super) struct FolderDelivery {
    root: PathBuf,
    aside: PathBuf,
    overwrites: bool,
    sealed: Vec<Sealed>,
    /// Folders down to the root that were made for this delivery, the deepest first.
    made: Vec<PathBuf>,
}

#[derive(Debug)]
struct Sealed {
    staged: PathBuf,
    target: PathBuf,
}

/// A file that is written aside.
#[derive(Debug)]
pub(super) struct StagedFile {
    file: BufWriter<File>,
    staged: PathBuf,
    target: PathBuf,
}

impl FolderDelivery {
    pub(super) fn open(path: &Path, overwrites: bool) -> Result<Self, SourceError> {
        let root = std::path::absolute(path).map_err(|error| SourceError::from_io(path, "open", error))?;
        if root.exists() && !root.is_dir() {
            return Err(SourceError::NoTarget {
                place: root.display().to_string(),
                reason: "it is a file; files go to a folder or to s3://bucket/prefix".to_owned(),
            });
        }
        let made = root.ancestors().take_while(|folder| !folder.exists());
        let made = made.map(Path::to_path_buf).collect();
        let unique = format!(
            "{ASIDE}{}-{:x}",
            std::process::id(),
            chrono::Utc::now().timestamp_nanos_opt().unwrap_or_default()
        );
        Ok(Self {
            aside: root.join(unique),
            root,
            overwrites,
            sealed: Vec::new(),
            made,
        })
    }

    pub(super) fn first_file(&self) -> Result<Option<String>, SourceError> {
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries.map_err(|error| SourceError::from_io(&folder, "list", error))?,
            };
            for entry in entries {
                let entry = entry.map_err(|error| SourceError::from_io(&folder, "list", error))?;
                let path = entry.path();
                if !path.is_dir() {
                    return Ok(Some(path.display().to_string()));
                }
                // What a delivery left that died.
                if !entry.file_name().to_string_lossy().starts_with(ASIDE) {
                    folders.push(path);
                }
            }
        }
        Ok(None)
    }

    pub(super) fn begin(&self, name: &str) -> Result<StagedFile, SourceError> {
        let target = self.root.join(name);
        if !self.overwrites && target.symlink_metadata().is_ok() {
            return Err(SourceError::Occupied {
                uri: target.display().to_string(),
            });
        }
        fs::create_dir_all(&self.aside).map_err(|error| SourceError::from_io(&self.aside, "create", error))?;
        let staged = self.aside.join(format!("{}", self.sealed.len()));
        let file = File::create(&staged).map_err(|error| SourceError::from_io(&staged, "create", error))?;
        Ok(StagedFile {
            file: BufWriter::new(file),
            staged,
            target,
        })
    }

    pub(super) fn seal(&mut self, parcel: StagedFile) -> Result<String, SourceError> {
        let StagedFile { file, staged, target } = parcel;
        let synced = file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all());
        synced.map_err(|error| SourceError::from_io(&target, "write", error))?;
        let uri = target.display().to_string();
        self.sealed.push(Sealed { staged, target });
        Ok(uri)
    }

    pub(super) fn finish(mut self) -> Result<(), SourceError> {
        let sealed = std::mem::take(&mut self.sealed);
        let mut named = Vec::new();
        for file in &sealed {
            if let Err(error) = self.publish(file) {
                if !self.overwrites {
                    for path in named {
                        remove(path);
                    }
                }
                return Err(SourceError::from_io(&file.target, "create", error));
            }
            named.push(&file.target);
        }
        if !named.is_empty() {
            // They are there: the folders above them stay.
            self.made.clear();
        }
        Ok(())
    }

    fn publish(&self, file: &Sealed) -> io::Result<()> {
        let folder = file.target.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        if self.overwrites {
            fs::rename(&file.staged, &file.target)?;
        } else {
            fs::hard_link(&file.staged, &file.target)?;
        }
        // Folders that are new have their own names to be synced; those above the root may not be ours to open.
        let above = self.made.last().and_then(|made| made.parent()).unwrap_or(&self.root);
        for folder in folder.ancestors().take_while(|folder| folder.starts_with(above)) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for FolderDelivery {
    fn drop(&mut self) {
        if self.aside.exists()
            && let Err(error) = fs::remove_dir_all(&self.aside)
        {
            tracing::warn!(folder = %self.aside.display(), %error, "files that were written aside could not be removed");
        }
        for folder in &self.made {
            // One that holds anything by now stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

impl Write for StagedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "a file could not be taken away again");
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn filled(root: &Path, overwrites: bool, files: &[&str]) -> FolderDelivery {
        let mut delivery = FolderDelivery::open(root, overwrites).unwrap();
        for name in files {
            let mut file = delivery.begin(name).unwrap();
            file.write_all(name.as_bytes()).unwrap();
            delivery.seal(file).unwrap();
        }
        delivery
    }

    #[test]
    fn files_appear_together() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a/b");
        let delivery = filled(&root, false, &["x", "k=1/y"]);
        assert_eq!(
            delivery.first_file().unwrap(),
            None,
            "what is aside is no file of the place"
        );
        delivery.finish().unwrap();
        assert_eq!(names(&root), ["k=1", "x"]);
        assert_eq!(fs::read(root.join("k=1/y")).unwrap(), b"k=1/y");
    }

    #[test]
    fn nothing_is_left_of_what_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a/b");
        drop(filled(&root, false, &["x"]));
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn a_file_that_came_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let delivery = filled(folder.path(), false, &["a", "b"]);
        fs::write(folder.path().join("b"), "theirs").unwrap();
        let error = delivery.finish().unwrap_err().to_string();
        assert!(error.contains("/b: File exists"), "{error}");
        assert_eq!(names(folder.path()), ["b"]);
        assert_eq!(fs::read(folder.path().join("b")).unwrap(), b"theirs");
        let there = FolderDelivery::open(folder.path(), false).unwrap();
        assert!(matches!(there.begin("b"), Err(SourceError::Occupied { .. })));
        filled(folder.path(), true, &["b"]).finish().unwrap();
        assert_eq!(fs::read(folder.path().join("b")).unwrap(), b"b");
    }
}
