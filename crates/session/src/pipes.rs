//! The pipes that run by themselves: what the definitions in the lake come to.

use std::collections::HashMap;
use std::sync::Arc;

use flowtrail_catalog::{Defined, Definition, Kind, Pipe};
use flowtrail_pipe::{Feed, PipePlan, Planned};
use flowtrail_query::Names;
use flowtrail_source::Place;
use parking_lot::Mutex;

use crate::command::{CopyInto, names_in};
use crate::cursor::Cursor;
use crate::{Session, SessionError};

/// Makes plans of the pipes that are defined with `AUTO_INGEST = TRUE`, again and again: those that are as they were
/// before are not opened anew.
#[derive(Debug)]
pub struct PipePlans {
    session: Session,
    /// The queue of pipes that name none.
    queue: Option<String>,
    before: Mutex<HashMap<String, PipePlan>>,
}

impl PipePlans {
    /// Plans of the pipes in the session's lake. A pipe in a bucket that names no queue is told by `queue`, and where
    /// there is none by listing.
    pub fn new(session: &Session, queue: Option<String>) -> Self {
        Self {
            session: session.clone(),
            queue,
            before: Mutex::default(),
        }
    }

    /// All pipes as they are now.
    ///
    /// # Errors
    /// When the catalog cannot be read. What is wrong with one pipe is in its plan.
    pub async fn now(&self) -> Result<Vec<Planned>, SessionError> {
        let names = self.session.names().await?;
        let mut planned = Vec::new();
        for defined in names.definitions.of_kind(Kind::Pipe) {
            let Definition::Pipe(pipe) = &defined.definition else {
                continue;
            };
            if pipe.auto_ingest {
                planned.push(self.planned(&names, defined, pipe).await);
            }
        }
        Ok(planned)
    }

    async fn planned(&self, names: &Names, defined: &Defined, pipe: &Pipe) -> Planned {
        let name = defined.name.to_string();
        if pipe.is_paused {
            return Planned::Not { name, error: None };
        }
        match Box::pin(self.plan(names, &name, pipe)).await {
            Ok(plan) => {
                self.before.lock().insert(name, plan.clone());
                Planned::Pipe(Box::new(plan))
            }
            Err(error) => Planned::Not {
                name,
                error: Some(error.to_string()),
            },
        }
    }

    async fn plan(&self, names: &Names, name: &str, pipe: &Pipe) -> Result<PipePlan, SessionError> {
        let names = names_in(names, pipe);
        let copy = CopyInto::read_of_pipe(name, Cursor::new(&pipe.copy))?;
        let (place, options) = copy.plan(&self.session, &names).await?;
        let feed = match (place.url.parse::<Place>()?, &pipe.notification_channel, &self.queue) {
            (Place::Path(path), _, _) => Feed::Folder(path),
            (_, Some(queue), _) | (_, None, Some(queue)) => Feed::Queue(queue.clone()),
            (_, None, None) => Feed::Listing,
        };
        // What a plan comes to hangs on all of these, and on nothing else.
        let definition = format!("{pipe:?} {place:?} {feed:?} {options:?}");
        if let Some(before) = self
            .before
            .lock()
            .get(name)
            .filter(|before| before.definition == definition)
        {
            return Ok(before.clone());
        }
        Ok(PipePlan {
            name: name.to_owned(),
            definition,
            source: Arc::new(place.source().await?),
            admits: Arc::new(copy.admits(&place)?),
            options,
            feed,
            // The role that reads the objects is the one that takes the messages.
            aws: place.aws,
        })
    }
}
