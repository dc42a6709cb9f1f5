//! Deliveries of Firehose to `flowtrail serve`: what was answered with 200 is in the tables once, whatever dies.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::logs::Logs;
use crate::process::Process;

const KEY: &str = "sesame";
const LISTENING: &str = "listening address=127.0.0.1:";

/// A lake, and a server over it that is started again and again.
struct Place {
    folder: TempDir,
    logs: Logs,
}

struct Server {
    process: Process,
    port: u16,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            logs: Logs::default(),
        }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_flowtrail"));
        command
            .env_remove("FAILPOINTS")
            .env_remove("FLOWTRAIL_LOG")
            .arg("--lake")
            .arg(self.folder.path().join("lake"))
            .args(words);
        command
    }

    fn serve(&self) -> Server {
        let command = self.command(&["serve", "--listen", "127.0.0.1:0", "--firehose-key", KEY]);
        let process = Process::start(command, self.folder.path().join("serve.err"));
        process.wait_for(LISTENING);
        let log = process.log();
        let (_, after) = log.split_once(LISTENING).unwrap();
        let port = after.split_whitespace().next().unwrap().parse().unwrap();
        Server { process, port }
    }

    fn ask(&self, question: &str) -> Value {
        let output = self.command(&["sql", "--format", "ndjson", question]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn counts(&self) -> (u64, u64) {
        let row = self.ask("SELECT count(*) AS n, count(DISTINCT bytes) AS differing FROM logs.vpc_flow");
        (row["n"].as_u64().unwrap(), row["differing"].as_u64().unwrap())
    }

    fn wait_for_all(&self, server: &Server) {
        let records = self.logs.records();
        for _ in 0..300 {
            if self.counts().0 >= records && objects_in(&self.folder.path().join("lake/inbox")) == 0 {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        assert_eq!(self.counts(), (records, records), "{}", server.process.log());
        assert_eq!(objects_in(&self.folder.path().join("lake/inbox")), 0);
    }

    /// A request with records that no other has.
    fn delivery(&self, id: &str) -> String {
        let log = self.logs.make();
        let records: Vec<Value> = log
            .lines()
            .filter(|line| !line.starts_with("version"))
            .map(|line| json!({ "data": BASE64_STANDARD.encode(line) }))
            .collect();
        json!({ "requestId": id, "timestamp": 1_795_000_000_000_i64, "records": records }).to_string()
    }
}

impl Server {
    /// The status of the answer; an error where there was none.
    fn deliver(&self, id: &str, key: &str, body: &str) -> io::Result<u16> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        write!(
            stream,
            "POST /firehose/vpc_flow HTTP/1.1\r\nHost: flowtrail\r\nX-Amz-Firehose-Request-Id: {id}\r\n\
             X-Amz-Firehose-Access-Key: {key}\r\nX-Amz-Firehose-Protocol-Version: 1.0\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// How many files there are below a folder.
fn objects_in(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { objects_in(&path) } else { 1 })
        .sum()
}

#[test]
fn what_was_acknowledged_is_in_the_tables_once_whatever_dies() {
    let place = Place::new();
    let mut server = place.serve();
    for number in 0..24 {
        let id = format!("request-{number}");
        let body = place.delivery(&id);
        // As Firehose does: again, under the same id, until it is answered with 200; and sometimes once more.
        let mut answered = 0;
        while answered < 1 + u32::from(number % 3 == 0) {
            if server.deliver(&id, KEY, &body).is_ok_and(|status| status == 200) {
                answered += 1;
            }
            if number % 4 == 1 && answered == 1 {
                server.process.kill();
                server = place.serve();
            }
        }
    }
    place.wait_for_all(&server);
    let last = place.delivery("request-last");
    assert_eq!(server.deliver("request-last", KEY, &last).unwrap(), 200);
    assert!(server.process.terminate().success());
    let server = place.serve();
    place.wait_for_all(&server);
    assert_eq!(
        server.deliver("request-last", KEY, &last).unwrap(),
        200,
        "it comes once more"
    );
    place.wait_for_all(&server);
}

#[test]
fn nobody_delivers_with_another_key() {
    let place = Place::new();
    let server = place.serve();
    let body = json!({ "requestId": "r", "timestamp": 1, "records": [{ "data": "eA==" }] }).to_string();
    for key in ["", "sesam", "sesame "] {
        // A blank at the end of a header is none of its value.
        let expected = if key == "sesame " { 200 } else { 403 };
        assert_eq!(server.deliver("r", key, &body).unwrap(), expected, "{key:?}");
    }
}
