//! The policies of a setup: the least each part needs.
//!
//! Conditions on the source's account or ARN keep other customers' use of the same AWS services out ("The confused deputy
//! problem", IAM user guide).

use crate::policy::{Condition, Effect, Policy, Principal, Statement};
use crate::setup::{Reader, Setup};

/// Where Firehose puts what its endpoint did not take.
pub(crate) const UNDELIVERED: &str = "undelivered/";
const LOG_DELIVERY: &str = "delivery.logs.amazonaws.com";
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";
/// What both services ask for when they put an object, so that it is the bucket owner's.
const OWNER_CONTROLS: (&str, &str) = ("s3:x-amz-acl", "bucket-owner-full-control");

/// Who may write to the bucket: flow logs and trails of these accounts, and everybody over TLS only.
///
/// After "Amazon S3 bucket permissions for flow logs" (Amazon VPC user guide), with its statements' names, by which AWS
/// finds them and adds none of its own; and "Amazon S3 bucket policy for CloudTrail" (AWS CloudTrail user guide).
pub(crate) fn bucket(setup: &Setup) -> Policy {
    let mut statements = Vec::new();
    if has_delivery(setup) {
        statements.extend(flow_logs_write(setup));
    }
    if setup.has_trail {
        statements.extend(trails_write(setup));
    }
    statements.push(Statement {
        id: "TlsOnly",
        effect: Effect::Deny,
        principal: Some(Principal::Anyone),
        actions: vec!["s3:*"],
        resources: vec![setup.bucket_arn(), format!("{}/*", setup.bucket_arn())],
        conditions: vec![Condition::new("Bool", "aws:SecureTransport", ["false"])],
    });
    Policy { statements }
}

/// Whether flow logs come to the bucket: of this account, or of others that are set up by themselves.
pub(crate) fn has_delivery(setup: &Setup) -> bool {
    setup.firehose_url.is_none() && (!setup.watched.is_empty() || setup.accounts.len() > 1)
}

fn flow_logs_write(setup: &Setup) -> [Statement; 2] {
    // A flow log of any region of these accounts: the accounts are what must be kept apart.
    let delivery = |account: &String| format!("arn:{}:logs:*:{account}:*", setup.partition());
    let of_accounts = Condition::new("StringEquals", "aws:SourceAccount", &setup.accounts);
    let of_logs = Condition::new("ArnLike", "aws:SourceArn", setup.accounts.iter().map(delivery));
    let (acl, owner) = OWNER_CONTROLS;
    let folder = |account: &String| {
        let name = if setup.is_hive { "aws-account-id=" } else { "" };
        setup.objects_arn(&format!("AWSLogs/{name}{account}/"))
    };
    let write = Statement {
        id: "AWSLogDeliveryWrite",
        effect: Effect::Allow,
        principal: Some(Principal::Service(LOG_DELIVERY)),
        actions: vec!["s3:PutObject"],
        resources: setup.accounts.iter().map(folder).collect(),
        conditions: vec![
            of_accounts.clone(),
            Condition::new("StringEquals", acl, [owner]),
            of_logs.clone(),
        ],
    };
    let look = Statement {
        id: "AWSLogDeliveryAclCheck",
        actions: vec!["s3:GetBucketAcl"],
        resources: vec![setup.bucket_arn()],
        conditions: vec![of_accounts, of_logs],
        ..write.clone()
    };
    [write, look]
}

fn trails_write(setup: &Setup) -> [Statement; 2] {
    let trail = |account: &String| {
        let (partition, region, name) = (setup.partition(), &setup.region, &setup.trail_name);
        format!("arn:{partition}:cloudtrail:{region}:{account}:trail/{name}")
    };
    let of_trails = Condition::new("StringEquals", "aws:SourceArn", setup.accounts.iter().map(trail));
    let (acl, owner) = OWNER_CONTROLS;
    let folder = |account: &String| setup.objects_arn(&format!("AWSLogs/{account}/"));
    let write = Statement {
        id: "AWSCloudTrailWrite",
        effect: Effect::Allow,
        principal: Some(Principal::Service(CLOUDTRAIL)),
        actions: vec!["s3:PutObject"],
        resources: setup.accounts.iter().map(folder).collect(),
        conditions: vec![Condition::new("StringEquals", acl, [owner]), of_trails.clone()],
    };
    let look = Statement {
        id: "AWSCloudTrailAclCheck",
        actions: vec!["s3:GetBucketAcl"],
        resources: vec![setup.bucket_arn()],
        conditions: vec![of_trails],
        ..write.clone()
    };
    [look, write]
}

