//! `MSCK REPAIR TABLE`, `SHOW PARTITIONS` and `ALTER TABLE` of external tables.

use crate::desk::Desk;

async fn table(desk: &Desk, partitioned: &str, rest: &str) {
    let sql = format!(
        "CREATE EXTERNAL TABLE t (a int) {partitioned} ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION \
         '{}/t' {rest}",
        desk.place()
    );
    desk.rows(&sql).await;
}

async fn refused(desk: &Desk, sql: &str) -> String {
    match desk.ask(sql).await {
        Ok(rows) => panic!("{sql}: {rows:?}"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn repairing_adds_what_is_there() {
    let desk = Desk::new().await;
    desk.put("t/day=2/x.json", "{\"a\":2}\n");
    desk.put("t/day=1/x.json", "{\"a\":1}\n");
    table(&desk, "PARTITIONED BY (day string)", "").await;
    assert_eq!(desk.rows("SHOW PARTITIONS t").await, Vec::<String>::new());
    assert_eq!(
        desk.rows("MSCK REPAIR TABLE t").await,
        ["day=1|<in>/t/day=1/", "day=2|<in>/t/day=2/"]
    );
    assert_eq!(desk.rows("MSCK REPAIR TABLE public.t").await, Vec::<String>::new());
    assert_eq!(desk.rows("SELECT a, day FROM t ORDER BY a").await, ["1|1", "2|2"]);
    assert_eq!(
        desk.rows("SHOW PARTITIONS t").await,
        ["day=1|<in>/t/day=1/", "day=2|<in>/t/day=2/"]
    );
    // A partition can be put elsewhere.
    desk.put("u/x.json", "{\"a\":3}\n");
    desk.rows(&format!(
        "ALTER TABLE t PARTITION (day='2') SET LOCATION '{}/u'",
        desk.place()
    ))
    .await;
    assert_eq!(desk.rows("SELECT a, day FROM t ORDER BY a").await, ["1|1", "3|2"]);
    let error = refused(&desk, "ALTER TABLE t PARTITION (day='9') SET LOCATION '/x'").await;
    assert!(error.contains("has no partition (day='9')"), "{error}");
}

#[tokio::test]
async fn projected_partitions_are_shown_and_need_no_repair() {
    let desk = Desk::new().await;
    let properties =
        "TBLPROPERTIES ('projection.enabled'='true', 'projection.k.type'='enum', 'projection.k.values'='a,b')";
    table(&desk, "PARTITIONED BY (k string)", properties).await;
    assert_eq!(
        desk.rows("SHOW PARTITIONS t").await,
        ["k=a|<in>/t/k=a/", "k=b|<in>/t/k=b/"]
    );
    let error = refused(&desk, "MSCK REPAIR TABLE t").await;
    assert!(error.contains("follow from its properties"), "{error}");
}

#[tokio::test]
async fn definitions_are_altered() {
    let desk = Desk::new().await;
    desk.put("t/x.json", "{\"a\":1,\"b\":\"x\"}\n");
    desk.put("u/x.json", "{\"a\":2,\"b\":\"y\"}\n");
    table(&desk, "", "").await;
    desk.rows("ALTER TABLE t ADD COLUMNS (b string COMMENT 'more', c int)")
        .await;
    assert_eq!(desk.rows("SELECT a, b, c FROM t").await, ["1|x|"]);
    desk.rows("ALTER TABLE t SET TBLPROPERTIES ('k' = 'v', 'skip.footer.line.count'='1')")
        .await;
    assert_eq!(
        desk.rows("SHOW TBLPROPERTIES t").await,
        ["k|v", "skip.footer.line.count|1"]
    );
    assert_eq!(desk.rows("SELECT a FROM t").await, Vec::<String>::new());
    desk.rows("ALTER TABLE t SET TBLPROPERTIES ('skip.footer.line.count'='0')")
        .await;
    desk.rows(&format!("ALTER TABLE t SET LOCATION '{}/u/'", desk.place()))
        .await;
    assert_eq!(desk.rows("SELECT a, b FROM t").await, ["2|y"]);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let desk = Desk::new().await;
    table(&desk, "", "").await;
    desk.rows("CREATE VIEW v AS SELECT 1 AS x").await;
    for (sql, expected) in [
        ("ALTER TABLE t ADD COLUMNS (a int)", "another column has that name"),
        (
            "ALTER TABLE t SET TBLPROPERTIES ('skip.header.line.count'='x')",
            "expected a number of lines",
        ),
        ("ALTER TABLE t SET LOCATION '-'", "standard input"),
        (
            "ALTER TABLE t RENAME PARTITION (a='1') TO PARTITION (a='2')",
            "RENAME PARTITION",
        ),
        (
            "ALTER TABLE t PARTITION (a='1') RENAME TO PARTITION (a='2')",
            "RENAME PARTITION",
        ),
        ("ALTER TABLE t PARTITION (a='1')", "expected SET LOCATION"),
        ("ALTER TABLE v ADD COLUMNS (a int)", "is a view"),
        ("ALTER TABLE none SET LOCATION '/x'", "none"),
        ("MSCK REPAIR TABLE t", "created without PARTITIONED BY"),
        ("MSCK TABLE t", "expected REPAIR TABLE"),
    ] {
        let error = refused(&desk, sql).await;
        assert!(error.contains(expected), "{sql}: {error}");
    }
}

#[tokio::test]
async fn a_table_that_finds_its_partitions_is_left_as_it_is() {
    let desk = Desk::new().await;
    desk.put("t/2026/11/20/05/x.json", "{\"a\":1,\"b\":2}\n");
    table(
        &desk,
        "PARTITIONED BY (dt string)",
        "TBLPROPERTIES ('flowtrail.partitions'='auto')",
    )
    .await;
    assert_eq!(desk.rows("SELECT a, dt FROM t").await, ["1|2026-11-20-05"]);
    assert_eq!(
        desk.rows("SHOW PARTITIONS t").await,
        ["dt=2026-11-20-05|<in>/t/2026/11/20/05/"]
    );
    let error = refused(&desk, "MSCK REPAIR TABLE t").await;
    assert!(error.contains("none is ever missing"), "{error}");
    assert_eq!(desk.crawl("").await, ["public.t|unchanged|json|2|1|1|"]);
    assert_eq!(desk.rows("SHOW TBLPROPERTIES t").await, ["flowtrail.partitions|auto"]);
}
