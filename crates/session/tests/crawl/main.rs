//! `CRAWL`, and what follows it, over folders and a lake.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod again;
mod altered;
mod desk;
mod layouts;
mod skipped;
