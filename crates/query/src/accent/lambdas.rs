//! Calls with lambdas.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    CastKind, Expr, Ident, LambdaFunction, LambdaFunctionParameter, LambdaSyntax, OneOrManyWithParens,
    visit_expressions_mut,
};

use super::build::{calling, nested, text};
use super::patterns::not;

/// `all_match(list, x -> a)` as `NOT any_match(list, x -> NOT a)`.
pub fn matched(name: &str, arguments: &[Expr]) -> Option<Expr> {
    let [list, Expr::Lambda(lambda)] = arguments else {
        return None;
    };
    let denied = |body: &Expr| not(nested(body.clone()));
    let mut lambda = lambda.clone();
    if name == "any_match" {
        return None;
    }
    if name == "all_match" {
        lambda.body = Box::new(denied(&lambda.body));
    }
    Some(nested(not(calling(
        "any_match",
        vec![list.clone(), Expr::Lambda(lambda)],
    ))))
}

/// An expression as a lambda that takes nothing of what it is given, so that it is worked out by whoever takes it. Its
/// casts are tried at once.
pub fn of_nothing(expression: &Expr) -> Expr {
    let mut body = expression.clone();
    let ControlFlow::Continue(()) = visit_expressions_mut(&mut body, |found| {
        if let Expr::Cast { kind, .. } = found {
            *kind = CastKind::TryCast;
        }
        ControlFlow::<Infallible>::Continue(())
    });
    Expr::Lambda(LambdaFunction {
        params: OneOrManyWithParens::One(LambdaFunctionParameter {
            name: Ident::new("_row"),
            data_type: None,
        }),
        body: Box::new(body),
        syntax: LambdaSyntax::Arrow,
    })
}

/// `s.count` in a lambda of `s` is the field of what it is given, not a column.
pub fn fields_of_parameters(lambda: &mut LambdaFunction) {
    let names: Vec<String> = match &lambda.params {
        OneOrManyWithParens::One(parameter) => vec![parameter.name.value.clone()],
        OneOrManyWithParens::Many(parameters) => parameters.iter().map(|one| one.name.value.clone()).collect(),
    };
    let ControlFlow::Continue(()) = visit_expressions_mut(&mut lambda.body, |found| {
        if let Expr::CompoundIdentifier(parts) = found
            && let [parameter, fields @ ..] = parts.as_slice()
            && names.iter().any(|name| name.eq_ignore_ascii_case(&parameter.value))
        {
            let field = |record, field: &Ident| calling("get_field", vec![record, text(&field.value)]);
            *found = fields.iter().fold(Expr::Identifier(parameter.clone()), field);
        }
        ControlFlow::<Infallible>::Continue(())
    });
}
