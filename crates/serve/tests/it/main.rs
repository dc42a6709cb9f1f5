//! The server, over a real port and a lake in a folder.
#![allow(clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod access;
mod client;
mod deliveries;
mod lake;
mod limits;
mod observed;
mod running;
mod stopping;
