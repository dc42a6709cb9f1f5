//! Queries with names.

use flowtrail_catalog::{Definition, View};
use flowtrail_query::Answer;

use super::create::{if_not_exists, told};
use crate::cursor::{Cursor, Query, Read};
use crate::rows::status;
use crate::session::Creation;
use crate::{Session, SessionError};

/// `CREATE VIEW`
#[derive(Debug)]
pub struct CreateView {
    name: Vec<String>,
    columns: Vec<String>,
    comment: Option<String>,
    query: Query,
    how: Creation,
}

impl CreateView {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        let mut columns = Vec::new();
        if cursor.takes_symbol('(') {
            loop {
                columns.push(cursor.name()?);
                if cursor.takes(&["COMMENT"]) {
                    cursor.text()?;
                }
                if !cursor.takes_symbol(',') {
                    break;
                }
            }
            cursor.expect_symbol(')')?;
        }
        let mut comment = None;
        while !cursor.takes(&["AS"]) {
            if cursor.takes(&["COMMENT"]) {
                cursor.takes_symbol('=');
                comment = Some(cursor.text()?);
            } else if !cursor.takes(&["COPY", "GRANTS"]) {
                return Err(cursor.expected("AS and a query"));
            }
        }
        if cursor.is_end() {
            return Err(cursor.expected("a query"));
        }
        Ok(Self {
            name,
            columns,
            comment,
            query: cursor.query(),
            how,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let written = self.name.join(".");
        let name = crate::session::new_name(&names, &self.name)?;
        let schema = session
            .engine()
            .check_view(self.query.text(), &name)
            .await
            .map_err(|error| self.query.placed(error))?;
        if !self.columns.is_empty() && self.columns.len() != schema.fields().len() {
            let (given, asked) = (self.columns.len(), schema.fields().len());
            let message = format!("the view names {given} columns, and its query gives {asked}");
            return Err(SessionError::refused(message, None));
        }
        let view = View {
            sql: self.query.text().to_owned(),
            columns: self.columns,
            database: names.scope.database.clone(),
            schema: names.scope.schema.clone(),
            accent: names.scope.accent.to_string(),
            comment: self.comment,
        };
        let creating = session.define(&name, Definition::View(view), self.how).await?;
        Ok(status(told("view", &written, creating)))
    }
}
