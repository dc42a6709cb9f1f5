//! Calls that are an expression of the engine's functions, as tables.

use datafusion::sql::sqlparser::ast::Expr;

use super::build::filled;

/// Other names of functions that the engine has, which take the same arguments.
const NAMES: &[(&str, &str)] = &[
    ("approx_count_distinct", "approx_distinct"),
    ("arbitrary", "first_value"),
    ("array_average", "array_avg"),
    ("array_construct", "make_array"),
    ("array_flatten", "flatten"),
    ("array_generate_range", "range"),
    ("array_intersection", "array_intersect"),
    ("array_remove", "array_remove_all"),
    ("bitand_agg", "bit_and"),
    ("bitor_agg", "bit_or"),
    ("bitwise_and_agg", "bit_and"),
    ("bitwise_or_agg", "bit_or"),
    ("bitwise_xor_agg", "bit_xor"),
    ("bitxor_agg", "bit_xor"),
    ("booland_agg", "bool_and"),
    ("boolor_agg", "bool_or"),
    ("codepoint", "ascii"),
    ("endswith", "ends_with"),
    ("every", "bool_and"),
    ("filter", "array_filter"),
    ("from_unixtime_nanos", "to_timestamp_nanos"),
    ("getdate", "now"),
    ("greatest_ignore_nulls", "greatest"),
    ("hll", "approx_distinct"),
    ("is_nan", "isnan"),
    ("least_ignore_nulls", "least"),
    ("len", "length"),
    ("levenshtein_distance", "levenshtein"),
    ("sign", "signum"),
    ("startswith", "starts_with"),
    ("sysdate", "now"),
    ("timestamp_ntz_from_parts", "timestamp_from_parts"),
    ("timestampntzfromparts", "timestamp_from_parts"),
    ("timestampfromparts", "timestamp_from_parts"),
    ("datefromparts", "date_from_parts"),
    ("transform", "array_transform"),
    ("truncate", "trunc"),
    ("uuid_string", "uuid"),
    ("variance", "var_samp"),
    ("variance_pop", "var_pop"),
    ("variance_samp", "var_samp"),
];

