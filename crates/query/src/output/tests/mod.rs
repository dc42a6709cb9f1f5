//! What each format writes, to the byte.

#![allow(clippy::unwrap_used, clippy::panic)]

mod files;
mod sheet;
mod table;
mod text;

use std::convert::Infallible;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use arrow::array::{ArrayRef, RecordBatch};
use futures::StreamExt;

use super::{Destination, OutputError, OutputFormat, OutputOptions, Written, write_stream};

/// A writer whose bytes can be looked at afterwards.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn options(format: OutputFormat) -> OutputOptions {
    OutputOptions {
        format,
        ..OutputOptions::default()
    }
}

fn batch<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true))).unwrap()
}

fn run(batches: &[RecordBatch], options: &OutputOptions, destination: Destination) -> Result<Written, OutputError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let stream = futures::stream::iter(batches.iter().cloned().map(Ok::<_, Infallible>)).boxed();
    runtime.block_on(write_stream(batches[0].schema(), stream, options.clone(), destination))
}

fn bytes_of(batches: &[RecordBatch], options: &OutputOptions) -> Vec<u8> {
    let buffer = Buffer::default();
    let written = run(batches, options, Destination::Writer(Box::new(buffer.clone()))).unwrap();
    assert_eq!(
        written.rows,
        batches.iter().map(|batch| batch.num_rows() as u64).sum::<u64>()
    );
    assert!(written.files.is_empty());
    buffer.bytes()
}

fn text_of(batch: &RecordBatch, options: &OutputOptions) -> String {
    String::from_utf8(bytes_of(std::slice::from_ref(batch), options)).unwrap()
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
