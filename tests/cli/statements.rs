//! The statements of AWS's and Snowflake's guides, word for word and in order, over logs in a bucket; and what they
//! answer, worked out here from the same records.
//!
//! The guides' statements are not ours to keep, so they are read from beside the project where they are; statements of
//! the same shape are below, and always run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray};
use chrono::{DateTime, Duration, Utc};
use parquet::arrow::ArrowWriter;

use crate::moto::Moto;
use crate::site::Site;
use crate::storage::on_s3;

/// A flow record.
#[derive(Clone)]
struct Flow {
    account: &'static str,
    interface: String,
    source: String,
    destination: String,
    source_port: i32,
    destination_port: i32,
    bytes: i64,
    start: i64,
    action: &'static str,
}

/// Three hundred flows of the last five days, and thirty of two months ago.
fn flows(account: &'static str) -> Vec<Flow> {
    let now = Utc::now().timestamp();
    let flow = |n: i64, start: i64| Flow {
        account,
        interface: format!("eni-{}", n % 4),
        source: if n % 3 == 0 {
            format!("198.51.100.{}", n % 40)
        } else {
            format!("10.0.0.{}", n % 11)
        },
        destination: format!("10.0.1.{}", n % 13),
        source_port: 1024 + n as i32,
        destination_port: [443, 22, 3389, 80][(n % 4) as usize],
        bytes: 40 + (n * n) % 5000,
        start,
        action: if n % 5 == 0 { "REJECT" } else { "ACCEPT" },
    };
    let recent = (0..300).map(|n| flow(n, now - 600 - n * 1400));
    let old = (0..30).map(|n| flow(n, now - 60 * 86_400 - n));
    recent.chain(old).collect()
}

fn day_of(start: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(start, 0).unwrap()
}

/// Flows as AWS writes them in Parquet.
fn parquet_of(flows: &[&Flow]) -> Vec<u8> {
    fn texts<'a>(values: impl Iterator<Item = &'a str>) -> ArrayRef {
        Arc::new(values.map(Some).collect::<StringArray>())
    }
    let ints = |value: fn(&Flow) -> i32| -> ArrayRef {
        Arc::new(flows.iter().map(|flow| value(flow)).collect::<Int32Array>())
    };
    let longs = |value: fn(&Flow) -> i64| -> ArrayRef {
        Arc::new(flows.iter().map(|flow| value(flow)).collect::<Int64Array>())
    };
    let batch = RecordBatch::try_from_iter([
        ("version", ints(|_| 2)),
        ("account_id", texts(flows.iter().map(|flow| flow.account))),
        ("interface_id", texts(flows.iter().map(|flow| flow.interface.as_str()))),
        ("srcaddr", texts(flows.iter().map(|flow| flow.source.as_str()))),
        ("dstaddr", texts(flows.iter().map(|flow| flow.destination.as_str()))),
        ("srcport", ints(|flow| flow.source_port)),
        ("dstport", ints(|flow| flow.destination_port)),
        ("protocol", ints(|_| 6)),
        ("packets", longs(|flow| flow.bytes / 40)),
        ("bytes", longs(|flow| flow.bytes)),
        ("start", longs(|flow| flow.start)),
        ("end", longs(|flow| flow.start + 60)),
        ("action", texts(flows.iter().map(|flow| flow.action))),
        ("log_status", texts(flows.iter().map(|_| "OK"))),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// A flow as a line of text.
fn line_of(flow: &Flow) -> String {
    format!(
        "2 {} {} {} {} {} {} 6 {} {} {} {} {} OK\n",
        flow.account,
        flow.interface,
        flow.source,
        flow.destination,
        flow.source_port,
        flow.destination_port,
        flow.bytes / 40,
        flow.bytes,
        flow.start,
        flow.start + 60,
        flow.action
    )
}

/// Statements beside the project, of one product, in order: their files' names and texts.
fn guides(product: &str) -> Option<Vec<(String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/statements");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).ok()?.map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.file_name().unwrap().to_str().unwrap().starts_with(product));
    files.sort();
    let read = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(&file).unwrap())
    };
    Some(files.into_iter().map(read).collect())
}

