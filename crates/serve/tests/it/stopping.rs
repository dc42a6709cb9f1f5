//! The end: what is in work is finished, within a time limit.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use flowtrail_serve::{ServeOptions, Stopped};

use crate::client::{Request, answer, connect, is_closed, wait_for};
use crate::deliveries::FLOW;
use crate::running::{Running, aside, options, start};

/// Sends half of a request, and waits until the server has seen it.
async fn half_sent(running: &Running) -> (TcpStream, Vec<u8>) {
    let address = running.address;
    aside(move || {
        let request = Request::firehose("id-1", &[FLOW.as_bytes()]);
        let mut stream = connect(address);
        stream.write_all(request.head().as_bytes()).unwrap();
        let (first, rest) = request.body.split_at(20);
        stream.write_all(first).unwrap();
        // The other one is who asks.
        wait_for(address, "flowtrail_http_requests_in_work 2", true);
        (stream, rest.to_vec())
    })
    .await
}

#[tokio::test]
async fn a_request_in_flight_is_finished_and_no_other_begins() {
    let mut running = start(options()).await;
    let address = running.address;
    let mut idle = aside(move || connect(address)).await;
    let (mut stream, rest) = half_sent(&running).await;
    running.tell_to_stop();
    let finished = aside(move || {
        assert!(is_closed(&mut idle));
        assert!(TcpStream::connect(address).is_err(), "somebody was let in");
        stream.write_all(&rest).unwrap();
        answer(&mut stream)
    })
    .await;
    assert_eq!(finished.status, 200, "{finished:?}");
    assert_eq!(running.inbox().len(), 1);
    assert_eq!(running.stopped().await, Stopped::Drained);
}

#[tokio::test]
async fn who_does_not_finish_holds_nobody_up() {
    let hasty = ServeOptions {
        stop_timeout: Duration::from_millis(200),
        ..options()
    };
    let running = start(hasty).await;
    let (_stream, _) = half_sent(&running).await;
    assert_eq!(running.stopped().await, Stopped::TimedOut);
}
