//! `RELATIONALIZE`: the nested rows of a table as flat tables, each once.

use std::sync::Arc;

use flowtrail_catalog::{ColumnType, Definition, Kind, ObjectName};
use flowtrail_lake::TableDefinition;
use flowtrail_lake::definition::find;
use flowtrail_load::{Silent, Stop};
use flowtrail_query::{Answer, Names, Relation};
use flowtrail_relational::{DEFAULT_MOST_COLUMNS, Flattened, Relationalize as Work};

use crate::cursor::{Cursor, Read};
use crate::rows::Rows;
use crate::session::{new_name, required};
use crate::{Session, SessionError};

/// `RELATIONALIZE source INTO target [MAX COLUMNS n]`
#[derive(Debug)]
pub struct Relationalize {
    source: Vec<String>,
    target: Vec<String>,
    most_columns: usize,
}

impl Relationalize {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.expect(&["RELATIONALIZE"])?;
        cursor.takes(&["TABLE"]);
        let source = cursor.names()?;
        cursor.expect(&["INTO"])?;
        let target = cursor.names()?;
        let mut most_columns = DEFAULT_MOST_COLUMNS;
        if cursor.takes(&["MAX", "COLUMNS"]) {
            let place = cursor.clone();
            let number = cursor
                .value()?
                .parse()
                .ok()
                .filter(|number| (100..=10_000).contains(number));
            most_columns = number.ok_or_else(|| place.error("MAX COLUMNS is a number from 100 to 10000"))?;
        }
        cursor.end()?;
        Ok(Self {
            source,
            target,
            most_columns,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let (source_name, source) = self.source(&names)?;
        let target = self.target(session, &names).await?;
        let work = Work {
            lake: session.engine().lake().clone(),
            catalog: session.catalog().clone(),
            source,
            source_name,
            target,
            most_columns: self.most_columns,
        };
        // Without a stop nothing but an end is answered.
        let done = Box::pin(work.run(&Silent, &Stop::default())).await?.unwrap_or_default();
        Ok(answer(&done))
    }

    fn source(&self, names: &Names) -> Result<(String, Arc<TableDefinition>), SessionError> {
        let written = self.source.join(".");
        let hint = "RELATIONALIZE reads tables of the lake; CREATE TABLE … AS SELECT … makes one of anything";
        match names.resolve(&self.source) {
            Some((name, Relation::BuiltIn(_))) => {
                let table = find(&name.schema, &name.name);
                let table = table.ok_or_else(|| SessionError::refused(format!("no table `{written}`"), None))?;
                return Ok((table.qualified_name(), Arc::clone(table)));
            }
            Some((_, Relation::BuiltInView(_))) => {
                return Err(SessionError::refused(format!("`{written}` is a view"), Some(hint)));
            }
            _ => {}
        }
        let defined = required(names, Kind::Relation, &self.source)?;
        let Definition::Table(table) = &defined.definition else {
            let message = format!("`{written}` is a {}", defined.definition.noun());
            return Err(SessionError::refused(message, Some(hint)));
        };
        if table
            .columns
            .iter()
            .any(|column| column.column_type == ColumnType::Variant)
        {
            let message = format!("`{written}` has a VARIANT column, whose paths are columns already");
            return Err(SessionError::refused(message, Some("ask for `column:path` as it is")));
        }
        Ok((defined.name.to_string(), table.definition(&defined.name)))
    }

    /// The target's name; a schema that is not there is made.
    async fn target(&self, session: &Session, names: &Names) -> Result<ObjectName, SessionError> {
        if let Some(full) = names.full_name(&self.target)
            && names.is_database(&full.database)
            && !names.is_schema(&full.database, &full.schema)
        {
            let schema = ObjectName::of_schema(full.database.as_str(), full.schema.as_str());
            session.catalog().put(&schema, Definition::Schema, None).await?;
            return new_name(&session.names().await?, &self.target);
        }
        new_name(names, &self.target)
    }
}

/// A row for each table that got rows; for the one that was named always.
fn answer(done: &Flattened) -> Answer {
    let told: Vec<_> = done
        .tables
        .iter()
        .enumerate()
        .filter(|(number, table)| *number == 0 || table.rows > 0)
        .map(|(_, table)| table)
        .collect();
    Rows::new()
        .text("table", told.iter().map(|table| Some(table.name.to_string())))
        .numbers("rows", told.iter().map(|table| Some(table.rows as i64)))
        .numbers("new_columns", told.iter().map(|table| Some(table.new_columns as i64)))
        .answer()
}
