//! What means one thing in one product and another in the next, and no type tells which.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, DataType, Expr, Function, FunctionArguments, Subscript, Value, VisitorMut,
};

use super::Accent;
use super::build::{calling, filled, named, plain};
use crate::parse::{Statement, walk};

/// Puts what the accent means in place of what is written; Athena's meaning is the engine's.
pub fn settle(statement: &mut Statement, accent: Accent) {
    if matches!(accent, Accent::Snowflake | Accent::Postgres) {
        walk(statement, &mut Settling { accent });
    }
}

struct Settling {
    accent: Accent,
}

impl VisitorMut for Settling {
    type Break = Infallible;

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        let meant = match (self.accent, &mut *expression) {
            (Accent::Snowflake, Expr::Function(call)) => of_snowflake(call),
            (Accent::Postgres, Expr::Function(call)) => of_postgres(call),
            // Whole numbers divide to a number with a fraction.
            (
                Accent::Snowflake,
                Expr::BinaryOp {
                    left,
                    op: BinaryOperator::Divide,
                    ..
                },
            ) => {
                **left = Expr::Cast {
                    kind: CastKind::Cast,
                    expr: Box::new(Expr::Nested(left.clone())),
                    data_type: DataType::DoublePrecision,
                    array: false,
                    format: None,
                };
                None
            }
            (Accent::Snowflake, Expr::CompoundFieldAccess { access_chain, .. }) => {
                access_chain.iter_mut().for_each(count_from_zero);
                None
            }
            _ => None,
        };
        if let Some(meant) = meant {
            *expression = meant;
        }
        ControlFlow::Continue(())
    }
}

/// `REGEXP_LIKE` is of the whole text, as `RLIKE` is.
fn of_snowflake(call: &mut Function) -> Option<Expr> {
    if call.name.to_string().eq_ignore_ascii_case("regexp_like") {
        call.name = named("rlike");
    }
    None
}

/// What has NULL among its arguments goes on without it; a regular expression replaces its first match.
fn of_postgres(call: &mut Function) -> Option<Expr> {
    let name = call.name.to_string().to_ascii_lowercase();
    let FunctionArguments::List(list) = &call.args else {
        return None;
    };
    let arguments = plain(list)?;
    match (name.as_str(), arguments.as_slice()) {
        ("concat", [_, ..]) => {
            let separator = filled("''", &[])?;
            Some(calling(
                "concat_ws",
                std::iter::once(separator).chain(arguments).collect(),
            ))
        }
        ("greatest" | "least", _) => {
            call.name = named(&format!("{name}_ignore_nulls"));
            None
        }
        ("regexp_replace", [_, _, _]) => filled("regexp_replace($1, $2, $3, 1, 1)", &arguments),
        ("regexp_replace", [text, pattern, with, flags]) if flags.to_string() == "'g'" => Some(calling(
            "regexp_replace",
            vec![text.clone(), pattern.clone(), with.clone()],
        )),
        _ => None,
    }
}

/// A list's first element is its element 0.
fn count_from_zero(access: &mut AccessExpr) {
    let AccessExpr::Subscript(Subscript::Index { index }) = access else {
        return;
    };
    let is_number = matches!(index, Expr::Value(value) if matches!(value.value, Value::Number(..)));
    if is_number && let Some(next) = filled("($1 + 1)", std::slice::from_ref(index)) {
        *index = next;
    }
}
