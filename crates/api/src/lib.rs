//! The console's HTTP API: statements while they run, the catalog, dashboards; and the console's pages beside it.
//!
//! ```text
//!   request ──> guard ──> statements ──> session ──> events, or a file
//!               who may   a session      runs        rows as they come, how far it is,
//!               ask       for each       it          what went wrong in the command line's words
//! ```
//!
//! A request has a session of its own, so that nobody's `USE` or `SET` is felt by somebody else; what it left is told
//! with its last event, and a client that wants to go on from there sends it along. Statements run on threads of their
//! own: loading and answering other requests never wait for them. A client that goes away takes its statements with
//! it.
//!
//! **Invariant:** it parses no SQL and decides nothing about a statement; it knows how things are asked and answered.

mod answer;
mod catalog;
mod columns;
mod dashboards;
mod docs;
mod guard;
mod links;
mod pages;
mod problem;
mod router;
mod shared;
mod statements;

pub use problem::{Problem, ProblemPlace};
pub use router::Api;
