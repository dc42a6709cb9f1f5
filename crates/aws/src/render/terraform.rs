//! The resources as a configuration of Terraform, for the provider `hashicorp/aws`.

use super::hcl::Block;
use super::{ACCESS_KEY_MEANING, Plan};
use crate::document::{object, texts};
use crate::resource::{
    Bucket, CREATED, DeadLetters, Destination, FlowLog, Notification, Queue, ROLE_POLICY, Resource, Role, Stream,
    TAKES_LOGS, Trail,
};

const ACCESS_KEY: &str = "endpoint_access_key";
const BUCKET_POLICY: &str = "aws_s3_bucket_policy.bucket";
const QUEUE_POLICY: &str = "aws_sqs_queue_policy.queue";

/// The configuration, in HCL.
pub(super) fn render(plan: &Plan) -> String {
    let mut blocks = vec![requirements(), provider(plan)];
    if plan
        .resources
        .iter()
        .any(|resource| matches!(resource, Resource::Stream(_)))
    {
        let variable = Block::new("variable", &[ACCESS_KEY])
            .set_words("type", "string")
            .set("sensitive", true)
            .set("description", ACCESS_KEY_MEANING);
        blocks.push(variable);
    }
    blocks.extend(
        plan.resources
            .iter()
            .flat_map(|resource| resource_blocks(plan, resource)),
    );
    blocks.extend(plan.outputs.iter().map(|output| {
        Block::new("output", &[&snake(output.name)])
            .set("description", output.description)
            .set("value", &output.value)
    }));
    let written: Vec<String> = blocks.iter().map(|block| block.write(0)).collect();
    plan.comments(&["terraform init && terraform apply".to_owned()]) + "\n" + &written.join("\n")
}

fn requirements() -> Block {
    let provider = object([("source", "hashicorp/aws".into()), ("version", ">= 5.0".into())]);
    Block::new("terraform", &[])
        .set("required_version", ">= 1.5")
        .with(Block::new("required_providers", &[]).set("aws", provider))
}

fn provider(plan: &Plan) -> Block {
    // In another account than the one the policies name, all of it would be wrong.
    Block::new("provider", &["aws"])
        .set("region", &plan.setup.region)
        .set("allowed_account_ids", texts(&[&plan.setup.account]))
}

/// `QueueUrl` as `queue_url`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn resource(kind: &str, name: &str) -> Block {
    Block::new("resource", &[kind, name])
}

fn resource_blocks(plan: &Plan, resource: &Resource) -> Vec<Block> {
    // What writes to the bucket is looked at when it is made: AWS asks whether it may.
    let policy: &[&str] = if plan.has_bucket() { &[BUCKET_POLICY] } else { &[] };
    match resource {
        Resource::Queue(queue) => queue_blocks(queue),
        Resource::Bucket(bucket) => bucket_blocks(bucket),
        Resource::Role(role) => role_blocks(role),
        Resource::Stream(stream) => vec![stream_block(stream, policy)],
        Resource::FlowLog(flow_log) => vec![flow_log_block(flow_log, policy)],
        Resource::Trail(trail) => vec![trail_block(trail, policy)],
    }
}

fn queue_blocks(queue: &Queue) -> Vec<Block> {
    let Queue {
        label,
        name,
        visibility_s,
        retention_s,
        dead_letters,
        policy,
    } = queue;
    let mut made = resource("aws_sqs_queue", label.snake())
        .set("name", name)
        .set("visibility_timeout_seconds", *visibility_s)
        .set("message_retention_seconds", *retention_s)
        .set("sqs_managed_sse_enabled", true);
    if let Some(DeadLetters { queue_arn, receives }) = dead_letters {
        let redrive = [
            ("deadLetterTargetArn", queue_arn.into()),
            ("maxReceiveCount", (*receives).into()),
        ];
        made = made
            .set_json("redrive_policy", object(redrive))
            .after(&["aws_sqs_queue.dead_letters"]);
    }
    let policy = policy.as_ref().map(|policy| {
        resource("aws_sqs_queue_policy", label.snake())
            .set_words("queue_url", format!("aws_sqs_queue.{}.id", label.snake()))
            .set_json("policy", policy)
    });
    [made].into_iter().chain(policy).collect()
}

