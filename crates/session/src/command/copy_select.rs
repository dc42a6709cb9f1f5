//! `COPY INTO table FROM (SELECT $1, … FROM @stage)`: rows that are made of what is in files.

use std::sync::Arc;

use arrow::array::RecordBatch;
use flowtrail_catalog::Properties;
use flowtrail_load::{Transform, staged_columns};
use flowtrail_query::{Marks, Transformation};

use super::copy::From;
use crate::cursor::{Cursor, Query, Read};
use crate::{Session, SessionError};

/// The most columns of a file that are asked for by number.
const MOST_COLUMNS: usize = 4096;

/// What is asked of files.
#[derive(Clone, Debug)]
pub struct Select {
    /// `SELECT` and expressions, up to `FROM`.
    select: Query,
    alias: Option<String>,
}

/// What stands in brackets behind a stage: `(FILE_FORMAT => 'name', PATTERN => '…')`.
#[derive(Clone, Debug, Default)]
pub struct StagedFiles {
    /// The format's name, as an option.
    pub file_format: Properties,
    /// Which files.
    pub pattern: Option<String>,
}

impl Select {
    /// Reads what is behind the bracket that was opened, and the one that closes it.
    pub fn read(cursor: &mut Cursor<'_>) -> Read<(Self, From, StagedFiles)> {
        if !cursor.is(&["SELECT"]) {
            return Err(cursor.expected("SELECT"));
        }
        let select = cursor.query_before("FROM")?;
        cursor.expect(&["FROM"])?;
        let from = From::read(cursor)?;
        let files = StagedFiles::read(cursor)?;
        for clause in [
            "WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT", "FETCH", "JOIN", "LATERAL", "UNION",
        ] {
            if cursor.is(&[clause]) {
                return Err(no_clause(cursor));
            }
        }
        let has_alias = cursor.takes(&["AS"]) || !cursor.is_symbol(')');
        let alias = if has_alias { Some(cursor.name()?) } else { None };
        if !cursor.is_symbol(')') {
            return Err(no_clause(cursor));
        }
        cursor.expect_symbol(')')?;
        Ok((Self { select, alias }, from, files))
    }

    /// The expressions, planned; there must be `wanted` of them.
    pub async fn transform(&self, session: &Session, wanted: usize) -> Result<Arc<dyn Transform>, SessionError> {
        let width = Marks::Column.wanted(self.select.text());
        if width > MOST_COLUMNS {
            let message = format!("${width} is asked for; a file has {MOST_COLUMNS} columns at most");
            return Err(SessionError::refused(message, None));
        }
        let staged = staged_columns(width);
        let planned = session
            .engine()
            .transformation(self.select.text(), self.alias.as_deref(), staged)
            .await;
        let made = planned.map_err(|error| self.select.placed(error))?;
        let given = made.schema().fields().len();
        if given != wanted {
            return Err(SessionError::refused(
                format!("the SELECT gives {given} columns where {wanted} are wanted"),
                Some("COPY INTO table (a, b) FROM … names those that it gives"),
            ));
        }
        Ok(Arc::new(Expressions { width, made }))
    }
}

fn no_clause(cursor: &Cursor<'_>) -> flowtrail_query::QueryError {
    cursor.error(
        "expected `)`: the SELECT of a COPY has columns of its files and expressions of them; conditions, groups, joins and \
         limits in it are not done",
    )
}

impl StagedFiles {
    fn read(cursor: &mut Cursor<'_>) -> Read<Self> {
        let mut files = Self::default();
        if !cursor.takes_symbol('(') {
            return Ok(files);
        }
        loop {
            let place = cursor.clone();
            let name = cursor.name()?;
            cursor.expect_symbol('=')?;
            cursor.expect_symbol('>')?;
            let value = cursor.value()?;
            match name.as_str() {
                "file_format" => files.file_format.set("format_name", value),
                "pattern" => files.pattern = Some(value),
                _ => return Err(place.error("expected FILE_FORMAT or PATTERN")),
            }
            if !cursor.takes_symbol(',') {
                break;
            }
        }
        cursor.expect_symbol(')')?;
        Ok(files)
    }
}

#[derive(Debug)]
struct Expressions {
    width: usize,
    made: Transformation,
}

impl Transform for Expressions {
    fn width(&self) -> usize {
        self.width
    }

    fn apply(&self, staged: &RecordBatch) -> Result<RecordBatch, String> {
        self.made.apply(staged).map_err(|error| error.to_string())
    }
}
