//! A look at a role: whom it trusts, and what it may do by its own policies and those attached to it.

use serde_json::{Value, json};
use url::form_urlencoded;

use super::client::{CallError, Client};
use super::xml::Element;
use super::{Finding, look_at_statement, unknown_statements};
use crate::resource::Role;

const VERSION: &str = "2010-05-08";
const MISSING: &[&str] = &["NoSuchEntity"];

/// Looks whether the role is there, and at both sides of it.
pub(super) async fn look(client: &Client, role: &Role) -> Vec<Finding> {
    let Role {
        label: _,
        name,
        description: _,
        trust,
        permissions,
    } = role;
    let thing = format!("role {name}");
    let trusted = match ask(client, "GetRole", &[("RoleName", name)]).await {
        Ok(found) => decoded(found.text_at("GetRoleResult/Role/AssumeRolePolicyDocument")),
        Err(error) if error.is(MISSING) => {
            let mend = "make it as `flowtrail aws setup` with the same choices writes";
            return vec![Finding::missing(thing, mend)];
        }
        Err(error) => return vec![Finding::unknown(thing, "iam:GetRole", &error)],
    };
    let mut findings = vec![Finding::ok(&thing)];
    let statements = trust.statements.iter();
    findings.extend(statements.map(|one| look_at_statement(&format!("{thing}, trust"), trusted.as_ref(), one)));

    let whose = format!("{thing}, permissions");
    match granted(client, name).await {
        Ok(granted) => {
            let statements = permissions.statements.iter();
            findings.extend(statements.map(|one| look_at_statement(&whose, Some(&granted), one)));
        }
        Err((action, error)) => {
            findings.extend(unknown_statements(&whose, &permissions.statements, action, &error));
        }
    }
    findings
}

/// All statements of all policies of a role, as one policy; or the action that failed.
async fn granted(client: &Client, role: &str) -> Result<Value, (&'static str, CallError)> {
    let mut statements = Vec::new();
    let mut add = |policy: Option<Value>| match policy.map(|mut policy| policy["Statement"].take()) {
        Some(Value::Array(several)) => statements.extend(several),
        Some(one @ Value::Object(_)) => statements.push(one),
        _ => {}
    };
    let of_role = ("RoleName", role);
    let failed = |action: &'static str| move |error| (action, error);

    let named = ask(client, "ListRolePolicies", &[of_role])
        .await
        .map_err(failed("iam:ListRolePolicies"))?;
    for name in members(&named, "ListRolePoliciesResult/PolicyNames") {
        let parameters = [of_role, ("PolicyName", name.text())];
        let policy = ask(client, "GetRolePolicy", &parameters)
            .await
            .map_err(failed("iam:GetRolePolicy"))?;
        add(decoded(policy.text_at("GetRolePolicyResult/PolicyDocument")));
    }

    let attached = ask(client, "ListAttachedRolePolicies", &[of_role])
        .await
        .map_err(failed("iam:ListAttachedRolePolicies"))?;
    for policy in members(&attached, "ListAttachedRolePoliciesResult/AttachedPolicies") {
        let arn = ("PolicyArn", policy.text_at("PolicyArn"));
        let policy = ask(client, "GetPolicy", &[arn])
            .await
            .map_err(failed("iam:GetPolicy"))?;
        let version = ("VersionId", policy.text_at("GetPolicyResult/Policy/DefaultVersionId"));
        let policy = ask(client, "GetPolicyVersion", &[arn, version])
            .await
            .map_err(failed("iam:GetPolicyVersion"))?;
        add(decoded(policy.text_at("GetPolicyVersionResult/PolicyVersion/Document")));
    }
    Ok(json!({"Statement": statements}))
}

async fn ask(client: &Client, action: &str, parameters: &[(&str, &str)]) -> Result<Element, CallError> {
    client.form("iam", VERSION, action, parameters).await
}

fn members<'a>(answer: &'a Element, path: &str) -> impl Iterator<Item = &'a Element> {
    answer.at(path).into_iter().flat_map(|list| list.all("member"))
}

/// A policy, which IAM gives with its text percent-encoded.
fn decoded(text: &str) -> Option<Value> {
    // `+` stands for itself here, not for a blank.
    let encoded = format!("p={}", text.replace('+', "%2B").replace('&', "%26"));
    let (_, plain) = form_urlencoded::parse(encoded.as_bytes()).next()?;
    serde_json::from_str(&plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_decoded() {
        assert_eq!(decoded("%7B%22a%22%3A%22x+%2By%26%22%7D"), Some(json!({"a": "x++y&"})));
        assert_eq!(decoded(r#"{"a":"x&y"}"#), Some(json!({"a": "x&y"})));
        assert_eq!(decoded("{'a': 1}"), None);
    }
}
