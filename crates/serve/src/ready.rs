//! Whether the program can do its work, as its caller knows.

use async_trait::async_trait;

/// What `GET /readyz` asks. Whoever wires the program knows what it needs; this crate does not.
#[async_trait]
pub trait Ready: Send + Sync + 'static {
    /// What is in the way, in words for the person who looks; empty when the program can do its work.
    async fn in_the_way(&self) -> Vec<String>;
}
