//! Who may deliver, and what a request must say.

use std::sync::Arc;

use flowtrail_serve::prometheus_client::registry::Registry;
use flowtrail_serve::{Access, Inbox, Ready, ServeError, ServeOptions, Server};
use object_store::memory::InMemory;

use crate::client::{Answer, KEY, Request};
use crate::deliveries::FLOW;
use crate::running::{aside, options, start};

async fn send(address: std::net::SocketAddr, request: Request) -> Answer {
    aside(move || request.send(address)).await
}

#[tokio::test]
async fn only_who_has_a_key_delivers() {
    let running = start(options()).await;
    let good = || Request::firehose("id-1", &[FLOW.as_bytes()]);
    for (request, status) in [
        (good().without("X-Amz-Firehose-Access-Key"), 401),
        (good().with("X-Amz-Firehose-Access-Key", "forged-word"), 403),
        (good().with("X-Amz-Firehose-Access-Key", &KEY[1..]), 403),
        (good().with("X-Amz-Firehose-Access-Key", ""), 403),
    ] {
        let answer = send(running.address, request).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.json()["requestId"], "id-1");
        assert!(
            answer.message().contains("header x-amz-firehose-access-key: it is"),
            "{answer:?}"
        );
        for secret in [KEY, "another-key", "forged-word"] {
            assert!(
                !answer.body.contains(secret) && !answer.head.contains(secret),
                "{answer:?}"
            );
        }
    }
    assert_eq!(running.inbox(), []);
    let rotated = good().with("X-Amz-Firehose-Access-Key", "another-key");
    assert_eq!(send(running.address, rotated).await.status, 200);
}

#[tokio::test]
async fn without_keys_nobody_delivers_and_is_told_why() {
    let running = start(ServeOptions::default()).await;
    let answer = send(running.address, Request::firehose("id-1", &[])).await;
    assert_eq!(answer.status, 403);
    assert!(answer.message().contains("--firehose-key"), "{answer:?}");
}

struct Always;

#[async_trait::async_trait]
impl Ready for Always {
    async fn in_the_way(&self) -> Vec<String> {
        Vec::new()
    }
}

#[tokio::test]
async fn anybody_delivers_on_loopback_only() {
    let open = || ServeOptions {
        access: Access::Anybody,
        ..options()
    };
    let running = start(open()).await;
    let request = Request::firehose("id-1", &[FLOW.as_bytes()]).without("X-Amz-Firehose-Access-Key");
    assert_eq!(send(running.address, request).await.status, 200);

    let inbox = Inbox::new(Arc::new(InMemory::new()), "inbox");
    let everywhere = "0.0.0.0:0".parse().unwrap();
    let refused = Server::bind(everywhere, open(), inbox.clone(), Arc::new(Always), Registry::default()).await;
    assert!(matches!(refused.err(), Some(ServeError::Open { .. })));
    let taken = Server::bind(running.address, options(), inbox, Arc::new(Always), Registry::default()).await;
    assert!(matches!(taken.err(), Some(ServeError::Bind { .. })));
}

#[tokio::test]
async fn what_a_request_says_of_itself_must_hold() {
    let running = start(options()).await;
    let good = || Request::firehose("id-1", &[FLOW.as_bytes()]);
    let not_json = Request {
        body: b"<html>".to_vec(),
        ..good()
    };
    for (request, status, expected) in [
        (
            good().with("X-Amz-Firehose-Request-Id", "id-2"),
            400,
            "requestId in the body is \"id-1\"",
        ),
        (
            good().without("X-Amz-Firehose-Request-Id"),
            400,
            "header x-amz-firehose-request-id: it is missing",
        ),
        (
            good().with("X-Amz-Firehose-Protocol-Version", "2.0"),
            400,
            "version 2.0 is not known",
        ),
        (
            good().with("Content-Encoding", "gzip"),
            400,
            "the body is not gzip, as content-encoding says",
        ),
        (
            good().with("Content-Encoding", "zstd"),
            400,
            "header content-encoding: `zstd` is not known",
        ),
        (
            not_json,
            400,
            "the body is no delivery: expected value at line 1 column 1",
        ),
        (good().to("/firehose/s3_access"), 404, "no log kind \"s3_access\""),
        (good().to("/firehose/a%0Ab"), 404, "no log kind \"a%0Ab\""),
        (good().to("/firehose/%ff"), 404, "no log kind"),
    ] {
        let answer = send(running.address, request).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.message().contains(expected), "{answer:?}");
        assert!(answer.json()["timestamp"].is_i64());
    }
    assert_eq!(running.inbox(), []);
}
