//! External tables, as Athena's statements make them.

use crate::place::site;

const TABLE: &str = "CREATE EXTERNAL TABLE IF NOT EXISTS raw_flows (Version INT, Account STRING, Source STRING, \
     Bytes BIGINT COMMENT 'all of them') PARTITIONED BY (hour STRING) \
     ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe' \
     WITH SERDEPROPERTIES (\"input.regex\" = \"^([0-9]+)\\\\s+([^ ]+)\\\\s+([^ ]+)\\\\s+([0-9]+)$\") \
     LOCATION 'FILES/flows/' TBLPROPERTIES ('skip.header.line.count' = '1')";

#[tokio::test(flavor = "multi_thread")]
async fn partitions_come_and_go() {
    let site = site();
    site.write(
        "flows/2026/11/20/07/a",
        "header\n2 123 10.0.0.1 40\n2 123 10.0.0.2 50\n",
    );
    site.write("flows/2026/11/20/08/a", "header\n2 123 10.0.0.1 7\n");
    site.run_placed(TABLE).await;
    assert_eq!(
        site.run("SELECT count(*) FROM raw_flows").await,
        ["0"],
        "as in Athena, before a partition is added"
    );
    site.run_placed(
        "ALTER TABLE default.raw_flows ADD PARTITION (hour = '2026-11-20-07') LOCATION 'FILES/flows/2026/11/20/07/' \
         PARTITION (hour = '2026-11-20-08') LOCATION 'FILES/flows/2026/11/20/08/'",
    )
    .await;
    assert_eq!(
        site.run("SELECT source, sum(bytes) FROM raw_flows WHERE hour >= '2026-11-20-07' GROUP BY 1 ORDER BY 1")
            .await,
        ["10.0.0.1 47", "10.0.0.2 50"]
    );
    let figures = site
        .figures("SELECT * FROM raw_flows WHERE date_parse(hour, '%Y-%m-%d-%H') >= TIMESTAMP '2026-11-20 08:00:00'")
        .await;
    assert_eq!(
        (figures.rows, figures.partitions_read, figures.partitions_total),
        (1, 1, 2)
    );
    assert_eq!(site.run("SHOW PARTITIONS raw_flows").await.len(), 2);
    let error = site
        .error("ALTER TABLE raw_flows ADD PARTITION (hour = '2026-11-20-08') LOCATION 'FILES/other/'")
        .await;
    assert!(
        error.starts_with("partition (hour='2026-11-20-08') of `public.raw_flows` is there already"),
        "{error}"
    );
    assert!(
        site.error("ALTER TABLE raw_flows ADD PARTITION (day = '1')")
            .await
            .contains("has no partition column `day`")
    );
    site.run("ALTER TABLE raw_flows DROP PARTITION (hour = '2026-11-20-07')")
        .await;
    assert_eq!(site.run("SELECT count(*) FROM raw_flows").await, ["1"]);
    site.run("DROP TABLE raw_flows").await;
    assert!(
        site.files().join("flows/2026/11/20/07/a").exists(),
        "the files are not the table's"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn its_statement_makes_it_again() {
    let site = site();
    site.write("flows/x", "header\n");
    site.run_placed(TABLE).await;
    let ddl = site.run("SHOW CREATE TABLE raw_flows").await.join("\n");
    site.run(&format!("DROP TABLE raw_flows; {ddl}")).await;
    assert_eq!(site.run("SHOW CREATE TABLE raw_flows").await.join("\n"), ddl);
    assert!(ddl.contains("`bytes` bigint COMMENT 'all of them'"), "{ddl}");
}
