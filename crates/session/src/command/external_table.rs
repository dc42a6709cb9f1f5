//! `CREATE EXTERNAL TABLE`, as Hive and Athena write it.

use flowtrail_catalog::{Column, ColumnType, Definition, ExternalTable, Properties};
use flowtrail_query::{Answer, QueryError};

use super::create::{if_not_exists, told};
use crate::cursor::{Cursor, Read};
use crate::rows::status;
use crate::session::{Creation, new_name};
use crate::{Session, SessionError};

/// `CREATE EXTERNAL TABLE`
#[derive(Debug)]
pub struct CreateExternalTable {
    name: Vec<String>,
    table: ExternalTable,
    how: Creation,
}

/// What follows a column's type.
const AFTER_TYPE: &[&str] = &["COMMENT"];

impl CreateExternalTable {
    pub fn read(how: Creation, mut cursor: Cursor<'_>) -> Read<Self> {
        let how = if_not_exists(how, &mut cursor)?;
        let name = cursor.names()?;
        let mut table = ExternalTable {
            columns: columns(&mut cursor)?,
            ..ExternalTable::default()
        };
        while !cursor.is_end() {
            clause(&mut cursor, &mut table)?;
        }
        if table.location.is_empty() {
            return Err(cursor.expected("LOCATION and the place of the table's files"));
        }
        Ok(Self { name, table, how })
    }

    pub async fn run(self, session: &Session) -> Result<Answer, SessionError> {
        let names = session.names().await?;
        let name = new_name(&names, &self.name)?;
        flowtrail_external::check(&self.table)?;
        session.check_reach(&self.table.location)?;
        let definition = Definition::ExternalTable(self.table);
        let creating = session.define(&name, definition, self.how).await?;
        Ok(status(told("external table", &self.name.join("."), creating)))
    }
}

/// One clause behind the columns.
fn clause(cursor: &mut Cursor<'_>, table: &mut ExternalTable) -> Read<()> {
    if cursor.takes(&["COMMENT"]) {
        table.comment = Some(cursor.text()?);
    } else if cursor.takes(&["PARTITIONED", "BY"]) {
        table.partition_columns = columns(cursor)?;
    } else if cursor.takes(&["ROW", "FORMAT", "SERDE"]) {
        table.serde = Some(cursor.text()?);
    } else if cursor.takes(&["ROW", "FORMAT", "DELIMITED"]) {
        delimited(cursor, &mut table.serde_properties)?;
    } else if cursor.takes(&["WITH", "SERDEPROPERTIES"]) {
        add(&mut table.serde_properties, &properties(cursor)?);
    } else if cursor.takes(&["STORED", "AS", "INPUTFORMAT"]) {
        table.input_format = Some(cursor.text()?);
    } else if cursor.takes(&["OUTPUTFORMAT"]) {
        table.output_format = Some(cursor.text()?);
    } else if cursor.takes(&["STORED", "AS"]) {
        stored_as(cursor, table)?;
    } else if cursor.takes(&["LOCATION"]) {
        table.location = cursor.text()?;
    } else if cursor.takes(&["TBLPROPERTIES"]) {
        add(&mut table.properties, &properties(cursor)?);
    } else if cursor.is(&["CLUSTERED", "BY"]) {
        // Buckets say how files were written; whoever reads them all need not know.
        cursor.skip();
        cursor.skip();
        cursor.expect_symbol('(')?;
        cursor.bracketed()?;
        cursor.expect(&["INTO"])?;
        cursor.value()?;
        cursor.expect(&["BUCKETS"])?;
    } else {
        return Err(cursor.expected("PARTITIONED BY, ROW FORMAT, STORED AS, LOCATION or TBLPROPERTIES"));
    }
    Ok(())
}

