//! What is defined lasts, is found by its names, and goes.

use crate::place::{run, site};

#[tokio::test]
async fn a_view_lasts_and_is_found_from_other_databases() {
    let site = site();
    site.run("CREATE DATABASE log_analysis; CREATE VIEW v AS SELECT srcaddr, \"end\" AS e FROM vpc_flow")
        .await;
    let other = site.another();
    for name in [
        "log_analysis.public.v",
        "log_analysis.v",
        "\"log_analysis\".\"public\".\"v\"",
    ] {
        assert!(run(&other, &format!("SELECT e FROM {name}")).await.is_empty(), "{name}");
    }
    assert_eq!(run(&other, "USE log_analysis; SELECT count(*) FROM v").await, ["0"]);
    assert_eq!(run(&other, "SELECT count(*) FROM logs.vpc_flow").await, ["0"]);
    assert_eq!(
        run(&other, "SHOW VIEWS IN log_analysis").await,
        ["log_analysis public v VIEW"]
    );
    assert_eq!(
        run(&other, "SHOW CREATE VIEW v").await,
        ["CREATE VIEW v AS\nSELECT srcaddr, \"end\" AS e FROM vpc_flow"]
    );
}

#[tokio::test]
async fn a_setup_run_again_changes_nothing() {
    let site = site();
    let setup = "CREATE DATABASE IF NOT EXISTS d; USE d; CREATE SCHEMA IF NOT EXISTS s; \
                 CREATE TABLE t (record VARIANT); CREATE VIEW v AS SELECT 1 AS one; \
                 CREATE FUNCTION f(x int) RETURNS int AS 'x + 1'; CREATE STAGE st url = 'FILES'; \
                 CREATE FILE FORMAT ff TYPE = PARQUET; CREATE WAREHOUSE w WAREHOUSE_SIZE = SMALL; \
                 CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3 \
                 STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::123456789012:role/r' STORAGE_ALLOWED_LOCATIONS = ('s3://b/'); \
                 CREATE PIPE p AUTO_INGEST = TRUE AS COPY INTO t FROM @st FILE_FORMAT = (TYPE = PARQUET); \
                 CREATE EXTERNAL TABLE e (a string) LOCATION 'FILES/x/'";
    site.run_placed(setup).await;
    let before = site.run("SHOW TABLES IN d").await;
    assert_eq!(before.len(), 3);
    let integration = site.run("DESC INTEGRATION i").await;
    site.run_placed(setup).await;
    assert_eq!(site.run("SHOW TABLES IN d").await, before);
    assert_eq!(
        site.run("DESC INTEGRATION i").await,
        integration,
        "its external id stays"
    );
    assert!(
        site.error("CREATE VIEW v AS SELECT 2")
            .await
            .starts_with("view `d.public.v` exists already\nhint: ")
    );
    assert_eq!(
        site.run("CREATE OR REPLACE VIEW v AS SELECT 2 AS two; SELECT * FROM v")
            .await,
        ["2"]
    );
}

#[tokio::test]
async fn a_view_of_itself_is_refused() {
    let site = site();
    site.run("CREATE VIEW a AS SELECT 1 AS x; CREATE VIEW b AS SELECT * FROM a")
        .await;
    assert_eq!(
        site.error("CREATE OR REPLACE VIEW a AS SELECT * FROM b").await,
        "view `public.a` asks itself, by way of the views it names"
    );
    assert_eq!(site.run("SELECT x FROM b").await, ["1"]);
}

#[tokio::test]
async fn columns_of_a_view_may_have_names_of_their_own() {
    let site = site();
    assert_eq!(
        site.run("CREATE VIEW v (one, two) COMMENT = 'x' AS SELECT 1, 2; SELECT two, one FROM v")
            .await,
        ["2 1"]
    );
    assert_eq!(
        site.error("CREATE VIEW w (one) AS SELECT 1, 2").await,
        "the view names 1 columns, and its query gives 2"
    );
}

#[tokio::test]
async fn functions_stand_for_their_expressions() {
    let site = site();
    site.run(
        "CREATE FUNCTION twice(x int) RETURNS int AS $$ x + x $$; CREATE FUNCTION four() RETURNS int AS 'twice(2)'",
    )
    .await;
    assert_eq!(site.run("SELECT twice(3) * 2, four(), twice(four())").await, ["12 4 8"]);
    assert_eq!(
        site.error("SELECT twice(1, 2)").await,
        "`twice` takes 1 arguments, 2 were given"
    );
    site.run("CREATE OR REPLACE FUNCTION four() RETURNS int AS 'four()'")
        .await;
    assert_eq!(
        site.error("SELECT four()").await,
        "a function calls itself, or functions call one another more than 16 deep"
    );
    assert_eq!(
        site.error("CREATE FUNCTION g() RETURNS int LANGUAGE JAVASCRIPT AS 'return 1'")
            .await,
        "CREATE FUNCTION … LANGUAGE JAVASCRIPT is not done yet\nhint: README.md lists the statements that are"
    );
}

