//! Objects are loaded as they arrive.
//!
//! ```text
//!   queue of S3's events ──┐
//!   listing, again and again ──> feed ──> intake ──> flowtrail-load ──> lake
//!   watched folder ────────┤     what is new      one batch at a time, exactly once
//!   deliveries in the lake ┘
//! ```
//!
//! A [`PipePlan`] says where objects come from and how they are loaded; a [`Supervisor`] runs all plans there are, and
//! follows when they change. Nothing here has to be remembered for rows to be right: the history in the lake says what
//! was loaded, so that an event that comes twice, a listing from the start, or another process on the same queue costs
//! work and never rows.
//!
//! What can happen, and what then:
//!
//! - *The process dies before a commit.* Messages are not deleted yet and become visible again; listings begin anew.
//! - *It dies between commit and deletion.* The messages come again, and the history has their objects.
//! - *S3 or the lake fails for a while.* The batch is given up and tried again, with waits, while its messages are held;
//!   after some minutes they are left to come again.
//! - *An event is lost.* What is there is listed at the start of a pipe, and again every [`RELIST`].
//!
//! **Invariant:** nothing here looks inside an object or parses SQL.

mod backoff;
mod compaction;
mod ending;
mod feed;
mod folder;
mod inbox;
mod intake;
mod lag;
mod listing;
mod meter;
mod plan;
mod queue;
mod route;
mod seen;
mod supervisor;

pub use compaction::Compactor;
pub use ending::Ending;
pub use feed::RELIST;
pub use inbox::{News, inbox_plan};
pub use meter::Meter;
pub use plan::{Feed, PipePlan};
pub use supervisor::{Planned, Supervisor};
