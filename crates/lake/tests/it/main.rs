//! Tables on a real folder.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod compact;
mod flag;
mod records;
mod retain;
mod scan;
mod table;
mod vacuum;
