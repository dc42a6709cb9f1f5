//! What this version does not do, refused by name.

use datafusion::common::tree_node::TreeNode;
use datafusion::logical_expr::{LogicalPlan, Statement};

use crate::QueryError;
use crate::statements::{TokenKind, split, tokens};

/// First words of statements that change something.
const CHANGING: &[&str] = &[
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "CALL",
    "CANCEL",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DELETE",
    "DETACH",
    "DROP",
    "EXECUTE",
    "EXPORT",
    "GET",
    "GRANT",
    "IMPORT",
    "INSERT",
    "INSTALL",
    "KILL",
    "LIST",
    "LOAD",
    "LS",
    "MERGE",
    "MSCK",
    "OPTIMIZE",
    "PREPARE",
    "PUT",
    "REFRESH",
    "REMOVE",
    "RENAME",
    "REPAIR",
    "REPLACE",
    "REVOKE",
    "ROLLBACK",
    "START",
    "TRUNCATE",
    "UNLOAD",
    "UNDROP",
    "UPDATE",
    "UPSERT",
    "USE",
    "VACUUM",
];
/// Words that say nothing of what is created.
const FILLING: &[&str] = &["OR", "REPLACE", "TEMP", "TEMPORARY", "TRANSIENT", "IF", "NOT", "EXISTS"];

/// The one statement of `sql`, if it is one that only asks.
pub fn asking(sql: &str) -> Result<&str, QueryError> {
    let statement = match split(sql).as_slice() {
        [] => return Err(QueryError::Empty),
        [statement] => statement.text,
        many => return Err(QueryError::Many { count: many.len() }),
    };
    match changing(statement) {
        Some(statement) => Err(QueryError::NotDone { statement }),
        None => Ok(statement),
    }
}

/// The name of a statement that would change something: `CREATE TABLE`, `INSERT`.
fn changing(statement: &str) -> Option<String> {
    let is_blank = |kind| matches!(kind, TokenKind::Space | TokenKind::Comment);
    let words = tokens(statement)
        .filter(|token| !is_blank(token.kind))
        .take_while(|token| token.kind == TokenKind::Word);
    let mut words = words.map(|token| token.text.to_ascii_uppercase());
    let first = words.next().filter(|first| CHANGING.contains(&first.as_str()))?;
    if !matches!(first.as_str(), "CREATE" | "DROP" | "ALTER") {
        return Some(first);
    }
    let mut rest = words.filter(|word| !FILLING.contains(&word.as_str()));
    let what = match (rest.next(), rest.next()) {
        (Some(kind), Some(next)) if matches!(kind.as_str(), "EXTERNAL" | "MATERIALIZED" | "STORAGE" | "FILE") => {
            format!("{kind} {next}")
        }
        (Some(kind), _) => kind,
        (None, _) => return Some(first),
    };
    Some(format!("{first} {what}"))
}

/// Refuses a plan that would change something, however it is wrapped.
pub fn check(plan: &LogicalPlan) -> Result<(), QueryError> {
    let mut found = None;
    // The closure never fails, so neither does the walk.
    let _ = plan.exists(|node| {
        found = match node {
            LogicalPlan::Dml(dml) => Some(dml.op.name().to_uppercase()),
            LogicalPlan::Ddl(ddl) => Some(ddl.name().to_owned()),
            LogicalPlan::Copy(_) => Some("COPY".to_owned()),
            LogicalPlan::Statement(Statement::SetVariable(_) | Statement::ResetVariable(_)) => None,
            LogicalPlan::Statement(statement) => Some(statement.name().to_owned()),
            _ => None,
        };
        Ok(found.is_some())
    });
    found.map_or(Ok(()), |statement| Err(QueryError::NotDone { statement }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn changes_are_named() {
        for (sql, name) in [
            ("create or replace table t (a int)", "CREATE TABLE"),
            ("CREATE EXTERNAL TABLE IF NOT EXISTS t", "CREATE EXTERNAL TABLE"),
            ("create storage integration i", "CREATE STORAGE INTEGRATION"),
            ("-- a comment\ndrop table if exists vpc_flow", "DROP TABLE"),
            ("insert into t values (1)", "INSERT"),
            ("COPY t TO 'x.csv'", "COPY"),
            ("create", "CREATE"),
        ] {
            assert_eq!(
                asking(sql).unwrap_err().to_string(),
                format!("{name} is not done yet"),
                "{sql}"
            );
        }
    }

    #[test]
    fn questions_are_let_through() {
        assert_eq!(asking(" select 'drop table' ; ").unwrap(), "select 'drop table'");
        assert!(matches!(asking("; -- nothing"), Err(QueryError::Empty)));
        assert!(matches!(
            asking("select 1; select 2"),
            Err(QueryError::Many { count: 2 })
        ));
    }
}
