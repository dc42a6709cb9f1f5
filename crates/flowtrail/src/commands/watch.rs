//! `flowtrail load --watch`: goes on loading what comes.

use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{Local, SecondsFormat};
use flowtrail_load::LoadOptions;
use flowtrail_catalog::{PipeFigures, PipeStatus};
use flowtrail_pipe::{Feed, PipePlan, Planned};
use flowtrail_query::output::{readable_bytes, readable_count};
use flowtrail_source::{Place, Source, Verdict, key_facts};

use super::pipes::Runner;
use super::{Context, Outcome};
use crate::arguments::RunningArguments;
use crate::failure::Failure;
use crate::interrupt::end_on_interrupt;
use crate::stdout;

/// Loads what is in places and what comes to them, until it is interrupted.
pub async fn watch(context: &Context, running: &RunningArguments, names: &[String], options: LoadOptions) -> Outcome {
    let mut plans = Vec::with_capacity(names.len());
    for name in names {
        plans.push(Planned::Pipe(Box::new(plan(context, name, &options).await?)));
    }
    let runner = Runner {
        lake: context.lake().await?,
        list_every: Duration::from_secs(running.list_every),
        are_defined: false,
        ending: end_on_interrupt(),
    };
    if !context.json {
        eprintln!("watching {}; Ctrl-C ends it", names.join(", "));
    }
    let mut told: Vec<PipeStatus> = Vec::new();
    Box::pin(runner.run(
        async || Ok(plans.clone()),
        |statuses| {
            for status in &statuses {
                let before = told.iter().find(|before| before.pipe == status.pipe);
                tell(context, before, status);
            }
            told = statuses;
        },
    ))
    .await;
    Ok(ExitCode::SUCCESS)
}

async fn plan(context: &Context, name: &str, options: &LoadOptions) -> Result<PipePlan, Failure> {
    let place = Place::from_str(name)?;
    let feed = match &place {
        Place::Stdin => {
            let hint = "name a folder or s3://bucket/prefix";
            return Err(Failure::new("standard input cannot be watched", Some(hint)));
        }
        Place::Path(path) if path.is_file() => {
            let hint = "name its folder, or leave --watch out";
            return Err(Failure::new(format!("`{name}` is a file, and files do not change once they are logs"), Some(hint)));
        }
        Place::Path(path) => Feed::Folder(path.clone()),
        Place::S3 { .. } => Feed::Listing,
    };
    let filter = options.filter.clone();
    Ok(PipePlan {
        name: name.to_owned(),
        definition: String::new(),
        source: Arc::new(Source::open(&place, &context.aws).await?),
        admits: Arc::new(move |uri| filter.admits(&key_facts(uri)) == Verdict::Admitted),
        options: options.clone(),
        feed,
        aws: context.aws.clone(),
    })
}

/// Says what is new since `before`.
fn tell(context: &Context, before: Option<&PipeStatus>, status: &PipeStatus) {
    let nothing = PipeFigures::default();
    let (before, now) = (before.map_or(&nothing, |before| &before.figures), &status.figures);
    let time = Local::now();
    if now.error_at.is_some() && now.error_at != before.error_at && !context.json {
        eprintln!("warning: {}", now.error.as_deref().unwrap_or_default());
    }
    if (now.objects, now.failed_objects) == (before.objects, before.failed_objects) {
        return;
    }
    let objects = now.objects - before.objects;
    let (failed, rejected) = (now.failed_objects - before.failed_objects, now.rejected - before.rejected);
    let line = if context.json {
        let at = time.to_rfc3339_opts(SecondsFormat::Secs, true);
        let rows = now.rows - before.rows;
        serde_json::json!({"at": at, "place": status.pipe, "objects": objects, "failed": failed, "rows": rows, "rejected": rejected})
            .to_string()
    } else {
        let mut line = format!(
            "{} {} objects, {}, {} rows from {}",
            time.format("%H:%M:%S"),
            readable_count(objects),
            readable_bytes(now.bytes - before.bytes),
            readable_count(now.rows - before.rows),
            status.pipe,
        );
        for (count, what) in [(rejected, "rejected"), (failed, "objects failed")] {
            if count > 0 {
                line.push_str(&format!(", {} {what}", readable_count(count)));
            }
        }
        line
    };
    // Whoever read this may have gone; loading goes on.
    let _ = stdout::print_line(line);
}