struct Shell<'a> {
    site: &'a Site,
    moto: &'a Moto,
}

impl Shell<'_> {
    fn run(&self, name: &str, text: &str) -> Output {
        let script = self.site.folder.path().join(format!("{name}.sql"));
        fs::write(&script, text).unwrap();
        let arguments = ["sql", "--format", "csv", "-f", script.to_str().unwrap()];
        on_s3(self.site, &self.moto.endpoint(), None, &arguments)
    }

    /// The answers of a script's statements, each as its lines without the heading.
    fn answers(&self, name: &str, statements: &[String]) -> Vec<Vec<String>> {
        const BETWEEN: &str = "SELECT 'between the answers' AS mark";
        let ended = |statement: &String| format!("{};\n{BETWEEN};\n", statement.trim().trim_end_matches(';'));
        let output = self.run(name, &statements.iter().map(ended).collect::<String>());
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{told}");
        let text = String::from_utf8(output.stdout).unwrap();
        let answers = text.split("mark\nbetween the answers\n");
        let mut answers: Vec<Vec<String>> = answers
            .map(|answer| answer.lines().skip(1).map(str::to_owned).collect())
            .collect();
        answers.pop();
        assert_eq!(answers.len(), statements.len(), "{text}");
        answers
    }
}

/// The greatest of what `value` sums up for each `key`, as lines; where sums are equal, any order is right, so that the
/// sums are compared.
fn top<'a>(
    flows: impl Iterator<Item = &'a Flow>,
    key: fn(&Flow) -> &str,
    value: fn(&Flow) -> i64,
    count: usize,
) -> Vec<i64> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for flow in flows {
        *sums.entry(key(flow).to_owned()).or_default() += value(flow);
    }
    let mut sums: Vec<i64> = sums.into_values().collect();
    sums.sort_unstable_by(|a, b| b.cmp(a));
    sums.truncate(count);
    sums
}

fn last_numbers(lines: &[String]) -> Vec<i64> {
    lines
        .iter()
        .map(|line| line.rsplit(',').next().unwrap().parse().unwrap())
        .collect()
}

fn snowflake_of_ours() -> Vec<String> {
    let view = "create view flows as select record:srcaddr::varchar(64) as srcaddr, record:dstaddr::varchar(64) as dstaddr, \
                record:srcport::integer as srcport, record:dstport::integer as dstport, record:bytes::integer as bytes, \
                record:interface_id::varchar as eni, record:action::varchar(10) as action, \
                record:start::timestamp as \"BEGAN\" from public.raw";
    let tile = |key: &str, value: &str, action: &str| {
        format!(
            "select {key}, {value} as v from netlogs.public.flows where \"BEGAN\" > dateadd(day, -30, current_date()) \
             and action = '{action}' group by {key} order by v desc limit 10"
        )
    };
    [
        "create storage integration logs_int type = external_stage storage_provider = s3 enabled = true \
         storage_aws_role_arn = 'arn:aws:iam::123456789012:role/reader' storage_allowed_locations = ('s3://flows-bucket/in/')",
        "create stage raw_stage url = 's3://flows-bucket/in/' storage_integration = logs_int",
        "create database netlogs",
        "create table public.raw (record variant)",
        "copy into public.raw from @raw_stage file_format = (type = parquet)",
        view,
        &tile("srcaddr", "count(*)", "REJECT"),
        &tile("srcaddr", "sum(bytes)", "ACCEPT"),
        &tile("dstaddr", "sum(bytes)", "ACCEPT"),
        &tile("eni", "sum(bytes)", "ACCEPT"),
    ]
    .map(str::to_owned)
    .to_vec()
}

