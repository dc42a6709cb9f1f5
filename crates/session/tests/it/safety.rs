//! What changes something changes that and nothing else.

use crate::place::site;

#[tokio::test]
async fn a_table_is_replaced_when_its_rows_are_there() {
    let site = site();
    site.run("CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2)").await;
    site.run("CREATE OR REPLACE TABLE t AS SELECT a * 10 AS a FROM t").await;
    assert_eq!(site.run("SELECT a FROM t ORDER BY 1").await, ["10", "20"]);
    assert!(
        site.error("CREATE OR REPLACE TABLE t AS SELECT CAST('x' || a AS INT) AS a FROM t")
            .await
            .contains("x10")
    );
    assert_eq!(
        site.run("SELECT a FROM t ORDER BY 1").await,
        ["10", "20"],
        "what failed changed nothing"
    );
}

#[tokio::test]
async fn another_databases_table_is_never_meant() {
    let site = site();
    site.run_placed(
        "CREATE TABLE k (a INT); CREATE SCHEMA s; USE flowtrail.public; CREATE STAGE st url = 'FILES'; \
         CREATE DATABASE d; CREATE SCHEMA other; USE d.public",
    )
    .await;
    for sql in [
        "DROP TABLE IF EXISTS d.public.k",
        "DROP TABLE IF EXISTS k",
        "DROP STAGE IF EXISTS st",
        "DROP SCHEMA IF EXISTS d.s CASCADE",
        "DROP DATABASE IF EXISTS x.d",
    ] {
        assert!(site.run(sql).await[0].contains("nothing was dropped"), "{sql}");
    }
    assert!(
        site.error("INSERT INTO d.public.k VALUES (9)")
            .await
            .starts_with("no table `d.public.k`")
    );
    assert!(
        site.error("COPY INTO d.public.k FROM @st")
            .await
            .starts_with("no table `d.public.k`")
    );
    assert!(site.error("COPY INTO k FROM @st").await.starts_with("no table `k`"));
    assert_eq!(
        site.run("SELECT count(*) FROM k").await,
        ["0"],
        "to be read it is found"
    );
    site.run("USE flowtrail").await;
    assert!(
        site.error("SELECT count(*) FROM d.public.k")
            .await
            .contains("no table `d.public.k`")
    );
}

#[tokio::test]
async fn what_is_built_in_stays() {
    let site = site();
    site.run("CREATE TABLE z (a INT); CREATE DATABASE flowtrail; CREATE SCHEMA IF NOT EXISTS logs")
        .await;
    assert_eq!(site.run("SHOW DATABASES").await, ["flowtrail"]);
    assert_eq!(
        site.error("DROP DATABASE flowtrail CASCADE").await.lines().next(),
        Some("no database `flowtrail`")
    );
    assert!(
        site.error("CREATE OR REPLACE SCHEMA public")
            .await
            .starts_with("schema `public` is there")
    );
    assert_eq!(site.run("SELECT count(*) FROM z").await, ["0"]);
}

#[tokio::test]
async fn one_thing_does_not_become_another() {
    let site = site();
    site.run("CREATE TABLE keep (a INT); INSERT INTO keep VALUES (1)").await;
    let error = site.error("CREATE OR REPLACE VIEW keep AS SELECT 2 AS a").await;
    assert!(
        error.starts_with("`public.keep` is a table, and would be a view"),
        "{error}"
    );
    site.run("CREATE VIEW v AS SELECT 1 AS x").await;
    let error = site.error("CREATE OR REPLACE VIEW v AS SELECT * FROM v").await;
    assert!(error.contains("asks itself"), "{error}");
    assert_eq!(
        site.run("SELECT a FROM keep UNION ALL SELECT x FROM v").await,
        ["1", "1"]
    );
}

#[tokio::test]
async fn columns_stand_as_they_were_declared() {
    let site = site();
    site.run("CREATE TABLE m (a INT, b VARCHAR); INSERT INTO m (b) VALUES ('z'); INSERT INTO m VALUES (1, 'x')")
        .await;
    assert_eq!(site.run("SELECT * FROM m ORDER BY b").await, ["1 x", "- z"]);
    assert!(
        site.error("INSERT INTO m (b, b) SELECT 'a', 'b'")
            .await
            .contains("stands twice")
    );
}

#[tokio::test]
async fn views_and_functions_end() {
    let site = site();
    site.run("CREATE VIEW v0 AS SELECT 1 AS x").await;
    for number in 1..60 {
        let made = site
            .session
            .run(&format!("CREATE VIEW v{number} AS SELECT * FROM v{}", number - 1))
            .await;
        if let Err(error) = made {
            assert_eq!(error.to_string(), "views ask one another more than 12 deep");
            assert!(number > 11, "{number}");
            break;
        }
        assert!(number < 59, "it has a limit");
    }
    site.run("CREATE FUNCTION g(a INT) RETURNS INT AS 'g(a) + g(a) + g(a)'")
        .await;
    assert!(
        site.error("SELECT g(1)")
            .await
            .starts_with("functions call one another more than")
    );
}

#[tokio::test]
async fn a_path_is_no_comment_and_a_quote_has_its_end() {
    let site = site();
    site.write("data/a.csv", "1,x\n");
    site.write("data--x/b.csv", "2,y\n");
    site.run_placed("CREATE STAGE st url = 'FILES/'; CREATE TABLE c (a INT, b VARCHAR)")
        .await;
    let error = site
        .error("COPY INTO c FROM @st/data--x/ FILE_FORMAT = (TYPE = NONSENSE)")
        .await;
    assert!(
        error.starts_with("FILE_FORMAT = (TYPE = NONSENSE) is not done yet"),
        "{error}"
    );
    let copy = "COPY INTO c FROM @st/data--x/ FILE_FORMAT = (TYPE = CSV)";
    site.session.run(copy).await.unwrap();
    assert_eq!(site.run("SELECT * FROM c").await, ["2 y"]);
    assert!(site.error("DROP TABLE \"c").await.contains("no closing quote"));
    assert_eq!(site.run("SELECT count(*) FROM c").await, ["1"]);
}

#[tokio::test]
async fn a_column_of_any_name_keeps_its_values() {
    let site = site();
    site.run("CREATE TABLE t (day DATE, _object VARCHAR, a INT); INSERT INTO t VALUES (DATE '2026-11-01', 'x', 1), (NULL, NULL, 2)")
        .await;
    assert_eq!(
        site.run("SELECT * FROM t ORDER BY a").await,
        ["2026-11-01 x 1", "- - 2"]
    );
    site.run("CREATE TABLE u AS SELECT 'monday' AS day; INSERT INTO u VALUES ('friday')")
        .await;
    assert_eq!(site.run("SELECT a FROM t WHERE day = DATE '2026-11-01'").await, ["1"]);
    assert_eq!(site.run("SELECT day FROM u WHERE day < 'h'").await, ["friday"]);
}
