//! What a statement may touch that comes through a port, and what warehouses give it.

use std::time::Duration;

use flowtrail_query::Restriction;
use flowtrail_session::{Grant, Session};
use futures::{StreamExt, TryStreamExt};

use crate::place::{Site, run, site};

const NOWHERE: [&str; 0] = [];

impl Site {
    async fn through_port(&self, allowed: &[&str]) -> Session {
        let allowed: Vec<_> = allowed.iter().map(|place| self.placed(place)).collect();
        let grant = Grant::new(allowed, NOWHERE).unwrap();
        self.session.through_port(Restriction::default(), &grant).await.unwrap()
    }
}

async fn error(session: &Session, sql: &str) -> String {
    match session.run(sql).await {
        Ok(answer) => match answer.stream.try_collect::<Vec<_>>().await {
            Ok(_) => panic!("{sql} was done"),
            Err(error) => error.to_string(),
        },
        Err(error) => format!("{error}\nhint: {}", error.hint().unwrap_or_default()),
    }
}

#[tokio::test]
async fn every_door_is_shut_that_nobody_opened() {
    let site = site();
    site.write("in/a.csv", "1\n");
    site.run_placed("CREATE TABLE t (a INT); CREATE STAGE st url = 'FILES/in'")
        .await;
    let external = "CREATE EXTERNAL TABLE e (a INT) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 'FILES/in'";
    site.run_placed(external).await;
    site.run_placed(
        "CREATE EXTERNAL TABLE p (a INT) PARTITIONED BY (d STRING) ROW FORMAT DELIMITED LOCATION 'FILES/in'",
    )
    .await;
    assert_eq!(site.run("SELECT count(*) FROM e").await, ["1"]);

    let port = site.through_port(&[]).await;
    for sql in [
        "SELECT count(*) FROM e",
        "LIST @st",
        "COPY INTO t FROM @st FILE_FORMAT = (TYPE = csv)",
        "COPY INTO t FROM 'FILES/in' FILE_FORMAT = (TYPE = csv)",
        "COPY INTO @st FROM t",
        "COPY INTO 'FILES/out/' FROM t",
        "UNLOAD (SELECT * FROM t) TO 'FILES/out/' WITH (format = 'PARQUET')",
        "CREATE STAGE other url = 'FILES/in'",
        "CREATE STAGE other url = 's3://bucket/x'",
        "CREATE PIPE pipe AS COPY INTO t FROM @st",
        "CREATE EXTERNAL TABLE f (a INT) ROW FORMAT DELIMITED LOCATION 'FILES/in'",
        "ALTER TABLE p ADD PARTITION (d = 'x') LOCATION 'FILES/elsewhere'",
        "MSCK REPAIR TABLE p",
        "CRAWL 'FILES/in'",
        "CRAWL 's3://bucket/'",
    ] {
        let error = error(&port, &site.placed(sql)).await;
        assert!(
            error.contains("is no place that a statement may touch that comes through a port"),
            "{sql}: {error}"
        );
        assert!(
            !sql.contains("FILES") || error.contains(site.files().to_str().unwrap()),
            "{sql}: {error}"
        );
    }
    assert!(!site.files().join("out").exists());
    assert_eq!(
        run(&port, "SELECT count(*) FROM t").await,
        ["0"],
        "the lake itself is open"
    );
}

#[tokio::test]
async fn nobody_opens_places_through_a_port() {
    let site = site();
    let port = site.through_port(&[]).await;
    let integration = "CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE \
                       STORAGE_ALLOWED_LOCATIONS = ('*')";
    let error = error(&port, integration).await;
    assert!(
        error.starts_with("CREATE STORAGE INTEGRATION opens a place, which"),
        "{error}"
    );
    assert!(error.contains("flowtrail sql"), "{error}");
}

#[tokio::test]
async fn what_is_allowed_can_be_touched() {
    let site = site();
    site.write("in/a.csv", "1\n");
    site.write("in2/a.csv", "1\n");
    let port = site.through_port(&["FILES/in"]).await;
    run(
        &port,
        &site.placed("CREATE TABLE t (a INT); CREATE STAGE st url = 'FILES/in'"),
    )
    .await;
    run(&port, "COPY INTO t FROM @st FILE_FORMAT = (TYPE = csv)").await;
    assert_eq!(run(&port, "SELECT count(*) FROM t").await, ["1"]);
    let beside = error(&port, &site.placed("CREATE STAGE beside url = 'FILES/in/../in2'")).await;
    assert!(beside.contains("is no place"), "{beside}");
}

#[tokio::test]
async fn an_integration_opens_its_places() {
    let site = site();
    site.run(
        "CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE \
         STORAGE_ALLOWED_LOCATIONS = ('s3://logs/flow/') STORAGE_BLOCKED_LOCATIONS = ('s3://logs/flow/secret/'); \
         CREATE STORAGE INTEGRATION off TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = FALSE \
         STORAGE_ALLOWED_LOCATIONS = ('s3://other/')",
    )
    .await;
    let port = site.through_port(&[]).await;
    run(&port, "CREATE STAGE st url = 's3://logs/flow/2026/'").await;
    for place in [
        "s3://logs/flow/secret/",
        "s3://logs//flow/secret/",
        "s3://other/",
        "/etc",
    ] {
        let error = error(&port, &format!("CREATE STAGE st2 url = '{place}'")).await;
        assert!(error.contains("is no place"), "{place}: {error}");
    }
}

#[tokio::test]
async fn a_session_through_a_port_is_its_own() {
    let site = site();
    let (one, other) = (site.through_port(&[]).await, site.through_port(&[]).await);
    run(&one, "CREATE DATABASE d; USE DATABASE d; PREPARE q FROM SELECT 1").await;
    assert_eq!(one.engine().scope().database, "d");
    assert_eq!(other.engine().scope().database, "flowtrail");
    assert!(error(&other, "EXECUTE q").await.contains('q'));
}

#[tokio::test]
async fn a_warehouse_runs_so_many_statements_at_once() {
    let site = site();
    site.run("CREATE WAREHOUSE w MAX_CONCURRENCY_LEVEL = 1 STATEMENT_QUEUED_TIMEOUT_IN_SECONDS = 1")
        .await;
    let (one, other) = (site.through_port(&[]).await, site.through_port(&[]).await);
    one.use_warehouse("w").await.unwrap();
    other.use_warehouse("w").await.unwrap();
    let mut running = one.run("SELECT * FROM generate_series(1, 1000000)").await.unwrap();
    running.stream.next().await.unwrap().unwrap();
    let refused = error(&other, "SELECT 1").await;
    assert!(
        refused.starts_with("warehouse `w` runs 1 statements at once, and this one waited 1 s"),
        "{refused}"
    );
    let waiting = tokio::spawn(async move { run(&other, "SELECT 2").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(running);
    assert_eq!(
        waiting.await.unwrap(),
        ["2"],
        "its turn comes when the other's rows are not wanted any more"
    );
}

#[tokio::test]
async fn a_warehouse_ends_what_runs_too_long() {
    let site = site();
    site.run("CREATE WAREHOUSE w STATEMENT_TIMEOUT_IN_SECONDS = 1").await;
    let session = site.through_port(&[]).await;
    session.use_warehouse("w").await.unwrap();
    let endless = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b \
                   WHERE a.value * b.value % 7 = 3";
    let error = error(&session, endless).await;
    assert!(
        error.starts_with("the statement ran longer than the 1 s that warehouse `w` allows"),
        "{error}"
    );
    assert_eq!(run(&session, "SELECT 1").await, ["1"]);
}
