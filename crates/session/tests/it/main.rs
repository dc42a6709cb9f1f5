//! Statements of every kind over a lake in a folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod copying;
mod definitions;
mod errors;
mod external;
mod loading;
mod pipes;
mod place;
mod ports;
mod prepared;
mod relationalize;
mod safety;
mod unloading;
mod variant;
