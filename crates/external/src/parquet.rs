//! Parquet files, by the engine's own scan: columns by their names without regard to case.

mod names;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{FieldRef, Schema};
use datafusion::catalog::Session;
use datafusion::config::TableParquetOptions;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::union::UnionExec;
use object_store::ObjectMeta;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use url::Url;

use crate::error::ExternalError;
use crate::listing::FileToRead;
use crate::table::Table;
use names::AnyCase;

/// Where the engine finds files.
const LOCAL: &str = "file:///";

/// The scan over files, which may be in several buckets.
pub(crate) fn plan(
    state: &dyn Session,
    table: &Table,
    files: Vec<FileToRead>,
    columns: &[usize],
    limit: Option<usize>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let mut by_store: BTreeMap<String, Vec<PartitionedFile>> = BTreeMap::new();
    for file in files {
        let (store, scanned) = scanned(&file)?;
        by_store.entry(store).or_default().push(scanned);
    }
    let plans = by_store
        .into_iter()
        .map(|(store, files)| plan_of_store(state, table, &store, files, columns, limit));
    let mut plans = plans.collect::<Result<Vec<_>>>()?;
    if plans.len() == 1 {
        return Ok(plans.remove(0));
    }
    UnionExec::try_new(plans)
}

fn plan_of_store(
    state: &dyn Session,
    table: &Table,
    store: &str,
    files: Vec<PartitionedFile>,
    columns: &[usize],
    limit: Option<usize>,
) -> Result<Arc<dyn ExecutionPlan>> {
    let (of_files, of_partitions) = table.schema.fields().split_at(table.file_columns.len());
    let of_partitions: Vec<FieldRef> = of_partitions.to_vec();
    let table_schema = TableSchema::builder(Arc::new(Schema::new(of_files.to_vec())))
        .with_table_partition_cols(of_partitions)
        .build();
    let url = ObjectStoreUrl::parse(store)?;
    let runtime = state.runtime_env();
    if store == LOCAL && runtime.object_store(&url).is_err() {
        runtime.register_object_store(url.as_ref(), Arc::new(LocalFileSystem::new()));
    }
    let readers = CachedParquetFileReaderFactory::new(
        runtime.object_store(&url)?,
        runtime.cache_manager.get_file_metadata_cache(),
    );
    let mut options = TableParquetOptions {
        global: state.config().options().execution.parquet.clone(),
        ..TableParquetOptions::default()
    };
    // Writers that say nothing of a text leave bytes.
    options.global.binary_as_string = true;
    let source = ParquetSource::new(table_schema)
        .with_table_parquet_options(options)
        .with_parquet_file_reader_factory(Arc::new(readers));
    let groups = FileGroup::new(files).split_files(state.config().target_partitions().max(1));
    let config = FileScanConfigBuilder::new(url, Arc::new(source))
        .with_file_groups(groups)
        .with_limit(limit)
        .with_expr_adapter(Some(Arc::new(AnyCase)))
        .with_projection_indices(Some(columns.to_vec()))?;
    Ok(DataSourceExec::from_data_source(config.build()))
}

/// The store of a file, as the engine names it, and the file in it.
fn scanned(file: &FileToRead) -> Result<(String, PartitionedFile)> {
    let uri = &file.object.uri;
    let unreadable = || {
        DataFusionError::from(ExternalError::Location {
            location: uri.clone(),
            why: "its name cannot be that of an object".to_owned(),
        })
    };
    let (store, location) = if let Some(rest) = uri.strip_prefix("s3://") {
        let (bucket, key) = rest.split_once('/').ok_or_else(unreadable)?;
        (format!("s3://{bucket}"), Key::parse(key).map_err(|_| unreadable())?)
    } else {
        let path = Url::parse(uri).ok().and_then(|url| url.to_file_path().ok());
        let path = path.ok_or_else(unreadable)?;
        (
            LOCAL.to_owned(),
            Key::from_absolute_path(path).map_err(|_| unreadable())?,
        )
    };
    let mut scanned = PartitionedFile::new_from_meta(ObjectMeta {
        location,
        last_modified: file.object.last_modified,
        size: file.object.size_bytes,
        e_tag: None,
        version: None,
    });
    scanned.partition_values = file.values.to_vec();
    Ok((store, scanned))
}
