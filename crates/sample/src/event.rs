//! CloudTrail events, as in AWS's page "CloudTrail record contents".

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::call::{self, Call, Effect, Scene};
use crate::identity::{self, BROWSER, Caller, user_identity};
use crate::json::{Json, list, object};
use crate::organization::Account;
use crate::rng::Rng;

/// One event, its members in the order AWS writes them. What is NULL here is written as `null`, what is absent not at
/// all.
#[derive(Debug, Serialize)]
#[allow(clippy::struct_field_names, reason = "the names are CloudTrail's")]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    event_version: &'static str,
    user_identity: Json,
    event_time: String,
    event_source: String,
    event_name: &'static str,
    aws_region: &'static str,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Cow<'static, str>,
    user_agent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_message: Option<Cow<'static, str>>,
    request_parameters: Json,
    response_elements: Json,
    #[serde(skip_serializing_if = "Json::is_null")]
    additional_event_data: Json,
    #[serde(rename = "requestID", skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(rename = "eventID")]
    event_id: String,
    read_only: bool,
    #[serde(skip_serializing_if = "Json::is_null")]
    resources: Json,
    event_type: &'static str,
    management_event: bool,
    recipient_account_id: &'static str,
    event_category: &'static str,
    #[serde(skip_serializing_if = "Json::is_null")]
    tls_details: Json,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_credential_from_console: Option<&'static str>,
}

/// The next event of an account in a region, at a time.
pub(crate) fn event(account: &Account, region: &'static str, time: DateTime<Utc>, rng: &mut Rng) -> Event {
    if region == "us-east-1" && rng.one_in(120) {
        return console_login(account, region, time, rng);
    }
    let (service, call) = call::pick(region, rng);
    let caller = match service {
        Some(name) => identity::service(name),
        None => identity::caller(account, time, rng),
    };
    api_call(account, region, time, call, caller, rng)
}

/// A time as CloudTrail writes it.
pub(crate) fn event_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn api_call(
    account: &Account,
    region: &'static str,
    time: DateTime<Utc>,
    call: &Call,
    caller: Caller,
    rng: &mut Rng,
) -> Event {
    let refusal = refusal(call, &caller, account, rng);
    let mut scene = Scene { account, region, rng };
    let request_parameters = (call.request)(&mut scene);
    let response_elements = if refusal.is_some() {
        Json::Null
    } else {
        (call.response)(&mut scene)
    };
    let resources = resources(call, &request_parameters, account);
    let (error_code, error_message) = refusal.unzip();
    let is_data = matches!(call.effect, Effect::DataRead | Effect::DataWrite);
    let host = format!("{}.{region}.amazonaws.com", call.service);
    let is_service = caller.source_address == caller.user_agent;
    Event {
        event_version: "1.11",
        user_identity: caller.identity,
        event_time: event_time(time),
        event_source: format!("{}.amazonaws.com", call.service),
        event_name: call.name,
        aws_region: region,
        source_ip_address: caller.source_address,
        user_agent: caller.user_agent,
        error_code,
        error_message,
        request_parameters,
        response_elements,
        additional_event_data: if call.service == "s3" {
            s3_facts(rng)
        } else {
            Json::Null
        },
        request_id: Some(rng.uuid()),
        event_id: rng.uuid(),
        read_only: matches!(call.effect, Effect::Read | Effect::DataRead),
        resources,
        event_type: "AwsApiCall",
        management_event: !is_data,
        recipient_account_id: account.id,
        event_category: if is_data { "Data" } else { "Management" },
        tls_details: if is_service { Json::Null } else { tls_details(host) },
        session_credential_from_console: caller.is_console.then_some("true"),
    }
}

/// Why a call is refused, if it is: code and message.
fn refusal(
    call: &Call,
    caller: &Caller,
    account: &Account,
    rng: &mut Rng,
) -> Option<(&'static str, Cow<'static, str>)> {
    if !rng.one_in(caller.refused_one_in?) {
        return None;
    }
    Some(match (call.service, rng.below(10)) {
        (_, 0) => ("ThrottlingException", "Rate exceeded".into()),
        ("iam", 1 | 2) => (
            "NoSuchEntityException",
            "The user with name ghost cannot be found.".into(),
        ),
        ("s3", 1 | 2) => ("NoSuchKey", "The specified key does not exist.".into()),
        ("ec2", _) => (
            "Client.UnauthorizedOperation",
            "You are not authorized to perform this operation.".into(),
        ),
        (service, _) => {
            let message = format!(
                "User is not authorized to perform: {service}:{} in account {} because no identity-based policy \
                 allows the action",
                call.name, account.id
            );
            ("AccessDenied", message.into())
        }
    })
}

