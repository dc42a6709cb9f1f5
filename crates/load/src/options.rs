//! What a load is asked to do.

use std::str::FromStr;
use std::sync::Arc;

use flowtrail_decode::{Limits, LogKind};
use flowtrail_source::KeyFilter;

use crate::Target;

/// What happens when a record cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// The record goes to quarantine, the rest of its object loads.
    #[default]
    Continue,
    /// Nothing of its object loads; the other objects do.
    SkipObject,
    /// The load ends; batches already committed stay.
    Abort,
}

impl FromStr for OnError {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "continue" => Ok(Self::Continue),
            "skip-object" => Ok(Self::SkipObject),
            "abort" => Ok(Self::Abort),
            other => Err(format!("`{other}` is not one of continue, skip-object, abort")),
        }
    }
}

/// What a load is asked to do.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The kind of every object, where the user names it; otherwise key layout and content tell.
    pub kind: Option<LogKind>,
    /// The fields of flow log text that has no header line.
    pub flow_format: Option<Vec<String>>,
    /// What happens when a record cannot be read.
    pub on_error: OnError,
    /// Which objects, by their keys.
    pub filter: KeyFilter,
    /// How far compressed objects may grow.
    pub limits: Limits,
    /// The table all rows go into, where it is one that a user made.
    pub target: Option<Arc<Target>>,
    /// The pipe that loads, where it is one.
    pub pipe: Option<String>,
    /// Whether objects that cannot be fetched for a reason that may pass are left for later: the summary names them as
    /// postponed, and the history says nothing of them. A pipe comes back to them.
    pub postpone: bool,
    /// Whether the summary names every object.
    pub report_objects: bool,
    /// The most objects of a batch, where a test wants several batches of few; otherwise what suits a load.
    pub batch_objects: Option<usize>,
}
