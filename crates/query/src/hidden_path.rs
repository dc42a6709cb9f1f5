//! `"$path"`: which object a row is from, as Athena has it.
//!
//! Tables of logs keep it in `_object`. External tables do not say it.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Ident, Select, SelectItem, TableFactor, VisitMut, VisitorMut};
use flowtrail_lake::definition::OBJECT;

use crate::catalog::{Names, Relation};
use crate::parse::{Statement, stored_parts, walk};

/// What Athena calls it.
const PATH: &str = "$path";

/// Puts the column of the object in place of `"$path"`, where a table of logs is read.
pub fn respell(statement: &mut Statement, names: &Names) {
    walk(statement, &mut Selects { names });
}

struct Selects<'a> {
    names: &'a Names,
}

impl VisitorMut for Selects<'_> {
    type Break = Infallible;

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        if !select.from.iter().any(|table| self.is_log(&table.relation)) {
            return ControlFlow::Continue(());
        }
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expression) = item
                && is_path(expression)
            {
                let expr = expression.clone();
                let alias = Ident::with_quote('"', PATH);
                *item = SelectItem::ExprWithAlias { expr, alias };
            }
        }
        select.visit(&mut Paths)
    }
}

impl Selects<'_> {
    fn is_log(&self, table: &TableFactor) -> bool {
        let TableFactor::Table { name, args: None, .. } = table else {
            return false;
        };
        let table = self.names.resolve(&stored_parts(name));
        matches!(table, Some((name, Relation::BuiltIn(_))) if name.schema == "logs")
    }
}

fn is_path(expression: &Expr) -> bool {
    match expression {
        Expr::Identifier(name) => name.value == PATH,
        Expr::CompoundIdentifier(names) => names.last().is_some_and(|name| name.value == PATH),
        _ => false,
    }
}

struct Paths;

impl VisitorMut for Paths {
    type Break = Infallible;

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        let name = match expression {
            Expr::Identifier(name) => Some(name),
            Expr::CompoundIdentifier(names) => names.last_mut(),
            _ => None,
        };
        if let Some(name) = name.filter(|name| name.value == PATH) {
            OBJECT.clone_into(&mut name.value);
        }
        ControlFlow::Continue(())
    }
}
