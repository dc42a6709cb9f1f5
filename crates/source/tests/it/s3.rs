//! A bucket on moto. The environment is part of what is tested and a running test cannot change its own, so each case
//! runs in a process of its own: this test binary again, with the one case asked for.

use std::env;
use std::process::Command;

use flowtrail_source::{AwsSettings, Fetched, Object, SPOOL_BYTES, Source, SourceError};
use futures::TryStreamExt;

use crate::moto::Moto;
use crate::{content, names, open};

const TRAIL: &str =
    "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/01/123456789012_CloudTrail_eu-west-1_20261101T1205Z_a.json.gz";

/// Runs one of the ignored cases below in a process with just this AWS environment.
pub fn run_case(case: &str, environment: &[(&str, &str)]) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", case, "--ignored", "--nocapture"]);
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    let nowhere = "/nonexistent/aws";
    command.envs([
        ("AWS_CONFIG_FILE", nowhere),
        ("AWS_SHARED_CREDENTIALS_FILE", nowhere),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]);
    let output = command.envs(environment.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{case}:\n{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_bucket() {
    let Some(moto) = Moto::start() else { return };
    for bucket in ["/logs", "/empty", "/odd"] {
        moto.put(bucket, b"");
    }
    for (path, body) in [
        ("/logs/p/b.log", "b"),
        ("/logs/p/b/", ""),
        ("/logs/p/b/c%20d%25.log", "cd"),
        ("/logs/p/empty", ""),
        ("/logs/p/_delta_log/0.json", "x"),
        ("/logs/p/.hidden", "x"),
        ("/logs/marker/", ""),
        ("/logs/other", "x"),
        ("/odd/a//b", "x"),
        (&format!("/logs/{TRAIL}"), "{}"),
    ] {
        moto.put(path, body.as_bytes());
    }
    moto.put("/logs/large", &large());
    moto.put("/logs/medium", &large()[..9 * 1024 * 1024]);

    let endpoint = moto.endpoint();
    let keys = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
    let environment = [&[("AWS_ENDPOINT_URL_S3", endpoint.as_str())], &keys[..]].concat();
    for case in ["lists", "says_what_is_missing", "fetches", "fetches_no_other_version"] {
        run_case(&format!("s3::{case}"), &environment);
    }
    run_case(
        "s3::other_object",
        &[("AWS_ENDPOINT_URL", &endpoint), ("AWS_SKIP_SIGNATURE", "true")],
    );
    run_case("s3::missing_credentials", &[("AWS_ENDPOINT_URL", &endpoint)]);

    let folder = tempfile::tempdir().unwrap();
    let profiles = folder.path().join("config");
    std::fs::write(
        &profiles,
        format!(
            "[profile base]\naws_access_key_id = a\naws_secret_access_key = b\nendpoint_url = {endpoint}\n\
             [profile auditor]\nsource_profile = base\nrole_arn = arn:aws:iam::123456789012:role/auditor\n\
             external_id = x1\nregion = eu-west-1\n"
        ),
    )
    .unwrap();
    let profiles = ("AWS_CONFIG_FILE", profiles.to_str().unwrap());
    run_case("s3::other_object", &[profiles, ("AWS_PROFILE", "base")]);
    run_case(
        "s3::other_object",
        &[profiles, ("AWS_PROFILE", "auditor"), ("AWS_ENDPOINT_URL", &endpoint)],
    );
}

fn large() -> Vec<u8> {
    (0..SPOOL_BYTES as u32 + 77)
        .map(|number| (number / 1000) as u8)
        .collect()
}

async fn object(place: &str) -> (Source, Object) {
    let source = open(place).await.unwrap();
    let mut objects: Vec<Object> = source.list().try_collect().await.unwrap();
    assert_eq!(objects.len(), 1);
    (source, objects.remove(0))
}

#[tokio::test]
#[ignore = "run by a_bucket"]
async fn lists() {
    let beneath = ["b.log", "b/c d%.log", "empty"];
    for place in ["s3://logs/p", "s3://logs/p/"] {
        assert_eq!(
            names(&open(place).await.unwrap(), "s3://logs/p/").await,
            beneath,
            "{place}"
        );
    }
    assert_eq!(names(&open("s3://logs").await.unwrap(), "s3://logs/").await.len(), 7);
    assert_eq!(
        names(&open("s3://logs/p/.hidden").await.unwrap(), "s3://logs/").await,
        ["p/.hidden"]
    );
    for place in ["s3://empty", "s3://logs/marker/"] {
        assert!(names(&open(place).await.unwrap(), "").await.is_empty(), "{place}");
    }

    let (_, trail) = object("s3://logs/AWSLogs").await;
    assert_eq!(trail.uri, format!("s3://logs/{TRAIL}"));
    assert_eq!(
        (trail.size_bytes, trail.etag.as_str()),
        (2, "99914b932bd37a50b983c5e7c90ae93b")
    );
    assert_eq!(trail.key.account.as_deref(), Some("123456789012"));
}

#[tokio::test]
#[ignore = "run by a_bucket"]
async fn says_what_is_missing() {
    let first_error = async |place: &str| {
        let listed: Result<Vec<Object>, SourceError> = open(place).await.unwrap().list().try_collect().await;
        listed.unwrap_err()
    };
    let error = first_error("s3://nowhere/x").await;
    assert_eq!(error.to_string(), "bucket `nowhere` does not exist");
    assert!(error.hint().unwrap().contains("AWS_ENDPOINT_URL_S3"));

    let error = first_error("s3://logs/p/x/y").await;
    assert_eq!(error.to_string(), "s3://logs/p/x/y does not exist");
    assert_eq!(error.hint().unwrap(), "s3://logs/p/ exists; look there for the name");

    let error = first_error("s3://odd").await;
    assert!(matches!(error, SourceError::UnsupportedKey { .. }), "{error}");
    assert!(error.to_string().contains("a//b"), "{error}");
}

#[tokio::test]
#[ignore = "run by a_bucket"]
async fn fetches() {
    for (place, is_file) in [
        ("s3://logs/large", true),
        ("s3://logs/medium", false),
        ("s3://logs/p/b/c d%.log", false),
    ] {
        let (source, object) = object(place).await;
        let fetched = source.fetch(&object).await.unwrap();
        assert_eq!(matches!(fetched, Fetched::File(_)), is_file, "{place}");
        let content = content(fetched);
        match place {
            "s3://logs/large" => assert!(content == large()),
            "s3://logs/medium" => assert!(content == large()[..9 * 1024 * 1024]),
            _ => assert_eq!(content, b"cd"),
        }
        source.unchanged(&object).await.unwrap();
    }
    let (source, medium) = object("s3://logs/medium").await;
    let part = source.fetch_range(&medium, 100..8 * 1024 * 1024 + 200).await.unwrap();
    assert!(part == large()[100..8 * 1024 * 1024 + 200]);
    let (source, object) = object("s3://logs/p/empty").await;
    assert!(content(source.fetch(&object).await.unwrap()).is_empty());
}

#[tokio::test]
#[ignore = "run by a_bucket"]
async fn fetches_no_other_version() {
    for place in ["s3://logs/other", "s3://logs/large"] {
        let (source, object) = object(place).await;
        let replaced = Object {
            etag: "0123456789abcdef0123456789abcdef".into(),
            ..object.clone()
        };
        assert!(
            matches!(source.fetch(&replaced).await, Err(SourceError::Changed { .. })),
            "{place}"
        );
        let removed = Object {
            uri: format!("{}-removed", object.uri),
            ..object
        };
        assert!(
            matches!(source.fetch(&removed).await, Err(SourceError::Gone { .. })),
            "{place}"
        );
    }
}

#[tokio::test]
#[ignore = "run by a_bucket"]
async fn other_object() {
    let (source, object) = object("s3://logs/other").await;
    assert_eq!(content(source.fetch(&object).await.unwrap()), b"x");
}

#[tokio::test]
#[ignore = "run by a_bucket"]
async fn missing_credentials() {
    let source = Source::open(&"s3://logs".parse().unwrap(), &AwsSettings::default())
        .await
        .unwrap();
    let listed: Result<Vec<Object>, SourceError> = source.list().try_collect().await;
    let error = listed.unwrap_err();
    assert!(matches!(error, SourceError::CredentialsMissing { .. }), "{error}");
    assert!(error.hint().unwrap().starts_with("set AWS_ACCESS_KEY_ID"));
}