/// The things an event is about, for the calls that name them.
fn resources(call: &Call, request: &Json, account: &Account) -> Json {
    let text = |name: &str| match request {
        Json::Object(members) => members.iter().find_map(|(member, value)| match value {
            Json::Text(text) if *member == name => Some(text.as_ref()),
            _ => None,
        }),
        _ => None,
    };
    let resource = |arn: String, kind: &'static str| {
        object([
            ("accountId", account.id.into()),
            ("type", kind.into()),
            ("ARN", arn.into()),
        ])
    };
    match (
        call.service,
        text("bucketName"),
        text("key"),
        text("keyId"),
        text("roleArn"),
    ) {
        ("s3", Some(bucket), Some(key), ..) => list([
            object([
                ("type", "AWS::S3::Object".into()),
                ("ARN", format!("arn:aws:s3:::{bucket}/{key}").into()),
            ]),
            resource(format!("arn:aws:s3:::{bucket}"), "AWS::S3::Bucket"),
        ]),
        ("s3", Some(bucket), ..) => list([resource(format!("arn:aws:s3:::{bucket}"), "AWS::S3::Bucket")]),
        ("kms", _, _, Some(key), _) => list([resource(key.to_owned(), "AWS::KMS::Key")]),
        ("sts", _, _, _, Some(role)) => list([resource(role.to_owned(), "AWS::IAM::Role")]),
        _ => Json::Null,
    }
}

/// A sign-in to the console: of people, now and then of the root user, and of guessers who fail.
fn console_login(account: &Account, region: &'static str, time: DateTime<Utc>, rng: &mut Rng) -> Event {
    let people: Vec<_> = account.users.iter().filter(|user| user.is_person).collect();
    let user = rng.pick(&people);
    let is_root = rng.one_in(40);
    let has_mfa = is_root || user.has_mfa;
    let is_guess = !is_root && rng.one_in(4);
    let identity = if is_root {
        identity::root(account, time).identity
    } else {
        user_identity(account, user).with("userName", user.name)
    };
    let source_ip_address = if is_guess {
        format!("185.220.101.{}", 1 + rng.low(60)).into()
    } else if is_root {
        "192.0.2.7".into()
    } else {
        user.address.clone().into()
    };
    let outcome = if is_guess { "Failure" } else { "Success" };
    let login = object([
        (
            "LoginTo",
            "https://console.aws.amazon.com/console/home?state=hashArgs%23&isauthcode=true".into(),
        ),
        ("MobileVersion", "No".into()),
        ("MFAUsed", if has_mfa && !is_guess { "Yes" } else { "No" }.into()),
    ]);
    Event {
        event_version: "1.11",
        user_identity: identity,
        event_time: event_time(time),
        event_source: "signin.amazonaws.com".to_owned(),
        event_name: "ConsoleLogin",
        aws_region: region,
        source_ip_address,
        user_agent: BROWSER,
        error_code: None,
        error_message: is_guess.then_some("Failed authentication".into()),
        request_parameters: Json::Null,
        response_elements: object([("ConsoleLogin", outcome.into())]),
        additional_event_data: login,
        request_id: None,
        event_id: rng.uuid(),
        read_only: false,
        resources: Json::Null,
        event_type: "AwsConsoleSignIn",
        management_event: true,
        recipient_account_id: account.id,
        event_category: "Management",
        tls_details: tls_details("signin.aws.amazon.com".to_owned()),
        session_credential_from_console: None,
    }
}

fn s3_facts(rng: &mut Rng) -> Json {
    object([
        ("SignatureVersion", "SigV4".into()),
        ("CipherSuite", "TLS_AES_128_GCM_SHA256".into()),
        ("bytesTransferredIn", 0_u32.into()),
        ("AuthenticationMethod", "AuthHeader".into()),
        ("bytesTransferredOut", rng.low(1_000_000).into()),
    ])
}

fn tls_details(host: String) -> Json {
    object([
        ("tlsVersion", "TLSv1.3".into()),
        ("cipherSuite", "TLS_AES_128_GCM_SHA256".into()),
        ("clientProvidedHostHeader", host.into()),
    ])
}
