//! Tables whose rows are in the lake: made, and filled from questions.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::Schema;
use flowtrail_catalog::{Column, ColumnType, Definition, Kind, ObjectName, StoredTable};
use flowtrail_lake::stage::{Part, StagedFile, stage};
use flowtrail_lake::{Change, TableDefinition};
use flowtrail_query::{Answer, Relation};
use futures::TryStreamExt;

use super::create::{if_not_exists, told};
use crate::cursor::{Cursor, Query, Read};
use crate::rows::{Rows, status};
use crate::session::{Creating, Creation, new_name, required_here};
use crate::{Session, SessionError};

/// Rows are written when they take this much memory.
const FLUSH_BYTES: usize = 96 << 20;

/// `CREATE TABLE name (…)` and `CREATE TABLE name AS SELECT …`
#[derive(Debug)]
pub struct CreateTable {
    name: Vec<String>,
    columns: Vec<Column>,
    comment: Option<String>,
    query: Option<Query>,
    how: Creation,
}

impl CreateTable {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        let mut table = Self {
            name,
            columns: Vec::new(),
            comment: None,
            query: None,
            how,
        };
        if cursor.takes_symbol('(') {
            table.columns = columns(&mut cursor)?;
        }
        while !cursor.is_end() {
            if cursor.takes(&["COMMENT"]) {
                cursor.takes_symbol('=');
                table.comment = Some(cursor.text()?);
            } else if cursor.takes(&["CLUSTER", "BY"]) || cursor.takes(&["WITH"]) {
                // How files lie is decided here: the format, folder and partitions of Athena's CTAS too.
                cursor.expect_symbol('(')?;
                cursor.bracketed()?;
            } else if cursor.takes(&["AS"]) {
                table.query = Some(cursor.query());
            } else if !cursor.takes(&["COPY", "GRANTS"]) {
                return Err(cursor.expected("AS and a query, or the end of the statement"));
            }
        }
        if table.columns.is_empty() && table.query.is_none() {
            return Err(cursor.expected("columns in brackets, or AS and a query"));
        }
        Ok(table)
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let name = new_name(&names, &self.name)?;
        let written = self.name.join(".");
        let mut columns = self.columns;
        if let Some(query) = &self.query {
            let checked = session.check(query.text()).await;
            let asked = checked.map_err(|error| query.placed(error))?;
            columns = columns_of(&asked, columns)?;
        }
        let table = StoredTable {
            columns,
            path: StoredTable::new_path(&name),
            comment: self.comment,
        };
        let before = session.catalog().get(Kind::Relation, &name).await?;
        let rows = match (&self.query, &before, self.how) {
            (Some(_), Some(_), Creation::New) => {
                let hint = "drop it first, or use INSERT INTO";
                return Err(SessionError::refused(
                    format!("`{written}` is there already"),
                    Some(hint),
                ));
            }
            (Some(_), Some(_), Creation::IfNotExists) | (None, ..) => None,
            // The rows first: the query may ask the very table that is replaced, and it may fail.
            (Some(query), ..) => Some(fill(session, &name, &table, &table.columns, query).await?),
        };
        let defined = Definition::Table(table);
        let creating = session.define(&name, defined.clone(), self.how).await;
        if rows.is_some() && !matches!(creating, Ok(Creating::Done)) {
            session.forget(&defined).await;
        }
        let creating = creating?;
        if let (Creating::Done, Some(before)) = (creating, &before) {
            session.forget(&before.definition).await;
        }
        let told = told("table", &written, creating);
        Ok(match rows {
            None => status(told),
            Some(rows) => Rows::new()
                .text("status", [Some(told)])
                .numbers("rows", [Some(rows as i64)])
                .answer(),
        })
    }
}

/// `name type NOT NULL COMMENT 'text', …)`
fn columns(cursor: &mut Cursor<'_>) -> Read<Vec<Column>> {
    const AFTER: &[&str] = &[
        "COMMENT",
        "NOT",
        "NULL",
        "DEFAULT",
        "PRIMARY",
        "UNIQUE",
        "COLLATE",
        "AUTOINCREMENT",
        "IDENTITY",
    ];
    let mut columns: Vec<Column> = Vec::new();
    loop {
        let place = cursor.clone();
        let name = cursor.name()?;
        if columns.iter().any(|column| column.name == name) {
            return Err(place.error(&format!("column `{name}` stands twice")));
        }
        let place = cursor.clone();
        let written = cursor.type_text(AFTER)?;
        let read: Result<ColumnType, _> = written.parse();
        let column_type = match read.map_err(|error| place.error(&format!("{error}")))? {
            // As in a cast, and in Snowflake and PostgreSQL.
            ColumnType::Float => ColumnType::Double,
            column_type => column_type,
        };
        let mut comment = None;
        loop {
            if cursor.takes(&["COMMENT"]) {
                comment = Some(cursor.text()?);
            } else if !cursor.takes(&["NULL"]) {
                break;
            }
        }
        columns.push(Column {
            name,
            column_type,
            comment,
        });
        if cursor.takes_symbol(')') {
            return Ok(columns);
        }
        // NOT NULL, DEFAULT and keys are promises that nothing here keeps.
        if !cursor.takes_symbol(',') {
            return Err(cursor.expected("`,` or `)`"));
        }
    }
}

