//! A gzip file being written, the same bytes for the same text.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder, write::GzEncoder};

use crate::SampleError;

/// A file of gzip text. Its header carries no name and no time.
pub(crate) struct GzipFile {
    path: PathBuf,
    encoder: GzEncoder<BufWriter<File>>,
}

impl GzipFile {
    /// Creates the file, and its folders.
    pub(crate) fn create(path: &Path) -> Result<Self, SampleError> {
        let file = BufWriter::new(create(path)?);
        // The fastest level: what a run makes is read once, and compressing is most of its work.
        let encoder = GzBuilder::new().mtime(0).write(file, Compression::fast());
        Ok(Self {
            path: path.to_owned(),
            encoder,
        })
    }

    /// Adds text.
    pub(crate) fn write(&mut self, text: &[u8]) -> Result<(), SampleError> {
        self.encoder.write_all(text).map_err(SampleError::write(&self.path))
    }

    /// Ends the file and gives its size in bytes.
    pub(crate) fn finish(self) -> Result<u64, SampleError> {
        let Self { path, encoder } = self;
        let write = || {
            let file = encoder
                .finish()?
                .into_inner()
                .map_err(std::io::IntoInnerError::into_error)?;
            Ok(file.metadata()?.len())
        };
        write().map_err(SampleError::write(&path))
    }
}

/// Creates a file with the folders above it; one that is there is replaced.
pub(crate) fn create(path: &Path) -> Result<File, SampleError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(SampleError::write(folder))?;
    }
    File::create(path).map_err(SampleError::write(path))
}
