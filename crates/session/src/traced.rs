//! What a trace has of a statement, from its arrival until its last row is taken.

use std::pin::Pin;
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use flowtrail_query::{Answer, AnswerFigures, QueryError};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use tracing::field::{Empty, display};
use tracing::{Span, info_span};

use crate::SessionError;

/// A trace has so much of a statement's text.
const TEXT_CHARACTERS: usize = 1000;

/// The span of a statement that arrives.
pub fn span(sql: &str) -> Span {
    info_span!(
        "sql.statement",
        db.system.name = "flowtrail",
        db.query.text = beginning(sql),
        db.response.returned_rows = Empty,
        flowtrail.bytes_scanned = Empty,
        flowtrail.files_read = Empty,
        otel.status_description = Empty,
    )
}

fn beginning(sql: &str) -> &str {
    let end = sql.char_indices().nth(TEXT_CHARACTERS).map_or(sql.len(), |(at, _)| at);
    &sql[..end]
}

/// The answer, whose rows are worked out within `span`; with the last of them it ends.
pub fn followed(answered: Result<Answer, SessionError>, span: Span) -> Result<Answer, SessionError> {
    if span.is_disabled() {
        return answered;
    }
    match answered {
        Ok(mut answer) => {
            let rows = TracedRows {
                rows: answer.stream,
                figures: answer.figures.clone(),
                span,
            };
            answer.stream = rows.boxed();
            Ok(answer)
        }
        Err(error) => {
            span.record("otel.status_description", display(&error));
            Err(error)
        }
    }
}

/// The rows of an answer, and the span that they are worked out in.
struct TracedRows {
    rows: BoxStream<'static, Result<RecordBatch, QueryError>>,
    figures: AnswerFigures,
    span: Span,
}

impl Stream for TracedRows {
    type Item = Result<RecordBatch, QueryError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        let _within = this.span.enter();
        let polled = this.rows.poll_next_unpin(context);
        if let Poll::Ready(Some(Err(error))) = &polled {
            this.span.record("otel.status_description", display(error));
        }
        polled
    }
}

/// Whoever asked may have enough before the last row.
impl Drop for TracedRows {
    fn drop(&mut self) {
        let figures = self.figures.get();
        self.span
            .record("db.response.returned_rows", figures.rows as i64)
            .record("flowtrail.bytes_scanned", figures.bytes_scanned as i64)
            .record("flowtrail.files_read", figures.files_read as i64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(beginning("SELECT 1"), "SELECT 1");
        assert_eq!(beginning(&"é".repeat(1200)), "é".repeat(1000));
    }
}
