//! What an AWS account needs for Flowtrail: bucket, queue, flow logs, trail, the reader's role, Firehose.
//!
//! [`Choices`] are what somebody asks for, [`Setup`] is what can be set up. From it comes one list of resources with their
//! policies (`resources.rs`, `policies.rs`); each [`Tool`]'s file is written from that list, and [`Setup::check`] looks for
//! what is on it in an account.
//!
//! **Invariant:** it changes nothing in an account; what it writes is applied by whoever answers for the account.

mod check;
mod choices;
mod document;
mod error;
mod fields;
mod names;
mod next_steps;
mod policies;
mod policy;
mod render;
mod resource;
mod resources;
mod setup;

pub use check::{CheckError, Finding, State};
pub use choices::{Choices, LogForm};
pub use error::SetupError;
pub use render::Tool;
pub use setup::Setup;
