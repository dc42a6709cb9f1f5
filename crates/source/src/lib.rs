//! Names and fetches the objects Flowtrail loads: a file, a folder, an S3 bucket, standard input; and puts files into
//! places ([`Delivery`]). And says when there are new ones: a [`Queue`] of S3's [notifications](read_notification), a
//! folder [watched](Watch).
//!
//! A [`Source`] is opened over a [`Place`]; it lists [`Object`]s in key order and fetches each as [`Fetched`] bytes or
//! file. What an AWS key says by itself (account, region, day) is read by [`key_facts`] and filtered by [`KeyFilter`],
//! so that an object outside the question is never opened.
//!
//! **Invariant:** nothing here looks inside an object; it knows no format, no table and no query engine.

mod aws;
mod bucket;
mod credentials;
mod delivery;
mod error;
mod fetched;
mod filter;
mod folder;
mod key;
mod listing;
mod notification;
mod object;
mod place;
mod queue;
mod reach;
mod source;
mod watch;

pub use aws::{AwsAccess, AwsSettings, access, caller, s3_store};
pub use delivery::{Delivery, Parcel};
pub use error::SourceError;
pub use fetched::{Fetched, SPOOL_BYTES};
pub use filter::{KeyFilter, Verdict};
pub use key::{KeyFacts, Layout, key_facts};
pub use notification::{Notice, NotificationError, read_notification};
pub use object::Object;
pub use place::Place;
pub use queue::{DeadLetter, Message, Queue, QueueDepth, QueueError, Refused};
pub use reach::{Grant, Reach};
pub use source::Source;
pub use watch::{OLD_S, SETTLE_S, Watch};
