//! `DROP …`

use std::sync::Arc;

use flowtrail_catalog::{DEFAULT_DATABASE, Defined, Definition, Kind};
use flowtrail_query::{Answer, Names, QueryError, Scope};

use crate::cursor::{Cursor, Read};
use crate::rows::status;
use crate::session::{existing_here, required_here};
use crate::{Session, SessionError};

/// `DROP TABLE t` and its kin.
#[derive(Debug)]
pub struct Drop {
    kind: Kind,
    noun: &'static str,
    name: Vec<String>,
    if_exists: bool,
    cascade: bool,
}

/// What can be dropped: its words, and the kind of definition it is.
const KINDS: &[(&[&str], Kind, &str)] = &[
    (&["DATABASE"], Kind::Database, "database"),
    (&["SCHEMA"], Kind::Schema, "schema"),
    (&["VIEW"], Kind::Relation, "view"),
    (&["EXTERNAL", "TABLE"], Kind::Relation, "table"),
    (&["TABLE"], Kind::Relation, "table"),
    (&["FUNCTION"], Kind::Function, "function"),
    (&["STAGE"], Kind::Stage, "stage"),
    (&["FILE", "FORMAT"], Kind::FileFormat, "file format"),
    (&["STORAGE", "INTEGRATION"], Kind::Integration, "integration"),
    (&["INTEGRATION"], Kind::Integration, "integration"),
    (&["WAREHOUSE"], Kind::Warehouse, "warehouse"),
    (&["PIPE"], Kind::Pipe, "pipe"),
];

impl Drop {
    /// `None` for what nobody here knows.
    pub fn read(mut cursor: Cursor<'_>) -> Result<Option<Self>, QueryError> {
        cursor.expect(&["DROP"])?;
        let Some((_, kind, noun)) = KINDS.iter().find(|(words, ..)| cursor.takes(words)) else {
            return Ok(None);
        };
        Self::of(*kind, noun, cursor).map(Some)
    }

    fn of(kind: Kind, noun: &'static str, mut cursor: Cursor<'_>) -> Read<Self> {
        let if_exists = cursor.if_exists();
        let name = cursor.names()?;
        if kind == Kind::Function && cursor.takes_symbol('(') {
            cursor.bracketed()?;
        }
        let end = cursor.takes_one_of(&["CASCADE", "RESTRICT", "PURGE"]);
        cursor.end()?;
        Ok(Self {
            kind,
            noun,
            name,
            if_exists,
            cascade: end == Some("CASCADE"),
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let written = self.name.join(".");
        let Some(defined) = existing_here(&names, self.kind, &self.name) else {
            if self.if_exists {
                return Ok(status(format!("no {} {written}; nothing was dropped", self.noun)));
            }
            if let Some((name, _)) = names.resolve(&self.name).filter(|_| self.kind == Kind::Relation) {
                return Err(SessionError::refused(
                    format!("`{name}` is built in and cannot be dropped"),
                    None,
                ));
            }
            return Err(match required_here(&names, self.kind, &self.name) {
                Err(SessionError::Refused { hint, .. }) => SessionError::Refused {
                    message: format!("no {} `{written}`", self.noun),
                    hint,
                },
                Err(error) => error,
                Ok(there) => SessionError::refused(format!("`{}` cannot be dropped", there.name), None),
            });
        };
        let is_view = matches!(defined.definition, Definition::View(_));
        if self.kind == Kind::Relation && is_view != (self.noun == "view") {
            let noun = defined.definition.noun();
            let hint = format!("DROP {} {written} drops it", if is_view { "VIEW" } else { "TABLE" });
            return Err(SessionError::refused(
                format!("`{written}` is a {noun}, no {}", self.noun),
                Some(&hint),
            ));
        }
        let inside = inside(&names, &defined);
        if !inside.is_empty() && !self.cascade {
            let message = format!(
                "{} `{written}` is not empty: {} definitions are in it",
                self.noun,
                inside.len()
            );
            return Err(SessionError::refused(
                message,
                Some("DROP … CASCADE drops them with it"),
            ));
        }
        for defined in inside.iter().chain([&defined]) {
            session.catalog().drop(defined).await?;
            session.forget(&defined.definition).await;
        }
        leave(session, &defined);
        Ok(status(format!("{} {written} dropped", self.noun)))
    }
}

/// What goes with a database or schema.
fn inside(names: &Names, of: &Defined) -> Vec<Arc<Defined>> {
    let is_inside = |defined: &&Arc<Defined>| match of.definition.kind() {
        Kind::Database => defined.name.database == of.name.name,
        Kind::Schema => defined.name.database == of.name.database && defined.name.schema == of.name.name,
        _ => false,
    };
    let kinds = Kind::ALL.into_iter();
    kinds
        .flat_map(|kind| names.definitions.of_kind(kind))
        .filter(is_inside)
        .cloned()
        .collect()
}

/// Nobody stays in a database or schema that is gone.
fn leave(session: &Session, dropped: &Defined) {
    let scope = session.engine().scope();
    let is_inside = match dropped.definition.kind() {
        Kind::Database => scope.database == dropped.name.name && scope.database != DEFAULT_DATABASE,
        Kind::Schema => scope.database == dropped.name.database && scope.schema == dropped.name.name,
        _ => false,
    };
    if is_inside {
        session.engine().set_scope(Scope {
            accent: scope.accent,
            ..Scope::default()
        });
    }
}
