//! Reads row groups and has them answered.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, new_null_array};
use arrow::datatypes::{DataType, TimeUnit as ArrowTimeUnit};
use datafusion::common::{Result, exec_datafusion_err, exec_err};
use datafusion::execution::cache::cache_manager::FileMetadataCache;
use datafusion::physical_plan::metrics::Count;
use datafusion_datasource::PartitionedFile;
use datafusion_datasource_parquet::metadata::DFParquetMetadata;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as PhysicalType};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, RowGroupMetaData};
use parquet::schema::types::ColumnDescriptor;

use crate::cache::{ColumnCache, Place, RowGroup};
use crate::chunk::{ChunkBytes, Decoded};
use crate::column::Column;
use crate::expression::Expression;
use crate::filter::{Verdict, by_statistics, wanted_text};
use crate::question::Question;
use crate::row_group::{Outcome, aggregate};

/// Where files are, and what is known of the table they are of.
pub struct Files {
    /// The store.
    pub store: Arc<dyn ObjectStore>,
    /// Columns decoded before.
    pub columns: Arc<ColumnCache>,
    /// Footers read before.
    pub footers: Arc<FileMetadataCache>,
    /// The question.
    pub question: Arc<Question>,
    /// The table's columns that stand in the files; those after them are the same in a whole file.
    pub stored_columns: usize,
    /// What was read.
    pub bytes_scanned: Count,
}

/// A column on its way.
enum Fetched {
    /// Nobody looks at it.
    Not,
    At(Place),
    Bytes(Place, ChunkBytes),
    Column(Column),
}

impl Files {
    /// A file's footer.
    pub async fn metadata(&self, file: &PartitionedFile) -> Result<Arc<ParquetMetaData>> {
        DFParquetMetadata::new(self.store.as_ref(), &file.object_meta)
            .with_file_metadata_cache(Some(Arc::clone(&self.footers)))
            .with_page_index_policy(Some(PageIndexPolicy::Skip))
            .fetch_metadata()
            .await
    }

    /// The conditions, by their number, that a row group's statistics do not settle; `None` when no row can count.
    pub fn open_filters(&self, row_group: &RowGroupMetaData) -> Option<Vec<usize>> {
        let mut open = Vec::new();
        for (number, filter) in self.question.filters.iter().enumerate() {
            let statistics = || {
                let number = filter.only_column()?;
                let column = row_group.column(self.leaf(number, row_group)?);
                // Of a column stored otherwise, as in milliseconds, they would say something else.
                let is_known = is_stored_as(column.column_descr(), self.question.columns.field(number).data_type());
                column.statistics().filter(|_| is_known)
            };
            match by_statistics(filter, statistics()) {
                Verdict::Always => {}
                Verdict::Never => return None,
                Verdict::Unknown => open.push(number),
            }
        }
        Some(open)
    }

    /// Answers the question for one row group of a file, of which the conditions numbered in `open` are not settled.
    pub async fn answer(
        &self,
        file: &PartitionedFile,
        metadata: &ParquetMetaData,
        row_group_number: usize,
        open: &[usize],
    ) -> Result<Outcome> {
        let row_group = metadata.row_group(row_group_number);
        let question = &self.question;
        let leaves: Vec<Option<usize>> = (0..question.columns.fields().len())
            .map(|number| self.leaf(number, row_group))
            .collect();
        let open: Vec<&Expression> = open.iter().map(|number| &question.filters[*number]).collect();
        for filter in &open {
            if let Some(text) = wanted_text(filter)
                && let Some(leaf) = leaves[filter.columns[0]]
                && !self.may_hold(file, row_group, leaf, text).await?
            {
                return Ok(Outcome::Empty);
            }
        }
        let is_looked_at =
            |number: usize| question.is_needed(number) || open.iter().any(|filter| filter.columns.contains(&number));
        let mut columns = Vec::with_capacity(leaves.len());
        for (number, leaf) in leaves.iter().enumerate() {
            columns.push(match leaf {
                _ if !is_looked_at(number) => Fetched::Not,
                Some(leaf) => self.held(
                    number,
                    Place {
                        row_group: RowGroup::of(file, row_group_number),
                        column: *leaf,
                    },
                ),
                None => Fetched::Column(Column::Same(self.same(number, file)?)),
            });
        }
        self.fetch(file, row_group, &mut columns).await?;
        let mut column = |number: usize| self.decode(row_group, number, &mut columns[number]);
        aggregate(question, &open, &mut column, row_group.num_rows() as usize)
    }

    /// A column that was decoded before, or the place it has to be fetched from.
    fn held(&self, number: usize, place: Place) -> Fetched {
        let data_type = self.question.columns.field(number).data_type();
        match self.columns.get(&place).filter(|column| column.data_type == *data_type) {
            Some(column) => Fetched::Column(Column::Stored(column)),
            None => Fetched::At(place),
        }
    }

