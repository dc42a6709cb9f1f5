//! `flowtrail compact`, `retain` and `vacuum`.

use std::process::ExitCode;
use std::time::Duration;

use chrono::{Days, NaiveDate, Utc};
use flowtrail_lake::Table;
use flowtrail_lake::compact::{CompactOptions, compact as compact_table};
use flowtrail_lake::retain::retain as retain_table;
use flowtrail_lake::vacuum::{VacuumOptions, vacuum as vacuum_table};
use flowtrail_query::output::{readable_bytes, readable_count};
use flowtrail_session::kept_tables;
use serde_json::{Map, Value, json};

use super::tables::print_json;
use super::{Context, Outcome};
use crate::arguments::{RetainArguments, VacuumArguments};
use crate::failure::Failure;
use crate::stdout;

/// Runs `flowtrail compact`.
pub async fn compact(context: &Context, names: &[String]) -> Outcome {
    let lake = context.lake().await?;
    let mut answers = Map::new();
    for table in kept_tables(&lake, names).await? {
        let name = table.definition().qualified_name();
        let summary = compact_table(&table, &CompactOptions::default(), &|_| {}).await?;
        if context.json {
            answers.insert(name, serde_json::to_value(summary).map_err(|error| told(&error))?);
            continue;
        }
        if summary.partitions == 0 {
            stdout::print_line(format_args!("{name}: nothing to merge"))?;
            continue;
        }
        stdout::print_line(format_args!(
            "{name}: {} files ({}) of {} partitions became {} ({})",
            readable_count(summary.files_before),
            readable_bytes(summary.bytes_before),
            readable_count(summary.partitions),
            readable_count(summary.files_after),
            readable_bytes(summary.bytes_after),
        ))?;
    }
    finish(context, &answers)
}

/// Runs `flowtrail retain`.
pub async fn retain(context: &Context, arguments: &RetainArguments) -> Outcome {
    let oldest_day = oldest_day(arguments)?;
    let lake = context.lake().await?;
    let mut answers = Map::new();
    for table in kept_tables(&lake, &arguments.tables)
        .await?
        .into_iter()
        .filter(is_partitioned)
    {
        let name = table.definition().qualified_name();
        let gone = retain_table(&table, oldest_day, arguments.dry_run).await?;
        if context.json {
            answers.insert(name, serde_json::to_value(&gone).map_err(|error| told(&error))?);
            continue;
        }
        let verb = if arguments.dry_run { "would drop" } else { "dropped" };
        stdout::print_line(format_args!(
            "{name}: {verb} {} days before {oldest_day}: {} rows in {} files, {}",
            readable_count(gone.days.len() as u64),
            gone.rows.map_or_else(|| "some".to_owned(), readable_count),
            readable_count(gone.files),
            readable_bytes(gone.bytes),
        ))?;
    }
    finish(context, &answers)
}

/// Runs `flowtrail vacuum`.
pub async fn vacuum(context: &Context, arguments: &VacuumArguments) -> Outcome {
    let lake = context.lake().await?;
    let older_than = Duration::from_secs(arguments.older_than.saturating_mul(3600));
    let options = VacuumOptions {
        older_than,
        dry_run: arguments.dry_run,
    };
    let mut answers = Map::new();
    let mut any_failed = false;
    for table in kept_tables(&lake, &[]).await? {
        let name = table.definition().qualified_name();
        let gone = vacuum_table(&table, &options).await?;
        any_failed |= !gone.failed.is_empty();
        for failure in &gone.failed {
            eprintln!("warning: {} could not be removed: {}", failure.path, failure.error);
        }
        if context.json {
            answers.insert(
                name,
                json!({"files": gone.files, "bytes": gone.bytes, "failed": gone.failed.len()}),
            );
            continue;
        }
        let verb = if arguments.dry_run { "would remove" } else { "removed" };
        stdout::print_line(format_args!(
            "{name}: {verb} {} files, {}",
            readable_count(gone.files),
            readable_bytes(gone.bytes)
        ))?;
    }
    finish(context, &answers)?;
    Ok(if any_failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn finish(context: &Context, answers: &Map<String, Value>) -> Outcome {
    if context.json {
        print_json(answers)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn is_partitioned(table: &Table) -> bool {
    !table.definition().partition_columns().is_empty()
}

fn oldest_day(arguments: &RetainArguments) -> Result<NaiveDate, Failure> {
    if let Some(day) = arguments.before {
        return Ok(day);
    }
    let days = arguments.days.unwrap_or(u32::MAX);
    if days == 0 {
        return Err(Failure::new(
            "--days 0 would drop today as well",
            Some("to drop all days, name one with --before"),
        ));
    }
    let today = Utc::now().date_naive();
    Ok(today
        .checked_sub_days(Days::new(u64::from(days) - 1))
        .unwrap_or(NaiveDate::MIN))
}

fn told(error: &serde_json::Error) -> Failure {
    Failure::new(error.to_string(), None)
}
