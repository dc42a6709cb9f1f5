//! `flowtrail serve`: runs the pipes that are defined in the lake, and takes deliveries over HTTP.

mod health;
mod metrics;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use flowtrail_api::Api;
use flowtrail_decode::LogKind;
use flowtrail_lake::Lake;
use flowtrail_pipe::{News, Planned, inbox_plan};
use flowtrail_query::EngineSettings;
use flowtrail_serve::prometheus_client::registry::Registry;
use flowtrail_serve::{Access, Inbox, ServeOptions, Server};
use flowtrail_session::{PipePlans, Session, SessionError};
use flowtrail_source::Grant;

use self::health::Health;
use self::metrics::PipeMetrics;
use super::pipes::Runner;
use super::{Context, Outcome};
use crate::arguments::ServeArguments;
use crate::failure::Failure;
use crate::interrupt::end_on_interrupt;
use crate::{stdout, traces};

/// The folder of the lake that deliveries are put into.
const INBOX: &str = "inbox";

/// How often it is looked whether warehouses are idle.
const LOOK_FOR_IDLE: Duration = Duration::from_secs(10);

/// Runs `flowtrail serve`.
pub async fn run(context: &Context, arguments: &ServeArguments) -> Outcome {
    let session = Box::pin(context.session(EngineSettings::default())).await?;
    let lake = session.engine().lake().clone();
    let (news, ending) = (News::default(), end_on_interrupt());
    let teller = news.clone();
    let inbox = Inbox::new(Arc::clone(lake.store()), INBOX).telling(move || teller.tell());
    let inbox_plans = inbox_plans(&lake, &inbox, &news)?;
    let (health, metrics) = (Health::default(), PipeMetrics::default());
    let mut registry = Registry::default();
    registry.register_collector(Box::new(metrics.clone()));
    let allowed = Grant::new(&arguments.allow_location, &[] as &[&str])?;
    let api = Api::new(session.clone(), allowed)?;
    let options = ServeOptions {
        access: Access::with_keys(&arguments.firehose_key),
        // Others reach another address, and there are no accounts yet that could tell who they are: there they see what
        // somebody sent them a link to.
        others: Some(if arguments.listen.ip().is_loopback() {
            api.router()
        } else {
            api.router_for_others()
        }),
        join_trace: traces::join,
        ..ServeOptions::default()
    };
    let server = Server::bind(arguments.listen, options, inbox, Arc::new(health.clone()), registry).await?;
    if !context.json && arguments.listen.ip().is_loopback() {
        let address = server.address();
        stdout::print_line(format_args!("The console is at http://{address}/ until Ctrl-C"))?;
    }
    let stop = ending.clone();
    let stopping = async move {
        stop.asked().await;
        api.cancel_all();
    };
    let idle = tokio::spawn(suspend_idle(session.clone()));
    let serving = tokio::spawn(server.run(stopping));

    let plans = PipePlans::new(&session, arguments.queue.clone());
    let runner = Runner {
        lake,
        list_every: Duration::from_secs(arguments.running.list_every),
        are_defined: true,
        ending,
    };
    let planned = async || -> Result<Vec<Planned>, SessionError> {
        let planned = plans.now().await;
        health.followed(&planned);
        Ok(planned?.into_iter().chain(inbox_plans.iter().cloned()).collect())
    };
    Box::pin(runner.run(planned, |statuses| metrics.set(statuses))).await;
    idle.abort();
    if let Err(error) = serving.await {
        return Err(Failure::new(format!("the server ended early: {error}"), None));
    }
    Ok(ExitCode::SUCCESS)
}

/// Looks now and then whether warehouses are idle.
async fn suspend_idle(session: Session) {
    loop {
        tokio::time::sleep(LOOK_FOR_IDLE).await;
        session.suspend_idle();
    }
}

/// The pipes that load what is delivered.
fn inbox_plans(lake: &Lake, inbox: &Inbox, news: &News) -> Result<Vec<Planned>, Failure> {
    let kinds = LogKind::ALL.into_iter().map(Some).chain([None]);
    let mut plans = Vec::new();
    for kind in kinds {
        let plan = inbox_plan(lake, &inbox.folder(kind), kind, news)?;
        plans.push(Planned::Pipe(Box::new(plan)));
    }
    Ok(plans)
}
