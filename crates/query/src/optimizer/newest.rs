//! `ORDER BY start DESC LIMIT 100` reads the last 100 rows of the newest files.
//!
//! Every file is sorted by its table's time column. So what a sort with a limit right above the scan looks for stands at
//! the end of files, or at their begin where the oldest are asked for; and a file all of whose rows are older than
//! enough rows of others is not opened.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{Result, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfig, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_plan::sorts::sort::SortExec;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties};
use datafusion_datasource_parquet::ParquetRowSelection;
use parquet::arrow::arrow_reader::{RowSelection, RowSelector};

/// The rule.
#[derive(Debug)]
pub struct NewestRows;

impl PhysicalOptimizerRule for NewestRows {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|plan| {
            let Some(sort) = plan.downcast_ref::<SortExec>() else {
                return Ok(Transformed::no(plan));
            };
            let Some(scan) = ends_of_files(sort) else {
                return Ok(Transformed::no(plan));
            };
            let sorted = SortExec::new(sort.expr().clone(), scan)
                .with_fetch(sort.fetch())
                .with_preserve_partitioning(sort.preserve_partitioning());
            Ok(Transformed::yes(Arc::new(sorted) as _))
        })
        .data()
    }

    fn name(&self) -> &'static str {
        "newest_rows"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Which end of the files is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The first rows: the least values.
    First,
    /// The last rows: the greatest values.
    Last,
}

/// The scan below `sort`, reduced to what can be among the first rows of the sorted whole.
fn ends_of_files(sort: &SortExec) -> Option<Arc<dyn ExecutionPlan>> {
    let rows = sort.fetch()?;
    let [key] = &sort.expr()[..] else { return None };
    let scan = sort.input().downcast_ref::<DataSourceExec>()?;
    let (config, _) = scan.downcast_to_file_source::<ParquetSource>()?;
    let is_whole = config.limit.is_none() && config.file_source().filter().is_none();
    let column = table_column(config, key.expr.downcast_ref::<Column>()?)?;
    let end = match (key.options.descending, key.options.nulls_first) {
        (true, false) => End::Last,
        (false, _) => End::First,
        (true, true) => return None,
    };
    if !is_whole || rows == 0 {
        return None;
    }
    let all = config.file_groups.iter().flat_map(FileGroup::files);
    let known = all
        .map(|file| SortedFile::of(file, column, end))
        .collect::<Option<Vec<_>>>()?;
    let least = least_that_counts(known.clone(), rows, end);
    let mut known = known.into_iter();
    let mut groups = Vec::with_capacity(config.file_groups.len());
    for group in &config.file_groups {
        let mut files = Vec::new();
        for (file, known) in group.files().iter().zip(known.by_ref()) {
            if least.as_ref().is_none_or(|least| !end.is_behind(&known.nearest, least)) {
                files.push(known.reduced(file.clone(), rows, end));
            }
        }
        if !files.is_empty() {
            groups.push(FileGroup::new(files));
        }
    }
    let scan_schema = sort.input().schema();
    if groups.is_empty() || groups.len() > sort.input().output_partitioning().partition_count() {
        return None;
    }
    let reduced = FileScanConfigBuilder::from(config.clone())
        .with_file_groups(groups)
        .with_statistics(Statistics::new_unknown(
            config.file_source().table_schema().table_schema(),
        ))
        .build();
    let plan: Arc<dyn ExecutionPlan> = DataSourceExec::from_data_source(reduced);
    (plan.schema() == scan_schema).then_some(plan)
}

/// The position in the table of a column of the scan's output.
fn table_column(config: &FileScanConfig, column: &Column) -> Option<usize> {
    let Some(projection) = config.file_source().projection() else {
        return Some(column.index());
    };
    let projected = projection.iter().nth(column.index())?;
    Some(projected.expr.downcast_ref::<Column>()?.index())
}

/// A file that is sorted by the column asked for, the least first.
#[derive(Clone, Debug)]
struct SortedFile {
    rows: usize,
    /// Rows whose value is not null.
    set_rows: usize,
    /// The value of the row that comes first in the answer.
    nearest: ScalarValue,
    /// The value of the row that comes last of those that are set.
    farthest: ScalarValue,
}

impl SortedFile {
    /// `None` when not enough is known of the file for rows of it to be left out.
    fn of(file: &PartitionedFile, column: usize, end: End) -> Option<Self> {
        let ordering = file.ordering.as_ref()?.first();
        let is_sorted = ordering.expr.downcast_ref::<Column>()?.index() == column && !ordering.options.descending;
        let statistics = file.statistics.as_ref()?;
        let known = statistics.column_statistics.get(column)?;
        let (Precision::Exact(rows), Precision::Exact(nulls)) = (statistics.num_rows, known.null_count) else {
            return None;
        };
        // Nulls stand first in a file and last in the answer.
        if !is_sorted || file.range.is_some() || end == End::First && nulls > 0 || nulls > rows {
            return None;
        }
        let (least, greatest) = (known.min_value.get_value()?, known.max_value.get_value()?);
        let (nearest, farthest) = match end {
            End::First => (least, greatest),
            End::Last => (greatest, least),
        };
        Some(Self {
            rows,
            set_rows: rows - nulls,
            nearest: nearest.clone(),
            farthest: farthest.clone(),
        })
    }

    /// The file without the rows that cannot be among the first `rows`.
    fn reduced(&self, file: PartitionedFile, rows: usize, end: End) -> PartitionedFile {
        if rows >= self.rows {
            return file;
        }
        let selection = match end {
            End::First => vec![RowSelector::select(rows), RowSelector::skip(self.rows - rows)],
            End::Last => vec![RowSelector::skip(self.rows - rows), RowSelector::select(rows)],
        };
        file.with_extension(ParquetRowSelection::new(RowSelection::from(selection)))
    }
}

/// A value that at least `rows` rows reach; `None` when there are not so many. A file none of whose rows reaches it has
/// none in the answer.
fn least_that_counts(mut files: Vec<SortedFile>, rows: usize, end: End) -> Option<ScalarValue> {
    let nearer = |one: &SortedFile, other: &SortedFile| {
        let order = one.farthest.partial_cmp(&other.farthest).unwrap_or(Ordering::Equal);
        if end == End::Last { order.reverse() } else { order }
    };
    files.sort_by(nearer);
    let mut counted = 0;
    files.into_iter().find_map(|file| {
        counted += file.set_rows;
        (counted >= rows).then_some(file.farthest)
    })
}

impl End {
    /// Whether a row with `value` comes after rows with `other`, and never beside them.
    fn is_behind(self, value: &ScalarValue, other: &ScalarValue) -> bool {
        let behind = if self == Self::Last {
            Ordering::Less
        } else {
            Ordering::Greater
        };
        value.partial_cmp(other) == Some(behind)
    }
}
