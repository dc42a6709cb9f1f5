//! Pipes over servers of S3, SQS and SNS (moto): what arrives, however it is told and whatever breaks, is in the tables
//! once.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod arrival;
mod bad_messages;
mod breaking;
mod cloud;
mod deliveries;
mod documents;
mod folder;
mod hindered;
mod kills;
mod logs;
#[path = "../crash/moto.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod moto;
mod outages;
mod process;
#[path = "../crash/proxy.rs"]
#[allow(dead_code, reason = "the crash tests use all of it")]
mod proxy;
mod several_pipes;
mod several_processes;
mod world;
