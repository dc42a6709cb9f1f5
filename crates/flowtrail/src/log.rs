//! The program's log, on standard error.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::arguments::{Arguments, Command};

/// Libraries log what they meet; people see it when they ask, with `FLOWTRAIL_LOG=debug`. A server says what it does, and
/// with `--json` as a JSON document a line.
pub fn set_up(arguments: &Arguments) {
    let is_server = matches!(arguments.command, Command::Serve(_));
    let usual = if is_server {
        "warn,flowtrail=info,flowtrail_pipe=info,flowtrail_serve=info"
    } else {
        "off"
    };
    let filter = EnvFilter::try_from_env("FLOWTRAIL_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if is_server && arguments.json {
        log.json().init();
    } else {
        log.init();
    }
}
