//! A look at a bucket.

use serde_json::Value;

use super::client::{CallError, Client};
use super::xml::Element;
use super::{Finding, look_at_statement, unknown_statements};
use crate::policy::{Policy, Statement};
use crate::resource::{Bucket, CREATED, Notification};

const PUBLIC_ACCESS: &[&str] = &[
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
];

/// Looks whether the bucket is there, and then at each part of it.
pub(super) async fn look(client: &Client, bucket: &Bucket) -> Vec<Finding> {
    let Bucket {
        name,
        region,
        kms_key,
        is_versioned,
        keep_days,
        notification,
        policy,
    } = bucket;
    let there = is_there(client, name, region).await;
    if there.state != super::State::Ok {
        return vec![there];
    }
    let mut findings = vec![
        there,
        public_access(client, name).await,
        encryption(client, name, kms_key.as_deref()).await,
    ];
    if *is_versioned {
        findings.push(versions(client, name).await);
    }
    if let Some(days) = keep_days {
        findings.push(age(client, name, days.get()).await);
    }
    findings.extend(policy_statements(client, name, region, policy).await);
    if let Some(notification) = notification {
        findings.push(notified(client, name, notification).await);
    }
    findings
}

async fn is_there(client: &Client, bucket: &str, region: &str) -> Finding {
    let thing = format!("bucket {bucket}");
    let answer = client.bucket(bucket, "location").await;
    let found = match answer.as_deref().map(Element::read) {
        Ok(Some(location)) => location.text().to_owned(),
        Ok(None) => String::new(),
        Err(error) if error.is(&["NoSuchBucket"]) => {
            return Finding::missing(thing, "make it as `flowtrail aws setup` with the same choices writes");
        }
        Err(error) if error.is(&["PermanentRedirect", "AuthorizationHeaderMalformed"]) => {
            return Finding::wrong(thing, "it is in another region", "name its region with --region");
        }
        Err(error) => return Finding::unknown(thing, "s3:GetBucketLocation", error),
    };
    // The first region has no name here, and one has an old one.
    let found = match found.as_str() {
        "" => "us-east-1",
        "EU" => "eu-west-1",
        found => found,
    };
    if found == region {
        return Finding::ok(thing);
    }
    Finding::wrong(thing, format!("it is in {found}"), format!("say --region {found}"))
}

async fn public_access(client: &Client, bucket: &str) -> Finding {
    let thing = format!("bucket {bucket}, public access");
    let mend = "block all public access: aws s3api put-public-access-block, or in the console under Permissions";
    let answer = part(
        client,
        bucket,
        "publicAccessBlock",
        &["NoSuchPublicAccessBlockConfiguration"],
    )
    .await;
    match answer {
        Err(error) => Finding::unknown(thing, "s3:GetBucketPublicAccessBlock", &error),
        Ok(None) => Finding::missing(thing, mend),
        Ok(Some(found)) => {
            let open: Vec<&str> = PUBLIC_ACCESS
                .iter()
                .copied()
                .filter(|one| found.text_at(one) != "true")
                .collect();
            if open.is_empty() {
                return Finding::ok(thing);
            }
            Finding::wrong(thing, format!("{} is not set", open.join(", ")), mend)
        }
    }
}

async fn encryption(client: &Client, bucket: &str, kms_key: Option<&str>) -> Finding {
    let thing = format!("bucket {bucket}, encryption");
    let missing = ["ServerSideEncryptionConfigurationNotFoundError"];
    let mend = match kms_key {
        None => "encrypt by default with S3's keys: aws s3api put-bucket-encryption".to_owned(),
        Some(key) => format!("encrypt by default with {key}: aws s3api put-bucket-encryption"),
    };
    let found = match part(client, bucket, "encryption", &missing).await {
        Err(error) => return Finding::unknown(thing, "s3:GetEncryptionConfiguration", &error),
        Ok(None) => return Finding::missing(thing, mend),
        Ok(Some(found)) => found,
    };
    let key = found.text_at("Rule/ApplyServerSideEncryptionByDefault/KMSMasterKeyID");
    match kms_key {
        // With a key of its own a bucket is encrypted as well; the reader then has to be let use that key.
        None if !key.is_empty() => {
            let detail = format!("objects are encrypted with {key}, which the reader must be let use");
            Finding::wrong(thing, detail, "name the key with --kms-key")
        }
        Some(wanted) if wanted != key => Finding::wrong(thing, "objects are not encrypted with the key", mend),
        _ => Finding::ok(thing),
    }
}

async fn versions(client: &Client, bucket: &str) -> Finding {
    let thing = format!("bucket {bucket}, versions");
    let mend = "aws s3api put-bucket-versioning --versioning-configuration Status=Enabled";
    match part(client, bucket, "versioning", &[]).await {
        Err(error) => Finding::unknown(thing, "s3:GetBucketVersioning", &error),
        Ok(Some(found)) if found.text_at("Status") == "Enabled" => Finding::ok(thing),
        Ok(_) => Finding::missing(thing, mend),
    }
}

async fn age(client: &Client, bucket: &str, days: u32) -> Finding {
    let thing = format!("bucket {bucket}, age of objects");
    let mend =
        format!("add a rule by which objects expire after {days} days: aws s3api put-bucket-lifecycle-configuration");
    let rules = match part(client, bucket, "lifecycle", &["NoSuchLifecycleConfiguration"]).await {
        Err(error) => return Finding::unknown(thing, "s3:GetLifecycleConfiguration", &error),
        Ok(None) => return Finding::missing(thing, mend),
        Ok(Some(rules)) => rules,
    };
    let is_ours =
        |rule: &Element| rule.text_at("Status") == "Enabled" && rule.text_at("Expiration/Days") == days.to_string();
    if rules.all("Rule").any(is_ours) {
        return Finding::ok(thing);
    }
    Finding::wrong(thing, format!("no rule says {days} days"), mend)
}

