//! Answers on codes are those of the engine's own plan.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod kept;
mod random;
mod shapes;
mod table;
