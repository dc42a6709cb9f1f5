//! `flowtrail demo`: sample logs, loaded and asked.

use std::net::TcpListener;
use std::process::ExitCode;
use std::time::Instant;

use chrono::{DurationRound, TimeDelta, Utc};
use flowtrail_load::LoadOptions;
use flowtrail_query::output::{Measure, OutputOptions, bar_table, readable_bytes, readable_count};
use flowtrail_query::{Engine, EngineSettings};
use flowtrail_sample::{Fields, FlowPlan, Format, TrailPlan, generate_cloudtrail, generate_vpc_flow};
use futures::TryStreamExt;
use serde_json::{Map, Value, json};

use super::generate::today;
use super::load::{load, open};
use super::tables::print_json;
use super::{Context, Outcome, data_folder};
use crate::arguments::{DemoArguments, LISTEN, RunningArguments, ServeArguments};
use crate::failure::Failure;
use crate::report::load_report;
use crate::stdout;

/// A question of the dashboards.
struct Question {
    title: &'static str,
    sql: &'static str,
    /// The column the bar is drawn from.
    column: &'static str,
    measure: Measure,
}

const QUESTIONS: &[Question] = &[
    Question {
        title: "The ten most rejected sources of 30 days",
        sql: include_str!("demo/rejected_sources.sql"),
        column: "rejected",
        measure: Measure::Count,
    },
    Question {
        title: "Biggest talkers by source",
        sql: include_str!("demo/talkers_by_source.sql"),
        column: "bytes",
        measure: Measure::Bytes,
    },
    Question {
        title: "Biggest talkers by destination",
        sql: include_str!("demo/talkers_by_destination.sql"),
        column: "bytes",
        measure: Measure::Bytes,
    },
    Question {
        title: "Biggest talkers by interface",
        sql: include_str!("demo/talkers_by_interface.sql"),
        column: "bytes",
        measure: Measure::Bytes,
    },
    Question {
        title: "Bytes by hour, the last day",
        sql: include_str!("demo/bytes_by_hour.sql"),
        column: "bytes",
        measure: Measure::Bytes,
    },
    Question {
        title: "Administrative traffic (22, 3389) accepted from the internet",
        sql: include_str!("demo/admin_from_internet.sql"),
        column: "flows",
        measure: Measure::Count,
    },
    Question {
        title: "CloudTrail calls by source address and identity type",
        sql: include_str!("demo/calls_by_address.sql"),
        column: "calls",
        measure: Measure::Count,
    },
];

/// Runs `flowtrail demo`.
pub async fn run(context: &Context, arguments: &DemoArguments) -> Outcome {
    let folder = data_folder()?.join("demo");
    let logs = folder.join("logs");
    // The last demo's logs are of other days; its lake goes with them, one the user named stays.
    remove(&logs)?;
    let lake_name = if let Some(name) = &context.lake_name {
        name.clone()
    } else {
        remove(&folder.join("lake"))?;
        folder.join("lake").display().to_string()
    };
    make_logs(context, arguments, &logs)?;
    let context = Context {
        lake_name: Some(lake_name.clone()),
        json: context.json,
        aws: context.aws.clone(),
    };
    let lake = context.lake().await?;
    let started = Instant::now();
    let sources = open(&[logs.display().to_string()], &context.aws).await?;
    let summary = load(lake.clone(), LoadOptions::default(), &sources, false, context.json).await?;
    if !context.json {
        stdout::print(load_report(&summary, started.elapsed()))?;
    }
    let engine = Engine::new(lake, EngineSettings::default())?;
    let mut answers = Map::new();
    for question in QUESTIONS {
        answers.insert(question.title.to_owned(), ask(&context, &engine, question).await?);
    }
    if context.json {
        print_json(&json!({"load": summary, "answers": answers}))?;
    } else if arguments.serve {
        stdout::print_line(format_args!("\nThe lake is at {lake_name}."))?;
        return Box::pin(super::serve::run(&context, &serving()?)).await;
    } else {
        stdout::print_line(format_args!(
            "\nThe lake is at {lake_name}. Ask it yourself:\n\n    flowtrail --lake '{lake_name}' sql\n"
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The console, at its usual place or, where somebody is there already, at one that is free.
fn serving() -> Result<ServeArguments, Failure> {
    let usual = TcpListener::bind(LISTEN).or_else(|_| TcpListener::bind((LISTEN.ip(), 0)))?;
    Ok(ServeArguments {
        listen: usual.local_addr()?,
        queue: None,
        allow_location: Vec::new(),
        firehose_key: Vec::new(),
        running: RunningArguments::default(),
    })
}

fn remove(folder: &std::path::Path) -> Result<(), Failure> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn make_logs(context: &Context, arguments: &DemoArguments, logs: &std::path::Path) -> Result<(), Failure> {
    let DemoArguments {
        rows,
        events,
        days,
        seed,
        serve: _,
    } = *arguments;
    // Six lanes of three accounts and two regions, an object a day each.
    let files = days * 6;
    // Up to the hour that has begun: dashboards open with the last day.
    let end = Utc::now()
        .duration_trunc(TimeDelta::hours(1))
        .unwrap_or_else(|_| today());
    let (fields, format) = ("v5".parse::<Fields>()?, Format::Text);
    let flows = generate_vpc_flow(
        &FlowPlan {
            rows,
            days,
            files,
            seed,
            fields,
            format,
            end,
        },
        &logs.join("flow"),
        &mut |_| {},
    )?;
    let trail = TrailPlan {
        rows: events,
        days,
        files,
        seed,
        end,
    };
    let events = generate_cloudtrail(&trail, &logs.join("trail"), &mut |_| {})?;
    if !context.json {
        stdout::print_line(format_args!(
            "Made {} flow records and {} CloudTrail events in {} objects ({}) under {}",
            readable_count(flows.rows),
            readable_count(events.rows),
            readable_count(flows.objects + events.objects),
            readable_bytes(flows.bytes + events.bytes),
            logs.display()
        ))?;
    }
    Ok(())
}

async fn ask(context: &Context, engine: &Engine, question: &Question) -> Result<Value, Failure> {
    let answer = engine.run(question.sql).await?;
    let schema = answer.schema;
    let batches: Vec<_> = answer.stream.try_collect().await?;
    if context.json {
        let mut writer = arrow::json::ArrayWriter::new(Vec::new());
        for batch in &batches {
            writer
                .write(batch)
                .map_err(|error| Failure::new(error.to_string(), None))?;
        }
        writer.finish().map_err(|error| Failure::new(error.to_string(), None))?;
        return serde_json::from_slice(&writer.into_inner()).map_err(|error| Failure::new(error.to_string(), None));
    }
    let options = OutputOptions {
        width: super::sql::terminal_width(),
        ..OutputOptions::default()
    };
    stdout::print_line(format_args!("\n{}", question.title))?;
    stdout::print(bar_table(
        &schema,
        &batches,
        question.column,
        question.measure,
        &options,
    )?)?;
    Ok(Value::Null)
}
