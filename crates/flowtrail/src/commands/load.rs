//! `flowtrail load`

use std::process::ExitCode;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use flowtrail_decode::{Limits, LogKind};
use flowtrail_lake::Lake;
use flowtrail_load::{LoadOptions, LoadSummary, Loader};
use flowtrail_source::{AwsSettings, KeyFilter, Place, Source};

use super::watch::watch;
use super::{Context, Outcome};
use crate::arguments::LoadArguments;
use crate::failure::Failure;
use crate::interrupt::{INTERRUPTED, stop_on_interrupt};
use crate::progress_bar::LoadProgress;
use crate::report::load_report;
use crate::stdout;

/// Some records or objects could not be loaded, the others were.
const LOADED_WITH_REJECTS: u8 = 3;

/// Runs `flowtrail load`.
pub async fn run(context: &Context, arguments: &LoadArguments) -> Outcome {
    let (kind, names) = kind_and_sources(&arguments.kind_and_sources)?;
    let options = options(arguments, kind)?;
    if arguments.watch {
        return watch(context, &arguments.running, names, options).await;
    }
    let sources = open(names, &context.aws).await?;
    let lake = context.lake().await?;
    let started = Instant::now();
    let summary = load(lake, options, &sources, arguments.dry_run, context.json).await?;
    print(context, &summary, started.elapsed())?;
    Ok(exit_code(&summary))
}

/// Loads with a progress bar, minding Ctrl-C.
pub async fn load(
    lake: Lake,
    options: LoadOptions,
    sources: &[Arc<Source>],
    dry_run: bool,
    is_quiet: bool,
) -> Result<LoadSummary, Failure> {
    let progress = Arc::new(LoadProgress::new(is_quiet));
    let loader = Loader::new(lake, options, Arc::clone(&progress) as _, stop_on_interrupt());
    let outcome = if dry_run {
        loader.dry_run(sources).await
    } else {
        loader.run(sources).await
    };
    progress.finish();
    Ok(outcome?)
}

/// Opens the places to load from.
pub async fn open(names: &[String], aws: &AwsSettings) -> Result<Vec<Arc<Source>>, Failure> {
    let mut sources = Vec::with_capacity(names.len());
    for name in names {
        let place = Place::from_str(name)?;
        sources.push(Arc::new(Source::open(&place, aws).await?));
    }
    Ok(sources)
}

fn print(context: &Context, summary: &LoadSummary, took: Duration) -> Result<(), Failure> {
    if context.json {
        let text = serde_json::to_string(summary).map_err(|error| Failure::new(error.to_string(), None))?;
        stdout::print_line(text)?;
    } else {
        stdout::print(load_report(summary, took))?;
    }
    Ok(())
}

fn exit_code(summary: &LoadSummary) -> ExitCode {
    if summary.stopped {
        return ExitCode::from(INTERRUPTED);
    }
    if summary.is_clean() {
        return ExitCode::SUCCESS;
    }
    let anything_there = summary.loaded + summary.already_loaded + summary.unchanged + summary.skipped > 0;
    if anything_there {
        ExitCode::from(LOADED_WITH_REJECTS)
    } else {
        ExitCode::FAILURE
    }
}

/// The first word is the kind where it is the name of one.
fn kind_and_sources(words: &[String]) -> Result<(Option<LogKind>, &[String]), Failure> {
    let [first, rest @ ..] = words else {
        return Ok((None, words));
    };
    let kind = match (first.as_str(), LogKind::from_str(first)) {
        ("auto", _) => None,
        (_, Ok(kind)) => Some(kind),
        _ => return Ok((None, words)),
    };
    if rest.is_empty() {
        let hint = format!("name a file, a folder, s3://bucket/prefix or - after it; ./{first} is a file of that name");
        return Err(Failure::new(
            format!("`{first}` is a kind of log, and no source follows it"),
            Some(&hint),
        ));
    }
    Ok((kind, rest))
}

fn options(arguments: &LoadArguments, kind: Option<LogKind>) -> Result<LoadOptions, Failure> {
    let defaults = Limits::default();
    Ok(LoadOptions {
        kind,
        flow_format: arguments.flow_format.as_deref().map(|format| {
            format
                .split([' ', ','])
                .filter(|field| !field.is_empty())
                .map(str::to_owned)
                .collect()
        }),
        on_error: arguments.on_error,
        filter: KeyFilter {
            since: arguments
                .since
                .as_deref()
                .map(|text| time("--since", text))
                .transpose()?,
            until: arguments
                .until
                .as_deref()
                .map(|text| time("--until", text))
                .transpose()?,
            accounts: arguments.account.clone(),
            regions: arguments.region.clone(),
        },
        limits: Limits {
            max_ratio: arguments.max_ratio.unwrap_or(defaults.max_ratio),
            max_inflated_bytes: arguments.max_inflated.unwrap_or(defaults.max_inflated_bytes),
        },
        batch_objects: batch_objects(),
        ..LoadOptions::default()
    })
}

/// Tests of crashes ask for small batches.
fn batch_objects() -> Option<usize> {
    if !cfg!(feature = "failpoints") {
        return None;
    }
    std::env::var("FLOWTRAIL_BATCH_OBJECTS").ok()?.parse().ok()
}

/// A day (its first moment, UTC) or a moment.
fn time(option: &str, text: &str) -> Result<DateTime<Utc>, Failure> {
    if let Ok(day) = NaiveDate::from_str(text) {
        return Ok(day.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.to_utc())
        .map_err(|_| {
            Failure::new(
                format!("{option} `{text}` is no time"),
                Some("write a day as 2026-11-01, or a moment as 2026-11-01T10:00:00Z"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_a_word_before_the_sources() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let given = words("cloudtrail a b");
        assert_eq!(
            kind_and_sources(&given).unwrap(),
            (Some(LogKind::CloudTrail), &given[1..])
        );
        let given = words("auto a");
        assert_eq!(kind_and_sources(&given).unwrap(), (None, &given[1..]));
        let given = words("a cloudtrail");
        assert_eq!(kind_and_sources(&given).unwrap(), (None, &given[..]));
        assert!(kind_and_sources(&words("vpc_flow")).is_err());
    }

    #[test]
    fn a_day_is_its_first_moment() {
        assert_eq!(
            time("--since", "2026-11-01").unwrap().to_rfc3339(),
            "2026-11-01T00:00:00+00:00"
        );
        assert_eq!(
            time("--since", "2026-11-01T09:00:00+09:00").unwrap().to_rfc3339(),
            "2026-11-01T00:00:00+00:00"
        );
        assert!(time("--since", "yesterday").is_err());
    }
}
