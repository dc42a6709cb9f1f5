//! Traces go to the collector that somebody names, and whatever becomes of it hinders nothing.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::site::{FLOW, HEADER, Site};

/// The end waits two seconds for the collector; the rest is the command itself, on a machine that is busy.
const SOON: Duration = Duration::from_secs(15);

/// A request that came to a collector.
struct Posted {
    head: String,
    body: Vec<u8>,
}

impl Posted {
    fn holds(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|window| window == text.as_bytes())
    }
}

/// A collector that keeps what it is sent.
struct Collector {
    address: String,
    posted: Receiver<Posted>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (sender, posted) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let sender = sender.clone();
                thread::spawn(move || while let Some(()) = stream.as_ref().ok().and_then(answer_into(&sender)) {});
            }
        });
        Self { address, posted }
    }

    /// What came from a program that has ended.
    fn posted(&self) -> Vec<Posted> {
        self.posted.try_iter().collect()
    }
}

/// Takes a request and answers that all is well; `None` at the connection's end.
fn answer_into(sender: &Sender<Posted>) -> impl Fn(&TcpStream) -> Option<()> {
    move |mut stream| {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).ok()?;
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).ok()?;
        sender.send(Posted { head, body }).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()
    }
}

#[test]
fn a_statement_and_a_load_are_traced() {
    let (site, collector) = (Site::new(), Collector::start());
    site.put("flow.log", format!("{HEADER}{FLOW}"));
    let loaded = site.run(&["--otlp", &collector.address, "load", "logs"]);
    assert!(loaded.status.success(), "{loaded:?}");
    assert_eq!(String::from_utf8(loaded.stderr).unwrap(), "");
    let posted = collector.posted();
    assert!(!posted.is_empty(), "nothing came");
    for post in &posted {
        assert!(post.head.starts_with("post /v1/traces http/1.1"), "{}", post.head);
        assert!(
            post.head.contains("content-type: application/x-protobuf"),
            "{}",
            post.head
        );
    }
    let is_sent = |text: &str| posted.iter().any(|post| post.holds(text));
    for text in [
        "load.batch",
        "load.commit",
        "flowtrail.rows",
        "service.name",
        "flowtrail",
        "service.version",
    ] {
        assert!(is_sent(text), "{text}");
    }
    for text in ["load.object", "unknown_service", "flow.log"] {
        assert!(!is_sent(text), "{text}");
    }

    let text = format!(
        "SELECT count(*) AS n FROM logs.vpc_flow WHERE srcaddr <> '{}'",
        "x".repeat(2000)
    );
    let asked = site.run_with(
        &["sql", &text],
        &[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.address),
            ("OTEL_SERVICE_NAME", "my-logs"),
        ],
    );
    assert!(asked.status.success(), "{asked:?}");
    let [posted] = &collector.posted()[..] else {
        panic!("one request")
    };
    for text in [
        "sql.statement",
        "db.query.text",
        &text[..1000],
        "db.response.returned_rows",
        "my-logs",
    ] {
        assert!(posted.holds(text), "{text}");
    }
    assert!(!posted.holds(&text[..1001]));
}

#[test]
fn a_failure_is_in_the_trace_and_objects_are_where_they_are_asked_for() {
    let (site, collector) = (Site::new(), Collector::start());
    site.put("flow.log", format!("{HEADER}{FLOW}"));
    let endpoint = format!("{}/v1/traces", collector.address);
    let variables = [
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", endpoint.as_str()),
        ("FLOWTRAIL_TRACES", "debug"),
    ];
    assert!(site.run_with(&["load", "logs"], &variables).status.success());
    assert!(
        collector
            .posted()
            .iter()
            .any(|post| post.holds("load.object") && post.holds("flow.log"))
    );
    assert_eq!(
        site.run_with(&["sql", "SELECT nothing"], &variables).status.code(),
        Some(1)
    );
    let [posted] = &collector.posted()[..] else {
        panic!("one request")
    };
    assert!(posted.holds("no column `nothing`"));
}

#[test]
fn without_being_asked_for_nothing_is_sent() {
    let (site, collector) = (Site::new(), Collector::start());
    assert!(site.run(&["sql", "SELECT 1"]).status.success());
    for (name, value) in [
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
    ] {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address.as_str()),
            (name, value),
        ];
        assert!(site.run_with(&["sql", "SELECT 1"], &variables).status.success());
    }
    assert_eq!(collector.posted().len(), 0);
}