/// Calls with so many arguments, and what they are. An argument that a sign stands beside is in brackets.
const CALLS: &[(&str, usize, &str)] = &[
    // Conditions.
    ("if", 2, "CASE WHEN $1 THEN $2 END"),
    ("if", 3, "CASE WHEN $1 THEN $2 ELSE $3 END"),
    ("iff", 3, "CASE WHEN $1 THEN $2 ELSE $3 END"),
    ("replace", 2, "replace($1, $2, '')"),
    ("zeroifnull", 1, "coalesce($1, 0)"),
    ("nullifzero", 1, "nullif($1, 0)"),
    ("equal_null", 2, "(($1) IS NOT DISTINCT FROM ($2))"),
    ("boolnot", 1, "(NOT CAST($1 AS BOOLEAN))"),
    ("booland", 2, "(CAST($1 AS BOOLEAN) AND CAST($2 AS BOOLEAN))"),
    ("boolor", 2, "(CAST($1 AS BOOLEAN) OR CAST($2 AS BOOLEAN))"),
    ("boolxor", 2, "(CAST($1 AS BOOLEAN) <> CAST($2 AS BOOLEAN))"),
    // Numbers.
    ("mod", 2, "(($1) % ($2))"),
    (
        "div0",
        2,
        "CASE WHEN ($2) = 0 THEN 0 ELSE CAST($1 AS DOUBLE) / ($2) END",
    ),
    (
        "div0null",
        2,
        "CASE WHEN ($2) IS NULL OR ($2) = 0 THEN 0 ELSE CAST($1 AS DOUBLE) / ($2) END",
    ),
    ("square", 1, "power($1, 2)"),
    ("e", 0, "exp(1.0)"),
    ("infinity", 0, "CAST('Infinity' AS DOUBLE)"),
    ("nan", 0, "CAST('NaN' AS DOUBLE)"),
    ("rand", 2, "(($1) + CAST(floor(random() * (($2) - ($1))) AS BIGINT))"),
    ("random", 1, "CAST(floor(random() * ($1)) AS BIGINT)"),
    ("random", 2, "(($1) + CAST(floor(random() * (($2) - ($1))) AS BIGINT))"),
    ("bitwise_and", 2, "(($1) & ($2))"),
    ("bitand", 2, "(($1) & ($2))"),
    ("bitwise_or", 2, "(($1) | ($2))"),
    ("bitor", 2, "(($1) | ($2))"),
    ("bitwise_xor", 2, "(($1) ^ ($2))"),
    ("bitxor", 2, "(($1) ^ ($2))"),
    ("bitwise_not", 1, "(-1 - ($1))"),
    ("bitnot", 1, "(-1 - ($1))"),
    ("bitwise_left_shift", 2, "(($1) << ($2))"),
    ("bitshiftleft", 2, "(($1) << ($2))"),
    ("bitwise_arithmetic_shift_right", 2, "(($1) >> ($2))"),
    ("bitshiftright", 2, "(($1) >> ($2))"),
    ("getbit", 2, "((($1) >> ($2)) & 1)"),
    (
        "haversine",
        4,
        "(2 * 6371.0 * asin(sqrt(power(sin(radians(($3) - ($1)) / 2), 2) \
         + cos(radians($1)) * cos(radians($3)) * power(sin(radians(($4) - ($2)) / 2), 2))))",
    ),
    ("to_number", 1, "CAST($1 AS DECIMAL(38,0))"),
    ("to_decimal", 1, "CAST($1 AS DECIMAL(38,0))"),
    ("to_numeric", 1, "CAST($1 AS DECIMAL(38,0))"),
    ("try_to_number", 1, "TRY_CAST($1 AS DECIMAL(38,0))"),
    ("try_to_decimal", 1, "TRY_CAST($1 AS DECIMAL(38,0))"),
    ("try_to_numeric", 1, "TRY_CAST($1 AS DECIMAL(38,0))"),
    ("to_double", 1, "CAST($1 AS DOUBLE PRECISION)"),
    ("try_to_double", 1, "TRY_CAST($1 AS DOUBLE PRECISION)"),
    ("to_boolean", 1, "CAST($1 AS BOOLEAN)"),
    ("try_to_boolean", 1, "TRY_CAST($1 AS BOOLEAN)"),
    // Times.
    ("date", 1, "CAST($1 AS DATE)"),
    ("add_months", 2, "date_add('month', $2, $1)"),
    ("to_milliseconds", 1, "CAST(date_part('epoch', $1) * 1000 AS BIGINT)"),
    // Text.
    ("insert", 4, "overlay($1, $4, $2, $3)"),
    ("position", 2, "charindex($1, $2)"),
    ("position", 3, "charindex($1, $2, $3)"),
    ("space", 1, "repeat(' ', $1)"),
    ("editdistance", 2, "levenshtein($1, $2)"),
    ("editdistance", 3, "least(levenshtein($1, $2), $3)"),
    ("to_varchar", 1, "CAST($1 AS VARCHAR)"),
    ("to_char", 1, "CAST($1 AS VARCHAR)"),
    ("to_varchar", 2, "to_char($1, $2)"),
    ("listagg", 1, "string_agg($1, '')"),
    // Bytes.
    ("to_utf8", 1, "CAST($1 AS BYTEA)"),
    ("from_hex", 1, "decode($1, 'hex')"),
    ("hex_encode", 1, "upper(encode($1, 'hex'))"),
    ("hex_decode_string", 1, "from_utf8(decode($1, 'hex'))"),
    ("to_base64", 1, "encode($1, 'base64pad')"),
    ("base64_encode", 1, "encode($1, 'base64pad')"),
    ("from_base64", 1, "decode($1, 'base64pad')"),
    ("base64_decode_string", 1, "from_utf8(decode($1, 'base64pad'))"),
    ("sha2", 1, "encode(sha256($1), 'hex')"),
    // Lists; JSON text may stand for one.
    ("array_size", 1, "cardinality(as_list($1))"),
    ("array_sort", 1, "array_sort(as_list($1), 'ASC', 'NULLS LAST')"),
    ("array_to_string", 2, "array_to_string(as_list($1), $2)"),
    ("array_cat", 2, "array_concat(as_list($1), as_list($2))"),
    ("array_append", 2, "array_append(as_list($1), $2)"),
    ("slice", 3, "list_part($1, $2, $3)"),
    ("array_slice", 3, "list_between(as_list($1), $2, $3)"),
    // JSON.
    ("is_json_scalar", 1, "(json_typeof($1) NOT IN ('ARRAY', 'OBJECT'))"),
    ("is_array", 1, "(json_typeof($1) = 'ARRAY')"),
    ("is_object", 1, "(json_typeof($1) = 'OBJECT')"),
    ("is_null_value", 1, "(json_typeof($1) = 'NULL_VALUE')"),
    ("is_boolean", 1, "(json_typeof($1) = 'BOOLEAN')"),
    ("is_integer", 1, "(json_typeof($1) = 'INTEGER')"),
    ("is_varchar", 1, "(json_typeof($1) = 'VARCHAR')"),
    ("is_char", 1, "(json_typeof($1) = 'VARCHAR')"),
    ("is_decimal", 1, "(json_typeof($1) IN ('INTEGER', 'DECIMAL'))"),
    ("is_double", 1, "(json_typeof($1) IN ('INTEGER', 'DECIMAL', 'DOUBLE'))"),
    ("as_array", 1, "CASE WHEN json_typeof($1) = 'ARRAY' THEN $1 END"),
    ("as_object", 1, "CASE WHEN json_typeof($1) = 'OBJECT' THEN $1 END"),
    (
        "as_varchar",
        1,
        "CASE WHEN json_typeof($1) = 'VARCHAR' THEN coalesce(get_path($1, ''), $1) END",
    ),
    (
        "as_char",
        1,
        "CASE WHEN json_typeof($1) = 'VARCHAR' THEN coalesce(get_path($1, ''), $1) END",
    ),
    (
        "as_integer",
        1,
        "CASE WHEN json_typeof($1) = 'INTEGER' THEN TRY_CAST($1 AS BIGINT) END",
    ),
    (
        "as_double",
        1,
        "CASE WHEN json_typeof($1) IN ('INTEGER', 'DECIMAL', 'DOUBLE') THEN TRY_CAST($1 AS DOUBLE) END",
    ),
    (
        "as_boolean",
        1,
        "CASE WHEN json_typeof($1) = 'BOOLEAN' THEN TRY_CAST($1 AS BOOLEAN) END",
    ),
    (
        "strip_null_value",
        1,
        "CASE WHEN json_typeof($1) = 'NULL_VALUE' THEN NULL ELSE $1 END",
    ),
];

/// The engine's name of a function, if it has another.
pub fn engine_name(name: &str) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, other)| *other)
}

/// What a call is, if it is in the table.
pub fn expression(name: &str, arguments: &[Expr]) -> Option<Expr> {
    let (_, _, template) = CALLS
        .iter()
        .find(|(known, count, _)| *known == name && *count == arguments.len())?;
    filled(template, arguments)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::accent::build::text;

    #[test]
    fn every_template_can_be_read_and_uses_what_it_is_given() {
        for (name, count, template) in CALLS {
            let arguments: Vec<Expr> = (1..=*count).map(|at| text(format!("argument {at}"))).collect();
            let read = expression(name, &arguments).unwrap().to_string();
            for at in 1..=*count {
                assert!(read.contains(&format!("'argument {at}'")), "{name}: {template}");
            }
        }
    }
}
