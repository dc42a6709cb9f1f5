//! Asking work to end cleanly.

use flowtrail_load::Stop;
use tokio_util::sync::CancellationToken;

/// Asks work to end: what is read is committed, what is left is handed back. Clones share.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    token: CancellationToken,
    stop: Stop,
}

impl Ending {
    /// Asks.
    pub fn ask(&self) {
        self.stop.ask();
        self.token.cancel();
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Returns when it is asked.
    pub async fn asked(&self) {
        self.token.cancelled().await;
    }

    /// Waits, but no longer than until it is asked; false then.
    pub async fn sleep(&self, time: std::time::Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(time) => true,
            () = self.asked() => false,
        }
    }

    /// The same for a load.
    pub fn stop(&self) -> Stop {
        self.stop.clone()
    }
}
