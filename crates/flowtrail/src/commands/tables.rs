//! `flowtrail tables`, `describe` and `history`.

use std::fmt::Write;
use std::process::ExitCode;

use comfy_table::{CellAlignment, Table, presets};
use flowtrail_query::output::{readable_bytes, readable_count};
use flowtrail_query::{Description, Engine, TableSummary};

use super::{Context, Outcome};
use crate::arguments::{HistoryArguments, SqlArguments};
use crate::failure::Failure;
use crate::stdout;

/// Runs `flowtrail tables`.
pub async fn list(context: &Context) -> Outcome {
    let engine = context.engine().await?;
    if context.json {
        print_json(&engine.tables().await?)?;
    } else {
        stdout::print(listing(&engine).await?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `flowtrail describe`.
pub async fn describe(context: &Context, table: &str) -> Outcome {
    let engine = context.engine().await?;
    if context.json {
        print_json(&engine.describe(table).await?)?;
    } else {
        stdout::print(description(&engine, table).await?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `flowtrail history`: the newest rows of `system.load_history`.
pub async fn history(context: &Context, arguments: &HistoryArguments) -> Outcome {
    let mut conditions = vec!["true".to_owned()];
    if let Some(text) = &arguments.object {
        conditions.push(format!("position('{}' IN object_uri) > 0", text.replace('\'', "''")));
    }
    if arguments.problems {
        conditions.push("first_error IS NOT NULL AND status <> 'skipped'".to_owned());
    }
    let columns = if context.json {
        "*"
    } else {
        "loaded_at, status, table_name, lines, rows, headers, rejected, duplicates, object_uri, first_error"
    };
    let statement = format!(
        "SELECT {columns} FROM system.load_history WHERE {} ORDER BY loaded_at DESC, object_uri LIMIT {}",
        conditions.join(" AND "),
        arguments.limit
    );
    super::sql::run(context, SqlArguments::of(statement)).await
}

/// The tables and views as a grid.
pub async fn listing(engine: &Engine) -> Result<String, Failure> {
    let mut grid = grid(&[
        "table",
        "kind",
        "rows",
        "files",
        "size",
        "first day",
        "last day",
        "what it holds",
    ]);
    for table in engine.tables().await? {
        let name = table.qualified_name();
        let TableSummary {
            kind,
            rows,
            files,
            bytes,
            first_day,
            last_day,
            comment,
            ..
        } = table;
        let is_table = rows.is_some() || files > 0;
        grid.add_row([
            name,
            kind.to_string(),
            rows.map(readable_count).unwrap_or_default(),
            if is_table { readable_count(files) } else { String::new() },
            if is_table { readable_bytes(bytes) } else { String::new() },
            first_day.unwrap_or_default(),
            last_day.unwrap_or_default(),
            comment,
        ]);
    }
    for column in 2..5 {
        if let Some(column) = grid.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    Ok(format!("{grid}\n"))
}

/// A table's columns and how much there is of it.
pub async fn description(engine: &Engine, table: &str) -> Result<String, Failure> {
    let Description {
        summary,
        columns,
        partition_columns,
        sort_order,
        definition,
    } = engine.describe(table).await?;
    let mut text = format!("{} ({}): {}\n", summary.qualified_name(), summary.kind, summary.comment);
    let has_comments = columns.iter().any(|column| column.comment.is_some());
    let headings = ["column", "type", "what it holds"];
    let mut grid = grid(if has_comments { &headings } else { &headings[..2] });
    for column in columns {
        let mut row = vec![column.name, column.data_type];
        row.extend(has_comments.then(|| column.comment.unwrap_or_default()));
        grid.add_row(row);
    }
    let _ = writeln!(text, "{grid}");
    if let Some(rows) = summary.rows {
        let (rows, files, bytes) = (
            readable_count(rows),
            readable_count(summary.files),
            readable_bytes(summary.bytes),
        );
        let _ = writeln!(text, "{rows} rows in {files} files, {bytes}");
    }
    if !partition_columns.is_empty() {
        let _ = writeln!(text, "partitioned by {}", partition_columns.join(", "));
    }
    if !sort_order.is_empty() {
        let _ = writeln!(text, "sorted inside files by {}", sort_order.join(", "));
    }
    if let Some(definition) = definition {
        let _ = writeln!(text, "defined as\n{}", definition.trim_end());
    }
    Ok(text)
}

/// An empty grid with headings.
pub fn grid(headings: &[&str]) -> Table {
    let mut grid = Table::new();
    grid.load_preset(presets::UTF8_FULL_CONDENSED);
    grid.set_header(headings);
    grid
}

/// Prints a value as one line of JSON.
pub fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::new(error.to_string(), None))?;
    Ok(stdout::print_line(text)?)
}
