//! `flowtrail serve`: runs the pipes that are defined in the lake.

use std::process::ExitCode;
use std::time::Duration;

use flowtrail_query::EngineSettings;
use flowtrail_session::PipePlans;

use super::pipes::Runner;
use super::{Context, Outcome};
use crate::arguments::ServeArguments;
use crate::interrupt::end_on_interrupt;

/// Runs `flowtrail serve`.
pub async fn run(context: &Context, arguments: &ServeArguments) -> Outcome {
    let session = Box::pin(context.session(EngineSettings::default())).await?;
    let plans = PipePlans::new(&session, arguments.queue.clone());
    let runner = Runner {
        lake: session.engine().lake().clone(),
        list_every: Duration::from_secs(arguments.running.list_every),
        are_defined: true,
        ending: end_on_interrupt(),
    };
    Box::pin(runner.run(async || plans.now().await, |_| {})).await;
    Ok(ExitCode::SUCCESS)
}
