//! Answers in a folder, for processes to come.
//!
//! The folder may be emptied or taken away at any time, and may be shared by processes: a file is written under another
//! name first, says by a checksum whether it is whole, and is found by what was asked. Nothing here is ever an error; an
//! answer that cannot be read or written is worked out again.

use std::fs::{self, DirBuilder, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

/// Of the room there is, so much stays in use when answers have to go.
const KEPT_PART: (u64, u64) = (3, 4);
/// A file that nobody finished writing for so long is of a process that died.
const UNFINISHED: Duration = Duration::from_hours(1);
const UNFINISHED_ENDING: &str = "part";

/// A folder of answers, up to so many bytes; those read longest ago go first.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    limit_bytes: u64,
    written: AtomicU64,
}

impl Shelf {
    /// The answers in `folder`, which is made when there is something to put in it.
    pub fn new(folder: PathBuf, limit_bytes: u64) -> Self {
        let written = AtomicU64::new(0);
        Self {
            folder,
            limit_bytes,
            written,
        }
    }

    /// The bytes filed under `name`.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.folder.join(name);
        let bytes = fs::read(&path).ok()?;
        // Read now, so it stays longest. Where the folder cannot be written, nothing goes either.
        let _ = File::options()
            .append(true)
            .open(&path)
            .and_then(|file| file.set_times(FileTimes::new().set_modified(SystemTime::now())));
        Some(bytes)
    }

    /// Files bytes under `name`, in place of what was there.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.make_folder()?;
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let unfinished = format!("{name}.{}-{number}.{UNFINISHED_ENDING}", std::process::id());
        let unfinished = self.folder.join(unfinished);
        let written = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, self.folder.join(name)));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written?;
        self.make_room()
    }

    /// Answers hold what logs say, so nobody else is to look into the folder.
    fn make_folder(&self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)
    }

    /// Takes away what is over the limit, and what dead processes left.
    fn make_room(&self) -> io::Result<()> {
        let now = SystemTime::now();
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let Ok(metadata) = entry.metadata() else { continue };
            let modified = metadata.modified()?;
            let path = entry.path();
            if !is_unfinished(&path) {
                files.push((modified, metadata.len(), path));
            } else if now.duration_since(modified).is_ok_and(|age| age > UNFINISHED) {
                let _ = fs::remove_file(path);
            }
        }
        let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        if bytes <= self.limit_bytes {
            return Ok(());
        }
        files.sort_unstable();
        for (_, of_file, path) in files {
            if bytes <= self.limit_bytes / KEPT_PART.1 * KEPT_PART.0 {
                break;
            }
            // Another process may have been quicker.
            let _ = fs::remove_file(path);
            bytes -= of_file;
        }
        Ok(())
    }
}

fn is_unfinished(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == UNFINISHED_ENDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_was_read_longest_ago_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().join("answers"), 100);
        let long_ago = |name: &str, hours: u64| {
            let file = File::options().append(true).open(shelf.folder.join(name)).unwrap();
            let time = SystemTime::now() - Duration::from_hours(hours);
            file.set_times(FileTimes::new().set_modified(time)).unwrap();
        };
        for (name, hours) in [("a", 3), ("b", 2), ("c", 1)] {
            shelf.write(name, &[0; 30]).unwrap();
            long_ago(name, hours);
        }
        assert_eq!(shelf.read("a").unwrap().len(), 30);
        shelf.write("d", &[1; 30]).unwrap();
        assert_eq!(names(&shelf.folder), ["a", "d"]);
        shelf.write("d", &[2; 5]).unwrap();
        assert_eq!(shelf.read("d").unwrap(), [2; 5]);
    }

    #[test]
    fn what_a_dead_process_left_goes_when_it_is_old() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(folder.path().to_owned(), 100);
        for (name, age) in [
            ("x.answer.1-0.part", UNFINISHED * 2),
            ("y.answer.2-0.part", UNFINISHED / 2),
        ] {
            let file = File::create(folder.path().join(name)).unwrap();
            file.set_times(FileTimes::new().set_modified(SystemTime::now() - age))
                .unwrap();
        }
        shelf.write("z.answer", b"z").unwrap();
        assert_eq!(names(folder.path()), ["y.answer.2-0.part", "z.answer"]);
        assert_eq!(shelf.read("x.answer"), None);
    }

    #[test]
    fn a_folder_that_cannot_be_is_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"").unwrap();
        let shelf = Shelf::new(file, 100);
        assert!(shelf.write("a", b"a").is_err());
        assert_eq!(shelf.read("a"), None);
    }
}
