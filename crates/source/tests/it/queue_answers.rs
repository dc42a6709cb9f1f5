//! Answers moto does not give: a server that cuts connections, is out of order, or is no SQS at all.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chrono::Utc;
use flowtrail_source::{AwsSettings, Queue, QueueError};

use crate::answers::{self, ASSUMED_ROLE};
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

/// The endpoint of a server for STS and SQS is asked twice for messages; returns its requests.
fn requests_with_a_role(expiration: &str) -> Vec<String> {
    let assumed = ASSUMED_ROLE.replace("2099-01-01T00:00:00Z", expiration);
    let (endpoint, requests) = answers::serve(move |request| {
        let body = if request.contains("Action=AssumeRole") {
            &assumed
        } else {
            "{}"
        };
        ("200 OK".to_owned(), body.to_owned())
    });
    run_case(
        "queue_answers::receives_with_a_role",
        &[
            ("AWS_ACCESS_KEY_ID", "BASE"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_ENDPOINT_URL", &endpoint),
        ],
    );
    requests.lock().unwrap().clone()
}

#[test]
fn a_role_is_assumed_for_a_queue_and_again_before_it_ends() {
    let soon = (Utc::now() + Duration::from_secs(5))
        .format("%Y-%m-%dT%H:%M:%SZ")
        .to_string();
    for (expiration, expected) in [("2099-01-01T00:00:00Z", 1), (&soon, 2)] {
        let requests = requests_with_a_role(expiration);
        let (assume, receive): (Vec<&String>, Vec<&String>) = requests
            .iter()
            .partition(|request| request.contains("Action=AssumeRole"));
        assert_eq!((assume.len(), receive.len()), (expected, 2), "{requests:?}");
        for part in ["ExternalId=x%2F1", "role%2Freader", "Credential=BASE/"] {
            assert!(
                assume.iter().all(|request| request.contains(part)),
                "{part}: {assume:?}"
            );
        }
        for part in ["Credential=ASSUMED/", "/eu-south-2/sqs/", "AmazonSQS.ReceiveMessage"] {
            assert!(
                receive.iter().all(|request| request.contains(part)),
                "{part}: {receive:?}"
            );
        }
    }
}

#[tokio::test]
#[ignore = "run by a_role_is_assumed_for_a_queue_and_again_before_it_ends"]
async fn receives_with_a_role() {
    let settings = AwsSettings {
        region: Some("ap-south-1".into()),
        role_arn: Some("arn:aws:iam::123456789012:role/reader".into()),
        external_id: Some("x/1".into()),
        ..AwsSettings::default()
    };
    let url = "https://sqs.eu-south-2.amazonaws.com/123456789012/logs";
    let queue = Queue::open(url, &settings).await.unwrap();
    for _ in 0..2 {
        assert_eq!(queue.receive(10, 0).await.unwrap(), []);
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
