//! The program's log, on standard error, and beside it the traces.

use std::io::IsTerminal;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::arguments::{Arguments, Command};
use crate::traces::{self, Traces};

/// Libraries log what they meet; people see it when they ask, with `FLOWTRAIL_LOG=debug`. A server says what it does, and
/// with `--json` as a JSON document a line. Gives the traces, where they are asked for.
pub fn set_up(arguments: &Arguments) -> Option<Traces> {
    let traces = Traces::asked(arguments.otlp.as_ref());
    let is_server = matches!(arguments.command, Command::Serve(_));
    let usual = if is_server {
        "warn,flowtrail=info,flowtrail_pipe=info,flowtrail_serve=info"
    } else if matches!(traces, Ok(None)) {
        "off"
    } else {
        // Whoever asks for traces is told why there are none.
        "off,flowtrail::traces=warn,flowtrail::log=warn"
    };
    let filter = EnvFilter::try_from_env("FLOWTRAIL_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    // Our spans are for traces: what they hold would stand in each line of the log, statements' texts among it.
    let no_span_of_ours = filter_fn(|metadata| !traces::is_ours(metadata)).with_max_level_hint(LevelFilter::TRACE);
    let log = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let log = if is_server && arguments.json {
        log.json().boxed()
    } else {
        log.boxed()
    };
    tracing_subscriber::registry()
        .with(log.with_filter(filter.and(no_span_of_ours)))
        .with(traces.as_ref().ok().and_then(Option::as_ref).map(Traces::layer))
        .init();
    traces.unwrap_or_else(|error| {
        tracing::warn!(%error, "no traces are sent");
        None
    })
}
