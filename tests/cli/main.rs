//! The built binary, as a user runs it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod aws;
mod bad_input;
mod crawl;
mod dashboard;
mod essentials;
mod exports;
mod filters;
mod formats;
mod interrupt;
mod kinds;
#[path = "../crash/moto.rs"]
#[allow(dead_code, reason = "the crash tests use all of it")]
mod moto;
mod relationalize;
mod site;
mod statements;
mod storage;
mod terminal;
mod traces;
mod unload;
mod upkeep;
mod vacuum;
