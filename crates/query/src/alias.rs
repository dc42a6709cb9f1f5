//! A column's alias where only columns may stand: `SELECT srcaddr AS s … WHERE s LIKE '10.%'`, as Snowflake allows.
//!
//! A column of that name goes before the alias. So the statement is planned as it stands, and only a name that turns out
//! to be no column is put in place of what it is the alias of.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::common::{DataFusionError, SchemaError};
use datafusion::sql::sqlparser::ast::{Expr, Select, SelectItem, VisitorMut, visit_expressions_mut};

use crate::parse::{Statement, walk};

/// The name in an error that says there is no such column.
pub fn unknown_column(error: &DataFusionError) -> Option<&str> {
    match error {
        DataFusionError::Diagnostic(_, inner) | DataFusionError::Context(_, inner) => unknown_column(inner),
        DataFusionError::Collection(errors) => errors.first().and_then(unknown_column),
        DataFusionError::SchemaError(error, _) => match error.as_ref() {
            SchemaError::FieldNotFound { field, .. } if field.relation.is_none() => Some(&field.name),
            _ => None,
        },
        _ => None,
    }
}

/// Puts what `name` is the alias of in its place, in conditions of the `SELECT` that gives the alias. False where there is
/// none.
pub fn inline(statement: &mut Statement, name: &str) -> bool {
    let mut inlining = Inlining { name, is_done: false };
    walk(statement, &mut inlining);
    inlining.is_done
}

struct Inlining<'a> {
    name: &'a str,
    is_done: bool,
}

impl VisitorMut for Inlining<'_> {
    type Break = Infallible;

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        let meant = select.projection.iter().find_map(|item| self.aliased(item));
        // An alias of something that holds its own name would be put in its place without end.
        if let Some(mut meant) = meant.filter(|meant| !replace(&mut meant.clone(), self.name, meant)) {
            meant = Expr::Nested(Box::new(meant));
            for condition in [&mut select.selection, &mut select.having, &mut select.qualify]
                .into_iter()
                .flatten()
            {
                self.is_done |= replace(condition, self.name, &meant);
            }
            let at = select.projection.iter().position(|item| self.aliased(item).is_some());
            for item in select.projection.iter_mut().skip(at.map_or(usize::MAX, |at| at + 1)) {
                if let SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } = item {
                    self.is_done |= replace(expression, self.name, &meant);
                }
            }
        }
        ControlFlow::Continue(())
    }
}

impl Inlining<'_> {
    fn aliased(&self, item: &SelectItem) -> Option<Expr> {
        match item {
            SelectItem::ExprWithAlias { expr, alias } if alias.value.eq_ignore_ascii_case(self.name) => {
                Some(expr.clone())
            }
            _ => None,
        }
    }
}

/// Puts `meant` in place of a name; false where the name does not stand in the expression.
fn replace(expression: &mut Expr, name: &str, meant: &Expr) -> bool {
    let mut is_done = false;
    let ControlFlow::Continue(()) = visit_expressions_mut(expression, |found| {
        if matches!(found, Expr::Identifier(found) if found.value.eq_ignore_ascii_case(name)) {
            *found = meant.clone();
            is_done = true;
        }
        ControlFlow::<Infallible>::Continue(())
    });
    is_done
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::parse::parse;

    fn inlined(sql: &str, name: &str) -> Option<String> {
        let mut statement = parse(sql).unwrap();
        inline(&mut statement, name).then(|| statement.to_string())
    }

    #[test]
    fn an_alias_is_what_it_stands_for() {
        assert_eq!(
            inlined(
                "SELECT srcaddr AS s FROM t WHERE s LIKE '10.%' AND f(S) GROUP BY s",
                "s"
            )
            .unwrap(),
            "SELECT srcaddr AS s FROM t WHERE (srcaddr) LIKE '10.%' AND f((srcaddr)) GROUP BY s"
        );
        assert_eq!(
            inlined(
                "(SELECT a AS x FROM t WHERE x > 1) UNION ALL (SELECT b AS x FROM t WHERE x > 1)",
                "x"
            )
            .unwrap(),
            "(SELECT a AS x FROM t WHERE (a) > 1) UNION ALL (SELECT b AS x FROM t WHERE (b) > 1)"
        );
        assert_eq!(
            inlined("SELECT lower(s) AS s FROM t WHERE s = 'a'", "s"),
            None,
            "it would never end"
        );
        assert_eq!(inlined("SELECT a AS x FROM t WHERE y = 1", "y"), None);
    }
}
