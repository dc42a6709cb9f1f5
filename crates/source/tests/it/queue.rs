//! A queue on moto, with a bucket that tells it what is put. Each case runs in a process of its own, see `s3.rs`.

use std::env;
use std::time::{Duration, Instant};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use flowtrail_source::{AwsSettings, DeadLetter, Message, Notice, Queue, QueueDepth, QueueError, read_notification};

use crate::moto::{Moto, put};
use crate::s3::run_case;

#[test]
fn a_queue() {
    let Some(moto) = Moto::start() else { return };
    let endpoint = moto.endpoint();
    let environment = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    for case in [
        "tells_of_an_object",
        "takes_more_than_ten",
        "gives_bad_messages_to_another",
        "waits_for_messages",
        "keeps_what_a_dropped_call_had",
        "is_opened_in_three_ways",
        "says_what_does_not_exist",
    ] {
        run_case(&format!("queue::{case}"), &environment);
    }
    run_case(
        "queue::goes_to_the_host_of_its_url",
        &[&[("QUEUE_HOST", endpoint.as_str())], &environment[1..]].concat(),
    );
    run_case("queue::says_that_there_are_no_credentials", &environment[..2]);
}

async fn client() -> Client {
    Client::new(&aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await)
}

/// Creates a queue; returns it, and its ARN.
async fn create(name: &str, attributes: &[(QueueAttributeName, &str)]) -> (Queue, String) {
    let mut create = client().await.create_queue().queue_name(name);
    for (attribute, value) in attributes {
        create = create.attributes(attribute.clone(), *value);
    }
    create.send().await.unwrap();
    (
        open(name).await.unwrap(),
        format!("arn:aws:sqs:eu-west-1:123456789012:{name}"),
    )
}

async fn open(queue: &str) -> Result<Queue, QueueError> {
    Queue::open(queue, &AwsSettings::default()).await
}

async fn send(queue: &Queue, body: &str) {
    let client = client().await;
    client
        .send_message()
        .queue_url(queue.url())
        .message_body(body)
        .send()
        .await
        .unwrap();
}

async fn receive_one(queue: &Queue) -> Message {
    let mut messages = queue.receive(10, 5).await.unwrap();
    assert_eq!(messages.len(), 1);
    messages.remove(0)
}

fn depth(visible: u64, in_flight: u64) -> QueueDepth {
    QueueDepth {
        visible,
        in_flight,
        delayed: 0,
    }
}

#[tokio::test]
#[ignore = "run by a_queue"]
async fn tells_of_an_object() {
    let endpoint = env::var("AWS_ENDPOINT_URL").unwrap();
    let (queue, arn) = create("logs", &[]).await;
    let place =
        b"<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    put(&endpoint, "/logs", place);
    let configuration = format!(
        "<NotificationConfiguration><QueueConfiguration><Id>n</Id><Queue>{arn}</Queue>\
         <Event>s3:ObjectCreated:*</Event></QueueConfiguration></NotificationConfiguration>"
    );
    put(&endpoint, "/logs?notification", configuration.as_bytes());
    let test = receive_one(&queue).await;
    assert_eq!(
        read_notification(&test.body).unwrap(),
        [Notice::Other {
            name: "s3:TestEvent".into()
        }]
    );
    assert_eq!(queue.delete(&[test]).await.unwrap(), []);

    put(&endpoint, "/logs/p/a%20b%2Bc%25d%C3%A9%E2%82%AC.log", b"12345");
    let message = receive_one(&queue).await;
    let notices = read_notification(&message.body).unwrap();
    let [
        Notice::Created {
            bucket,
            key,
            size_bytes,
            etag,
            event_time,
            ..
        },
    ] = &notices[..]
    else {
        panic!("{notices:?}");
    };
    assert_eq!(
        (bucket.as_str(), key.as_str(), *size_bytes),
        ("logs", "p/a b+c%dé€.log", Some(5))
    );
    assert_eq!(etag.as_deref(), Some("827ccb0eea8a706c4c34a16891f84e7b"));
    assert!(event_time.is_some());
    assert_eq!(message.receive_count, 1);
    assert!(message.first_received_at >= message.sent_at && message.sent_at.is_some());

    assert_eq!(queue.depth().await.unwrap(), depth(0, 1));
    let messages = [message];
    assert_eq!(queue.extend(&messages, 60).await.unwrap(), []);
    assert_eq!(queue.receive(10, 0).await.unwrap(), []);
    assert_eq!(queue.release(&messages).await.unwrap(), []);
    assert_eq!(queue.depth().await.unwrap(), depth(1, 0));

    let again = receive_one(&queue).await;
    assert_eq!((&again.id, &again.body), (&messages[0].id, &messages[0].body));
    assert_eq!(again.receive_count, 2);
    assert_eq!(again.sent_at, messages[0].sent_at);

    let again = [again];
    assert_eq!(queue.delete(&again).await.unwrap(), []);
    assert_eq!(queue.receive(10, 0).await.unwrap(), []);
    assert_eq!(queue.depth().await.unwrap(), depth(0, 0));
    let refused = queue.extend(&again, 60).await.unwrap();
    assert_eq!(refused.len(), 1, "it is deleted");
    assert_eq!(refused[0].message_id, again[0].id);
}

