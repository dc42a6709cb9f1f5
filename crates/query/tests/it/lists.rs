//! Lists, maps, rows and lambdas, as Athena's and Snowflake's pages have them.

use crate::expressions::{fail, give};
use crate::lake;

#[tokio::test]
async fn lists_are_cut_and_searched() {
    give(&[
        // Trino documentation, "Array functions and operators".
        ("slice(ARRAY[1, 2, 3, 4], 2, 2)", "[2, 3]"),
        ("slice(ARRAY[1, 2, 3, 4], -2, 9)", "[3, 4]"),
        ("slice(ARRAY[1, 2], -5, 2)", "[]"),
        ("array_sort(ARRAY[3, NULL, 1])", "[1, 3, ]"),
        ("array_position(ARRAY['a', 'b'], 'b')", "2"),
        ("array_position(ARRAY['a', 'b'], 'z')", "0"),
        ("array_remove(ARRAY[1, 2, 2], 2)", "[1]"),
        ("array_join(ARRAY['a', NULL, 'b'], ',', '-')", "a,-,b"),
        ("concat(ARRAY[1], ARRAY[2], ARRAY[3])", "[1, 2, 3]"),
        ("reverse(ARRAY[1, 2])", "[2, 1]"),
        ("sequence(1, 3)", "[1, 2, 3]"),
        ("sequence(3, 1)", "[3, 2, 1]"),
        ("sequence(DATE '2026-02-27', DATE '2026-03-01')", "[2026-02-27, 2026-02-28, 2026-03-01]"),
        (
            "cardinality(sequence(TIMESTAMP '2026-11-01 00:00:00', TIMESTAMP '2026-11-01 01:00:00', interval '15' minute))",
            "5",
        ),
        // Snowflake documentation: ARRAY_SLICE, ARRAY_CONTAINS, ARRAY_POSITION, ARRAY_SIZE.
        ("array_slice(array_construct(0, 1, 2, 3, 4, 5, 6), 0, 2)", "[0, 1]"),
        ("array_slice(array_construct(0, 1, 2, 3, 4), 0, -2)", "[0, 1, 2]"),
        ("array_contains('hello', array_construct('hello', 'hi'))", "true"),
        ("array_contains('b', parse_json('[\"a\", \"b\"]'))", "true"),
        ("array_contains(3, parse_json('[1, 2]'))", "false"),
        ("array_position('hi', array_construct('hello', 'hi'))", "1"),
        ("array_position('z', array_construct('hello', 'hi'))", ""),
        ("array_prepend(ARRAY[2], 1)", "[1, 2]"),
        ("array_prepend(1, ARRAY[2])", "[1, 2]"),
        ("array_size(parse_json('[1, [2, 3]]'))", "2"),
        ("array_size(parse_json('{}'))", ""),
        ("array_to_string(parse_json('[\"a\", 1]'), '/')", "a/1"),
        ("array_sort(array_construct(2, NULL, 1), false)", "[, 2, 1]"),
        ("get(array_construct(5, 6), 1)", "6"),
        ("get(array_construct(5, 6), 2)", ""),
        ("get(array_construct(5, 6), -1)", ""),
    ])
    .await;
    fail(&[
        ("slice(ARRAY[1], 0, 1)", "slice counts from 1"),
        ("array_contains(1, 2)", "array_contains takes a value and a list"),
        ("sequence('a', 'b')", "sequence takes two whole numbers"),
        ("sequence(1, 1000000000000)", "a list has at most 10000 numbers"),
        ("sequence(1, 5, 0)", "a step is not 0"),
    ])
    .await;
}

#[tokio::test]
async fn maps_are_read() {
    give(&[
        ("element_at(MAP(ARRAY['a', 'b'], ARRAY[1, 2]), 'b')", "2"),
        ("element_at(MAP(ARRAY['a'], ARRAY[1]), 'z')", ""),
        ("cardinality(MAP(ARRAY['a', 'b'], ARRAY[1, 2]))", "2"),
        ("map_keys(MAP(ARRAY['a', 'b'], ARRAY[1, 2]))", "[a, b]"),
        ("map_values(MAP(ARRAY['a', 'b'], ARRAY[1, 2]))", "[1, 2]"),
        ("split_to_map('a=1&b=x=y', '&', '=')['b']", "x=y"),
    ])
    .await;
    fail(&[("split_to_map('a=1&b', '&', '=')", "`b` has no `=`")]).await;
}