fn check_tiles(answers: &[Vec<String>], flows: &[Flow]) {
    let month = (Utc::now() - Duration::days(30)).timestamp();
    let recent = || flows.iter().filter(move |flow| flow.start > month);
    let rejected = || recent().filter(|flow| flow.action == "REJECT");
    let accepted = || recent().filter(|flow| flow.action == "ACCEPT");
    assert_eq!(
        last_numbers(&answers[0]),
        top(rejected(), |flow| &flow.source, |_| 1, 10)
    );
    assert_eq!(
        last_numbers(&answers[1]),
        top(accepted(), |flow| &flow.source, |flow| flow.bytes, 10)
    );
    assert_eq!(
        last_numbers(&answers[2]),
        top(accepted(), |flow| &flow.destination, |flow| flow.bytes, 10)
    );
    assert_eq!(
        last_numbers(&answers[3]),
        top(accepted(), |flow| &flow.interface, |flow| flow.bytes, 10)
    );
}

fn put_parquet(moto: &Moto, flows: &[Flow]) -> usize {
    moto.put("/flows-bucket", b"");
    let mut days: BTreeMap<String, Vec<&Flow>> = BTreeMap::new();
    for flow in flows {
        days.entry(day_of(flow.start).format("%Y/%m/%d").to_string())
            .or_default()
            .push(flow);
    }
    for (day, flows) in &days {
        moto.put(&format!("/flows-bucket/in/{day}/flows.parquet"), &parquet_of(flows));
    }
    days.len()
}

#[test]
fn snowflakes_guide_in_statements_of_ours() {
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    let flows = flows("123456789012");
    let files = put_parquet(&moto, &flows);
    let answers = Shell {
        site: &site,
        moto: &moto,
    }
    .answers("ours", &snowflake_of_ours());
    assert_eq!(answers[4].len(), files, "a row for each file copied");
    check_tiles(&answers[6..], &flows);
}

#[test]
fn snowflakes_guide_word_for_word() {
    let Some(guide) = guides("snowflake") else { return };
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    let shell = Shell {
        site: &site,
        moto: &moto,
    };
    let flows = flows("123456789012");
    let files = put_parquet(&moto, &flows);
    let one_file = format!("{}/flows.parquet", day_of(flows[0].start).format("%Y/%m/%d"));
    let set = |text: &str| {
        text.replace("<AWS_ACCOUNT_NUMBER>", "123456789012")
            .replace("<RoleName>", "flow-reader")
            .replace("<BUCKET_NAME>/<PREFIX>/", "flows-bucket/in/")
            .replace("テスト取り込みしたいファイル名", &one_file)
    };
    let (broken, whole): (Vec<_>, Vec<_>) = guide
        .into_iter()
        .partition(|(name, _)| name.starts_with("snowflake-13"));
    let mended = broken[0].1.replace("vpc_flow_pipe)", "vpc_flow_pipe')");
    let mut statements: Vec<String> = whole.iter().map(|(_, text)| set(text)).collect();
    statements.insert(12, mended);
    let answers = shell.answers("guide", &statements);
    assert_eq!(answers[4].len(), files, "list");
    assert_eq!(
        (answers[7].len(), answers[8].len()),
        (1, files - 1),
        "copy of one file, then of the others"
    );
    assert!(
        answers[10][0].contains(",vpc_flow_pipe,log_analysis,public,"),
        "show pipes: {:?}",
        answers[10]
    );
    assert_eq!(answers[11].len(), 0, "nothing is left for the pipe");
    assert_eq!(answers[14].len(), 10, "the view");
    let month = (Utc::now() - Duration::days(30)).timestamp();
    let is_internal = |address: &str| address.starts_with("10.");
    let admin = |flow: &&Flow, port: i32| flow.start > month && flow.action == "ACCEPT" && [22, 3389].contains(&port);
    let outward = flows
        .iter()
        .filter(|flow| admin(flow, flow.source_port) && is_internal(&flow.source));
    let inward = flows
        .iter()
        .filter(|flow| admin(flow, flow.destination_port) && is_internal(&flow.destination));
    let mut expected: Vec<String> = outward
        .map(|flow| format!("{},{},{}", flow.source, flow.destination, flow.source_port))
        .chain(inward.map(|flow| format!("{},{},{}", flow.destination, flow.source, flow.destination_port)))
        .collect();
    expected.sort();
    expected.dedup();
    let mut administered = answers[16].clone();
    administered.sort();
    assert_eq!(administered, expected, "administrative traffic");
    check_tiles(&answers[17..], &flows);
    let told = String::from_utf8(shell.run("broken", &broken[0].1).stderr).unwrap();
    assert!(
        told.contains("line 5, column 16: unterminated string literal") || told.contains("has no closing quote"),
        "{told}"
    );
}

