//! The resources as a template of AWS CloudFormation.

use super::{ACCESS_KEY, ACCESS_KEY_MEANING, Plan, yaml};
use crate::document::{Document, object, texts};
use crate::resource::{
    Bucket, CREATED, DeadLetters, Destination, FlowLog, Notification, Queue, ROLE_POLICY, Resource, Role, Stream,
    TAKES_LOGS, Trail,
};

/// The template, in YAML.
pub(super) fn render(plan: &Plan) -> String {
    let setup = plan.setup;
    let asks = plan
        .resources
        .iter()
        .any(|resource| matches!(resource, Resource::Stream(_)));
    let mut deploy = format!(
        "aws cloudformation deploy --region {} --stack-name {} --template-file FILE --capabilities CAPABILITY_NAMED_IAM",
        setup.region, setup.name
    );
    if asks {
        deploy += &format!(" --parameter-overrides {ACCESS_KEY}=…");
    }
    let mut members = vec![
        member("AWSTemplateFormatVersion", "2010-09-09"),
        member("Description", "What Flowtrail needs to read the logs of this account"),
    ];
    if asks {
        members.push(member("Parameters", object([(ACCESS_KEY, access_key())])));
    }
    let resources = plan
        .resources
        .iter()
        .flat_map(|resource| entries(plan, resource))
        .collect();
    members.push(member("Resources", Document::Object(resources)));
    let output = |output: &super::Output| {
        let described = [
            ("Description", output.description.into()),
            ("Value", (&output.value).into()),
        ];
        member(output.name, object(described))
    };
    let outputs = plan.outputs.iter().map(output).collect();
    members.push(member("Outputs", Document::Object(outputs)));
    plan.comments(&[deploy]) + "\n" + &yaml::members(&members, 0)
}

type Member = (String, Document);

fn member(name: &str, value: impl Into<Document>) -> Member {
    (name.to_owned(), value.into())
}

fn access_key() -> Document {
    object([
        ("Type", "String".into()),
        ("NoEcho", true.into()),
        ("MinLength", 1.into()),
        ("Description", ACCESS_KEY_MEANING.into()),
    ])
}

fn entry(name: &str, kind: &str, needs: &[&str], properties: Vec<Member>) -> Member {
    let mut members = vec![member("Type", kind)];
    if !needs.is_empty() {
        members.push(member("DependsOn", texts(needs)));
    }
    members.push(member("Properties", Document::Object(properties)));
    member(name, Document::Object(members))
}

fn reference(name: &str) -> Document {
    object([("Ref", name.into())])
}

fn entries(plan: &Plan, resource: &Resource) -> Vec<Member> {
    // What writes to the bucket is looked at when it is made: AWS asks whether it may.
    let policy: &[&str] = if plan.has_bucket() { &["BucketPolicy"] } else { &[] };
    match resource {
        Resource::Queue(queue) => queue_entries(queue),
        Resource::Bucket(bucket) => bucket_entries(bucket),
        Resource::Role(role) => vec![role_entry(role)],
        Resource::Stream(stream) => vec![stream_entry(stream, policy)],
        Resource::FlowLog(flow_log) => vec![flow_log_entry(flow_log, policy)],
        Resource::Trail(trail) => vec![trail_entry(trail, policy)],
    }
}

fn queue_entries(queue: &Queue) -> Vec<Member> {
    let Queue {
        label,
        name,
        visibility_s,
        retention_s,
        dead_letters,
        policy,
    } = queue;
    let mut properties = vec![
        member("QueueName", name),
        member("VisibilityTimeout", *visibility_s),
        member("MessageRetentionPeriod", *retention_s),
        member("SqsManagedSseEnabled", true),
    ];
    if let Some(DeadLetters { queue_arn, receives }) = dead_letters {
        let redrive = [
            ("deadLetterTargetArn", queue_arn.into()),
            ("maxReceiveCount", (*receives).into()),
        ];
        properties.push(member("RedrivePolicy", object(redrive)));
    }
    let needs: &[&str] = if dead_letters.is_some() { &["DeadLetters"] } else { &[] };
    let mut entries = vec![entry(&label.pascal(), "AWS::SQS::Queue", needs, properties)];
    if let Some(policy) = policy {
        let properties = vec![
            member("Queues", vec![reference(&label.pascal())]),
            member("PolicyDocument", policy),
        ];
        let name = format!("{}Policy", label.pascal());
        entries.push(entry(&name, "AWS::SQS::QueuePolicy", &[], properties));
    }
    entries
}

