//! Statements that are kept, and what their values can be.

use crate::place::site;

#[tokio::test]
async fn athenas_and_postgres_statements_run_with_values() {
    let site = site();
    site.run("CREATE TABLE t (a INT, b VARCHAR, d DATE); INSERT INTO t VALUES (1, 'x', DATE '2026-11-01'), (2, 'it''s', NULL)")
        .await;
    assert_eq!(
        site.run("PREPARE p FROM SELECT a, '?' FROM t WHERE b = ? -- ?\n AND a < ?")
            .await,
        ["statement p prepared"]
    );
    assert_eq!(site.run("EXECUTE p USING 'it''s', 5").await, ["2 ?"]);
    assert_eq!(site.run("EXECUTE p USING 'it''s', -5").await.len(), 0);
    assert_eq!(site.run("execute P using ('x', 5)").await, ["1 ?"]);
    site.run("PREPARE q (INT, VARCHAR) AS SELECT $2 || $1 || $2").await;
    assert_eq!(site.run("EXECUTE q('7', 'a')").await, ["a7a"]);
    site.run("PREPARE days FROM SELECT a FROM t WHERE d BETWEEN ? AND ? + INTERVAL '1' DAY")
        .await;
    assert_eq!(
        site.run("EXECUTE days USING DATE '2026-10-31', CAST('2026-10-31' AS DATE)")
            .await,
        ["1"]
    );
    site.run("PREPARE nulls FROM SELECT coalesce(?, a) FROM t WHERE ? ORDER BY 1 LIMIT ?")
        .await;
    assert_eq!(site.run("EXECUTE nulls USING NULL, TRUE, 1").await, ["1"]);
    site.run("PREPARE none FROM SELECT 1").await;
    assert_eq!(site.run("EXECUTE none").await, ["1"]);
    site.run("PREPARE ips FROM SELECT contains('10.0.0.0/8', ?)").await;
    assert_eq!(site.run("EXECUTE ips USING IPADDRESS '10.1.2.3'").await, ["true"]);
}

#[tokio::test]
async fn every_kind_of_statement_can_be_prepared() {
    let site = site();
    site.run("CREATE TABLE t (a INT, b VARCHAR); PREPARE ins FROM INSERT INTO t VALUES (?, ?)")
        .await;
    site.run("EXECUTE ins USING 1, 'x'; EXECUTE ins USING 2, '?'").await;
    site.run("PREPARE made FROM CREATE TABLE u AS SELECT a * ? AS n FROM t WHERE b <> ?")
        .await;
    assert_eq!(site.run("EXECUTE made USING 10, 'x'").await, ["table u created 1"]);
    assert_eq!(site.run("SELECT n FROM u").await, ["20"]);
    site.run("PREPARE shown FROM SHOW TABLES IN public").await;
    assert_eq!(site.run("EXECUTE shown").await.len(), 2);
    site.run("PREPARE why FROM EXPLAIN SELECT a FROM t WHERE a = ?").await;
    assert!(!site.run("EXECUTE why USING 4").await.is_empty());
    site.run("PREPARE into_view FROM CREATE VIEW v AS SELECT ? AS a").await;
    let error = site.error("EXECUTE into_view USING 1").await;
    assert!(error.contains("`?` is a parameter without a value"), "{error}");
}

#[tokio::test]
async fn a_value_is_never_anything_else() {
    let site = site();
    site.run("CREATE TABLE t (a INT, b VARCHAR); INSERT INTO t VALUES (1, 'x'), (2, ''' OR 1=1 --')")
        .await;
    site.run("PREPARE p FROM SELECT a FROM t WHERE b = ?").await;
    for text in [
        "'' OR 1=1",
        "'' OR ''1''=''1",
        "x'' -- ",
        "x'' /*",
        "?",
        "$1",
        "; DROP TABLE t",
        "\\'' OR TRUE --",
    ] {
        assert_eq!(site.run(&format!("EXECUTE p USING '{text}'")).await.len(), 0, "{text}");
    }
    assert_eq!(site.run("EXECUTE p USING ''' OR 1=1 --'").await, ["2"]);
    for values in [
        "a",
        "(SELECT b FROM t)",
        "1 + 1",
        "now()",
        "'x' OR TRUE",
        "b",
        "\"x\"",
        "*",
        "?",
    ] {
        let error = site.error(&format!("EXECUTE p USING {values}")).await;
        assert!(error.contains("expected"), "{values}: {error}");
    }
    let error = site.error("PREPARE named FROM SELECT a FROM t ORDER BY ?").await;
    assert!(error.contains("ORDER BY wants a column"), "{error}");
    assert_eq!(site.run("SELECT count(*) FROM t").await, ["2"]);
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let site = site();
    site.run("PREPARE flows FROM SELECT ? + ?").await;
    let mut told = Vec::new();
    for sql in [
        "EXECUTE flows",
        "EXECUTE flows USING 1",
        "EXECUTE flows USING 1, 2, 3",
        "EXECUTE flow",
        "EXECUTE flows USING",
        "EXECUTE flows USING 1,\n now()",
        "EXECUTE flows 1, 2",
        "DEALLOCATE PREPARE flowz",
        "PREPARE p",
        "PREPARE p FROM",
        "PREPARE p FROM SELEC 1",
        "PREPARE p FROM SELECT 1 FROM ?",
        "PREPARE p FROM SELECT 1 ORDER BY ?",
        "PREPARE p FROM EXECUTE flows",
        "PREPARE p FROM DROP TABLE ?",
        "PREPARE p (nonsense type) AS SELECT $1",
        "PREPARE p AS SELECT $99999999",
        "EXECUTE IMMEDIATE 'EXECUTE flows'",
        "SELECT $1",
    ] {
        told.push(format!("> {sql}\n{}", site.error(sql).await));
    }
    insta::assert_snapshot!(told.join("\n\n"));
}

#[tokio::test]
async fn statements_last_as_long_as_they_are_wanted() {
    let site = site();
    site.run("PREPARE p FROM SELECT 1; PREPARE p FROM SELECT 2").await;
    assert_eq!(site.run("EXECUTE p").await, ["2"], "Athena's is replaced");
    site.run("PREPARE q AS SELECT 1; PREPARE q AS SELECT 1").await;
    assert!(
        site.error("PREPARE q AS SELECT 2")
            .await
            .starts_with("there is a prepared statement `q` already")
    );
    site.run("DEALLOCATE PREPARE p").await;
    assert!(site.error("EXECUTE p").await.starts_with("no prepared statement `p`"));
    site.run("DEALLOCATE ALL").await;
    assert!(site.error("EXECUTE q").await.starts_with("no prepared statement `q`"));
    site.run("PREPARE r FROM SELECT 1").await;
    assert!(
        site.another().run("EXECUTE r").await.is_err(),
        "it is the session's own"
    );
}

#[tokio::test]
async fn a_text_is_run_at_once() {
    let site = site();
    assert_eq!(
        site.run("EXECUTE IMMEDIATE 'SELECT ''a'' || ?' USING 'b'").await,
        ["ab"]
    );
    assert_eq!(
        site.run("EXECUTE IMMEDIATE $$SELECT ? - ?$$ USING (1, -2)").await,
        ["3"]
    );
    site.run("EXECUTE IMMEDIATE 'CREATE TABLE t (a INT)'").await;
    assert_eq!(site.run("SELECT count(*) FROM t").await, ["0"]);
    let error = site.error("EXECUTE IMMEDIATE 'SELECT 1; SELECT 2'").await;
    assert!(error.starts_with("2 statements at once"), "{error}");
}
