//! Making CloudTrail files: for each window a document of events, some of which come a second time in a later file.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::digest::{self, LogFile};
use crate::event::event;
use crate::json::Json;
use crate::network::REGIONS;
use crate::object_file::GzipFile;
use crate::organization::{Account, accounts};
use crate::rng::Rng;
use crate::schedule::{Extent, Window, time, windows};
use crate::{Manifest, Progress, SampleError, Sums, TrailPlan, TrailSums, insight, key};

/// One event in this many is delivered again.
const DELIVERED_AGAIN_ONE_IN: u32 = 200;

/// With fewer events than this there is no room for a finding of Insights.
const ROWS_WITH_INSIGHTS: u64 = 1000;

/// Letters and digits of the unique part of a file's name.
const NAME_ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const BUFFER_BYTES: usize = 256 * 1024;

/// Writes CloudTrail files under the folder `out`, in the key layout of AWS's page "CloudTrail log file name format",
/// and calls `progress` after each file of events. Besides `plan.files` of those there is a digest for each account and
/// region and, from 1,000 rows up, one file of Insights with two events, which count as rows.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use flowtrail_sample::{Sums, TrailPlan, generate_cloudtrail};
/// # let out = tempfile::tempdir()?;
/// # let out = out.path();
/// let end = Utc.with_ymd_and_hms(2026, 11, 16, 0, 0, 0).unwrap();
/// let plan = TrailPlan { rows: 500, days: 1, files: 12, seed: 7, end };
/// let manifest = generate_cloudtrail(&plan, out, &mut |_| {})?;
/// let Sums::CloudTrail(sums) = manifest.sums else { unreachable!() };
/// assert_eq!(sums.events, 500);
/// assert_eq!(sums.distinct_events + sums.duplicates, 500);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn generate_cloudtrail(
    plan: &TrailPlan,
    out: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Manifest, SampleError> {
    let accounts = accounts(plan.seed);
    let places: Vec<_> = REGIONS
        .iter()
        .flat_map(|region| accounts.iter().map(move |account| (account, *region)))
        .collect();
    let insight_rows = if plan.rows < ROWS_WITH_INSIGHTS { 0 } else { 2 };
    let extent = Extent {
        rows: plan.rows - insight_rows,
        days: plan.days,
        files: plan.files,
        end: plan.end,
    };
    let windows = windows(extent, places.len())?;
    let mut lanes: Vec<_> = places
        .iter()
        .map(|(account, region)| Lane {
            account,
            region,
            again: Vec::new(),
            has_digest: false,
        })
        .collect();

    let mut making = Making {
        out,
        sums: TrailSums::default(),
        objects: 0,
        bytes: 0,
    };
    let mut done = Progress {
        objects: 0,
        objects_total: windows.len() as u64,
        rows: 0,
        rows_total: plan.rows,
        bytes: 0,
    };
    if insight_rows > 0 {
        making.insights(&lanes[0], &windows[0], &mut Rng::new(plan.seed, windows.len() as u64))?;
    }
    for (number, window) in windows.iter().enumerate() {
        let has_later_file = windows[number + 1..].iter().any(|later| later.lane == window.lane);
        making.log_file(
            &mut lanes[window.lane],
            window,
            has_later_file,
            &mut Rng::new(plan.seed, number as u64),
        )?;
        done = Progress {
            objects: number as u64 + 1,
            rows: making.sums.events,
            bytes: making.bytes,
            ..done
        };
        progress(done);
    }
    let Making {
        sums, objects, bytes, ..
    } = making;
    Ok(Manifest {
        objects,
        rows: sums.events,
        bytes,
        sums: Sums::CloudTrail(sums),
    })
}

/// The trail of one account in one region.
struct Lane<'a> {
    account: &'a Account,
    region: &'static str,
    /// Events, as JSON, that the next file delivers a second time.
    again: Vec<Vec<u8>>,
    has_digest: bool,
}

/// Files being made, and what they add up to.
struct Making<'a> {
    out: &'a Path,
    sums: TrailSums,
    objects: u64,
    bytes: u64,
}

