//! Calls of functions in other words.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    CaseWhen, DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, OrderByExpr, OrderByOptions, Value,
};

use super::build::{argument, calling, constant_text, filled, is_number, named, nested, plain, text};
use super::lambdas::{matched, of_nothing};
use super::patterns::whole;
use super::templates;

/// Functions that take text, the column `eventtime` first, which is text in Athena's table.
const OF_EVENT_TIME: &[&str] = &[
    "btrim",
    "ends_with",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "regexp_extract",
    "regexp_like",
    "regexp_replace",
    "regexp_substr",
    "replace",
    "right",
    "rlike",
    "rpad",
    "rtrim",
    "split",
    "split_part",
    "starts_with",
    "startswith",
    "strpos",
    "substr",
    "substring",
    "upper",
];

/// A call in other words, where it needs them.
pub fn respelled(function: &mut Function) -> Option<Expr> {
    let name = function.name.to_string().to_ascii_lowercase();
    if matches!(function.args, FunctionArguments::None) {
        return without_brackets(&name);
    }
    order_within(function);
    unescape(&name, function);
    if OF_EVENT_TIME.contains(&name.as_str())
        && let FunctionArguments::List(list) = &mut function.args
        && let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(first))) = list.args.first_mut()
    {
        as_event_text(first);
    }
    if let Some(other) = templates::engine_name(&name) {
        function.name = named(other);
    }
    aggregate(&name, function);
    let FunctionArguments::List(list) = &mut function.args else {
        return None;
    };
    if name == "approx_percentile" {
        return percentiles(function);
    }
    let arguments = plain(list)?;
    if let Some(expression) = templates::expression(&name, &arguments) {
        return Some(expression);
    }
    match (name.as_str(), arguments.as_slice()) {
        ("contains", [block, address]) => Some(calling("ip_in", vec![inner_of_address(address)?, block.clone()])),
        ("any_match" | "all_match" | "none_match", [_, Expr::Lambda(_)]) => matched(&name, &arguments),
        ("decode", [value, pairs @ ..]) if pairs.len() > 1 => Some(decoded(value, pairs)),
        ("greatest" | "least", [_, _, ..]) => Some(none_if_any_is(&name, &arguments)),
        ("rlike", [subject, pattern, rest @ ..]) => {
            let mut all = vec![subject.clone(), whole(pattern)?];
            all.extend_from_slice(rest);
            Some(calling("regexp_like", all))
        }
        ("to_hex", [Expr::Function(inner)]) if inner.name.to_string().eq_ignore_ascii_case("md5") => {
            Some(calling("upper", arguments))
        }
        ("sha2", [value, bits]) => filled(&format!("encode(sha{bits}($1), 'hex')"), std::slice::from_ref(value)),
        ("trunc", [time, unit]) if constant_text(unit).is_some() => {
            Some(calling("date_trunc", vec![unit.clone(), time.clone()]))
        }
        ("date_part", [part, time]) => epoch(constant_text(part)?, time),
        ("typeof", [value]) if is_json(value) => Some(calling("json_typeof", arguments)),
        (number, [value, digits @ ..]) if !digits.is_empty() && digits.iter().all(is_number) => {
            to_number(number, value, digits)
        }
        ("array_sort", [list, ascending]) => array_sort(list, ascending),
        ("try", [expression]) => Some(calling("try_each", vec![of_nothing(expression)])),
        ("ratio_to_report", [value]) => {
            let mut sum = function.clone();
            sum.name = named("sum");
            filled(
                "(CAST($1 AS DOUBLE) / nullif($2, 0))",
                &[value.clone(), Expr::Function(sum)],
            )
        }
        _ => None,
    }
}

/// What a name stands for that is a function without brackets.
pub fn without_brackets(name: &str) -> Option<Expr> {
    let is_local_time = name.eq_ignore_ascii_case("localtimestamp");
    is_local_time.then(|| filled("CAST(now() AS TIMESTAMP)", &[])).flatten()
}

/// The column that is text in Athena's table and a time here, as that text; any other as it is.
pub fn as_event_text(expression: &mut Expr) {
    let name = match expression {
        Expr::Identifier(name) => Some(&*name),
        Expr::CompoundIdentifier(parts) => parts.last(),
        _ => None,
    };
    if name.is_some_and(|name| name.value.eq_ignore_ascii_case("eventtime"))
        && let Some(text) = filled("CAST($1 AS VARCHAR)", std::slice::from_ref(expression))
    {
        *expression = text;
    }
}

/// `listagg(a, ',') WITHIN GROUP (ORDER BY b)` as `string_agg(a, ',' ORDER BY b)`.
fn order_within(function: &mut Function) {
    let name = function.name.to_string().to_ascii_lowercase();
    let FunctionArguments::List(list) = &mut function.args else {
        return;
    };
    if name == "listagg" {
        function.name = named("string_agg");
        if list.args.len() == 1 {
            list.args.push(argument(text("")));
        }
    }
    if matches!(name.as_str(), "listagg" | "array_agg" | "string_agg") && !function.within_group.is_empty() {
        let order = std::mem::take(&mut function.within_group);
        list.clauses.push(FunctionArgumentClause::OrderBy(order));
    }
}

