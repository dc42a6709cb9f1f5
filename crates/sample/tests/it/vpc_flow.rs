use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::net::IpAddr;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use flowtrail_sample::{Fields, FlowPlan, FlowSums, Format, Manifest, SampleError, Sums, generate_vpc_flow};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;

use crate::{bytes_on_disk, end, fingerprint, gunzip, objects};

fn plan(fields: &str, format: Format) -> FlowPlan {
    FlowPlan {
        rows: 20_000,
        days: 3,
        files: 20,
        seed: 7,
        fields: fields.parse().unwrap(),
        format,
        end: end(),
    }
}

fn made(plan: &FlowPlan) -> (tempfile::TempDir, Manifest) {
    let out = tempfile::tempdir().unwrap();
    let mut calls = Vec::new();
    let manifest = generate_vpc_flow(plan, out.path(), &mut |progress| calls.push(progress)).unwrap();
    assert_eq!(calls.len(), plan.files as usize);
    let last = calls.last().unwrap();
    assert_eq!(
        (last.objects, last.rows, last.bytes),
        (manifest.objects, plan.rows, manifest.bytes)
    );
    assert_eq!(
        (last.objects_total, last.rows_total),
        (u64::from(plan.files), plan.rows)
    );
    (out, manifest)
}

/// Every record under `root`, as the header's names and the line's values.
fn records(root: &Path) -> Vec<BTreeMap<String, String>> {
    let mut records = Vec::new();
    for path in objects(root).values() {
        let text = gunzip(path);
        let mut lines = text.lines();
        let header: Vec<_> = lines.next().unwrap().split(' ').collect();
        for line in lines {
            let values: Vec<_> = line.split(' ').collect();
            assert_eq!(values.len(), header.len(), "{line}");
            records.push(
                header
                    .iter()
                    .zip(values)
                    .map(|(name, value)| ((*name).to_owned(), value.to_owned()))
                    .collect(),
            );
        }
    }
    records
}

fn sum_up(sums: &mut FlowSums, status: &str, action: &str, packets: Option<u64>, bytes: Option<u64>) {
    match (status, action) {
        ("OK", "ACCEPT") => sums.accepted += 1,
        ("OK", "REJECT") => sums.rejected += 1,
        ("NODATA", "-") => sums.nodata += 1,
        ("SKIPDATA", "-") => sums.skipdata += 1,
        other => panic!("status and action are {other:?}"),
    }
    assert_eq!(status == "OK", packets.is_some());
    sums.packets += packets.unwrap_or(0);
    sums.flow_bytes += bytes.unwrap_or(0);
}

#[test]
fn text_holds_what_the_manifest_says() {
    let (out, manifest) = made(&plan("v2", Format::Text));
    let mut sums = FlowSums::default();
    let records = records(out.path());
    for record in &records {
        sum_up(
            &mut sums,
            &record["log-status"],
            &record["action"],
            record["packets"].parse().ok(),
            record["bytes"].parse().ok(),
        );
    }
    assert_eq!(records.len(), 20_000);
    assert_eq!(
        manifest,
        Manifest {
            objects: 20,
            rows: 20_000,
            bytes: bytes_on_disk(out.path()),
            sums: Sums::VpcFlow(sums)
        }
    );
    assert!(sums.nodata > 20 && sums.skipdata > 5, "{sums:?}");
    assert!((1_500..5_000).contains(&sums.rejected), "{sums:?}");
}

#[test]
fn keys_are_awss_and_say_when_and_where() {
    let (out, _) = made(&plan("v2", Format::Text));
    for (key, path) in objects(out.path()) {
        let parts: Vec<_> = key.split('/').collect();
        let [root, account, service, region, year, month, day, name] = parts[..] else {
            panic!("{key}")
        };
        assert_eq!((root, service, year, month), ("AWSLogs", "vpcflowlogs", "2026", "11"));
        let name_parts: Vec<_> = name.strip_suffix(".log.gz").unwrap().split('_').collect();
        let [name_account, "vpcflowlogs", name_region, flow_log, time, hash] = name_parts[..] else {
            panic!("{key}")
        };
        assert_eq!((name_account, name_region), (account, region));
        assert_eq!((flow_log.len(), &flow_log[..3], hash.len()), (20, "fl-", 8));
        assert_eq!(
            (time.len(), &time[..8], &time[13..]),
            (14, format!("202611{day}").as_str(), "Z")
        );
        let midnight = end().timestamp() - (16 - day.parse::<i64>().unwrap()) * 86_400;
        for line in gunzip(&path).lines().skip(1) {
            let values: Vec<_> = line.split(' ').collect();
            let (start, end): (i64, i64) = (values[10].parse().unwrap(), values[11].parse().unwrap());
            assert_eq!((values[0], values[1]), ("2", account));
            assert!(
                midnight <= start && start < end && end < midnight + 86_400,
                "{key}: {line}"
            );
        }
    }
}

