//! Statements over a lake of a few files.
#![allow(clippy::unwrap_used, clippy::panic)]

mod errors;
mod expressions;
mod functions;
mod lake;
mod listing;
mod lists;
mod names;
mod newest;
mod pruning;
mod restriction;
mod spellings;
mod times;
mod views;
