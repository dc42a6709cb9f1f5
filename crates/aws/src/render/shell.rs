//! The resources as a script of AWS CLI commands, which may be run again.

use super::{ACCESS_KEY_MEANING, Plan};
use crate::document::{Document, object, texts};
use crate::resource::{
    Bucket, CREATED, DeadLetters, Destination, FlowLog, Notification, Queue, ROLE_POLICY, Resource, Role, Stream,
    TAKES_LOGS, Trail,
};

const ACCESS_KEY: &str = "ENDPOINT_ACCESS_KEY";
/// The only region in which a bucket is made without naming the region.
const FIRST_REGION: &str = "us-east-1";
/// A role is known everywhere in AWS only some seconds after it was made.
const TRIES: u32 = 12;
const BETWEEN_TRIES_S: u32 = 5;

/// The script, for bash.
pub(super) fn render(plan: &Plan) -> String {
    let asks = plan
        .resources
        .iter()
        .any(|resource| matches!(resource, Resource::Stream(_)));
    let how = if asks {
        format!("{ACCESS_KEY}=… bash FILE    # it may be run again")
    } else {
        "bash FILE    # it may be run again".to_owned()
    };
    let mut script = "#!/usr/bin/env bash\n".to_owned() + &plan.comments(&[how]) + &beginning(plan);
    if asks {
        script += &format!(": \"${{{ACCESS_KEY}:?{ACCESS_KEY_MEANING}}}\"\n");
    }
    for resource in &plan.resources {
        script.push('\n');
        script += &commands(resource);
    }
    script.push('\n');
    for output in &plan.outputs {
        script += &format!(
            "echo {}\n",
            quoted(&format!("{}: {}", output.description, output.value))
        );
    }
    script
}

/// In another account than the one the policies name, all of it would be wrong.
fn beginning(plan: &Plan) -> String {
    let (region, account) = (quoted(&plan.setup.region), quoted(&plan.setup.account));
    format!(
        r#"
set -euo pipefail
export AWS_REGION={region} AWS_DEFAULT_REGION={region} AWS_PAGER=''

account=$(aws sts get-caller-identity --query Account --output text)
if [ "$account" != {account} ]; then
  echo "these credentials are for account $account; this is for "{account} >&2
  exit 1
fi
"#
    )
}

fn commands(resource: &Resource) -> String {
    match resource {
        Resource::Queue(queue) => queue_commands(queue),
        Resource::Bucket(bucket) => bucket_commands(bucket),
        Resource::Role(role) => role_commands(role),
        Resource::Stream(stream) => stream_commands(stream),
        Resource::FlowLog(flow_log) => flow_log_commands(flow_log),
        Resource::Trail(trail) => trail_commands(trail),
    }
}

fn queue_commands(queue: &Queue) -> String {
    let Queue {
        label,
        name,
        visibility_s,
        retention_s,
        dead_letters,
        policy,
    } = queue;
    // SQS takes every attribute as text.
    let mut attributes = vec![
        ("VisibilityTimeout".to_owned(), visibility_s.to_string().into()),
        ("MessageRetentionPeriod".to_owned(), retention_s.to_string().into()),
        ("SqsManagedSseEnabled".to_owned(), "true".into()),
    ];
    if let Some(DeadLetters { queue_arn, receives }) = dead_letters {
        let redrive = object([
            ("deadLetterTargetArn", queue_arn.into()),
            ("maxReceiveCount", receives.to_string().into()),
        ]);
        attributes.push(("RedrivePolicy".to_owned(), redrive.line().into()));
    }
    if let Some(policy) = policy {
        attributes.push(("Policy".to_owned(), Document::from(policy).line().into()));
    }
    let variable = label.snake();
    // A queue that is there is given back, if nothing is asked of it; what is asked of it is set then.
    format!(
        "{variable}=$(aws sqs create-queue --queue-name {} --query QueueUrl --output text)\n\
         aws sqs set-queue-attributes --queue-url \"${variable}\" --attributes {}\n",
        quoted(name),
        json(&Document::Object(attributes)),
    )
}

