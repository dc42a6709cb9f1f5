//! Flow records as lines of text with a header, gzip.

use std::path::Path;

use crate::address::write_number;
use crate::flow::{Flow, Value};
use crate::network::Vpc;
use crate::object_file::GzipFile;
use crate::{Fields, SampleError};

const BUFFER_BYTES: usize = 256 * 1024;

/// A text file being written.
pub(crate) struct FlowText<'e> {
    file: GzipFile,
    fields: &'e Fields,
    version: u8,
    vpc: &'e Vpc,
    text: Vec<u8>,
}

impl<'e> FlowText<'e> {
    /// Creates the file and writes the header.
    pub(crate) fn create(path: &Path, fields: &'e Fields, vpc: &'e Vpc) -> Result<Self, SampleError> {
        let mut text = Vec::with_capacity(BUFFER_BYTES + 4096);
        text.extend_from_slice(fields.header().as_bytes());
        text.push(b'\n');
        Ok(Self {
            file: GzipFile::create(path)?,
            fields,
            version: fields.version(),
            vpc,
            text,
        })
    }

    /// Adds a line.
    pub(crate) fn write(&mut self, flow: &Flow<'e>) -> Result<(), SampleError> {
        for field in self.fields.as_slice() {
            match flow.value(*field, self.version, self.vpc) {
                Value::Number(number) => write_number(number, &mut self.text),
                Value::Text(text) => self.text.extend_from_slice(text.as_bytes()),
                Value::Address(address) => address.write(&mut self.text),
                Value::Absent => self.text.push(b'-'),
            }
            self.text.push(b' ');
        }
        if let Some(last) = self.text.last_mut() {
            *last = b'\n';
        }
        if self.text.len() < BUFFER_BYTES {
            return Ok(());
        }
        self.file.write(&self.text)?;
        self.text.clear();
        Ok(())
    }

    /// Ends the file and gives its size in bytes.
    pub(crate) fn finish(mut self) -> Result<u64, SampleError> {
        self.file.write(&self.text)?;
        self.file.finish()
    }
}
