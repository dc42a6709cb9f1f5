//! Statements and their rows as events, one a line, while they run.

use std::time::Duration;

use arrow::datatypes::Schema;
use axum::http::StatusCode;
use bytes::Bytes;
use flowtrail_query::output::RowArrays;
use flowtrail_query::{Answer, Part, Parts, QueryFigures};
use flowtrail_session::Session;
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;
use tokio::time::{MissedTickBehavior, interval};

use super::Asked;
use super::journal::{Ending, Running};
use crate::Problem;
use crate::columns::column;

/// How often it is said how far a statement is.
const PROGRESS: Duration = Duration::from_millis(250);
/// Rows in one event: a page shows some of them at a time and reads an event when it comes into view.
const ROWS_AT_ONCE: usize = 1000;

/// Why nothing more is said.
enum Stop {
    /// Somebody cancelled it, or nobody listens any more.
    Cancelled,
    /// It went wrong.
    Failed(Problem),
}

/// Runs statements one after another, and tells `to` what they give.
pub async fn run(asked: Asked, session: Session, running: Running, to: Sender<Bytes>) {
    let ended = all(&asked, &session, &running, &to).await;
    let ending = match ended {
        Ok(()) => Ending::Done,
        Err(Stop::Cancelled) => {
            tell(&to, &json!({"event": "cancelled"})).await;
            Ending::Cancelled
        }
        Err(Stop::Failed(problem)) => {
            let ending = Ending::Failed(problem.detail.clone());
            let problem = if asked.is_hidden { hidden() } else { problem };
            tell(&to, &json!({"event": "error", "problem": problem})).await;
            ending
        }
    };
    running.end(ending);
    if asked.is_hidden {
        return;
    }
    let scope = session.engine().scope();
    let left = json!({
        "event": "session",
        "database": scope.database,
        "schema": scope.schema,
        "accent": scope.accent.to_string(),
        "warehouse": session.warehouse(),
    });
    tell(&to, &left).await;
}

/// What somebody with a link is told, who sees no statement, and so no line of one.
fn hidden() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "the tile cannot be answered", None)
}

async fn all(asked: &Asked, session: &Session, running: &Running, to: &Sender<Bytes>) -> Result<(), Stop> {
    let count = asked.statements.len();
    for (index, statement) in asked.statements.iter().enumerate() {
        let line = asked.sql[..statement.offset].matches('\n').count() + 1;
        tell(
            to,
            &json!({"event": "statement", "index": index, "count": count, "line": line}),
        )
        .await;
        let sql = &asked.sql[statement.offset..statement.end];
        let answer = tokio::select! {
            answer = session.run(sql) => answer,
            () = unwanted(running, to) => return Err(Stop::Cancelled),
        };
        let answer =
            answer.map_err(|error| Stop::Failed(Problem::of_statement(error, &asked.sql, statement.offset)))?;
        one(asked, answer, running, to).await?;
    }
    Ok(())
}

/// Done once nobody wants the answer any more.
async fn unwanted(running: &Running, to: &Sender<Bytes>) {
    tokio::select! {
        () = running.cancelled() => {}
        () = to.closed() => {}
    }
}

async fn one(asked: &Asked, mut answer: Answer, running: &Running, to: &Sender<Bytes>) -> Result<(), Stop> {
    tell(to, &columns(asked, &answer)).await;
    let rows = RowArrays::new(&answer.schema);
    let most = asked.max_rows.unwrap_or(u64::MAX);
    let mut sent = 0;
    let mut is_cut = false;
    let mut ticks = interval(PROGRESS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks.reset();
    loop {
        let batch = tokio::select! {
            biased;
            () = unwanted(running, to) => return Err(Stop::Cancelled),
            _ = ticks.tick() => {
                let figures = answer.figures.get();
                running.note(&figures);
                tell(to, &figures_event("progress", &figures)).await;
                continue;
            }
            batch = answer.stream.next() => batch,
        };
        let Some(batch) = batch else { break };
        let batch = batch.map_err(|error| Stop::Failed(Problem::from(error)))?;
        let wanted = usize::try_from(most - sent).unwrap_or(usize::MAX).min(batch.num_rows());
        for start in (0..wanted).step_by(ROWS_AT_ONCE) {
            let part = batch.slice(start, ROWS_AT_ONCE.min(wanted - start));
            let line = rows_event(&rows, &part).map_err(Stop::Failed)?;
            if to.send(line).await.is_err() {
                return Err(Stop::Cancelled);
            }
        }
        sent += wanted as u64;
        if wanted < batch.num_rows() {
            is_cut = true;
            break;
        }
    }
    let figures = QueryFigures {
        rows: sent,
        ..answer.figures.get()
    };
    running.note_end(&figures);
    let mut event = figures_event("end", &figures);
    event["is_cut"] = is_cut.into();
    tell(to, &event).await;
    Ok(())
}

fn columns(asked: &Asked, answer: &Answer) -> Value {
    let mut event = json!({"event": "columns", "columns": described(&answer.schema)});
    if asked.has_scope {
        let (lacking, rest): (Vec<_>, Vec<_>) = answer.restricted.iter().partition(|one| !one.lacks.is_empty());
        let restricted: Vec<_> = rest.iter().map(|one| one.relation.as_str()).collect();
        let unrestricted: Vec<_> = lacking
            .iter()
            .map(|one| json!({"relation": one.relation, "lacks": lacked(one.lacks)}))
            .collect();
        event["scope"] = json!({"restricted": restricted, "unrestricted": unrestricted});
    }
    event
}

fn lacked(parts: Parts) -> Vec<Part> {
    parts.iter().collect()
}

fn described(schema: &Schema) -> Vec<Value> {
    schema.fields().iter().map(|field| column(field)).collect()
}

fn rows_event(rows: &RowArrays, part: &arrow::array::RecordBatch) -> Result<Bytes, Problem> {
    let mut line = br#"{"event":"rows","rows":"#.to_vec();
    rows.write(part, &mut line)?;
    line.extend_from_slice(b"}\n");
    Ok(line.into())
}

fn figures_event(event: &str, figures: &QueryFigures) -> Value {
    json!({
        "event": event,
        "rows": figures.rows,
        "bytes_scanned": figures.bytes_scanned,
        "files_read": figures.files_read,
        "files_total": figures.files_total,
        "elapsed_ms": figures.elapsed.as_secs_f64() * 1000.0,
    })
}

/// Says something. Where nobody listens any more, whoever asks next hears of it.
async fn tell(to: &Sender<Bytes>, event: &Value) {
    let mut line = event.to_string().into_bytes();
    line.push(b'\n');
    let _ = to.send(line.into()).await;
}