impl Making<'_> {
    /// Writes one file of events; the first of a lane with the digest that vouches for it.
    fn log_file(
        &mut self,
        lane: &mut Lane<'_>,
        window: &Window,
        has_later_file: bool,
        rng: &mut Rng,
    ) -> Result<(), SampleError> {
        let key = key::trail(
            "CloudTrail",
            lane.account.id,
            lane.region,
            window.start(),
            &rng.text(NAME_ALPHABET, 16),
        );
        let mut file = DocumentFile::create(&self.out.join(&key))?;
        let mut again = std::mem::take(&mut lane.again).into_iter();
        for (minute, rows) in window.rows_by_minute() {
            for _ in 0..rows {
                self.sums.events += 1;
                if let Some(event) = again.next() {
                    self.sums.duplicates += 1;
                    file.record(|text| text.extend_from_slice(&event))?;
                    continue;
                }
                let event = event(lane.account, lane.region, time(minute + i64::from(rng.below(60))), rng);
                self.sums.distinct_events += 1;
                self.sums.errors += u64::from(event.error_code.is_some());
                self.sums.failed_logins += u64::from(event.error_code.is_none() && event.error_message.is_some());
                let text = file.record(|text| write_json(&event, text))?;
                if has_later_file && rng.one_in(DELIVERED_AGAIN_ONE_IN) {
                    lane.again.push(text.to_owned());
                }
            }
        }
        // What found no room in this file waits for the next.
        lane.again.extend(again);
        let (bytes, sha256) = file.finish()?;
        self.count(bytes);
        if lane.has_digest {
            return Ok(());
        }
        lane.has_digest = true;
        let end = time(window.minutes.end * 60);
        let newest = end - TimeDelta::seconds(1);
        self.digest(
            lane,
            end,
            &LogFile {
                key: &key,
                sha256,
                oldest: window.start(),
                newest,
            },
        )
    }

    fn digest(&mut self, lane: &Lane<'_>, end: DateTime<Utc>, log_file: &LogFile<'_>) -> Result<(), SampleError> {
        let key = key::digest(lane.account.id, lane.region, digest::TRAIL, end);
        let mut text = Vec::new();
        write_json(&digest::digest(lane.account.id, &key, end, log_file), &mut text);
        let mut file = GzipFile::create(&self.out.join(&key))?;
        file.write(&text)?;
        self.count(file.finish()?);
        self.sums.digests += 1;
        Ok(())
    }

    fn insights(&mut self, lane: &Lane<'_>, window: &Window, rng: &mut Rng) -> Result<(), SampleError> {
        let name = rng.text(NAME_ALPHABET, 16);
        let key = key::trail(
            "CloudTrail-Insight",
            lane.account.id,
            lane.region,
            window.start(),
            &name,
        );
        let mut file = DocumentFile::create(&self.out.join(&key))?;
        for event in &insight::pair(lane.account, lane.region, window.start(), rng) {
            file.record(|text| write_json::<Json>(event, text))?;
            self.sums.events += 1;
            self.sums.distinct_events += 1;
            self.sums.insights += 1;
        }
        let (bytes, _) = file.finish()?;
        self.count(bytes);
        Ok(())
    }

    fn count(&mut self, bytes: u64) {
        self.objects += 1;
        self.bytes += bytes;
    }
}

/// A document `{"Records":[…]}` being written.
struct DocumentFile {
    file: GzipFile,
    sha256: Sha256,
    text: Vec<u8>,
    is_first: bool,
}

impl DocumentFile {
    fn create(path: &Path) -> Result<Self, SampleError> {
        let text = br#"{"Records":["#.to_vec();
        Ok(Self {
            file: GzipFile::create(path)?,
            sha256: Sha256::new(),
            text,
            is_first: true,
        })
    }

    /// Adds the event `write` writes, and gives its text back.
    fn record(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<&[u8], SampleError> {
        if self.text.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        if !std::mem::take(&mut self.is_first) {
            self.text.push(b',');
        }
        let start = self.text.len();
        write(&mut self.text);
        Ok(&self.text[start..])
    }

    /// Ends the file; gives its size in bytes and the SHA-256 of its text.
    fn finish(mut self) -> Result<(u64, String), SampleError> {
        self.text.extend_from_slice(b"]}");
        self.flush()?;
        Ok((self.file.finish()?, format!("{:x}", self.sha256.finalize())))
    }

    fn flush(&mut self) -> Result<(), SampleError> {
        self.sha256.update(&self.text);
        self.file.write(&self.text)?;
        self.text.clear();
        Ok(())
    }
}

fn write_json<T: serde::Serialize>(value: &T, text: &mut Vec<u8>) {
    // These types have text keys and finite numbers, and a vector takes all: nothing can fail.
    _ = serde_json::to_writer(text, value);
}
