//! Bad statements are told where and why, and change nothing.

use crate::place::site;

#[tokio::test]
async fn each_points_at_its_place() {
    let site = site();
    let mut told = Vec::new();
    for sql in [
        "CREATE VIEW",
        "CREATE VIEW v AS SELECT nope FROM vpc_flow",
        "CREATE OR REPLACE VIEW IF NOT EXISTS v AS SELECT 1",
        "CREATE TABLE t (a INT, a TEXT)",
        "CREATE TABLE t (a INTT)",
        "CREATE TABLE logs.t (a INT)",
        "CREATE TABLE nodb.public.t (a INT)",
        "CREATE WAREHOUSE w WAREHOUSE_SIZE = HUGE",
        "CREATE STAGE s url = 's3://b/' nonsense = 1",
        "CREATE STAGE s url = 's3://b/' storage_integration = nobody",
        "CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = GCS",
        "COPY INTO t FROM nowhere",
        "COPY INTO nobody FROM 's3://b/'",
        "LIST @nobody",
        "ALTER PIPE nobody REFRESH",
        "USE nobody",
        "SELECT * FROM TABLE(information_schema.pipe_usage_history(pipe_name => 'x))",
        "CREATE STAGE s url = 's3://b/x",
        "CREATE EXTERNAL TABLE t (a string)",
        "CREATE EXTERNAL TABLE t (a strin) LOCATION 's3://b/'",
        "DROP PIPE nobody",
        "MERGE INTO t USING u ON t.a = u.a",
        "CREATE TASK t",
        "INSERT INTO flow SELECT 1",
    ] {
        told.push(format!("> {sql}\n{}", site.error(sql).await));
    }
    insta::assert_snapshot!(told.join("\n\n"));
    assert_eq!(site.run("SHOW TABLES IN public").await.len(), 0, "nothing was made");
}
