//! A look at an account: what of a setup is there, and as it should be. Every request reads, and none changes anything.

mod bucket;
mod client;
mod finding;
mod flow_log;
mod granted;
mod queue;
mod role;
mod stream;
mod trail;
mod xml;

use flowtrail_source::AwsAccess;
use serde_json::Value;

pub use finding::{Finding, State};

use crate::document::Document;
use crate::policy::Statement;
use crate::resource::Resource;
use crate::resources::resources;
use crate::setup::Setup;
use client::{CallError, Client};
use granted::{Grant, granted};

const STS_VERSION: &str = "2011-06-15";

/// Why an account cannot be looked at, at all.
#[derive(Debug, thiserror::Error)]
#[error("AWS does not say whose credentials these are: {reason}")]
pub struct CheckError {
    reason: String,
}

impl CheckError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        "`aws sts get-caller-identity` shows whether there are credentials, and whether AWS takes them"
    }
}

impl Setup {
    /// Looks at everything of this setup in the account, in the order in which it would be made.
    ///
    /// The region is the setup's, whatever `access` says. What may not be seen is a [`State::Unknown`] finding, which
    /// names the action that was refused.
    ///
    /// # Errors
    ///
    /// [`CheckError`] without credentials, or when AWS cannot be reached.
    pub async fn check(&self, access: AwsAccess) -> Result<Vec<Finding>, CheckError> {
        let access = AwsAccess {
            region: self.region.clone(),
            ..access
        };
        let unclear = |error: CallError| CheckError {
            reason: error.to_string(),
        };
        let client = Client::new(access).await.map_err(unclear)?;
        let identity = client.form("sts", STS_VERSION, "GetCallerIdentity", &[]).await;
        let identity = identity.map_err(unclear)?;
        let account = account(self, identity.text_at("GetCallerIdentityResult/Account"));
        if account.state != State::Ok {
            return Ok(vec![account]);
        }
        let mut findings = vec![account];
        for resource in resources(self) {
            findings.extend(look(&client, &resource).await);
        }
        Ok(findings)
    }
}

/// Everything else is looked for in the account of the credentials.
fn account(setup: &Setup, found: &str) -> Finding {
    let thing = format!("account {}", setup.account);
    if found == setup.account {
        return Finding::ok(thing);
    }
    let detail = format!("these credentials are for account {found}");
    Finding::wrong(thing, detail, "use credentials of that account, or name this one first")
}

async fn look(client: &Client, resource: &Resource) -> Vec<Finding> {
    match resource {
        Resource::Queue(queue) => queue::look(client, queue).await,
        Resource::Bucket(bucket) => bucket::look(client, bucket).await,
        Resource::Role(role) => role::look(client, role).await,
        Resource::Stream(stream) => stream::look(client, stream).await,
        Resource::FlowLog(flow_log) => flow_log::look(client, flow_log).await,
        Resource::Trail(trail) => trail::look(client, trail).await,
    }
}

/// A statement of ours in the policy of `whose`, which is there or not.
fn look_at_statement(whose: &str, policy: Option<&Value>, statement: &Statement) -> Finding {
    let thing = format!("{whose}, {}", statement.id);
    let mend = || format!("add this statement to its policy: {}", Document::from(statement).line());
    match policy.map(|policy| granted(policy, statement)) {
        Some(Grant::Granted) => Finding::ok(thing),
        None | Some(Grant::Missing) => Finding::missing(thing, mend()),
        Some(Grant::Denied) => {
            let mend = format!("take the statement out that denies {}", statement.actions.join(", "));
            Finding::wrong(thing, "another statement denies it", mend)
        }
        Some(Grant::TooOpen(key)) => {
            let detail = format!("it lets in more than it should, without a condition on {key}");
            Finding::wrong(thing, detail, mend())
        }
    }
}

/// The parts of `whose`, none of which could be seen.
fn unknown_statements(whose: &str, statements: &[Statement], action: &str, error: &CallError) -> Vec<Finding> {
    let unknown = |statement: &Statement| Finding::unknown(format!("{whose}, {}", statement.id), action, error);
    statements.iter().map(unknown).collect()
}