#[tokio::test]
async fn what_is_dropped_is_gone() {
    let site = site();
    site.run("CREATE DATABASE d; CREATE TABLE t (a INT); INSERT INTO t VALUES (1); USE flowtrail")
        .await;
    assert_eq!(
        site.error("DROP DATABASE d").await,
        "database `d` is not empty: 1 definitions are in it\nhint: DROP … CASCADE drops them with it"
    );
    assert_eq!(
        site.error("DROP VIEW d.t").await,
        "`d.t` is a table, no view\nhint: DROP TABLE d.t drops it"
    );
    site.run("DROP DATABASE d CASCADE; DROP TABLE IF EXISTS d.t; DROP TABLE IF EXISTS nothing")
        .await;
    assert!(site.error("SELECT * FROM d.t").await.contains("no table `d.t`"));
    assert_eq!(
        site.error("DROP TABLE logs.vpc_flow").await,
        "`logs.vpc_flow` is built in and cannot be dropped"
    );
    let tables = site.files().parent().unwrap().join("lake/tables/d/public");
    assert_eq!(files_below(&tables), 0, "its files are gone");
}

fn files_below(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

#[tokio::test]
async fn a_warehouse_is_a_share_of_the_machine() {
    let site = site();
    let made = site
        .run("CREATE WAREHOUSE small WITH WAREHOUSE_SIZE = 'XSMALL' AUTO_SUSPEND = 300; USE WAREHOUSE small")
        .await;
    assert!(
        made[0].contains("(X-SMALL): 1 of ") && made[0].ends_with("64.0 MiB of memory"),
        "{made:?}"
    );
    assert_eq!(
        site.run("SHOW datafusion.execution.target_partitions").await,
        ["datafusion.execution.target_partitions 1"]
    );
    assert_eq!(
        site.run("SELECT count(*) FROM generate_series(1, 100000)").await,
        ["100000"]
    );
    assert_eq!(
        site.run("SELECT element_at(ARRAY['a', 'b'], -1), array_position(ARRAY['a'], 'z')")
            .await,
        ["b 0"]
    );
    assert!(site.error("USE WAREHOUSE smal").await.contains("did you mean `small`?"));
}

#[tokio::test]
async fn an_accent_decides_where_products_differ() {
    let site = site();
    assert_eq!(site.run("SHOW accent").await, ["auto"]);
    for (accent, answer) in [
        ("athena", "3 true a - 1 -"),
        ("snowflake", "3.5 false b - 2 -"),
        ("postgres", "3 true a 1 1 x"),
        ("auto", "3 true a - 1 -"),
    ] {
        let sql = format!(
            "SET accent = {accent}; SELECT 7 / 2, regexp_like('abc', 'b'), ['a', 'b'][1], greatest(1, NULL), \
             element_at(ARRAY[1, 2], 1) + CASE WHEN 7 / 2 > 3 THEN 1 ELSE 0 END, concat('x', CAST(NULL AS VARCHAR))"
        );
        assert_eq!(site.run(&sql).await, [answer], "{accent}");
    }
    assert_eq!(
        site.run("SELECT iff(true, 7 / 2, 0), split('a.b', '.')[0]").await,
        ["3.5 a"],
        "by its words"
    );
    let sorted = "SELECT x FROM (VALUES (1), (NULL), (2)) AS t(x) ORDER BY x DESC";
    assert_eq!(site.run(sorted).await, ["2", "1", "-"]);
    assert_eq!(
        site.run(&format!("SET accent = 'snowflake'; {sorted}")).await,
        ["-", "2", "1"]
    );
    site.run("CREATE VIEW v AS SELECT 7 / 2 AS half; SET accent = athena")
        .await;
    assert_eq!(
        site.run("SELECT half FROM v").await,
        ["3.5"],
        "a view keeps the accent it was written in"
    );
    assert!(
        site.error("SET accent = french")
            .await
            .contains("is not one of auto, athena, snowflake, postgres")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_statement_took_is_told_with_all_that_it_did() {
    let site = site();
    let made = "CREATE TABLE t AS SELECT value AS n FROM generate_series(1, 300000)";
    let started = std::time::Instant::now();
    let figures = site.figures(made).await;
    let took = started.elapsed();
    assert!(
        figures.elapsed <= took && figures.elapsed > took / 2,
        "{figures:?} of {took:?}"
    );
}
