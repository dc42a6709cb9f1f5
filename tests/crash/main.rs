//! Exactly once: the built program is killed, stopped, lied to and raced, and then every record is counted.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod answers;
mod copies;
mod count;
mod failpoints;
mod input;
mod kills;
mod lake;
mod moto;
mod power;
mod proxy;
mod relational;
mod site;
mod stalled;
mod together;
