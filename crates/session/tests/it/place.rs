//! A lake and a folder of files beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use flowtrail_lake::Lake;
use flowtrail_query::{Engine, EngineSettings, QueryFigures};
use flowtrail_session::{Session, SessionError};
use flowtrail_source::AwsSettings;
use futures::TryStreamExt;
use parquet::arrow::ArrowWriter;

/// A session over a lake of its own, and files beside it; all go when this does.
pub struct Site {
    pub session: Session,
    folder: tempfile::TempDir,
}

pub fn site() -> Site {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("files")).unwrap();
    let session = session(&folder.path().join("lake"));
    Site { session, folder }
}

fn session(lake: &Path) -> Session {
    let settings = EngineSettings {
        parallelism: Some(2),
        ..EngineSettings::default()
    };
    let lake = Lake::open_folder(lake.to_owned()).unwrap();
    Session::new(Engine::new(lake, settings).unwrap(), AwsSettings::default())
}

impl Site {
    /// Another process on the same lake.
    pub fn another(&self) -> Session {
        session(&self.folder.path().join("lake"))
    }

    /// Where files are.
    pub fn files(&self) -> PathBuf {
        self.folder.path().join("files").canonicalize().unwrap()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.files().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// A Parquet file of flows: bytes, source and start.
    pub fn write_flows(&self, name: &str, flows: &[(i64, &str, i64)]) {
        let columns: [(&str, ArrayRef); 3] = [
            (
                "bytes",
                Arc::new(flows.iter().map(|flow| flow.0).collect::<Int64Array>()),
            ),
            (
                "srcaddr",
                Arc::new(flows.iter().map(|flow| Some(flow.1)).collect::<StringArray>()),
            ),
            (
                "start",
                Arc::new(flows.iter().map(|flow| flow.2).collect::<Int64Array>()),
            ),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        self.write(name, bytes);
    }

    /// Runs statements one after another; the answer of the last, a line a row.
    pub async fn run(&self, sql: &str) -> Vec<String> {
        run(&self.session, sql).await
    }

    /// The error of a statement, with its hint.
    pub async fn error(&self, sql: &str) -> String {
        let error: SessionError = self.session.run(&self.placed(sql)).await.expect_err(sql);
        match error.hint() {
            Some(hint) => format!("{error}\nhint: {hint}"),
            None => error.to_string(),
        }
    }

    /// A statement with `FILES` as the folder's name.
    pub fn placed(&self, sql: &str) -> String {
        sql.replace("FILES", self.files().to_str().unwrap())
    }

    pub async fn run_placed(&self, sql: &str) -> Vec<String> {
        self.run(&self.placed(sql)).await
    }

    pub async fn figures(&self, sql: &str) -> QueryFigures {
        let mut answer = self.session.run(sql).await.unwrap();
        while answer.stream.try_next().await.unwrap().is_some() {}
        answer.figures.get()
    }
}

pub async fn run(session: &Session, sql: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for statement in flowtrail_query::statements::split(sql) {
        rows.clear();
        let answer = session.run(statement.text).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error} {:?}", statement.text, error.hint()));
        let batches: Vec<RecordBatch> = answer.stream.try_collect().await.unwrap();
        for batch in &batches {
            rows.extend((0..batch.num_rows()).map(|row| shown(batch, row)));
        }
    }
    rows
}

fn shown(batch: &RecordBatch, row: usize) -> String {
    let value = |column: &ArrayRef| {
        if column.is_null(row) {
            return "-".to_owned();
        }
        arrow::util::display::array_value_to_string(column, row).unwrap()
    };
    batch.columns().iter().map(value).collect::<Vec<_>>().join(" ")
}
