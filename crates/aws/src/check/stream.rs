//! A look at a Firehose stream.

use serde_json::{Value, json};

use super::Finding;
use super::client::{CallError, Client};
use crate::resource::{Stream, TAKES_LOGS};

/// Looks whether the stream is there, sends to the endpoint, and takes flow logs.
pub(super) async fn look(client: &Client, stream: &Stream) -> Vec<Finding> {
    let thing = format!("stream {}", stream.name);
    let found = match ask(client, "DescribeDeliveryStream", &stream.name).await {
        Ok(mut answer) => answer["DeliveryStreamDescription"].take(),
        Err(error) if error.is(&["ResourceNotFoundException"]) => {
            let mend = "make it as `flowtrail aws setup` with the same choices writes";
            return vec![Finding::missing(thing, mend)];
        }
        Err(error) => return vec![Finding::unknown(thing, "firehose:DescribeDeliveryStream", &error)],
    };
    let url = &found["Destinations"][0]["HttpEndpointDestinationDescription"]["EndpointConfiguration"]["Url"];
    let status = found["DeliveryStreamStatus"].as_str().unwrap_or_default();
    let there = if status != "ACTIVE" {
        Finding::wrong(
            &thing,
            format!("it is {status}"),
            "wait until it is made, or make it again",
        )
    } else if url != stream.url.as_str() {
        let detail = format!("it sends to {}", url.as_str().unwrap_or("no HTTP endpoint"));
        Finding::wrong(
            &thing,
            detail,
            "aws firehose update-destination with the endpoint's address",
        )
    } else {
        Finding::ok(&thing)
    };
    vec![there, tagged(client, &thing, &stream.name).await]
}

async fn tagged(client: &Client, stream: &str, name: &str) -> Finding {
    let (key, value) = TAKES_LOGS;
    let thing = format!("{stream}, tag {key}");
    let tags = match ask(client, "ListTagsForDeliveryStream", name).await {
        Ok(mut answer) => answer["Tags"].take(),
        Err(error) => return Finding::unknown(thing, "firehose:ListTagsForDeliveryStream", &error),
    };
    let is_ours = |tag: &Value| tag["Key"] == key && tag["Value"] == value;
    if tags.as_array().is_some_and(|tags| tags.iter().any(is_ours)) {
        return Finding::ok(thing);
    }
    let mend = format!("aws firehose tag-delivery-stream --delivery-stream-name {name} --tags Key={key},Value={value}");
    Finding::missing(thing, mend)
}

async fn ask(client: &Client, action: &str, name: &str) -> Result<Value, CallError> {
    let target = format!("Firehose_20150804.{action}");
    let question = json!({"DeliveryStreamName": name});
    client.json("firehose", &target, &question).await
}
