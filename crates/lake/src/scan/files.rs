//! A plain Parquet scan over chosen files of a snapshot.

use std::sync::Arc;

use arrow::compute::SortOptions;
use arrow::datatypes::{FieldRef, Schema, SchemaRef};
use datafusion::common::Result;
use datafusion::common::stats::Precision;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{
    FileGroup, FileScanConfig, FileScanConfigBuilder, ParquetFileReaderFactory, ParquetSource,
};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_datasource::compute_all_files_statistics;

use super::file_statistics::FileStatistics;
use super::store_url;
use crate::DataFile;
use crate::definition::DAY;

/// What a scan is asked for.
pub struct FileScan<'a> {
    /// All columns of the table, the partition last.
    pub schema: &'a SchemaRef,
    /// The files, and what is known of each.
    pub files: Vec<(&'a DataFile, &'a FileStatistics)>,
    /// The column rows are sorted by inside each file.
    pub order: Option<&'a str>,
    /// Columns to give, by position in `schema`.
    pub projection: Option<&'a Vec<usize>>,
    /// Rows that are enough.
    pub limit: Option<usize>,
    /// How the files are dealt out to streams.
    pub streams: Streams,
    /// What opens the files, if not the engine by itself.
    pub readers: Option<Arc<dyn ParquetFileReaderFactory>>,
}

/// How files are dealt out to streams.
#[derive(Clone, Copy, Debug)]
pub enum Streams {
    /// So many at most; in order where the files allow it.
    AtMost(usize),
    /// Each file is a stream of its own, and so always in order.
    FileEach,
}

impl FileScan<'_> {
    /// The scan as a plan.
    pub fn plan(self) -> Result<Arc<dyn ExecutionPlan>> {
        let (file_schema, partition) = self.split_partition();
        let table_schema = TableSchema::builder(Arc::clone(&file_schema))
            .with_table_partition_cols(partition.iter().cloned().collect::<Vec<_>>())
            .build();
        // Partitions come last in what the engine reads; the table has its own order.
        let read_schema = Arc::clone(table_schema.table_schema());
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let projection = self
            .projection
            .unwrap_or(&all)
            .iter()
            .map(|position| read_schema.index_of(self.schema.field(*position).name()))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        let ordering = self.order.and_then(|column| ordering(&read_schema, column));
        let files = self.files.iter().map(|(file, known)| {
            let mut scanned = PartitionedFile::new(file.path.to_string(), file.size_bytes);
            if partition.is_some() {
                scanned.partition_values = vec![known.day()];
            }
            scanned
                .with_statistics(known.for_planning(&file_schema))
                .with_ordering(ordering.clone())
        });
        let files: Vec<PartitionedFile> = files.collect();
        let (groups, ordered) = groups(files, &read_schema, ordering.as_ref(), self.streams);
        let (groups, statistics) = compute_all_files_statistics(groups, Arc::clone(&read_schema), true, false)?;
        let source = ParquetSource::new(table_schema);
        let source = Arc::new(match self.readers {
            Some(readers) => source.with_parquet_file_reader_factory(readers),
            None => source,
        });
        let mut config = FileScanConfigBuilder::new(store_url()?, source)
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_limit(self.limit)
            .with_projection_indices(Some(projection))?;
        if let Some(ordering) = ordering.filter(|_| ordered) {
            config = config.with_output_ordering(vec![ordering]);
        }
        Ok(DataSourceExec::from_data_source(config.build()))
    }

    /// The columns that are in the files, and the partition, where the table has one.
    fn split_partition(&self) -> (SchemaRef, Option<FieldRef>) {
        let is_partitioned = self.files.iter().any(|(file, _)| file.is_partitioned);
        let (partition, columns): (Vec<FieldRef>, Vec<FieldRef>) = self
            .schema
            .fields()
            .iter()
            .cloned()
            .partition(|field| field.name() == DAY && is_partitioned);
        (Arc::new(Schema::new(columns)), partition.into_iter().next())
    }
}

fn ordering(schema: &Schema, column: &str) -> Option<LexOrdering> {
    let position = schema.index_of(column).ok()?;
    let options = SortOptions {
        descending: false,
        nulls_first: true,
    };
    LexOrdering::new([PhysicalSortExpr::new(Arc::new(Column::new(column, position)), options)])
}

/// Files in groups that are read one after another, and whether each group is in order: so where files do not overlap
/// much, as days do not; otherwise they are dealt out evenly.
fn groups(
    files: Vec<PartitionedFile>,
    schema: &SchemaRef,
    ordering: Option<&LexOrdering>,
    streams: Streams,
) -> (Vec<FileGroup>, bool) {
    let streams = match streams {
        Streams::AtMost(streams) => streams.max(1),
        Streams::FileEach => {
            let groups = files.into_iter().map(|file| FileGroup::new(vec![file])).collect();
            return (groups, ordering.is_some());
        }
    };
    if let Some(ordering) = ordering
        && files.iter().all(|file| has_no_nulls(file, schema, ordering))
        && let Ok(groups) = FileScanConfig::split_groups_by_statistics_with_target_partitions(
            schema,
            &[FileGroup::new(files.clone())],
            ordering,
            streams,
        )
        && groups.len() <= streams
    {
        return (groups, true);
    }
    (FileGroup::new(files).split_files(streams), false)
}

/// True when the column of the order is known to be set in every row: the range of a file says nothing of its nulls,
/// which stand first in it, so files with nulls cannot follow another in one group.
fn has_no_nulls(file: &PartitionedFile, schema: &Schema, ordering: &LexOrdering) -> bool {
    let Some(column) = ordering.first().expr.downcast_ref::<Column>() else {
        return false;
    };
    let known = file
        .statistics
        .as_ref()
        .and_then(|statistics| statistics.column_statistics.get(column.index()));
    schema.fields().get(column.index()).is_some() && known.is_some_and(|known| known.null_count == Precision::Exact(0))
}
