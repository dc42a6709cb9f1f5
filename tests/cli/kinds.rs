//! What an object is, is told by what it holds.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};

use crate::site::{FLOW, HEADER, Site, event, gzip, records};

fn rows(site: &Site, table: &str) -> Value {
    site.ask(&format!("SELECT count(*) AS n FROM {table}"))[0]["n"].clone()
}

#[test]
fn misleading_names_do_not_matter() {
    let site = Site::new();
    site.put("cloudtrail.json", format!("{HEADER}{FLOW}"));
    site.put("vpcflow.log.gz", gzip(records(&[event("a", "A")]).as_bytes()));
    site.put("a.csv", gzip(format!("{HEADER}{FLOW}{FLOW}").as_bytes()));
    site.put("b.log", zstd(format!("{HEADER}{FLOW}").as_bytes()));
    site.put(
        "c.gz",
        [gzip(format!("{HEADER}{FLOW}").as_bytes()), gzip(FLOW.as_bytes())].concat(),
    );
    let lines = format!("{}\n{}\n", event("b", "B"), event("c", "C"));
    site.put("lines.txt", lines);
    site.put("array.json", json!([event("d", "D"), event("e", "E")]).to_string());
    let (status, summary) = site.load(&[]);
    assert_eq!(status, 0, "{summary}");
    assert_eq!(
        (rows(&site, "vpc_flow"), rows(&site, "cloudtrail")),
        (json!(6), json!(5))
    );
    let formats = site.ask("SELECT format, count(*) AS n FROM system.load_history GROUP BY 1 ORDER BY 1");
    let row = |format: &str, n: u64| json!({"format": format, "n": n});
    assert_eq!(
        formats,
        json!([
            row("cloudtrail", 2),
            row("cloudtrail+gzip", 1),
            row("text", 1),
            row("text+gzip", 2),
            row("text+zstd", 1)
        ])
    );
    site.ledger_adds_up();
}

fn zstd(text: &[u8]) -> Vec<u8> {
    // A frame of one raw block, as the format's specification has it.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0b1010_0000];
    frame.extend_from_slice(&(text.len() as u32).to_le_bytes());
    frame.extend_from_slice(&((text.len() as u32) << 3 | 1).to_le_bytes()[..3]);
    frame.extend_from_slice(text);
    frame
}

#[test]
fn text_without_a_header_is_read_as_the_user_says() {
    let site = Site::new();
    site.put("a.log", "10.0.0.1 443 1793491200\n10.0.0.2 22 1793491201\n");
    let arguments = [
        "load",
        "--json",
        "vpc_flow",
        "--flow-format",
        "srcaddr dstport start",
        "logs",
    ];
    assert_eq!(site.run(&arguments).status.code(), Some(0));
    assert_eq!(
        site.ask("SELECT srcaddr, dstport FROM vpc_flow ORDER BY dstport"),
        json!([{"srcaddr": "10.0.0.2", "dstport": 22}, {"srcaddr": "10.0.0.1", "dstport": 443}])
    );
}

#[test]
fn a_named_kind_decides_where_content_does_not() {
    let text = "10.0.0.1 443 1793491200\n10.0.0.2 22 1793491201\n";
    let site = Site::new();
    site.put("a.log", text);
    assert!(
        site.only_problem()
            .starts_with("neither a flow log nor CloudTrail: it begins with `10.0.0.1 443 ")
    );
    for (kind, table, rows) in [
        ("vpc_flow", "vpc_flow", 2),
        ("tgw_flow", "tgw_flow", 2),
        ("cloudtrail", "cloudtrail", 0),
    ] {
        let site = Site::new();
        site.put("a.log", text);
        let loaded = site.run(&["load", "--json", kind, "--flow-format", "srcaddr,dstport,start", "logs"]);
        let summary: Value = serde_json::from_slice(&loaded.stdout).unwrap();
        let sums = &summary["tables"][format!("logs.{table}")];
        assert_eq!(
            (&sums["lines"], &sums["rows"], &sums["rejected"]),
            (&json!(2), &json!(rows), &json!(2 - rows)),
            "{summary}"
        );
        assert_eq!(loaded.status.code(), Some(if rows == 0 { 3 } else { 0 }), "{kind}");
    }
    // Content that tells stands above the name that was given.
    let site = Site::new();
    site.put("flows.log", format!("{HEADER}{FLOW}"));
    site.put("trail.json", records(&[event("a", "A")]));
    for kind in ["cloudtrail", "auto"] {
        assert_eq!(site.run(&["load", kind, "logs"]).status.code(), Some(0));
        assert_eq!(
            (rows(&site, "vpc_flow"), rows(&site, "cloudtrail")),
            (json!(1), json!(1)),
            "{kind}"
        );
    }
    let alone = site.run(&["load", "vpc_flow"]);
    assert_eq!(alone.status.code(), Some(1));
    assert!(
        String::from_utf8(alone.stderr)
            .unwrap()
            .contains("`vpc_flow` is a kind of log, and no source follows it")
    );
}

#[test]
fn a_field_nobody_knows_becomes_a_column() {
    let site = Site::new();
    site.put(
        "a.log",
        "srcaddr Next-Hop start\n10.0.0.1 blue 1793491200\n10.0.0.2 - 1793491201\n",
    );
    site.put("b.log", format!("{HEADER}{FLOW}"));
    assert_eq!(site.load(&[]).0, 0);
    assert_eq!(
        site.ask("SELECT next_hop, count(*) AS n FROM vpc_flow GROUP BY 1 ORDER BY 1"),
        json!([{"next_hop": "blue", "n": 1}, {"next_hop": null, "n": 2}])
    );
    let described = site.run(&["describe", "vpc_flow"]);
    assert!(String::from_utf8(described.stdout).unwrap().contains("next_hop"));
}

