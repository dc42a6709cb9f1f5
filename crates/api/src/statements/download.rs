//! The answer of one statement as a file, while it is worked out.

use std::io::{self, Write};

use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, Response, StatusCode};
use bytes::Bytes;
use flowtrail_query::Answer;
use flowtrail_query::output::{Destination, OutputFormat, OutputOptions, write_stream};
use flowtrail_session::Session;
use futures::StreamExt;
use tokio::sync::mpsc::{Sender, channel};

use super::journal::{Ending, Running};
use super::{Asked, body_of};
use crate::Problem;

/// Pieces of a file that wait to be taken.
const PIECES_AHEAD: usize = 4;
/// A file goes out in pieces of this size.
const PIECE_BYTES: usize = 64 << 10;

/// What a client takes an answer as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A format that the command line has too.
    Format(OutputFormat, &'static str),
    /// Arrow's stream of batches.
    Arrow,
}

impl FileKind {
    /// The file that the header `Accept` asks for; `None` for events.
    pub fn accepted(accept: &str) -> Option<Self> {
        const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let known = [
            ("text/csv", Self::Format(OutputFormat::Csv, "text/csv; charset=utf-8")),
            ("application/json", Self::Format(OutputFormat::Json, "application/json")),
            (XLSX, Self::Format(OutputFormat::Xlsx, XLSX)),
            (
                "application/vnd.apache.parquet",
                Self::Format(OutputFormat::Parquet, "application/vnd.apache.parquet"),
            ),
            (ARROW, Self::Arrow),
        ];
        let wanted = accept
            .split(',')
            .map(|one| one.split(';').next().unwrap_or_default().trim());
        wanted
            .filter_map(|wanted| known.iter().find(|(name, _)| wanted.eq_ignore_ascii_case(name)))
            .map(|(_, kind)| *kind)
            .next()
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Format(_, content_type) => content_type,
            Self::Arrow => ARROW,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Format(format, _) => format.name(),
            Self::Arrow => "arrows",
        }
    }
}

const ARROW: &str = "application/vnd.apache.arrow.stream";

/// Runs the statement, and gives its answer as a file. What fails later ends the body early, so that no part of a file
/// is taken for the whole.
pub async fn file(asked: Asked, session: Session, running: Running, kind: FileKind) -> Result<Response<Body>, Problem> {
    let [statement] = asked.statements.as_slice() else {
        let message = format!("{} statements cannot go to one file", asked.statements.len());
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            message,
            Some("send one at a time"),
        ));
    };
    let answer = tokio::select! {
        answer = session.run(&asked.sql[statement.offset..statement.end]) => answer,
        () = running.cancelled() => {
            return Err(Problem::new(StatusCode::CONFLICT, "the statement was cancelled", None));
        }
    };
    let answer = answer.map_err(|error| Problem::of_statement(error, &asked.sql, statement.offset));
    let answer = answer.inspect_err(|problem| running.end(Ending::Failed(problem.detail.clone())))?;
    let (to, pieces) = channel(PIECES_AHEAD);
    tokio::spawn(write(answer, running, kind, to));
    let mut response = Response::new(body_of(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind.content_type()));
    let name = format!("attachment; filename=\"answer.{}\"", kind.ending());
    if let Ok(name) = name.parse() {
        headers.insert(CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

type Piece = io::Result<Bytes>;

async fn write(answer: Answer, running: Running, kind: FileKind, to: Sender<Piece>) {
    let figures = answer.figures.clone();
    let written = async {
        match kind {
            FileKind::Format(format, _) => formatted(answer, format, to.clone()).await,
            FileKind::Arrow => batches(answer, &to).await,
        }
    };
    let written = tokio::select! {
        written = written => written,
        () = running.cancelled() => Err("the statement was cancelled".to_owned()),
    };
    running.note_end(&figures.get());
    match written {
        Ok(()) => running.end(Ending::Done),
        Err(error) => {
            running.end(Ending::Failed(error.clone()));
            // Nobody there has no need to know.
            let _ = to.send(Err(io::Error::other(error))).await;
        }
    }
}

async fn formatted(answer: Answer, format: OutputFormat, to: Sender<Piece>) -> Result<(), String> {
    let options = OutputOptions {
        format,
        // What is in logs was written by whoever sent the traffic.
        escape_formulas: true,
        csv_bom: format == OutputFormat::Csv,
        ..OutputOptions::default()
    };
    let writer = Pieces { held: Vec::new(), to };
    let destination = Destination::Writer(Box::new(writer));
    let written = write_stream(answer.schema, answer.stream, options, destination).await;
    written.map(|_| ()).map_err(|error| error.to_string())
}

async fn batches(mut answer: Answer, to: &Sender<Piece>) -> Result<(), String> {
    let arrow = |error: ArrowError| error.to_string();
    let mut writer = StreamWriter::try_new(Vec::new(), &answer.schema).map_err(arrow)?;
    while let Some(batch) = answer.stream.next().await {
        let batch = batch.map_err(|error| error.to_string())?;
        writer.write(&batch).map_err(arrow)?;
        let piece = std::mem::take(writer.get_mut());
        if to.send(Ok(piece.into())).await.is_err() {
            return Err("nobody takes the answer any more".to_owned());
        }
    }
    writer.finish().map_err(arrow)?;
    let piece = std::mem::take(writer.get_mut());
    let _ = to.send(Ok(piece.into())).await;
    Ok(())
}

/// A writer on a thread of its own, whose bytes go out in pieces.
struct Pieces {
    held: Vec<u8>,
    to: Sender<Piece>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.held);
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        self.to.blocking_send(Ok(piece.into())).map_err(gone)
    }
}

impl Drop for Pieces {
    /// Formats do not flush at their end.
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted_decides() {
        assert_eq!(FileKind::accepted("*/*"), None);
        assert_eq!(FileKind::accepted("application/x-ndjson"), None);
        assert_eq!(
            FileKind::accepted("text/html, TEXT/CSV;q=0.9").map(FileKind::ending),
            Some("csv")
        );
        assert_eq!(FileKind::accepted(ARROW), Some(FileKind::Arrow));
    }
}
