//! Snowflake's `LATERAL FLATTEN(input => record:Records) r`: a row for each element of a list, or member of an object.
//!
//! It is done as `UNNEST` is (`unnest.rs`): the table becomes a query that has the elements as more columns. They are
//! named after the call, `"r.value"`, as there may be several, and tables have columns called `key` themselves.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{Expr, Ident, Select, SelectItem, TableFactor, Value, VisitMut, VisitorMut};

use crate::accent::{calling, filled};
use crate::table_call::TableCall;

/// What a row of `FLATTEN` has, and how it is made of the input.
const COLUMNS: &[(&str, &str)] = &[
    ("value", "flatten_values($1)"),
    ("key", "flatten_keys($1)"),
    ("index", "flatten_indexes($1)"),
    ("path", "flatten_paths($1)"),
    ("this", "flatten_inputs($1)"),
];
/// What a call without an alias is named after.
const UNNAMED: &str = "flatten";

/// The name of a `FLATTEN` as a table, and its columns with the lists they are made of.
/// Rows without elements stay where the join or the call says so.
pub fn columns_of(factor: &TableFactor, keeps_rows: bool) -> Option<(Ident, Vec<(Expr, Ident)>)> {
    let call = TableCall::of(factor).filter(|call| call.name == "flatten")?;
    let input = call.argument("input", 0)?;
    if is_true(call.argument("recursive", 3).as_ref()) {
        return None;
    }
    let input = match call.argument("path", 1) {
        Some(path) => calling("get_path", vec![input, path]),
        None => input,
    };
    let keeps_rows = keeps_rows || is_true(call.argument("outer", 2).as_ref());
    let name = call.alias.map_or_else(|| Ident::new(UNNAMED), |alias| alias.name);
    let column = |(column, template): &(&str, &str)| {
        let list = filled(template, std::slice::from_ref(&input))?;
        let list = if keeps_rows {
            calling("list_or_null", vec![list])
        } else {
            list
        };
        Some((list, qualified(&name, column)))
    };
    let columns = COLUMNS.iter().map(column).collect::<Option<Vec<_>>>()?;
    Some((name, columns))
}

/// What `FLATTEN` is asked that is not done here.
pub fn unheeded(factor: &TableFactor) -> Option<&'static str> {
    let call = TableCall::of(factor).filter(|call| call.name == "flatten")?;
    if call.argument("input", 0).is_none() {
        return Some("FLATTEN needs an input: FLATTEN(input => record:Records)");
    }
    let recursive = call.argument("recursive", 3);
    is_true(recursive.as_ref()).then_some("FLATTEN with recursive => TRUE is not done")
}

fn is_true(argument: Option<&Expr>) -> bool {
    matches!(argument, Some(Expr::Value(value)) if value.value == Value::Boolean(true))
}

fn qualified(table: &Ident, column: &str) -> Ident {
    Ident::with_quote('"', format!("{}.{column}", table.value.to_lowercase()))
}

/// Makes `r.value`, and `value` where there is one `FLATTEN` only, the columns that stand for them, in the parts of a
/// `SELECT` that see them.
pub fn rename(select: &mut Select, tables: &[Ident]) {
    let mut renaming = Renaming { tables };
    renaming.name(&mut select.projection);
    let ControlFlow::Continue(()) = select.projection.visit(&mut renaming);
    let ControlFlow::Continue(()) = select.group_by.visit(&mut renaming);
    for condition in [&mut select.selection, &mut select.having, &mut select.qualify] {
        let ControlFlow::Continue(()) = condition.visit(&mut renaming);
    }
}

/// The same in something else that sees them.
pub fn rename_in<T: VisitMut>(part: &mut T, tables: &[Ident]) {
    let ControlFlow::Continue(()) = part.visit(&mut Renaming { tables });
}

struct Renaming<'a> {
    tables: &'a [Ident],
}

impl Renaming<'_> {
    fn meant(&self, expression: &Expr) -> Option<(Ident, String)> {
        let column = |name: &Ident| {
            let known = COLUMNS
                .iter()
                .find(|(column, _)| name.value.eq_ignore_ascii_case(column));
            known.map(|(column, _)| (*column).to_owned())
        };
        match (expression, self.tables) {
            (Expr::CompoundIdentifier(parts), tables) => {
                let [table, name] = parts.as_slice() else { return None };
                let found = tables
                    .iter()
                    .find(|known| known.value.eq_ignore_ascii_case(&table.value))?;
                let column = column(name)?;
                Some((qualified(found, &column), column))
            }
            (Expr::Identifier(name), [table]) if name.quote_style.is_none() => {
                let column = column(name)?;
                Some((qualified(table, &column), column))
            }
            _ => None,
        }
    }
}

impl Renaming<'_> {
    /// Columns without a name are called `value` and so on.
    fn name(&self, items: &mut [SelectItem]) {
        for item in items {
            if let SelectItem::UnnamedExpr(expression) = item
                && let Some((column, name)) = self.meant(expression)
            {
                *item = SelectItem::ExprWithAlias {
                    expr: Expr::Identifier(column),
                    alias: Ident::with_quote('"', name),
                };
            }
        }
    }
}

impl VisitorMut for Renaming<'_> {
    type Break = Infallible;

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        if let Some((column, _)) = self.meant(expression) {
            *expression = Expr::Identifier(column);
        }
        ControlFlow::Continue(())
    }
}
