//! The content of an object: in memory when small, else a file.

use std::env;
use std::fs::File;
use std::io::{self, Read, Seek, Write};

use bytes::Bytes;

use crate::error::SourceError;

/// Objects up to this size are held in memory; larger ones are a file.
pub const SPOOL_BYTES: u64 = 32 * 1024 * 1024;

/// The content of one object.
#[derive(Debug)]
pub enum Fetched {
    /// The whole content.
    Bytes(Bytes),
    /// A file that stands at its start: the object itself, or a temporary file that no folder names any more.
    File(File),
}

/// A temporary file that is gone when it is closed.
pub(crate) fn temporary_file() -> Result<File, SourceError> {
    tempfile::tempfile().map_err(spool_error)
}

pub(crate) fn spool_error(source: io::Error) -> SourceError {
    SourceError::Spool {
        folder: env::temp_dir(),
        source,
    }
}

/// Reads a stream to its end, into memory as long as it is at most `limit_bytes`, else into a temporary file.
pub(crate) fn spool_stdin(mut input: impl Read, limit_bytes: u64) -> Result<Fetched, SourceError> {
    let failed = |source| SourceError::Stdin { source };
    let mut head = Vec::new();
    input
        .by_ref()
        .take(limit_bytes + 1)
        .read_to_end(&mut head)
        .map_err(failed)?;
    if head.len() as u64 <= limit_bytes {
        return Ok(Fetched::Bytes(head.into()));
    }
    let mut file = temporary_file()?;
    file.write_all(&head).map_err(spool_error)?;
    drop(head);
    let mut chunk = vec![0; 1 << 20];
    loop {
        match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => file.write_all(&chunk[..count]).map_err(spool_error)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    file.rewind().map_err(spool_error)?;
    Ok(Fetched::File(file))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_up_to_the_limit_stays_in_memory() {
        for length in [0, 9, 10] {
            let input = vec![7; length];
            assert!(
                matches!(spool_stdin(&input[..], 10).unwrap(), Fetched::Bytes(bytes) if bytes == input),
                "{length}"
            );
        }
    }

    #[test]
    fn a_longer_stream_is_a_file_at_its_start() {
        let input: Vec<u8> = (0..3_000_000_u32).map(|number| number as u8).collect();
        let Fetched::File(mut file) = spool_stdin(&input[..], 10).unwrap() else {
            unreachable!()
        };
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert!(content == input);
    }
}