fn bucket_commands(bucket: &Bucket) -> String {
    let Bucket {
        name,
        region,
        kms_key,
        is_versioned,
        keep_days,
        notification,
        policy,
    } = bucket;
    let name = quoted(name);
    let place = if region == FIRST_REGION {
        String::new()
    } else {
        format!(" --create-bucket-configuration LocationConstraint={}", quoted(region))
    };
    let all = [
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
    ];
    let owner = object([("ObjectOwnership", "BucketOwnerEnforced".into())]);
    let mut script = format!(
        "aws s3api head-bucket --bucket {name} >/dev/null 2>&1 \\\n  \
         || aws s3api create-bucket --bucket {name}{place} --output text >/dev/null\n"
    );
    let mut put = |what: &str, option: &str, document: &Document| {
        script += &format!("aws s3api put-{what} --bucket {name} --{option} {}\n", json(document));
    };
    put(
        "public-access-block",
        "public-access-block-configuration",
        &object(all.map(|one| (one, true.into()))),
    );
    let controls = object([("Rules", vec![owner].into())]);
    put("bucket-ownership-controls", "ownership-controls", &controls);
    let encrypted = encryption(kms_key.as_deref());
    put("bucket-encryption", "server-side-encryption-configuration", &encrypted);
    if *is_versioned {
        let enabled = object([("Status", "Enabled".into())]);
        put("bucket-versioning", "versioning-configuration", &enabled);
    }
    if let Some(days) = keep_days {
        let rules = lifecycle(days.get(), *is_versioned);
        put("bucket-lifecycle-configuration", "lifecycle-configuration", &rules);
    }
    put("bucket-policy", "policy", &policy.into());
    if let Some(notification) = notification {
        let queues = queues_told(notification);
        put(
            "bucket-notification-configuration",
            "notification-configuration",
            &queues,
        );
    }
    script
}

fn encryption(kms_key: Option<&str>) -> Document {
    let by_default = |algorithm: Document| ("ApplyServerSideEncryptionByDefault", algorithm);
    let rule = match kms_key {
        None => object([by_default(object([("SSEAlgorithm", "AES256".into())]))]),
        Some(key) => object([
            by_default(object([
                ("SSEAlgorithm", "aws:kms".into()),
                ("KMSMasterKeyID", key.into()),
            ])),
            ("BucketKeyEnabled", true.into()),
        ]),
    };
    object([("Rules", vec![rule].into())])
}

fn lifecycle(days: u32, is_versioned: bool) -> Document {
    let mut rule = vec![
        ("ID".to_owned(), "Age".into()),
        ("Status".to_owned(), "Enabled".into()),
        ("Filter".to_owned(), object([("Prefix", "".into())])),
        ("Expiration".to_owned(), object([("Days", days.into())])),
    ];
    if is_versioned {
        let expiration = object([("NoncurrentDays", days.into())]);
        rule.push(("NoncurrentVersionExpiration".to_owned(), expiration));
    }
    object([("Rules", vec![Document::Object(rule)].into())])
}

fn queues_told(notification: &Notification) -> Document {
    let Notification { queue_arn, prefix } = notification;
    let rule = object([("Name", "prefix".into()), ("Value", prefix.into())]);
    let filter = object([("Key", object([("FilterRules", vec![rule].into())]))]);
    let queue = object([
        ("QueueArn", queue_arn.into()),
        ("Events", texts(&[CREATED])),
        ("Filter", filter),
    ]);
    object([("QueueConfigurations", vec![queue].into())])
}

fn role_commands(role: &Role) -> String {
    let Role {
        label: _,
        name,
        description,
        trust,
        permissions,
    } = role;
    let (name, trust) = (quoted(name), json(&trust.into()));
    format!(
        "if aws iam get-role --role-name {name} --output text >/dev/null 2>&1; then\n  \
           aws iam update-assume-role-policy --role-name {name} --policy-document {trust}\n\
         else\n  \
           aws iam create-role --role-name {name} --description {} --assume-role-policy-document {trust} \
             --output text >/dev/null\n\
         fi\n\
         aws iam put-role-policy --role-name {name} --policy-name {ROLE_POLICY} --policy-document {}\n",
        quoted(description),
        json(&permissions.into()),
    )
}

