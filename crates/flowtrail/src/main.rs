//! `flowtrail`: loads the logs an AWS account already writes, and answers SQL about them.
//!
//! This crate reads arguments and wires the others; what it does itself is talk to people.

mod allocator;
mod arguments;
mod commands;
mod failure;
mod interrupt;
mod progress_bar;
mod prompt;
mod report;
mod stdout;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use arguments::Arguments;

fn main() -> ExitCode {
    allocator::set_up();
    #[cfg(feature = "failpoints")]
    let _failpoints = fail::FailScenario::setup();
    let arguments = Arguments::parse();
    // Libraries log what they meet; people see it when they ask, with FLOWTRAIL_LOG=debug.
    let filter = EnvFilter::try_from_env("FLOWTRAIL_LOG").unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::tell(&error.into(), arguments.json),
    };
    let json = arguments.json;
    match runtime.block_on(commands::run(arguments)) {
        Ok(code) => code,
        Err(error) => failure::tell(&error, json),
    }
}