#[tokio::test]
#[ignore = "run by a_queue"]
async fn takes_more_than_ten() {
    let (queue, _) = create("many", &[]).await;
    for number in 0..23 {
        send(&queue, &number.to_string()).await;
    }
    let mut messages = Vec::new();
    while messages.len() < 23 {
        let received = queue.receive(99, 5).await.unwrap();
        assert!((1..=10).contains(&received.len()));
        messages.extend(received);
    }
    assert_eq!(queue.receive(1, 0).await.unwrap(), []);
    assert_eq!(queue.extend(&messages, 120).await.unwrap(), []);
    assert_eq!(queue.release(&messages[..12]).await.unwrap(), []);
    assert_eq!(queue.depth().await.unwrap(), depth(12, 11));
    assert_eq!(queue.receive(3, 0).await.unwrap().len(), 3);
    assert_eq!(queue.delete(&messages[12..]).await.unwrap(), []);
    assert_eq!(queue.depth().await.unwrap(), depth(9, 3));
    assert_eq!(queue.delete(&[]).await.unwrap(), []);
}

#[tokio::test]
#[ignore = "run by a_queue"]
async fn gives_bad_messages_to_another() {
    let (dead, arn) = create("dead", &[]).await;
    let policy = format!(r#"{{"deadLetterTargetArn":"{arn}","maxReceiveCount":3}}"#);
    let (queue, _) = create("alive", &[(QueueAttributeName::RedrivePolicy, &policy)]).await;
    let expected = DeadLetter {
        arn,
        max_receive_count: 3,
    };
    assert_eq!(queue.dead_letter().await.unwrap(), Some(expected));

    send(&queue, "no notification").await;
    let message = receive_one(&queue).await;
    assert!(
        queue
            .send_to_dead_letter(&message, "the message is no JSON\0")
            .await
            .unwrap()
    );
    queue.delete(&[message]).await.unwrap();
    let received = client()
        .await
        .receive_message()
        .queue_url(dead.url())
        .message_attribute_names("All")
        .send()
        .await
        .unwrap();
    let found = &received.messages()[0];
    let reason = &found.message_attributes.as_ref().unwrap()["flowtrail.reason"];
    assert_eq!(found.body(), Some("no notification"));
    assert_eq!(reason.string_value(), Some("the message is no JSON\u{fffd}"));

    assert_eq!(dead.dead_letter().await.unwrap(), None);
    let message = Message {
        id: "m".into(),
        receipt_handle: "r".into(),
        body: "b".into(),
        receive_count: 1,
        sent_at: None,
        first_received_at: None,
    };
    assert!(!dead.send_to_dead_letter(&message, "x").await.unwrap());
}

#[tokio::test]
#[ignore = "run by a_queue"]
async fn waits_for_messages() {
    let (queue, _) = create("slow", &[]).await;
    let start = Instant::now();
    assert_eq!(queue.receive(10, 2).await.unwrap(), []);
    assert!(start.elapsed() > Duration::from_millis(1500), "{:?}", start.elapsed());

    let start = Instant::now();
    let waiting = tokio::spawn({
        let queue = queue.clone();
        async move { queue.receive(10, 15).await }
    });
    tokio::time::sleep(Duration::from_millis(500)).await;
    send(&queue, "x").await;
    assert_eq!(waiting.await.unwrap().unwrap().len(), 1);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test]
#[ignore = "run by a_queue"]
async fn keeps_what_a_dropped_call_had() {
    let (queue, _) = create("dropped", &[(QueueAttributeName::VisibilityTimeout, "2")]).await;
    let dropped = tokio::time::timeout(Duration::from_millis(300), queue.receive(10, 3)).await;
    assert!(dropped.is_err());
    // Whichever of the two the server gives it to, it comes back.
    send(&queue, "x").await;
    let message = loop {
        if let Some(message) = queue.receive(10, 5).await.unwrap().pop() {
            break message;
        }
    };
    assert_eq!(message.body, "x");
}

#[tokio::test]
#[ignore = "run by a_queue"]
async fn is_opened_in_three_ways() {
    let (queue, arn) = create("ways", &[]).await;
    for text in [queue.url(), &arn] {
        let same = open(text).await.unwrap();
        assert_eq!((same.url(), same.name()), (queue.url(), "ways"));
        assert_eq!(same.depth().await.unwrap(), depth(0, 0));
    }
    let elsewhere = AwsSettings {
        region: Some("us-east-2".into()),
        ..AwsSettings::default()
    };
    assert!(Queue::open(&arn, &elsewhere).await.is_ok(), "the ARN's region counts");
    assert!(matches!(
        Queue::open("ways", &elsewhere).await,
        Err(QueueError::NotFound { .. })
    ));
}

#[tokio::test]
#[ignore = "run by a_queue"]
async fn says_what_does_not_exist() {
    let error = open("missing").await.unwrap_err();
    assert_eq!(error.to_string(), "queue `missing` does not exist in eu-west-1");
    assert!(error.hint().unwrap().starts_with("check the name") && !error.is_retryable());

    let url = format!("{}/123456789012/missing", env::var("AWS_ENDPOINT_URL").unwrap());
    let queue = open(&url).await.unwrap();
    for error in [
        queue.receive(1, 0).await.unwrap_err(),
        queue.depth().await.unwrap_err(),
        queue.dead_letter().await.unwrap_err(),
    ] {
        assert!(matches!(error, QueueError::NotFound { .. }), "{error}");
    }
}

#[tokio::test]
#[ignore = "run by a_queue"]
async fn goes_to_the_host_of_its_url() {
    let url = format!("{}/123456789012/many", env::var("QUEUE_HOST").unwrap());
    open(&url).await.unwrap().depth().await.unwrap();
}

#[tokio::test]
#[ignore = "run by a_queue"]
async fn says_that_there_are_no_credentials() {
    let error = open("logs").await.unwrap_err();
    assert!(matches!(error, QueueError::CredentialsMissing { .. }), "{error:?}");
    assert!(error.hint().unwrap().starts_with("set AWS_ACCESS_KEY_ID"));
}
