//! The scan over a table: which files a statement needs, in what order, with what is known of them.
//!
//! Delta's snapshot gives files, statistics and partition values; `DataFusion` is handed a plain Parquet scan with all of
//! that and the sort order. It prunes by partition, file, row group, page and bloom filter, it is ordered, and it can be
//! sent to another machine.

mod figures;
mod file_statistics;
mod files;
mod provider;
mod reader;

use std::sync::Arc;

use datafusion::execution::object_store::ObjectStoreUrl;
use object_store::ObjectStore;
use url::Url;

pub use figures::{Figures, ScanFigures};
pub(crate) use file_statistics::FileStatistics;
pub(crate) use files::{FileScan, Streams};
pub use provider::LakeTable;

use crate::LakeError;

/// The name under which a lake's store is registered with the engine.
const STORE: &str = "lake://store/";

/// The URL and store that an engine must know to run scans of a lake:
/// `RuntimeEnv::register_object_store(&url, store)`.
pub fn engine_store(lake: &crate::Lake) -> Result<(Url, Arc<dyn ObjectStore>), LakeError> {
    let url = Url::parse(STORE).map_err(|e| LakeError::Url {
        url: STORE.into(),
        why: e.to_string(),
    })?;
    Ok((url, Arc::clone(lake.store())))
}

pub(crate) fn store_url() -> datafusion::error::Result<ObjectStoreUrl> {
    ObjectStoreUrl::parse(STORE)
}
