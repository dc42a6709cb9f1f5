//! Pipes: loads that are done again and again.

use std::sync::Arc;

use chrono::Utc;
use flowtrail_catalog::{Definition, Kind, Pipe};
use flowtrail_query::{Answer, Names, Scope};

use super::copy::CopyInto;
use super::create::{if_not_exists, told};
use crate::cursor::{Cursor, Read};
use crate::rows::{Rows, status};
use crate::session::{Creation, new_name, required_here};
use crate::settings::Settings;
use crate::{Session, SessionError};

/// `CREATE PIPE … AS COPY INTO …`
#[derive(Debug)]
pub struct CreatePipe {
    name: Vec<String>,
    auto_ingest: bool,
    comment: Option<String>,
    notification_channel: Option<String>,
    copy: String,
    how: Creation,
}

impl CreatePipe {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        let mut settings = Settings::read(&mut cursor)?;
        cursor.expect(&["AS"])?;
        CopyInto::read_of_pipe("", cursor.clone())?;
        let auto_ingest = settings.flag("auto_ingest")?.unwrap_or(false);
        let comment = settings.text("comment");
        let notification_channel = settings.text("notification_channel");
        settings.end()?;
        Ok(Self {
            name,
            auto_ingest,
            comment,
            notification_channel,
            copy: cursor.rest().to_owned(),
            how,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        if self.notification_channel.is_some() {
            session.check_opens("NOTIFICATION_CHANNEL")?;
        }
        let names = session.names().await?;
        let name = new_name(&names, &self.name)?;
        // What it names must be there, so that it is said now and not by a process that runs it.
        let copy = CopyInto::read_of_pipe(&name.to_string(), Cursor::new(&self.copy))?;
        Box::pin(copy.plan(session, &names)).await?;
        let pipe = Pipe {
            copy: self.copy,
            database: names.scope.database.clone(),
            schema: names.scope.schema.clone(),
            auto_ingest: self.auto_ingest,
            is_paused: false,
            created_at: Utc::now(),
            comment: self.comment,
            notification_channel: self.notification_channel,
        };
        let creating = session.define(&name, Definition::Pipe(pipe), self.how).await?;
        Ok(status(told("pipe", &self.name.join("."), creating)))
    }
}

/// `ALTER PIPE`
#[derive(Debug)]
pub struct AlterPipe {
    name: Vec<String>,
    change: Change,
}

#[derive(Debug)]
enum Change {
    /// `SET PIPE_EXECUTION_PAUSED = TRUE`
    Pause(bool),
    /// `REFRESH`
    Refresh,
}

impl AlterPipe {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.if_exists();
        let name = cursor.names()?;
        if cursor.takes(&["REFRESH"]) {
            cursor.end()?;
            let change = Change::Refresh;
            return Ok(Self { name, change });
        }
        cursor.expect(&["SET"])?;
        let mut settings = Settings::read(&mut cursor)?;
        let paused = settings.flag("pipe_execution_paused")?;
        settings.end()?;
        cursor.end()?;
        match paused {
            Some(is_paused) => Ok(Self {
                name,
                change: Change::Pause(is_paused),
            }),
            None => Err(cursor.expected("PIPE_EXECUTION_PAUSED = TRUE or FALSE")),
        }
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let defined = required_here(&names, Kind::Pipe, &self.name)?;
        let Definition::Pipe(pipe) = &defined.definition else {
            return Err(SessionError::refused(format!("`{}` is no pipe", defined.name), None));
        };
        match self.change {
            Change::Refresh => refresh(session, &names, &defined.name.to_string(), pipe).await,
            Change::Pause(is_paused) => {
                let changed = Pipe {
                    is_paused,
                    ..pipe.clone()
                };
                session
                    .catalog()
                    .put(&defined.name, Definition::Pipe(changed), Some(&defined))
                    .await?;
                let state = if is_paused { "paused" } else { "running" };
                Ok(status(format!("pipe {} {state}", defined.name)))
            }
        }
    }
}

/// What names mean in a pipe's statement: as they did where it was made.
pub fn names_in(names: &Names, pipe: &Pipe) -> Names {
    Names {
        definitions: Arc::clone(&names.definitions),
        scope: Scope {
            database: pipe.database.clone(),
            schema: pipe.schema.clone(),
            ..names.scope.clone()
        },
    }
}

/// Loads what the pipe's place has and its table has not, and waits for it.
async fn refresh(session: &Session, names: &Names, name: &str, pipe: &Pipe) -> Result<Answer, SessionError> {
    if pipe.is_paused {
        let hint = format!("ALTER PIPE {name} SET PIPE_EXECUTION_PAUSED = FALSE lets it run");
        return Err(SessionError::refused(format!("pipe `{name}` is paused"), Some(&hint)));
    }
    let names = names_in(names, pipe);
    let copied = CopyInto::read_of_pipe(name, Cursor::new(&pipe.copy))?
        .load(session, &names)
        .await?;
    Ok(Rows::new()
        .text("file", copied.iter().map(|copied| Some(&copied.uri)))
        .text("status", copied.iter().map(|copied| Some(copied.status.to_uppercase())))
        .numbers(
            "rows_loaded",
            copied.iter().map(|copied| Some(copied.rows_loaded as i64)),
        )
        .text("first_error", copied.iter().map(|copied| copied.first_error.as_ref()))
        .answer())
}
