//! `flowtrail`: loads the logs an AWS account already writes, and answers SQL about them.
//!
//! This crate reads arguments and wires the others; what it does itself is talk to people.

mod allocator;
mod arguments;
mod commands;
mod failure;
mod interrupt;
mod log;
mod progress_bar;
mod prompt;
mod report;
mod stdout;
mod traces;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

fn main() -> ExitCode {
    allocator::set_up();
    #[cfg(feature = "failpoints")]
    let _failpoints = fail::FailScenario::setup();
    let arguments = Arguments::parse();
    // Dropped after the runtime, when all spans have ended.
    let _traces = log::set_up(&arguments);
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
