//! A look at a trail.

use serde_json::{Value, json};

use super::Finding;
use super::client::{CallError, Client};
use crate::resource::Trail;

const SERVICE: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";

/// Looks whether the trail is there, goes to the bucket, and is on.
pub(super) async fn look(client: &Client, trail: &Trail) -> Vec<Finding> {
    let Trail { name, bucket, prefix } = trail;
    let thing = format!("trail {name}");
    let found = match ask(client, "GetTrail", name).await {
        Ok(mut answer) => answer["Trail"].take(),
        Err(error) if error.is(&["TrailNotFoundException"]) => {
            let mend = "make it as `flowtrail aws setup` with the same choices writes";
            return vec![Finding::missing(thing, mend)];
        }
        Err(error) => return vec![Finding::unknown(thing, "cloudtrail:GetTrail", &error)],
    };
    let goes_to = (
        found["S3BucketName"].as_str().unwrap_or_default(),
        found["S3KeyPrefix"].as_str().filter(|prefix| !prefix.is_empty()),
    );
    let there = if goes_to != (bucket.as_str(), prefix.as_deref()) {
        let (bucket, prefix) = goes_to;
        let detail = format!("it writes to s3://{bucket}/{}", prefix.unwrap_or_default());
        Finding::wrong(&thing, detail, "aws cloudtrail update-trail with the bucket and prefix")
    } else if found["IsMultiRegionTrail"] != true {
        let mend = "aws cloudtrail update-trail --is-multi-region-trail";
        Finding::wrong(&thing, "it has one region's events only", mend)
    } else {
        Finding::ok(&thing)
    };
    vec![there, logging(client, &thing, name).await]
}

async fn logging(client: &Client, trail: &str, name: &str) -> Finding {
    let thing = format!("{trail}, logging");
    let status = match ask(client, "GetTrailStatus", name).await {
        Ok(status) => status,
        Err(error) => return Finding::unknown(thing, "cloudtrail:GetTrailStatus", &error),
    };
    if status["IsLogging"] != true {
        return Finding::wrong(
            thing,
            "it is off",
            format!("aws cloudtrail start-logging --name {name}"),
        );
    }
    match status["LatestDeliveryError"].as_str().filter(|error| !error.is_empty()) {
        Some(error) => {
            let detail = format!("its files cannot be delivered: {error}");
            Finding::wrong(thing, detail, "look at the bucket's policy and its key's")
        }
        None => Finding::ok(thing),
    }
}

async fn ask(client: &Client, action: &str, name: &str) -> Result<Value, CallError> {
    let target = format!("{SERVICE}.{action}");
    client.json("cloudtrail", &target, &json!({"Name": name})).await
}
