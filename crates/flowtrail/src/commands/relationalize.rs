//! `flowtrail relationalize`: the statement `RELATIONALIZE`, from the command line.

use super::{Context, Outcome};
use crate::arguments::{RelationalizeArguments, SqlArguments};

/// Runs `flowtrail relationalize`.
pub async fn run(context: &Context, arguments: &RelationalizeArguments) -> Outcome {
    super::sql::run(context, SqlArguments::of(statement(arguments))).await
}

fn statement(arguments: &RelationalizeArguments) -> String {
    let mut statement = format!("RELATIONALIZE {} INTO {}", arguments.source, arguments.target);
    if let Some(most) = arguments.max_columns {
        statement.push_str(&format!(" MAX COLUMNS {most}"));
    }
    statement
}