fn stream_commands(stream: &Stream) -> String {
    let Stream {
        name,
        url,
        role_arn,
        bucket_arn,
        undelivered,
        buffer_s,
        buffer_mib,
        retry_s,
    } = stream;
    let bucket = object([
        ("RoleARN", role_arn.into()),
        ("BucketARN", bucket_arn.into()),
        ("Prefix", undelivered.into()),
        ("CompressionFormat", "GZIP".into()),
    ]);
    let buffering = object([
        ("IntervalInSeconds", (*buffer_s).into()),
        ("SizeInMBs", (*buffer_mib).into()),
    ]);
    let endpoint = object([
        ("Name", "Flowtrail".into()),
        ("Url", url.into()),
        ("AccessKey", ACCESS_KEY.into()),
    ]);
    let destination = object([
        ("EndpointConfiguration", endpoint),
        ("RequestConfiguration", object([("ContentEncoding", "GZIP".into())])),
        ("BufferingHints", buffering),
        ("RetryOptions", object([("DurationInSeconds", (*retry_s).into())])),
        ("RoleARN", role_arn.into()),
        ("S3BackupMode", "FailedDataOnly".into()),
        ("S3Configuration", bucket),
    ]);
    // The key is not in the script, nor in the arguments of a process, which others see: its text of JSON is put
    // together from the environment, and read from standard input.
    let marked = Document::from(ACCESS_KEY).line();
    let destination = json(&destination).replacen(&marked, "'\"$access_key\"'", 1);
    let (key, value) = TAKES_LOGS;
    let name = quoted(name);
    format!(
        r#"if ! aws firehose describe-delivery-stream --delivery-stream-name {name} --output text >/dev/null 2>&1; then
  access_key=${{{ACCESS_KEY}//\\/\\\\}}
  access_key="\"${{access_key//\"/\\\"}}\""
  tries={TRIES}
  until aws firehose create-delivery-stream --delivery-stream-name {name} --delivery-stream-type DirectPut \
    --tags Key={key},Value={value} --output text >/dev/null \
    --http-endpoint-destination-configuration file:///dev/stdin <<<{destination}; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ]
    sleep {BETWEEN_TRIES_S} # the role is not yet known everywhere
  done
fi
"#
    )
}

fn flow_log_commands(flow_log: &FlowLog) -> String {
    let FlowLog {
        label: _,
        watched,
        log_format,
        destination,
    } = flow_log;
    let mut options = String::new();
    if let Destination::Bucket {
        arn: _,
        form,
        is_hive,
        is_hourly,
    } = destination
    {
        let document = object([
            ("FileFormat", form.name().into()),
            ("HiveCompatiblePartitions", (*is_hive).into()),
            ("PerHourPartition", (*is_hourly).into()),
        ]);
        options = format!(" --destination-options {}", json(&document));
    }
    let (watched, arn) = (quoted(watched), quoted(destination.arn()));
    // What EC2 refuses it says in its answer, and the command succeeds.
    format!(
        r#"found=$(aws ec2 describe-flow-logs --filter Name=resource-id,Values={watched} \
  --query "FlowLogs[?LogDestination=='"{arn}"'].FlowLogId" --output text)
if [ -z "$found" ]; then
  refused=$(aws ec2 create-flow-logs --resource-ids {watched} --resource-type {kind} --traffic-type ALL \
    --log-destination-type {destination_kind} --log-destination {arn}{options} \
    --log-format {format} --query 'Unsuccessful[].Error.Message' --output text)
  if [ -n "$refused" ] && [ "$refused" != None ]; then
    echo "no flow log of "{watched}": $refused" >&2
    exit 1
  fi
fi
"#,
        kind = flow_log.watched_kind(),
        destination_kind = destination.kind(),
        format = quoted(log_format),
    )
}

fn trail_commands(trail: &Trail) -> String {
    let Trail { name, bucket, prefix } = trail;
    let prefix = prefix
        .as_ref()
        .map(|prefix| format!(" --s3-key-prefix {}", quoted(prefix)))
        .unwrap_or_default();
    let name = quoted(name);
    let options = format!(
        "--s3-bucket-name {}{prefix} --is-multi-region-trail --include-global-service-events",
        quoted(bucket)
    );
    format!(
        "if aws cloudtrail get-trail --name {name} --output text >/dev/null 2>&1; then\n  \
           aws cloudtrail update-trail --name {name} {options} --enable-log-file-validation --output text >/dev/null\n\
         else\n  \
           aws cloudtrail create-trail --name {name} {options} --enable-log-file-validation --output text >/dev/null\n\
         fi\n\
         aws cloudtrail start-logging --name {name}\n"
    )
}

fn json(document: &Document) -> String {
    quoted(&document.line())
}

/// A text as one word of the shell, which looks at nothing in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_does_not_end_a_word() {
        assert_eq!(quoted("a'b $c"), r"'a'\''b $c'");
    }
}
