//! What do we know of logs that the engine's own rules do not?

mod latest;
mod newest;
mod physical;
mod seconds;
mod yielding;

pub use latest::LimitedSortBelowProjection;
pub use physical::physical_rules;
pub use seconds::SecondsComparison;
