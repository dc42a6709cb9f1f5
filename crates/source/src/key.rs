//! What an object's key says by itself: whose log it is, of which kind, from where and when.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// The AWS delivery that writes keys of this shape.
///
/// Transit Gateway flow logs are delivered under `vpcflowlogs` too; which of the two an object holds only its content
/// tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// VPC or Transit Gateway flow logs.
    VpcFlow,
    /// `CloudTrail` events.
    CloudTrail,
    /// `CloudTrail`'s signed digests, which hold no events.
    CloudTrailDigest,
    /// `CloudTrail` Insights events.
    CloudTrailInsight,
}

/// What a key tells; `None` where it does not.
///
/// Key layouts are those of the AWS pages "Flow log files" (Amazon VPC) and "Finding your `CloudTrail` log files".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyFacts {
    /// The delivery that writes such keys.
    pub layout: Option<Layout>,
    /// The twelve digits of the account the log is of.
    pub account: Option<String>,
    /// The organization's id (`o-…`), for an organization trail.
    pub organization: Option<String>,
    /// The region, such as `eu-west-1`.
    pub region: Option<String>,
    /// The day of the folder, else of the file name's time.
    pub day: Option<NaiveDate>,
    /// The hour of the folder, 0 to 23.
    pub hour: Option<u8>,
    /// The time in the file name.
    pub time: Option<DateTime<Utc>>,
}

/// Reads what a key tells.
///
/// ```
/// use flowtrail_source::{Layout, key_facts};
///
/// let facts = key_facts(
///     "logs/AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/11/01/\
///      123456789012_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_20261101T1205Z_0a1b2c3d.log.gz",
/// );
/// assert_eq!(facts.layout, Some(Layout::VpcFlow));
/// assert_eq!(facts.account.as_deref(), Some("123456789012"));
/// assert_eq!(facts.region.as_deref(), Some("eu-west-1"));
/// assert_eq!(facts.day.unwrap().to_string(), "2026-11-01");
/// assert_eq!(facts.time.unwrap().to_rfc3339(), "2026-11-01T12:05:00+00:00");
/// ```
pub fn key_facts(key: &str) -> KeyFacts {
    let (folders, name) = key.rsplit_once('/').unwrap_or(("", key));
    let folders: Vec<&str> = folders.split('/').collect();

    let mut facts = KeyFacts::default();
    read_aws_logs_folders(&folders, &mut facts);
    read_hive_folders(&folders, &mut facts);
    read_date_folders(&folders, &mut facts);
    read_name(name, &mut facts);
    facts
}

/// `…/AWSLogs/[o-<org>/]<account>/<service>/<region>/…`
fn read_aws_logs_folders(folders: &[&str], facts: &mut KeyFacts) {
    let Some(start) = folders.iter().rposition(|folder| *folder == "AWSLogs") else {
        return;
    };
    let mut rest = folders[start + 1..].iter().copied().peekable();
    if let Some(organization) = rest.next_if(|folder| is_organization(folder)) {
        facts.organization = Some(organization.to_owned());
    }
    let Some(account) = rest.next_if(|folder| is_account(folder)) else {
        return;
    };
    facts.account = Some(account.to_owned());
    facts.layout = rest.next().and_then(layout_of);
    facts.region = rest.next().filter(|folder| is_region(folder)).map(str::to_owned);
}

/// `…/aws-account-id=<account>/aws-service=vpcflowlogs/aws-region=<region>/year=…/month=…/day=…/[hour=…/]`
fn read_hive_folders(folders: &[&str], facts: &mut KeyFacts) {
    let (mut year, mut month, mut day, mut hour) = (None, None, None, None);
    for (name, value) in folders.iter().filter_map(|folder| folder.split_once('=')) {
        match name {
            "aws-account-id" if is_account(value) => facts.account = Some(value.to_owned()),
            "aws-service" => facts.layout = layout_of(value),
            "aws-region" if is_region(value) => facts.region = Some(value.to_owned()),
            "year" => year = digits(value, 4),
            "month" => month = digits(value, 2),
            "day" => day = digits(value, 2),
            "hour" => hour = hour_of(value),
            _ => {}
        }
    }
    let (Some(year), Some(month), Some(day)) = (year, month, day) else {
        return;
    };
    facts.day = NaiveDate::from_ymd_opt(year as i32, month, day);
    facts.hour = facts.day.and(hour);
}