/// Who may send to the queue: this bucket of this account.
///
/// After "Granting permissions to publish event notification messages to a destination" (Amazon S3 user guide).
pub(crate) fn queue(setup: &Setup, queue_arn: &str) -> Policy {
    Policy {
        statements: vec![Statement {
            id: "BucketSends",
            effect: Effect::Allow,
            principal: Some(Principal::Service("s3.amazonaws.com")),
            actions: vec!["sqs:SendMessage"],
            resources: vec![queue_arn.to_owned()],
            conditions: vec![
                Condition::new("StringEquals", "aws:SourceAccount", [&setup.account]),
                Condition::new("ArnEquals", "aws:SourceArn", [setup.bucket_arn()]),
            ],
        }],
    }
}

/// Who may assume the reader's role.
pub(crate) fn reader_trust(reader: &Reader) -> Policy {
    trust(
        Principal::Aws(reader.principal.clone()),
        Condition::new("StringEquals", "sts:ExternalId", [&reader.external_id]),
    )
}

/// What the reader may do: list and get the logs, and take messages of the queue.
pub(crate) fn reader(setup: &Setup) -> Policy {
    let mut statements = vec![
        Statement {
            conditions: vec![Condition::new("StringLike", "s3:prefix", [setup.key("AWSLogs/*")])],
            ..may("ListLogs", &["s3:ListBucket"], setup.bucket_arn())
        },
        may("GetLogs", &["s3:GetObject"], setup.objects_arn("AWSLogs/")),
    ];
    if setup.has_queue {
        let actions = [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
        ];
        statements.push(may("TakeMessages", &actions, setup.arn("sqs", &setup.queue_name)));
        let dead_letters = setup.arn("sqs", &setup.dead_letter_queue_name());
        statements.push(may("RefuseMessages", &["sqs:SendMessage"], dead_letters));
    }
    if let Some(key) = &setup.kms_key {
        statements.push(may("DecryptLogs", &["kms:Decrypt"], key.clone()));
    }
    Policy { statements }
}

/// Firehose, for streams of this account.
pub(crate) fn firehose_trust(setup: &Setup) -> Policy {
    trust(
        Principal::Service("firehose.amazonaws.com"),
        Condition::new("StringEquals", "sts:ExternalId", [&setup.account]),
    )
}

/// What Firehose may do: put what could not be delivered into the bucket.
///
/// After "Grant Firehose access to an HTTP endpoint destination" (Amazon Data Firehose developer guide).
pub(crate) fn firehose(setup: &Setup) -> Policy {
    let on_objects = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];
    let on_bucket = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"];
    let mut statements = vec![
        may("PutUndelivered", &on_objects, setup.objects_arn(UNDELIVERED)),
        may("FindBucket", &on_bucket, setup.bucket_arn()),
    ];
    if let Some(key) = &setup.kms_key {
        let actions = ["kms:Decrypt", "kms:GenerateDataKey"];
        statements.push(may("EncryptUndelivered", &actions, key.clone()));
    }
    Policy { statements }
}

/// What the policy of a KMS key needs besides, so that AWS's services can write what it encrypts.
///
/// After "Required key policy for use with SSE-KMS buckets" (Amazon VPC user guide).
pub(crate) fn key_statements(setup: &Setup) -> Vec<Statement> {
    let lets = |id: &'static str, service: &'static str| Statement {
        id,
        effect: Effect::Allow,
        principal: Some(Principal::Service(service)),
        actions: vec!["kms:GenerateDataKey*", "kms:Decrypt"],
        resources: vec!["*".to_owned()],
        conditions: vec![Condition::new("StringEquals", "aws:SourceAccount", &setup.accounts)],
    };
    let flow_logs = has_delivery(setup).then(|| lets("FlowLogsEncrypt", LOG_DELIVERY));
    let trail = setup.has_trail.then(|| lets("TrailEncrypts", CLOUDTRAIL));
    flow_logs.into_iter().chain(trail).collect()
}

