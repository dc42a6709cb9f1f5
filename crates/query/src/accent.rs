//! What Athena and Snowflake spell in their own ways, in the words of the engine.
//!
//! Only spellings are changed here that mean one thing wherever they come from; so it does not matter whose statement it
//! is, and a statement that has none of them is left as it was. A column of an answer keeps the name it was written with.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, DataType, ExactNumberInfo, Expr, Function, FunctionArg, FunctionArgExpr,
    FunctionArgumentClause, FunctionArgumentList, FunctionArguments, Ident, ObjectName, OrderByExpr, OrderByOptions,
    Select, SelectItem, TimezoneInfo, Value, VisitorMut,
};

use crate::parse::{Statement, walk};

/// Other names of functions that the engine has.
const NAMES: &[(&str, &str)] = &[
    ("arbitrary", "first_value"),
    ("approx_percentile", "approx_percentile_cont"),
    ("array_construct", "make_array"),
    ("array_size", "cardinality"),
    ("filter", "array_filter"),
    ("getdate", "now"),
    ("listagg", "string_agg"),
    ("sysdate", "now"),
    ("transform", "array_transform"),
    ("typeof", "arrow_typeof"),
];

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

    fn pre_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        self.written.push(select.projection.iter().map(unnamed).collect());
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, select: &mut Select) -> ControlFlow<Infallible> {
        let written = self.written.pop().unwrap_or_default();
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
            Expr::Function(function) => call(function),
            Expr::Cast { expr, data_type, .. } if is_named(data_type, "IPADDRESS") => {
                Some(calling("ip_address", vec![*expr.clone()]))
            }
            Expr::Like {
                negated: false,
                any: true,
                ..
            }
            | Expr::ILike {
                negated: false,
                any: true,
                ..
            } => any(expression),
            _ => None,
        };
        if let Some(respelled) = respelled {
            *expression = respelled;
        }
        ControlFlow::Continue(())
    }
}

/// A column without a name, as it is written.
fn unnamed(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::UnnamedExpr(expression) => Some(expression.to_string()),
        _ => None,
    }
}

fn is_named(data_type: &DataType, name: &str) -> bool {
    matches!(data_type, DataType::Custom(custom, _) if custom.to_string().eq_ignore_ascii_case(name))
}

/// A call in other words, where it needs them.
fn call(function: &mut Function) -> Option<Expr> {
    let name = function.name.to_string().to_ascii_lowercase();
    if let Some((_, other)) = NAMES.iter().find(|(known, _)| *known == name) {
        function.name = named(other);
        return None;
    }
    let FunctionArguments::List(list) = &mut function.args else {
        return None;
    };
    let arguments = plain(list)?;
    match (name.as_str(), arguments.as_slice()) {
        ("if" | "iff", [condition, then]) => Some(case(condition, then, None)),
        ("if" | "iff", [condition, then, other]) => Some(case(condition, then, Some(other))),
        ("zeroifnull", [value]) => Some(calling("coalesce", vec![value.clone(), number("0")])),
        ("nullifzero", [value]) => Some(calling("nullif", vec![value.clone(), number("0")])),
        ("contains", [block, address]) => Some(calling("ip_in", vec![inner_of_address(address)?, block.clone()])),
        ("try_to_number" | "try_to_decimal" | "try_to_numeric", [value]) => {
            Some(cast(CastKind::TryCast, value, whole()))
        }
        ("to_number" | "to_decimal" | "to_numeric", [value]) => Some(cast(CastKind::Cast, value, whole())),
        ("try_to_double", [value]) => Some(cast(CastKind::TryCast, value, DataType::DoublePrecision)),
        ("to_double", [value]) => Some(cast(CastKind::Cast, value, DataType::DoublePrecision)),
        ("try_to_date", [value]) => Some(cast(CastKind::TryCast, value, DataType::Date)),
        ("try_to_boolean", [value]) => Some(cast(CastKind::TryCast, value, DataType::Boolean)),
        ("try_to_timestamp" | "try_to_timestamp_ntz", [value]) => Some(cast(CastKind::TryCast, value, local_time())),
        ("date", [value]) => Some(cast(CastKind::Cast, value, DataType::Date)),
        ("to_timestamp_ntz", [value]) => Some(cast(
            CastKind::Cast,
            &calling("to_timestamp", vec![value.clone()]),
            local_time(),
        )),
        ("count_if", [condition]) => {
            function.name = named("count");
            function.filter = Some(Box::new(condition.clone()));
            list.args = vec![FunctionArg::Unnamed(FunctionArgExpr::Wildcard)];
            None
        }
        ("max_by" | "min_by", [value, by]) => {
            function.name = named("first_value");
            let order = OrderByExpr {
                expr: by.clone(),
                options: OrderByOptions {
                    asc: Some(name == "min_by"),
                    nulls_first: Some(false),
                },
                with_fill: None,
            };
            list.args = vec![argument(value.clone())];
            list.clauses.push(FunctionArgumentClause::OrderBy(vec![order]));
            None
        }
        _ => None,
    }
}

