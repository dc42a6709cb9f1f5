//! The side that writes: batches in, files out, on a thread that may wait.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use flowtrail_lake::Lake;
use flowtrail_query::output::{Encoder, OutputError};
use flowtrail_source::{Delivery, Parcel, SourceError};
use tokio::sync::mpsc::Receiver;

use super::{FileNames, Unloaded, UnloadedFile, Unloading, outside_of_lake};
use crate::SessionError;
use crate::command::reaches;

/// Rows between two looks at a file's size.
const ROWS_AT_ONCE: usize = 2048;

/// Writes all batches; the delivery comes back whatever became of them.
pub fn write(
    unloading: &Unloading,
    lake: &Lake,
    schema: &Schema,
    delivery: Delivery,
    mut batches: Receiver<RecordBatch>,
) -> (Delivery, Result<Unloaded, SessionError>) {
    let mut writing = Writing {
        unloading,
        lake,
        schema: Arc::new(schema.clone()),
        delivery,
        open: None,
        unloaded: Unloaded::default(),
    };
    let mut written = Ok(());
    while let (Ok(()), Some(batch)) = (&written, batches.blocking_recv()) {
        written = writing.add(&batch);
    }
    let written = written.and_then(|()| writing.close());
    (writing.delivery, written.map(|()| writing.unloaded))
}

struct Writing<'a> {
    unloading: &'a Unloading,
    lake: &'a Lake,
    schema: Arc<Schema>,
    delivery: Delivery,
    open: Option<OpenFile>,
    unloaded: Unloaded,
}

struct OpenFile {
    folder: String,
    encoder: Encoder<Parcel>,
    rows: u64,
}

impl Writing<'_> {
    fn add(&mut self, batch: &RecordBatch) -> Result<(), SessionError> {
        let stored = self.unloading.partitions.stored(&batch.schema());
        let refused = |error: arrow::error::ArrowError| SessionError::refused(error.to_string(), None);
        for (folder, rows) in self.unloading.partitions.folders(batch)? {
            let in_folder = batch.slice(rows.start, rows.len()).project(&stored).map_err(refused)?;
            let renamed = RecordBatch::try_new(Arc::clone(&self.schema), in_folder.columns().to_vec());
            let in_folder = renamed.map_err(refused)?;
            let mut start = 0;
            while start < in_folder.num_rows() {
                let length = ROWS_AT_ONCE.min(in_folder.num_rows() - start);
                self.add_to(&folder, &in_folder.slice(start, length))?;
                start += length;
            }
        }
        Ok(())
    }

    fn add_to(&mut self, folder: &str, rows: &RecordBatch) -> Result<(), SessionError> {
        let ends = |file: &OpenFile| file.folder != folder || file.encoder.size_bytes() >= self.unloading.file_bytes;
        if self.open.as_ref().is_some_and(ends) {
            self.close()?;
        }
        let mut file = match self.open.take() {
            Some(file) => file,
            None => self.begin(folder)?,
        };
        file.encoder.write(rows).map_err(told)?;
        file.rows += rows.num_rows() as u64;
        self.open = Some(file);
        Ok(())
    }

    fn begin(&self, folder: &str) -> Result<OpenFile, SessionError> {
        let form = &self.unloading.form;
        if let (FileNames::Single(name), [_, ..]) = (&self.unloading.names, self.unloaded.files.as_slice()) {
            let message = format!("the rows take more than MAX_FILE_SIZE, and `{name}` is to be the only file");
            return Err(SessionError::refused(
                message,
                Some("leave out MAX_FILE_SIZE, or SINGLE = TRUE"),
            ));
        }
        let name = self.unloading.names.name(self.unloaded.files.len());
        let uri = format!("{}/{folder}{name}", self.unloading.url.trim_end_matches('/'));
        if self
            .unloading
            .integration
            .as_ref()
            .is_some_and(|integration| !reaches(integration, &uri))
        {
            let message = format!("the integration does not allow `{uri}`");
            return Err(SessionError::refused(
                message,
                Some("DESC INTEGRATION lists what it allows and blocks"),
            ));
        }
        // What decides a file's folder may lead into a lake that lies below the place.
        outside_of_lake(self.lake, &uri.parse()?)?;
        let parcel = self.delivery.begin(&format!("{folder}{name}"))?;
        let encoder = if form.documents {
            Encoder::open_documents(form.compression, parcel)
        } else {
            Encoder::open(&self.schema, &form.options, form.compression, parcel)
        };
        Ok(OpenFile {
            folder: folder.to_owned(),
            encoder: encoder.map_err(told)?,
            rows: 0,
        })
    }

    fn close(&mut self) -> Result<(), SessionError> {
        let Some(file) = self.open.take() else {
            return Ok(());
        };
        let encoded = file.encoder.finish().map_err(told)?;
        let uri = self.delivery.seal(encoded.writer)?;
        self.unloaded.plain_bytes += encoded.plain_bytes;
        self.unloaded.files.push(UnloadedFile {
            uri,
            rows: file.rows,
            bytes: encoded.bytes,
        });
        Ok(())
    }
}

/// What a place said about a write stands inside of the format's error.
fn told(error: OutputError) -> SessionError {
    match error {
        OutputError::Writer { source } => match source.downcast::<SourceError>() {
            Ok(error) => error.into(),
            Err(source) => OutputError::Writer { source }.into(),
        },
        error => error.into(),
    }
}
