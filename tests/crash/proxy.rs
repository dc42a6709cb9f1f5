//! A proxy before S3 whose answers do not tell what happened.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the proxy does with the answer to a put that it has passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Passes it on.
    None,
    /// Says that the server failed.
    Answer500,
    /// Ends the connection.
    Drop,
}

/// One request a connection, a thread a connection; puts go one after another. Lives as long as the test.
pub struct Proxy {
    port: u16,
    faults: Arc<AtomicU32>,
}

struct Rule {
    upstream: u16,
    fault: Fault,
    /// Puts of keys that hold this…
    key_holds: String,
    /// …so many times.
    left: AtomicU32,
    faults: Arc<AtomicU32>,
    puts: Mutex<()>,
}

impl Proxy {
    pub fn start(upstream: u16, fault: Fault, key_holds: &str, times: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let faults = Arc::new(AtomicU32::new(0));
        let rule = Arc::new(Rule {
            upstream,
            fault,
            key_holds: key_holds.to_owned(),
            left: AtomicU32::new(times),
            faults: Arc::clone(&faults),
            puts: Mutex::new(()),
        });
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let rule = Arc::clone(&rule);
                // What a killed client leaves half said concerns nobody.
                thread::spawn(move || drop(rule.serve(client)));
            }
        });
        Self { port, faults }
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many answers were kept back.
    pub fn faults(&self) -> u32 {
        self.faults.load(Ordering::SeqCst)
    }
}

impl Rule {
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let Some(request) = read_request(&mut client)? else {
            return Ok(());
        };
        let line =
            String::from_utf8_lossy(request.split(|byte| *byte == b'\r').next().unwrap_or_default()).into_owned();
        let is_put = line.starts_with("PUT ");
        let answer = {
            let _one_put_at_a_time = is_put.then(|| self.puts.lock().unwrap());
            pass_on(self.upstream, &request)?
        };
        // A put that was refused did not land; of that S3 says so.
        let landed = answer.starts_with(b"HTTP/1.1 200");
        if self.fault == Fault::None || !is_put || !landed || !line.contains(&self.key_holds) || !self.take_one() {
            return client.write_all(&answer);
        }
        self.faults.fetch_add(1, Ordering::SeqCst);
        if self.fault == Fault::Answer500 {
            client
                .write_all(b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
        }
        client.shutdown(Shutdown::Both)
    }

    fn take_one(&self) -> bool {
        self.left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_ok()
    }
}

/// Asks the server on this port, and gives its whole answer.
pub fn pass_on(upstream: u16, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut server = TcpStream::connect(("127.0.0.1", upstream))?;
    let head_end = request.windows(2).position(|two| two == b"\r\n").unwrap_or(0) + 2;
    server.write_all(&request[..head_end])?;
    server.write_all(b"Connection: close\r\n")?;
    server.write_all(&request[head_end..])?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    Ok(answer)
}

/// A request with its body; `None` when the connection ends before one.
pub fn read_request(client: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut request = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if request.len() >= end + 4 + length.unwrap_or(0) {
                return Ok(Some(request));
            }
        }
        match client.read(&mut chunk)? {
            0 => return Ok(None),
            count => request.extend_from_slice(&chunk[..count]),
        }
    }
}
