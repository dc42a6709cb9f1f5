//! Delimited text, CSV, JSON and CloudTrail.

use crate::desk::{Desk, gzip};

const OPENX: &str = "org.openx.data.jsonserde.JsonSerDe";
const HCATALOG: &str = "org.apache.hive.hcatalog.data.JsonSerDe";

#[tokio::test]
async fn delimited_text_with_collections() {
    let desk = Desk::new(
        "id int; tags map<string,int>; ports array<int>; at timestamp; who struct<name:string,age:int>; d decimal(6,2)",
        None,
        &[
            ("field.delim", "\\t"),
            ("collection.delim", ","),
            ("mapkey.delim", ":"),
            ("escape.delim", "\\"),
        ],
    );
    desk.put(
        "a.txt",
        "1\ta:1,b:2\t80,443\t2026-11-21 10:00:00.5\tAnn\\, B,7\t1.50\textra\n2\t\\N\t\\N\nx\t\t\t-\tBob\tz\n",
    );
    assert_eq!(
        desk.rows("SELECT * FROM t ORDER BY id NULLS LAST").await,
        [
            "1|{a: 1, b: 2}|[80, 443]|2026-11-21T10:00:00.500|{name: Ann, B, age: 7}|1.50",
            "2|||||",
            "|{}|[]||{name: Bob, age: }|",
        ]
    );
    assert_eq!(desk.rows("SELECT who['name'] FROM t WHERE id = 1").await, ["Ann, B"]);
}

#[tokio::test]
async fn delimited_text_as_hive_has_it_by_default() {
    let desk = Desk::new(
        "a string; b array<string>; c string",
        Some("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"),
        &[("serialization.null.format", "")],
    );
    desk.put("a", "x\u{1}p\u{2}q\u{1} z \n\u{1}\u{1}-\n\n");
    assert_eq!(desk.rows("SELECT a, b, c FROM t").await, ["x|[p, q]|z", "||-", "||"]);
}

#[tokio::test]
async fn csv_in_quotes() {
    let mut desk = Desk::new(
        "name string; n bigint; day date; at timestamp; b boolean; missing string",
        Some("org.apache.hadoop.hive.serde2.OpenCSVSerde"),
        &[("separatorChar", ";"), ("quoteChar", "'")],
    );
    desk.set(&[("skip.header.line.count", "1")]);
    desk.put(
        "a.csv",
        "name;n;day;at;b\n'a;b';'12';18276;1579059880000;TRUE\n'it''s';'';2026-01-02;2026-01-02 03:04:05;x\n",
    );
    assert_eq!(
        desk.rows("SELECT * FROM t").await,
        [
            "a;b|12|2020-01-15|2020-01-15T03:44:40|true|",
            "it's||2026-01-02|2026-01-02T03:04:05||",
        ]
    );
}

#[tokio::test]
async fn json_objects() {
    let mut desk = Desk::new(
        "id bigint; name string; detail string; tags array<string>; who struct<first:string,n:int>; m map<string,string>; at timestamp; ts string",
        Some(OPENX),
        &[("mapping.ts", "time stamp"), ("dots.in.keys", "true")],
    );
    desk.table.columns.extend(crate::desk::columns("a_b int"));
    desk.put(
        "a.json",
        concat!(
            r#"{"ID": 1, "Name": "A\u00e9", "detail": {"x": [1, 2]}, "tags": ["a", null], "who": {"First": "F", "n": "3"}, "m": {"k": 1}, "at": "2026-11-21T10:00:00Z", "time stamp": "T", "a.b": 5}"#,
            "\n\n",
            r#"{"name": 5, "id": "7", "tags": "one", "who": ["G", 4.0], "at": 1579059880}"#,
            "\n",
        ),
    );
    assert_eq!(
        desk.rows("SELECT * FROM t").await,
        [
            r#"1|Aé|{"x":[1,2]}|[a, ]|{first: F, n: 3}|{k: 1}|2026-11-21T10:00:00|T|5"#,
            "7|5||[one]|{first: G, n: 4}||2020-01-15T03:44:40||",
        ]
    );
}

#[tokio::test]
async fn malformed_json_is_named_or_null() {
    let mut desk = Desk::new("a int", Some(HCATALOG), &[]);
    desk.put("x.json", "{\"a\":1}\n{\"a\":\n");
    let error = desk.ask("SELECT a FROM t").await.unwrap_err();
    assert!(error.contains("x.json, line 2: broken JSON at byte 5"), "{error}");
    desk.table.serde = Some(OPENX.to_owned());
    desk.table.serde_properties.set("ignore.malformed.json", "true");
    assert_eq!(desk.rows("SELECT a FROM t").await, ["1", ""]);
}

#[tokio::test]
async fn cloudtrail_records() {
    let mut desk = Desk::new(
        "eventversion string; useridentity struct<type:string,sessioncontext:struct<attributes:struct<mfaauthenticated:string>>>; \
         eventtime string; eventname string; requestparameters string; resources array<struct<arn:string,accountid:string,type:string>>; \
         readonly string",
        Some("com.amazon.emr.hive.serde.CloudTrailSerde"),
        &[],
    );
    desk.table.input_format = Some("com.amazon.emr.cloudtrail.CloudTrailInputFormat".to_owned());
    let record = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","sessionContext":{"attributes":{"mfaAuthenticated":"true"}}},"eventTime":"2026-11-21T10:00:00Z","eventName":"RunInstances","requestParameters":{"instanceType":"m5.large","n":[1]},"resources":[{"ARN":"arn:x","accountId":"1"}],"readOnly":false}"#;
    desk.put(
        "a.json.gz",
        gzip(&format!("{{\"Records\":[{record},{{\"eventName\":\"B\"}}]}}")),
    );
    desk.put("empty.json.gz", gzip("{\"Records\":[]}"));
    let question = "SELECT useridentity['sessioncontext']['attributes']['mfaauthenticated'], eventtime, eventname, requestparameters, \
                    resources[1]['arn'], readonly FROM t ORDER BY eventname DESC";
    let expected = [
        r#"true|2026-11-21T10:00:00Z|RunInstances|{"instanceType":"m5.large","n":[1]}|arn:x|false"#,
        "||B|||",
    ];
    assert_eq!(desk.rows(question).await, expected);
    for serde in [OPENX, HCATALOG] {
        desk.table.serde = Some(serde.to_owned());
        assert_eq!(desk.rows(question).await, expected, "{serde}");
    }
    assert_eq!(desk.rows("SELECT count(*) FROM t").await, ["2"]);
}
