//! What the tests are written with: a lake, a folder of files, and statements.

use std::io::Write;

use arrow::array::AsArray;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use flate2::Compression;
use flate2::write::GzEncoder;
use flowtrail_lake::Lake;
use flowtrail_query::{Engine, EngineSettings};
use flowtrail_session::Session;
use flowtrail_source::AwsSettings;
use futures::TryStreamExt;
use tempfile::TempDir;

pub struct Desk {
    folder: TempDir,
    session: Session,
}

pub fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

impl Desk {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let aws = AwsSettings::default();
        let lake = folder.path().join("lake");
        let lake = Lake::open(lake.to_str().unwrap(), &aws).await.unwrap();
        let engine = Engine::new(lake, EngineSettings::default()).unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        Self {
            session: Session::new(engine, aws),
            folder,
        }
    }

    pub fn place(&self) -> String {
        let real = self.folder.path().canonicalize().unwrap();
        real.join("in").to_str().unwrap().to_owned()
    }

    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.path().join("in").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    async fn batches(&self, sql: &str) -> Result<Vec<RecordBatch>, String> {
        let failed = |error: &dyn std::fmt::Display| error.to_string();
        let answer = self.session.run(sql).await.map_err(|error| failed(&error))?;
        answer.stream.try_collect().await.map_err(|error| failed(&error))
    }

    /// Values of rows, with `|` between them; the place that is crawled is `<in>`.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        self.ask(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub async fn ask(&self, sql: &str) -> Result<Vec<String>, String> {
        let mut rows = Vec::new();
        for batch in self.batches(sql).await? {
            let options = FormatOptions::default();
            let columns = batch.columns().iter();
            let columns: Vec<_> = columns
                .map(|column| ArrayFormatter::try_new(column, &options).unwrap())
                .collect();
            for row in 0..batch.num_rows() {
                let values: Vec<String> = columns.iter().map(|column| column.value(row).to_string()).collect();
                rows.push(values.join("|").replace(&self.place(), "<in>"));
            }
        }
        Ok(rows)
    }

    /// The answer of a crawl, without what the objects are and how many.
    pub async fn crawl(&self, options: &str) -> Vec<String> {
        self.rows(&format!("CRAWL '{}' {options}", self.place())).await
    }

    /// Columns of a table as they are declared, those of its partitions last.
    pub async fn columns(&self, table: &str) -> String {
        let statement = self.batches(&format!("SHOW CREATE TABLE {table}")).await.unwrap();
        let text = statement[0].column(0).as_string::<i32>().value(0).to_owned();
        let columns = text.lines().filter_map(|line| line.strip_prefix("  `"));
        let columns = columns.map(|line| line.trim_end_matches(',').replace("` ", " "));
        columns.collect::<Vec<_>>().join(", ")
    }
}