#[tokio::test]
async fn json_is_cast_to_lists_maps_and_rows() {
    let event = r#"'{"items":[{"cidrIp":"10.0.0.0/8","port":22,"x":{"y":1}},{"cidrIp":null}],"tags":{"Name":"web"}}'"#;
    let cases = [
        ("CAST(json_parse('[1, null, \"3\"]') AS ARRAY(BIGINT))", "[1, , 3]"),
        (
            "CAST(json_extract(?, '$.tags') AS MAP(VARCHAR, VARCHAR))['Name']",
            "web",
        ),
        ("cardinality(CAST(json_extract(?, '$.items') AS ARRAY(JSON)))", "2"),
        (
            "element_at(CAST(json_extract(?, '$.items') AS ARRAY(JSON)), 1)",
            "{\"cidrIp\":\"10.0.0.0/8\",\"port\":22,\"x\":{\"y\":1}}",
        ),
        (
            "json_format(CAST(CAST(json_extract(?, '$.items') AS ARRAY(ROW(cidrip VARCHAR, port INTEGER, x JSON))) AS JSON))",
            "[{\"cidrip\":\"10.0.0.0/8\",\"port\":22,\"x\":{\"y\":1}},{\"cidrip\":null,\"port\":null,\"x\":null}]",
        ),
        (
            "json_format(CAST(CAST(json_parse('[1, \"a\"]') AS ROW(BIGINT, VARCHAR)) AS JSON))",
            "{\"field0\":1,\"field1\":\"a\"}",
        ),
        (
            "json_format(CAST(CAST(ROW(1, 'a') AS ROW(x VARCHAR, y VARCHAR)) AS JSON))",
            "{\"x\":\"1\",\"y\":\"a\"}",
        ),
        ("TRY_CAST(json_parse('{\"a\": 1}') AS ARRAY(BIGINT))", ""),
        ("CAST(ARRAY[1, 2] AS ARRAY(VARCHAR))", "[1, 2]"),
        (
            "json_format(CAST(ROW(1, ARRAY['a']) AS JSON))",
            "{\"c0\":1,\"c1\":[\"a\"]}",
        ),
    ];
    let cases: Vec<_> = cases
        .map(|(expression, expected)| (expression.replace('?', event), expected))
        .into();
    let cases: Vec<_> = cases
        .iter()
        .map(|(expression, expected)| (expression.as_str(), *expected))
        .collect();
    give(&cases).await;
    fail(&[
        ("CAST(json_parse('{}') AS ARRAY(VARCHAR))", "`{}` is no JSON array"),
        ("CAST('x' AS MAP(VARCHAR, VARCHAR))", "`x` is no JSON"),
        ("CAST(json_parse('[1]') AS ARRAY(THING))", "`THING` is no type"),
    ])
    .await;
}

