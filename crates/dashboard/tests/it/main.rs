//! Dashboards as their writers and the lake see them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod arbitrary;
mod edits;
mod mistakes;
mod stored;
mod written;