/// `…/<yyyy>/<mm>/<dd>/[<hh>/]` right before the file's name, as AWS and Firehose write it.
fn read_date_folders(folders: &[&str], facts: &mut KeyFacts) {
    let (day, hour) = match folders {
        [.., year, month, day, hour] if date_of(year, month, day).is_some() && hour_of(hour).is_some() => {
            (date_of(year, month, day), hour_of(hour))
        }
        [.., year, month, day] => (date_of(year, month, day), None),
        _ => return,
    };
    if day.is_some() {
        facts.day = day;
        facts.hour = hour;
    }
}

/// `<account>_<service>_<region>_…_<yyyymmdd>T<hhmm>[<ss>]Z[_<id>].<extensions>`
fn read_name(name: &str, facts: &mut KeyFacts) {
    let mut words = name.split('_');
    let Some(account) = words.next().filter(|word| is_account(word)) else {
        return;
    };
    let Some(layout) = words.next().and_then(layout_of) else {
        return;
    };
    facts.account.get_or_insert_with(|| account.to_owned());
    facts.layout.get_or_insert(layout);

    let Some(region) = words.next().filter(|word| is_region(word)) else {
        return;
    };
    facts.region.get_or_insert_with(|| region.to_owned());

    // A digest's name holds the trail's name, which may hold anything: the time is the last word that is one.
    facts.time = words.rev().find_map(time_of);
    facts.day = facts.day.or_else(|| facts.time.map(|time| time.date_naive()));
}

fn layout_of(service: &str) -> Option<Layout> {
    match service {
        "vpcflowlogs" => Some(Layout::VpcFlow),
        "CloudTrail" => Some(Layout::CloudTrail),
        "CloudTrail-Digest" => Some(Layout::CloudTrailDigest),
        "CloudTrail-Insight" => Some(Layout::CloudTrailInsight),
        _ => None,
    }
}

