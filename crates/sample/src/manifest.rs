//! What was made, so that a loader can be checked against it.

use serde::Serialize;

/// What was made. As JSON it is one flat object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// Files written, digests and Insights included.
    pub objects: u64,
    /// Records in them.
    pub rows: u64,
    /// Size of the files as written to disk.
    pub bytes: u64,
    /// What the records add up to.
    #[serde(flatten)]
    pub sums: Sums,
}

/// What the records add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Sums {
    /// Of flow logs.
    VpcFlow(FlowSums),
    /// Of CloudTrail.
    CloudTrail(TrailSums),
}

/// Sums over flow records: `accepted + rejected + nodata + skipdata` is the number of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FlowSums {
    /// Records whose action is ACCEPT.
    pub accepted: u64,
    /// Records whose action is REJECT.
    pub rejected: u64,
    /// Records whose log status is NODATA.
    pub nodata: u64,
    /// Records whose log status is SKIPDATA.
    pub skipdata: u64,
    /// Sum of `packets`.
    pub packets: u64,
    /// Sum of `bytes`.
    pub flow_bytes: u64,
}

/// Sums over CloudTrail events: `distinct_events + duplicates = events`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TrailSums {
    /// Events in all files.
    pub events: u64,
    /// Events by their `eventID`, which a loader keeps.
    pub distinct_events: u64,
    /// Second deliveries: the same event in another file.
    pub duplicates: u64,
    /// Distinct events with an `errorCode`.
    pub errors: u64,
    /// Distinct `ConsoleLogin` events that failed; they have an `errorMessage` and no code.
    pub failed_logins: u64,
    /// Distinct events of category Insight.
    pub insights: u64,
    /// Digest files, which hold no events.
    pub digests: u64,
}

/// How far the making has come; handed over after each file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Files written.
    pub objects: u64,
    /// Files planned, digests and Insights not counted.
    pub objects_total: u64,
    /// Records written.
    pub rows: u64,
    /// Records planned.
    pub rows_total: u64,
    /// Bytes written to disk.
    pub bytes: u64,
}
