//! An external table as the query engine sees it.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use chrono::Utc;
use datafusion::catalog::{Session, TableProvider};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use flowtrail_catalog::ExternalTable;
use flowtrail_lake::scan::{Figures, ScanFigures};

use crate::access::{Access, Places};
use crate::error::ExternalError;
use crate::format::Format;
use crate::partition::{PartitionFilters, choose, is_over_partitions};
use crate::scan::ExternalScan;
use crate::table::Table;
use crate::{listing, parquet};

/// The table as the engine asks it. Its files are those that are there when a statement is planned.
#[derive(Debug)]
pub struct ExternalProvider {
    table: Arc<Table>,
    definition: Arc<ExternalTable>,
    access: Access,
    figures: Figures,
}

impl ExternalProvider {
    /// The table of a definition. What its scans read is noted in `figures`, under `name`.
    ///
    /// # Errors
    /// The definition is wrong, as [`crate::check`] says it.
    pub fn new(
        name: &str,
        definition: Arc<ExternalTable>,
        access: Access,
        figures: Figures,
    ) -> Result<Self, ExternalError> {
        Ok(Self {
            table: Arc::new(Table::of(name, &definition)?),
            definition,
            access,
            figures,
        })
    }
}

#[async_trait]
impl TableProvider for ExternalProvider {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.table.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    /// Conditions over partition columns alone are settled by choosing partitions; what is over the columns of Parquet
    /// files also chooses row groups, and must be evaluated again.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let support = |filter: &&Expr| {
            if is_over_partitions(&self.table, filter) {
                return TableProviderFilterPushDown::Exact;
            }
            match self.table.format {
                Format::Parquet => TableProviderFilterPushDown::Inexact,
                Format::Text(_) => TableProviderFilterPushDown::Unsupported,
            }
        };
        Ok(filters.iter().map(support).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.table.schema.fields().len()).collect();
        let columns = projection.unwrap_or(&all);
        let settled = filters.iter().all(|filter| is_over_partitions(&self.table, filter));
        let limit = limit.filter(|_| settled);
        let filters = PartitionFilters::new(&self.table, state, filters)?;
        let places = Places::new(&self.access, Some(Arc::clone(state.runtime_env())));
        let chosen = choose(&self.table, &self.definition, &filters, &places, Utc::now()).await?;
        let partitions_read = if chosen.total == 0 {
            0
        } else {
            chosen.places.len() as u64
        };
        let files = listing::list(&places, chosen.places).await?;
        self.figures.note(
            &self.table.name,
            ScanFigures {
                files_total: files.len() as u64,
                files_read: files.len() as u64,
                partitions_total: chosen.total,
                partitions_read,
            },
        );
        if files.is_empty() {
            return Ok(Arc::new(EmptyExec::new(Arc::new(self.table.schema.project(columns)?))));
        }
        let streams = state.config().target_partitions();
        match self.table.format {
            Format::Text(_) => {
                let streams = listing::deal(files, streams);
                Ok(Arc::new(ExternalScan::new(
                    Arc::clone(&self.table),
                    streams,
                    columns,
                    limit,
                )?))
            }
            Format::Parquet => parquet::plan(state, &self.table, files, columns, limit),
        }
    }
}
