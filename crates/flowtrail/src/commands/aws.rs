//! `flowtrail aws`: what an account needs, written or looked for.

use std::fs;
use std::process::ExitCode;

use flowtrail_aws::{Choices, Finding, Setup, State};
use serde_json::json;

use super::{Context, Outcome};
use crate::arguments::{AwsCommand, ChoiceArguments, SetupArguments};
use crate::failure::Failure;
use crate::stdout;

/// Runs `flowtrail aws`.
pub async fn run(context: &Context, command: &AwsCommand) -> Outcome {
    match command {
        AwsCommand::Setup(arguments) => set_up(context, arguments),
        AwsCommand::Check(choices) => check(context, choices).await,
    }
}

fn set_up(context: &Context, arguments: &SetupArguments) -> Outcome {
    let setup = Setup::new(&Choices::from(&arguments.choices))?;
    let text = setup.render(arguments.tool.into());
    if let Some(file) = &arguments.output {
        fs::write(file, &text)
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", file.display()), None))?;
    }
    match &arguments.output {
        _ if context.json => stdout::print_line(json!({"file": arguments.output, "text": text}))?,
        Some(file) => stdout::print_line(format_args!("Wrote {}", file.display()))?,
        None => stdout::print(text)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn check(context: &Context, choices: &ChoiceArguments) -> Outcome {
    let setup = Setup::new(&Choices::from(choices))?;
    let findings = setup.check(flowtrail_source::access(&context.aws).await).await?;
    let bad = findings.iter().filter(|finding| finding.state != State::Ok).count();
    if context.json {
        stdout::print_line(json!({"ok": bad == 0, "findings": findings}))?;
    } else {
        let lines: String = findings.iter().map(told).collect();
        let sum = match bad {
            0 => format!("All {} are as they should be", findings.len()),
            _ => format!("{bad} of {} are not as they should be", findings.len()),
        };
        stdout::print_line(format_args!("{lines}{sum}"))?;
    }
    Ok(if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A finding's line, and behind it how to mend it.
fn told(finding: &Finding) -> String {
    let mut told = format!("{:<8} {}", finding.state.name(), finding.thing);
    if let Some(detail) = &finding.detail {
        told = match finding.state {
            State::Unknown => format!("{told} ({detail})"),
            _ => format!("{told}: {detail}"),
        };
    }
    if let Some(mend) = &finding.mend {
        told += "\n           mend: ";
        told += mend;
    }
    told + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_what_and_how_to_mend_it() {
        let finding = |state, detail: Option<&str>, mend: Option<&str>| {
            told(&Finding {
                thing: "queue q".to_owned(),
                state,
                detail: detail.map(str::to_owned),
                mend: mend.map(str::to_owned),
            })
        };
        assert_eq!(finding(State::Ok, None, None), "ok       queue q\n");
        assert_eq!(
            finding(State::Wrong, Some("it is off"), Some("turn it on")),
            "wrong    queue q: it is off\n           mend: turn it on\n"
        );
        assert_eq!(
            finding(State::Unknown, Some("no permission: action sqs:X"), None),
            "unknown  queue q (no permission: action sqs:X)\n"
        );
    }
}
