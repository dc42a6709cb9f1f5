//! A lake of a few records, and asking it.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Int32Array, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use flowtrail_lake::definition;
use flowtrail_lake::stage::{Part, stage};
use flowtrail_lake::{Change, Lake};
use flowtrail_query::{Engine, EngineSettings, QueryError, QueryFigures};
use futures::TryStreamExt;

pub const DAY_S: i64 = 86_400;
/// 2026-11-01 00:00:00 UTC.
pub const FIRST_S: i64 = 1_793_491_200;

/// A lake in a folder that goes when this does.
pub struct TestLake {
    pub engine: Engine,
    _folder: tempfile::TempDir,
}

/// A flow record; what it leaves out is NULL.
#[derive(Clone, Copy, Default)]
#[allow(clippy::struct_field_names, reason = "the names are the columns'")]
pub struct Flow {
    pub start: Option<i64>,
    pub srcaddr: Option<&'static str>,
    pub dstaddr: Option<&'static str>,
    pub protocol: Option<i32>,
    pub bytes: Option<i64>,
    pub action: Option<&'static str>,
    pub tcp_flags: Option<i32>,
    pub flow_direction: Option<&'static str>,
}

/// A CloudTrail event; what it leaves out is NULL.
#[derive(Clone, Copy, Default)]
pub struct Event {
    pub time: i64,
    pub source: &'static str,
    pub name: &'static str,
    pub identity_type: Option<&'static str>,
    pub identity_arn: Option<&'static str>,
    pub user_name: Option<&'static str>,
    pub error: Option<&'static str>,
    pub readonly: Option<bool>,
}

pub fn empty() -> TestLake {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open_folder(folder.path().join("lake")).unwrap();
    let settings = EngineSettings {
        parallelism: Some(2),
        ..EngineSettings::default()
    };
    TestLake {
        engine: Engine::new(lake, settings).unwrap(),
        _folder: folder,
    }
}

/// Three days of flow records, a file a day: a talk over TCP, one over IPv6, and a refused one.
pub async fn of_flows() -> TestLake {
    let lake = empty();
    let talk = Flow {
        start: Some(FIRST_S + 60),
        srcaddr: Some("10.0.0.1"),
        dstaddr: Some("10.0.0.2"),
        protocol: Some(6),
        bytes: Some(1500),
        action: Some("ACCEPT"),
        tcp_flags: Some(18),
        flow_direction: None,
    };
    let second = Flow {
        start: Some(FIRST_S + DAY_S + 60),
        srcaddr: Some("fd00::1"),
        dstaddr: Some("2001:db8::1"),
        protocol: Some(17),
        ..talk
    };
    let third = Flow {
        start: Some(FIRST_S + 2 * DAY_S + 60),
        srcaddr: Some("203.0.113.9"),
        action: Some("REJECT"),
        protocol: Some(200),
        ..talk
    };
    for flow in [talk, second, third] {
        lake.load_flows(&[flow]).await;
    }
    lake
}

impl TestLake {
    pub async fn load_flows(&self, flows: &[Flow]) {
        let text = |value: fn(&Flow) -> Option<&'static str>| -> ArrayRef {
            Arc::new(flows.iter().map(value).collect::<StringViewArray>())
        };
        let int =
            |value: fn(&Flow) -> Option<i32>| -> ArrayRef { Arc::new(flows.iter().map(value).collect::<Int32Array>()) };
        let long =
            |value: fn(&Flow) -> Option<i64>| -> ArrayRef { Arc::new(flows.iter().map(value).collect::<Int64Array>()) };
        let batch = RecordBatch::try_from_iter([
            ("start", long(|flow| flow.start)),
            ("end", long(|flow| flow.start.map(|start| start + 30))),
            ("srcaddr", text(|flow| flow.srcaddr)),
            ("dstaddr", text(|flow| flow.dstaddr)),
            ("protocol", int(|flow| flow.protocol)),
            ("bytes", long(|flow| flow.bytes)),
            ("action", text(|flow| flow.action)),
            ("tcp_flags", int(|flow| flow.tcp_flags)),
            ("flow_direction", text(|flow| flow.flow_direction)),
        ]);
        self.load("vpc_flow", batch.unwrap()).await;
    }

    pub async fn load_events(&self, events: &[Event]) {
        let text = |value: fn(&Event) -> Option<&'static str>| -> ArrayRef {
            Arc::new(events.iter().map(value).collect::<StringViewArray>())
        };
        let times = TimestampMicrosecondArray::from_iter_values(events.iter().map(|event| event.time * 1_000_000));
        let batch = RecordBatch::try_from_iter([
            ("eventtime", Arc::new(times.with_timezone("UTC")) as ArrayRef),
            ("eventsource", text(|event| Some(event.source))),
            ("eventname", text(|event| Some(event.name))),
            ("identity_type", text(|event| event.identity_type)),
            ("identity_arn", text(|event| event.identity_arn)),
            ("identity_user_name", text(|event| event.user_name)),
            ("errorcode", text(|event| event.error)),
            (
                "readonly",
                Arc::new(events.iter().map(|event| event.readonly).collect::<BooleanArray>()),
            ),
        ]);
        self.load("cloudtrail", batch.unwrap()).await;
    }

    async fn load(&self, name: &str, batch: RecordBatch) {
        let table = self.engine.lake().table(definition::find("logs", name).unwrap());
        let part = Part {
            batch,
            object: Some("object".into()),
            fallback_day: None,
        };
        let add = stage(&table, vec![part]).await.unwrap();
        table
            .commit(&Change {
                add,
                ..Change::default()
            })
            .await
            .unwrap();
    }

    /// The answer as a table, and what it cost.
    pub async fn ask_with_figures(&self, sql: &str) -> Result<(String, QueryFigures), QueryError> {
        let answer = self.engine.run(sql).await?;
        let schema = Arc::clone(&answer.schema);
        let batches: Vec<RecordBatch> = answer.stream.try_collect().await?;
        let shown = arrow::util::pretty::pretty_format_batches_with_schema(schema, &batches).unwrap();
        Ok((shown.to_string(), answer.figures.get()))
    }

    pub async fn ask(&self, sql: &str) -> String {
        match self.ask_with_figures(sql).await {
            Ok((answer, _)) => answer,
            Err(error) => panic!("{sql}: {error}"),
        }
    }

    /// Error and hint as a terminal shows them.
    pub async fn complaint(&self, sql: &str) -> String {
        let error = match self.ask_with_figures(sql).await {
            Ok((answer, _)) => panic!("{sql} has an answer:\n{answer}"),
            Err(error) => error,
        };
        match error.hint() {
            Some(hint) => format!("{error}\nhint: {hint}"),
            None => error.to_string(),
        }
    }
}