/// Aggregates that are others with other arguments; what stands behind them stays.
fn aggregate(name: &str, function: &mut Function) {
    let FunctionArguments::List(list) = &mut function.args else {
        return;
    };
    let Some(arguments) = plain(list) else {
        return;
    };
    match (name, arguments.as_slice()) {
        ("count_if", [condition]) => {
            function.name = named("count");
            function.filter = Some(Box::new(condition.clone()));
            list.args = vec![FunctionArg::Unnamed(FunctionArgExpr::Wildcard)];
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
        }
        ("approx_distinct" | "approx_count_distinct", [value, _]) => list.args = vec![argument(value.clone())],
        ("array_unique_agg" | "set_agg", [value]) => {
            function.name = named("array_agg");
            list.duplicate_treatment = Some(DuplicateTreatment::Distinct);
            if name == "array_unique_agg" && function.filter.is_none() {
                function.filter = filled("($1) IS NOT NULL", std::slice::from_ref(value)).map(Box::new);
            }
        }
        _ => {}
    }
}

/// `approx_percentile` of Athena: with a weight, and with a list of percentiles.
fn percentiles(function: &Function) -> Option<Expr> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let arguments = plain(list)?;
    let one = |percentile: &Expr| {
        let mut one = function.clone();
        let (name, arguments) = match arguments.as_slice() {
            [value, _] => ("approx_percentile_cont", vec![value.clone(), percentile.clone()]),
            [value, weight, _] => (
                "approx_percentile_cont_with_weight",
                vec![value.clone(), weight.clone(), percentile.clone()],
            ),
            _ => return None,
        };
        one.name = named(name);
        if let FunctionArguments::List(list) = &mut one.args {
            list.args = arguments.into_iter().map(argument).collect();
        }
        Some(Expr::Function(one))
    };
    match arguments.last()? {
        Expr::Array(percentiles) => {
            let all: Option<Vec<Expr>> = percentiles.elem.iter().map(one).collect();
            Some(calling("make_array", all?))
        }
        percentile => one(percentile),
    }
}

/// `decode(a, 1, 'x', 2, 'y', 'z')` as a `CASE`, in which NULL is found as well.
fn decoded(value: &Expr, pairs: &[Expr]) -> Expr {
    let (pairs, rest) = pairs.as_chunks::<2>();
    let conditions = pairs.iter().map(|[search, result]| CaseWhen {
        condition: Expr::IsNotDistinctFrom(Box::new(nested(value.clone())), Box::new(nested(search.clone()))),
        result: result.clone(),
    });
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: conditions.collect(),
        else_result: rest.first().cloned().map(Box::new),
    }
}

/// `greatest` of Athena and Snowflake is NULL where an argument is.
fn none_if_any_is(name: &str, arguments: &[Expr]) -> Expr {
    let is_null = |argument: &Expr| Expr::IsNull(Box::new(nested(argument.clone())));
    let conditions = arguments.iter().map(|argument| CaseWhen {
        condition: is_null(argument),
        result: Expr::Value(Value::Null.into()),
    });
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: None,
        conditions: conditions.collect(),
        else_result: Some(Box::new(calling(name, arguments.to_vec()))),
    }
}

/// `to_number(a, 10, 2)`, and its kin.
fn to_number(name: &str, value: &Expr, digits: &[Expr]) -> Option<Expr> {
    let cast = match name {
        "to_number" | "to_decimal" | "to_numeric" => "CAST",
        "try_to_number" | "try_to_decimal" | "try_to_numeric" => "TRY_CAST",
        _ => return None,
    };
    let size = match digits {
        [precision] => format!("{precision}, 0"),
        [precision, scale] => format!("{precision}, {scale}"),
        _ => return None,
    };
    filled(&format!("{cast}($1 AS DECIMAL({size}))"), std::slice::from_ref(value))
}

/// Snowflake's `date_part('epoch_second', time)`.
fn epoch(part: &str, time: &Expr) -> Option<Expr> {
    let template = match part.to_ascii_lowercase().as_str() {
        "epoch_second" | "epoch_seconds" => "CAST(floor(date_part('epoch', $1)) AS BIGINT)",
        "epoch_millisecond" | "epoch_milliseconds" => "CAST(floor(date_part('epoch', $1) * 1000) AS BIGINT)",
        _ => return None,
    };
    filled(template, std::slice::from_ref(time))
}

/// Snowflake's `array_sort(list, false)`.
fn array_sort(list: &Expr, ascending: &Expr) -> Option<Expr> {
    let Expr::Value(value) = ascending else {
        return None;
    };
    let template = match value.value {
        Value::Boolean(true) => "array_sort(as_list($1), 'ASC', 'NULLS LAST')",
        Value::Boolean(false) => "array_sort(as_list($1), 'DESC', 'NULLS FIRST')",
        _ => return None,
    };
    filled(template, std::slice::from_ref(list))
}

/// Takes the second of two backslashes out of a pattern that has them only in pairs: a text of Snowflake's, in which a
/// backslash is written as two.
fn unescape(name: &str, function: &mut Function) {
    if !(name.starts_with("regexp") || name == "rlike") {
        return;
    }
    let FunctionArguments::List(list) = &mut function.args else {
        return;
    };
    for argument in list.args.iter_mut().skip(1).take(2) {
        if let FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value))) = argument
            && let Value::SingleQuotedString(pattern) = &mut value.value
            && let Some(unescaped) = super::patterns::unescaped(pattern)
        {
            *pattern = unescaped;
        }
    }
}

/// Whether an expression is JSON text for sure.
pub fn is_json(expression: &Expr) -> bool {
    const GIVE_JSON: &[&str] = &[
        "get",
        "get_path",
        "json_extract",
        "json_parse",
        "object_construct",
        "parse_json",
    ];
    match expression {
        Expr::Function(function) => {
            let name = function.name.to_string().to_ascii_lowercase();
            GIVE_JSON.contains(&name.strip_prefix("try_").unwrap_or(&name))
        }
        Expr::JsonAccess { .. } => true,
        Expr::Nested(inner) => is_json(inner),
        _ => false,
    }
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
