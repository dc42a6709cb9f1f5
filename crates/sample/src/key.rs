//! Object keys, exactly as AWS writes them.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

use crate::plan::Format;

/// The key of a flow log file: `discriminator` is the eight hexadecimal digits at the end of its name.
pub(crate) fn flow(
    account: &str,
    region: &str,
    flow_log: &str,
    start: DateTime<Utc>,
    discriminator: u32,
    format: Format,
) -> String {
    let time = five_minutes(start).format("%Y%m%dT%H%MZ");
    let name = format!("{account}_vpcflowlogs_{region}_{flow_log}_{time}_{discriminator:08x}");
    match format {
        Format::Text => {
            let day = start.format("%Y/%m/%d");
            format!("AWSLogs/{account}/vpcflowlogs/{region}/{day}/{name}.log.gz")
        }
        Format::Parquet => {
            let day = start.format("year=%Y/month=%m/day=%d");
            format!(
                "AWSLogs/aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}/{day}/{name}.log.parquet"
            )
        }
    }
}

/// The key of a file of CloudTrail events (`kind` is `CloudTrail`) or of Insights (`CloudTrail-Insight`).
pub(crate) fn trail(kind: &str, account: &str, region: &str, start: DateTime<Utc>, unique: &str) -> String {
    let day = start.format("%Y/%m/%d");
    let time = five_minutes(start).format("%Y%m%dT%H%MZ");
    format!("AWSLogs/{account}/{kind}/{region}/{day}/{account}_{kind}_{region}_{time}_{unique}.json.gz")
}

/// The key of a digest of the trail `trail`, whose home region is the region it digests.
pub(crate) fn digest(account: &str, region: &str, trail: &str, end: DateTime<Utc>) -> String {
    let day = end.format("%Y/%m/%d");
    let time = end.format("%Y%m%dT%H%M%SZ");
    format!(
        "AWSLogs/{account}/CloudTrail-Digest/{region}/{day}/\
         {account}_CloudTrail-Digest_{region}_{trail}_{region}_{time}.json.gz"
    )
}

/// AWS names files by five minutes.
fn five_minutes(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::minutes(5)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::time;

    // 2026-11-01T12:34:56Z
    const NOON: i64 = 1_793_536_496;

    #[test]
    fn flow_keys_are_awss() {
        let key = |format| {
            flow(
                "123456789012",
                "us-east-1",
                "fl-0123456789abcdef0",
                time(NOON),
                0x00ab_cdef,
                format,
            )
        };
        assert_eq!(
            key(Format::Text),
            "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/01/\
             123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20261101T1230Z_00abcdef.log.gz"
        );
        assert_eq!(
            key(Format::Parquet),
            "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/\
             year=2026/month=11/day=01/\
             123456789012_vpcflowlogs_us-east-1_fl-0123456789abcdef0_20261101T1230Z_00abcdef.log.parquet"
        );
    }

    #[test]
    fn trail_keys_are_awss() {
        assert_eq!(
            trail(
                "CloudTrail",
                "123456789012",
                "us-east-1",
                time(NOON),
                "7xgocspSowgK0Gto"
            ),
            "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/01/\
             123456789012_CloudTrail_us-east-1_20261101T1230Z_7xgocspSowgK0Gto.json.gz"
        );
        assert_eq!(
            digest("123456789012", "us-east-1", "management", time(NOON)),
            "AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/11/01/\
             123456789012_CloudTrail-Digest_us-east-1_management_us-east-1_20261101T123456Z.json.gz"
        );
    }
}
