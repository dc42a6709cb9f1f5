//! Where the bytes of an answer go: one writer, or files that appear under their names only when they are whole.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::error::OutputError;

/// Where an answer goes.
pub enum Destination {
    /// Standard output, a connection, a buffer: never split, never renamed.
    Writer(Box<dyn Write + Send>),
    /// A file, which is replaced when the whole answer is written. CSV and XLSX answers of more rows than a file
    /// may hold become `NAME-1.csv`, `NAME-2.csv`, …
    File(PathBuf),
}

impl fmt::Debug for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Writer(_) => formatter.write_str("Writer"),
            Self::File(path) => formatter.debug_tuple("File").field(path).finish(),
        }
    }
}

/// A destination made ready: hands out one [`Part`] after another, and names the finished ones at the end.
pub(super) struct Outlet {
    place: Place,
    closed: Vec<PartialFile>,
}

enum Place {
    Writer(Option<Box<dyn Write + Send>>),
    File(PathBuf),
}

impl Outlet {
    pub(super) fn open(destination: Destination) -> Result<Self, OutputError> {
        let place = match destination {
            Destination::Writer(writer) => Place::Writer(Some(writer)),
            Destination::File(path) => file_place(path)?,
        };
        Ok(Self {
            place,
            closed: Vec::new(),
        })
    }

    /// Whether an answer may be cut into several files here.
    pub(super) fn splits(&self) -> bool {
        matches!(self.place, Place::File(_))
    }

    /// The next part to write to. A writer has only one.
    pub(super) fn next_part(&mut self) -> Result<Part, OutputError> {
        match &mut self.place {
            Place::Writer(writer) => writer.take().map(Part::Writer).ok_or(OutputError::Stopped),
            Place::File(path) => {
                let name = if self.closed.is_empty() {
                    path.clone()
                } else {
                    numbered(path, self.closed.len() + 1)
                };
                PartialFile::create(&name).map(Part::File)
            }
        }
    }

    /// Takes back a part that has all its bytes.
    pub(super) fn close(&mut self, mut part: Part) -> Result<(), OutputError> {
        part.flush().map_err(|source| self.write_error(source))?;
        if let Part::File(mut partial) = part {
            partial.sync()?;
            self.closed.push(partial);
        }
        Ok(())
    }

    /// Gives the closed files their names, and says which.
    pub(super) fn finish(self) -> Result<Vec<PathBuf>, OutputError> {
        let Place::File(path) = self.place else {
            return Ok(Vec::new());
        };
        let single = self.closed.len() == 1;
        let named = self.closed.into_iter().enumerate().map(|(index, partial)| {
            let name = if single {
                path.clone()
            } else {
                numbered(&path, index + 1)
            };
            partial.rename(&name)?;
            Ok(name)
        });
        named.collect()
    }

    pub(super) fn write_error(&self, source: io::Error) -> OutputError {
        match &self.place {
            Place::Writer(_) => OutputError::Writer { source },
            Place::File(path) => OutputError::File {
                action: "write",
                path: path.clone(),
                source,
            },
        }
    }
}

/// Follows links, so that the file behind a link is replaced and not the link; writes straight to what is neither
/// file nor folder (`/dev/null`, a FIFO), which a rename would destroy.
fn file_place(path: PathBuf) -> Result<Place, OutputError> {
    let Ok(resolved) = fs::canonicalize(&path) else {
        return Ok(Place::File(path));
    };
    if resolved.is_dir() {
        return Err(OutputError::Folder { path });
    }
    if resolved.is_file() {
        return Ok(Place::File(resolved));
    }
    let opened = File::options().write(true).open(&path);
    let file = opened.map_err(|source| OutputError::File {
        action: "open",
        path,
        source,
    })?;
    Ok(Place::Writer(Some(Box::new(file))))
}

