//! Athena's and Snowflake's functions of JSON, text, addresses and lists.

use crate::expressions::{fail, give};
use crate::lake::{self, FIRST_S, Flow};

#[tokio::test]
async fn json_is_taken_apart() {
    let event = r#"'{"bucketName":"logs","acl":{"grants":[{"id":1.50},{"id":"x y"}]},"empty":null,"a b":true}'"#;
    let cases = [
        ("json_extract_scalar(?, '$.bucketName')", "logs"),
        ("json_extract_scalar(?, '$.acl.grants[0].id')", "1.50"),
        ("json_extract_scalar(?, '$.acl')", ""),
        ("json_extract_scalar(?, '$.empty')", ""),
        ("json_extract_scalar(?, '$[\"a b\"]')", "true"),
        ("json_extract(?, '$.acl.grants[1]')", "{\"id\":\"x y\"}"),
        ("json_extract(?, '$.empty')", "null"),
        ("json_extract_scalar('no json', '$.a')", ""),
        ("json_extract_path_text(?, 'acl.grants[1].id')", "x y"),
        ("json_size(?, '$.acl.grants')", "2"),
        ("json_size(?, '$')", "4"),
        ("json_array_length(json_extract(?, '$.acl.grants'))", "2"),
        ("json_array_get('[1, [2], \"c\"]', -2)", "[2]"),
        ("json_array_get('[1]', 5)", ""),
        ("json_array_contains('[\"a\", \"b\"]', 'b')", "true"),
        ("json_extract(json_parse('[1, 2]'), '$[1]')", "2"),
        ("try_parse_json('{')", ""),
    ];
    let cases: Vec<_> = cases
        .iter()
        .map(|(expression, expected)| (expression.replace('?', event), *expected))
        .collect();
    let cases: Vec<_> = cases
        .iter()
        .map(|(expression, expected)| (expression.as_str(), *expected))
        .collect();
    give(&cases).await;
    fail(&[
        ("parse_json('{a:1}')", "`{a:1}` is no JSON"),
        (
            "json_extract('{}', '$.a.*')",
            "the path `$.a.*` makes no sense at character 4",
        ),
        ("json_extract(1, '$.a')", "JSON is text here, not BIGINT"),
    ])
    .await;
}

#[tokio::test]
async fn text_is_taken_apart() {
    give(&[
        // Trino documentation, "Regular expression functions", "URL functions".
        ("regexp_extract('1a 2b 14m', '\\d+')", "1"),
        ("regexp_extract('1a 2b 14m', '(\\d+)([a-z]+)', 2)", "a"),
        ("regexp_extract('abc', '[0-9]')", ""),
        (
            "array_join(regexp_extract_all('1a 2b 14m', '(\\d+)([a-z]+)', 2), ',')",
            "a,b,m",
        ),
        (
            "regexp_substr('It was the best of times, it was the worst', 'the\\W+\\w+', 1, 2)",
            "the worst",
        ),
        ("split('a,b,c', ',')[2]", "b"),
        ("cardinality(split('a,b,c', ',', 2))", "2"),
        ("element_at(split('a,b,c', ','), -1)", "c"),
        ("element_at(split('a,b,c', ','), 9)", ""),
        ("contains(split('a,b,c', ','), 'b')", "true"),
        ("contains(ARRAY[1, 2], 3)", "false"),
        ("contains('abc', 'bc')", "true"),
        ("url_extract_host('https://a.example/c?d=e%20f#g')", "a.example"),
        ("url_extract_parameter('https://a.example/c?d=e%20f#g', 'd')", "e f"),
        ("url_extract_port('https://a.example:8443/')", "8443"),
        ("url_extract_path('no url')", ""),
    ])
    .await;
    fail(&[
        ("regexp_extract('a', '[')", "`[` is no regular expression"),
        ("regexp_extract('a', 'a', 3)", "has no group 3, only 0 of them"),
        ("contains(1, 2)", "contains takes a list and a value"),
        (
            "element_at(1, 2)",
            "element_at takes a list and a position, or a map and a key, not BIGINT",
        ),
    ])
    .await;
}

#[tokio::test]
async fn addresses_are_compared() {
    give(&[
        // Trino documentation, "IP Address Functions".
        ("ip_prefix(CAST('192.168.255.255' AS IPADDRESS), 9)", "192.128.0.0/9"),
        ("ip_prefix('2001:db8:85a3:1:1:8a2e:370:7334', 48)", "2001:db8:85a3::/48"),
        ("is_subnet_of('192.168.3.131/26', IPADDRESS '192.168.3.144')", "true"),
        ("is_subnet_of('64:ff9b::17/64', '64:ff9b::17/128')", "true"),
        ("is_subnet_of('10.0.0.0/16', '10.0.0.0/8')", "false"),
        ("contains('10.0.0.0/8', CAST('10.1.2.3' AS IPADDRESS))", "true"),
        ("contains('10.0.0.0/8', IPADDRESS '11.1.2.3')", "false"),
        ("CAST('-' AS IPADDRESS)", ""),
        ("IPADDRESS '2001:0db8::0001'", "2001:db8::1"),
    ])
    .await;
    fail(&[(
        "contains('10.0.0.0/99', CAST('10.1.2.3' AS IPADDRESS))",
        "`10.0.0.0/99` is no block of addresses",
    )])
    .await;
}