#[test]
fn transit_gateway_logs_and_envelopes_go_to_their_tables() {
    let site = Site::new();
    let fields = [
        "version",
        "resource-type",
        "account-id",
        "tgw-id",
        "srcaddr",
        "dstaddr",
        "packets",
        "bytes",
        "start",
        "end",
    ];
    let record = "6 TransitGateway 123456789012 tgw-1 10.0.0.1 10.1.0.1 3 300 1793491200 1793491260";
    site.put("tgw.log", format!("{}\n{record}\n", fields.join(" ")));
    let messages = json!({"messageType": "DATA_MESSAGE", "logGroup": "flows", "logEvents": [
        {"id": "1", "timestamp": 0, "message": FLOW.trim()}, {"id": "2", "timestamp": 0, "message": FLOW.trim()}]});
    site.put("firehose", gzip(messages.to_string().as_bytes()));
    assert_eq!(site.load(&[]).0, 0);
    assert_eq!((rows(&site, "tgw_flow"), rows(&site, "vpc_flow")), (json!(1), json!(2)));
    assert_eq!(
        site.ask("SELECT tgw_id, bytes FROM tgw_flow"),
        json!([{"tgw_id": "tgw-1", "bytes": 300}])
    );
}

#[test]
fn parquet_below_hive_prefixes_and_with_numbers_as_text_is_read() {
    let site = Site::new();
    let made = site.run(&[
        "generate", "vpc_flow", "logs", "--rows", "500", "--files", "2", "--days", "1", "--format", "parquet",
    ]);
    assert_eq!(made.status.code(), Some(0));
    let column = |values: [&str; 2]| Arc::new(StringArray::from(values.to_vec())) as ArrayRef;
    let batch = RecordBatch::try_from_iter([
        ("srcaddr", column(["10.9.9.1", "10.9.9.2"])),
        ("bytes", column(["840", "-"])),
        ("start", column(["1793491200", "1793491260"])),
    ]);
    let batch = batch.unwrap();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let folder =
        "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=01";
    site.put(&format!("{folder}/text.log.parquet"), file);
    assert_eq!(site.load(&[]).0, 0);
    assert_eq!(rows(&site, "vpc_flow"), json!(502));
    assert_eq!(
        site.ask("SELECT srcaddr, bytes FROM vpc_flow WHERE srcaddr LIKE '10.9.9.%' ORDER BY 1"),
        json!([{"srcaddr": "10.9.9.1", "bytes": 840}, {"srcaddr": "10.9.9.2", "bytes": null}])
    );
}

#[test]
fn digests_are_skipped_and_said_and_insights_keep_their_category() {
    let site = Site::new();
    let key = "AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/11/01/\
               123456789012_CloudTrail-Digest_us-east-1_trail_us-east-1_20261101T000000Z.json.gz";
    site.put(
        key,
        gzip(b"{\"awsAccountId\":\"123456789012\",\"digestStartTime\":\"2026-11-01T00:00:00Z\",\"logFiles\":[]}"),
    );
    let mut insight = event("i", "RunInstances");
    insight["eventCategory"] = json!("Insight");
    insight["eventType"] = json!("AwsCloudTrailInsight");
    site.put("insight.json", records(&[insight]));
    let (status, summary) = site.load(&[]);
    assert_eq!((status, &summary["skipped"]), (0, &json!(1)), "{summary}");
    assert!(
        summary["skipped_objects"][0]["why"]
            .as_str()
            .unwrap()
            .contains("digest"),
        "{summary}"
    );
    assert_eq!(
        site.ask("SELECT eventcategory FROM cloudtrail"),
        json!([{"eventcategory": "Insight"}])
    );
}

#[test]
fn every_row_names_the_object_it_came_from() {
    let site = Site::new();
    site.put("one.log", format!("{HEADER}{FLOW}"));
    site.put("two.log", format!("{HEADER}{FLOW}{FLOW}"));
    site.load(&[]);
    let found = site.ask("SELECT _object, count(*) AS n FROM vpc_flow GROUP BY 1 ORDER BY 1");
    let names: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["_object"].as_str().unwrap(), &row["n"]))
        .collect();
    assert!(
        names[0].0.ends_with("/logs/one.log") && names[1].0.ends_with("/logs/two.log"),
        "{names:?}"
    );
    assert_eq!((names[0].1, names[1].1), (&json!(1), &json!(2)));
}

#[test]
fn an_object_larger_than_memory_is_kept_in_is_read_in_parts() {
    let site = Site::new();
    let path = site.logs().join("large.log.gz");
    write_large(&path, 1_500_000);
    let (status, summary) = site.load(&[]);
    assert_eq!(status, 0, "{summary}");
    let sums = site.ask("SELECT count(*) AS n, count(DISTINCT bytes) AS differing, sum(bytes) AS b FROM vpc_flow");
    assert_eq!(
        sums,
        json!([{"n": 1_500_000, "differing": 1_500_000, "b": 1_500_000_u64 * 1_499_999 / 2}])
    );
    site.ledger_adds_up();
}

fn write_large(path: &Path, records: u64) {
    let mut encoder = flate2::write::GzEncoder::new(fs::File::create(path).unwrap(), flate2::Compression::fast());
    encoder.write_all(HEADER.as_bytes()).unwrap();
    for record in 0..records {
        let start = 1_793_491_200 + record / 50;
        writeln!(
            encoder,
            "2 123456789012 eni-1 10.0.{}.{} 10.0.0.2 443 49152 6 10 {record} {start} {} ACCEPT OK",
            record / 251 % 250,
            record % 251,
            start + 60
        )
        .unwrap();
    }
    encoder.finish().unwrap();
}
