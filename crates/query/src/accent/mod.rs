//! What Athena and Snowflake spell in their own ways, in the words of the engine.
//!
//! Mostly these are spellings that mean one thing wherever they come from; so it does not matter whose statement it is,
//! and a statement that has none of them is left as it was. Where it matters, an accent decides: `choice.rs` tells whose
//! statement it is, `meaning.rs` what that changes. A column of an answer keeps the name it was written with.

mod build;
mod calls;
mod choice;
mod lambdas;
mod meaning;
mod patterns;
mod selects;
mod templates;
mod types;

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, Expr, Ident, Query, Select, SelectItem, Subscript, Value, VisitorMut,
};

use crate::parse::{DISTINCT, Statement, stored_name, walk};

pub use build::{calling, fill, filled};
pub use choice::Accent;
pub use meaning::settle;
pub use types::quote_nested_types;

/// Respells all expressions of a statement.
pub fn respell(statement: &mut Statement) {
    walk(statement, &mut Respelling::default());
}

#[derive(Default)]
struct Respelling {
    /// The columns without a name, as they were written, of each `SELECT` that is being gone through.
    written: Vec<Vec<Option<String>>>,
}

impl VisitorMut for Respelling {
    type Break = Infallible;

    fn post_visit_query(&mut self, query: &mut Query) -> ControlFlow<Infallible> {
        selects::limit(query);
        selects::order_of_distinct(query);
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        selects::rename(select);
        self.written.push(select.projection.iter().map(unnamed).collect());
        selects::generate(select);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        let written = self.written.pop().unwrap_or_default();
        tell_apart(&mut select.projection);
        for (item, written) in select.projection.iter_mut().zip(written) {
            if let (Some(written), SelectItem::UnnamedExpr(expression)) = (written, &item)
                && expression.to_string() != written
            {
                *item = SelectItem::ExprWithAlias {
                    expr: expression.clone(),
                    alias: Ident::with_quote('"', written),
                };
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        let respelled = match expression {
            Expr::Function(function) => calls::respelled(function),
            Expr::BinaryOp {
                left,
                op: BinaryOperator::Custom(name),
                right,
            } => distinct(left, name, right),
            Expr::CompoundFieldAccess { access_chain, .. } => {
                access_chain.iter_mut().for_each(name_field);
                None
            }
            Expr::Cast {
                kind, expr, data_type, ..
            } => types::respelled(kind, expr, data_type),
            Expr::Lambda(lambda) => {
                lambdas::fields_of_parameters(lambda);
                None
            }
            Expr::TypedString(constant) => types::constant(constant),
            Expr::Substring { expr, .. } => {
                calls::as_event_text(expr);
                None
            }
            Expr::Like { expr, .. } | Expr::ILike { expr, .. } | Expr::RLike { expr, .. } => {
                calls::as_event_text(expr);
                patterns::respelled(expression)
            }
            _ => None,
        };
        if let Some(respelled) = respelled {
            *expression = respelled;
        }
        ControlFlow::Continue(())
    }
}

/// `SELECT a, a`: the engine wants columns of one name each.
fn tell_apart(items: &mut [SelectItem]) {
    for at in 1..items.len() {
        let Some(name) = unnamed(&items[at]) else { continue };
        let count = items[..at]
            .iter()
            .filter(|item| unnamed(item).as_ref() == Some(&name))
            .count();
        if let (1.., SelectItem::UnnamedExpr(expression)) = (count, &items[at]) {
            items[at] = SelectItem::ExprWithAlias {
                expr: expression.clone(),
                alias: Ident::with_quote('"', format!("{name}_{count}")),
            };
        }
    }
}

/// The comparison that an operator stands for.
fn distinct(left: &Expr, name: &str, right: &Expr) -> Option<Expr> {
    let (left, right) = (Box::new(left.clone()), Box::new(right.clone()));
    match name {
        name if name == DISTINCT[0].0 => Some(Expr::IsDistinctFrom(left, right)),
        name if name == DISTINCT[1].0 => Some(Expr::IsNotDistinctFrom(left, right)),
        _ => None,
    }
}

/// `element_at(resources, 1).arn`, as the engine reads it.
fn name_field(access: &mut AccessExpr) {
    if let AccessExpr::Dot(Expr::Identifier(name)) = access {
        let name = stored_name(name);
        let index = Expr::Value(Value::SingleQuotedString(name).into());
        *access = AccessExpr::Subscript(Subscript::Index { index });
    }
}

/// A column without a name, as it is written.
fn unnamed(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::UnnamedExpr(expression) => Some(expression.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::parse::parse;

    #[test]
    fn other_spellings_mean_the_same() {
        for (sql, read) in [
            ("iff(a > 1, 'x', 'y')", "CASE WHEN a > 1 THEN 'x' ELSE 'y' END"),
            ("if(a, zeroifnull(b))", "CASE WHEN a THEN coalesce(b, 0) END"),
            ("count_if(a > 1)", "count(*) FILTER (WHERE a > 1)"),
            ("max_by(a, b)", "first_value(a ORDER BY b DESC NULLS LAST)"),
            ("LISTAGG(a, ',')", "string_agg(a, ',')"),
            (
                "contains('10.0.0.0/8', CAST(srcaddr AS IPADDRESS))",
                "ip_in(srcaddr, '10.0.0.0/8')",
            ),
            ("contains('abc', 'b')", "contains('abc', 'b')"),
            ("IPADDRESS '10.0.0.1' = a", "ip_address('10.0.0.1') = a"),
            ("ipaddress", "ipaddress"),
            ("date('2026-11-01') = day", "CAST('2026-11-01' AS DATE) = day"),
            ("a ILIKE ANY ('x%', 'y%') AND b", "(a ILIKE 'x%' OR a ILIKE 'y%') AND b"),
            ("a NOT LIKE 'x%'", "a NOT LIKE 'x%'"),
            ("try_to_number(a)", "TRY_CAST(a AS DECIMAL(38,0))"),
        ] {
            let (asked, expected) = (format!("SELECT 1 WHERE {sql}"), format!("SELECT 1 WHERE {read}"));
            assert_eq!(parse(&asked).unwrap().to_string(), expected, "{sql}");
        }
    }

    #[test]
    fn a_column_keeps_its_name() {
        let statement = parse("SELECT count_if(a), b, iff(a, 1, 2) AS c FROM (SELECT zeroifnull(a) FROM t)").unwrap();
        assert_eq!(
            statement.to_string(),
            "SELECT count(*) FILTER (WHERE a) AS \"count_if(a)\", b, CASE WHEN a THEN 1 ELSE 2 END AS c \
             FROM (SELECT coalesce(a, 0) AS \"zeroifnull(a)\" FROM t)"
        );
    }
}