    /// Fetches the bytes of all columns that need it, at once.
    async fn fetch(&self, file: &PartitionedFile, row_group: &RowGroupMetaData, columns: &mut [Fetched]) -> Result<()> {
        let ranges: Vec<Range<u64>> = columns
            .iter()
            .filter_map(|column| match column {
                Fetched::At(place) => {
                    let (start, length) = row_group.column(place.column).byte_range();
                    Some(start..start + length)
                }
                _ => None,
            })
            .collect();
        if ranges.is_empty() {
            return Ok(());
        }
        let chunks = self.store.get_ranges(&file.object_meta.location, &ranges).await?;
        self.bytes_scanned.add(chunks.iter().map(bytes::Bytes::len).sum());
        let mut chunks = ranges.iter().zip(chunks);
        for column in columns {
            if let Fetched::At(place) = column
                && let Some((range, bytes)) = chunks.next()
            {
                let bytes = ChunkBytes {
                    start: range.start,
                    bytes,
                };
                *column = Fetched::Bytes(place.clone(), bytes);
            }
        }
        Ok(())
    }

    /// A column; `None` when it has a form that is not known here.
    fn decode(&self, row_group: &RowGroupMetaData, number: usize, fetched: &mut Fetched) -> Result<Option<Column>> {
        let (place, bytes) = match std::mem::replace(fetched, Fetched::Not) {
            Fetched::Column(column) => return Ok(Some(column)),
            Fetched::Bytes(place, bytes) => (place, bytes),
            Fetched::Not | Fetched::At(_) => return exec_err!("column {number} was not fetched"),
        };
        let data_type = self.question.columns.field(number).data_type();
        let metadata = row_group.column(place.column);
        if !is_stored_as(metadata.column_descr(), data_type) {
            return Ok(None);
        }
        let Some(column) = Decoded::read(data_type, metadata, bytes, row_group.num_rows() as usize)? else {
            return Ok(None);
        };
        let column = Arc::new(column);
        self.columns.put(place, Arc::clone(&column));
        Ok(Some(Column::Stored(column)))
    }

    /// The position of a column of the question among the columns of the file; `None` when it is not in it.
    fn leaf(&self, number: usize, row_group: &RowGroupMetaData) -> Option<usize> {
        if self.question.positions[number] >= self.stored_columns {
            return None;
        }
        let name = self.question.columns.field(number).name();
        row_group
            .columns()
            .iter()
            .position(|column| column.column_path().parts().first() == Some(name))
    }

    /// The one value of a column that is not in the file: that of the partition, or null in a file older than the column.
    fn same(&self, number: usize, file: &PartitionedFile) -> Result<ArrayRef> {
        match self.question.positions[number].checked_sub(self.stored_columns) {
            Some(partition) => {
                let value = file.partition_values.get(partition);
                value
                    .ok_or_else(|| exec_datafusion_err!("a file has no partition value"))?
                    .to_array()
            }
            None => Ok(new_null_array(self.question.columns.field(number).data_type(), 1)),
        }
    }

    /// False when the column's Bloom filter knows that `text` is not in it.
    async fn may_hold(
        &self,
        file: &PartitionedFile,
        row_group: &RowGroupMetaData,
        leaf: usize,
        text: &str,
    ) -> Result<bool> {
        let column = row_group.column(leaf);
        let (Some(offset), Some(length)) = (column.bloom_filter_offset(), column.bloom_filter_length()) else {
            return Ok(true);
        };
        let range = offset as u64..offset as u64 + length as u64;
        let bytes = self.store.get_range(&file.object_meta.location, range).await?;
        self.bytes_scanned.add(bytes.len());
        Ok(Sbbf::from_bytes(&bytes)?.check(text))
    }
}

/// Whether a file's column holds what the table says of it, without a conversion.
fn is_stored_as(column: &ColumnDescriptor, data_type: &DataType) -> bool {
    use ConvertedType::{DATE, INT_32, INT_64, NONE, TIMESTAMP_MICROS, UTF8};
    if column.path().parts().len() != 1 {
        return false;
    }
    let (physical, converted) = (column.physical_type(), column.converted_type());
    match data_type {
        DataType::Utf8 | DataType::Utf8View => physical == PhysicalType::BYTE_ARRAY && converted == UTF8,
        DataType::Int32 => physical == PhysicalType::INT32 && matches!(converted, NONE | INT_32),
        DataType::Int64 => {
            physical == PhysicalType::INT64
                && matches!(converted, NONE | INT_64)
                && !matches!(column.logical_type_ref(), Some(LogicalType::Timestamp(_)))
        }
        DataType::Date32 => physical == PhysicalType::INT32 && converted == DATE,
        DataType::Timestamp(ArrowTimeUnit::Microsecond, _) => {
            physical == PhysicalType::INT64
                && (converted == TIMESTAMP_MICROS
                    || matches!(column.logical_type_ref(), Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::MICROS))
        }
        _ => false,
    }
}
