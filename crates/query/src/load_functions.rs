//! Snowflake's questions about loads, `TABLE(information_schema.copy_history(…))`, as questions of `system.load_history`.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Query, TableAlias, TableFactor, VisitorMut};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;

use crate::accent::fill;
use crate::parse::{Statement, walk};
use crate::table_call::TableCall;

/// A function, its arguments with what they are where they are left out, and the question it is.
struct LoadFunction {
    name: &'static str,
    /// What is said of an argument that it does not take.
    takes: &'static str,
    arguments: &'static [(&'static str, &'static str)],
    question: &'static str,
}

/// Ranges of days hold the whole of their last day, as `current_date()` is often it. A name may leave out its database
/// and schema. Source: Snowflake documentation, "`PIPE_USAGE_HISTORY`", "`COPY_HISTORY`".
const FUNCTIONS: &[LoadFunction] = &[
    LoadFunction {
        name: "pipe_usage_history",
        takes: "pipe_usage_history takes date_range_start, date_range_end and pipe_name",
        arguments: &[
            ("date_range_start", "current_date() - INTERVAL '14' DAY"),
            ("date_range_end", "current_date()"),
            ("pipe_name", "NULL"),
        ],
        question: "SELECT date_trunc('hour', loaded_at) AS start_time, \
                   date_trunc('hour', loaded_at) + INTERVAL '1' HOUR AS end_time, pipe AS pipe_name, \
                   CAST(0 AS DOUBLE) AS credits_used, sum(size_bytes) AS bytes_inserted, count(*) AS files_inserted \
                   FROM flowtrail.system.load_history \
                   WHERE pipe IS NOT NULL AND rows > 0 AND loaded_at >= $1 AND date_trunc('day', loaded_at) <= $2 \
                   AND ($3 IS NULL OR lower(pipe) = lower($3) OR lower(pipe) LIKE concat('%.', lower($3))) \
                   GROUP BY 1, 2, 3",
    },
    LoadFunction {
        name: "copy_history",
        takes: "copy_history takes table_name, start_time and end_time",
        arguments: &[
            ("table_name", "NULL"),
            ("start_time", "current_date() - INTERVAL '14' DAY"),
            ("end_time", "now()"),
        ],
        question: "SELECT regexp_replace(object_uri, '^.*/', '') AS file_name, \
                   regexp_replace(object_uri, '[^/]*$', '') AS stage_location, loaded_at AS last_load_time, \
                   rows AS row_count, lines - headers AS row_parsed, size_bytes AS file_size, \
                   first_error AS first_error_message, rejected AS error_count, \
                   CASE status WHEN 'loaded' THEN 'Loaded' WHEN 'loaded_with_rejects' THEN 'Partially loaded' \
                   WHEN 'failed' THEN 'Load failed' ELSE status END AS status, \
                   table_name, pipe AS pipe_name, object_uri \
                   FROM flowtrail.system.load_history WHERE loaded_at >= $2 AND loaded_at <= $3 \
                   AND ($1 IS NULL OR lower(table_name) = lower($1) \
                   OR lower(table_name) LIKE concat('%.', lower($1)))",
    },
];

/// Puts those questions in place of the functions.
pub fn rewrite(statement: &mut Statement) {
    walk(statement, &mut Rewriting);
}

struct Rewriting;

impl VisitorMut for Rewriting {
    type Break = Infallible;

    fn post_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Infallible> {
        if let Some(question) = question(factor) {
            *factor = question;
        }
        ControlFlow::Continue(())
    }
}

/// What such a function is asked that it does not know.
pub fn unheeded(factor: &TableFactor) -> Option<&'static str> {
    let (call, function) = called(factor)?;
    (!function.knows(&call)).then_some(function.takes)
}

impl LoadFunction {
    fn knows(&self, call: &TableCall) -> bool {
        let names: Vec<&str> = self.arguments.iter().map(|(name, _)| *name).collect();
        call.names_only(&names)
    }
}

fn called(factor: &TableFactor) -> Option<(TableCall, &'static LoadFunction)> {
    let call = TableCall::of(factor)?;
    let function = FUNCTIONS.iter().find(|function| function.name == call.name)?;
    Some((call, function))
}

fn question(factor: &TableFactor) -> Option<TableFactor> {
    let (call, function) = called(factor).filter(|(call, function)| function.knows(call))?;
    let argument = |(position, (name, default)): (usize, &(&str, &str))| {
        call.argument(name, position).or_else(|| expression(default))
    };
    let arguments: Option<Vec<Expr>> = function.arguments.iter().enumerate().map(argument).collect();
    let subquery = Box::new(filled(function.question, &arguments?)?);
    let alias = call.alias.unwrap_or_else(|| TableAlias {
        explicit: true,
        name: function.name.into(),
        columns: Vec::new(),
        at: None,
    });
    Some(TableFactor::Derived {
        lateral: false,
        subquery,
        alias: Some(alias),
        sample: None,
    })
}

fn expression(text: &str) -> Option<Expr> {
    Parser::new(&GenericDialect {})
        .try_with_sql(text)
        .ok()?
        .parse_expr()
        .ok()
}

/// A question with the arguments in place of `$1`, `$2` and so on.
fn filled(question: &str, arguments: &[Expr]) -> Option<Query> {
    let mut query = *Parser::new(&GenericDialect {})
        .try_with_sql(question)
        .ok()?
        .parse_query()
        .ok()?;
    let arguments: Vec<Expr> = arguments
        .iter()
        .cloned()
        .map(|one| Expr::Nested(Box::new(one)))
        .collect();
    fill(&mut query, &arguments).then_some(query)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_question_can_be_read() {
        for function in FUNCTIONS {
            let arguments: Vec<Expr> = function
                .arguments
                .iter()
                .map(|(_, default)| expression(default).unwrap())
                .collect();
            let question = filled(function.question, &arguments).unwrap().to_string();
            assert!(!(1..=3).any(|at| question.contains(&format!("${at}"))), "{question}");
        }
    }
}
