//! Columns that statements before have decoded.

use std::fmt;
use std::sync::Arc;

use datafusion_datasource::PartitionedFile;
use object_store::path::Path;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::chunk::Decoded;

/// A guess at a column's size, from which the cache works out how many entries it makes room for at first.
const USUAL_COLUMN_BYTES: u64 = 256 << 10;

/// Decoded columns, up to so many bytes; those asked for seldom or long ago go first.
///
/// Files of a table never change, so a column's file and place say what it holds for ever.
pub struct ColumnCache(Cache<Place, Arc<Decoded>, Bytes>);

/// A row group of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowGroup {
    /// Its file.
    pub file: Path,
    /// Its file's size and time in milliseconds, by which another file of the same name is told.
    pub(crate) version: (u64, i64),
    /// Its number in the file.
    pub(crate) number: usize,
}

impl RowGroup {
    /// The row group `number` of a file.
    pub fn of(file: &PartitionedFile, number: usize) -> Self {
        let file = &file.object_meta;
        Self {
            file: file.location.clone(),
            version: (file.size, file.last_modified.timestamp_millis()),
            number,
        }
    }
}

/// Where a column chunk stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Its row group.
    pub row_group: RowGroup,
    /// Its number among the file's columns.
    pub column: usize,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<Place, Arc<Decoded>> for Bytes {
    fn weight(&self, place: &Place, column: &Arc<Decoded>) -> u64 {
        (column.bytes() + place.row_group.file.as_ref().len() + size_of::<Place>() + size_of::<Decoded>()) as u64
    }
}

impl ColumnCache {
    /// An empty cache.
    pub fn new(limit_bytes: usize) -> Self {
        let limit_bytes = limit_bytes as u64;
        Self(Cache::with_weighter(
            (limit_bytes / USUAL_COLUMN_BYTES) as usize,
            limit_bytes,
            Bytes,
        ))
    }

    /// A column, when it is held.
    pub fn get(&self, place: &Place) -> Option<Arc<Decoded>> {
        self.0.get(place)
    }

    /// Holds nothing any more.
    pub fn clear(&self) {
        self.0.clear();
    }

    /// Holds a column.
    pub fn put(&self, place: Place, column: Arc<Decoded>) {
        self.0.insert(place, column);
    }
}

impl fmt::Debug for ColumnCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ColumnCache")
            .field("columns", &self.0.len())
            .field("bytes", &self.0.weight())
            .finish()
    }
}