/// Places and partitions of the Athena guides, as their readers would set them.
fn athena_set(text: &str) -> String {
    text.replace("{subscribe_account_id}", "111111111111")
        .replace("{region_code}", "ap-northeast-1")
        .replace("your_log_bucket/prefix", "test-flowlogs-athena-bucket")
        .replace("<bucket_and_prefix>", "my-vpc-flow-logs")
}

fn rejected_sources<'a>(flows: impl Iterator<Item = &'a Flow>) -> Vec<i64> {
    top(
        flows.filter(|flow| flow.action == "REJECT"),
        |flow| &flow.source,
        |_| 1,
        25,
    )
}

#[test]
fn athenas_guides_word_for_word() {
    let Some(guide) = guides("athena") else { return };
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    let now = Utc::now();
    let of_account = |account| {
        flows(account)
            .into_iter()
            .filter(|flow| flow.start > now.timestamp() - 4 * 86_400)
    };
    let flows: Vec<Flow> = of_account("111111111111").chain(of_account("222222222222")).collect();
    moto.put("/test-flowlogs-athena-bucket", b"");
    moto.put("/my-vpc-flow-logs", b"");
    let mut objects: BTreeMap<String, Vec<&Flow>> = BTreeMap::new();
    for flow in &flows {
        let day = day_of(flow.start).format("%Y/%m/%d");
        let key = format!("AWSLogs/{}/vpcflowlogs/ap-northeast-1/{day}/x.parquet", flow.account);
        objects.entry(key).or_default().push(flow);
    }
    for (key, flows) in &objects {
        moto.put(&format!("/test-flowlogs-athena-bucket/{key}"), &parquet_of(flows));
    }
    let mut hours: BTreeMap<String, Vec<&Flow>> = BTreeMap::new();
    for flow in &flows {
        hours
            .entry(day_of(flow.start).format("%Y/%m/%d/%H").to_string())
            .or_default()
            .push(flow);
    }
    for (hour, flows) in &hours {
        let text: String = flows.iter().map(|flow| line_of(flow)).collect();
        moto.put(&format!("/my-vpc-flow-logs/{hour}/flows.log"), text.as_bytes());
    }
    moto.put(
        "/my-vpc-flow-logs/2017/01/14/07/flows.log",
        line_of(&flows[0]).as_bytes(),
    );
    let mut statements: Vec<String> = guide.iter().map(|(_, text)| athena_set(text)).collect();
    // As the guide's function does for each object that comes.
    let adds = hours.keys().map(|hour| {
        let value = hour.replace('/', "-");
        format!("ALTER TABLE default.vpc_flow_logs ADD PARTITION (IngestDateTime='{value}') LOCATION 's3://my-vpc-flow-logs/{hour}/'")
    });
    statements.splice(8..8, adds.collect::<Vec<_>>());
    let answers = Shell {
        site: &site,
        moto: &moto,
    }
    .answers("athena", &statements);
    // The first guide's table is there when the second would make its own; its place is account 111111111111's.
    let shown_from = |now: DateTime<Utc>| -> (usize, String) {
        let since = (now - Duration::days(1)).format("%Y/%m/%d").to_string();
        let is_shown =
            |flow: &&Flow| flow.account == "111111111111" && day_of(flow.start).format("%Y/%m/%d").to_string() >= since;
        let starts: Vec<i64> = flows.iter().filter(is_shown).map(|flow| flow.start).collect();
        let in_japan = day_of(starts.iter().min().unwrap() + 9 * 3600);
        (starts.len(), in_japan.format("%Y-%m-%d %H:%M:%S").to_string())
    };
    let shown = (answers[2].len(), answers[2][0].split(',').next().unwrap().to_owned());
    // Midnight may have passed since, and the hour below.
    let after = Utc::now();
    assert!([now, after].map(shown_from).contains(&shown), "{shown:?}");
    let with_old = flows.iter().chain(&flows[..1]);
    assert_eq!(last_numbers(&answers[4]), rejected_sources(with_old));
    assert_eq!(
        last_numbers(&answers[answers.len() - 2]),
        rejected_sources(flows.iter())
    );
    let latest_at = |now: DateTime<Utc>| {
        let hour = (now - Duration::hours(2)).format("%Y/%m/%d/%H").to_string();
        let is_late = |flow: &&Flow| day_of(flow.start).format("%Y/%m/%d/%H").to_string() >= hour;
        rejected_sources(flows.iter().filter(is_late))
    };
    let latest = last_numbers(&answers[answers.len() - 1]);
    assert!([now, after].map(latest_at).contains(&latest), "{latest:?}");
}

