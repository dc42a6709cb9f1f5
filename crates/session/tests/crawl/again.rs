//! A crawl after a crawl.

use crate::desk::Desk;

#[tokio::test]
async fn what_is_new_is_added() {
    let desk = Desk::new().await;
    desk.put("app/dt=2026-11-01/a.json", "{\"a\":1}\n");
    assert_eq!(desk.crawl("DRY RUN").await, ["public.app|created|json|2|1|1|"]);
    assert!(desk.ask("SELECT * FROM app").await.is_err());
    assert_eq!(desk.crawl("").await, ["public.app|created|json|2|1|1|"]);
    assert_eq!(desk.crawl("").await, ["public.app|unchanged|json|2|1|1|"]);
    desk.put("app/dt=2026-11-02/b.json", "{\"b\":\"x\",\"a\":0.5}\n");
    assert_eq!(
        desk.crawl("").await,
        ["public.app|changed|json|3|2|2|column a is double now, and was bigint; columns added: b; partitions added: 1"]
    );
    assert_eq!(desk.columns("app").await, "a double, b string, dt string");
    assert_eq!(
        desk.rows("SELECT a, b, dt FROM app ORDER BY dt").await,
        ["1.0||2026-11-01", "0.5|x|2026-11-02"]
    );
    assert_eq!(desk.crawl("").await, ["public.app|unchanged|json|3|2|2|"]);
}

#[tokio::test]
async fn earlier_days_and_new_regions_are_found() {
    let desk = Desk::new().await;
    desk.put("AWSLogs/111111111111/x/eu-west-1/2026/11/10/a.csv", "a,b\n1,2\n");
    assert_eq!(desk.crawl("").await, ["public.x|created|csv|5|1|1|"]);
    desk.put("AWSLogs/111111111111/x/us-east-1/2026/11/01/a.csv", "a,b\n3,4\n");
    assert_eq!(
        desk.crawl("").await,
        ["public.x|changed|csv|5|2|2|region has new values: us-east-1; day goes from 2026/11/01 to NOW now"]
    );
    assert_eq!(desk.rows("SELECT sum(a) FROM x").await, ["4"]);
    assert_eq!(desk.crawl("").await, ["public.x|unchanged|csv|5|2|2|"]);
}

#[tokio::test]
async fn tables_that_are_there_keep_their_names() {
    let desk = Desk::new().await;
    desk.put("one/logs/a.csv", "a,b\n1,2\n");
    assert_eq!(desk.crawl("").await, ["public.logs|created|csv|2||1|"]);
    // A second folder of that name gets a longer one, and the first keeps its own, whatever stands before it.
    desk.put("a/logs/a.csv", "a,b\n1,2\n");
    assert_eq!(
        desk.crawl("").await,
        ["public.a_logs|created|csv|2||1|", "public.logs|unchanged|csv|2||1|"]
    );
    desk.rows("CREATE VIEW users AS SELECT 1 AS x").await;
    desk.put("users/a.csv", "a,b\n1,2\n");
    let told = desk.crawl("").await;
    assert!(
        told.iter().any(|row| row.starts_with("public.in_users|created")),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_table_that_somebody_wrote_keeps_its_columns() {
    let desk = Desk::new().await;
    desk.put("t/day=1/a.json", "{\"a\":1,\"b\":2}\n");
    let sql = format!(
        "CREATE EXTERNAL TABLE mine (b int) PARTITIONED BY (day string) ROW FORMAT SERDE \
         'org.openx.data.jsonserde.JsonSerDe' LOCATION '{}/t'",
        desk.place()
    );
    desk.rows(&sql).await;
    assert_eq!(
        desk.crawl("").await,
        ["public.mine|changed|json|2|1|1|partitions added: 1"]
    );
    assert_eq!(desk.rows("SELECT * FROM mine").await, ["2|1"]);
}

#[tokio::test]
async fn a_format_that_changed_is_said() {
    let desk = Desk::new().await;
    desk.put("t/a", "a,b\n1,2\n");
    desk.crawl("").await;
    desk.put("t/a", "{\"a\":1}\n");
    let told = desk.crawl("").await;
    assert!(
        told[0].starts_with("public.t|skipped|json|2||1|its objects were of format csv and are of format json now"),
        "{told:?}"
    );
}

#[tokio::test]
async fn tables_go_where_they_are_wanted() {
    let desk = Desk::new().await;
    desk.put("t/a.csv", "a,b\n1,2\n");
    for statement in ["CREATE DATABASE other", "CREATE SCHEMA other.raw"] {
        desk.rows(statement).await;
    }
    assert_eq!(desk.crawl("INTO other.raw").await, ["other.raw.t|created|csv|2||1|"]);
    assert_eq!(desk.rows("SELECT a FROM other.raw.t").await, ["1"]);
    let error = desk
        .ask(&format!("CRAWL '{}' INTO none", desk.place()))
        .await
        .unwrap_err();
    assert!(error.contains("no schema `none`"), "{error}");
    let error = desk.ask("CRAWL '/there/is/no/such/folder'").await.unwrap_err();
    assert!(error.contains("/there/is/no/such/folder"), "{error}");
    let error = desk.ask("CRAWL 'x' ONTO y").await.unwrap_err();
    assert!(error.contains("expected INTO and a schema"), "{error}");
}
