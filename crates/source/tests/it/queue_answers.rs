//! Answers moto does not give: a server that cuts connections, is out of order, or is no SQS at all.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flowtrail_source::{AwsSettings, Queue, QueueError};

use crate::s3::run_case;

/// Three attempts that end at once, and the SDK's waits between them.
const BOUND: Duration = Duration::from_secs(8);

#[test]
fn queue_answers() {
    let keys = [("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s")];
    for case in ["troubles_pass", "refusals_stay", "nobody_is_there"] {
        run_case(&format!("queue_answers::{case}"), &keys);
    }
}

/// Answers each connection's first request with `answer(n)`, for the n-th, and closes it. Returns a queue there, and
/// the number of connections.
async fn serve(answer: impl Fn(usize) -> String + Send + 'static) -> (Queue, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 16 * 1024];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer(counted.fetch_add(1, Ordering::SeqCst)).as_bytes());
        }
    });
    (queue_at(&address.to_string()).await, count)
}

async fn queue_at(address: &str) -> Queue {
    let settings = AwsSettings {
        region: Some("eu-west-1".into()),
        ..AwsSettings::default()
    };
    let url = format!("http://{address}/123456789012/logs");
    Queue::open(&url, &settings).await.unwrap()
}

fn answer(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}

#[tokio::test]
#[ignore = "run by queue_answers"]
async fn troubles_pass() {
    let whole = answer("200 OK", r#"{"Messages":[{"MessageId":"m"}]}"#);
    for (trouble, message, expected_attempts) in [
        (
            answer("503 Service Unavailable", "<html>busy</html>"),
            "sqs:ReceiveMessage on queue `logs` failed: the answer, of status 503, is not SQS's",
            3,
        ),
        (
            answer("200 OK", "<html>log in here</html>"),
            "sqs:ReceiveMessage on queue `logs` failed: the answer, of status 200, is not SQS's",
            1,
        ),
        (
            whole[..whole.len() - 9].to_owned(),
            "sqs:ReceiveMessage on queue `logs` ",
            3,
        ),
        (
            "HTTP/1.1 20".to_owned(),
            "sqs:ReceiveMessage on queue `logs` had no answer: ",
            3,
        ),
        (String::new(), "sqs:ReceiveMessage on queue `logs` had no answer: ", 3),
        (
            answer(
                "400 Bad Request",
                r#"{"__type":"com.amazonaws.sqs#RequestThrottled","message":"slow"}"#,
            ),
            "sqs:ReceiveMessage on queue `logs` was held back: RequestThrottled: slow",
            3,
        ),
        (
            answer("200 OK", r#"{"Messages":[{"MessageId":"m"}]}"#),
            "sqs:ReceiveMessage on queue `logs` failed: the answer has no receipt handle of a message",
            1,
        ),
    ] {
        let start = Instant::now();
        let shown = trouble.clone();
        let lasting = trouble.clone();
        let (queue, count) = serve(move |_| lasting.clone()).await;
        let error = queue.receive(10, 0).await.unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with(message), "{shown:?}: {text}");
        assert!(error.is_retryable(), "{text}");
        assert!(start.elapsed() < BOUND, "{shown:?}: {:?}", start.elapsed());

        let attempts = count.load(Ordering::SeqCst);
        assert_eq!(attempts, expected_attempts, "{shown:?}");
        let (queue, _) = serve(move |number| {
            if number < attempts {
                trouble.clone()
            } else {
                answer("200 OK", "{}")
            }
        })
        .await;
        assert!(queue.receive(10, 0).await.is_err(), "{shown:?}");
        assert_eq!(queue.receive(10, 0).await.unwrap(), [], "{shown:?}");
    }
}

#[tokio::test]
#[ignore = "run by queue_answers"]
async fn refusals_stay() {
    for (kind, message, hint) in [
        (
            "AccessDenied",
            "access denied: sqs:ReceiveMessage on queue `logs`: why",
            "the caller needs sqs:ReceiveMessage on queue logs, by its own policy or the queue's; `aws sts get-caller-identity` says who the caller is",
        ),
        (
            "ExpiredTokenException",
            "the AWS credentials were refused for queue `logs`: ExpiredTokenException: why",
            "the session has expired; log in again",
        ),
        (
            "InvalidClientTokenId",
            "the AWS credentials were refused for queue `logs`: InvalidClientTokenId: why",
            "check the access key, its secret and the session token, and this machine's clock",
        ),
        (
            "QueueDoesNotExist",
            "queue `logs` does not exist in eu-west-1",
            "check the name, the account and the region; the queue's whole URL says all of them",
        ),
    ] {
        let body = format!(r#"{{"__type":"com.amazonaws.sqs#{kind}","message":"why"}}"#);
        let (queue, count) = serve(move |_| answer("403 Forbidden", &body)).await;
        let error = queue.receive(10, 0).await.unwrap_err();
        assert_eq!(
            (error.to_string().as_str(), error.hint().as_deref()),
            (message, Some(hint))
        );
        assert!(!error.is_retryable());
        assert_eq!(count.load(Ordering::SeqCst), 1, "{kind} is not tried again");
    }
}

#[tokio::test]
#[ignore = "run by queue_answers"]
async fn nobody_is_there() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let start = Instant::now();
    let error = queue_at(&address.to_string()).await.depth().await.unwrap_err();
    assert!(matches!(error, QueueError::Unreachable { .. }), "{error:?}");
    assert!(error.hint().unwrap().starts_with("check the network"));
    assert!(error.is_retryable() && start.elapsed() < BOUND, "{:?}", start.elapsed());
}
