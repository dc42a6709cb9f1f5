//! VARIANT columns: each path is read by itself, and what fits no column is not lost.

use crate::place::site;

#[tokio::test(flavor = "multi_thread")]
async fn paths_have_the_types_of_their_values() {
    let site = site();
    site.write(
        "a.json",
        r#"{"n": 1, "s": "x", "t": 1793491200, "b": true, "o": {"p": {"q": "deep"}}, "l": [10, 20], "z": null}
           {"n": "one", "s": 2, "o": {"p": 5}, "odd name": "kept"}"#,
    );
    site.run_placed("CREATE TABLE t (v VARIANT); COPY INTO t FROM 'FILES/' FILE_FORMAT = (TYPE = JSON)")
        .await;
    for (sql, expected) in [
        ("v:n::varchar", ["1", "one"]),
        ("v:s::varchar", ["x", "2"]),
        ("v:t::timestamp", ["2026-11-01T00:00:00", "-"]),
        ("v:t::date", ["2026-11-01", "-"]),
        ("v:b::boolean", ["true", "-"]),
        ("v:o.p.q::varchar", ["deep", "-"]),
        ("v:o.p", [r#"{"q":"deep"}"#, "5"]),
        ("v:l[1]::int", ["20", "-"]),
        ("v:l", ["[10,20]", "-"]),
        ("v:\"odd name\"::varchar", ["-", "kept"]),
        ("v:z", ["-", "-"]),
        ("v:nothing.there", ["-", "-"]),
        ("v:n = 1", ["true", "-"]),
        ("v:t BETWEEN 1793491200 AND 1793491201", ["true", "-"]),
    ] {
        let asked = format!("SELECT {sql} FROM t ORDER BY v:t IS NULL");
        assert_eq!(site.run(&asked).await, expected, "{sql}");
    }
    assert_eq!(
        site.run("SELECT * FROM t ORDER BY v:t IS NULL").await,
        [
            r#"{"b":true,"l":[10,20],"n":1,"o":{"p":{"q":"deep"}},"s":"x","t":1793491200}"#,
            r#"{"n":"one","o":{"p":5},"odd name":"kept","s":2}"#,
        ]
    );
    assert_eq!(site.run("SELECT x.* FROM t x WHERE x.v:s = 'x'").await.len(), 1);
    assert_eq!(
        site.run("SELECT w:o.p.q FROM (SELECT v AS w FROM t) WHERE w:n = '1'")
            .await,
        ["deep"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_field_is_read_without_the_others() {
    let site = site();
    let addresses: Vec<String> = (0..20_000)
        .map(|n: u32| format!("10.{}.{}.{}", n % 7, n % 251, n.wrapping_mul(31) % 253))
        .collect();
    let flows: Vec<(i64, &str, i64)> = (0..)
        .zip(&addresses)
        .map(|(n, address)| (n % 9, address.as_str(), n * 7919))
        .collect();
    site.write_flows("a.parquet", &flows);
    site.run_placed("CREATE TABLE t (record VARIANT); COPY INTO t FROM 'FILES/' FILE_FORMAT = (TYPE = PARQUET)")
        .await;
    let one = site
        .figures("SELECT sum(record:bytes::integer) FROM t")
        .await
        .bytes_scanned;
    let all = site.figures("SELECT max(record::varchar) FROM t").await.bytes_scanned;
    assert!(one > 0 && one * 5 < all, "{one} of {all} bytes");
    let view = "CREATE VIEW v AS SELECT record:bytes::integer AS bytes, record:srcaddr::varchar(16) AS srcaddr, \
                record:start::TIMESTAMP AS \"START\" FROM t; \
                SELECT count(*), sum(bytes), min(\"START\") FROM v WHERE \"START\" > '1970-01-01'";
    assert_eq!(
        site.run(view).await,
        [format!(
            "19999 {} 1970-01-01T02:11:59",
            flows.iter().map(|flow| flow.0).sum::<i64>()
        )]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_flattened() {
    let site = site();
    site.write(
        "a.json",
        r#"{"id": 1, "Records": [{"eventName": "A", "r": [{"k": 1}, {"k": 2}]}, {"eventName": "B", "r": []}]} {"id": 2}"#,
    );
    site.run_placed("CREATE TABLE t (v VARIANT); COPY INTO t FROM 'FILES/' FILE_FORMAT = (TYPE = JSON)")
        .await;
    assert_eq!(
        site.run(
            "SELECT v:id, r.index, value:eventName::varchar FROM t, LATERAL FLATTEN(input => v:Records) r ORDER BY 2"
        )
        .await,
        ["1 0 A", "1 1 B"]
    );
    assert_eq!(
        site.run(
            "SELECT r.value:eventName::varchar, i.value:k::int FROM t, LATERAL FLATTEN(input => v:Records) r, \
             LATERAL FLATTEN(input => r.value:r) i ORDER BY 2"
        )
        .await,
        ["A 1", "A 2"]
    );
    assert_eq!(
        site.run(
            "SELECT v:id, f.value IS NULL FROM t, LATERAL FLATTEN(input => v:Records, outer => TRUE) f ORDER BY 1, 2"
        )
        .await,
        ["1 false", "1 false", "2 true"]
    );
    assert_eq!(
        site.run("SELECT key, value FROM TABLE(FLATTEN(input => parse_json('{\"a\": 1, \"b\": \"x\"}')))")
            .await,
        ["a 1", "b x"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_beside_a_path_changes_nothing() {
    let site = site();
    site.write(
        "a.json",
        "{\"b\": 100, \"p\": 9}\n{\"b\": 9, \"p\": 10}\n{\"b\": 1000, \"p\": 9}",
    );
    site.run_placed("CREATE TABLE v (r VARIANT); COPY INTO v FROM 'FILES/' FILE_FORMAT = (TYPE = JSON)")
        .await;
    assert_eq!(
        site.run("SELECT * FROM v ORDER BY r:b DESC LIMIT 1").await,
        ["{\"b\":1000,\"p\":9}"]
    );
    assert_eq!(
        site.run("SELECT count(*) FROM (SELECT * FROM v WHERE r:b > r:p)").await,
        ["2"]
    );
    assert_eq!(site.run("WITH v AS (SELECT 1 AS q) SELECT * FROM v").await, ["1"]);
    assert_eq!(
        site.run("SELECT r['b'], r:['p'] FROM v WHERE r['b'] = 9").await,
        ["9 10"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_every_kind_lead_to_their_values() {
    let site = site();
    site.write(
        "a.json",
        r#"{"a": {"b": 1, "x y": 2}, "a.b": 7, "n": 9007199254740993}"#,
    );
    site.run_placed("CREATE TABLE v (r VARIANT); COPY INTO v FROM 'FILES/' FILE_FORMAT = (TYPE = JSON)")
        .await;
    assert_eq!(
        site.run("SELECT r:a.b, r:a['b'], r:\"a.b\", r:a.\"x y\", r:a, r:n = 9007199254740992 FROM v")
            .await,
        [r#"1 1 7 2 {"b":1,"x y":2} false"#]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flatten_is_known_in_its_own_select_only() {
    let site = site();
    site.write("a.json", "{\"l\": [1, 2], \"value\": \"own\"}\n{\"l\": []}");
    site.run_placed("CREATE TABLE t (j VARIANT); COPY INTO t FROM 'FILES/' FILE_FORMAT = (TYPE = JSON)")
        .await;
    let flattened = "SELECT f.value FROM t, LATERAL FLATTEN(input => t.j:l) f";
    assert_eq!(
        site.run(&format!("SELECT value FROM ({flattened}) q ORDER BY value DESC"))
            .await,
        ["2", "1"]
    );
    assert_eq!(
        site.run(&format!(
            "WITH k AS (SELECT 'x' AS key), q AS ({flattened}) SELECT key, value FROM k, q ORDER BY value"
        ))
        .await,
        ["x 1", "x 2"]
    );
    assert_eq!(
        site.run("SELECT f.value FROM t LEFT JOIN LATERAL FLATTEN(input => t.j:l) f ON TRUE ORDER BY f.value")
            .await,
        ["1", "2", "-"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_odd_value_changes_its_own_path_only() {
    let site = site();
    site.write(
        "a.json",
        "{\"b\": 100, \"f\": true}\n{\"b\": 9, \"f\": false, \"odd name\": 1}\n{\"b\": 1000, \"m\": 1}\n{\"m\": \"x\", \"l\": [1]}\n\
         {\"l\": \"none\"}",
    );
    site.run_placed("CREATE TABLE v (r VARIANT); COPY INTO v FROM 'FILES/' FILE_FORMAT = (TYPE = JSON)")
        .await;
    assert_eq!(
        site.run("SELECT r:b FROM v WHERE r:b IS NOT NULL ORDER BY r:b DESC")
            .await,
        ["1000", "100", "9"]
    );
    assert_eq!(
        site.run("SELECT max(r:b), min(r:b), sum(r:b) FROM v").await,
        ["1000 9 1109"]
    );
    assert_eq!(site.run("SELECT r:b FROM v WHERE r:f").await, ["100"]);
    assert_eq!(
        site.run("SELECT r:m FROM v WHERE r:m IS NOT NULL ORDER BY r:m").await,
        ["1", "x"]
    );
    assert_eq!(
        site.run("SELECT r:l, r:l[0] FROM v WHERE r:l IS NOT NULL ORDER BY 1")
            .await,
        ["[1] 1", "none -"]
    );
    assert_eq!(
        site.run("SELECT r FROM v WHERE r:m = 'x' OR r:l = 'none' ORDER BY 1 DESC")
            .await,
        [r#"{"l":[1],"m":"x"}"#, r#"{"l":"none"}"#]
    );
}