fn bucket_entries(bucket: &Bucket) -> Vec<Member> {
    let Bucket {
        name,
        region: _,
        kms_key,
        is_versioned,
        keep_days,
        notification,
        policy,
    } = bucket;
    let all = [
        "BlockPublicAcls",
        "BlockPublicPolicy",
        "IgnorePublicAcls",
        "RestrictPublicBuckets",
    ];
    let owner = object([("ObjectOwnership", "BucketOwnerEnforced".into())]);
    let mut properties = vec![
        member("BucketName", name),
        member(
            "PublicAccessBlockConfiguration",
            object(all.map(|one| (one, true.into()))),
        ),
        member("OwnershipControls", object([("Rules", vec![owner].into())])),
        member("BucketEncryption", encryption(kms_key.as_deref())),
    ];
    if *is_versioned {
        let enabled = object([("Status", "Enabled".into())]);
        properties.push(member("VersioningConfiguration", enabled));
    }
    if let Some(days) = keep_days {
        let mut rule = vec![
            member("Id", "Age"),
            member("Status", "Enabled"),
            member("ExpirationInDays", days.get()),
        ];
        if *is_versioned {
            let expiration = object([("NoncurrentDays", days.get().into())]);
            rule.push(member("NoncurrentVersionExpiration", expiration));
        }
        let rules = vec![Document::Object(rule)].into();
        properties.push(member("LifecycleConfiguration", object([("Rules", rules)])));
    }
    if let Some(notification) = notification {
        properties.push(member("NotificationConfiguration", queues_told(notification)));
    }
    let needs: &[&str] = if notification.is_some() { &["QueuePolicy"] } else { &[] };
    let (logical, mut made) = entry("Bucket", "AWS::S3::Bucket", needs, properties);
    if let Document::Object(members) = &mut made {
        // Logs outlive the stack they were set up with.
        let kept = ["DeletionPolicy", "UpdateReplacePolicy"].map(|name| member(name, "Retain"));
        members.splice(1..1, kept);
    }
    let policy = vec![member("Bucket", reference("Bucket")), member("PolicyDocument", policy)];
    vec![
        (logical, made),
        entry("BucketPolicy", "AWS::S3::BucketPolicy", &[], policy),
    ]
}

fn encryption(kms_key: Option<&str>) -> Document {
    let rule = match kms_key {
        None => object([(
            "ServerSideEncryptionByDefault",
            object([("SSEAlgorithm", "AES256".into())]),
        )]),
        Some(key) => object([
            ("BucketKeyEnabled", true.into()),
            (
                "ServerSideEncryptionByDefault",
                object([("SSEAlgorithm", "aws:kms".into()), ("KMSMasterKeyID", key.into())]),
            ),
        ]),
    };
    object([("ServerSideEncryptionConfiguration", vec![rule].into())])
}

fn queues_told(notification: &Notification) -> Document {
    let Notification { queue_arn, prefix } = notification;
    let rule = object([("Name", "prefix".into()), ("Value", prefix.into())]);
    let filter = object([("S3Key", object([("Rules", vec![rule].into())]))]);
    let queue = object([
        ("Event", CREATED.into()),
        ("Queue", queue_arn.into()),
        ("Filter", filter),
    ]);
    object([("QueueConfigurations", vec![queue].into())])
}

fn role_entry(role: &Role) -> Member {
    let Role {
        label,
        name,
        description,
        trust,
        permissions,
    } = role;
    let least = object([
        ("PolicyName", ROLE_POLICY.into()),
        ("PolicyDocument", permissions.into()),
    ]);
    let properties = vec![
        member("RoleName", name),
        member("Description", *description),
        member("AssumeRolePolicyDocument", trust),
        member("Policies", vec![least]),
    ];
    entry(&label.pascal(), "AWS::IAM::Role", &[], properties)
}

fn stream_entry(stream: &Stream, policy: &[&str]) -> Member {
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
    let endpoint = object([
        ("Name", "Flowtrail".into()),
        ("Url", url.into()),
        ("AccessKey", reference(ACCESS_KEY)),
    ]);
    let buffering = object([
        ("IntervalInSeconds", (*buffer_s).into()),
        ("SizeInMBs", (*buffer_mib).into()),
    ]);
    let bucket = object([
        ("BucketARN", bucket_arn.into()),
        ("RoleARN", role_arn.into()),
        ("Prefix", undelivered.into()),
        ("CompressionFormat", "GZIP".into()),
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
    let (key, value) = TAKES_LOGS;
    let properties = vec![
        member("DeliveryStreamName", name),
        member("DeliveryStreamType", "DirectPut"),
        member("HttpEndpointDestinationConfiguration", destination),
        member("Tags", vec![object([("Key", key.into()), ("Value", value.into())])]),
    ];
    entry(
        "Stream",
        "AWS::KinesisFirehose::DeliveryStream",
        &[&["Firehose"], policy].concat(),
        properties,
    )
}

fn flow_log_entry(flow_log: &FlowLog, policy: &[&str]) -> Member {
    let FlowLog {
        label,
        watched,
        log_format,
        destination,
    } = flow_log;
    let mut properties = vec![
        member("ResourceId", watched),
        member("ResourceType", flow_log.watched_kind()),
        member("TrafficType", "ALL"),
        member("LogDestinationType", destination.kind()),
        member("LogDestination", destination.arn()),
        member("LogFormat", log_format),
    ];
    let needs = match destination {
        Destination::Stream { arn: _ } => &["Stream"],
        Destination::Bucket {
            arn: _,
            form,
            is_hive,
            is_hourly,
        } => {
            let options = [
                ("FileFormat", form.name().into()),
                ("HiveCompatiblePartitions", (*is_hive).into()),
                ("PerHourPartition", (*is_hourly).into()),
            ];
            properties.push(member("DestinationOptions", object(options)));
            policy
        }
    };
    entry(&label.pascal(), "AWS::EC2::FlowLog", needs, properties)
}

fn trail_entry(trail: &Trail, policy: &[&str]) -> Member {
    let Trail { name, bucket, prefix } = trail;
    let mut properties = vec![member("TrailName", name), member("S3BucketName", bucket)];
    properties.extend(prefix.as_ref().map(|prefix| member("S3KeyPrefix", prefix)));
    properties.extend([
        member("IsLogging", true),
        member("IsMultiRegionTrail", true),
        member("IncludeGlobalServiceEvents", true),
        member("EnableLogFileValidation", true),
    ]);
    entry("Trail", "AWS::CloudTrail::Trail", policy, properties)
}