#[test]
fn a_collector_that_never_answers_fails_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    hindered_by_nothing(&address);
    listener.set_nonblocking(true).unwrap();
    // It was there to be connected to, and was.
    assert!(listener.accept().is_ok());
}

#[test]
fn a_collector_that_is_not_there_fails_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let gone = TcpStream::connect(address.trim_start_matches("http://"));
    assert_eq!(gone.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    hindered_by_nothing(&address);
}

fn hindered_by_nothing(address: &str) {
    let site = Site::new();
    let begun = Instant::now();
    let output = site.run(&["--otlp", address, "sql", "--format", "csv", "SELECT 1 AS one"]);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "one\n1\n");
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(told.matches("traces cannot be sent").count(), 1, "{told}");
}

#[test]
fn an_address_that_is_none_is_said() {
    let site = Site::new();
    let output = site.run(&["--otlp", "localhost:4318", "sql", "SELECT 1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("over HTTP"));
    let output = site.run_with(
        &["sql", "SELECT 1"],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "https://me:secret@example.com")],
    );
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("no traces are sent") && !told.contains("secret"),
        "{told}"
    );
}

#[test]
fn a_delivery_is_a_part_of_its_senders_trace() {
    let (site, collector) = (Site::new(), Collector::start());
    let (mut server, address) = serve(&site, &collector);
    let trace_id = "0af7651916cd43dd8448eb211c80319c";
    let headers = format!("traceparent: 00-{trace_id}-b7ad6b7169203331-01\r\n");
    assert_eq!(deliver(&address, "wrong", &headers), "HTTP/1.1 403 Forbidden");
    assert_eq!(deliver(&address, "right", &headers), "HTTP/1.1 200 OK");
    let begun = Instant::now();
    while site.ask("SELECT count(*) AS n FROM logs.vpc_flow")[0]["n"] != 1 {
        assert!(begun.elapsed() < Duration::from_mins(1), "it is not loaded");
        thread::sleep(Duration::from_millis(200));
    }
    let sent = Command::new("kill")
        .args(["-TERM", &server.0.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    assert!(server.0.wait().unwrap().success());
    let posted = collector.posted();
    let trace_id = u128::from_str_radix(trace_id, 16).unwrap().to_be_bytes();
    let spans = |what: &[u8]| -> usize {
        let found = posted
            .iter()
            .map(|post| post.body.windows(what.len()).filter(|window| *window == what).count());
        found.sum()
    };
    assert_eq!(spans(b"serve.delivery"), 1, "whoever has no key makes no span");
    assert_eq!(spans(&trace_id), 1);
    for text in [
        "/firehose/{kind}",
        "id-1",
        "http.request.body.size",
        "pipe.batch",
        "inbox.vpc_flow",
        "load.batch",
    ] {
        assert!(spans(text.as_bytes()) > 0, "{text}");
    }
    assert_eq!(spans(b"right"), 0);
}

/// A server that does not outlive its test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended where all went well.
        let _ = self.0.kill();
    }
}

/// A server, and the address it listens on.
fn serve(site: &Site, collector: &Collector) -> (Server, String) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_flowtrail"))
        .args([
            "--otlp",
            &collector.address,
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--firehose-key",
            "right",
        ])
        .env("FLOWTRAIL_LAKE", site.folder.path().join("lake"))
        .env("NO_PROXY", "127.0.0.1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let address = log
        .find_map(|line| Some(line.split_once("listening address=")?.1.to_owned()))
        .unwrap();
    // It has somebody to tell until it ends.
    thread::spawn(move || log.for_each(drop));
    (Server(server), address)
}

/// Delivers a record; gives the first line of the answer.
fn deliver(address: &str, key: &str, headers: &str) -> String {
    let record = "MiAxMjM0NTY3ODkwMTIgZW5pLTEgMTAuMC4wLjEgMTAuMC4wLjIgNDQzIDQ5MTUyIDYgMTAgODQwIDE3OTM0OTEyMDAgMTc5MzQ5MTI2MCBB\
                  Q0NFUFQgT0s=";
    let body = format!(r#"{{"requestId":"id-1","timestamp":1,"records":[{{"data":"{record}"}}]}}"#);
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /firehose/vpc_flow HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}\
         x-amz-firehose-request-id: id-1\r\nx-amz-firehose-access-key: {key}\r\n\
         x-amz-firehose-protocol-version: 1.0\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer).unwrap();
    answer.trim_end().to_owned()
}
