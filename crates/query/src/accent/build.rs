//! Expressions, made for the engine.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList, FunctionArguments, Ident, ObjectName, Value,
    VisitMut, visit_expressions_mut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;

/// What `template` is with the arguments in place of `$1`, `$2` and so on. `None` where it has more of them.
pub fn filled(template: &str, arguments: &[Expr]) -> Option<Expr> {
    let mut expression = Parser::new(&GenericDialect {})
        .try_with_sql(template)
        .ok()?
        .parse_expr()
        .ok()?;
    fill(&mut expression, arguments).then_some(expression)
}

/// Puts the arguments in place of `$1`, `$2` and so on in part of a statement. False where it has more of them.
pub fn fill(part: &mut impl VisitMut, arguments: &[Expr]) -> bool {
    let mut is_full = true;
    let ControlFlow::Continue(()) = visit_expressions_mut(part, |found| {
        if let Expr::Value(value) = found
            && let Value::Placeholder(place) = &value.value
        {
            let argument = place[1..].parse().ok().and_then(|at: usize| arguments.get(at - 1));
            match argument {
                Some(argument) => *found = argument.clone(),
                None => is_full = false,
            }
        }
        ControlFlow::<Infallible>::Continue(())
    });
    is_full
}

/// The arguments, where they are expressions and nothing else.
pub fn plain(list: &FunctionArgumentList) -> Option<Vec<Expr>> {
    let expression = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression.clone()),
        _ => None,
    };
    list.args.iter().map(expression).collect()
}

/// A call of the function `name`.
pub fn calling(name: &str, arguments: Vec<Expr>) -> Expr {
    Expr::Function(Function {
        name: named(name),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: arguments.into_iter().map(argument).collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    })
}

pub fn named(name: &str) -> ObjectName {
    ObjectName::from(vec![Ident::new(name)])
}

pub fn argument(expression: Expr) -> FunctionArg {
    FunctionArg::Unnamed(FunctionArgExpr::Expr(expression))
}

/// A text as a constant.
pub fn text(text: impl Into<String>) -> Expr {
    Expr::Value(Value::SingleQuotedString(text.into()).into())
}

/// The text of a constant.
pub fn constant_text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => Some(text),
            Value::DollarQuotedString(text) => Some(&text.value),
            _ => None,
        },
        Expr::Nested(inner) => constant_text(inner),
        _ => None,
    }
}

/// Whether it is a number as it is written.
pub fn is_number(expression: &Expr) -> bool {
    matches!(expression, Expr::Value(value) if matches!(value.value, Value::Number(..)))
}

/// The expression in brackets.
pub fn nested(expression: Expr) -> Expr {
    Expr::Nested(Box::new(expression))
}