#[test]
fn every_field_is_used_and_well_formed() {
    let (out, _) = made(&plan("all", Format::Text));
    let records = records(out.path());
    let values = |name: &str| {
        records
            .iter()
            .map(|record| record[name].as_str())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(records[0].len(), 42);
    for name in records[0].keys() {
        let is_constant = matches!(name.as_str(), "version" | "sublocation-type" | "sublocation-id");
        assert_eq!(values(name).len() == 1, is_constant, "{name}");
    }
    assert_eq!(values("version"), ["10"].into());
    assert_eq!(values("type"), ["-", "IPv4", "IPv6"].into());
    assert_eq!(values("protocol"), ["-", "1", "17", "6"].into());
    assert_eq!(values("flow-direction"), ["-", "egress", "ingress"].into());
    assert_eq!(values("traffic-path"), ["-", "1", "4", "7", "8"].into());
    assert_eq!(values("reject-reason"), ["-", "BPA"].into());
    assert!(values("pkt-dst-aws-service").is_superset(&["S3", "DYNAMODB", "EC2"].into()));
    for record in records.iter().filter(|record| record["log-status"] == "OK") {
        for name in ["srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr"] {
            let address: IpAddr = record[name]
                .parse()
                .unwrap_or_else(|_| panic!("{name} {}", record[name]));
            assert_eq!(record["type"], if address.is_ipv4() { "IPv4" } else { "IPv6" });
        }
        assert_eq!(
            record["traffic-path"] == "-",
            record["flow-direction"] == "ingress",
            "{record:?}"
        );
    }
    let behind_nat = records
        .iter()
        .filter(|record| record["dstaddr"] != record["pkt-dstaddr"])
        .count();
    assert!(behind_nat > 100);
}

#[test]
fn questions_of_security_have_answers() {
    let (out, _) = made(&plan("v2", Format::Text));
    let records = records(out.path());
    let from_outside = |record: &&BTreeMap<String, String>| !record["srcaddr"].starts_with("10.");
    let to = |port: &str, action: &str| {
        let asked = |record: &&BTreeMap<String, String>| record["dstport"] == port && record["action"] == action;
        records.iter().filter(asked).filter(from_outside).count()
    };
    assert!(to("22", "ACCEPT") > 10 && to("3389", "ACCEPT") > 3);
    for port in ["22", "23", "445", "3389"] {
        assert!(to(port, "REJECT") > 50, "{port}: {}", to(port, "REJECT"));
        assert!(to(port, "REJECT") > to(port, "ACCEPT"));
    }
    let mut by_source: BTreeMap<&str, u32> = BTreeMap::new();
    for record in records.iter().filter(|record| record["action"] == "REJECT") {
        *by_source.entry(&record["srcaddr"]).or_default() += 1;
    }
    let most = by_source.values().max().unwrap();
    assert!(
        by_source.len() > 500 && *most > 50,
        "{} sources, {most} of the first",
        by_source.len()
    );
}

#[test]
fn parquet_holds_what_the_manifest_says() {
    let (out, manifest) = made(&plan("all", Format::Parquet));
    let mut sums = FlowSums::default();
    for (key, path) in objects(out.path()) {
        assert!(key.starts_with("AWSLogs/aws-account-id="), "{key}");
        assert!(
            key.contains("/aws-service=vpcflowlogs/aws-region=") && key.contains("/year=2026/month=11/day="),
            "{key}"
        );
        assert!(key.ends_with(".log.parquet"), "{key}");
        let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
        assert!(matches!(
            builder.metadata().row_group(0).column(0).compression(),
            Compression::GZIP(_)
        ));
        let schema = builder.schema();
        let type_of = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
        assert_eq!(schema.fields().len(), 42);
        for name in [
            "version",
            "srcport",
            "dstport",
            "protocol",
            "tcp_flags",
            "traffic_path",
            "encryption_status",
        ] {
            assert_eq!(type_of(name), DataType::Int32, "{name}");
        }
        for name in ["packets", "bytes", "start", "end"] {
            assert_eq!(type_of(name), DataType::Int64, "{name}");
        }
        for name in [
            "account_id",
            "srcaddr",
            "log_status",
            "pkt_dst_aws_service",
            "ecs_task_id",
            "reject_reason",
        ] {
            assert_eq!(type_of(name), DataType::Utf8, "{name}");
        }
        for batch in builder.build().unwrap() {
            let batch = batch.unwrap();
            let text = |name: &str| batch.column_by_name(name).unwrap().as_string::<i32>();
            let number = |name: &str, row: usize| {
                let column = batch.column_by_name(name).unwrap().as_primitive::<Int64Type>();
                column.is_valid(row).then(|| column.value(row) as u64)
            };
            let ports = batch.column_by_name("dstport").unwrap().as_primitive::<Int32Type>();
            for row in 0..batch.num_rows() {
                let (status, action) = (text("log_status").value(row), text("action").value(row));
                sum_up(&mut sums, status, action, number("packets", row), number("bytes", row));
                assert_eq!(ports.is_valid(row), status == "OK");
                assert_eq!(text("srcaddr").value(row) == "-", status != "OK");
            }
        }
    }
    assert_eq!(
        manifest,
        Manifest {
            objects: 20,
            rows: 20_000,
            bytes: bytes_on_disk(out.path()),
            sums: Sums::VpcFlow(sums)
        }
    );
    let (_, of_text) = made(&plan("all", Format::Text));
    assert_eq!(of_text.sums, manifest.sums, "the format does not change the records");
}

#[test]
fn the_same_plan_makes_the_same_bytes() {
    for format in [Format::Text, Format::Parquet] {
        let plan = plan("v5", format);
        let print = |plan: &FlowPlan| fingerprint(made(plan).0.path());
        assert_eq!(print(&plan), print(&plan));
        assert_ne!(
            print(&plan),
            print(&FlowPlan {
                seed: 8,
                ..plan.clone()
            })
        );
    }
}

#[test]
fn more_files_than_rows_are_header_only() {
    let (out, manifest) = made(&FlowPlan {
        rows: 3,
        files: 9,
        ..plan("v2", Format::Text)
    });
    assert_eq!((manifest.rows, manifest.objects, objects(out.path()).len()), (3, 9, 9));
    assert_eq!(records(out.path()).len(), 3);
    let none = made(&FlowPlan {
        rows: 0,
        files: 2,
        ..plan("v2", Format::Parquet)
    })
    .1;
    assert_eq!(none.sums, Sums::VpcFlow(FlowSums::default()));
}

#[test]
fn the_manifest_is_one_flat_object() {
    let sums = FlowSums {
        accepted: 1,
        rejected: 2,
        nodata: 3,
        skipdata: 4,
        packets: 5,
        flow_bytes: 6,
    };
    let manifest = Manifest {
        objects: 7,
        rows: 10,
        bytes: 8,
        sums: Sums::VpcFlow(sums),
    };
    assert_eq!(
        serde_json::to_string(&manifest).unwrap(),
        r#"{"objects":7,"rows":10,"bytes":8,"accepted":1,"rejected":2,"nodata":3,"skipdata":4,"packets":5,"flow_bytes":6}"#
    );
}

#[test]
fn what_cannot_be_written_names_the_place() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = generate_vpc_flow(&plan("v2", Format::Text), file.path(), &mut |_| {}).unwrap_err();
    let SampleError::Write { path, .. } = &error else {
        panic!("{error}")
    };
    assert!(path.starts_with(file.path()), "{error}");
    assert!(
        "zip"
            .parse::<Format>()
            .unwrap_err()
            .to_string()
            .ends_with("it is one of text, parquet")
    );
    assert_eq!("v2".parse::<Fields>().unwrap(), Fields::default());
}
