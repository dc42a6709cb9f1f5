//! Whether the server can do its work.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use flowtrail_pipe::Planned;
use flowtrail_serve::Ready;
use flowtrail_session::SessionError;
use parking_lot::Mutex;

/// The definitions are looked at every other second; who has not been able to for so long cannot do its work.
const STALE: Duration = Duration::from_secs(30);

/// What is known of the lake. Clones share.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Mutex<Seen>>);

#[derive(Debug, Default)]
struct Seen {
    followed: Option<Instant>,
    error: Option<String>,
}

impl Health {
    /// The definitions in the lake were looked at.
    pub fn followed(&self, planned: &Result<Vec<Planned>, SessionError>) {
        let mut seen = self.0.lock();
        match planned {
            Ok(_) => *seen = Seen {
                followed: Some(Instant::now()),
                error: None,
            },
            Err(error) => seen.error = Some(error.to_string()),
        }
    }
}

#[async_trait]
impl Ready for Health {
    async fn in_the_way(&self) -> Vec<String> {
        let seen = self.0.lock();
        if seen.followed.is_some_and(|followed| followed.elapsed() < STALE) {
            return Vec::new();
        }
        let why = seen.error.as_deref().unwrap_or("it was not looked at yet");
        vec![format!("the lake's definitions cannot be read: {why}")]
    }
}
