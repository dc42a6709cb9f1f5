//! The bytes of a column chunk, at the place they have in their file.

use bytes::{Buf, Bytes};
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// A part of a file that stands for the whole where a reader asks for nothing else.
#[derive(Debug)]
pub struct ChunkBytes {
    /// Where in the file `bytes` begin.
    pub start: u64,
    /// The part.
    pub bytes: Bytes,
}

impl ChunkBytes {
    fn from(&self, start: u64) -> Result<Bytes> {
        let at = start.checked_sub(self.start).map(|at| at as usize);
        match at.filter(|at| *at <= self.bytes.len()) {
            Some(at) => Ok(self.bytes.slice(at..)),
            None => Err(ParquetError::EOF(format!("byte {start} lies outside the column"))),
        }
    }
}

impl Length for ChunkBytes {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for ChunkBytes {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.from(start)?;
        if bytes.len() < length {
            return Err(ParquetError::EOF(format!(
                "{length} bytes at {start} lie outside the column"
            )));
        }
        Ok(bytes.slice(..length))
    }
}
