//! What is written is taken by AWS's tools, and by a server that answers like AWS.

#![allow(clippy::unwrap_used)]

mod agreement;
mod applied;
mod combinations;
mod lint;
mod moto;
mod programs;
mod terraform;
