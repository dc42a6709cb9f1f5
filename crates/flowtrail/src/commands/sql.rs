//! `flowtrail sql`: one statement, several, or a prompt.

use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use flowtrail_query::output::{
    Destination, OutputFormat, OutputOptions, Written, readable_bytes, readable_count, write_stream,
};
use flowtrail_query::statements::split;
use flowtrail_query::{Engine, EngineSettings, QueryFigures, Scope};
use flowtrail_session::Session;
use serde_json::json;

use super::repeat::repeat;
use super::{Context, Outcome};
use crate::arguments::SqlArguments;
use crate::failure::{self, Failure};
use crate::prompt::{Control, Input, read_statements};
use crate::stdout;

/// Runs `flowtrail sql`.
pub async fn run(context: &Context, arguments: SqlArguments) -> Outcome {
    let mut settings = EngineSettings::default();
    if arguments.repeat.is_some() {
        // Each run is to cost what the statement costs.
        settings.caches.answer_bytes = 0;
    }
    let session = Box::pin(context.session(settings)).await?;
    session.engine().set_scope(Scope {
        accent: arguments.accent,
        ..session.engine().scope()
    });
    let printer = Printer::new(context.json, &arguments)?;
    let Some(text) = statements(&arguments)? else {
        return prompt(&session, printer);
    };
    let statements = split(&text);
    if statements.is_empty() {
        return Err(Failure::new(
            "there is no statement",
            Some("flowtrail sql 'SELECT count(*) FROM logs.vpc_flow'"),
        ));
    }
    if let Some(times) = arguments.repeat {
        repeat(&session, &statements, times, context.json).await?;
        return Ok(ExitCode::SUCCESS);
    }
    if statements.len() > 1 && printer.file.is_some() {
        let hint = "run them one at a time, each with its own --output";
        return Err(Failure::new(
            format!("{} statements cannot go to one file", statements.len()),
            Some(hint),
        ));
    }
    for statement in statements {
        printer.answer(&session, statement.text).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The text to run, or nothing when a prompt is asked for.
fn statements(arguments: &SqlArguments) -> Result<Option<String>, Failure> {
    if let Some(statement) = &arguments.statement {
        return Ok(Some(statement.clone()));
    }
    let from_stdin = match &arguments.file {
        Some(file) if file.as_os_str() != "-" => {
            let text = std::fs::read_to_string(file)
                .map_err(|error| Failure::new(format!("{}: {error}", file.display()), None))?;
            return Ok(Some(text));
        }
        Some(_) => true,
        None => !std::io::stdin().is_terminal(),
    };
    if !from_stdin {
        return Ok(None);
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    Ok(Some(text))
}

fn prompt(session: &Session, mut printer: Printer) -> Outcome {
    let runtime = tokio::runtime::Handle::current();
    println!(
        "flowtrail {} on {}; \\? for help",
        env!("CARGO_PKG_VERSION"),
        session.engine().lake()
    );
    // The editor waits for keys; statements run on the runtime's own threads meanwhile.
    tokio::task::block_in_place(|| {
        let vocabulary = || runtime.block_on(session.engine().vocabulary()).unwrap_or_default();
        let mut run = |input: Input<'_>| {
            let outcome = match input {
                Input::Statement(statement) => runtime.block_on(printer.answer(session, statement)),
                Input::Command { name: "q", .. } => return Control::Quit,
                Input::Command { name, argument } => printer.command(&runtime, session.engine(), name, argument),
            };
            if let Err(failure) = outcome {
                failure::tell(&failure, false);
            }
            Control::Continue
        };
        read_statements(&vocabulary, &mut run)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// How answers are printed.
pub struct Printer {
    options: OutputOptions,
    file: Option<PathBuf>,
    json: bool,
}

impl Printer {
    fn new(json: bool, arguments: &SqlArguments) -> Result<Self, Failure> {
        let by_name = arguments
            .output
            .as_ref()
            .and_then(|file| file.extension()?.to_str()?.parse().ok());
        let format = match (arguments.format, by_name) {
            (Some(format), _) | (None, Some(format)) => format,
            (None, None) if json => OutputFormat::Json,
            (None, None) => OutputFormat::Table,
        };
        if json && arguments.output.is_none() && format != OutputFormat::Json {
            let hint = "leave one of them out, or write the answer to a file with --output";
            return Err(Failure::new(
                format!("--json and --format {format} both want standard output"),
                Some(hint),
            ));
        }
        if format.is_binary() && arguments.output.is_none() && std::io::stdout().is_terminal() {
            let hint = "name a file with --output, or redirect standard output";
            return Err(Failure::new(format!("{format} is not for a terminal"), Some(hint)));
        }
        let options = OutputOptions {
            format,
            time_zone: arguments.tz,
            csv_bom: arguments.bom,
            escape_formulas: arguments.escape_formulas,
            width: terminal_width(),
            expanded: arguments.expanded,
            ..OutputOptions::default()
        };
        Ok(Self {
            options,
            file: arguments.output.clone(),
            json,
        })
    }

    /// Runs a statement and prints its answer and what it cost.
    async fn answer(&self, session: &Session, statement: &str) -> Result<(), Failure> {
        let answer = session.run(statement).await?;
        let columns: Vec<_> = answer
            .schema
            .fields()
            .iter()
            .map(|field| json!({"name": field.name(), "type": field.data_type().to_string()}))
            .collect();
        let is_json_document = self.json && self.file.is_none();
        if is_json_document {
            stdout::print(format_args!(
                "{{\"columns\":{},\"rows\":",
                serde_json::Value::from(columns)
            ))?;
        }
        let destination = match &self.file {
            Some(file) => Destination::File(file.clone()),
            None => Destination::Writer(Box::new(std::io::stdout())),
        };
        let written = write_stream(answer.schema, answer.stream, self.options.clone(), destination).await?;
        let figures = answer.figures.get();
        if is_json_document {
            stdout::print_line(format_args!(",\"figures\":{}}}", figures_json(&figures)))?;
        } else if self.json {
            let document = json!({"files": written.files, "rows": written.rows, "figures": figures_json(&figures)});
            stdout::print_line(document)?;
        } else {
            self.print_figures(&figures, &written)?;
        }
        Ok(())
    }

    /// Beside a table on standard output; beside data for programs on standard error.
    fn print_figures(&self, figures: &QueryFigures, written: &Written) -> std::io::Result<()> {
        let line = figures_line(figures);
        if self.options.format == OutputFormat::Table && self.file.is_none() {
            return stdout::print_line(line);
        }
        for file in &written.files {
            eprintln!("wrote {}", file.display());
        }
        eprintln!("{line}");
        Ok(())
    }

    fn command(
        &mut self,
        runtime: &tokio::runtime::Handle,
        engine: &Engine,
        name: &str,
        argument: &str,
    ) -> Result<(), Failure> {
        match name {
            "d" if argument.is_empty() => print!("{}", runtime.block_on(super::tables::listing(engine))?),
            "d" => print!("{}", runtime.block_on(super::tables::description(engine, argument))?),
            "x" => {
                self.options.expanded = !self.options.expanded;
                println!(
                    "rows are shown {}",
                    if self.options.expanded {
                        "as blocks"
                    } else {
                        "in a table"
                    }
                );
            }
            "?" => println!(
                "a statement ends with ;\n\\d          tables and views\n\\d TABLE    a table's columns\n\\x          rows \
                 as blocks, or in a table\n\\q          leave (also Ctrl-D)"
            ),
            other => return Err(Failure::new(format!("no command \\{other}"), Some("\\? lists them"))),
        }
        Ok(())
    }
}

/// `12 rows in 0.034 s, 1.2 MiB scanned, 3 of 40 files, 1 of 30 partitions`
pub fn figures_line(figures: &QueryFigures) -> String {
    let noun = if figures.rows == 1 { "row" } else { "rows" };
    format!(
        "{} {noun} in {:.3} s, {} scanned, {} of {} files, {} of {} partitions",
        readable_count(figures.rows),
        figures.elapsed.as_secs_f64(),
        readable_bytes(figures.bytes_scanned),
        readable_count(figures.files_read),
        readable_count(figures.files_total),
        readable_count(figures.partitions_read),
        readable_count(figures.partitions_total),
    )
}

pub fn figures_json(figures: &QueryFigures) -> serde_json::Value {
    json!({
        "rows": figures.rows,
        "elapsed_s": figures.elapsed.as_secs_f64(),
        "bytes_scanned": figures.bytes_scanned,
        "files_read": figures.files_read,
        "files_total": figures.files_total,
        "partitions_read": figures.partitions_read,
        "partitions_total": figures.partitions_total,
    })
}

/// The columns of the terminal standard output is, if it is one.
pub fn terminal_width() -> Option<usize> {
    if !std::io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(columns, _)| usize::from(columns.0))
}
