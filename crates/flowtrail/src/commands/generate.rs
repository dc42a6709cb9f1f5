//! `flowtrail generate`

use std::io::IsTerminal;
use std::process::ExitCode;

use chrono::{DateTime, NaiveTime, Utc};
use flowtrail_query::output::{readable_bytes, readable_count};
use flowtrail_sample::{FlowPlan, Manifest, TrailPlan, generate_cloudtrail, generate_vpc_flow};
use indicatif::{ProgressBar, ProgressDrawTarget};

use super::{Context, Outcome};
use crate::arguments::{GenerateArguments, SampleKind};
use crate::failure::Failure;
use crate::stdout;

/// Runs `flowtrail generate`.
pub fn run(context: &Context, arguments: &GenerateArguments) -> Outcome {
    let end = arguments
        .end
        .map_or_else(today, |day| day.and_time(NaiveTime::MIN).and_utc());
    let GenerateArguments {
        rows,
        days,
        files,
        seed,
        ref out,
        ..
    } = *arguments;
    let bar = progress_bar(context.json);
    let mut progress = |state: flowtrail_sample::Progress| {
        bar.set_length(state.rows_total);
        bar.set_position(state.rows);
    };
    let manifest = match arguments.kind {
        SampleKind::VpcFlow => {
            let (fields, format) = (arguments.fields.clone(), arguments.format);
            generate_vpc_flow(
                &FlowPlan {
                    rows,
                    days,
                    files,
                    seed,
                    fields,
                    format,
                    end,
                },
                out,
                &mut progress,
            )?
        }
        SampleKind::CloudTrail => generate_cloudtrail(
            &TrailPlan {
                rows,
                days,
                files,
                seed,
                end,
            },
            out,
            &mut progress,
        )?,
    };
    bar.finish_and_clear();
    print(context, &manifest, out)?;
    Ok(ExitCode::SUCCESS)
}

/// This midnight, UTC.
pub fn today() -> DateTime<Utc> {
    Utc::now().date_naive().and_time(NaiveTime::MIN).and_utc()
}

fn progress_bar(is_quiet: bool) -> ProgressBar {
    let bar = ProgressBar::no_length();
    if is_quiet || !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    bar
}

fn print(context: &Context, manifest: &Manifest, out: &std::path::Path) -> Result<(), Failure> {
    if context.json {
        let text = serde_json::to_string(manifest).map_err(|error| Failure::new(error.to_string(), None))?;
        return Ok(stdout::print_line(text)?);
    }
    Ok(stdout::print_line(format_args!(
        "Made {} records in {} objects ({}) under {}",
        readable_count(manifest.rows),
        readable_count(manifest.objects),
        readable_bytes(manifest.bytes),
        out.display()
    ))?)
}
