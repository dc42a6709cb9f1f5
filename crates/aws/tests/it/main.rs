//! What is written is taken by AWS's tools, and by a server that answers like AWS.

mod combinations;
mod lint;
mod programs;
mod terraform;