#[tokio::test]
async fn lists_take_lambdas() {
    give(&[
        ("array_join(transform(ARRAY['a', 'b'], x -> upper(x)), ',')", "A,B"),
        ("cardinality(filter(ARRAY[5, -6, 3], x -> x > 0))", "2"),
        (
            "any_match(split('10.0.0.1,8.8.8.8', ','), a -> contains('10.0.0.0/8', CAST(a AS IPADDRESS)))",
            "true",
        ),
    ])
    .await;
}

#[tokio::test]
async fn lists_are_joined_with_their_rows() {
    let lake = lake::empty();
    let answer = lake
        .ask(
            "WITH v AS (SELECT 'a' AS id, ARRAY[1, 2] AS list UNION ALL SELECT 'b', ARRAY[3] UNION ALL SELECT 'c', NULL) \
             SELECT id, x, v.id || x AS both FROM v CROSS JOIN UNNEST(list) AS t(x) WHERE t.x <> 2 ORDER BY id",
        )
        .await;
    insta::assert_snapshot!(answer, @r"
    +----+---+------+
    | id | x | both |
    +----+---+------+
    | a  | 1 | a1   |
    | b  | 3 | b3   |
    +----+---+------+
    ");
}

#[tokio::test]
async fn fields_of_records_are_called_by_their_names() {
    let lake = lake::empty();
    let records = "(SELECT named_struct('arn', 'x', 'inner', named_struct('arn', 'y', 'name', 'z')) AS r)";
    let heading = async |columns: &str, rest: &str| {
        let answer = lake.ask(&format!("SELECT {columns} FROM {records} {rest}")).await;
        answer
            .lines()
            .nth(1)
            .unwrap()
            .split('|')
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(",")
    };
    assert_eq!(heading("r.arn, r.inner.name", "").await, ",arn,name,");
    assert_eq!(
        heading("r.arn, count(*) AS n", "GROUP BY r.arn ORDER BY n DESC LIMIT 1").await,
        ",arn,n,"
    );
    assert_eq!(
        heading("r.arn, 1 AS arn", "").await,
        ",r[arn],arn,",
        "another has the name"
    );
}

#[tokio::test]
async fn conditions_and_casts() {
    give(&[
        ("iff(1 > 2, 'x', 'y')", "y"),
        ("if(1 > 2, 'x')", ""),
        ("zeroifnull(NULL)", "0"),
        ("nullifzero(0)", ""),
        ("try_to_number('12x')", ""),
        ("to_number('12')", "12"),
        ("try_to_timestamp('2026-11-01 00:00:00')", "2026-11-01T00:00:00"),
        ("to_timestamp_ntz(1793491200)", "2026-11-01T00:00:00"),
        ("array_size(array_construct(1, 2))", "2"),
    ])
    .await;
}

#[tokio::test]
async fn an_alias_may_stand_in_a_condition_unless_it_is_a_column() {
    let lake = lake::empty();
    let flow = |srcaddr, bytes| Flow {
        start: Some(FIRST_S),
        srcaddr: Some(srcaddr),
        bytes,
        ..Flow::default()
    };
    lake.load_flows(&[
        flow("10.0.0.1", Some(5)),
        flow("8.8.8.8", Some(90)),
        flow("10.0.0.3", Some(7)),
    ])
    .await;
    let count = async |sql: &str| {
        lake.ask(sql)
            .await
            .lines()
            .filter(|line| line.starts_with("| 1"))
            .count()
    };
    assert_eq!(
        count("SELECT srcaddr AS internal FROM vpc_flow WHERE ip_is_internal(internal)").await,
        2
    );
    let both = "SELECT srcaddr AS a, bytes * 2 AS twice FROM vpc_flow WHERE a LIKE '10.%' AND twice > 10";
    assert_eq!(count(both).await, 1);
    // The column goes before the alias of the same name.
    assert_eq!(
        count("SELECT dstaddr AS x, '1' AS srcaddr FROM vpc_flow WHERE srcaddr LIKE '1.%'").await,
        0
    );
    let error = lake.complaint("SELECT srcaddr AS a FROM vpc_flow WHERE b = '1'").await;
    assert!(error.contains("no column `b`"), "{error}");
    let circle = lake.complaint("SELECT y AS x, x AS y FROM vpc_flow WHERE x > 1").await;
    assert!(circle.contains("no column `"), "{circle}");
}

#[tokio::test]
async fn groups_are_counted_as_athena_and_snowflake_do() {
    let lake = lake::empty();
    let flow = |srcaddr, bytes, action| Flow {
        start: Some(FIRST_S),
        srcaddr: Some(srcaddr),
        bytes,
        action: Some(action),
        ..Flow::default()
    };
    lake.load_flows(&[
        flow("10.0.0.1", Some(5), "ACCEPT"),
        flow("10.0.0.2", Some(90), "REJECT"),
        flow("10.0.0.3", None, "REJECT"),
        flow("10.0.0.4", Some(7), "ACCEPT"),
    ])
    .await;
    let answer = lake
        .ask(
            "SELECT count_if(action = 'REJECT') AS rejected, max_by(srcaddr, bytes) AS largest, \
             min_by(srcaddr, bytes) AS smallest, listagg(bytes::varchar, ',') AS all_bytes, arbitrary(start) AS start, \
             approx_percentile(bytes, 0.5) AS median FROM vpc_flow",
        )
        .await;
    insta::assert_snapshot!(answer, @r"
    +----------+----------+----------+-----------+------------+--------+
    | rejected | largest  | smallest | all_bytes | start      | median |
    +----------+----------+----------+-----------+------------+--------+
    | 2        | 10.0.0.2 | 10.0.0.1 | 5,90,7    | 1793491200 | 7.0    |
    +----------+----------+----------+-----------+------------+--------+
    ");
}

#[tokio::test]
async fn what_is_a_map_elsewhere_is_json_text_here() {
    let lake = lake::empty();
    for (sql, expected) in [
        ("element_at('{\"bucketName\": \"b\"}', 'bucketName')", "b"),
        ("replace('a-b-c', '-')", "abc"),
        ("parse_json('{\"a\": 1}')::variant", "{\"a\": 1}"),
        ("named_struct('Arn', 'x', 'n', '{\"k\": 7}'):ARN", "x"),
        ("named_struct('Arn', 'x', 'n', '{\"k\": 7}'):n.k", "7"),
        ("named_struct('Arn', 'x'):nothing IS NULL", "true"),
        ("(1 = 1) = 'TRUE'", "true"),
    ] {
        let answer = lake.ask(&format!("SELECT {sql} AS x")).await;
        assert!(answer.contains(&format!("| {expected} ")), "{sql}\n{answer}");
    }
}

/// The engine's own rule fails on it.
#[tokio::test]
async fn a_field_beside_expressions_that_are_alike() {
    let lake = lake::empty();
    let sql = "SELECT useridentity.arn, count(*) AS n FROM (SELECT *, substr(CAST(day AS VARCHAR), 1, 4) AS year, \
               substr(CAST(day AS VARCHAR), 6, 2) AS month FROM cloudtrail) WHERE year = '2026' AND month = '11' GROUP BY 1";
    assert!(lake.ask(sql).await.contains("| arn | n |"));
}

#[tokio::test]
async fn what_publishers_write_means_what_they_mean() {
    let lake = lake::empty();
    for (sql, expected) in [
        (
            "SELECT count(*) AS x FROM (VALUES (1, NULL), (2, 3)) AS t(a, b) WHERE a IS DISTINCT FROM 2 AND b IS NULL OR a = 9",
            "1",
        ),
        ("SELECT NULL IS NOT DISTINCT FROM NULL AND false AS x", "false"),
        ("SELECT CASE WHEN 1 IS DISTINCT FROM 2 THEN 'y' END AS x", "y"),
        ("SELECT parse_json('{\"a\": null}'):a::string IS NULL AS x", "true"),
        (
            "SELECT parse_json('{\"userName\": \"u\", \"USERNAME\": \"v\"}'):userName AS x",
            "u",
        ),
        ("SELECT parse_json('{\"arn\": \"u\"}'):ARN AS x", "u"),
        (
            "SELECT x || b AS x FROM (SELECT 'a' AS y, y || 'b' AS x, 1 AS b)",
            "ab1",
        ),
        ("SELECT make_array(named_struct('arn', 'z'))[1].arn AS x", "z"),
        (
            "SELECT v AS x FROM (SELECT 1 AS v, 2 AS w), (SELECT 3 AS u) WHERE v = 1",
            "1",
        ),
        (
            "SELECT r.value AS x FROM (SELECT '[7]' AS l), LATERAL FLATTEN(input => l) r",
            "7",
        ),
    ] {
        let answer = lake.ask(sql).await;
        assert!(answer.contains(&format!("| {expected} ")), "{sql}\n{answer}");
    }
    assert!(
        lake.ask("SELECT count(*), 1 AS a, count(*)")
            .await
            .contains("| count(*) | a | count(*)_1 |")
    );
}
