//! A look at a queue.

use serde_json::{Value, json};

use super::client::{CallError, Client};
use super::{Finding, look_at_statement, unknown_statements};
use crate::resource::{DeadLetters, Queue};

/// What SQS calls a queue that is not there, in its two ways of being asked.
const NO_QUEUE: &[&str] = &["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];
const ACTION: &str = "sqs:GetQueueAttributes";

/// Looks whether the queue is there, where its dead letters go, and who may send.
pub(super) async fn look(client: &Client, queue: &Queue) -> Vec<Finding> {
    let thing = format!("queue {}", queue.name);
    let attributes = match attributes(client, &queue.name).await {
        Ok(attributes) => attributes,
        Err(error) if error.is(NO_QUEUE) => {
            let mend = "make it as `flowtrail aws setup` with the same choices writes";
            return vec![Finding::missing(thing, mend)];
        }
        Err(error) => {
            let mut findings = vec![Finding::unknown(&thing, ACTION, &error)];
            if let Some(policy) = &queue.policy {
                findings.extend(unknown_statements(&thing, &policy.statements, ACTION, &error));
            }
            return findings;
        }
    };
    let mut findings = vec![Finding::ok(&thing)];
    if let Some(dead_letters) = &queue.dead_letters {
        findings.push(dead(&thing, &document(&attributes, "RedrivePolicy"), dead_letters));
    }
    let policy = document(&attributes, "Policy");
    for statement in queue.policy.iter().flat_map(|policy| &policy.statements) {
        findings.push(look_at_statement(&format!("{thing}, policy"), Some(&policy), statement));
    }
    findings
}

async fn attributes(client: &Client, name: &str) -> Result<Value, CallError> {
    let found = client
        .json("sqs", "AmazonSQS.GetQueueUrl", &json!({"QueueName": name}))
        .await?;
    let question = json!({"QueueUrl": found["QueueUrl"], "AttributeNames": ["All"]});
    let mut answer = client.json("sqs", "AmazonSQS.GetQueueAttributes", &question).await?;
    Ok(answer["Attributes"].take())
}

/// An attribute that is JSON in a text.
fn document(attributes: &Value, name: &str) -> Value {
    let text = attributes[name].as_str().unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}

fn dead(queue: &str, redrive: &Value, needed: &DeadLetters) -> Finding {
    let thing = format!("{queue}, dead letters");
    let DeadLetters { queue_arn, receives } = needed;
    let mend = format!("set RedrivePolicy to {queue_arn} after {receives} receives: aws sqs set-queue-attributes");
    match redrive["deadLetterTargetArn"].as_str() {
        Some(found) if found == queue_arn => Finding::ok(thing),
        Some(found) => Finding::wrong(thing, format!("they go to {found}"), mend),
        None => Finding::missing(thing, mend),
    }
}