/// `a LIKE ANY ('x', 'y')` as `a LIKE 'x' OR a LIKE 'y'`.
fn any(like: &Expr) -> Option<Expr> {
    let (Expr::Like { pattern, .. } | Expr::ILike { pattern, .. }) = like else {
        return None;
    };
    let patterns = match pattern.as_ref() {
        Expr::Tuple(patterns) => patterns.clone(),
        Expr::Nested(pattern) => vec![pattern.as_ref().clone()],
        _ => return None,
    };
    let alternatives = patterns.into_iter().map(|one| {
        let mut alternative = like.clone();
        if let Expr::Like { any, pattern, .. } | Expr::ILike { any, pattern, .. } = &mut alternative {
            *any = false;
            **pattern = one;
        }
        alternative
    });
    let either = |left, right| Expr::BinaryOp {
        left: Box::new(left),
        op: BinaryOperator::Or,
        right: Box::new(right),
    };
    alternatives.reduce(either).map(|all| Expr::Nested(Box::new(all)))
}

/// The arguments, where they are expressions and nothing else.
fn plain(list: &FunctionArgumentList) -> Option<Vec<Expr>> {
    let expression = |argument: &FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression.clone()),
        _ => None,
    };
    list.args.iter().map(expression).collect()
}

/// What was made an address, if it was: whoever looks for one in a block reads the text itself.
fn inner_of_address(expression: &Expr) -> Option<Expr> {
    match expression {
        Expr::Function(Function {
            name,
            args: FunctionArguments::List(list),
            ..
        }) if name.to_string() == "ip_address" => plain(list)?.pop(),
        _ => None,
    }
}

fn case(condition: &Expr, then: &Expr, other: Option<&Expr>) -> Expr {
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen {
            condition: condition.clone(),
            result: then.clone(),
        }],
        else_result: other.cloned().map(Box::new),
    }
}

fn cast(kind: CastKind, value: &Expr, data_type: DataType) -> Expr {
    Expr::Cast {
        kind,
        expr: Box::new(value.clone()),
        data_type,
        array: false,
        format: None,
    }
}

/// Snowflake's `NUMBER`.
fn whole() -> DataType {
    DataType::Decimal(ExactNumberInfo::PrecisionAndScale(38, 0))
}

fn local_time() -> DataType {
    DataType::Timestamp(None, TimezoneInfo::None)
}

fn number(text: &str) -> Expr {
    Expr::Value(Value::Number(text.to_owned(), false).into())
}

fn named(name: &str) -> ObjectName {
    ObjectName::from(vec![Ident::new(name)])
}

fn argument(expression: Expr) -> FunctionArg {
    FunctionArg::Unnamed(FunctionArgExpr::Expr(expression))
}

/// A call of a function.
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
