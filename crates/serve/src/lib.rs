//! Deliveries over HTTP, into the lake's inbox: a 200 means that the records are on the disk or in the bucket.
//!
//! ```text
//!   POST /firehose ──> access ──> headers ──> room ──> document ──> parts ──> inbox ──> 200
//!                      who may     what is    for its   records,    objects    durable
//!                      deliver     promised   bytes     decoded     decode     objects
//!                                                                   can read
//! ```
//!
//! The contract is the one of "Understand HTTP endpoint delivery request and response specifications" (Amazon Data
//! Firehose developer guide). Firehose sends a request again, under the same id, until it is answered with 200; so a
//! delivery becomes objects that are named for the request, and the second time they are there already. Whoever
//! loads what is below the inbox's prefix makes rows of them, each object once, by its URI and content.
//!
//! Where it dies: before an object has its name, nothing happened, and Firehose sends again. Between the objects of
//! one delivery, or before the answer is out, Firehose sends again as well; the objects that are there are known by
//! their content, and only the others are written.
//!
//! **Invariant:** this crate writes below the inbox's prefix and nowhere else. It makes no rows, reads no table and
//! runs no statement; what else answers on the port is its caller's.

mod access;
mod answer;
mod document;
mod firehose;
mod headers;
mod inbox;
mod key;
mod memory;
mod metrics;
mod parts;
mod ready;
mod record;
mod refusal;
mod router;
mod server;

pub use access::{Access, AccessKeys};
/// What a caller answers requests of its own with.
pub use axum::Router;
/// The headers of a request.
pub use axum::http::HeaderMap;
pub use inbox::{Delivery, Inbox, InboxError, Part, Stored};
/// What the caller registers metrics of its own in, before it hands it to [`Server::bind`].
pub use prometheus_client;
pub use ready::Ready;
pub use server::{JoinTrace, ServeError, ServeOptions, Server, Stopped};
