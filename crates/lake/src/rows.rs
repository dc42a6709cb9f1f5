//! Reading a few columns of one file, without a query engine.

use std::ops::Range;
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::arrow_reader::ArrowReaderOptions;
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use crate::{DataFile, LakeError, Table};

/// Streams the columns `names` of a file; those the file lacks are missing from the batches.
pub async fn read_columns(
    table: &Table,
    file: &DataFile,
    names: &[&str],
) -> Result<BoxStream<'static, Result<RecordBatch, LakeError>>, LakeError> {
    read_columns_of(StoreReader::new(table, file), names).await
}

/// The same of any file.
pub(crate) async fn read_columns_of(
    reader: StoreReader,
    names: &[&str],
) -> Result<BoxStream<'static, Result<RecordBatch, LakeError>>, LakeError> {
    let builder = ParquetRecordBatchStreamBuilder::new(reader).await?;
    let projection = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    Ok(builder
        .with_projection(projection)
        .build()?
        .map_err(LakeError::from)
        .boxed())
}

/// A file of an object store, as Parquet reads it.
pub(crate) struct StoreReader {
    store: Arc<dyn ObjectStore>,
    path: Path,
    size_bytes: u64,
}

impl StoreReader {
    pub fn new(table: &Table, file: &DataFile) -> Self {
        Self::at(table, file.path.clone(), file.size_bytes)
    }

    pub fn at(table: &Table, path: Path, size_bytes: u64) -> Self {
        Self {
            store: Arc::clone(table.store()),
            path,
            size_bytes,
        }
    }
}

impl AsyncFileReader for StoreReader {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, ParquetResult<Bytes>> {
        async move { self.store.get_range(&self.path, range).await.map_err(external) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, ParquetResult<Vec<Bytes>>> {
        async move { self.store.get_ranges(&self.path, &ranges).await.map_err(external) }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, ParquetResult<Arc<ParquetMetaData>>> {
        async move {
            let size_bytes = self.size_bytes;
            Ok(Arc::new(
                ParquetMetaDataReader::new().load_and_finish(self, size_bytes).await?,
            ))
        }
        .boxed()
    }
}

fn external(error: object_store::Error) -> ParquetError {
    ParquetError::External(Box::new(error))
}
