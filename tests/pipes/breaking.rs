//! A proxy before S3 and SQS that breaks things for a while.

use std::io::{self, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::Duration;

use crate::proxy::{pass_on, read_request};

/// What becomes of a request while things are broken.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The service is not well.
    Answer(&'static str),
    /// The connection ends before the request reaches the service.
    Cut,
    /// The service did what it was asked, and the connection ends in the middle of its answer.
    CutAnswer,
    /// Nothing is said until things work again.
    Stall,
    /// One that works.
    None,
}

const FAULTS: [Fault; 7] = [
    Fault::Answer("503 Slow Down"),
    Fault::CutAnswer,
    Fault::Answer("500 Internal Server Error"),
    Fault::Cut,
    Fault::None,
    Fault::Answer("429 Too Many Requests"),
    Fault::Stall,
];

/// One request a connection, a thread a connection. Lives as long as the test.
#[derive(Clone)]
pub struct BreakingProxy {
    port: u16,
    upstream: u16,
    is_broken: Arc<AtomicBool>,
    requests: Arc<AtomicUsize>,
}

impl BreakingProxy {
    /// Begins with all well.
    pub fn start(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            upstream,
            is_broken: Arc::default(),
            requests: Arc::default(),
        };
        let serving = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let serving = serving.clone();
                // What a client leaves half said concerns nobody.
                thread::spawn(move || drop(serving.serve(client)));
            }
        });
        proxy
    }

    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on requests meet one fault after another.
    pub fn break_things(&self) {
        self.is_broken.store(true, Ordering::SeqCst);
    }

    /// All is well again. Gives how many requests there were meanwhile.
    pub fn heal(&self) -> usize {
        self.is_broken.store(false, Ordering::SeqCst);
        self.requests.swap(0, Ordering::SeqCst)
    }

    fn fault(&self) -> Fault {
        if !self.is_broken.load(Ordering::SeqCst) {
            return Fault::None;
        }
        FAULTS[self.requests.fetch_add(1, Ordering::SeqCst) % FAULTS.len()]
    }

    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let Some(request) = read_request(&mut client)? else {
            return Ok(());
        };
        match self.fault() {
            Fault::None => client.write_all(&pass_on(self.upstream, &request)?)?,
            Fault::Answer(status) => {
                write!(
                    client,
                    "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )?;
            }
            Fault::CutAnswer => {
                let answer = pass_on(self.upstream, &request)?;
                client.write_all(&answer[..answer.len() / 2])?;
            }
            Fault::Cut => {}
            Fault::Stall => {
                while self.is_broken.load(Ordering::SeqCst) {
                    sleep(Duration::from_millis(50));
                }
            }
        }
        client.shutdown(Shutdown::Both)
    }
}
