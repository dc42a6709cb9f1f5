//! `ALTER TABLE … ADD PARTITION` and `DROP PARTITION`.

use std::sync::Arc;

use flowtrail_catalog::{Column, Defined, Definition, ExternalTable, Kind, Partition};
use flowtrail_query::Answer;

use crate::cursor::{Cursor, Read};
use crate::rows::status;
use crate::session::required_here;
use crate::{Session, SessionError};

/// The values of a partition as they are written: `(year='2026', month='11')`.
pub type Values = Vec<(String, String)>;

/// `ALTER TABLE t ADD [IF NOT EXISTS] PARTITION (…) [LOCATION '…'] …`
#[derive(Debug)]
pub struct AddPartitions {
    table: Vec<String>,
    if_not_exists: bool,
    partitions: Vec<(Values, Option<String>)>,
}

impl AddPartitions {
    pub fn read(table: Vec<String>, mut cursor: Cursor<'_>) -> Read<Self> {
        let if_not_exists = cursor.if_not_exists();
        let mut partitions = Vec::new();
        while !cursor.is_end() {
            let values = values(&mut cursor)?;
            let location = cursor.takes(&["LOCATION"]).then(|| cursor.text()).transpose()?;
            partitions.push((values, location));
            cursor.takes_symbol(',');
        }
        if partitions.is_empty() {
            return Err(cursor.expected("PARTITION"));
        }
        Ok(Self {
            table,
            if_not_exists,
            partitions,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let (defined, mut table) = external(session, &self.table).await?;
        let mut added = 0;
        for (values, location) in self.partitions {
            let written = values;
            let values = in_order(&table.partition_columns, &written, &defined)?;
            let location = location.unwrap_or_else(|| hive_location(&table, &values));
            session.check_reach(&location)?;
            match table
                .partitions
                .binary_search_by(|partition| partition.values.cmp(&values))
            {
                Ok(at) if self.if_not_exists || table.partitions[at].location == location => {}
                Ok(at) => {
                    let message = format!(
                        "partition {} of `{}` is there already, at `{}`",
                        shown(&written),
                        defined.name,
                        table.partitions[at].location
                    );
                    return Err(SessionError::refused(
                        message,
                        Some("ADD IF NOT EXISTS leaves it; DROP PARTITION takes it away"),
                    ));
                }
                Err(at) => {
                    table.partitions.insert(at, Partition { values, location });
                    added += 1;
                }
            }
        }
        save(session, &defined, table).await?;
        Ok(status(format!("{added} partitions added to {}", defined.name)))
    }
}

/// `ALTER TABLE t DROP [IF EXISTS] PARTITION (…), …`
#[derive(Debug)]
pub struct DropPartitions {
    table: Vec<String>,
    if_exists: bool,
    partitions: Vec<Values>,
}

impl DropPartitions {
    pub fn read(table: Vec<String>, mut cursor: Cursor<'_>) -> Read<Self> {
        let if_exists = cursor.if_exists();
        let mut partitions = vec![values(&mut cursor)?];
        while cursor.takes_symbol(',') {
            partitions.push(values(&mut cursor)?);
        }
        cursor.end()?;
        Ok(Self {
            table,
            if_exists,
            partitions,
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let (defined, mut table) = external(session, &self.table).await?;
        let before = table.partitions.len();
        for written in &self.partitions {
            let columns = &table.partition_columns;
            let wanted: Vec<(usize, &String)> = written
                .iter()
                .map(|(name, value)| Ok((position(columns, name, &defined)?, value)))
                .collect::<Result<_, SessionError>>()?;
            let count = table.partitions.len();
            table
                .partitions
                .retain(|partition| !wanted.iter().all(|(at, value)| partition.values[*at] == **value));
            if table.partitions.len() == count && !self.if_exists {
                return Err(no_partition(&defined, written));
            }
        }
        let dropped = before - table.partitions.len();
        save(session, &defined, table).await?;
        Ok(status(format!("{dropped} partitions dropped from {}", defined.name)))
    }
}

/// `PARTITION (name = 'value', …)`
pub fn values(cursor: &mut Cursor<'_>) -> Read<Values> {
    cursor.expect(&["PARTITION"])?;
    cursor.expect_symbol('(')?;
    let mut values = Vec::new();
    loop {
        let name = cursor.name()?.to_lowercase();
        cursor.expect_symbol('=')?;
        values.push((name, cursor.value()?));
        if !cursor.takes_symbol(',') {
            break;
        }
    }
    cursor.expect_symbol(')')?;
    Ok(values)
}

/// The external table that a name means.
pub async fn external(session: &Session, name: &[String]) -> Result<(Arc<Defined>, ExternalTable), SessionError> {
    let names = session.names().await?;
    let defined = required_here(&names, Kind::Relation, name)?;
    match &defined.definition {
        Definition::ExternalTable(table) => Ok((Arc::clone(&defined), table.clone())),
        other => {
            let message = format!(
                "`{}` is a {}; partitions and properties of this kind are those of external tables",
                defined.name,
                other.noun()
            );
            Err(SessionError::refused(message, None))
        }
    }
}

/// Puts a changed definition in the place of what was there.
pub async fn save(session: &Session, before: &Defined, table: ExternalTable) -> Result<(), SessionError> {
    if matches!(&before.definition, Definition::ExternalTable(there) if *there == table) {
        return Ok(());
    }
    let definition = Definition::ExternalTable(table);
    session.catalog().put(&before.name, definition, Some(before)).await?;
    Ok(())
}

/// Which of a table's partitions has these values.
pub fn found_at(table: &ExternalTable, written: &Values, defined: &Defined) -> Result<usize, SessionError> {
    let values = in_order(&table.partition_columns, written, defined)?;
    let found = table.partitions.iter().position(|partition| partition.values == values);
    found.ok_or_else(|| no_partition(defined, written))
}

fn no_partition(defined: &Defined, written: &Values) -> SessionError {
    let message = format!("`{}` has no partition {}", defined.name, shown(written));
    SessionError::refused(message, Some("SHOW PARTITIONS lists them"))
}

/// A value for each partition column, in their order.
fn in_order(columns: &[Column], values: &Values, table: &Defined) -> Result<Vec<String>, SessionError> {
    for (name, _) in values {
        position(columns, name, table)?;
    }
    let value = |column: &Column| {
        let found = values.iter().find(|(name, _)| *name == column.name);
        found.map(|(_, value)| value.clone()).ok_or_else(|| {
            let message = format!("partition {} lacks a value for `{}`", shown(values), column.name);
            SessionError::refused(message, None)
        })
    };
    columns.iter().map(value).collect()
}

fn position(columns: &[Column], name: &str, table: &Defined) -> Result<usize, SessionError> {
    columns.iter().position(|column| column.name == name).ok_or_else(|| {
        let known: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        let hint = match known.as_slice() {
            [] => "the table was created without PARTITIONED BY".to_owned(),
            known => format!("its partition columns are {}", known.join(", ")),
        };
        SessionError::refused(
            format!("`{}` has no partition column `{name}`", table.name),
            Some(&hint),
        )
    })
}

/// Where Hive puts a partition: `location/year=2026/month=11/`.
fn hive_location(table: &ExternalTable, values: &[String]) -> String {
    let mut folders = String::new();
    for (column, value) in table.partition_columns.iter().zip(values) {
        folders.extend([column.name.as_str(), "=", value, "/"]);
    }
    format!("{}/{folders}", table.location.trim_end_matches('/'))
}

fn shown(values: &Values) -> String {
    let values: Vec<_> = values.iter().map(|(name, value)| format!("{name}='{value}'")).collect();
    format!("({})", values.join(", "))
}
