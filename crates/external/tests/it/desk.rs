//! What the tests are written with: a folder of files, a definition over it, and questions.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::util::pretty::pretty_format_batches;
use datafusion::physical_plan::{ExecutionPlan, SendableRecordBatchStream, collect};
use datafusion::prelude::{SessionConfig, SessionContext};
use flate2::Compression;
use flate2::write::GzEncoder;
use flowtrail_catalog::{Column, ExternalTable, Partition};
use flowtrail_external::{Access, ExternalProvider};
use flowtrail_lake::scan::{Figures, ScanFigures};
use tempfile::TempDir;

pub const REGEX: &str = "org.apache.hadoop.hive.serde2.RegexSerDe";

pub struct Desk {
    pub folder: TempDir,
    pub table: ExternalTable,
}

/// What a question came to.
#[derive(Debug)]
pub struct Answer {
    /// Values of rows, with `|` between them.
    pub rows: Vec<String>,
    pub figures: ScanFigures,
    pub bytes_scanned: usize,
}

pub fn columns(declared: &str) -> Vec<Column> {
    let column = |text: &str| {
        let (name, column_type) = text.trim().split_once(' ').unwrap();
        Column {
            name: name.to_owned(),
            column_type: column_type.parse().unwrap(),
            comment: None,
        }
    };
    declared
        .split(';')
        .filter(|text| !text.trim().is_empty())
        .map(column)
        .collect()
}

pub fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

impl Desk {
    /// Columns are declared as `name type; name type`.
    pub fn new(declared: &str, serde: Option<&str>, properties: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let table = ExternalTable {
            columns: columns(declared),
            serde: serde.map(str::to_owned),
            serde_properties: properties.iter().copied().collect(),
            location: folder.path().to_str().unwrap().to_owned(),
            ..ExternalTable::default()
        };
        Self { folder, table }
    }

    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn place(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.path().to_str().unwrap())
    }

    pub fn add(&mut self, values: &[&str], folder: &str) {
        let location = self.place(folder);
        self.table.partitions.push(Partition {
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            location,
        });
    }

    pub fn set(&mut self, properties: &[(&str, &str)]) {
        for (name, value) in properties {
            self.table.properties.set(*name, *value);
        }
    }

    pub async fn ask(&self, sql: &str) -> Result<Answer, String> {
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(3));
        let figures = Figures::default();
        let table = Arc::new(self.table.clone());
        let provider = ExternalProvider::new("t", table, Access::default(), figures.clone());
        let provider = provider.map_err(|error| error.to_string())?;
        context.register_table("t", Arc::new(provider)).unwrap();
        let told = |error: datafusion::error::DataFusionError| match error.find_root() {
            datafusion::error::DataFusionError::External(error) => error.to_string(),
            other => other.to_string(),
        };
        let frame = context.sql(sql).await.map_err(told)?;
        let plan = frame.create_physical_plan().await.map_err(told)?;
        let batches = collect(Arc::clone(&plan), context.task_ctx()).await.map_err(told)?;
        let shown = pretty_format_batches(&batches).unwrap().to_string();
        let row = |line: &str| {
            let cells = line.trim_matches('|').split('|').map(str::trim);
            cells.collect::<Vec<_>>().join("|")
        };
        Ok(Answer {
            rows: shown
                .lines()
                .filter(|line| line.starts_with('|'))
                .skip(1)
                .map(row)
                .collect(),
            figures: figures.total(),
            bytes_scanned: bytes_scanned(plan.as_ref()),
        })
    }

    pub async fn stream(&self, sql: &str) -> SendableRecordBatchStream {
        let context = SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        let table = Arc::new(self.table.clone());
        let provider = ExternalProvider::new("t", table, Access::default(), Figures::default()).unwrap();
        context.register_table("t", Arc::new(provider)).unwrap();
        context.sql(sql).await.unwrap().execute_stream().await.unwrap()
    }

    pub async fn rows(&self, sql: &str) -> Vec<String> {
        self.ask(sql).await.unwrap().rows
    }
}

fn bytes_scanned(plan: &dyn ExecutionPlan) -> usize {
    let own = plan.metrics().and_then(|metrics| metrics.sum_by_name("bytes_scanned"));
    let below: usize = plan
        .children()
        .into_iter()
        .map(|child| bytes_scanned(child.as_ref()))
        .sum();
    own.map_or(0, |own| own.as_usize()) + below
}
