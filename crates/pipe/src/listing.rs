//! A place that is listed again and again.
//!
//! Keys of AWS's logs hold their day, and a new object nearly always has today's: so a round lists, of each folder of
//! days it knows, today and, in a day's first hours, yesterday. All is listed at the start and every [`RELIST`], which
//! finds late objects and new accounts and regions. A place whose keys hold no days is listed whole each time.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, Timelike, Utc};
use flowtrail_source::{Object, Source};

use crate::backoff::Backoff;
use crate::feed::{RELIST, RoundError, RunningPipe};
use crate::seen::Seen;

/// Objects of yesterday are looked for so many hours into a day: AWS delivers within some minutes, seldom hours.
const HOURS_OF_YESTERDAY: u32 = 3;

/// Lists and loads until the pipe is to end. `every` is the time between rounds.
pub async fn run(pipe: RunningPipe, every: Duration) {
    let mut feed = ListingFeed::default();
    let mut backoff = Backoff::default();
    loop {
        let wait = match feed.round(&pipe).await {
            Ok(()) => {
                backoff.worked();
                pipe.meter.works();
                every
            }
            Err(error) => {
                tracing::warn!(pipe = pipe.plan.name, %error, "the listing failed, and is tried again");
                pipe.meter.failing(&error);
                backoff.failed().max(every)
            }
        };
        if !pipe.ending.sleep(wait).await {
            return;
        }
    }
}

#[derive(Debug, Default)]
struct ListingFeed {
    seen: Seen,
    /// When all was listed last.
    listed: Option<Instant>,
    /// The folders of days there are, and whether all objects are in one.
    folders: BTreeSet<DatedFolder>,
    has_undated: bool,
}

impl ListingFeed {
    async fn round(&mut self, pipe: &RunningPipe) -> Result<(), RoundError> {
        let is_due = self.listed.is_none_or(|listed| listed.elapsed() >= RELIST);
        if is_due || self.has_undated || self.folders.is_empty() {
            return self.list_all(pipe).await;
        }
        for place in recent(&self.folders, Utc::now()) {
            if let Some(source) = pipe.plan.source.below(&place) {
                pipe.take_in(source.list_if_any(), &mut self.seen, |_| true).await?;
            }
        }
        Ok(())
    }

    async fn list_all(&mut self, pipe: &RunningPipe) -> Result<(), RoundError> {
        let began = Instant::now();
        let source: &Source = &pipe.plan.source;
        let (folders, has_undated) = (&mut self.folders, &mut self.has_undated);
        *has_undated = false;
        let note = |object: &Object| {
            match dated_folder(&object.uri, object.key.day) {
                Some(folder) => drop(folders.insert(folder)),
                None => *has_undated = true,
            }
            true
        };
        pipe.take_in(source.list_if_any(), &mut self.seen, note).await?;
        self.listed = Some(began);
        Ok(())
    }
}

/// A folder whose parts are the days of logs: `…/vpcflowlogs/us-east-1/` before `2026/11/21/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct DatedFolder {
    before: String,
    is_hive: bool,
}

/// The folder of days that a URI lies in, when it holds its day as AWS writes it.
fn dated_folder(uri: &str, day: Option<NaiveDate>) -> Option<DatedFolder> {
    let day = day?;
    [false, true].into_iter().find_map(|is_hive| {
        let at = uri.find(&format!("/{}", path_of(day, is_hive)))?;
        Some(DatedFolder {
            before: uri[..=at].to_owned(),
            is_hive,
        })
    })
}

fn path_of(day: NaiveDate, is_hive: bool) -> String {
    let format = if is_hive {
        "year=%Y/month=%m/day=%d/"
    } else {
        "%Y/%m/%d/"
    };
    day.format(format).to_string()
}

/// The places in which objects may still appear.
fn recent(folders: &BTreeSet<DatedFolder>, now: DateTime<Utc>) -> Vec<String> {
    let today = now.date_naive();
    let yesterday = today.checked_sub_days(Days::new(1));
    let days = yesterday
        .filter(|_| now.hour() < HOURS_OF_YESTERDAY)
        .into_iter()
        .chain([today]);
    let days: Vec<NaiveDate> = days.collect();
    let places = |folder: &DatedFolder| {
        let place = |day: &NaiveDate| format!("{}{}", folder.before, path_of(*day, folder.is_hive));
        days.iter().map(place).collect::<Vec<_>>()
    };
    folders.iter().flat_map(places).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_places_are_those_of_today_and_of_yesterday_early_in_the_day() {
        let day = NaiveDate::from_ymd_opt(2026, 10, 30);
        let plain = "s3://logs/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/10/30/a.log.gz";
        let hive = "s3://logs/AWSLogs/aws-account-id=1/aws-region=x/year=2026/month=10/day=30/hour=05/a.parquet";
        let folders: BTreeSet<_> = [plain, hive, hive]
            .iter()
            .filter_map(|uri| dated_folder(uri, day))
            .collect();
        let at = |time: &str| recent(&folders, time.parse().unwrap());
        assert_eq!(
            at("2026-11-01T12:00:00Z"),
            [
                "s3://logs/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/01/",
                "s3://logs/AWSLogs/aws-account-id=1/aws-region=x/year=2026/month=11/day=01/",
            ]
        );
        let early = at("2026-11-01T02:59:00Z");
        assert_eq!(early.len(), 4);
        assert!(early[0].ends_with("/us-east-1/2026/10/31/"), "{early:?}");
        assert_eq!(dated_folder("s3://logs/a.gz", day), None);
        assert_eq!(dated_folder(plain, None), None);
    }
}
