use insta::assert_snapshot;

use crate::lake;

#[tokio::test]
async fn complaints_point_at_what_is_wrong() {
    let lake = lake::of_flows().await;
    let mut complaints = String::new();
    for sql in [
        "SELECT FROM vpc_flow WHERE",
        "SELCT 1",
        "SELECT 'one",
        "SELECT src_addr\nFROM vpc_flow",
        "SELECT srcaddr\nFROM vpc_flow\nWHERE action = \"REJECT\"",
        "SELECT v.nothing FROM vpc_flow v",
        "SELECT * FROM vpcflow",
        "SELECT * FROM logs.cloudtrial",
        "SELECT * FROM other.schema.t",
        "SELECT 1 FROM nowhere",
        "SELECT protocolname(6)",
        "SELECT bytes / 0 FROM vpc_flow",
        "SELECT CAST('x' AS INT)",
        "SELECT CAST(srcaddr AS INT) FROM vpc_flow",
        "SELECT ip_in(srcaddr, '10.0.0.0/99') FROM vpc_flow",
        "SELECT srcaddr, count(*) FROM vpc_flow",
        "SELECT day FROM vpc_flow JOIN tgw_flow ON true",
        "SELECT sum(srcaddr) FROM vpc_flow",
        "CREATE TABLE t (a INT)",
        "EXPLAIN INSERT INTO vpc_flow SELECT * FROM vpc_flow",
        "COPY vpc_flow TO 'x.csv'",
        "SELECT 1; SELECT 2",
        "-- nothing",
        "SET datafusion.nonsense = 1",
    ] {
        complaints += &format!("> {}\n{}\n\n", sql.replace('\n', "\n> "), lake.complaint(sql).await);
    }
    assert_snapshot!(complaints, @"");
}

#[tokio::test]
async fn memory_has_a_limit_that_is_named() {
    use flowtrail_query::{Engine, EngineSettings};
    use futures::TryStreamExt;

    let lake = lake::of_flows().await;
    let settings = EngineSettings { memory_limit_bytes: 1 << 20, parallelism: Some(2), spill_folder: None };
    let engine = Engine::new(lake.engine.lake().clone(), settings).unwrap();
    let sql = "SELECT array_agg(value) FROM generate_series(1, 10000000)";
    let rows = engine.run(sql).await.unwrap().stream.try_collect::<Vec<_>>().await;
    assert_eq!(rows.unwrap_err().to_string(), "the statement needs more memory than the 1.0 MiB it may use");
}
