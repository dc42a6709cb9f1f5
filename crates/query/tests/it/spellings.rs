//! What Snowflake and Athena spell in their own ways, over the same engine.

use crate::expressions::{fail, give};
use crate::lake::{self, Event, FIRST_S};

#[tokio::test]
async fn regular_expressions() {
    give(&[
        // Snowflake documentation: REGEXP_SUBSTR, REGEXP_REPLACE, REGEXP_INSTR, RLIKE.
        ("regexp_substr('abc def', '(\\w)(\\w)', 1, 2, 'e', 2)", "e"),
        ("regexp_substr('ABC', 'b', 1, 1, 'i')", "B"),
        ("regexp_substr('abc', 'b', 3)", ""),
        ("regexp_substr('a12', '\\\\d+')", "12"),
        (
            "regexp_replace('firstname middlename lastname', '(.*) (.*) (.*)', '\\\\3, \\\\1 \\\\2')",
            "lastname, firstname middlename",
        ),
        (
            "regexp_replace('It was the best of times', '( ){1,}', '')",
            "Itwasthebestoftimes",
        ),
        ("regexp_replace('aXbX', 'X', '-', 1, 2)", "aXb-"),
        ("regexp_replace('aXbx', 'x', '-', 3, 1, 'i')", "aXb-"),
        ("regexp_instr('nevermore1, nevermore2', 'nevermore\\d')", "1"),
        ("regexp_instr('nevermore1, nevermore2', 'nevermore\\d', 5)", "13"),
        ("regexp_instr('nevermore1, nevermore2', 'nevermore\\d', 1, 1, 1)", "11"),
        ("regexp_count('aXbX', 'x', 1, 'i')", "2"),
        ("rlike('800-456-7891', '[2-9]\\d{2}-\\d{3}-\\d{4}')", "true"),
        ("rlike('abc', 'b')", "false"),
        ("'ABC' RLIKE 'a.*'", "false"),
        ("rlike('ABC', 'a.*', 'i')", "true"),
        ("'abc' NOT REGEXP 'b'", "true"),
        // Trino documentation, "Regular expression functions".
        ("regexp_like('1a 2b 14m', '\\d+b')", "true"),
        ("regexp_replace('1a 2b 14m', '\\d+[ab] ')", "14m"),
        ("regexp_replace('1a 2b 14m', '(\\d+)([ab]) ', '3c$2 ')", "3ca 3cb 14m"),
        (
            "array_join(regexp_split('1a 2b 14m', '\\s*[a-z]+\\s*'), ',')",
            "1,2,14,",
        ),
        (
            "regexp_position('I have 23 apples, 5 pears and 13 oranges', '\\b\\d+\\b', 5)",
            "8",
        ),
        (
            "regexp_position('I have 23 apples, 5 pears and 13 oranges', '\\b\\d+\\b', 12, 2)",
            "31",
        ),
        ("regexp_position('apples', '\\d')", "-1"),
        // PostgreSQL documentation: with flags, the first unless `g` is among them.
        ("regexp_replace('foobarbaz', 'b..', 'X', 'i')", "fooXbaz"),
        ("regexp_replace('foobarbaz', 'b(..)', 'X\\1Y', 'g')", "fooXarYXazY"),
    ])
    .await;
    fail(&[
        ("regexp_substr('a', 'a', 0)", "regexp_substr counts from 1"),
        ("regexp_replace('a', '(', '')", "`(` is no regular expression"),
    ])
    .await;
}

#[tokio::test]
async fn patterns_in_lists() {
    give(&[
        ("'abc' NOT LIKE ANY ('a%', 'x')", "false"),
        ("'abc' LIKE ALL ('a%', '%c')", "true"),
        ("'abc' LIKE ALL ('a%', '%d')", "false"),
        ("'abc' NOT LIKE ALL ('a%', '%d')", "true"),
        ("'ABC' ILIKE ANY ('x', 'a%')", "true"),
    ])
    .await;
}

#[tokio::test]
async fn text_is_spelled_and_split() {
    give(&[
        ("split_part('a.b.c', '.', -1)", "c"),
        ("split_part('a.b.c', '.', 0)", "a"),
        ("split_part('a.b.c', '.', 9)", ""),
        ("strtok('user@snowflake.com', '@.', 2)", "snowflake"),
        ("strtok('a.b', '.', 3)", ""),
        ("strtok_to_array('a.b c', '. ')", "[a, b, c]"),
        ("charindex('an', 'banana', 3)", "4"),
        ("position('an', 'banana')", "2"),
        ("insert('abcdef', 3, 2, 'zzz')", "abzzzef"),
        ("editdistance('Gute nacht', 'Ich weis nicht')", "8"),
        ("format('%s%%', 123)", "123%"),
        ("format('%,.2f', 1234567.89)", "1,234,567.89"),
        ("format('%05d|%-5s|%2$s', 42, 'x')", "00042|x    |x"),
        ("concat('a', NULL)", ""),
        ("concat(1, '-', DATE '2026-11-01')", "1-2026-11-01"),
        ("concat(1, 2)", "12"),
        ("url_encode('http://a/b c?d')", "http%3A%2F%2Fa%2Fb+c%3Fd"),
        ("url_decode('a%20b+c%3D%26')", "a b c=&"),
        ("to_hex(to_utf8('abc'))", "616263"),
        ("to_hex(255)", "ff"),
        ("from_utf8(from_base64('YWJj'))", "abc"),
        ("to_hex(md5(to_utf8('a')))", "0CC175B9C0F1B6A831C399E269772661"),
        (
            "sha2('a')",
            "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
        ),
        ("hash('a', 1) = hash('a', 1) AND hash('a') <> hash('b')", "true"),
    ])
    .await;
    fail(&[
        ("format('%d', 'x')", "`x` is no number, and %d takes one"),
        ("format('%s %s', 1)", "asks for 2 arguments"),
        ("strtok('a', ',', 0)", "strtok counts from 1"),
    ])
    .await;
}

