//! What do we know of logs that the engine's own rules do not?

mod seconds;

pub use seconds::SecondsComparison;
