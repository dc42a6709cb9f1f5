//! What do we know of logs that the engine's own rules do not?

mod latest;
mod seconds;

pub use latest::LimitedSortBelowProjection;
pub use seconds::SecondsComparison;
