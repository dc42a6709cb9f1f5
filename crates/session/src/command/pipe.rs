//! Pipes: loads that are done again and again.

use chrono::Utc;
use flowtrail_catalog::{Definition, Kind, Pipe};
use flowtrail_query::{Answer, QueryError};

use super::create::{if_not_exists, told};
use crate::cursor::{Cursor, Read};
use crate::rows::status;
use crate::session::{Creation, new_name, required};
use crate::settings::Settings;
use crate::{Session, SessionError};

/// `CREATE PIPE … AS COPY INTO …`
#[derive(Debug)]
pub struct CreatePipe {
    name: Vec<String>,
    auto_ingest: bool,
    comment: Option<String>,
    copy: String,
    how: Creation,
}

impl CreatePipe {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        let mut settings = Settings::read(&mut cursor)?;
        cursor.expect(&["AS"])?;
        if !cursor.is(&["COPY", "INTO"]) {
            return Err(cursor.expected("COPY INTO"));
        }
        let auto_ingest = settings.flag("auto_ingest")?.unwrap_or(false);
        let comment = settings.text("comment");
        settings.end()?;
        Ok(Self {
            name,
            auto_ingest,
            comment,
            copy: cursor.rest().to_owned(),
            how,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let name = new_name(&names, &self.name)?;
        let pipe = Pipe {
            copy: self.copy,
            database: names.scope.database.clone(),
            schema: names.scope.schema.clone(),
            auto_ingest: self.auto_ingest,
            is_paused: false,
            created_at: Utc::now(),
            comment: self.comment,
        };
        let creating = session.define(&name, Definition::Pipe(pipe), self.how).await?;
        Ok(status(told("pipe", &self.name.join("."), creating)))
    }
}

/// `ALTER PIPE`
#[derive(Debug)]
pub struct AlterPipe {
    name: Vec<String>,
    is_paused: bool,
}

impl AlterPipe {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        let name = cursor.names()?;
        if cursor.is(&["REFRESH"]) {
            return Err(QueryError::NotDone {
                statement: "ALTER PIPE … REFRESH".to_owned(),
            });
        }
        cursor.expect(&["SET"])?;
        let mut settings = Settings::read(&mut cursor)?;
        let paused = settings.flag("pipe_execution_paused")?;
        settings.end()?;
        cursor.end()?;
        match paused {
            Some(is_paused) => Ok(Self { name, is_paused }),
            None => Err(cursor.expected("PIPE_EXECUTION_PAUSED = TRUE or FALSE")),
        }
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let defined = required(&names, Kind::Pipe, &self.name)?;
        let Definition::Pipe(pipe) = &defined.definition else {
            return Err(SessionError::refused(format!("`{}` is no pipe", defined.name), None));
        };
        let changed = Pipe {
            is_paused: self.is_paused,
            ..pipe.clone()
        };
        session
            .catalog()
            .put(&defined.name, Definition::Pipe(changed), Some(&defined))
            .await?;
        let state = if self.is_paused { "paused" } else { "running" };
        Ok(status(format!("pipe {} {state}", defined.name)))
    }
}
