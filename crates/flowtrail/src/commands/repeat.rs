//! `flowtrail sql --repeat`: how long statements take in a warm process.

use std::num::NonZeroU32;

use flowtrail_query::QueryFigures;
use flowtrail_query::statements::Statement;
use flowtrail_session::Session;
use futures::TryStreamExt;
use serde_json::json;

use super::sql::{figures_json, figures_line};
use crate::failure::Failure;
use crate::stdout;

/// Runs each statement `times` times, without printing its rows, and prints what each run cost.
pub async fn repeat(
    session: &Session,
    statements: &[Statement<'_>],
    times: NonZeroU32,
    json: bool,
) -> Result<(), Failure> {
    for statement in statements {
        let mut runs = Vec::new();
        for _ in 0..times.get() {
            runs.push(run(session, statement.text).await?);
        }
        if json {
            let runs: Vec<_> = runs.iter().map(figures_json).collect();
            stdout::print_line(json!({"statement": statement.text, "runs": runs}))?;
            continue;
        }
        stdout::print_line(statement.text.split_whitespace().collect::<Vec<_>>().join(" "))?;
        for figures in &runs {
            stdout::print_line(format_args!("  {}", figures_line(figures)))?;
        }
    }
    Ok(())
}

async fn run(session: &Session, statement: &str) -> Result<QueryFigures, Failure> {
    let mut answer = session.run(statement).await?;
    while answer.stream.try_next().await?.is_some() {}
    Ok(answer.figures.get())
}