#[tokio::test]
async fn lambdas_are_worked_out() {
    give(&[
        // Trino documentation, "Array functions and operators".
        ("reduce(ARRAY[5, 20, 50], 0, (s, x) -> s + x, s -> s)", "75"),
        ("reduce(ARRAY[], 0, (s, x) -> s + x, s -> s)", "0"),
        ("reduce(ARRAY[5, 6, 10, 20], 0.0, (s, x) -> s + x, s -> s / 4)", "10.25"),
        (
            "reduce(ARRAY[5, 20, 50, 25], CAST(ROW(0.0, 0) AS ROW(sum DOUBLE, count INTEGER)), \
             (s, x) -> CAST(ROW(x + s.sum, s.count + 1) AS ROW(sum DOUBLE, count INTEGER)), \
             s -> IF(s.count = 0, NULL, s.sum / s.count))",
            "25.0",
        ),
        ("all_match(ARRAY[1, 2], x -> x > 0)", "true"),
        ("all_match(ARRAY[1, NULL], x -> x > 0)", ""),
        ("none_match(ARRAY[1, 2], x -> x > 2)", "true"),
        ("none_match(ARRAY[1, 2], x -> x = 2)", "false"),
    ])
    .await;
    let lake = lake::empty();
    let answer = lake
        .ask(
            "SELECT reduce(list, first, (s, x) -> s + x * factor, s -> s) AS sum \
             FROM (VALUES (1, ARRAY[1, 2, 3], 0, 2), (2, ARRAY[5], 100, 1), (3, NULL, 7, 1), (4, ARRAY[], 7, 1)) \
             AS t(row, list, first, factor) ORDER BY row",
        )
        .await;
    insta::assert_snapshot!(answer, @r"
    +-----+
    | sum |
    +-----+
    | 12  |
    | 105 |
    |     |
    | 7   |
    +-----+
    ");
}

#[tokio::test]
async fn what_is_tried_is_null_where_it_fails() {
    let lake = lake::empty();
    let answer = lake
        .ask(
            "SELECT try(CAST(v AS INTEGER)) AS number, try(10 / CAST(v AS INTEGER)) AS share, \
             try(date_parse(v, '%Y-%m')) AS month \
             FROM (VALUES (1, '5'), (2, 'x'), (3, '0'), (4, '2026-11'), (5, NULL)) AS t(row, v) ORDER BY row",
        )
        .await;
    insta::assert_snapshot!(answer, @r"
    +--------+-------+---------------------+
    | number | share | month               |
    +--------+-------+---------------------+
    | 5      | 2     |                     |
    |        |       |                     |
    | 0      |       |                     |
    |        |       | 2026-11-01T00:00:00 |
    |        |       |                     |
    +--------+-------+---------------------+
    ");
    give(&[
        ("try(1 / 0)", ""),
        ("try(CAST('x' AS BIGINT)) IS NULL", "true"),
        ("try(1 + 1)", "2"),
    ])
    .await;
}

#[tokio::test]
async fn elements_become_rows() {
    let lake = lake::empty();
    let lists = "WITH v AS (SELECT 'a' AS id, ARRAY[10, 20] AS list, ARRAY['x'] AS other \
                 UNION ALL SELECT 'b', ARRAY[30], ARRAY['y', 'z'] UNION ALL SELECT 'c', NULL, NULL)";
    let answer = lake
        .ask(&format!(
            "{lists} SELECT id, x, n FROM v LEFT JOIN UNNEST(list) WITH ORDINALITY AS t(x, n) ON TRUE ORDER BY id, n"
        ))
        .await;
    insta::assert_snapshot!(answer, @r"
    +----+----+---+
    | id | x  | n |
    +----+----+---+
    | a  | 10 | 1 |
    | a  | 20 | 2 |
    | b  | 30 | 1 |
    | c  |    |   |
    +----+----+---+
    ");
    let answer = lake
        .ask(&format!(
            "{lists} SELECT id, x, y FROM v CROSS JOIN UNNEST(list, other) AS t(x, y) ORDER BY id, x"
        ))
        .await;
    insta::assert_snapshot!(answer, @r"
    +----+----+---+
    | id | x  | y |
    +----+----+---+
    | a  | 10 | x |
    | a  | 20 |   |
    | b  | 30 | y |
    | b  |    | z |
    +----+----+---+
    ");
    let answer = lake
        .ask(
            "SELECT k, v, cidr, port FROM (SELECT MAP(ARRAY['a', 'b'], ARRAY[1, 2]) AS m, \
             CAST(json_parse('[{\"cidr\":\"::/0\",\"port\":22}]') AS ARRAY(ROW(cidr VARCHAR, port BIGINT))) AS rules) t \
             CROSS JOIN UNNEST(m) AS e(k, v) CROSS JOIN UNNEST(rules) AS r(cidr, port) ORDER BY k",
        )
        .await;
    insta::assert_snapshot!(answer, @r"
    +---+---+------+------+
    | k | v | cidr | port |
    +---+---+------+------+
    | a | 1 | ::/0 | 22   |
    | b | 2 | ::/0 | 22   |
    +---+---+------+------+
    ");
    let answer = lake
        .ask("SELECT t.x, t.n FROM UNNEST(ARRAY['a', 'b']) WITH ORDINALITY AS t(x, n) WHERE t.n > 1")
        .await;
    insta::assert_snapshot!(answer, @r"
    +---+---+
    | x | n |
    +---+---+
    | b | 2 |
    +---+---+
    ");
}

#[tokio::test]
async fn groups_become_maps_and_lists() {
    let lake = lake::empty();
    let rows = "(VALUES (1, 'a', 5), (1, 'b', 7), (2, 'a', 9), (1, 'a', 6), (2, NULL, 1)) AS t(g, k, v)";
    let answer = lake
        .ask(&format!(
            "SELECT g, histogram(k) AS counts, map_keys(map_agg(k, v)) AS keys, mode(k) AS most, \
             array_agg(v ORDER BY v DESC) AS all_v, array_unique_agg(k) IS NOT NULL AS u \
             FROM {rows} GROUP BY g ORDER BY g"
        ))
        .await;
    insta::assert_snapshot!(answer, @r"
    +---+--------------+--------+------+-----------+------+
    | g | counts       | keys   | most | all_v     | u    |
    +---+--------------+--------+------+-----------+------+
    | 1 | {a: 2, b: 1} | [a, b] | a    | [7, 6, 5] | true |
    | 2 | {a: 1}       | [a]    | a    | [9, 1]    | true |
    +---+--------------+--------+------+-----------+------+
    ");
    let answer = lake
        .ask(&format!(
            "SELECT object_agg(k || v, v) AS object, approx_distinct(k, 0.01) AS kinds, \
             listagg(DISTINCT k, ',') WITHIN GROUP (ORDER BY k) AS names, booland_agg(v > 0) AS all_positive, \
             cardinality(approx_percentile(v, ARRAY[0.1, 0.9])) AS n FROM {rows}"
        ))
        .await;
    insta::assert_snapshot!(answer, @r#"
    +-------------------------------+-------+-------+--------------+---+
    | object                        | kinds | names | all_positive | n |
    +-------------------------------+-------+-------+--------------+---+
    | {"a5":5,"a6":6,"a9":9,"b7":7} | 2     | a,b   | true         | 2 |
    +-------------------------------+-------+-------+--------------+---+
    "#);
    let twice = lake.complaint(&format!("SELECT object_agg(k, v) FROM {rows}")).await;
    assert!(twice.contains("the name `a` comes twice"), "{twice}");
    let none = lake
        .ask("SELECT histogram(v) IS NULL AS none FROM (SELECT 1 AS v) t WHERE v > 1")
        .await;
    assert!(none.contains("| true |"), "{none}");
}
