//! `ALTER TABLE` for external tables: their properties, columns and places.

use flowtrail_catalog::{Column, ExternalTable, Properties};
use flowtrail_query::{Answer, QueryError};

use super::external_table::{add, columns, properties};
use super::partition::{AddPartitions, DropPartitions, Values, external, found_at, save, values};
use super::{Command, pipe};
use crate::cursor::{Cursor, Read};
use crate::rows::status;
use crate::{Session, SessionError};

/// `ALTER TABLE t …`, where it changes a definition.
#[derive(Debug)]
pub struct AlterTable {
    table: Vec<String>,
    change: Change,
}

#[derive(Debug)]
enum Change {
    /// `SET TBLPROPERTIES ('name' = 'text', …)`
    Properties(Properties),
    /// `ADD COLUMNS (name type, …)`
    Columns(Vec<Column>),
    /// `[PARTITION (…)] SET LOCATION 'place'`
    Location(Option<Values>, String),
}

/// Reads `ALTER …`; `None` for what nobody here knows.
pub fn read(mut cursor: Cursor<'_>) -> Result<Option<Command>, QueryError> {
    cursor.expect(&["ALTER"])?;
    if cursor.takes(&["PIPE"]) {
        return pipe::AlterPipe::read(cursor).map(|read| Some(Command::AlterPipe(read)));
    }
    if !cursor.takes(&["TABLE"]) {
        return Ok(None);
    }
    let table = cursor.names()?;
    if cursor.is(&["ADD", "IF"]) || cursor.is(&["ADD", "PARTITION"]) {
        cursor.expect(&["ADD"])?;
        return AddPartitions::read(table, cursor).map(|read| Some(Command::AddPartitions(read)));
    }
    if cursor.is(&["DROP", "IF"]) || cursor.is(&["DROP", "PARTITION"]) {
        cursor.expect(&["DROP"])?;
        return DropPartitions::read(table, cursor).map(|read| Some(Command::DropPartitions(read)));
    }
    let change = change(&mut cursor)?;
    let Some(change) = change else { return Ok(None) };
    cursor.end()?;
    Ok(Some(Command::AlterTable(AlterTable { table, change })))
}

fn change(cursor: &mut Cursor<'_>) -> Result<Option<Change>, QueryError> {
    let renames =
        |cursor: &Cursor<'_>| cursor.is(&["RENAME", "PARTITION"]) || cursor.is(&["RENAME", "TO", "PARTITION"]);
    let partition = cursor.is(&["PARTITION"]).then(|| values(cursor)).transpose()?;
    if renames(cursor) {
        return Err(QueryError::NotDone {
            statement: "ALTER TABLE … RENAME PARTITION".to_owned(),
        });
    }
    if cursor.takes(&["SET", "LOCATION"]) {
        return Ok(Some(Change::Location(partition, cursor.text()?)));
    }
    if partition.is_some() {
        return Err(cursor.expected("SET LOCATION"));
    }
    if cursor.takes(&["SET", "TBLPROPERTIES"]) {
        return Ok(Some(Change::Properties(properties(cursor)?)));
    }
    if cursor.takes(&["ADD", "COLUMNS"]) {
        return Ok(Some(Change::Columns(columns(cursor)?)));
    }
    Ok(None)
}

impl AlterTable {
    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let (defined, mut table) = external(session, &self.table).await?;
        let done = match self.change {
            Change::Properties(more) => {
                add(&mut table.properties, &more);
                format!("{} properties of {} set", more.iter().count(), defined.name)
            }
            Change::Columns(more) => {
                let done = format!("{} columns added to {}", more.len(), defined.name);
                table.columns.extend(more);
                done
            }
            Change::Location(None, location) => {
                let done = format!("{} is at {location} now", defined.name);
                table.location = location;
                done
            }
            Change::Location(Some(values), location) => {
                let at = found_at(&table, &values, &defined)?;
                let done = format!("a partition of {} is at {location} now", defined.name);
                moved(&mut table, at, location)?;
                done
            }
        };
        // What was wrong before is not the fault of this change, but nobody can ask such a table.
        flowtrail_external::check(&table)?;
        save(session, &defined, table).await?;
        Ok(status(done))
    }
}

fn moved(table: &mut ExternalTable, at: usize, location: String) -> Result<(), SessionError> {
    // A place is checked as that of a table is.
    flowtrail_external::check(&ExternalTable {
        location: location.clone(),
        ..table.clone()
    })?;
    table.partitions[at].location = location;
    Ok(())
}

/// `MSCK REPAIR TABLE t`: partitions that are there as folders are added.
#[derive(Debug)]
pub struct RepairTable {
    table: Vec<String>,
}

impl RepairTable {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.expect(&["MSCK"])?;
        cursor.expect(&["REPAIR", "TABLE"])?;
        let table = cursor.names()?;
        cursor.takes(&["ADD", "PARTITIONS"]);
        cursor.end()?;
        Ok(Self { table })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let (defined, mut table) = external(session, &self.table).await?;
        if table.partition_columns.is_empty() {
            let message = format!(
                "`{}` has no partitions: it was created without PARTITIONED BY",
                defined.name
            );
            return Err(SessionError::refused(message, None));
        }
        let access = flowtrail_external::Access {
            aws: session.aws().clone(),
        };
        let is_projected = table.properties.get("projection.enabled");
        let is_projected = is_projected.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
        if is_projected || flowtrail_external::finds_partitions(&table) {
            let message = format!(
                "partitions of `{}` follow from its properties, and none is ever missing",
                defined.name
            );
            return Err(SessionError::refused(message, Some("SHOW PARTITIONS lists them")));
        }
        let found = Box::pin(flowtrail_external::find_partitions(&table, &access)).await?;
        let answer = super::show::partition_rows(&table.partition_columns, &found);
        table.partitions.extend(found);
        table.partitions.sort();
        save(session, &defined, table).await?;
        Ok(answer)
    }
}
