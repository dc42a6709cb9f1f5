//! Comparisons with patterns: `LIKE ANY`, `LIKE ALL`, `RLIKE`.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Function, FunctionArguments, UnaryOperator};

use super::build::{calling, constant_text, filled, nested, plain, text};

/// A comparison in other words, where it needs them.
pub fn respelled(expression: &Expr) -> Option<Expr> {
    match expression {
        Expr::Like { any: true, pattern, .. } | Expr::ILike { any: true, pattern, .. } => {
            each(expression, patterns(pattern)?, &BinaryOperator::Or)
        }
        Expr::Like { pattern, .. } | Expr::ILike { pattern, .. } => {
            each(expression, all_of(pattern)?, &BinaryOperator::And)
        }
        Expr::RLike {
            negated, expr, pattern, ..
        } => {
            let matches = calling("regexp_like", vec![*expr.clone(), whole(pattern)?]);
            Some(if *negated { not(matches) } else { matches })
        }
        _ => None,
    }
}

/// The pattern for a text as a whole: what `RLIKE` matches is all of it.
pub fn whole(pattern: &Expr) -> Option<Expr> {
    match constant_text(pattern) {
        Some(pattern) => {
            let pattern = unescaped(pattern).unwrap_or_else(|| pattern.to_owned());
            Some(text(format!("^(?:{pattern})$")))
        }
        None => filled("('^(?:' || ($1) || ')$')", std::slice::from_ref(pattern)),
    }
}

/// A pattern in which each backslash is written as two, with one; `None` where there is none, or a single one.
pub fn unescaped(pattern: &str) -> Option<String> {
    let has_single = pattern.replace("\\\\", "").contains('\\');
    (pattern.contains('\\') && !has_single).then(|| pattern.replace("\\\\", "\\"))
}

/// `NOT` of an expression.
pub fn not(expression: Expr) -> Expr {
    Expr::UnaryOp {
        op: UnaryOperator::Not,
        expr: Box::new(expression),
    }
}

fn patterns(pattern: &Expr) -> Option<Vec<Expr>> {
    match pattern {
        Expr::Tuple(patterns) => Some(patterns.clone()),
        Expr::Nested(pattern) => Some(vec![pattern.as_ref().clone()]),
        _ => None,
    }
}

/// The patterns of `LIKE ALL (…)`, which is read as a call.
fn all_of(pattern: &Expr) -> Option<Vec<Expr>> {
    match pattern {
        Expr::Function(Function {
            name,
            args: FunctionArguments::List(list),
            ..
        }) if name.to_string().eq_ignore_ascii_case("all") => plain(list),
        _ => None,
    }
}

/// `a LIKE ANY ('x', 'y')` as `a LIKE 'x' OR a LIKE 'y'`; the whole of it denied, where it is.
fn each(like: &Expr, patterns: Vec<Expr>, between: &BinaryOperator) -> Option<Expr> {
    let mut is_negated = false;
    let single = patterns.into_iter().map(|one| {
        let mut single = like.clone();
        if let Expr::Like {
            any, pattern, negated, ..
        }
        | Expr::ILike {
            any, pattern, negated, ..
        } = &mut single
        {
            *any = false;
            is_negated = std::mem::take(negated);
            **pattern = one;
        }
        single
    });
    let joined = single.reduce(|left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: between.clone(),
        right: Box::new(right),
    });
    let joined = joined.map(nested);
    if is_negated { joined.map(not) } else { joined }
}
