//! A local AWS (S3, SQS) for the tests: `moto_server`, if this machine has it.

use std::env;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const START_TIMEOUT: Duration = Duration::from_mins(1);

pub struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// Starts a server on a free loopback port, or says why not.
    pub fn start() -> Option<Self> {
        let Some(program) = find() else {
            eprintln!(
                "skipped: no moto_server; set FLOWTRAIL_MOTO, or `python3 -m venv .venv && .venv/bin/pip install 'moto[server]'`"
            );
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { process, port };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < START_TIMEOUT, "moto_server did not start");
            sleep(Duration::from_millis(50));
        }
        Some(server)
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Puts a bucket (`/bucket`) or an object (`/bucket/key`, percent-encoded) that anybody may read.
    pub fn put(&self, path: &str, body: &[u8]) {
        put(&self.endpoint(), path, body);
    }
}

/// As [`Moto::put`], for a case that runs in another process than the server was started in.
pub fn put(endpoint: &str, path: &str, body: &[u8]) {
    let host = endpoint.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "PUT {path} HTTP/1.1\r\nHost: {host}\r\nx-amz-acl: public-read\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn find() -> Option<PathBuf> {
    let of_workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/moto_server");
    let of_path = env::var_os("PATH")
        .map(|path| {
            env::split_paths(&path)
                .map(|folder| folder.join("moto_server"))
                .collect::<Vec<_>>()
        })
        .unwrap_or_default();
    env::var_os("FLOWTRAIL_MOTO")
        .map(PathBuf::from)
        .into_iter()
        .chain([of_workspace])
        .chain(of_path)
        .find(|program| program.is_file())
}