#[test]
fn athenas_guides_in_statements_of_ours() {
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    let flows = flows("123456789012");
    moto.put("/raw-bucket", b"");
    let mut days: BTreeMap<String, Vec<&Flow>> = BTreeMap::new();
    for flow in &flows {
        days.entry(day_of(flow.start).format("%Y/%m/%d").to_string())
            .or_default()
            .push(flow);
    }
    for (day, flows) in &days {
        let text: String = flows.iter().map(|flow| line_of(flow)).collect();
        moto.put(&format!("/raw-bucket/{day}/flows.log"), text.as_bytes());
    }
    let table = "CREATE EXTERNAL TABLE flows_raw (v int, account string, eni string, src string, dst string, sport int, \
         dport int, protocol int, packets bigint, bytes bigint, `start` bigint, `end` bigint, action string, status string) \
         PARTITIONED BY (day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' LOCATION 's3://raw-bucket/' \
         TBLPROPERTIES ('projection.enabled' = 'true', 'projection.day.type' = 'date', \
         'projection.day.range' = 'NOW-90DAYS,NOW', 'projection.day.format' = 'yyyy/MM/dd', \
         'storage.location.template' = 's3://raw-bucket/${day}/')";
    let week = (Utc::now() - Duration::days(3)).format("%Y/%m/%d").to_string();
    let ask = format!(
        "SELECT src, count(*) AS n FROM flows_raw WHERE action = 'REJECT' AND day >= '{week}' GROUP BY src ORDER BY n DESC LIMIT 25"
    );
    let statements = [table, &ask, "SELECT sum(bytes) FROM flows_raw"].map(str::to_owned);
    let answers = Shell {
        site: &site,
        moto: &moto,
    }
    .answers("projected", &statements);
    let latest = flows
        .iter()
        .filter(|flow| day_of(flow.start).format("%Y/%m/%d").to_string() >= week);
    assert_eq!(last_numbers(&answers[1]), rejected_sources(latest));
    assert_eq!(
        last_numbers(&answers[2]),
        [flows.iter().map(|flow| flow.bytes).sum::<i64>()]
    );
}

#[test]
fn a_prepared_statement_lasts_as_long_as_its_run() {
    let site = Site::new();
    let script = site.folder.path().join("prepared.sql");
    fs::write(
        &script,
        "CREATE TABLE t (a INT, b VARCHAR);\nPREPARE p FROM INSERT INTO t VALUES (?, ?); -- ?\nEXECUTE p USING 1, '; DROP TABLE t; --';\n\
         EXECUTE p USING -2, NULL;\nPREPARE q (INT) AS SELECT a, b FROM t WHERE a <> $1 ORDER BY a;\nEXECUTE q(3);\n",
    )
    .unwrap();
    let output = site.run(&["sql", "--format", "csv", "-f", script.to_str().unwrap()]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.ends_with("a,b\n-2,\n1,; DROP TABLE t; --\n"), "{told}");
    let output = site.run(&["sql", "EXECUTE q(3)"]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("no prepared statement `q`"), "{told}");
}
