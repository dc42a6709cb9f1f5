//! A CloudTrail Insights finding: two events, where it starts and where it ends.

use chrono::{DateTime, TimeDelta, Utc};

use crate::event::event_time;
use crate::json::{Json, list, object};
use crate::organization::Account;
use crate::rng::Rng;

/// An unusual rate of refused calls: the start event and the end event, minutes apart.
pub(crate) fn pair(account: &Account, region: &'static str, start: DateTime<Utc>, rng: &mut Rng) -> [Json; 2] {
    let shared = rng.uuid();
    [("Start", start), ("End", start + TimeDelta::minutes(7))].map(|(state, time)| {
        object([
            ("eventVersion", "1.11".into()),
            ("eventTime", event_time(time).into()),
            ("awsRegion", region.into()),
            ("eventID", rng.uuid().into()),
            ("eventType", "AwsCloudTrailInsight".into()),
            ("recipientAccountId", account.id.into()),
            ("sharedEventID", shared.clone().into()),
            ("insightDetails", details(account, state)),
            ("eventCategory", "Insight".into()),
        ])
    })
}

fn details(account: &Account, state: &'static str) -> Json {
    let average = |value: f64| object([("average", value.into())]);
    let mut statistics = object([("baseline", average(0.0125)), ("insight", average(38.5))]);
    if state == "End" {
        statistics = statistics.with("insightDuration", 7_u32);
    }
    statistics = statistics.with("baselineDuration", 10_080_u32);
    let value = object([
        (
            "value",
            format!("arn:aws:iam::{}:user/legacy-reporting", account.id).into(),
        ),
        ("average", 38.5.into()),
    ]);
    let attribution = object([("attribute", "userIdentityArn".into()), ("insight", list([value]))]);
    object([
        ("state", state.into()),
        ("eventSource", "s3.amazonaws.com".into()),
        ("eventName", "GetBucketAcl".into()),
        ("insightType", "ApiErrorRateInsight".into()),
        ("errorCode", "AccessDenied".into()),
        (
            "insightContext",
            object([("statistics", statistics), ("attributions", list([attribution]))]),
        ),
    ])
}
