//! A column's alias where only columns may stand: `SELECT srcaddr AS s … WHERE s LIKE '10.%'`, as Snowflake allows.
//!
//! A column of that name goes before the alias. So the statement is planned as it stands, and only a name that turns out
//! to be no column is put in place of what it is the alias of.

use std::ops::ControlFlow;

use datafusion::common::{DataFusionError, SchemaError};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{Expr, Select, SelectItem, VisitMut, VisitorMut};

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
    match statement {
        Statement::Statement(statement) => {
            let mut inlining = Inlining { name, is_done: false };
            // The walk never stops early.
            let _ = statement.visit(&mut inlining);
            inlining.is_done
        }
        Statement::Explain(explain) => inline(&mut explain.statement, name),
        _ => false,
    }
}

struct Inlining<'a> {
    name: &'a str,
    is_done: bool,
}

impl VisitorMut for Inlining<'_> {
    type Break = ();

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<()> {
        let Some(meant) = select.projection.iter().find_map(|item| self.aliased(item)) else {
            return ControlFlow::Continue(());
        };
        let mut replacing = Replacing {
            name: self.name,
            meant,
            is_done: false,
        };
        if replacing.is_in(&replacing.meant.clone()) {
            return ControlFlow::Continue(());
        }
        for condition in [&mut select.selection, &mut select.having, &mut select.qualify]
            .into_iter()
            .flatten()
        {
            // The walk never stops early.
            let _ = condition.visit(&mut replacing);
        }
        self.is_done |= replacing.is_done;
        ControlFlow::Continue(())
    }
}

impl Inlining<'_> {
    fn aliased(&self, item: &SelectItem) -> Option<Expr> {
        match item {
            SelectItem::ExprWithAlias { expr, alias } if alias.value.eq_ignore_ascii_case(self.name) => {
                Some(Expr::Nested(Box::new(expr.clone())))
            }
            _ => None,
        }
    }
}

/// Puts an expression in place of a name.
struct Replacing<'a> {
    name: &'a str,
    meant: Expr,
    is_done: bool,
}

impl Replacing<'_> {
    /// Whether the name stands in the expression, so that replacing it would never end.
    fn is_in(&self, expression: &Expr) -> bool {
        let mut looking = Replacing {
            name: self.name,
            meant: Expr::Wildcard(datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken::empty()),
            is_done: false,
        };
        // The walk never stops early.
        let _ = expression.clone().visit(&mut looking);
        looking.is_done
    }
}

impl VisitorMut for Replacing<'_> {
    type Break = ();

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<()> {
        if matches!(expression, Expr::Identifier(name) if name.value.eq_ignore_ascii_case(self.name)) {
            *expression = self.meant.clone();
            self.is_done = true;
        }
        ControlFlow::Continue(())
    }
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
