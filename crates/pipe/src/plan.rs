//! What a pipe is to do.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use flowtrail_load::LoadOptions;
use flowtrail_source::{AwsSettings, Source};

use crate::inbox::News;

/// Where a pipe's news come from.
#[derive(Clone, Debug)]
pub enum Feed {
    /// A queue of SQS, by URL, ARN or name.
    Queue(String),
    /// Its place is listed, again and again.
    Listing,
    /// Its place is a folder, which is watched.
    Folder(PathBuf),
    /// Its place is the lake's own inbox.
    Inbox(News),
}

impl Feed {
    /// What it is called where pipes are listed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queue(_) => "queue",
            Self::Listing => "listing",
            Self::Folder(_) => "folder",
            Self::Inbox(_) => "inbox",
        }
    }

    /// The queue.
    pub fn queue(&self) -> Option<&str> {
        match self {
            Self::Queue(queue) => Some(queue),
            Self::Listing | Self::Folder(_) | Self::Inbox(_) => None,
        }
    }
}

/// Which objects of its place a pipe takes, by URI.
pub type Admits = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What a pipe is to do.
#[derive(Clone)]
pub struct PipePlan {
    /// The pipe, as the history names it: `flowtrail.public.flows`.
    pub name: String,
    /// What it was made of. A pipe whose definition changes has another one, and begins anew.
    pub definition: String,
    /// Where its objects are.
    pub source: Arc<Source>,
    /// Which of them it takes.
    pub admits: Admits,
    /// How they are loaded.
    pub options: LoadOptions,
    /// What tells of them.
    pub feed: Feed,
    /// How AWS is reached for the queue.
    pub aws: AwsSettings,
}

impl fmt::Debug for PipePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PipePlan")
            .field("name", &self.name)
            .field("feed", &self.feed)
            .finish_non_exhaustive()
    }
}
