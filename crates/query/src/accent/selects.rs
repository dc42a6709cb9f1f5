//! Parts of a `SELECT` that are written in other ways: `TOP`, `FETCH FIRST`, `* RENAME`, rows out of nothing.

use datafusion::sql::sqlparser::ast::{
    Distinct, ExcludeSelectItem, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident,
    IdentWithAlias, LimitClause, ObjectName, OrderByKind, Query, RenameSelectItem, Select, SelectItem, SetExpr,
    TableAlias, TableFactor, TopQuantity, Value, WildcardAdditionalOptions, visit_expressions_mut,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::Parser;
use std::convert::Infallible;
use std::ops::ControlFlow;

/// The column that numbers the rows of a generator.
const SEQUENCE: &str = "_sequence";

/// `SELECT TOP 5 …` and `FETCH FIRST 5 ROWS ONLY` as `LIMIT 5`.
pub fn limit(query: &mut Query) {
    if let Some(fetch) = query.fetch.take_if(|fetch| !fetch.with_ties && !fetch.percent) {
        let one = || Expr::Value(Value::Number("1".into(), false).into());
        set_limit(query, fetch.quantity.unwrap_or_else(one));
    }
    let SetExpr::Select(select) = query.body.as_mut() else {
        return;
    };
    let top = select.top.take_if(|top| !top.with_ties && !top.percent);
    match top.and_then(|top| top.quantity) {
        Some(TopQuantity::Expr(quantity)) => set_limit(query, quantity),
        Some(TopQuantity::Constant(quantity)) => {
            set_limit(query, Expr::Value(Value::Number(quantity.to_string(), false).into()));
        }
        None => {}
    }
}

fn set_limit(query: &mut Query, quantity: Expr) {
    match &mut query.limit_clause {
        Some(LimitClause::LimitOffset {
            limit: limit @ None, ..
        }) => *limit = Some(quantity),
        Some(_) => {}
        None => {
            query.limit_clause = Some(LimitClause::LimitOffset {
                limit: Some(quantity),
                offset: None,
                limit_by: Vec::new(),
            });
        }
    }
}

/// `SELECT DISTINCT r.name … ORDER BY r.name` by the column's number: a field of a record is another expression to the
/// engine once it is a column of what was made distinct.
pub fn order_of_distinct(query: &mut Query) {
    let SetExpr::Select(select) = query.body.as_ref() else {
        return;
    };
    if !matches!(select.distinct, Some(Distinct::Distinct)) {
        return;
    }
    let Some(OrderByKind::Expressions(ordered)) = query.order_by.as_mut().map(|order| &mut order.kind) else {
        return;
    };
    for order in ordered {
        if !matches!(
            order.expr,
            Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. }
        ) {
            continue;
        }
        let is_it = |item: &SelectItem| match item {
            SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } => {
                *expression == order.expr
            }
            _ => false,
        };
        // Behind a wildcard nobody knows the numbers.
        let named = |item: &SelectItem| matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. });
        if let Some(at) = select.projection.iter().take_while(|item| named(item)).position(is_it) {
            order.expr = Expr::value(Value::Number((at + 1).to_string(), false));
        }
    }
}

/// `* RENAME a AS b` as `* EXCLUDE (a), a AS b`: the renamed columns are the last ones.
pub fn rename(select: &mut Select) {
    let mut renamed = Vec::new();
    for item in &mut select.projection {
        let (SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options)) = item else {
            continue;
        };
        let names = match options.opt_rename.take() {
            Some(RenameSelectItem::Single(name)) => vec![name],
            Some(RenameSelectItem::Multiple(names)) => names,
            None => continue,
        };
        exclude(options, &names);
        renamed.extend(names.into_iter().map(|name| SelectItem::ExprWithAlias {
            expr: Expr::Identifier(name.ident),
            alias: name.alias,
        }));
    }
    select.projection.extend(renamed);
}

fn exclude(options: &mut WildcardAdditionalOptions, names: &[IdentWithAlias]) {
    let mut excluded = match options.opt_exclude.take() {
        Some(ExcludeSelectItem::Single(name)) => vec![name],
        Some(ExcludeSelectItem::Multiple(names)) => names,
        None => Vec::new(),
    };
    excluded.extend(names.iter().map(|name| ObjectName::from(vec![name.ident.clone()])));
    options.opt_exclude = Some(ExcludeSelectItem::Multiple(excluded));
}

/// `FROM TABLE(GENERATOR(ROWCOUNT => 5))` as a series of numbers, which `seq4()` and its kin then are.
pub fn generate(select: &mut Select) {
    let mut is_generated = false;
    for table in &mut select.from {
        let joined = table.joins.iter_mut().map(|join| &mut join.relation);
        for factor in std::iter::once(&mut table.relation).chain(joined) {
            if let Some(series) = series(factor) {
                *factor = series;
                is_generated = true;
            }
        }
    }
    if !is_generated {
        return;
    }
    let to_column = |found: &mut Expr| {
        if let Expr::Function(function) = found
            && ["seq1", "seq2", "seq4", "seq8"].contains(&function.name.to_string().to_ascii_lowercase().as_str())
        {
            *found = Expr::Identifier(Ident::new(SEQUENCE));
        }
        ControlFlow::<Infallible>::Continue(())
    };
    let ControlFlow::Continue(()) = visit_expressions_mut(select, to_column);
}

fn series(factor: &TableFactor) -> Option<TableFactor> {
    let TableFactor::TableFunction {
        expr: Expr::Function(function),
        alias,
    } = factor
    else {
        return None;
    };
    let count = row_count(function)?;
    let query = format!("SELECT value AS {SEQUENCE} FROM generate_series(0, ({count}) - 1)");
    let subquery = Parser::new(&GenericDialect {})
        .try_with_sql(&query)
        .ok()?
        .parse_query()
        .ok()?;
    let named = || TableAlias {
        explicit: true,
        name: Ident::new("generator"),
        columns: Vec::new(),
        at: None,
    };
    Some(TableFactor::Derived {
        lateral: false,
        subquery,
        alias: Some(alias.clone().unwrap_or_else(named)),
        sample: None,
    })
}

/// How many rows a `GENERATOR` gives; `None` where it is another function, or does not say.
fn row_count(function: &Function) -> Option<&Expr> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let is_generator = function.name.to_string().eq_ignore_ascii_case("generator");
    list.args
        .iter()
        .filter(|_| is_generator)
        .find_map(|argument| match argument {
            FunctionArg::Named {
                name,
                arg: FunctionArgExpr::Expr(count),
                ..
            } if name.value.eq_ignore_ascii_case("rowcount") => Some(count),
            FunctionArg::ExprNamed {
                name: Expr::Identifier(name),
                arg: FunctionArgExpr::Expr(count),
                ..
            } if name.value.eq_ignore_ascii_case("rowcount") => Some(count),
            _ => None,
        })
}