#[tokio::test]
async fn numbers_and_conditions() {
    give(&[
        ("bitwise_and(19, 25)", "17"),
        ("bitwise_xor(19, 25)", "10"),
        ("bitwise_not(-12)", "11"),
        ("bitwise_right_shift(-8, 1)", "9223372036854775804"),
        ("bitshiftright(16, 4)", "1"),
        ("bit_count(-7, 64)", "62"),
        ("from_base('ff', 16)", "255"),
        ("to_base(-255, 16)", "-ff"),
        ("width_bucket(5.35, 0.024, 10.06, 5)", "3"),
        ("width_bucket(11, 0, 10, 5)", "6"),
        ("width_bucket(0.5, ARRAY[1.0, 2.0])", "0"),
        ("human_readable_seconds(3762)", "1 hour, 2 minutes, 42 seconds"),
        ("format_number(1234567)", "1.23M"),
        ("div0(1, 2)", "0.5"),
        ("div0(1, 0)", "0.0"),
        ("div0(NULL, 0)", "0.0"),
        ("div0null(1, NULL)", "0.0"),
        ("equal_null(NULL, NULL)", "true"),
        ("decode(NULL, 1, 'one', NULL, 'none')", "none"),
        ("decode(3, 1, 'one', 2, 'two', 'other')", "other"),
        ("greatest(1, NULL, 3)", ""),
        ("greatest_ignore_nulls(1, NULL, 3)", "3"),
        ("to_number('12.345', 10, 2)", "12.35"),
        ("round(haversine(40.7127, -74.0059, 34.0500, -118.2500))", "3936.0"),
        ("'12'::number + 1", "13"),
        ("typeof(1)", "bigint"),
        ("typeof(ARRAY['a'])", "array(varchar)"),
        ("typeof(parse_json('{\"a\":1}'))", "OBJECT"),
    ])
    .await;
}

#[tokio::test]
async fn json_of_snowflake() {
    give(&[
        ("object_construct('a', 1, 'b', 'x', 'c', NULL)", "{\"a\":1,\"b\":\"x\"}"),
        ("object_construct_keep_null('c', NULL)", "{\"c\":null}"),
        (
            "object_construct('o', parse_json('{\"x\": [1]}'), 'l', array_construct(1, 2))",
            "{\"o\":{\"x\": [1]},\"l\":[1,2]}",
        ),
        ("object_keys('{\"b\": 1, \"a\": {}}')", "[b, a]"),
        ("get(parse_json('{\"a\": \"x\"}'), 'a')", "x"),
        ("get('[5, 6]', 1)", "6"),
        ("is_array('[1]')", "true"),
        ("is_object(parse_json('[1]'))", "false"),
        ("as_integer('5')", "5"),
        ("as_integer('\"5\"')", ""),
        ("as_varchar('\"x\"')", "x"),
        ("as_varchar(get(parse_json('{\"a\": \"x\"}'), 'a'))", "x"),
        ("strip_null_value('null')", ""),
        ("check_json('{\"a\":1}')", ""),
        ("check_json('{') IS NOT NULL", "true"),
        ("is_json_scalar('[1]')", "false"),
        (
            "json_extract_scalar(parse_url('https://a.example:81/b/c?d=e%20f#g'), '$.parameters.d')",
            "e f",
        ),
        (
            "json_extract_scalar(parse_url('https://a.example:81/b/c'), '$.path')",
            "b/c",
        ),
        // Snowflake documentation: PARSE_IP.
        (
            "json_extract(parse_ip('192.168.242.188/24', 'INET'), '$.ip_fields')",
            "[3232297660,0,0,0]",
        ),
        (
            "json_extract_scalar(parse_ip('192.168.242.188/24', 'INET'), '$.ipv4_range_start')",
            "3232297472",
        ),
        (
            "json_extract_scalar(parse_ip('192.168.242.188/24', 'INET'), '$.ipv4_range_end')",
            "3232297727",
        ),
        (
            "json_extract_scalar(parse_ip('fe80::20c:29ff:fe2c:429/64', 'INET'), '$.hex_ipv6')",
            "FE80000000000000020C29FFFE2C0429",
        ),
        (
            "json_extract_scalar(parse_ip('fe80::20c:29ff:fe2c:429/64', 'INET'), '$.hex_ipv6_range_end')",
            "FE80000000000000FFFFFFFFFFFFFFFF",
        ),
        ("try_parse_ip('10.0.0.256', 'INET')", ""),
        ("is_subnet_of(IPPREFIX '10.0.0.0/8', IPADDRESS '10.1.2.3')", "true"),
        ("contains(IPPREFIX '10.0.0.0/8', IPADDRESS '11.1.2.3')", "false"),
        ("IPPREFIX '10.1.2.3/8'", "10.0.0.0/8"),
    ])
    .await;
    fail(&[
        ("parse_ip('x', 'INET')", "`x` is no address"),
        ("parse_ip('10.0.0.1', 'MAC')", "parse_ip knows 'INET', not 'MAC'"),
        ("object_construct('a')", "takes names and values in turn"),
        ("IPPREFIX 'x'", "`x` is no block of addresses"),
    ])
    .await;
}

