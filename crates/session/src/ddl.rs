//! Definitions as the statements that make them.

use std::fmt::Write;

use flowtrail_catalog::{Column, Definition, ExternalTable};
use flowtrail_query::{QueryError, Relation};

use crate::{Session, SessionError};

/// The statement that makes a table or view.
pub async fn of_relation(session: &Session, parts: &[String]) -> Result<String, SessionError> {
    let names = session.names().await?;
    let written = parts.join(".");
    let Some((name, relation)) = names.resolve(parts) else {
        return Err(QueryError::unknown_table(&written, &names).into());
    };
    let shortest = names.shortest(&name);
    let written_name = shortest.split('.').map(identifier).collect::<Vec<_>>().join(".");
    Ok(match &relation {
        Relation::BuiltInView(view) => format!("CREATE VIEW {written_name} AS\n{}", view.sql.trim()),
        Relation::Defined(defined) => match &defined.definition {
            Definition::View(view) => {
                let columns = match view.columns.as_slice() {
                    [] => String::new(),
                    names => {
                        let names: Vec<String> = names.iter().map(|name| identifier(name)).collect();
                        format!(" ({})", names.join(", "))
                    }
                };
                format!("CREATE VIEW {written_name}{columns} AS\n{}", view.sql)
            }
            Definition::ExternalTable(table) => of_external(&written_name, table),
            Definition::Table(table) => format!("CREATE TABLE {written_name} (\n{}\n)", columns(&table.columns)),
            other => {
                return Err(SessionError::refused(
                    format!("`{written}` is a {}", other.noun()),
                    None,
                ));
            }
        },
        Relation::BuiltIn(_) => {
            let described = session.engine().describe(&written).await?;
            let columns = described
                .columns
                .iter()
                .map(|column| format!("  \"{}\" {}", column.name, column.data_type));
            format!(
                "CREATE TABLE {written_name} (\n{}\n)",
                columns.collect::<Vec<_>>().join(",\n")
            )
        }
    })
}

fn of_external(name: &str, table: &ExternalTable) -> String {
    let mut text = format!("CREATE EXTERNAL TABLE {name} (\n{}\n)", columns(&table.columns));
    let mut line = |line: String| {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{line}");
    };
    if let Some(comment) = &table.comment {
        line(format!("COMMENT {}", quoted(comment)));
    }
    if !table.partition_columns.is_empty() {
        line(format!("PARTITIONED BY (\n{}\n)", columns(&table.partition_columns)));
    }
    if let Some(serde) = &table.serde {
        line(format!("ROW FORMAT SERDE {}", quoted(serde)));
    } else if !table.serde_properties.is_empty() {
        line("ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'".to_owned());
    }
    if !table.serde_properties.is_empty() {
        line(format!(
            "WITH SERDEPROPERTIES ({})",
            properties(table.serde_properties.iter())
        ));
    }
    if let Some(input_format) = &table.input_format {
        line(format!("STORED AS INPUTFORMAT {}", quoted(input_format)));
        if let Some(output_format) = &table.output_format {
            line(format!("OUTPUTFORMAT {}", quoted(output_format)));
        }
    }
    line(format!("LOCATION {}", quoted(&table.location)));
    if !table.properties.is_empty() {
        line(format!("TBLPROPERTIES ({})", properties(table.properties.iter())));
    }
    text
}

fn columns(columns: &[Column]) -> String {
    let column = |column: &Column| {
        let comment = column
            .comment
            .as_ref()
            .map(|comment| format!(" COMMENT {}", quoted(comment)));
        format!(
            "  `{}` {}{}",
            column.name,
            column.column_type,
            comment.unwrap_or_default()
        )
    };
    columns.iter().map(column).collect::<Vec<_>>().join(",\n")
}

fn properties<'a>(properties: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let written = properties.map(|(name, value)| format!("\n  {} = {}", quoted(name), quoted(value)));
    format!("{}\n", written.collect::<Vec<_>>().join(","))
}

/// A name as a statement may write it: in quotes where it is no plain one.
fn identifier(name: &str) -> String {
    let is_plain = |letter: char| letter == '_' || (letter.is_alphanumeric() && !letter.is_uppercase());
    let is_name = name.chars().all(is_plain) && !name.starts_with(|first: char| first.is_ascii_digit());
    if is_name {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as Hive reads it.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for character in text.chars() {
        match character {
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\u{1}' => out.push_str("\\001"),
            other => out.push(other),
        }
    }
    out.push('\'');
    out
}
