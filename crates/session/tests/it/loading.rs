//! Files of stages come into tables once.

use crate::place::{run, site};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_copied_once_whoever_asks() {
    let site = site();
    site.write_flows("a.parquet", &[(1, "10.0.0.1", 60), (2, "10.0.0.2", 120)]);
    site.run_placed("CREATE TABLE t (record VARIANT); CREATE STAGE s url = 'FILES/' FILE_FORMAT = (TYPE = PARQUET)")
        .await;
    let copied = site.run("COPY INTO t FROM @s").await;
    assert_eq!(copied.len(), 1);
    assert!(copied[0].ends_with("/a.parquet LOADED 2 2 0 - -"), "{copied:?}");
    assert_eq!(
        site.run("COPY INTO t FROM @s").await,
        ["Copy executed with 0 files processed."]
    );
    assert_eq!(
        run(&site.another(), "COPY INTO t FROM @s").await,
        ["Copy executed with 0 files processed."]
    );
    site.write_flows("b/c.parquet", &[(4, "10.0.0.1", 180)]);
    assert_eq!(site.run("COPY INTO t FROM @s FILES = ('b/c.parquet')").await.len(), 1);
    assert_eq!(site.run("SELECT sum(record:bytes) FROM t").await, ["7"]);
    site.run("COPY INTO t FROM @s/b FORCE = TRUE").await;
    assert_eq!(
        site.run("SELECT sum(record:bytes) FROM t").await,
        ["11"],
        "it was forced"
    );
    site.run("CREATE OR REPLACE TABLE t (record VARIANT); COPY INTO t FROM @s PATTERN = '.*/a[.]parquet'")
        .await;
    assert_eq!(
        site.run("SELECT sum(record:bytes) FROM t").await,
        ["3"],
        "a new table has seen no file"
    );
    assert_eq!(
        site.run("SELECT count(*), count(DISTINCT table_name) FROM system.load_history")
            .await,
        ["4 1"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_copies_at_once_load_each_file_once() {
    let site = site();
    for number in 0..20 {
        site.write_flows(&format!("{number}.parquet"), &[(1, "10.0.0.1", 60)]);
    }
    site.run_placed("CREATE TABLE t (record VARIANT); CREATE STAGE s url = 'FILES/'")
        .await;
    let copies = (0..4).map(|_| {
        let session = site.another();
        tokio::spawn(async move { run(&session, "COPY INTO t FROM @s FILE_FORMAT = (TYPE = PARQUET)").await })
    });
    for copy in copies.collect::<Vec<_>>() {
        copy.await.unwrap();
    }
    assert_eq!(site.run("SELECT count(*) FROM t").await, ["20"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn json_documents_and_lines_of_values() {
    let site = site();
    site.write(
        "x.json",
        "{\"a\": 1}\n{\"a\": 2.5, \"b\": {\"c\": [1, {\"d\": \"e\"}]}}\n[{\"a\": 7}, {\"a\": 8}]",
    );
    site.run_placed("CREATE TABLE t (v VARIANT); CREATE STAGE s url = 'FILES/'")
        .await;
    site.run("COPY INTO t FROM @s FILE_FORMAT = (TYPE = JSON STRIP_OUTER_ARRAY = TRUE)")
        .await;
    assert_eq!(
        site.run("SELECT v:a::double, v:b.c[1].d::varchar FROM t ORDER BY 1")
            .await,
        ["1.0 -", "2.5 e", "7.0 -", "8.0 -"]
    );
    let listed = site.session.engine().tables().await.unwrap();
    let listed = listed.iter().find(|table| table.name == "t").unwrap();
    assert_eq!((listed.rows, listed.files), (Some(4), 1));
    site.write("y.csv", "id|name\n1|'a|b'\n2|\\N\n");
    site.run(
        "CREATE TABLE c (id INT, name VARCHAR(10)); COPY INTO c FROM @s/y.csv FILE_FORMAT = (TYPE = CSV \
         FIELD_DELIMITER = '|' SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '''')",
    )
    .await;
    assert_eq!(site.run("SELECT * FROM c ORDER BY id").await, ["1 a|b", "2 -"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_and_the_rest_loads() {
    let site = site();
    site.write("good.json", "{\"a\": 1}");
    site.write("half.json", "{\"a\": 2}\n{\"a\": ");
    site.write("bad.json", "nonsense");
    site.run_placed("CREATE TABLE t (v VARIANT); CREATE STAGE s url = 'FILES/' FILE_FORMAT = (TYPE = JSON)")
        .await;
    let error = site.error("COPY INTO t FROM @s").await;
    assert!(error.contains("/bad.json: line 1: expected ident"), "{error}");
    assert_eq!(
        site.run("SELECT count(*) FROM t").await,
        ["0"],
        "nothing of an aborted statement"
    );
    let copied = site.run("COPY INTO t FROM @s ON_ERROR = SKIP_FILE").await;
    let states: Vec<&str> = copied.iter().map(|row| row.split(' ').nth(1).unwrap()).collect();
    assert_eq!(states, ["LOAD_FAILED", "LOADED", "LOAD_FAILED"]);
    let copied = site.run("COPY INTO t FROM @s ON_ERROR = CONTINUE").await;
    assert!(
        copied
            .iter()
            .any(|row| row.contains("half.json PARTIALLY_LOADED 2 1 1 ")),
        "{copied:?}"
    );
    assert_eq!(site.run("SELECT v:a FROM t ORDER BY 1").await, ["1", "2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_brings_what_is_new_and_its_loads_are_known() {
    let site = site();
    site.write_flows("a.parquet", &[(5, "10.0.0.1", 60)]);
    site.run_placed("CREATE DATABASE d; CREATE TABLE t (record VARIANT); CREATE STAGE s url = 'FILES/'")
        .await;
    site.run("CREATE PIPE p AUTO_INGEST = TRUE AS COPY INTO t FROM @s FILE_FORMAT = (TYPE = PARQUET); USE flowtrail")
        .await;
    assert_eq!(site.run("ALTER PIPE d.public.p REFRESH").await.len(), 1);
    site.write_flows("b.parquet", &[(6, "10.0.0.1", 60), (7, "10.0.0.1", 60)]);
    let refreshed = site.run("ALTER PIPE d.public.p REFRESH").await;
    assert_eq!(refreshed.len(), 1);
    assert!(refreshed[0].ends_with("/b.parquet LOADED 2 -"), "{refreshed:?}");
    assert_eq!(site.run("SELECT sum(record:bytes) FROM d.public.t").await, ["18"]);
    let usage = "SELECT pipe_name, files_inserted FROM TABLE(snowflake.information_schema.pipe_usage_history(\
                 date_range_start => dateadd('day', -14, current_date()), date_range_end => current_date(), \
                 pipe_name => 'public.p'))";
    assert_eq!(site.run(usage).await, ["d.public.p 2"]);
    let history = "SELECT file_name, row_count, status FROM TABLE(information_schema.copy_history(table_name => 'T', \
                   start_time => dateadd(hours, -1, current_timestamp()))) ORDER BY 1";
    assert_eq!(site.run(history).await, ["a.parquet 1 Loaded", "b.parquet 2 Loaded"]);
    let unknown = site
        .error("SELECT * FROM TABLE(information_schema.copy_history(tablename => 't'))")
        .await;
    assert_eq!(unknown, "copy_history takes table_name, start_time and end_time");
    site.run("ALTER PIPE d.p SET PIPE_EXECUTION_PAUSED = TRUE").await;
    assert!(
        site.error("ALTER PIPE d.public.p REFRESH")
            .await
            .starts_with("pipe `d.public.p` is paused")
    );
    let shown = site.run("SHOW PIPES").await;
    assert!(shown.is_empty() || shown[0].contains(" p d public "), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_are_copied_into_their_tables() {
    let site = site();
    site.write(
        "flow.log",
        "2 123456789012 eni-1 10.0.0.1 10.0.0.2 1 2 6 3 4 1793491200 1793491260 ACCEPT OK\n",
    );
    site.run_placed("CREATE STAGE s url = 'FILES/'").await;
    let copied = site.run("COPY INTO logs.vpc_flow FROM @s").await;
    assert!(copied[0].ends_with("flow.log LOADED 1 1 0 - -"), "{copied:?}");
    assert_eq!(
        site.run("COPY INTO vpc_flow FROM @s").await,
        ["Copy executed with 0 files processed."]
    );
    assert_eq!(
        site.run("SELECT srcaddr, bytes FROM logs.vpc_flow").await,
        ["10.0.0.1 4"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_become_tables() {
    let site = site();
    let made = site
        .run("CREATE TABLE t AS SELECT 1 AS a, 'x' AS b, DATE '2026-11-01' AS c UNION ALL SELECT 2, NULL, NULL")
        .await;
    assert_eq!(made, ["table t created 2"]);
    site.run("INSERT INTO t (b, a) SELECT 'y', 3; INSERT INTO t VALUES (4, 'z', DATE '2026-11-02')")
        .await;
    assert_eq!(
        site.run("SELECT * FROM t ORDER BY a").await,
        ["1 x 2026-11-01", "2 - -", "3 y -", "4 z 2026-11-02"]
    );
    assert!(
        site.error("INSERT INTO t SELECT 1")
            .await
            .contains("the query gives 1 columns where 3 are wanted")
    );
    assert!(
        site.error("INSERT INTO t VALUES ('text', 'z', NULL)")
            .await
            .contains("column `a` takes no such value")
    );
    assert_eq!(
        site.run("SELECT count(*) FROM t").await,
        ["4"],
        "what failed changed nothing"
    );
    assert!(
        site.error("CREATE TABLE t AS SELECT 1")
            .await
            .starts_with("`t` is there already")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_can_be_read_are_loaded_and_the_others_counted() {
    let site = site();
    let lines: String = (1..=40_000)
        .map(|n| {
            if n % 10_000 == 0 {
                format!("x{n},a\n")
            } else {
                format!("{n},\"b\n")
            }
        })
        .collect();
    site.write("big.csv", lines);
    site.run_placed("CREATE TABLE c (a INT, b VARCHAR); CREATE STAGE s url = 'FILES/'")
        .await;
    let copied = site
        .run("COPY INTO c FROM @s/big.csv FILE_FORMAT = (TYPE = CSV) ON_ERROR = CONTINUE")
        .await;
    let told = "big.csv PARTIALLY_LOADED 40000 39996 4 line 10000: column `a`: `x10000` is no Int32 10000";
    assert!(copied[0].ends_with(told), "{copied:?}");
    assert_eq!(
        site.run("SELECT count(*), min(b) FROM c").await,
        ["39996 \"b"],
        "nothing encloses values unless it is said"
    );
    site.write("j/x.json", "{\"a\": 1}\n{\"a\": }\n{\"a\": 3}\nnonsense\n{\"a\": 5}");
    site.run("CREATE TABLE j (v VARIANT); COPY INTO j FROM @s/j/ FILE_FORMAT = (TYPE = JSON) ON_ERROR = CONTINUE")
        .await;
    assert_eq!(site.run("SELECT v:a FROM j ORDER BY 1").await, ["1", "3", "5"]);
    let history = "SELECT lines, rows, rejected, first_error FROM system.load_history WHERE table_name = 'public.j'";
    assert_eq!(site.run(history).await, ["5 3 2 line 2: expected value"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_only_touched_is_not_loaded_again() {
    let site = site();
    site.write("a.csv", "1\n");
    site.run_placed("CREATE TABLE c (a INT); CREATE STAGE s url = 'FILES/' FILE_FORMAT = (TYPE = CSV)")
        .await;
    site.run("COPY INTO c FROM @s").await;
    std::thread::sleep(std::time::Duration::from_millis(20));
    site.write("a.csv", "1\n");
    let copied = site.run("COPY INTO c FROM @s").await;
    assert!(copied[0].ends_with("a.csv LOADED 0 0 0 - -"), "{copied:?}");
    assert_eq!(site.run("SELECT count(*) FROM c").await, ["1"]);
    site.run("COPY INTO c FROM @s ON_ERROR = SKIP_FILE FORCE = TRUE FILE_FORMAT = (TYPE = PARQUET)")
        .await;
    assert_eq!(
        site.run("COPY INTO c FROM @s").await,
        ["Copy executed with 0 files processed."],
        "it stays loaded"
    );
    site.write("sub/a.csv", "2\n");
    site.run("COPY INTO c FROM @s FILES = ('sub/a.csv') FORCE = TRUE").await;
    assert_eq!(site.run("SELECT count(*) FROM c").await, ["2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parquet_file_that_promises_too_much_is_told() {
    let site = site();
    let hostile = include_bytes!("../../../decode/tests/golden/list_of_truth_values.parquet");
    site.write("hostile.parquet", hostile);
    site.write_flows("good.parquet", &[(1, "10.0.0.1", 60)]);
    site.run_placed("CREATE TABLE t (record VARIANT); CREATE STAGE s url = 'FILES/' FILE_FORMAT = (TYPE = PARQUET)")
        .await;
    let copied = site.run("COPY INTO t FROM @s ON_ERROR = SKIP_FILE").await;
    assert!(copied[0].contains("good.parquet LOADED 1 1 0"), "{copied:?}");
    assert!(
        copied[1].contains("parquet file: its metadata is damaged"),
        "{copied:?}"
    );
    assert_eq!(site.run("SELECT count(*) FROM t").await, ["1"]);
}
