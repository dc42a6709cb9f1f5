//! `COPY INTO table` with columns, names, expressions, and without loading.

use crate::place::{Site, site};

async fn with_people() -> Site {
    let site = site();
    site.write("p/a.csv", "1,ann,2026-11-01,x\n2,bob,,x\n");
    site.write("p/b.csv", "3,cyd,2026-11-03,x\n");
    site.run_placed(
        "CREATE STAGE s url = 'FILES/p/' FILE_FORMAT = (TYPE = CSV); \
         CREATE TABLE t (id INT, name VARCHAR, day DATE, file VARCHAR, line BIGINT)",
    )
    .await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_columns_says_where_values_go() {
    let site = with_people().await;
    site.write("q/x.csv", "zed,9\n");
    site.run_placed("COPY INTO t (name, id) FROM 'FILES/q/' FILE_FORMAT = (TYPE = CSV)")
        .await;
    assert_eq!(site.run("SELECT * FROM t").await, ["9 zed - - -"]);
    site.write_flows("f/x.parquet", &[(5, "10.0.0.1", 60)]);
    site.run_placed("CREATE TABLE f (start BIGINT, srcaddr VARCHAR, bytes BIGINT); COPY INTO f (bytes, srcaddr) FROM 'FILES/f/' FILE_FORMAT = (TYPE = PARQUET)")
        .await;
    assert_eq!(site.run("SELECT * FROM f").await, ["- 10.0.0.1 5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_select_makes_rows_of_what_is_in_files() {
    let site = with_people().await;
    let copied = site
        .run(
            "COPY INTO t (id, name, day, file, line) FROM (SELECT t.$1::int * 10, upper($2), $3::date, metadata$filename, \
             metadata$file_row_number FROM @s t)",
        )
        .await;
    assert_eq!(copied.len(), 2);
    assert!(copied[0].ends_with("/p/a.csv LOADED 2 2 0 - -"), "{copied:?}");
    let path = |name: &str| site.files().join("p").join(name).display().to_string();
    assert_eq!(
        site.run("SELECT * FROM t ORDER BY id").await,
        [
            format!("10 ANN 2026-11-01 {} 1", path("a.csv")),
            format!("20 BOB - {} 2", path("a.csv")),
            format!("30 CYD 2026-11-03 {} 1", path("b.csv")),
        ]
    );
    let again = "COPY INTO t (id) FROM (SELECT $1 FROM @s)";
    assert_eq!(
        site.run(again).await,
        ["Copy executed with 0 files processed."],
        "each file once"
    );
    site.run_placed("CREATE FILE FORMAT pipes TYPE = CSV FIELD_DELIMITER = '|'")
        .await;
    site.write("p/c.txt", "7|x,y\n");
    site.run(
        "COPY INTO t (name, id) FROM (SELECT f.$2, f.$1 FROM @s (FILE_FORMAT => 'pipes', PATTERN => '.*[.]txt') AS f)",
    )
    .await;
    assert_eq!(site.run("SELECT name FROM t WHERE id = 7").await, ["x,y"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_select_reads_documents_and_columns() {
    let site = site();
    site.write(
        "j/x.json",
        "[{\"u\": {\"id\": 5, \"tags\": [\"a\", \"b\"]}, \"t\": 1793491200}, {\"u\": null}]",
    );
    site.write_flows("f/x.parquet", &[(5, "10.0.0.1", 60), (7, "10.0.0.2", 120)]);
    site.run_placed(
        "CREATE STAGE s url = 'FILES/'; CREATE TABLE j (id INT, tag VARCHAR, at TIMESTAMP); \
         COPY INTO j FROM (SELECT $1:u.id::int, $1:u.tags[0]::string, $1:t::timestamp FROM @s/j/) \
         FILE_FORMAT = (TYPE = JSON STRIP_OUTER_ARRAY = TRUE)",
    )
    .await;
    assert_eq!(
        site.run("SELECT * FROM j ORDER BY id").await,
        ["5 a 2026-11-01T00:00:00Z", "- - -"]
    );
    site.run(
        "CREATE TABLE f (b BIGINT, ip VARCHAR); COPY INTO f FROM (SELECT $1:bytes::bigint * 2, $1:srcaddr::varchar FROM @s/f/) \
         FILE_FORMAT = (TYPE = PARQUET)",
    )
    .await;
    assert_eq!(
        site.run("SELECT * FROM f ORDER BY b").await,
        ["10 10.0.0.1", "14 10.0.0.2"]
    );
    site.run(
        "CREATE TABLE v (r VARIANT); COPY INTO v FROM (SELECT object_construct('ip', $1:srcaddr::varchar, 'n', $1:bytes::int) \
         FROM @s/f/) FILE_FORMAT = (TYPE = PARQUET)",
    )
    .await;
    assert_eq!(
        site.run("SELECT r:ip::varchar, r:n::int + 1 FROM v ORDER BY 2").await,
        ["10.0.0.1 6", "10.0.0.2 8"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_made_is_told_and_the_others_load() {
    let site = site();
    site.write("x.csv", "1\nx\n3\n");
    site.write("y.csv", "4\n");
    site.run_placed("CREATE STAGE s url = 'FILES/' FILE_FORMAT = (TYPE = CSV); CREATE TABLE t (a INT)")
        .await;
    let copy = "COPY INTO t FROM (SELECT $1::int + 1 FROM @s)";
    let error = site.error(copy).await;
    assert!(error.contains("/x.csv: line 2: "), "{error}");
    assert_eq!(site.run("SELECT count(*) FROM t").await, ["0"]);
    let copied = site.run(&format!("{copy} ON_ERROR = CONTINUE")).await;
    assert!(
        copied[0].contains("/x.csv PARTIALLY_LOADED 3 2 1 line 2: "),
        "{copied:?}"
    );
    assert!(copied[0].ends_with(" 2"), "{copied:?}");
    assert_eq!(site.run("SELECT a FROM t ORDER BY a").await, ["2", "4", "5"]);
    site.run("CREATE TABLE u (a INT)").await;
    site.run(&format!("{} ON_ERROR = SKIP_FILE", copy.replace("INTO t", "INTO u")))
        .await;
    assert_eq!(site.run("SELECT a FROM u").await, ["5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_are_found_by_name() {
    let site = site();
    site.write("a.csv", "Name,ID,other\nann,1,x\nbob,2,y\n");
    site.write("b.json", "{\"id\": 3, \"NAME\": \"cyd\", \"deep\": {\"a\": 1}}\n{\"ID\": \"4\", \"name\": null, \"deep\": 7}\n[1]\n{\"id\": \"x\"}");
    site.run_placed("CREATE STAGE s url = 'FILES/'; CREATE TABLE t (id INT, name VARCHAR, deep VARCHAR)")
        .await;
    site.run(
        "COPY INTO t FROM @s/a.csv FILE_FORMAT = (TYPE = CSV PARSE_HEADER = TRUE) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE; \
         COPY INTO t FROM @s/b.json FILE_FORMAT = (TYPE = JSON) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE ON_ERROR = CONTINUE",
    )
    .await;
    assert_eq!(
        site.run("SELECT * FROM t ORDER BY id").await,
        ["1 ann -", "2 bob -", "3 cyd {\"a\":1}", "4 - 7"]
    );
    let rejected = "SELECT rejected, first_error FROM system.load_history WHERE object_uri LIKE '%b.json'";
    assert_eq!(site.run(rejected).await, ["2 row 3: it is no object, and has no names"]);
    let errors = site
        .run("COPY INTO t FROM @s/b.json FILE_FORMAT = (TYPE = JSON) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE VALIDATION_MODE = RETURN_ALL_ERRORS")
        .await;
    assert!(
        errors[1].starts_with("column `id`: `x` is no Int32 ") && errors[1].contains(" parsing - - id 4 "),
        "{errors:?}"
    );
    site.run("CREATE TABLE u (id INT, name VARCHAR)").await;
    site.run("COPY INTO u FROM @s/b.json FILE_FORMAT = (TYPE = JSON) MATCH_BY_COLUMN_NAME = CASE_SENSITIVE FORCE = TRUE ON_ERROR = CONTINUE")
        .await;
    assert_eq!(site.run("SELECT * FROM u ORDER BY id").await, ["3 -", "- -"]);
    site.write_flows("f.parquet", &[(5, "10.0.0.1", 60)]);
    site.run("CREATE TABLE f (\"BYTES\" BIGINT, srcaddr VARCHAR); COPY INTO f FROM @s/f.parquet FILE_FORMAT = (TYPE = PARQUET) MATCH_BY_COLUMN_NAME = CASE_SENSITIVE")
        .await;
    assert_eq!(site.run("SELECT * FROM f").await, ["- 10.0.0.1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_be_loaded_is_shown_and_nothing_loads() {
    let site = with_people().await;
    site.run("CREATE TABLE w (id INT, name VARCHAR, day DATE, x VARCHAR)")
        .await;
    assert_eq!(
        site.run("COPY INTO w FROM @s VALIDATION_MODE = RETURN_2_ROWS").await,
        ["1 ann 2026-11-01 x", "2 bob - x"]
    );
    assert_eq!(
        site.run("COPY INTO w FROM @s VALIDATION_MODE = 'RETURN_10_ROWS'")
            .await
            .len(),
        3
    );
    assert_eq!(
        site.run("COPY INTO w FROM @s VALIDATION_MODE = RETURN_ERRORS")
            .await
            .len(),
        0
    );
    site.write("p/c.csv", "x,dan\n5,eve\ny,fay\n");
    let errors = site.run("COPY INTO w FROM @s VALIDATION_MODE = RETURN_ERRORS").await;
    let file = format!("file://{}", site.files().join("p/c.csv").display());
    assert_eq!(
        errors,
        [
            format!("column `id`: `x` is no Int32 {file} 1 - - parsing - - id - 1 -"),
            format!("column `id`: `y` is no Int32 {file} 3 - - parsing - - id - 3 -"),
        ]
    );
    let error = site.error("COPY INTO w FROM @s VALIDATION_MODE = RETURN_10_ROWS").await;
    assert!(
        error.contains("p/c.csv: line 1: column `id`: `x` is no Int32"),
        "{error}"
    );
    assert_eq!(site.run("SELECT count(*) FROM w").await, ["0"]);
    assert_eq!(site.run("SELECT count(*) FROM system.load_history").await, ["0"]);
    site.run("COPY INTO w FROM @s ON_ERROR = CONTINUE").await;
    assert_eq!(
        site.run("COPY INTO w FROM @s VALIDATION_MODE = RETURN_ERRORS")
            .await
            .len(),
        0
    );
    assert_eq!(
        site.run("COPY INTO w FROM @s VALIDATION_MODE = RETURN_ALL_ERRORS")
            .await
            .len(),
        2
    );
    site.write("j/x.json", "{\"a\": {\"b\": 1}}\n");
    site.write_flows("f/x.parquet", &[(5, "10.0.0.1", 60)]);
    site.run("CREATE TABLE v (r VARIANT)").await;
    let shown = site
        .run_placed("COPY INTO v FROM 'FILES/j/' FILE_FORMAT = (TYPE = JSON) VALIDATION_MODE = RETURN_5_ROWS")
        .await;
    assert_eq!(shown, ["{\"a\":{\"b\":1}}"]);
    let shown = site
        .run_placed("COPY INTO v FROM 'FILES/f/' FILE_FORMAT = (TYPE = PARQUET) VALIDATION_MODE = RETURN_5_ROWS")
        .await;
    assert_eq!(shown, ["{\"bytes\":5,\"srcaddr\":\"10.0.0.1\",\"start\":60}"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_may_make_its_rows() {
    let site = with_people().await;
    site.run("CREATE PIPE p AS COPY INTO t (id, name) FROM (SELECT $1::int, $2 FROM @s); ALTER PIPE p REFRESH")
        .await;
    assert_eq!(
        site.run("SELECT id, name FROM t ORDER BY id").await,
        ["1 ann", "2 bob", "3 cyd"]
    );
    assert_eq!(site.run("ALTER PIPE p REFRESH").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said() {
    let site = with_people().await;
    site.run("CREATE TABLE v (r VARIANT)").await;
    let mut told = Vec::new();
    for sql in [
        "COPY INTO t (id, nam) FROM @s",
        "COPY INTO t (id, id) FROM @s",
        "COPY INTO t (id FROM @s",
        "COPY INTO t FROM (SELECT $1 FROM @s)",
        "COPY INTO t (id) FROM (SELECT $1 + nope FROM @s)",
        "COPY INTO t (id) FROM (SELECT $1 FROM @s WHERE $1 = 1)",
        "COPY INTO t (id) FROM (SELECT $1 FROM @s t LIMIT 1)",
        "COPY INTO t (id) FROM (SELECT DISTINCT $1 FROM @s)",
        "COPY INTO t (id) FROM (SELECT max($1) FROM @s)",
        "COPY INTO t (id) FROM (SELECT (SELECT max(id) FROM t) FROM @s)",
        "COPY INTO t (id) FROM (SELECT row_number() OVER () FROM @s)",
        "COPY INTO t (id) FROM (SELECT $1 FROM t)",
        "COPY INTO t (id) FROM (SELECT $1 FROM @s a, @s b)",
        "COPY INTO t (id) FROM (SELECT $99999 FROM @s)",
        "COPY INTO t (id) FROM (SELECT ? FROM @s)",
        "COPY INTO t FROM (SELECT $1 FROM @s) VALIDATION_MODE = RETURN_ERRORS",
        "COPY INTO t FROM (SELECT $1 FROM @s) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE",
        "COPY INTO t FROM @s MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE",
        "COPY INTO t FROM @s MATCH_BY_COLUMN_NAME = MAYBE",
        "COPY INTO v FROM @s MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE FILE_FORMAT = (TYPE = JSON)",
        "COPY INTO t FROM @s MATCH_BY_COLUMN_NAME = NONE FILE_FORMAT = (TYPE = PARQUET)",
        "COPY INTO t FROM @s FILE_FORMAT = (TYPE = CSV PARSE_HEADER = TRUE SKIP_HEADER = 1)",
        "COPY INTO t FROM @s VALIDATION_MODE = RETURN_SOME",
        "COPY INTO t FROM @s PURGE = TRUE",
        "CREATE PIPE p AS COPY INTO t FROM @s VALIDATION_MODE = RETURN_ERRORS",
        "COPY INTO logs.vpc_flow (srcaddr) FROM @s",
        "COPY INTO logs.vpc_flow FROM (SELECT $1 FROM @s)",
        "COPY INTO logs.vpc_flow FROM @s VALIDATION_MODE = RETURN_ERRORS",
    ] {
        told.push(format!("> {sql}\n{}", site.error(sql).await));
    }
    insta::assert_snapshot!(told.join("\n\n"));
    assert_eq!(site.run("SELECT count(*) FROM t").await, ["0"]);
}
