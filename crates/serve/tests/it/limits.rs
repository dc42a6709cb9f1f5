//! Whatever arrives, memory is bounded and nobody is held up for ever.

use std::io::Write;
use std::time::{Duration, Instant};

use flowtrail_serve::ServeOptions;

use crate::client::{Request, answer, connect, get, is_closed, wait_for};
use crate::deliveries::FLOW;
use crate::running::{aside, options, start};

#[tokio::test]
async fn a_body_beyond_64_mib_is_refused_before_it_comes() {
    let running = start(options()).await;
    let address = running.address;
    let request = Request::firehose("id-1", &[]);
    let refused = aside(move || {
        let head = request.head().replace(
            &format!("Content-Length: {}", request.body.len()),
            "Content-Length: 67108865",
        );
        let mut stream = connect(address);
        stream.write_all(head.as_bytes()).unwrap();
        answer(&mut stream)
    })
    .await;
    assert_eq!(refused.status, 413, "{refused:?}");
    assert!(
        refused.message().contains("larger than 67108864 bytes as it comes"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_body_beyond_64_mib_in_chunks_is_refused_when_it_is_there() {
    let running = start(options()).await;
    let address = running.address;
    let request = Request::firehose("id-1", &[]);
    let refused = aside(move || {
        let length = format!("Content-Length: {}", request.body.len());
        let mut stream = connect(address);
        stream
            .write_all(request.head().replace(&length, "Transfer-Encoding: chunked").as_bytes())
            .unwrap();
        let chunk = [b"100000\r\n", &vec![b' '; 1 << 20][..], b"\r\n"].concat();
        for _ in 0..65 {
            if stream.write_all(&chunk).is_err() {
                break;
            }
        }
        answer(&mut stream)
    })
    .await;
    assert_eq!(refused.status, 413, "{refused:?}");
}

#[tokio::test]
async fn twenty_at_once_within_little_memory() {
    let small = ServeOptions {
        memory_bytes: 1 << 20,
        ..options()
    };
    let running = start(small).await;
    let address = running.address;
    let senders: Vec<_> = (0..20)
        .map(|number| {
            let lines = format!("{FLOW}\n").repeat(2000);
            let request = Request::firehose(&format!("id-{number}"), &[lines.as_bytes()]);
            std::thread::spawn(move || request.send(address).status)
        })
        .collect();
    let statuses = aside(|| {
        senders
            .into_iter()
            .map(|sender| sender.join().unwrap())
            .collect::<Vec<_>>()
    })
    .await;
    assert_eq!(statuses, [200; 20]);
    assert_eq!(running.inbox().len(), 20);
    let metrics = aside(move || get(address, "/metrics")).await.body;
    assert!(metrics.contains("flowtrail_firehose_held_bytes 0"), "{metrics}");
}

#[tokio::test]
async fn who_finds_no_memory_is_told_to_come_again() {
    let small = ServeOptions {
        memory_bytes: 1 << 10,
        memory_timeout: Duration::from_millis(100),
        ..options()
    };
    let running = start(small).await;
    let address = running.address;
    let refused = aside(move || {
        let request = Request::firehose("id-1", &[FLOW.as_bytes()]);
        let mut holds = connect(address);
        holds.write_all(request.head().as_bytes()).unwrap();
        wait_for(address, "flowtrail_firehose_held_bytes 0", false);
        let refused = Request::firehose("id-2", &[]).send(address);
        holds.write_all(&request.body).unwrap();
        assert_eq!(answer(&mut holds).status, 200);
        refused
    })
    .await;
    assert_eq!(refused.status, 503);
    assert!(refused.head.contains("retry-after: 5"), "{refused:?}");
    assert!(refused.message().contains("no memory was free"), "{refused:?}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_given_up() {
    let hasty = ServeOptions {
        body_timeout: Duration::from_millis(200),
        ..options()
    };
    let running = start(hasty).await;
    let address = running.address;
    let begun = Instant::now();
    let refused = aside(move || {
        let request = Request::firehose("id-1", &[FLOW.as_bytes()]);
        let mut stream = connect(address);
        stream.write_all(request.head().as_bytes()).unwrap();
        stream.write_all(&request.body[..20]).unwrap();
        answer(&mut stream)
    })
    .await;
    assert_eq!(refused.status, 408, "{refused:?}");
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(running.inbox(), []);
}

#[tokio::test]
async fn who_sends_no_request_is_cut_off() {
    let hasty = ServeOptions {
        header_timeout: Duration::from_secs(1),
        ..options()
    };
    let running = start(hasty).await;
    let address = running.address;
    aside(move || {
        let mut half = connect(address);
        half.write_all(b"POST /firehose HTTP/1.1\r\nHost: te").unwrap();
        let mut silent = connect(address);
        let mut idle = connect(address);
        idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
        assert_eq!(answer(&mut idle).status, 200);
        assert!(is_closed(&mut silent), "silent");
        assert!(is_closed(&mut idle), "idle");
        let mut rest = Vec::new();
        std::io::Read::read_to_end(&mut half, &mut rest).unwrap();
    })
    .await;
}

#[tokio::test]
async fn more_connections_than_there_may_be_wait() {
    let few = ServeOptions {
        most_connections: 1,
        ..options()
    };
    let running = start(few).await;
    let address = running.address;
    aside(move || {
        let first = connect(address);
        std::thread::sleep(Duration::from_millis(100));
        let waiting = std::thread::spawn(move || get(address, "/healthz").status);
        std::thread::sleep(Duration::from_millis(200));
        assert!(!waiting.is_finished());
        drop(first);
        assert_eq!(waiting.join().unwrap(), 200);
    })
    .await;
}
