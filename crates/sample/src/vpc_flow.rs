//! Making VPC Flow Logs: for each window a file, for each minute its records.

use std::path::Path;

use crate::flow::{Flow, Observed, Verdict};
use crate::flow_parquet::FlowParquet;
use crate::flow_text::FlowText;
use crate::network::{Vpc, networks};
use crate::rng::{Rng, mix_32};
use crate::schedule::{Extent, Window, windows};
use crate::traffic::{Mix, Observer};
use crate::{FlowPlan, FlowSums, Format, Manifest, Progress, SampleError, Sums, key};

/// Writes VPC Flow Logs under the folder `out`, in the key layout of AWS's page "Flow log files", and calls `progress`
/// after each file. One file is in memory at a time, and of it only a buffer.
///
/// ```
/// use chrono::{TimeZone, Utc};
/// use flowtrail_sample::{Fields, FlowPlan, Format, generate_vpc_flow};
/// # let out = tempfile::tempdir()?;
/// # let out = out.path();
/// let plan = FlowPlan {
///     rows: 1000,
///     days: 2,
///     files: 4,
///     seed: 7,
///     fields: Fields::default(),
///     format: Format::Text,
///     end: Utc.with_ymd_and_hms(2026, 11, 16, 0, 0, 0).unwrap(),
/// };
/// let manifest = generate_vpc_flow(&plan, out, &mut |_| {})?;
/// assert_eq!((manifest.rows, manifest.objects), (1000, 4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn generate_vpc_flow(
    plan: &FlowPlan,
    out: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Manifest, SampleError> {
    let networks = networks(plan.seed);
    let mix = Mix::new(&networks);
    let extent = Extent {
        rows: plan.rows,
        days: plan.days,
        files: plan.files,
        end: plan.end,
    };
    let windows = windows(extent, networks.len())?;

    let mut sums = FlowSums::default();
    let mut done = Progress {
        objects: 0,
        objects_total: windows.len() as u64,
        rows: 0,
        rows_total: plan.rows,
        bytes: 0,
    };
    for (number, window) in windows.iter().enumerate() {
        let vpc = &networks[window.lane];
        let discriminator = mix_32(number as u32 ^ mix_32(plan.seed as u32));
        let key = key::flow(
            vpc.account,
            vpc.region,
            &vpc.flow_log,
            window.start(),
            discriminator,
            plan.format,
        );
        let mut file = FlowFile::create(&out.join(key), plan, vpc)?;
        let mut observer = Observer::new(vpc, &mix, Rng::new(plan.seed, number as u64));
        write_window(window, &mut observer, &mut file, &mut sums)?;
        done.bytes += file.finish()?;
        done.objects += 1;
        done.rows += window.rows;
        progress(done);
    }
    Ok(Manifest {
        objects: done.objects,
        rows: done.rows,
        bytes: done.bytes,
        sums: Sums::VpcFlow(sums),
    })
}

fn write_window<'e>(
    window: &Window,
    observer: &mut Observer<'e>,
    file: &mut FlowFile<'e>,
    sums: &mut FlowSums,
) -> Result<(), SampleError> {
    for (minute, rows) in window.rows_by_minute() {
        for _ in 0..rows {
            let flow = observer.observe(minute);
            sums.add(&flow);
            file.write(&flow)?;
        }
    }
    Ok(())
}

impl FlowSums {
    fn add(&mut self, flow: &Flow<'_>) {
        match &flow.observed {
            Observed::NoData => self.nodata += 1,
            Observed::SkipData => self.skipdata += 1,
            Observed::Traffic(traffic) => {
                self.packets += traffic.packets;
                self.flow_bytes += traffic.bytes;
                if traffic.verdict == Verdict::Accepted {
                    self.accepted += 1;
                } else {
                    self.rejected += 1;
                }
            }
        }
    }
}

/// A flow log file in the plan's format.
enum FlowFile<'e> {
    Text(Box<FlowText<'e>>),
    Parquet(Box<FlowParquet<'e>>),
}

impl<'e> FlowFile<'e> {
    fn create(path: &Path, plan: &'e FlowPlan, vpc: &'e Vpc) -> Result<Self, SampleError> {
        Ok(match plan.format {
            Format::Text => Self::Text(Box::new(FlowText::create(path, &plan.fields, vpc)?)),
            Format::Parquet => Self::Parquet(Box::new(FlowParquet::create(path, &plan.fields, vpc)?)),
        })
    }

    fn write(&mut self, flow: &Flow<'e>) -> Result<(), SampleError> {
        match self {
            Self::Text(file) => file.write(flow),
            Self::Parquet(file) => file.write(flow),
        }
    }

    fn finish(self) -> Result<u64, SampleError> {
        match self {
            Self::Text(file) => file.finish(),
            Self::Parquet(file) => file.finish(),
        }
    }
}
