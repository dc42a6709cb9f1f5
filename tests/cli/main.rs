//! The built program, as its users meet it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod essentials;
