//! Requests and their answers, without a port.
#![allow(clippy::unwrap_used, clippy::panic)]

mod dashboards;
mod links;
mod pages;
mod site;
mod statements;