fn is_account(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_organization(word: &str) -> bool {
    word.strip_prefix("o-")
        .is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// `eu-west-1`, `us-gov-east-1`, `us-iso-west-1`, `eusc-de-east-1`, …
fn is_region(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.ends_with(|last: char| last.is_ascii_digit())
        && word.bytes().filter(|byte| *byte == b'-').count() >= 2
}

fn date_of(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(digits(year, 4)? as i32, digits(month, 2)?, digits(day, 2)?)
}

fn hour_of(word: &str) -> Option<u8> {
    digits(word, 2).filter(|hour| *hour < 24).map(|hour| hour as u8)
}

/// The number written with exactly `count` digits.
fn digits(word: &str, count: usize) -> Option<u32> {
    if word.len() != count || !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    word.parse().ok()
}

fn time_of(word: &str) -> Option<DateTime<Utc>> {
    let stamp = word.split('.').next()?.strip_suffix('Z')?;
    let (date, clock) = stamp.split_once('T')?;
    let date = date_of(date.get(..4)?, date.get(4..6)?, date.get(6..)?)?;
    let second = if clock.len() == 6 {
        digits(clock.get(4..)?, 2)?
    } else {
        0
    };
    let minute_end = if clock.len() == 6 { 4 } else { clock.len() };
    let time: NaiveDateTime = date.and_hms_opt(
        digits(clock.get(..2)?, 2)?,
        digits(clock.get(2..minute_end)?, 2)?,
        second,
    )?;
    Some(time.and_utc())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn hive_style_flow_log_with_hour() {
        let facts = key_facts(
            "p/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2026/month=02/day=28/hour=07/\
             123456789012_vpcflowlogs_us-gov-west-1_fl-1_20260228T0705Z_abcd.log.parquet",
        );
        assert_eq!(
            facts,
            KeyFacts {
                layout: Some(Layout::VpcFlow),
                account: Some("123456789012".into()),
                organization: None,
                region: Some("us-gov-west-1".into()),
                day: Some(day("2026-02-28")),
                hour: Some(7),
                time: Some(time("2026-02-28T07:05:00Z")),
            }
        );
    }

    #[test]
    fn organization_trail() {
        let facts = key_facts(
            "AWSLogs/o-a1b2c3d4e5/210987654321/CloudTrail/eu-central-1/2026/11/20/\
             210987654321_CloudTrail_eu-central-1_20261120T2355Z_Ab3dEf6hIj9lMn0p.json.gz",
        );
        assert_eq!(
            facts,
            KeyFacts {
                layout: Some(Layout::CloudTrail),
                account: Some("210987654321".into()),
                organization: Some("o-a1b2c3d4e5".into()),
                region: Some("eu-central-1".into()),
                day: Some(day("2026-11-20")),
                hour: None,
                time: Some(time("2026-11-20T23:55:00Z")),
            }
        );
    }

    #[test]
    fn digest_whose_trail_name_has_underscores() {
        let facts = key_facts(
            "123456789012_CloudTrail-Digest_us-east-2_my_trail_20200101T0000Z_x_us-east-1_20230710T120509Z.json.gz",
        );
        assert_eq!(facts.layout, Some(Layout::CloudTrailDigest));
        assert_eq!(facts.region.as_deref(), Some("us-east-2"));
        assert_eq!(facts.time, Some(time("2023-07-10T12:05:09Z")));
        assert_eq!(facts.day, Some(day("2023-07-10")));
    }

    #[test]
    fn bare_names() {
        let trail = key_facts("218007301253_CloudTrail_us-east-1_20230710T1220Z_WMiHxZgr5Hdd6UDc.json");
        assert_eq!(trail.layout, Some(Layout::CloudTrail));
        assert_eq!(trail.time, Some(time("2023-07-10T12:20:00Z")));
        let insight = key_facts("x/218007301253_CloudTrail-Insight_us-east-1_20230710T1220Z_WMiH.json.gz");
        assert_eq!(insight.layout, Some(Layout::CloudTrailInsight));
    }

    #[test]
    fn firehose_tells_day_and_hour_only() {
        let facts = key_facts("fh/2026/11/01/13/stream-1-2026-11-01-13-00-00-uuid");
        assert_eq!(
            facts,
            KeyFacts {
                day: Some(day("2026-11-01")),
                hour: Some(13),
                ..KeyFacts::default()
            }
        );
    }

    #[test]
    fn what_is_no_fact_stays_none() {
        for key in [
            "",
            "/",
            "AWSLogs",
            "AWSLogs/",
            "AWSLogs/12/vpcflowlogs/x",
            "2026/13/01/a",
            "a/2026/02/30/b",
            "12345678901a_CloudTrail_us-east-1_20230710T1220Z_x.json",
            "year=2026/month=1/x",
        ] {
            assert_eq!(key_facts(key), KeyFacts::default(), "{key}");
        }
    }

    #[test]
    fn no_valid_time_is_no_time() {
        for stamp in [
            "20230710T2460Z",
            "20230710T12Z",
            "20231310T1220Z",
            "20230710T12205Z",
            "é0230710T1220Z",
        ] {
            let facts = key_facts(&format!("218007301253_CloudTrail_us-east-1_{stamp}_x.json"));
            assert_eq!(
                (facts.time, facts.account.as_deref()),
                (None, Some("218007301253")),
                "{stamp}"
            );
        }
    }

    proptest! {
        #[test]
        fn never_panics(key in "\\PC*") {
            key_facts(&key);
        }

        #[test]
        fn never_panics_near_a_real_key(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("AWSLogs".to_owned()), Just("vpcflowlogs".to_owned()), Just("123456789012".to_owned()),
                    Just("year=2026".to_owned()), Just("_".to_owned()), Just("o-".to_owned()), "[0-9éTZ]{0,16}",
                ],
                0..12,
            ),
            separator in prop_oneof![Just("/"), Just("_")],
        ) {
            key_facts(&parts.join(separator));
        }

        #[test]
        fn round_trip(
            prefix in prop_oneof![Just(String::new()), "[a-z]{1,8}/", "2025/01/02/"],
            account in "[0-9]{12}",
            region in "(eu|us|ap)-(west|northeast)-[1-9]",
            year in 2006i32..2100, ordinal in 1u32..=365, hour in 0u32..24, minute in 0u32..60,
            hourly in any::<bool>(), hive in any::<bool>(), trail in any::<bool>(),
        ) {
            let date = NaiveDate::from_yo_opt(year, ordinal).unwrap();
            let service = if trail { "CloudTrail" } else { "vpcflowlogs" };
            let hive = hive && !trail;
            let mut folder = if hive {
                format!("aws-account-id={account}/aws-service={service}/aws-region={region}/{}", date.format("year=%Y/month=%m/day=%d/"))
            } else {
                format!("{account}/{service}/{region}/{}", date.format("%Y/%m/%d/"))
            };
            if hourly {
                let name = if hive { "hour=" } else { "" };
                folder = format!("{folder}{name}{hour:02}/");
            }
            let stamp = date.format("%Y%m%d");
            let key = format!("{prefix}AWSLogs/{folder}{account}_{service}_{region}_fl-0_{stamp}T{hour:02}{minute:02}Z_ab.log.gz");
            prop_assert_eq!(key_facts(&key), KeyFacts {
                layout: Some(if trail { Layout::CloudTrail } else { Layout::VpcFlow }),
                account: Some(account),
                organization: None,
                region: Some(region),
                day: Some(date),
                hour: hourly.then_some(hour as u8),
                time: Some(date.and_hms_opt(hour, minute, 0).unwrap().and_utc()),
            });
        }
    }
}