async fn policy_statements(client: &Client, bucket: &str, region: &str, needed: &Policy) -> Vec<Finding> {
    const ACTION: &str = "s3:GetBucketPolicy";
    let needed: Vec<Statement> = needed.statements.iter().map(|one| of_region(one, region)).collect();
    let whose = format!("bucket {bucket}, policy");
    let found = match client.bucket(bucket, "policy").await {
        Ok(text) => serde_json::from_str(&text)
            .map(Some)
            .map_err(|_| CallError::Failed("the answer is no JSON".to_owned())),
        Err(error) if error.is(&["NoSuchBucketPolicy"]) => Ok(None),
        Err(error) => Err(error),
    };
    let found: Option<Value> = match found {
        Ok(found) => found,
        Err(error) => return unknown_statements(&whose, &needed, ACTION, &error),
    };
    needed
        .iter()
        .map(|statement| look_at_statement(&whose, found.as_ref(), statement))
        .collect()
}

/// A setup lets flow logs of all regions in; where a policy that AWS wrote lets in this region's, that is enough.
fn of_region(statement: &Statement, region: &str) -> Statement {
    let mut narrow = statement.clone();
    for value in narrow.conditions.iter_mut().flat_map(|condition| &mut condition.values) {
        *value = value.replace(":logs:*:", &format!(":logs:{region}:"));
    }
    narrow
}

async fn notified(client: &Client, bucket: &str, needed: &Notification) -> Finding {
    let Notification { queue_arn, prefix } = needed;
    let thing = format!("bucket {bucket}, notification");
    let mend =
        format!("add one of {CREATED} under `{prefix}` to {queue_arn}; putting a configuration replaces all others");
    let found = match part(client, bucket, "notification", &[]).await {
        Err(error) => return Finding::unknown(thing, "s3:GetBucketNotification", &error),
        Ok(found) => found.unwrap_or_default(),
    };
    let mut to_queue = found
        .all("QueueConfiguration")
        .filter(|one| one.text_at("Queue") == queue_arn)
        .peekable();
    if to_queue.peek().is_none() {
        return Finding::missing(thing, mend);
    }
    if to_queue.any(|one| tells_all(one, prefix)) {
        return Finding::ok(thing);
    }
    Finding::wrong(thing, "the queue is not told of every object", mend)
}

/// Whether a notification is of every object under `prefix`.
fn tells_all(configuration: &Element, prefix: &str) -> bool {
    let is_created = configuration.all("Event").any(|event| event.text() == CREATED);
    let is_passed = |rule: &Element| {
        rule.text_at("Name").eq_ignore_ascii_case("prefix") && prefix.starts_with(rule.text_at("Value"))
    };
    let mut rules = configuration
        .at("Filter/S3Key")
        .into_iter()
        .flat_map(|key| key.all("FilterRule"));
    is_created && rules.all(is_passed)
}

/// A sub-resource in XML; `None` when S3 answers with one of the codes `missing`.
async fn part(client: &Client, bucket: &str, name: &str, missing: &[&str]) -> Result<Option<Element>, CallError> {
    match client.bucket(bucket, name).await {
        Ok(text) => match Element::read(&text) {
            Some(found) => Ok(Some(found)),
            None => Err(CallError::Failed("the answer is no XML".to_owned())),
        },
        Err(error) if error.is(missing) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::granted::{Grant, granted};
    use crate::policies;
    use crate::setup::{Setup, tests::everything};

    #[test]
    fn what_aws_writes_by_itself_is_enough() {
        let choices = crate::Choices {
            accounts: vec!["123456789012".into()],
            ..everything()
        };
        let needed = policies::bucket(&Setup::new(&choices).unwrap());
        let written = serde_json::json!({"Statement": [{
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": "arn:aws:s3:::acme-logs/AWSLogs/aws-account-id=123456789012/*",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012", "s3:x-amz-acl": "bucket-owner-full-control"},
                "ArnLike": {"aws:SourceArn": "arn:aws:logs:eu-west-1:123456789012:*"},
            },
        }]});
        let granted_in = |region: &str| granted(&written, &of_region(&needed.statements[0], region));
        assert_eq!(granted_in("eu-west-1"), Grant::Granted);
        assert_eq!(granted_in("us-east-1"), Grant::Missing);
    }

    #[test]
    fn a_notification_is_of_all_objects_or_not() {
        let tells = |event: &str, rules: &str| {
            let text = format!("<a><Event>{event}</Event><Filter><S3Key>{rules}</S3Key></Filter></a>");
            tells_all(&Element::read(&text).unwrap(), "x/AWSLogs/")
        };
        let rule =
            |name: &str, value: &str| format!("<FilterRule><Name>{name}</Name><Value>{value}</Value></FilterRule>");
        assert!(tells(CREATED, ""));
        assert!(tells(CREATED, &rule("Prefix", "x/")));
        assert!(!tells(CREATED, &rule("prefix", "x/AWSLogs/1/")));
        assert!(!tells(CREATED, &rule("suffix", ".gz")));
        assert!(!tells("s3:ObjectRemoved:*", ""));
    }
}