/// `answer.csv` → `answer-2.csv`.
fn numbered(path: &Path, number: usize) -> PathBuf {
    let mut name = path.file_stem().map_or_else(OsString::new, OsString::from);
    name.push(format!("-{number}"));
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

/// One file's worth of an answer while it is written.
pub(super) enum Part {
    Writer(Box<dyn Write + Send>),
    File(PartialFile),
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Writer(writer) => writer.write(bytes),
            Self::File(partial) => partial.open_file()?.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Writer(writer) => writer.flush(),
            Self::File(partial) => partial.open_file()?.flush(),
        }
    }
}

/// A file under its partial name, removed when dropped without having been renamed.
pub(super) struct PartialFile {
    file: Option<File>,
    path: PathBuf,
    renamed: bool,
}

impl PartialFile {
    fn create(target: &Path) -> Result<Self, OutputError> {
        let mut name = target.as_os_str().to_owned();
        name.push(".partial");
        let path = PathBuf::from(name);
        let file = File::create(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => OutputError::NoFolder {
                path: target.to_owned(),
            },
            _ => OutputError::File {
                action: "create",
                path: path.clone(),
                source,
            },
        })?;
        Ok(Self {
            file: Some(file),
            path,
            renamed: false,
        })
    }

    /// Syncs and closes: an answer of a thousand files must not hold a thousand of them open.
    fn sync(&mut self) -> Result<(), OutputError> {
        let synced = self.file.take().map_or(Ok(()), |file| file.sync_all());
        synced.map_err(|source| OutputError::File {
            action: "sync",
            path: self.path.clone(),
            source,
        })
    }

    fn rename(mut self, name: &Path) -> Result<(), OutputError> {
        let renamed = fs::rename(&self.path, name);
        renamed.map_err(|source| OutputError::File {
            action: "create",
            path: name.to_owned(),
            source,
        })?;
        self.renamed = true;
        Ok(())
    }

    fn open_file(&mut self) -> io::Result<&mut File> {
        self.file
            .as_mut()
            .ok_or_else(|| io::Error::other("the file is closed already"))
    }
}

impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open_file()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open_file()?.flush()
    }
}

impl Seek for PartialFile {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.open_file()?.seek(position)
    }
}

impl Drop for PartialFile {
    fn drop(&mut self) {
        if self.renamed {
            return;
        }
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(path = %self.path.display(), %error, "a partial output file could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn numbers_stand_before_the_ending() {
        assert_eq!(
            numbered(Path::new("/a/b.c/flows.2026.csv"), 2),
            Path::new("/a/b.c/flows.2026-2.csv")
        );
        assert_eq!(numbered(Path::new("flows"), 10), Path::new("flows-10"));
    }

    #[test]
    fn a_folder_or_a_missing_folder_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Outlet::open(Destination::File(folder.path().to_owned())).err().unwrap();
        assert!(matches!(refused, OutputError::Folder { .. }), "{refused}");
        let mut outlet = Outlet::open(Destination::File(folder.path().join("no/answer.csv"))).unwrap();
        assert!(matches!(
            outlet.next_part().err().unwrap(),
            OutputError::NoFolder { .. }
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_keeps_pointing_at_the_file_it_pointed_at() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file.csv"), folder.path().join("link.csv"));
        fs::write(&file, "old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let mut outlet = Outlet::open(Destination::File(link.clone())).unwrap();
        let mut part = outlet.next_part().unwrap();
        part.write_all(b"new").unwrap();
        outlet.close(part).unwrap();
        assert_eq!(outlet.finish().unwrap(), [fs::canonicalize(&file).unwrap()]);
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let mut outlet = Outlet::open(Destination::File("/dev/null".into())).unwrap();
        assert!(!outlet.splits());
        let mut part = outlet.next_part().unwrap();
        part.write_all(b"gone").unwrap();
        outlet.close(part).unwrap();
        assert!(outlet.finish().unwrap().is_empty());
        assert!(!Path::new("/dev/null").is_file());
    }
}
