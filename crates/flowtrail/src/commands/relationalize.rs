//! `flowtrail relationalize`: the statement `RELATIONALIZE`, from the command line.

use super::{Context, Outcome};
use crate::arguments::{RelationalizeArguments, SqlArguments};

/// Runs `flowtrail relationalize`.
pub async fn run(context: &Context, arguments: &RelationalizeArguments) -> Outcome {
    super::sql::run(context, SqlArguments::of(statement(arguments))).await
}

fn statement(arguments: &RelationalizeArguments) -> String {
    let most = arguments.max_columns.map(|most| format!(" MAX COLUMNS {most}"));
    format!(
        "RELATIONALIZE {} INTO {}{}",
        arguments.source,
        arguments.target,
        most.unwrap_or_default()
    )
}
