//! A column's alias where only columns may stand: `SELECT srcaddr AS s … WHERE s LIKE '10.%'`, as Snowflake allows.
//!
//! A column of that name goes before the alias. So the statement is planned as it stands, and only a name that turns out
//! to be no column is put in place of what it is the alias of.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::common::{Column, DataFusionError, SchemaError};
use datafusion::sql::sqlparser::ast::{Expr, Select, SelectItem, VisitorMut, visit_expressions, visit_expressions_mut};

use crate::parse::{Statement, walk};

/// A name that turned out to be no column.
#[derive(Clone, Copy, Debug)]
pub struct Unknown<'a> {
    /// It.
    pub name: &'a str,
    /// The columns there are where it stands.
    pub columns: &'a [Column],
}

impl<'a> Unknown<'a> {
    /// What an error says there is no column of; `None` for errors of another kind.
    pub fn of(error: &'a DataFusionError) -> Option<Self> {
        match error {
            DataFusionError::Diagnostic(_, inner) | DataFusionError::Context(_, inner) => Self::of(inner),
            DataFusionError::Collection(errors) => errors.first().and_then(Self::of),
            DataFusionError::SchemaError(error, _) => match error.as_ref() {
                SchemaError::FieldNotFound { field, valid_fields } if field.relation.is_none() => Some(Self {
                    name: &field.name,
                    columns: valid_fields,
                }),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Puts what a name is the alias of in its place, in conditions of the `SELECT` that gives the alias. False where there
/// is none.
///
/// Where it is plain which columns that `SELECT` sees, its other aliases that are no columns are put in place with it:
/// planning anew for each of them takes most of the time of a statement that has ten.
pub fn inline(statement: &mut Statement, unknown: Unknown<'_>) -> bool {
    let mut selects = Selects {
        name: unknown.name,
        count: 0,
        have_queries: false,
    };
    walk(statement, &mut selects);
    let mut inlining = Inlining {
        unknown,
        is_alone: selects.count == 1 && !selects.have_queries,
        is_done: false,
    };
    walk(statement, &mut inlining);
    inlining.is_done
}

/// Looks for `SELECT`s that give an alias.
struct Selects<'a> {
    name: &'a str,
    count: usize,
    /// Whether one of them has queries in its expressions, which see other columns.
    have_queries: bool,
}

impl VisitorMut for Selects<'_> {
    type Break = Infallible;

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        if select.projection.iter().any(|item| meaning(item, self.name).is_some()) {
            self.count += 1;
            let conditions = [&select.selection, &select.having, &select.qualify];
            self.have_queries |= conditions.into_iter().flatten().any(has_query)
                || select.projection.iter().filter_map(expression).any(has_query);
        }
        ControlFlow::Continue(())
    }
}

struct Inlining<'a> {
    unknown: Unknown<'a>,
    /// Whether the error can only be of the one `SELECT` that gives the alias.
    is_alone: bool,
    is_done: bool,
}

impl VisitorMut for Inlining<'_> {
    type Break = Infallible;

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        let gives = |name: &str| select.projection.iter().any(|item| meaning(item, name).is_some());
        if !gives(self.unknown.name) {
            return ControlFlow::Continue(());
        }
        let is_to_go = |name: &&str| {
            let is_column = || {
                self.unknown
                    .columns
                    .iter()
                    .any(|column| column.name.eq_ignore_ascii_case(name))
            };
            name.eq_ignore_ascii_case(self.unknown.name) || self.is_alone && !is_column()
        };
        let aliases = select.projection.iter().filter_map(alias).filter(is_to_go);
        // From the last on, as an alias may be made of those before it.
        let names: Vec<String> = aliases.rev().map(str::to_owned).collect();
        for name in names {
            self.is_done |= inline_in(select, &name);
        }
        ControlFlow::Continue(())
    }
}

/// Puts what `name` is the alias of in its place, in one `SELECT`.
fn inline_in(select: &mut Select, name: &str) -> bool {
    let meant = select.projection.iter().find_map(|item| meaning(item, name).cloned());
    // An alias of something that holds its own name would be put in its place without end.
    let Some(meant) = meant.filter(|meant| !replace(&mut meant.clone(), name, meant)) else {
        return false;
    };
    let meant = Expr::Nested(Box::new(meant));
    let mut is_done = false;
    for condition in [&mut select.selection, &mut select.having, &mut select.qualify]
        .into_iter()
        .flatten()
    {
        is_done |= replace(condition, name, &meant);
    }
    let at = select.projection.iter().position(|item| meaning(item, name).is_some());
    for item in select.projection.iter_mut().skip(at.map_or(usize::MAX, |at| at + 1)) {
        if let SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } = item {
            is_done |= replace(expression, name, &meant);
        }
    }
    is_done
}

fn alias(item: &SelectItem) -> Option<&str> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(&alias.value),
        _ => None,
    }
}

fn expression(item: &SelectItem) -> Option<&Expr> {
    match item {
        SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } => Some(expression),
        _ => None,
    }
}

/// What an item gives the alias `name`.
fn meaning<'a>(item: &'a SelectItem, name: &str) -> Option<&'a Expr> {
    alias(item)
        .filter(|alias| alias.eq_ignore_ascii_case(name))
        .and_then(|_| expression(item))
}

fn has_query(expression: &Expr) -> bool {
    let found = visit_expressions(expression, |found| match found {
        Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
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
        let columns = [Column::from_name("a"), Column::from_name("B")];
        let mut statement = parse(sql).unwrap();
        inline(
            &mut statement,
            Unknown {
                name,
                columns: &columns,
            },
        )
        .then(|| statement.to_string())
    }

    #[test]
    fn the_other_aliases_of_the_same_select_that_are_no_columns_go_with_it() {
        assert_eq!(
            inlined(
                "SELECT a AS x, f(x) AS y, a AS b FROM t WHERE x = 1 AND y = 2 AND b = 3",
                "y"
            )
            .unwrap(),
            "SELECT a AS x, f((a)) AS y, a AS b FROM t WHERE (a) = 1 AND (f((a))) = 2 AND b = 3",
            "b is a column"
        );
        for other_columns in [
            "SELECT a AS x, a AS y FROM t WHERE x = 1 AND y IN (SELECT c FROM u WHERE x = 1)",
            "SELECT a AS x, a AS y FROM t WHERE x = 1 AND y = 1 UNION ALL SELECT c AS x, a AS y FROM u WHERE y = 1",
        ] {
            let inlined = inlined(other_columns, "x").unwrap();
            assert!(inlined.contains("y = 1") || inlined.contains("y IN"), "{inlined}");
        }
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
