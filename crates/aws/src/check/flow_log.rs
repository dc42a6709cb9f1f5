//! A look at a flow log.

use super::Finding;
use super::client::Client;
use super::xml::Element;
use crate::resource::{Destination, FlowLog};

const VERSION: &str = "2016-11-15";

/// Looks whether a flow log of the VPC, subnet or interface goes where it should, and gets there.
pub(super) async fn look(client: &Client, flow_log: &FlowLog) -> Vec<Finding> {
    let FlowLog {
        label: _,
        watched,
        log_format,
        destination,
    } = flow_log;
    let thing = format!("flow log of {watched}");
    let parameters = [("Filter.1.Name", "resource-id"), ("Filter.1.Value.1", watched.as_str())];
    let answer = match client.form("ec2", VERSION, "DescribeFlowLogs", &parameters).await {
        Ok(answer) => answer,
        Err(error) => return vec![Finding::unknown(thing, "ec2:DescribeFlowLogs", &error)],
    };
    let items = answer.at("flowLogSet").into_iter().flat_map(|set| set.all("item"));
    // A bucket's ARN may have a slash behind it or not.
    let plain = |arn: &str| arn.trim_end_matches('/').to_owned();
    let ours: Vec<&Element> = items
        .filter(|item| plain(item.text_at("logDestination")) == plain(destination.arn()))
        .collect();
    let faults = ours.iter().map(|item| fault(item, log_format, destination));
    // Of several, one that is as it should be is enough.
    let finding = match faults.min_by_key(Option::is_some) {
        None => Finding::missing(thing, "make one as `flowtrail aws setup` with the same choices writes"),
        Some(None) => Finding::ok(thing),
        Some(Some((detail, mend))) => Finding::wrong(thing, detail, mend),
    };
    vec![finding]
}

/// What is wrong with a flow log, and how to mend it.
fn fault(item: &Element, log_format: &str, destination: &Destination) -> Option<(String, &'static str)> {
    let renew = "a flow log cannot be changed: make a new one, then delete this one";
    if item.text_at("flowLogStatus") != "ACTIVE" {
        return Some(("it is not active".to_owned(), renew));
    }
    if item.text_at("deliverLogsStatus") == "FAILED" {
        let why = item.text_at("deliverLogsErrorMessage");
        return Some((
            format!("its logs cannot be delivered: {why}"),
            "look at the bucket's policy and its key's",
        ));
    }
    if item.text_at("trafficType") != "ALL" {
        let only = item.text_at("trafficType");
        return Some((format!("it has {only} traffic only"), renew));
    }
    if item.text_at("logFormat") != log_format {
        return Some((
            "it writes other fields".to_owned(),
            "name its fields with --fields, or make a new one",
        ));
    }
    let Destination::Bucket {
        arn: _,
        form,
        is_hive,
        is_hourly,
    } = destination
    else {
        return None;
    };
    let options = item.at("destinationOptions")?;
    let is = |name: &str, expected: &str| options.text_at(name).eq_ignore_ascii_case(expected);
    let is_same = is("fileFormat", form.name())
        && is("hiveCompatiblePartitions", &is_hive.to_string())
        && is("perHourPartition", &is_hourly.to_string());
    (!is_same).then(|| {
        let detail = format!(
            "it writes {} with hive={} and hourly={}",
            options.text_at("fileFormat"),
            options.text_at("hiveCompatiblePartitions"),
            options.text_at("perHourPartition")
        );
        (
            detail,
            "name its form with --format, --hive and --hourly, or make a new one",
        )
    })
}
