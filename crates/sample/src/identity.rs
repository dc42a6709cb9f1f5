//! Who calls: `userIdentity` and what goes with it.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use crate::event::event_time;
use crate::json::{Json, object};
use crate::organization::{Account, Role, Session, Taker, User};
use crate::rng::Rng;

/// The caller of an event.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) identity: Json,
    pub(crate) source_address: Cow<'static, str>,
    pub(crate) user_agent: &'static str,
    /// How often a call is refused: once in this many. None: never.
    pub(crate) refused_one_in: Option<u32>,
    pub(crate) is_console: bool,
}

/// A caller for a call that is neither a service's own nor a sign-in, at a time.
pub(crate) fn caller(account: &Account, time: DateTime<Utc>, rng: &mut Rng) -> Caller {
    match rng.below(1000) {
        0 => root(account, time),
        1..=290 => user(
            account,
            &account.users[rng.low(account.users.len() as u32) as usize],
            time,
            rng,
        ),
        _ => {
            let role = &account.roles[rng.low(account.roles.len() as u32) as usize];
            assumed_role(
                account,
                role,
                &role.sessions[rng.low(role.sessions.len() as u32) as usize],
                time,
                rng,
            )
        }
    }
}

/// The account's root user, who should have no work to do.
pub(crate) fn root(account: &Account, time: DateTime<Utc>) -> Caller {
    let identity = object([
        ("type", "Root".into()),
        ("principalId", account.id.into()),
        ("arn", format!("arn:aws:iam::{}:root", account.id).into()),
        ("accountId", account.id.into()),
        ("accessKeyId", account.root_access_key.clone().into()),
        ("sessionContext", object([("attributes", attributes(time, true))])),
    ]);
    Caller {
        identity,
        source_address: "192.0.2.7".into(),
        user_agent: BROWSER,
        refused_one_in: None,
        is_console: true,
    }
}

fn user(account: &Account, user: &User, time: DateTime<Utc>, rng: &mut Rng) -> Caller {
    let is_console = user.is_person && rng.one_in(2);
    let identity = user_identity(account, user)
        .with("accessKeyId", user.access_key.clone())
        .with("userName", user.name);
    let identity = if is_console {
        identity.with(
            "sessionContext",
            object([("attributes", attributes(time, user.has_mfa))]),
        )
    } else {
        identity
    };
    Caller {
        identity,
        source_address: user.address.clone().into(),
        user_agent: if is_console {
            BROWSER
        } else if user.is_person {
            "aws-cli/2.31.8 md/awscrt#0.27.6 ua/2.1 os/macos#25.0.0 md/arch#arm64 lang/python#3.13.7"
        } else {
            "Boto3/1.40.49 md/Botocore#1.40.49 ua/2.1 os/linux#6.1.0 md/arch#x86_64 lang/python#3.12.3"
        },
        refused_one_in: Some(if user.name == "legacy-reporting" { 3 } else { 40 }),
        is_console,
    }
}

/// The members of an IAM user's identity that also a sign-in has.
pub(crate) fn user_identity(account: &Account, user: &User) -> Json {
    object([
        ("type", "IAMUser".into()),
        ("principalId", user.principal_id.clone().into()),
        ("arn", format!("arn:aws:iam::{}:user/{}", account.id, user.name).into()),
        ("accountId", account.id.into()),
    ])
}

fn assumed_role(account: &Account, role: &Role, session: &Session, time: DateTime<Utc>, rng: &mut Rng) -> Caller {
    let is_console = role.taker == Taker::Person && rng.one_in(2);
    let issuer = object([
        ("type", "Role".into()),
        ("principalId", role.principal_id.clone().into()),
        ("arn", role_arn(account, role).into()),
        ("accountId", account.id.into()),
        ("userName", role.name.into()),
    ]);
    let mut context = object([("sessionIssuer", issuer), ("attributes", attributes(time, is_console))]);
    if role.taker == Taker::Instance {
        context = context.with("ec2RoleDelivery", "2.0");
    }
    let identity = object([
        ("type", "AssumedRole".into()),
        ("principalId", format!("{}:{}", role.principal_id, session.name).into()),
        (
            "arn",
            format!(
                "arn:aws:sts::{}:assumed-role/{}/{}",
                account.id, role.name, session.name
            )
            .into(),
        ),
        ("accountId", account.id.into()),
        ("accessKeyId", session.access_key.clone().into()),
        ("sessionContext", context),
    ]);
    Caller {
        identity,
        source_address: session.address.clone().into(),
        user_agent: match role.taker {
            _ if is_console => BROWSER,
            Taker::Instance => "aws-sdk-java/2.34.6 md/io#sync md/http#Apache ua/2.1 os/Linux#6.1 lang/java#21.0.8",
            Taker::Function => "aws-sdk-js/3.901.0 ua/2.1 os/linux#5.10.244 lang/js md/nodejs#22.20.0",
            Taker::Pipeline => "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 terraform-provider-aws/6.15.0",
            Taker::Person | Taker::Account => "aws-cli/2.31.8 ua/2.1 os/linux#6.14.0 md/arch#x86_64 lang/python#3.13.7",
        },
        refused_one_in: Some(if role.name.contains("ReadOnly") { 25 } else { 150 }),
        is_console,
    }
}

/// An AWS service acting on its own behalf: its source address is its name.
pub(crate) fn service(name: &'static str) -> Caller {
    Caller {
        identity: object([("type", "AWSService".into()), ("invokedBy", name.into())]),
        source_address: name.into(),
        user_agent: name,
        refused_one_in: None,
        is_console: false,
    }
}

/// The role's own name for itself.
pub(crate) fn role_arn(account: &Account, role: &Role) -> String {
    format!("arn:aws:iam::{}:role/{}", account.id, role.name)
}

/// Attributes of a session that began at the last full hour.
fn attributes(time: DateTime<Utc>, is_mfa: bool) -> Json {
    let since = time - TimeDelta::seconds(time.timestamp().rem_euclid(3600));
    object([
        ("creationDate", event_time(since).into()),
        ("mfaAuthenticated", if is_mfa { "true" } else { "false" }.into()),
    ])
}

pub(crate) const BROWSER: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
