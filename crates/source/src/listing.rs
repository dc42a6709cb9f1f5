//! A listing as a stream, produced by a task ahead of its reader.

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::error::SourceError;
use crate::object::Object;

/// What a listing yields: an object, or a part of the place that could not be listed.
pub(crate) type Listed = Result<Object, SourceError>;

/// How far a listing runs ahead of its reader.
const AHEAD: usize = 1024;

/// Starts a listing. `start` is given the sender and spawns the task that fills it; when the stream is dropped, the
/// task's next send fails and it should end.
pub(crate) fn listing(
    place: String,
    start: impl FnOnce(mpsc::Sender<Listed>) -> JoinHandle<()>,
) -> BoxStream<'static, Listed> {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let task = start(sender);
    stream::unfold((receiver, Some(task)), move |(mut receiver, mut task)| {
        let place = place.clone();
        async move {
            if let Some(listed) = receiver.recv().await {
                return Some((listed, (receiver, task)));
            }
            // A task that died half-way must not look like a listing that came to its end.
            let reason = task.take()?.await.err()?.to_string();
            Some((Err(SourceError::BrokenOff { place, reason }), (receiver, None)))
        }
    })
    .boxed()
}

/// Names left out of a listing: what tools keep beside data, such as `_SUCCESS`, `_delta_log`, `.DS_Store`.
pub(crate) fn is_hidden(name: &[u8]) -> bool {
    matches!(name.first(), Some(b'.' | b'_'))
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_dies_is_an_error() {
        let listed: Vec<Listed> = listing("here".into(), |_sender| tokio::spawn(async { panic!("on purpose") }))
            .collect()
            .await;
        assert_eq!(listed.len(), 1);
        assert!(
            listed[0]
                .as_ref()
                .unwrap_err()
                .to_string()
                .starts_with("reading here broke off: ")
        );
    }
}
