//! Functions that people defined in SQL: a call becomes the function's own expression.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::common::{Result, plan_datafusion_err, plan_err};
use datafusion::sql::sqlparser::ast::{
    CastKind, Expr, Function as Call, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, Select, SelectItem,
    SetExpr, Statement as SqlStatement, VisitMut, VisitorMut,
};
use flowtrail_catalog::{Defined, Definition, Function, Kind};

use crate::accent::Accent;
use crate::catalog::Names;
use crate::parse::{self, Statement, stored_parts, walk};

/// Functions that call functions, so deep at most.
const DEEPEST: usize = 16;

/// Calls that are put in place at once; one that calls itself twice would have no end.
const MOST_CALLS: usize = 1000;

/// Puts the expressions of defined functions in place of calls of them.
pub fn expand(statement: &mut Statement, names: &Names) -> Result<()> {
    if names.definitions.of_kind(Kind::Function).next().is_none() {
        return Ok(());
    }
    for _ in 0..DEEPEST {
        let mut expanding = Expanding {
            names,
            is_changed: false,
            count: 0,
            failed: None,
        };
        walk(statement, &mut expanding);
        if let Some(error) = expanding.failed {
            return Err(error);
        }
        if !expanding.is_changed {
            return Ok(());
        }
    }
    plan_err!("a function calls itself, or functions call one another more than {DEEPEST} deep")
}

/// Checks a function's expression, as its definition is made.
pub fn check(function: &Function) -> Result<()> {
    body(function).map(|_| ())
}

struct Expanding<'a> {
    names: &'a Names,
    is_changed: bool,
    count: usize,
    failed: Option<datafusion::common::DataFusionError>,
}

impl VisitorMut for Expanding<'_> {
    type Break = Infallible;

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        // A column without a name keeps the one it was written with.
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(Expr::Function(call)) = item
                && self.called(call).is_some()
            {
                let alias = Ident::with_quote('"', call.to_string());
                let expr = Expr::Function(call.clone());
                *item = SelectItem::ExprWithAlias { expr, alias };
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        if let Expr::Function(call) = expression
            && let Some(defined) = self.called(call)
            && let Definition::Function(function) = &defined.definition
        {
            self.count += 1;
            if self.count > MOST_CALLS {
                self.failed = Some(plan_datafusion_err!(
                    "functions call one another more than {MOST_CALLS} times"
                ));
                return ControlFlow::Continue(());
            }
            match expanded(function, call) {
                Ok(body) => {
                    *expression = body;
                    self.is_changed = true;
                }
                Err(error) => self.failed = Some(error),
            }
        }
        ControlFlow::Continue(())
    }
}

impl Expanding<'_> {
    /// The function that a call is of, where somebody defined it.
    fn called(&self, call: &Call) -> Option<Arc<Defined>> {
        let name = self.names.full_name(&stored_parts(&call.name))?;
        self.names.defined_or_of_lake(Kind::Function, &name).cloned()
    }
}

/// The function's expression over the call's arguments, as its type of answer.
fn expanded(function: &Function, call: &Call) -> Result<Expr> {
    let arguments = arguments(call)?;
    if arguments.len() != function.parameters.len() {
        return plan_err!(
            "`{}` takes {} arguments, {} were given",
            call.name,
            function.parameters.len(),
            arguments.len()
        );
    }
    let (mut body, returns) = body(function)?;
    let mut putting = Putting { function, arguments };
    let ControlFlow::Continue(()) = body.visit(&mut putting);
    Ok(Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(Expr::Nested(Box::new(body))),
        data_type: returns,
        array: false,
        format: None,
    })
}

fn arguments(call: &Call) -> Result<Vec<Expr>> {
    let FunctionArguments::List(list) = &call.args else {
        return Ok(Vec::new());
    };
    let argument = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Ok(expression.clone()),
        other => plan_err!("`{}` does not take `{other}`", call.name),
    };
    list.args.iter().map(argument).collect()
}

/// The function's expression, and the type it is cast to.
fn body(function: &Function) -> Result<(Expr, datafusion::sql::sqlparser::ast::DataType)> {
    let wrong = || plan_datafusion_err!("the body of a function is one expression, or one SELECT of one");
    let text = function.body.trim();
    let sql = format!("SELECT CAST(({text}\n) AS {})", function.returns);
    let Statement::Statement(statement) = parse::parse_as(&sql, Accent::Auto)? else {
        return Err(wrong());
    };
    let SqlStatement::Query(query) = *statement else {
        return Err(wrong());
    };
    let SetExpr::Select(select) = *query.body else {
        return Err(wrong());
    };
    let Some(
        SelectItem::UnnamedExpr(Expr::Cast { expr, data_type, .. })
        | SelectItem::ExprWithAlias {
            expr: Expr::Cast { expr, data_type, .. },
            ..
        },
    ) = select.projection.into_iter().next()
    else {
        return Err(wrong());
    };
    Ok((*expr, data_type))
}

/// Puts arguments in place of the names the function has for them.
struct Putting<'a> {
    function: &'a Function,
    arguments: Vec<Expr>,
}

impl VisitorMut for Putting<'_> {
    type Break = Infallible;

    fn post_visit_expr(&mut self, expression: &mut Expr) -> ControlFlow<Infallible> {
        if let Expr::Identifier(name) = expression {
            let parameters = &self.function.parameters;
            let position = parameters
                .iter()
                .position(|parameter| parameter.name.eq_ignore_ascii_case(&name.value));
            if let Some(argument) = position.and_then(|position| self.arguments.get(position)) {
                *expression = Expr::Nested(Box::new(argument.clone()));
            }
        }
        ControlFlow::Continue(())
    }
}
