//! Answers moto does not give: a small server that gives one answer to every request, and keeps the requests.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use flowtrail_source::{AwsSettings, Object, Source, SourceError};
use futures::TryStreamExt;

use crate::s3::run_case;

const EMPTY_LISTING: &str = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";
pub const ASSUMED_ROLE: &str = "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
    <Credentials><AccessKeyId>ASSUMED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>\
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

/// Answers with `answer(request)`, a status line's end and a body, on a free loopback port; returns its endpoint.
pub fn serve(answer: impl Fn(&str) -> (String, String) + Send + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = requests.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let Some(request) = read_request(&mut stream) else {
                continue;
            };
            let (status, body) = answer(&request);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            kept.lock().unwrap().push(request);
        }
    });
    (endpoint, requests)
}

fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        if body.len() >= length {
            return Some(text.into_owned());
        }
    }
}

/// The error of a listing whose every request is answered so.
async fn error_of(status: &'static str, body: &'static str) -> SourceError {
    let (endpoint, _) = serve(move |_| (status.to_owned(), body.to_owned()));
    let settings = AwsSettings {
        endpoint: Some(endpoint),
        region: Some("eu-west-1".into()),
        ..AwsSettings::default()
    };
    let source = Source::open(&"s3://b/x/".parse().unwrap(), &settings).await.unwrap();
    let listed: Result<Vec<Object>, SourceError> = source.list().try_collect().await;
    listed.unwrap_err()
}

#[test]
fn answers() {
    run_case(
        "answers::refusals",
        &[("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "s")],
    );
}

#[tokio::test]
#[ignore = "run by answers"]
async fn refusals() {
    for (status, body, message, hint) in [
        (
            "403 Forbidden",
            "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
            "access denied: list s3://b/",
            "the caller needs s3:ListBucket on the bucket of s3://b/; `aws sts get-caller-identity` says who the caller is",
        ),
        (
            "403 Forbidden",
            "<Error><Code>InvalidAccessKeyId</Code><Message>The key does not exist.</Message><AWSAccessKeyId>k</AWSAccessKeyId></Error>",
            "the AWS credentials were refused for bucket `b`: InvalidAccessKeyId: The key does not exist.",
            "check the access key, its secret and the session token, and which profile is in use",
        ),
        (
            "400 Bad Request",
            "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>",
            "the AWS credentials were refused for bucket `b`: ExpiredToken: The provided token has expired.",
            "the session has expired; log in again",
        ),
        (
            "400 Bad Request",
            "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-north-1</Region></Error>",
            "bucket `b` is not in the region asked",
            "set AWS_REGION=eu-north-1",
        ),
        (
            "301 Moved Permanently",
            "<Error><Code>PermanentRedirect</Code></Error>",
            "bucket `b` is not in the region asked",
            "set AWS_REGION to the bucket's region; `aws s3api get-bucket-location --bucket b` says it",
        ),
    ] {
        let error = error_of(status, body).await;
        assert_eq!(
            (error.to_string().as_str(), error.hint().as_deref()),
            (message, Some(hint))
        );
        assert!(!error.is_retryable());
    }
}

#[test]
fn a_role_is_assumed_with_its_external_id() {
    let (endpoint, requests) = serve(|request| {
        let body = if request.starts_with("POST") {
            ASSUMED_ROLE
        } else {
            EMPTY_LISTING
        };
        ("200 OK".to_owned(), body.to_owned())
    });
    run_case(
        "answers::lists_with_a_role",
        &[
            ("AWS_ACCESS_KEY_ID", "BASE"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_ENDPOINT_URL", &endpoint),
        ],
    );
    let requests = requests.lock().unwrap();
    let assume: Vec<&String> = requests.iter().filter(|request| request.starts_with("POST")).collect();
    assert_eq!(assume.len(), 1, "the role is assumed once: {requests:?}");
    for part in [
        "Action=AssumeRole",
        "ExternalId=x%2F1",
        "role%2Fauditor",
        "Credential=BASE/",
    ] {
        assert!(assume[0].contains(part), "{part}: {}", assume[0]);
    }
    let listings: Vec<&String> = requests.iter().filter(|request| request.starts_with("GET")).collect();
    assert_eq!(listings.len(), 2);
    assert!(
        listings
            .iter()
            .all(|request| request.contains("Credential=ASSUMED/") && request.contains("ap-south-1"))
    );
}

#[tokio::test]
#[ignore = "run by a_role_is_assumed_with_its_external_id"]
async fn lists_with_a_role() {
    let settings = AwsSettings {
        region: Some("ap-south-1".into()),
        role_arn: Some("arn:aws:iam::123456789012:role/auditor".into()),
        external_id: Some("x/1".into()),
        ..AwsSettings::default()
    };
    let source = Source::open(&"s3://b".parse().unwrap(), &settings).await.unwrap();
    for _ in 0..2 {
        let objects: Vec<Object> = source.list().try_collect().await.unwrap();
        assert!(objects.is_empty());
    }
}
