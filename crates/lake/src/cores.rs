//! One thread a core for work that computes: decoding, sorting, encoding.
//!
//! Tokio's blocking threads are for waiting, and there can be hundreds. Here as many work as there are cores, always the
//! same ones, so that caches and memory they keep are of use to what comes next.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

/// Work on a core ended in a panic; this is a defect of ours.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Panicked(String);

/// Runs `work` on the next free core.
///
/// # Errors
/// When it panics.
pub async fn on_core<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Panicked> {
    let (sender, receiver) = oneshot::channel();
    rayon::spawn(move || {
        let done = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| Panicked(message(panic.as_ref())));
        // Whoever asked may have given up.
        drop(sender.send(done));
    });
    receiver
        .await
        .unwrap_or_else(|_| Err(Panicked("its thread ended".to_owned())))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::on_core;

    #[tokio::test]
    async fn answers_and_panics_come_back() {
        assert_eq!(on_core(|| 6 * 7).await.unwrap(), 42);
        let unlucky = || -> u32 { panic!("out of {}", "luck") };
        let error = on_core(unlucky).await.unwrap_err();
        assert_eq!(error.to_string(), "out of luck");
        assert!(on_core(|| 1).await.is_ok(), "the core goes on");
    }
}
