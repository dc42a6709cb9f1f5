//! Realistic, reproducible logs: an invented estate of accounts, networks and people, and the VPC Flow Logs and
//! CloudTrail files it would leave in a bucket.
//!
//! ```text
//!   plan ──[schedule]── windows ──┬── network ──[traffic]── flow ──┬── flow_text ─────┐
//!                                 │                                └── flow_parquet ──┼──> files, Manifest
//!                                 └── organization ──[call]── event ── trail ─────────┘
//! ```
//!
//! **Invariant:** the files are a pure function of the plan. No clock is read and no order of a hash map shows, so the
//! same plan makes the same bytes, and the [`Manifest`] says what a loader must find in them.

mod address;
mod call;
mod digest;
mod distribution;
mod error;
mod event;
mod fields;
mod flow;
mod flow_parquet;
mod flow_text;
mod identity;
mod insight;
mod json;
mod key;
mod manifest;
mod network;
mod object_file;
mod organization;
mod plan;
mod rng;
mod schedule;
mod traffic;
mod trail;
mod vpc_flow;

pub use error::SampleError;
pub use fields::{Field, FieldType, Fields};
pub use manifest::{FlowSums, Manifest, Progress, Sums, TrailSums};
pub use plan::{FlowPlan, Format, TrailPlan};
pub use trail::generate_cloudtrail;
pub use vpc_flow::generate_vpc_flow;
