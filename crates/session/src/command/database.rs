//! Databases, schemas, and which of them is looked in first.

use flowtrail_catalog::{DEFAULT_SCHEMA, Definition, Kind, ObjectName};
use flowtrail_query::{Accent, Answer, Scope};

use super::create::{if_not_exists, told};
use super::warehouse;
use crate::cursor::{Cursor, Read};
use crate::rows::{Rows, status};
use crate::session::{Creating, Creation};
use crate::{Session, SessionError};

/// `CREATE DATABASE` and `CREATE SCHEMA`. In Athena the two are one, and what is created is not entered; in Snowflake it
/// is.
#[derive(Debug)]
pub struct CreateDatabase {
    kind: Kind,
    name: Vec<String>,
    how: Creation,
    /// Written as in Athena: with `IF NOT EXISTS`, a comment without `=`, a location or properties.
    is_athena: bool,
}

impl CreateDatabase {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let kind = if cursor.takes(&["DATABASE"]) {
            Kind::Database
        } else {
            Kind::Schema
        };
        cursor.takes(&["SCHEMA"]);
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        let mut is_athena = how == Creation::IfNotExists;
        loop {
            if cursor.takes(&["COMMENT"]) {
                is_athena |= !cursor.takes_symbol('=');
                cursor.text()?;
            } else if cursor.takes(&["LOCATION"]) {
                is_athena = true;
                cursor.text()?;
            } else if cursor.takes(&["WITH", "DBPROPERTIES"]) {
                is_athena = true;
                cursor.expect_symbol('(')?;
                cursor.bracketed()?;
            } else {
                break;
            }
        }
        cursor.end()?;
        Ok(Self {
            kind,
            name,
            how,
            is_athena,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let written = self.name.join(".");
        let (name, definition) = match (self.kind, self.name.as_slice()) {
            (Kind::Database, [name]) => (ObjectName::global(name), Definition::Database),
            (Kind::Schema, [name]) => (ObjectName::of_schema(&names.scope.database, name), Definition::Schema),
            (Kind::Schema, [database, name]) if names.is_database(database) => {
                (ObjectName::of_schema(database, name), Definition::Schema)
            }
            _ => {
                return Err(SessionError::refused(
                    format!("`{written}` cannot be a {}'s name", self.kind),
                    None,
                ));
            }
        };
        let is_there = match self.kind {
            Kind::Database => names.is_database(&name.name),
            _ => names.is_schema(&name.database, &name.name),
        };
        let is_built_in = is_there && session.catalog().get(self.kind, &name).await?.is_none();
        let creating = match self.how {
            Creation::OrReplace if is_there => {
                let message = format!("{} `{written}` is there, and what is in it would be lost", self.kind);
                return Err(SessionError::refused(
                    message,
                    Some("DROP … CASCADE drops it with all that is in it"),
                ));
            }
            _ if is_built_in => Creating::Unchanged,
            how => session.define(&name, definition, how).await?,
        };
        if !self.is_athena {
            let scope = match self.kind {
                Kind::Database => Scope {
                    database: name.name.clone(),
                    schema: DEFAULT_SCHEMA.to_owned(),
                    ..names.scope
                },
                _ => Scope {
                    database: name.database.clone(),
                    schema: name.name.clone(),
                    ..names.scope
                },
            };
            session.engine().set_scope(scope);
        }
        Ok(status(told(self.kind.noun(), &written, creating)))
    }
}

/// `USE …`
#[derive(Debug)]
pub struct Use {
    /// `DATABASE`, `SCHEMA`, `WAREHOUSE`, or nothing.
    what: Option<&'static str>,
    name: Vec<String>,
}

impl Use {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.expect(&["USE"])?;
        let what = cursor.takes_one_of(&["DATABASE", "SCHEMA", "CATALOG", "WAREHOUSE", "ROLE", "SECONDARY"]);
        if let Some("ROLE" | "SECONDARY") = what {
            return Err(flowtrail_query::QueryError::NotDone {
                statement: "USE ROLE".to_owned(),
            });
        }
        let name = cursor.names()?;
        cursor.end()?;
        Ok(Self { what, name })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        if self.what == Some("WAREHOUSE") {
            return warehouse::enter(session, &self.name).await;
        }
        let names = session.names().await?;
        let current = names.scope.database.as_str();
        let written = self.name.join(".");
        let to = match (self.what, self.name.as_slice()) {
            (Some("SCHEMA"), [schema]) => (current, schema.as_str()),
            (None, [name]) if !names.is_database(name) && names.is_schema(current, name) => (current, name.as_str()),
            (None, [name]) if name == "default" => (flowtrail_catalog::DEFAULT_DATABASE, DEFAULT_SCHEMA),
            (_, [database]) => (database.as_str(), DEFAULT_SCHEMA),
            (_, [database, schema]) => (database.as_str(), schema.as_str()),
            _ => {
                return Err(SessionError::refused(
                    format!("`{written}` is neither a database nor a schema"),
                    None,
                ));
            }
        };
        if !names.is_schema(to.0, to.1) {
            let hint = "SHOW DATABASES and SHOW SCHEMAS list what there is";
            let kind = if self.what == Some("SCHEMA") || names.is_database(to.0) {
                Kind::Schema
            } else {
                Kind::Database
            };
            return Err(SessionError::refused(format!("no {kind} `{written}`"), Some(hint)));
        }
        session.engine().set_scope(Scope {
            database: to.0.to_owned(),
            schema: to.1.to_owned(),
            accent: names.scope.accent,
        });
        Ok(status(format!("now in {}.{}", to.0, to.1)))
    }
}

/// `SET accent = …` and `SHOW accent`
#[derive(Debug)]
pub struct SetAccent(Option<Accent>);

impl SetAccent {
    /// `None` for what the engine sets.
    pub fn read(mut cursor: Cursor<'_>) -> Read<Option<Self>> {
        if cursor.takes(&["SHOW", "ACCENT"]) {
            cursor.end()?;
            return Ok(Some(Self(None)));
        }
        if !cursor.takes(&["SET", "ACCENT"]) {
            return Ok(None);
        }
        if !cursor.takes_symbol('=') {
            cursor.expect(&["TO"])?;
        }
        let place = cursor.clone();
        let accent = cursor.value()?.parse().map_err(|why: String| place.error(&why))?;
        cursor.end()?;
        Ok(Some(Self(Some(accent))))
    }

    pub fn run(self, session: &Session) -> Answer {
        let scope = session.engine().scope();
        let accent = self.0.unwrap_or(scope.accent);
        session.engine().set_scope(Scope { accent, ..scope });
        Rows::new().text("accent", [Some(accent.to_string())]).answer()
    }
}
