//! Ctrl-C: the first stops cleanly, the second at once.

use flowtrail_load::Stop;
use flowtrail_pipe::Ending;

/// The exit status of a program that Ctrl-C ended, by the shell's custom.
pub const INTERRUPTED: u8 = 130;

/// A stop that Ctrl-C (or SIGTERM) asks for.
pub fn stop_on_interrupt() -> Stop {
    let stop = Stop::default();
    let asked = stop.clone();
    on_interrupt(move || {
        asked.ask();
        eprintln!("\nstopping: what is read is being committed; Ctrl-C again ends at once, and loses nothing either");
    });
    stop
}

/// The same for what runs on and on, and writes a log.
pub fn end_on_interrupt() -> Ending {
    let ending = Ending::default();
    let asked = ending.clone();
    on_interrupt(move || {
        asked.ask();
        tracing::info!("stopping: what is read is being committed; the signal again ends at once, and loses nothing either");
    });
    ending
}

fn on_interrupt(ask: impl FnOnce() + Send + 'static) {
    tokio::spawn(async move {
        signal().await;
        ask();
        signal().await;
        #[allow(
            clippy::disallowed_methods,
            reason = "at once means now; what is not committed is loaded by the next run"
        )]
        std::process::exit(i32::from(INTERRUPTED));
    });
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