#[tokio::test]
async fn selects_of_snowflake() {
    let lake = lake::empty();
    let rows = async |sql: &str| {
        let answer = lake.ask(sql).await;
        let lines = answer.lines().filter(|line| line.starts_with('|'));
        let cells = lines.map(|line| {
            line.trim_matches('|')
                .split('|')
                .map(str::trim)
                .collect::<Vec<_>>()
                .join(",")
        });
        cells.collect::<Vec<_>>().join(";")
    };
    let table = "(VALUES (1, 2), (3, 4)) AS t(a, b)";
    assert_eq!(
        rows(&format!("SELECT TOP 1 a FROM {table} ORDER BY a DESC")).await,
        "a;3"
    );
    assert_eq!(
        rows(&format!("SELECT a FROM {table} ORDER BY a FETCH FIRST 1 ROW ONLY")).await,
        "a;1"
    );
    assert_eq!(
        rows(&format!("SELECT * RENAME (a AS x) FROM {table} LIMIT 1")).await,
        "b,x;2,1"
    );
    assert_eq!(rows(&format!("SELECT * EXCLUDE a FROM {table} LIMIT 1")).await, "b;2");
    assert_eq!(
        rows("SELECT dateadd(day, seq4(), '2026-11-01'::date) AS d FROM TABLE(GENERATOR(ROWCOUNT => 2)) ORDER BY d")
            .await,
        "d;2026-11-01;2026-11-02"
    );
    assert_eq!(
        rows(&format!(
            "SELECT a, ratio_to_report(a) OVER () AS share FROM {table} ORDER BY a"
        ))
        .await,
        "a,share;1,0.25;3,0.75"
    );
    let error = lake.complaint(&format!("SELECT a FROM {table} SAMPLE (10)")).await;
    assert!(error.contains("SAMPLE is not done"), "{error}");
}

#[tokio::test]
async fn the_time_of_an_event_may_be_taken_for_text() {
    let lake = lake::empty();
    let event = |time| Event {
        time,
        source: "s3.amazonaws.com",
        name: "GetObject",
        ..Event::default()
    };
    lake.load_events(&[event(FIRST_S + 3_661), event(FIRST_S + 86_400)])
        .await;
    let answer = lake
        .ask(
            "SELECT substr(eventtime, 1, 10) AS day, substring(c.eventtime from 12 for 2) AS hour, \
             split_part(eventtime, 'T', 2) AS clock, count(*) AS n FROM cloudtrail c \
             WHERE eventtime LIKE '2026-11-01T%' OR regexp_like(eventtime, '^2026-11-02') \
             GROUP BY 1, 2, 3 ORDER BY 1",
        )
        .await;
    insta::assert_snapshot!(answer, @r"
    +------------+------+-----------+---+
    | day        | hour | clock     | n |
    +------------+------+-----------+---+
    | 2026-11-01 | 01   | 01:01:01Z | 1 |
    | 2026-11-02 | 00   | 00:00:00Z | 1 |
    +------------+------+-----------+---+
    ");
}

#[tokio::test]
async fn an_object_of_all_columns() {
    let lake = lake::empty();
    let of = "(SELECT 1 AS n, 'x' AS t, NULL AS missing) AS r";
    for (sql, expected) in [
        (
            format!("SELECT object_construct(*) AS o FROM {of}"),
            r#"{"n":1,"t":"x"}"#,
        ),
        (
            format!("SELECT n, object_construct_keep_null(*) AS o FROM {of} WHERE t = 'x'"),
            r#"{"n":1,"t":"x","missing":null}"#,
        ),
        (
            format!("SELECT DISTINCT upper(object_construct(*)) AS o FROM {of}"),
            r#"{"N":1,"T":"X"}"#,
        ),
        (
            format!("SELECT o:t AS t FROM (SELECT object_construct(*) AS o FROM {of})"),
            "| x ",
        ),
    ] {
        let answer = lake.ask(&sql).await;
        assert!(answer.contains(expected), "{sql}\n{answer}");
    }
    fail(&[(
        "object_construct(NULL)",
        "object_construct takes names and values in turn",
    )])
    .await;
}
