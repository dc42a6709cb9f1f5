//! The parts of AWS that moto plays here: queues, topics, and buckets that tell them what is put.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::moto::Moto;

/// A queue, as a pipe and as other services name it.
#[derive(Clone, Debug)]
pub struct QueueName {
    pub url: String,
    pub arn: String,
}

/// A message that was received.
#[derive(Debug, PartialEq, Eq)]
pub struct Received {
    pub body: String,
    /// What the attribute `flowtrail.reason` says.
    pub reason: Option<String>,
}

/// One server for all tests that run at the time: each has a bucket and queues of its own.
pub struct Cloud(Arc<Moto>);

impl Cloud {
    /// `None` where there is no moto; that was said then.
    pub fn find() -> Option<Self> {
        static SHARED: Mutex<Weak<Moto>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(moto) = shared.upgrade() {
            return Some(Self(moto));
        }
        let moto = Arc::new(Moto::start()?);
        *shared = Arc::downgrade(&moto);
        Some(Self(moto))
    }

    pub fn endpoint(&self) -> String {
        self.0.endpoint()
    }

    pub fn port(&self) -> u16 {
        self.0.port
    }

    /// Puts a bucket (`/bucket`) or an object (`/bucket/key`, the key as in a URL).
    pub fn put(&self, path: &str, body: &[u8]) {
        self.0.put(path, body);
    }

    pub fn delete_object(&self, bucket: &str, key: &str) {
        self.ask("s3", "DELETE", &format!("/{bucket}/{key}"), "");
    }

    /// Has a bucket tell a queue (`Queue`) or a topic (`Topic`) what is put and deleted.
    pub fn tell(&self, bucket: &str, kind: &str, arn: &str) {
        let configuration = format!(
            "<NotificationConfiguration><{kind}Configuration><Id>n</Id><{kind}>{arn}</{kind}>\
             <Event>s3:ObjectCreated:*</Event><Event>s3:ObjectRemoved:*</Event></{kind}Configuration>\
             </NotificationConfiguration>"
        );
        self.put(&format!("/{bucket}?notification"), configuration.as_bytes());
    }

    pub fn create_queue(&self, name: &str, attributes: &[(&str, &str)]) -> QueueName {
        let mut form = vec![("QueueName".to_owned(), name.to_owned())];
        for (number, (name, value)) in (1..).zip(attributes) {
            form.push((format!("Attribute.{number}.Name"), (*name).to_owned()));
            form.push((format!("Attribute.{number}.Value"), (*value).to_owned()));
        }
        let answer = self.act("sqs", "CreateQueue", form);
        QueueName {
            url: between(&answer, "QueueUrl").remove(0),
            arn: format!("arn:aws:sqs:us-east-1:123456789012:{name}"),
        }
    }

    pub fn send(&self, queue: &QueueName, body: &str) {
        self.act("sqs", "SendMessage", of_queue(queue, &[("MessageBody", body)]));
    }

    /// Receives, at most ten messages, without waiting.
    pub fn receive(&self, queue: &QueueName) -> Vec<Received> {
        let wanted = [("MaxNumberOfMessages", "10"), ("MessageAttributeName.1", "All")];
        let answer = self.act("sqs", "ReceiveMessage", of_queue(queue, &wanted));
        let messages = between(&answer, "Message");
        let received = |message: &String| Received {
            body: unescaped(&between(message, "Body")[0]),
            reason: between(message, "StringValue").first().map(|reason| unescaped(reason)),
        };
        messages.iter().map(received).collect()
    }

    /// How many messages can be received, and how many somebody is at work on.
    pub fn depth(&self, queue: &QueueName) -> (u64, u64) {
        let answer = self.act(
            "sqs",
            "GetQueueAttributes",
            of_queue(queue, &[("AttributeName.1", "All")]),
        );
        let number = |name: &str| {
            let rest = answer.split_once(&format!("<Name>{name}</Name>")).unwrap().1;
            between(rest, "Value")[0].parse().unwrap()
        };
        let of = "ApproximateNumberOfMessages";
        (number(of), number(&format!("{of}NotVisible")))
    }

    /// A topic that passes on to the queue. Gives its ARN.
    pub fn create_topic(&self, name: &str, queue: &QueueName) -> String {
        let answer = self.act("sns", "CreateTopic", vec![("Name".to_owned(), name.to_owned())]);
        let topic = between(&answer, "TopicArn").remove(0);
        let subscription = [
            ("TopicArn", topic.as_str()),
            ("Protocol", "sqs"),
            ("Endpoint", &queue.arn),
        ];
        self.act("sns", "Subscribe", owned(&subscription));
        topic
    }

    /// A request in the services' old form, which needs no JSON and no signature that is right.
    fn act(&self, service: &str, action: &str, mut form: Vec<(String, String)>) -> String {
        form.push(("Action".to_owned(), action.to_owned()));
        let pairs: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        self.ask(service, "POST", "/", &pairs.join("&"))
    }

    fn ask(&self, service: &str, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port())).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=testing/20261101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.port(),
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
        answer
    }
}

fn of_queue(queue: &QueueName, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form = owned(more);
    form.push(("QueueUrl".to_owned(), queue.url.clone()));
    form
}

fn owned(form: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    form.iter().map(owned).collect()
}

/// The contents of all elements of a name, which do not nest.
fn between(xml: &str, name: &str) -> Vec<String> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&start).skip(1);
    parts
        .filter_map(|part| Some(part.split_once(&end)?.0.to_owned()))
        .collect()
}

/// As in a URL, every byte that is not plain.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").unwrap();
        }
    }
    encoded
}

fn unescaped(xml: &str) -> String {
    let named = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    named
        .iter()
        .fold(xml.to_owned(), |text, (name, letter)| text.replace(name, letter))
}