/// `(name type COMMENT 'text', …)`; names are in small letters, as in Hive.
pub fn columns(cursor: &mut Cursor<'_>) -> Read<Vec<Column>> {
    cursor.expect_symbol('(')?;
    let mut columns: Vec<Column> = Vec::new();
    loop {
        let place = cursor.clone();
        let name = cursor.name()?.to_lowercase();
        if columns.iter().any(|column| column.name == name) {
            return Err(place.error(&format!("column `{name}` stands twice")));
        }
        let place = cursor.clone();
        let column_type = cursor.type_text(AFTER_TYPE)?;
        let column_type: ColumnType = column_type.parse().map_err(|error| place.error(&format!("{error}")))?;
        let comment = cursor.takes(&["COMMENT"]).then(|| cursor.text()).transpose()?;
        columns.push(Column {
            name,
            column_type,
            comment,
        });
        if !cursor.takes_symbol(',') {
            break;
        }
    }
    cursor.expect_symbol(')')?;
    Ok(columns)
}

/// `('name' = 'text', …)`
pub fn properties(cursor: &mut Cursor<'_>) -> Read<Properties> {
    cursor.expect_symbol('(')?;
    let mut properties = Properties::default();
    while !cursor.takes_symbol(')') {
        let name = cursor.text()?;
        cursor.expect_symbol('=')?;
        properties.set(name, unescaped(&cursor.text()?));
        if !cursor.takes_symbol(',') && !cursor.is_symbol(')') {
            return Err(cursor.expected("`,` or `)`"));
        }
    }
    Ok(properties)
}

/// Sets properties, in place of those of the same names.
pub fn add(to: &mut Properties, more: &Properties) {
    for (name, value) in more.iter() {
        to.set(name, value);
    }
}

/// `ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' …`
fn delimited(cursor: &mut Cursor<'_>, properties: &mut Properties) -> Read<()> {
    const CLAUSES: &[(&[&str], &str)] = &[
        (&["FIELDS", "TERMINATED", "BY"], "field.delim"),
        (&["ESCAPED", "BY"], "escape.delim"),
        (&["COLLECTION", "ITEMS", "TERMINATED", "BY"], "collection.delim"),
        (&["MAP", "KEYS", "TERMINATED", "BY"], "mapkey.delim"),
        (&["LINES", "TERMINATED", "BY"], "line.delim"),
        (&["NULL", "DEFINED", "AS"], "serialization.null.format"),
    ];
    while let Some((_, property)) = CLAUSES.iter().find(|(words, _)| cursor.takes(words)) {
        properties.set(*property, unescaped(&cursor.text()?));
    }
    Ok(())
}

/// `STORED AS PARQUET` and its kin, as the classes they stand for.
fn stored_as(cursor: &mut Cursor<'_>, table: &mut ExternalTable) -> Read<()> {
    let format = cursor.name()?;
    let (serde, input_format) = match format.as_str() {
        "parquet" => (
            Some("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"),
            Some("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"),
        ),
        "textfile" => (None, None),
        "jsonfile" | "json" => (Some("org.apache.hive.hcatalog.data.JsonSerDe"), None),
        other => {
            return Err(QueryError::NotDone {
                statement: format!("STORED AS {}", other.to_uppercase()),
            });
        }
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    table.serde = table.serde.take().or(owned(serde));
    table.input_format = table.input_format.take().or(owned(input_format));
    Ok(())
}

/// Hive's texts: a backslash takes the next character with it.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match rest.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('Z') => out.push('\u{1a}'),
            Some(digit @ '0'..='3') => {
                let octal: String = std::iter::once(digit).chain(rest.clone().take(2)).collect();
                match u8::from_str_radix(&octal, 8) {
                    Ok(byte) if octal.len() == 3 => {
                        out.push(char::from(byte));
                        rest.nth(1);
                    }
                    _ if digit == '0' => out.push('\0'),
                    _ => out.push(digit),
                }
            }
            Some(wildcard @ ('%' | '_')) => out.extend(['\\', wildcard]),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn backslashes_are_hives() {
        for (written, meant) in [
            (r"^([^ ]+)\\s+\\S$", r"^([^ ]+)\s+\S$"),
            (r#"\"([^ ]*)\""#, r#""([^ ]*)""#),
            (r"\t", "\t"),
            (r"\001", "\u{1}"),
            (r"\N \\N", r"N \N"),
            (r"a\", r"a\"),
        ] {
            assert_eq!(unescaped(written), meant, "{written}");
        }
    }
}
