//! A table as the query engine sees it.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DFSchema, Result};
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use super::file_statistics::{FileStatistics, FilesToPrune};
use super::files::{FileScan, Streams};
use super::reader::KeptFooters;
use super::{Figures, ScanFigures};
use crate::column::scanned_schema;
use crate::{Snapshot, TableDefinition};

/// A snapshot of a table, to be scanned. The files of a statement are those of the snapshot, whatever is committed
/// meanwhile.
#[derive(Debug)]
pub struct LakeTable {
    definition: Arc<TableDefinition>,
    snapshot: Option<Snapshot>,
    schema: SchemaRef,
    figures: Figures,
}

impl LakeTable {
    /// The table at `snapshot`, or as it will be made when nothing was ever loaded into it. What its scans read is noted
    /// in `figures`.
    pub fn new(definition: Arc<TableDefinition>, snapshot: Option<Snapshot>, figures: Figures) -> Self {
        let stored = snapshot.as_ref().map_or(&definition.columns, Snapshot::schema);
        let schema = scanned_schema(&with_lacking(stored, &definition.columns));
        Self {
            definition,
            snapshot,
            schema,
            figures,
        }
    }

    fn statistics_of_files(&self) -> &[FileStatistics] {
        self.snapshot.as_ref().map_or(&[], Snapshot::statistics)
    }

    fn files(&self) -> &[crate::DataFile] {
        self.snapshot.as_ref().map_or(&[], Snapshot::files)
    }

    /// For each file, whether it can hold a row that `filters` let through.
    fn prune(&self, state: &dyn Session, filters: &[Expr]) -> Result<Vec<bool>> {
        let files = self.statistics_of_files();
        let Some(filter) = conjunction(filters.iter().cloned()) else {
            return Ok(vec![true; files.len()]);
        };
        let columns = DFSchema::try_from(Arc::clone(&self.schema))?;
        let predicate = state.create_physical_expr(filter, &columns)?;
        let pruning = PruningPredicateBuilder::new()
            .with_file_schema(Arc::clone(&self.schema))
            .try_build(predicate)?;
        pruning.prune(&FilesToPrune {
            files,
            schema: &self.schema,
        })
    }

    fn note(&self, kept: &[bool]) {
        let days = |keep: &dyn Fn(usize) -> bool| {
            let days: std::collections::HashSet<_> = self
                .files()
                .iter()
                .enumerate()
                .filter(|(number, _)| keep(*number))
                .map(|(_, file)| &file.day)
                .collect();
            days.len() as u64
        };
        let partitioned = !self.definition.partition_columns().is_empty();
        self.figures.note(
            &self.definition.qualified_name(),
            ScanFigures {
                files_total: kept.len() as u64,
                files_read: kept.iter().filter(|kept| **kept).count() as u64,
                partitions_total: if partitioned { days(&|_| true) } else { 0 },
                partitions_read: if partitioned { days(&|number| kept[number]) } else { 0 },
            },
        );
    }
}

/// The stored columns, and those of the definition that a table made by an earlier version lacks: they are NULL.
fn with_lacking(stored: &Schema, definition: &Schema) -> Schema {
    let lacking = definition
        .fields()
        .iter()
        .filter(|field| stored.column_with_name(field.name()).is_none());
    Schema::new(stored.fields().iter().chain(lacking).cloned().collect::<Vec<_>>())
}

#[async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let kept = self.prune(state, filters)?;
        self.note(&kept);
        let files: Vec<_> = self
            .files()
            .iter()
            .zip(self.statistics_of_files())
            .zip(&kept)
            .filter_map(|(file, kept)| kept.then_some(file))
            .collect();
        if files.is_empty() {
            let schema = match projection {
                Some(columns) => Arc::new(self.schema.project(columns)?),
                None => Arc::clone(&self.schema),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let scan = FileScan {
            schema: &self.schema,
            files,
            order: self.definition.time_column,
            projection,
            limit: limit.filter(|_| filters.is_empty()),
            streams: Streams::AtMost(state.config().target_partitions()),
            readers: Some(KeptFooters::of(state)?),
        };
        scan.plan()
    }
}