fn bucket_blocks(bucket: &Bucket) -> Vec<Block> {
    let Bucket {
        name,
        region: _,
        kms_key,
        is_versioned,
        keep_days,
        notification,
        policy,
    } = bucket;
    let part = |kind: &str| resource(kind, "bucket").set_words("bucket", "aws_s3_bucket.bucket.id");
    let mut blocks = vec![
        resource("aws_s3_bucket", "bucket").set("bucket", name),
        part("aws_s3_bucket_public_access_block")
            .set("block_public_acls", true)
            .set("block_public_policy", true)
            .set("ignore_public_acls", true)
            .set("restrict_public_buckets", true),
        part("aws_s3_bucket_ownership_controls")
            .with(Block::new("rule", &[]).set("object_ownership", "BucketOwnerEnforced")),
        part("aws_s3_bucket_server_side_encryption_configuration").with(encryption(kms_key.as_deref())),
    ];
    if *is_versioned {
        let enabled = Block::new("versioning_configuration", &[]).set("status", "Enabled");
        blocks.push(part("aws_s3_bucket_versioning").with(enabled));
    }
    if let Some(days) = keep_days {
        let mut rule = Block::new("rule", &[])
            .set("id", "Age")
            .set("status", "Enabled")
            .with(Block::new("filter", &[]))
            .with(Block::new("expiration", &[]).set("days", days.get()));
        if *is_versioned {
            rule = rule.with(Block::new("noncurrent_version_expiration", &[]).set("noncurrent_days", days.get()));
        }
        blocks.push(part("aws_s3_bucket_lifecycle_configuration").with(rule));
    }
    blocks.push(
        part("aws_s3_bucket_policy")
            .set_json("policy", policy)
            .after(&["aws_s3_bucket_public_access_block.bucket"]),
    );
    if let Some(Notification { queue_arn, prefix }) = notification {
        let queue = Block::new("queue", &[])
            .set("queue_arn", queue_arn)
            .set("events", texts(&[CREATED]))
            .set("filter_prefix", prefix);
        blocks.push(part("aws_s3_bucket_notification").with(queue).after(&[QUEUE_POLICY]));
    }
    blocks
}

fn encryption(kms_key: Option<&str>) -> Block {
    let by_default = Block::new("apply_server_side_encryption_by_default", &[]);
    match kms_key {
        None => Block::new("rule", &[]).with(by_default.set("sse_algorithm", "AES256")),
        Some(key) => Block::new("rule", &[])
            .set("bucket_key_enabled", true)
            .with(by_default.set("sse_algorithm", "aws:kms").set("kms_master_key_id", key)),
    }
}

fn role_blocks(role: &Role) -> Vec<Block> {
    let Role {
        label,
        name,
        description,
        trust,
        permissions,
    } = role;
    vec![
        resource("aws_iam_role", label.snake())
            .set("name", name)
            .set("description", *description)
            .set_json("assume_role_policy", trust),
        resource("aws_iam_role_policy", label.snake())
            .set("name", ROLE_POLICY)
            .set_words("role", format!("aws_iam_role.{}.id", label.snake()))
            .set_json("policy", permissions),
    ]
}

fn stream_block(stream: &Stream, policy: &[&str]) -> Block {
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
    let bucket = Block::new("s3_configuration", &[])
        .set("role_arn", role_arn)
        .set("bucket_arn", bucket_arn)
        .set("prefix", undelivered)
        .set("compression_format", "GZIP");
    let endpoint = Block::new("http_endpoint_configuration", &[])
        .set("name", "Flowtrail")
        .set("url", url)
        .set_words("access_key", format!("var.{ACCESS_KEY}"))
        .set("role_arn", role_arn)
        .set("buffering_interval", *buffer_s)
        .set("buffering_size", *buffer_mib)
        .set("retry_duration", *retry_s)
        .set("s3_backup_mode", "FailedDataOnly")
        .with(Block::new("request_configuration", &[]).set("content_encoding", "GZIP"))
        .with(bucket);
    let (key, value) = TAKES_LOGS;
    resource("aws_kinesis_firehose_delivery_stream", "stream")
        .set("name", name)
        .set("destination", "http_endpoint")
        .set("tags", object([(key, value.into())]))
        .after(&[&["aws_iam_role_policy.firehose"], policy].concat())
        .with(endpoint)
}

fn flow_log_block(flow_log: &FlowLog, policy: &[&str]) -> Block {
    let FlowLog {
        label,
        watched,
        log_format,
        destination,
    } = flow_log;
    let id = match flow_log.watched_kind() {
        "Subnet" => "subnet_id",
        "NetworkInterface" => "eni_id",
        _ => "vpc_id",
    };
    let made = resource("aws_flow_log", label.snake())
        .set(id, watched)
        .set("traffic_type", "ALL")
        .set("log_destination_type", destination.kind())
        .set("log_destination", destination.arn())
        .set("log_format", log_format);
    match destination {
        Destination::Stream { arn: _ } => made.after(&["aws_kinesis_firehose_delivery_stream.stream"]),
        Destination::Bucket {
            arn: _,
            form,
            is_hive,
            is_hourly,
        } => {
            let options = Block::new("destination_options", &[])
                .set("file_format", form.name())
                .set("hive_compatible_partitions", *is_hive)
                .set("per_hour_partition", *is_hourly);
            made.after(policy).with(options)
        }
    }
}

fn trail_block(trail: &Trail, policy: &[&str]) -> Block {
    let Trail { name, bucket, prefix } = trail;
    let mut made = resource("aws_cloudtrail", "trail")
        .set("name", name)
        .set("s3_bucket_name", bucket);
    if let Some(prefix) = prefix {
        made = made.set("s3_key_prefix", prefix);
    }
    made.set("is_multi_region_trail", true)
        .set("include_global_service_events", true)
        .set("enable_log_file_validation", true)
        .after(policy)
}
