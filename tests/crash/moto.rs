//! A local S3: `moto_server`, if this machine has it.

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
    pub port: u16,
}

impl Moto {
    /// Starts a server on a free loopback port, or says why not.
    pub fn start() -> Option<Self> {
        let Some(program) = find() else {
            eprintln!("skipped: no moto_server; `make test` installs it, or set FLOWTRAIL_MOTO to one");
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

    /// Puts a bucket (`/bucket`) or an object (`/bucket/key`).
    pub fn put(&self, path: &str, body: &[u8]) {
        self.ask("PUT", path, body);
    }

    /// The keys of a bucket below a prefix.
    pub fn list(&self, bucket: &str, prefix: &str) -> Vec<String> {
        let answer = self.ask("GET", &format!("/{bucket}?list-type=2&prefix={prefix}"), b"");
        answer
            .split("<Key>")
            .skip(1)
            .filter_map(|key| Some(key.split_once("</Key>")?.0.to_owned()))
            .collect()
    }

    /// How many uploads in parts a bucket has that nobody completed.
    #[allow(dead_code, reason = "the crash tests upload nothing in parts")]
    pub fn open_uploads(&self, bucket: &str) -> usize {
        let answer = self.ask("GET", &format!("/{bucket}?uploads"), b"");
        answer.matches("<UploadId>").count()
    }

    fn ask(&self, method: &str, path: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nx-amz-acl: public-read\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=testing/20261101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        )
        .unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn find() -> Option<PathBuf> {
    let of_workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/moto_server");
    let path = env::var_os("PATH").unwrap_or_default();
    env::var_os("FLOWTRAIL_MOTO")
        .map(PathBuf::from)
        .into_iter()
        .chain([of_workspace])
        .chain(env::split_paths(&path).map(|folder| folder.join("moto_server")))
        .find(|program| program.is_file())
}