fn trust(principal: Principal, condition: Condition) -> Policy {
    Policy {
        statements: vec![Statement {
            id: "Assume",
            effect: Effect::Allow,
            principal: Some(principal),
            actions: vec!["sts:AssumeRole"],
            resources: Vec::new(),
            conditions: vec![condition],
        }],
    }
}

/// What the role that has the policy may do.
fn may(id: &'static str, actions: &[&'static str], resource: String) -> Statement {
    Statement {
        id,
        effect: Effect::Allow,
        principal: None,
        actions: actions.to_vec(),
        resources: vec![resource],
        conditions: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::setup::tests::everything;

    fn lines(policy: &Policy) -> String {
        let lines: Vec<String> = policy.statements.iter().map(|one| Document::from(one).line()).collect();
        lines.join("\n")
    }

    #[test]
    fn writers_write_below_their_own_accounts() {
        let setup = Setup::new(&everything()).unwrap();
        insta::assert_snapshot!(lines(&bucket(&setup)), @r#"
        {"Sid":"AWSLogDeliveryWrite","Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:PutObject","Resource":["arn:aws:s3:::acme-logs/AWSLogs/aws-account-id=123456789012/*","arn:aws:s3:::acme-logs/AWSLogs/aws-account-id=210987654321/*"],"Condition":{"StringEquals":{"aws:SourceAccount":["123456789012","210987654321"],"s3:x-amz-acl":"bucket-owner-full-control"},"ArnLike":{"aws:SourceArn":["arn:aws:logs:*:123456789012:*","arn:aws:logs:*:210987654321:*"]}}}
        {"Sid":"AWSLogDeliveryAclCheck","Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::acme-logs","Condition":{"StringEquals":{"aws:SourceAccount":["123456789012","210987654321"]},"ArnLike":{"aws:SourceArn":["arn:aws:logs:*:123456789012:*","arn:aws:logs:*:210987654321:*"]}}}
        {"Sid":"AWSCloudTrailAclCheck","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::acme-logs","Condition":{"StringEquals":{"aws:SourceArn":["arn:aws:cloudtrail:eu-west-1:123456789012:trail/flowtrail","arn:aws:cloudtrail:eu-west-1:210987654321:trail/flowtrail"]}}}
        {"Sid":"AWSCloudTrailWrite","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":["arn:aws:s3:::acme-logs/AWSLogs/123456789012/*","arn:aws:s3:::acme-logs/AWSLogs/210987654321/*"],"Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control","aws:SourceArn":["arn:aws:cloudtrail:eu-west-1:123456789012:trail/flowtrail","arn:aws:cloudtrail:eu-west-1:210987654321:trail/flowtrail"]}}}
        {"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::acme-logs","arn:aws:s3:::acme-logs/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}
        "#);
    }

    #[test]
    fn a_reader_reads_below_the_prefix_and_takes_messages() {
        let mut choices = everything();
        choices.prefix = Some("net".into());
        choices.kms_key = Some("arn:aws:kms:eu-west-1:123456789012:key/1".into());
        let setup = Setup::new(&choices).unwrap();
        insta::assert_snapshot!(lines(&reader(&setup)), @r#"
        {"Sid":"ListLogs","Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-logs","Condition":{"StringLike":{"s3:prefix":"net/AWSLogs/*"}}}
        {"Sid":"GetLogs","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-logs/net/AWSLogs/*"}
        {"Sid":"TakeMessages","Effect":"Allow","Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:ChangeMessageVisibility","sqs:GetQueueAttributes","sqs:GetQueueUrl"],"Resource":"arn:aws:sqs:eu-west-1:123456789012:flowtrail-logs"}
        {"Sid":"RefuseMessages","Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-1:123456789012:flowtrail-logs-dead"}
        {"Sid":"DecryptLogs","Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:eu-west-1:123456789012:key/1"}
        "#);
        insta::assert_snapshot!(lines(&reader_trust(setup.reader.as_ref().unwrap())), @r#"
        {"Sid":"Assume","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:role/loader"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"4f9b-77"}}}
        "#);
    }

    #[test]
    fn without_logs_there_is_nobody_to_write() {
        let mut choices = everything();
        (choices.watched, choices.has_trail) = (Vec::new(), false);
        choices.accounts.truncate(1);
        let ids = |policy: Policy| policy.statements.iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(ids(bucket(&Setup::new(&choices).unwrap())), ["TlsOnly"]);
    }
}
