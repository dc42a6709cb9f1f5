//! Formats and layouts as tables.

use std::sync::Arc;

use arrow::array::{Int32Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

use crate::desk::{Desk, gzip};

const HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
                      action log-status\n";

fn flow(bytes: u64) -> String {
    format!("2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 49152 6 10 {bytes} 1793491200 1793491260 ACCEPT OK\n")
}

#[tokio::test]
async fn aws_layouts_are_projected() {
    let desk = Desk::new().await;
    for (account, region, day, bytes) in [
        ("111111111111", "eu-west-1", "2026/11/01", 1),
        ("111111111111", "us-east-1", "2026/11/02", 2),
        ("222222222222", "eu-west-1", "2026/11/04", 4),
    ] {
        let name = format!("AWSLogs/{account}/vpcflowlogs/{region}/{day}/x.log.gz");
        desk.put(&name, gzip(&format!("{HEADER}{}", flow(bytes))));
    }
    let event = r#"{"Records":[{"eventVersion":"1.08","eventTime":"2026-11-02T10:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","userIdentity":{"type":"Root","accountId":"1"},"requestParameters":{"bucketName":"b"}}]}"#;
    desk.put(
        "AWSLogs/111111111111/CloudTrail/us-east-1/2026/11/02/y.json.gz",
        gzip(event),
    );
    // AWS puts one there to see whether it may.
    desk.put("AWSLogs/111111111111/TestFile", "Enable AWS");
    let told = desk.crawl("").await;
    assert_eq!(
        told[..2],
        [
            "public.cloudtrail|created|cloudtrail|34|1|1|`flowtrail load` brings these into logs.cloudtrail",
            "public.vpcflowlogs|created|vpc_flow|17|3|3|`flowtrail load` brings these into logs.vpc_flow",
        ]
    );
    assert!(told[2].contains("TestFile: it is text in lines"), "{told:?}");
    let sql = "SELECT account, region, day, sum(bytes) FROM vpcflowlogs WHERE day >= '2026/11/02' GROUP BY 1, 2, 3 ORDER BY day";
    assert_eq!(
        desk.rows(sql).await,
        [
            "111111111111|us-east-1|2026/11/02|2",
            "222222222222|eu-west-1|2026/11/04|4"
        ]
    );
    let sql = "SELECT eventname, useridentity.type, requestparameters FROM cloudtrail";
    assert_eq!(desk.rows(sql).await, [r#"GetObject|Root|{"bucketName":"b"}"#]);
    let created = desk.rows("SHOW TBLPROPERTIES vpcflowlogs").await;
    for expected in [
        "projection.account.values|111111111111,222222222222",
        "projection.day.format|yyyy/MM/dd",
        "storage.location.template|<in>/AWSLogs/${account}/vpcflowlogs/${region}/${day}/",
        "skip.header.line.count|1",
    ] {
        assert!(created.contains(&expected.to_owned()), "{expected}: {created:?}");
    }
    let range = created
        .iter()
        .find(|line| line.starts_with("projection.day.range"))
        .unwrap();
    assert!(range.starts_with("projection.day.range|2026/11/01,NOW"), "{range}");
}

#[tokio::test]
async fn hives_layouts_have_partitions_and_parquet_its_own_types() {
    let desk = Desk::new().await;
    let file = |batch: RecordBatch| {
        let mut file = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        file
    };
    let narrow = RecordBatch::try_from_iter([
        ("Id", Arc::new(Int32Array::from(vec![1])) as _),
        ("month", Arc::new(StringArray::from(vec!["x"])) as _),
    ]);
    let wide = RecordBatch::try_from_iter([
        ("Id", Arc::new(Int64Array::from(vec![1_i64 << 40])) as _),
        ("who", Arc::new(StringArray::from(vec!["anna"])) as _),
    ]);
    desk.put("orders/year=2026/month=10/a.parquet", file(narrow.unwrap()));
    desk.put("orders/year=2026/month=11/b.parquet", file(wide.unwrap()));
    assert_eq!(
        desk.crawl("NAME raw_").await,
        ["public.raw_orders|created|parquet|4|2|2|`month` of the objects is left out, as a folder says it"]
    );
    assert_eq!(
        desk.columns("raw_orders").await,
        "id bigint, who string, year string, month string"
    );
    assert_eq!(
        desk.rows("SELECT id, who, month FROM raw_orders ORDER BY id").await,
        ["1||10", "1099511627776|anna|11"]
    );
}

#[tokio::test]
async fn text_has_the_types_of_its_values() {
    let desk = Desk::new().await;
    desk.put(
        "users/a.csv",
        "Id,User Name,joined,ratio\n1,\"a, b\",2026-11-01,0.5\n2,c,,\n",
    );
    desk.put(
        "app/2026-11-20/x.json",
        "{\"at\":\"2026-11-20T10:00:00Z\",\"n\":1,\"u\":{\"id\":\"x\",\"tags\":[\"t\"]}}\n",
    );
    desk.put("app/2026-11-21/x.json", "{\"at\":\"2026-11-21T10:00:00Z\",\"n\":1.5}\n");
    desk.put("tabs/x.tsv", "a\t1\nb\t2\n");
    assert_eq!(
        desk.crawl("").await,
        [
            "public.app|created|json|4|2|2|",
            "public.tabs|created|delimited|2||1|",
            "public.users|created|csv|4||1|",
        ]
    );
    assert_eq!(
        desk.columns("app").await,
        "at timestamp, n double, u struct<id:string,tags:array<string>>, day string"
    );
    assert_eq!(
        desk.columns("users").await,
        "id bigint, user_name string, joined date, ratio double"
    );
    assert_eq!(
        desk.rows("SELECT id, user_name, joined, ratio FROM users ORDER BY id")
            .await,
        ["1|a, b|2026-11-01|0.5", "2|c||"]
    );
    assert_eq!(
        desk.rows("SELECT day, n, u.id FROM app WHERE at < TIMESTAMP '2026-11-21 00:00:00'")
            .await,
        ["2026-11-20|1.0|x"]
    );
    assert_eq!(desk.rows("SELECT col0, col1 FROM tabs WHERE col1 > 1").await, ["b|2"]);
}

#[tokio::test]
async fn hours_are_partitions_where_all_objects_have_them() {
    let desk = Desk::new().await;
    desk.put("fire/2026/11/20/05/a.json", "{\"a\":1,\"datehour\":2}");
    desk.put("fire/2026/11/20/23/b.json", "{\"a\":2}");
    assert_eq!(desk.crawl("").await, ["public.fire|created|json|3|2|2|"]);
    assert_eq!(
        desk.rows("SELECT a, folder_datehour FROM fire WHERE folder_datehour > '2026/11/20/12'")
            .await,
        ["2|2026/11/20/23"]
    );
}

#[tokio::test]
async fn one_file_is_a_table() {
    let desk = Desk::new().await;
    desk.put("odd name.v2.csv", "a,b\n1,x\n");
    desk.put("other.json", "{}");
    let told = desk.rows(&format!("CRAWL '{}/odd name.v2.csv'", desk.place())).await;
    assert_eq!(told, ["public.odd_name|created|csv|2||1|"]);
    assert_eq!(desk.rows("SELECT a, b FROM odd_name").await, ["1|x"]);
}
