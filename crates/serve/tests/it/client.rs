//! A client that says exactly what it is told to.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

pub const KEY: &str = "the-key";

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        assert!(self.head.contains("content-type: application/json"), "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn message(&self) -> String {
        self.json()["errorMessage"].as_str().unwrap_or_default().to_owned()
    }
}

/// A request with what Firehose sends, to be changed by a test.
#[derive(Clone, Debug)]
pub struct Request {
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn firehose(id: &str, records: &[&[u8]]) -> Self {
        let records: Vec<_> = records
            .iter()
            .map(|data| format!(r#"{{"data":"{}"}}"#, STANDARD.encode(data)))
            .collect();
        let arn = "arn:aws:firehose:us-east-1:123456789012:deliverystream/flows";
        Self {
            path: "/firehose".to_owned(),
            headers: vec![
                ("X-AMZ-Firehose-Request-ID", id.to_owned()),
                ("X-Amz-Firehose-Access-Key", KEY.to_owned()),
                ("X-Amz-Firehose-Protocol-Version", "1.0".to_owned()),
                ("X-Amz-Firehose-Source-Arn", arn.to_owned()),
                ("Content-Type", "application/json".to_owned()),
            ],
            body: format!(
                r#"{{"requestId":"{id}","timestamp":1,"records":[{}]}}"#,
                records.join(",")
            )
            .into_bytes(),
        }
    }

    pub fn to(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    pub fn without(mut self, header: &str) -> Self {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(header));
        self
    }

    pub fn with(self, header: &'static str, value: &str) -> Self {
        let mut request = self.without(header);
        request.headers.push((header, value.to_owned()));
        request
    }

    pub fn head(&self) -> String {
        let length = self.body.len();
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let headers = headers.concat();
        format!(
            "POST {} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n{headers}\r\n",
            self.path
        )
    }

    pub fn send(&self, address: SocketAddr) -> Answer {
        let mut stream = connect(address);
        stream.write_all(self.head().as_bytes()).unwrap();
        // A refusal may come before all of the body has gone.
        let _ = stream.write_all(&self.body);
        answer(&mut stream)
    }
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

pub fn get(address: SocketAddr, path: &str) -> Answer {
    say(address, &format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n"))
}

pub fn say(address: SocketAddr, text: &str) -> Answer {
    let mut stream = connect(address);
    stream.write_all(text.as_bytes()).unwrap();
    answer(&mut stream)
}

/// Waits until `/metrics` has a line, or has it no more.
pub fn wait_for(address: SocketAddr, line: &str, is_there: bool) {
    for _ in 0..200 {
        if get(address, "/metrics").body.lines().any(|found| found == line) == is_there {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("`{line}` in the metrics: not {is_there} within 10 seconds");
}

/// Reads one answer.
pub fn answer(stream: &mut TcpStream) -> Answer {
    let mut read = Vec::new();
    let head_bytes = loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        assert!(more(stream, &mut read), "no answer: {}", read.escape_ascii());
    };
    let head = String::from_utf8(read.drain(..head_bytes).collect())
        .unwrap()
        .to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.unwrap_or("0").parse().unwrap();
    while read.len() < length && more(stream, &mut read) {}
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head,
        body: String::from_utf8(read).unwrap(),
    }
}

fn more(stream: &mut TcpStream, read: &mut Vec<u8>) -> bool {
    let mut buffer = [0; 4096];
    let count = stream.read(&mut buffer).unwrap_or(0);
    read.extend_from_slice(&buffer[..count]);
    count > 0
}

/// True when the server closes the connection without a word.
pub fn is_closed(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0; 1]), Ok(0))
}
