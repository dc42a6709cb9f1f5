//! From choices to what is set up, in the order in which it can be made.

use crate::policies;
use crate::resource::{
    Bucket, DeadLetters, Destination, FlowLog, Label, Notification, Queue, Resource, Role, Stream, Trail,
};
use crate::setup::Setup;

/// A batch of a load is done in less; its messages come back when its process died.
const VISIBILITY_S: u32 = 15 * 60;
/// The longest SQS keeps a message: two weeks to notice that nobody takes them.
const RETENTION_S: u32 = 14 * 24 * 60 * 60;
const RECEIVES: u32 = 5;
const BUFFER_S: u32 = 60;
const BUFFER_MIB: u32 = 5;
const RETRY_S: u32 = 60 * 60;

/// What `setup` needs: nothing stands before what it refers to.
pub(crate) fn resources(setup: &Setup) -> Vec<Resource> {
    let mut resources = Vec::new();
    if setup.has_queue {
        resources.extend(queues(setup).map(Resource::Queue));
    }
    if !setup.is_bucket_there {
        resources.push(Resource::Bucket(bucket(setup)));
    }
    if let Some(reader) = &setup.reader {
        resources.push(Resource::Role(Role {
            label: label("reader"),
            name: reader.role.clone(),
            description: "Reads the logs for Flowtrail",
            trust: policies::reader_trust(reader),
            permissions: policies::reader(setup),
        }));
    }
    if let Some(url) = &setup.firehose_url {
        let role = firehose_role(setup);
        resources.push(Resource::Stream(stream(setup, url, &role.name)));
        resources.insert(resources.len() - 1, Resource::Role(role));
    }
    resources.extend(setup.watched.iter().map(|id| Resource::FlowLog(flow_log(setup, id))));
    if setup.has_trail {
        resources.push(Resource::Trail(Trail {
            name: setup.trail_name.clone(),
            bucket: setup.bucket.clone(),
            prefix: setup.prefix.clone(),
        }));
    }
    resources
}

/// The queue of what nobody could work on, and then the queue.
fn queues(setup: &Setup) -> [Queue; 2] {
    let name = setup.dead_letter_queue_name();
    let queue_arn = setup.arn("sqs", &setup.queue_name);
    let dead_letters = DeadLetters {
        queue_arn: setup.arn("sqs", &name),
        receives: RECEIVES,
    };
    let dead = Queue {
        label: label("dead_letters"),
        name,
        visibility_s: VISIBILITY_S,
        retention_s: RETENTION_S,
        dead_letters: None,
        policy: None,
    };
    let queue = Queue {
        label: label("queue"),
        name: setup.queue_name.clone(),
        dead_letters: Some(dead_letters),
        policy: Some(policies::queue(setup, &queue_arn)),
        ..dead.clone()
    };
    [dead, queue]
}

fn bucket(setup: &Setup) -> Bucket {
    let notification = setup.has_queue.then(|| Notification {
        queue_arn: setup.arn("sqs", &setup.queue_name),
        prefix: setup.key("AWSLogs/"),
    });
    Bucket {
        name: setup.bucket.clone(),
        region: setup.region.clone(),
        kms_key: setup.kms_key.clone(),
        is_versioned: setup.is_versioned,
        keep_days: setup.keep_days,
        notification,
        policy: policies::bucket(setup),
    }
}

fn firehose_role(setup: &Setup) -> Role {
    Role {
        label: label("firehose"),
        name: format!("{}-firehose", setup.name),
        description: "Lets Firehose keep what Flowtrail's endpoint did not take",
        trust: policies::firehose_trust(setup),
        permissions: policies::firehose(setup),
    }
}

fn stream_name(setup: &Setup) -> String {
    format!("{}-flow-logs", setup.name)
}

fn stream(setup: &Setup, url: &str, role: &str) -> Stream {
    Stream {
        name: stream_name(setup),
        url: url.to_owned(),
        role_arn: setup.role_arn(role),
        bucket_arn: setup.bucket_arn(),
        undelivered: setup.key(policies::UNDELIVERED),
        buffer_s: BUFFER_S,
        buffer_mib: BUFFER_MIB,
        retry_s: RETRY_S,
    }
}

fn flow_log(setup: &Setup, id: &str) -> FlowLog {
    let destination = if setup.firehose_url.is_some() {
        let stream = format!("deliverystream/{}", stream_name(setup));
        Destination::Stream {
            arn: setup.arn("firehose", &stream),
        }
    } else {
        let arn = match &setup.prefix {
            Some(prefix) => format!("{}/{prefix}/", setup.bucket_arn()),
            None => setup.bucket_arn(),
        };
        Destination::Bucket {
            arn,
            form: setup.form,
            is_hive: setup.is_hive,
            is_hourly: setup.is_hourly,
        }
    };
    FlowLog {
        label: Label(format!("flow_log_{}", id.replace('-', "_"))),
        watched: id.to_owned(),
        log_format: setup.log_format.clone(),
        destination,
    }
}

fn label(words: &str) -> Label {
    Label(words.to_owned())
}
