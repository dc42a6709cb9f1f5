//! Which objects are asked for, decided by key alone.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};

use crate::key::KeyFacts;

/// Which objects to take; an empty filter takes all.
///
/// The times are those AWS writes into the key, when the object was delivered; a record inside may be some minutes
/// older.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyFilter {
    /// Take objects of this time and later.
    pub since: Option<DateTime<Utc>>,
    /// Take objects before this time.
    pub until: Option<DateTime<Utc>>,
    /// Take objects of these accounts; empty takes all.
    pub accounts: Vec<String>,
    /// Take objects of these regions; empty takes all.
    pub regions: Vec<String>,
}

/// What a [`KeyFilter`] says of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The key is within the filter.
    Admitted,
    /// The key is outside the filter.
    Outside,
    /// The key does not tell what the filter asks.
    Unknown,
}

impl KeyFilter {
    /// Judges a key: `Outside` as soon as one condition fails, `Unknown` when one cannot be judged.
    ///
    /// A key that tells only its day (or hour) is admitted when any moment of it is within the filter.
    pub fn admits(&self, facts: &KeyFacts) -> Verdict {
        let verdicts = [
            self.admits_time(facts),
            admits_word(&self.accounts, facts.account.as_deref()),
            admits_word(&self.regions, facts.region.as_deref()),
        ];
        if verdicts.contains(&Verdict::Outside) {
            return Verdict::Outside;
        }
        if verdicts.contains(&Verdict::Unknown) {
            return Verdict::Unknown;
        }
        Verdict::Admitted
    }

    fn admits_time(&self, facts: &KeyFacts) -> Verdict {
        if self.since.is_none() && self.until.is_none() {
            return Verdict::Admitted;
        }
        let Some((first, last)) = span(facts) else {
            return Verdict::Unknown;
        };
        let before = self.since.is_some_and(|since| last < since);
        let after = self.until.is_some_and(|until| first >= until);
        if before || after {
            Verdict::Outside
        } else {
            Verdict::Admitted
        }
    }
}

fn admits_word(wanted: &[String], found: Option<&str>) -> Verdict {
    match found {
        _ if wanted.is_empty() => Verdict::Admitted,
        None => Verdict::Unknown,
        Some(found) if wanted.iter().any(|word| word == found) => Verdict::Admitted,
        Some(_) => Verdict::Outside,
    }
}

/// The first and the last moment the key may mean.
fn span(facts: &KeyFacts) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    if let Some(time) = facts.time {
        return Some((time, time));
    }
    let day = facts.day?;
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    let (first, end) = match facts.hour {
        Some(hour) => {
            let first = midnight + TimeDelta::hours(hour.into());
            (first, first + TimeDelta::hours(1))
        }
        None => (midnight, midnight.checked_add_days(Days::new(1))?),
    };
    Some((first, end - TimeDelta::nanoseconds(1)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::key::key_facts;

    fn filter(since: &str, until: &str) -> KeyFilter {
        let time = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        KeyFilter {
            since: time(since),
            until: time(until),
            ..KeyFilter::default()
        }
    }

    #[test]
    fn an_empty_filter_takes_all() {
        assert_eq!(KeyFilter::default().admits(&KeyFacts::default()), Verdict::Admitted);
    }

    #[test]
    fn day_hour_and_time() {
        let day = key_facts("2026/11/01/x");
        let hour = key_facts("2026/11/01/12/x");
        let time = key_facts("123456789012_CloudTrail_us-east-1_20261101T1205Z_x.json");
        for (since, until, expected) in [
            ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", [Verdict::Admitted; 3]),
            ("2026-11-02T00:00:00Z", "", [Verdict::Outside; 3]),
            ("", "2026-11-01T00:00:00Z", [Verdict::Outside; 3]),
            (
                "2026-11-01T12:10:00Z",
                "",
                [Verdict::Admitted, Verdict::Admitted, Verdict::Outside],
            ),
            ("2026-11-01T12:05:00Z", "2026-11-01T12:05:01Z", [Verdict::Admitted; 3]),
            (
                "",
                "2026-11-01T12:05:00Z",
                [Verdict::Admitted, Verdict::Admitted, Verdict::Outside],
            ),
            (
                "2026-11-01T13:00:00Z",
                "",
                [Verdict::Admitted, Verdict::Outside, Verdict::Outside],
            ),
        ] {
            let filter = filter(since, until);
            assert_eq!(
                [&day, &hour, &time].map(|facts| filter.admits(facts)),
                expected,
                "{since} {until}"
            );
        }
        assert_eq!(
            filter("2026-11-01T00:00:00Z", "").admits(&KeyFacts::default()),
            Verdict::Unknown
        );
    }

    #[test]
    fn outside_is_said_before_unknown() {
        let filter = KeyFilter {
            accounts: vec!["111111111111".into()],
            regions: vec!["eu-west-1".into(), "eu-west-2".into()],
            ..KeyFilter::default()
        };
        let facts = |account: Option<&str>, region: Option<&str>| KeyFacts {
            account: account.map(str::to_owned),
            region: region.map(str::to_owned),
            ..KeyFacts::default()
        };
        assert_eq!(
            filter.admits(&facts(Some("111111111111"), Some("eu-west-2"))),
            Verdict::Admitted
        );
        assert_eq!(
            filter.admits(&facts(Some("111111111111"), Some("us-east-1"))),
            Verdict::Outside
        );
        assert_eq!(filter.admits(&facts(None, Some("us-east-1"))), Verdict::Outside);
        assert_eq!(filter.admits(&facts(None, Some("eu-west-1"))), Verdict::Unknown);
    }
}