/// The columns that a question's answer needs, under the names that the statement gives.
fn columns_of(asked: &Schema, named: Vec<Column>) -> Result<Vec<Column>, SessionError> {
    if !named.is_empty() && named.len() != asked.fields().len() {
        let message = format!(
            "the table names {} columns, and the query gives {}",
            named.len(),
            asked.fields().len()
        );
        return Err(SessionError::refused(message, None));
    }
    if !named.is_empty() {
        return Ok(named);
    }
    let column = |field: &Arc<arrow::datatypes::Field>| {
        Ok(Column {
            name: field.name().clone(),
            column_type: ColumnType::of(field.data_type()).ok_or_else(|| {
                let message = format!(
                    "column `{}` is of type {}, which no table holds",
                    field.name(),
                    field.data_type()
                );
                SessionError::refused(message, Some("cast it in the query"))
            })?,
            comment: None,
        })
    };
    asked.fields().iter().map(column).collect()
}

/// `INSERT INTO table [(columns)] query`
#[derive(Debug)]
pub struct Insert {
    table: Vec<String>,
    columns: Vec<String>,
    query: Query,
}

impl Insert {
    pub fn read(mut cursor: Cursor<'_>) -> Read<Self> {
        cursor.expect(&["INSERT"])?;
        cursor.expect(&["INTO"])?;
        let table = cursor.names()?;
        let mut columns = Vec::new();
        if cursor.is_symbol('(') {
            let mut ahead = cursor.clone();
            ahead.expect_symbol('(')?;
            if !ahead.is(&["SELECT"]) && !ahead.is(&["WITH"]) {
                loop {
                    columns.push(ahead.name()?);
                    if !ahead.takes_symbol(',') {
                        break;
                    }
                }
                ahead.expect_symbol(')')?;
                cursor = ahead;
            }
        }
        if cursor.is_end() {
            return Err(cursor.expected("a query or VALUES"));
        }
        Ok(Self {
            table,
            columns,
            query: cursor.query(),
        })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        if let Some((name, Relation::BuiltIn(_) | Relation::BuiltInView(_))) = names.resolve(&self.table) {
            let hint = "`flowtrail load` and COPY INTO bring logs into logs.vpc_flow and its kin";
            return Err(SessionError::refused(
                format!("`{name}` is Flowtrail's own; no rows are inserted into it"),
                Some(hint),
            ));
        }
        let defined = required_here(&names, Kind::Relation, &self.table)?;
        let Definition::Table(table) = &defined.definition else {
            let message = format!(
                "`{}` is a {}; rows go into tables",
                defined.name,
                defined.definition.noun()
            );
            return Err(SessionError::refused(message, None));
        };
        let mut into = table.columns.clone();
        if !self.columns.is_empty() {
            let mut once = self.columns.clone();
            once.sort_unstable();
            once.dedup();
            if once.len() < self.columns.len() {
                return Err(SessionError::refused(
                    "a column stands twice in the list of columns",
                    None,
                ));
            }
            let find = |name: &String| {
                let found = table
                    .columns
                    .iter()
                    .find(|column| column.name.eq_ignore_ascii_case(name));
                found
                    .cloned()
                    .ok_or_else(|| SessionError::refused(format!("`{}` has no column `{name}`", defined.name), None))
            };
            into = self.columns.iter().map(find).collect::<Result<_, _>>()?;
        }
        let rows = fill(session, &defined.name, table, &into, &self.query).await?;
        Ok(Rows::new().numbers("rows", [Some(rows as i64)]).answer())
    }
}

/// Puts the answer of a question into columns of a table, in one commit; gives the number of its rows.
async fn fill(
    session: &Session,
    name: &ObjectName,
    table: &StoredTable,
    into: &[Column],
    query: &Query,
) -> Result<u64, SessionError> {
    let definition = table.definition(name);
    let into = StoredTable {
        columns: into.to_vec(),
        ..table.clone()
    };
    let into = into.definition(name);
    let lake = session.engine().lake().table(&definition);
    let answer = session.ask(query.text()).await;
    let mut answer = answer.map_err(|error| query.placed(error))?;
    let (given, wanted) = (answer.schema.fields().len(), into.columns.fields().len());
    if given != wanted {
        return Err(SessionError::refused(
            format!("the query gives {given} columns where {wanted} are wanted"),
            None,
        ));
    }
    let (mut held, mut held_bytes, mut rows) = (Vec::new(), 0, 0);
    let mut files: Vec<StagedFile> = Vec::new();
    while let Some(batch) = answer.stream.try_next().await? {
        let batch = fitted(&batch, &into)?;
        rows += batch.num_rows() as u64;
        held_bytes += batch.get_array_memory_size();
        held.push(Part {
            batch,
            object: None,
            fallback_day: None,
        });
        if held_bytes >= FLUSH_BYTES {
            files.extend(stage(&lake, std::mem::take(&mut held)).await.map_err(Box::new)?);
            held_bytes = 0;
        }
    }
    if held.iter().any(|part| part.batch.num_rows() > 0) {
        files.extend(stage(&lake, held).await.map_err(Box::new)?);
    }
    if !files.is_empty() {
        let change = Change {
            add: files,
            columns: definition
                .columns
                .fields()
                .iter()
                .map(|field| field.as_ref().clone())
                .collect(),
            ..Change::default()
        };
        lake.commit(&change).await.map_err(Box::new)?;
    }
    Ok(rows)
}

/// The rows in the table's columns, by position.
fn fitted(batch: &RecordBatch, table: &TableDefinition) -> Result<RecordBatch, SessionError> {
    let strict = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    let columns = table
        .columns
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, column)| {
            cast_with_options(column, field.data_type(), &strict).map_err(|error| {
                let message = format!("column `{}` takes no such value: {error}", field.name());
                SessionError::refused(message, None)
            })
        });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(&table.columns), columns)
        .map_err(|error| SessionError::refused(error.to_string(), None))
}
