//! Whether a policy that is there grants what a statement of ours would.

use serde_json::Value;

use crate::policy::{Condition, Effect, Principal, Statement};

/// Conditions of which one is enough to keep other customers out.
const OF_SOURCE: &[&str] = &["aws:SourceAccount", "aws:SourceArn"];
/// Without it, whoever makes the principal act for them gets in.
const EXTERNAL_ID: &str = "sts:ExternalId";

/// What a policy makes of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Grant {
    Granted,
    /// Not, or not all of it, or under conditions that are not ours.
    Missing,
    /// Another statement denies it.
    Denied,
    /// Granted to others as well, for want of a condition on this key.
    TooOpen(&'static str),
}

/// Looks for what `needed` says in `policy`, under whatever statements it stands there.
pub(super) fn granted(policy: &Value, needed: &Statement) -> Grant {
    let statements = one_or_more(&policy["Statement"]);
    let mut grant = Grant::Granted;
    let whole_role = [String::new()];
    let resources = if needed.resources.is_empty() {
        &whole_role[..]
    } else {
        &needed.resources
    };
    for action in &needed.actions {
        for resource in resources {
            let about = |statement: &&Value| is_about(statement, needed, action, resource);
            if needed.effect == Effect::Allow && statements.iter().copied().filter(about).any(denies) {
                return Grant::Denied;
            }
            let allowing: Vec<&Value> = statements
                .iter()
                .copied()
                .filter(about)
                .filter(|found| found["Effect"] == needed.effect.name() && conditions_hold(found, &needed.conditions))
                .collect();
            let Some(openness) = allowing.iter().map(|found| open_to_others(found, needed)).min() else {
                return Grant::Missing;
            };
            if let Some(key) = openness {
                grant = Grant::TooOpen(key);
            }
        }
    }
    grant
}

/// Whoever it is about, and whenever.
fn denies(statement: &Value) -> bool {
    statement["Effect"] == Effect::Deny.name() && statement["Condition"].is_null()
}

fn is_about(statement: &Value, needed: &Statement, action: &str, resource: &str) -> bool {
    let is_action = texts(&statement["Action"])
        .iter()
        .any(|pattern| matches(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase()));
    let is_resource = needed.resources.is_empty()
        || texts(&statement["Resource"])
            .iter()
            .any(|pattern| matches(pattern, resource));
    is_action && is_resource && is_principal(&statement["Principal"], needed.principal.as_ref())
}

fn is_principal(found: &Value, needed: Option<&Principal>) -> bool {
    let Some(needed) = needed else {
        return true;
    };
    let of_aws = texts(&found["AWS"]);
    if found == "*" || of_aws.contains(&"*") {
        return true;
    }
    match needed {
        Principal::Anyone => false,
        Principal::Service(service) => texts(&found["Service"]).contains(service),
        Principal::Aws(arn) => {
            let account = arn.split(':').nth(4).unwrap_or_default();
            let is_account = |found: &str| found == account || found.ends_with(&format!("::{account}:root"));
            of_aws.iter().any(|found| found == arn || is_account(found))
        }
    }
}

/// Every condition that is there holds when ours do.
fn conditions_hold(statement: &Value, needed: &[Condition]) -> bool {
    let Some(operators) = statement["Condition"].as_object() else {
        return true;
    };
    operators.iter().all(|(operator, keys)| {
        let is_known = matches!(
            operator.trim_end_matches("IfExists"),
            "StringEquals" | "StringLike" | "ArnEquals" | "ArnLike" | "StringEqualsIgnoreCase" | "Bool"
        );
        let keys = keys.as_object();
        is_known && keys.is_some_and(|keys| keys.iter().all(|(key, found)| holds(key, &texts(found), needed)))
    })
}

fn holds(key: &str, found: &[&str], needed: &[Condition]) -> bool {
    if key.eq_ignore_ascii_case("aws:SecureTransport") && found == ["true"] {
        return true;
    }
    needed
        .iter()
        .filter(|condition| condition.key.eq_ignore_ascii_case(key))
        .any(|condition| {
            condition
                .values
                .iter()
                .all(|value| found.iter().any(|pattern| matches(pattern, value)))
        })
}

/// The key of the condition by which a statement would keep others out, and does not; `None` where it does.
fn open_to_others(statement: &Value, needed: &Statement) -> Option<&'static str> {
    let needs = |key: &str| needed.conditions.iter().any(|condition| condition.key == key);
    let has = |key: &str| {
        let operators = statement["Condition"].as_object();
        operators.is_some_and(|operators| {
            operators
                .values()
                .filter_map(Value::as_object)
                .any(|keys| keys.keys().any(|found| found.eq_ignore_ascii_case(key)))
        })
    };
    if needs(EXTERNAL_ID) && !has(EXTERNAL_ID) {
        return Some(EXTERNAL_ID);
    }
    let by_source = OF_SOURCE.iter().find(|key| needs(key))?;
    (!OF_SOURCE.iter().any(|key| has(key))).then_some(by_source)
}

fn one_or_more(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

fn texts(value: &Value) -> Vec<&str> {
    let text = |value| match value {
        &Value::Bool(truth) => Some(if truth { "true" } else { "false" }),
        value => value.as_str(),
    };
    one_or_more(value).into_iter().filter_map(text).collect()
}

/// Whether `pattern`, with `*` and `?`, covers all of `text`; a `*` in `text` is covered by one in `pattern` only.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // Where to go on when what follows the last `*` does not fit.
    let mut again = None;
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                again = Some((at, read));
                at += 1;
            }
            Some(&expected) if expected == text[read] || (expected == '?' && text[read] != '*') => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((star, from)) = again else {
                    return false;
                };
                again = Some((star, from + 1));
                at = star + 1;
                read = from + 1;
            }
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn statement() -> Statement {
        Statement {
            id: "Write",
            effect: Effect::Allow,
            principal: Some(Principal::Service("delivery.logs.amazonaws.com")),
            actions: vec!["s3:PutObject"],
            resources: vec!["arn:aws:s3:::b/AWSLogs/1/*".into()],
            conditions: vec![
                Condition::new("StringEquals", "aws:SourceAccount", ["1"]),
                Condition::new("ArnLike", "aws:SourceArn", ["arn:aws:logs:*:1:*"]),
            ],
        }
    }

    fn of(change: &dyn Fn(&mut Value)) -> Grant {
        let mut found = json!({
            "Effect": "Allow", "Principal": {"Service": ["delivery.logs.amazonaws.com"]},
            "Action": ["s3:Put*"], "Resource": "arn:aws:s3:::b/*",
            "Condition": {"StringEquals": {"aws:SourceAccount": ["1", "2"]}},
        });
        change(&mut found);
        granted(&json!({"Statement": [found]}), &statement())
    }

    #[test]
    fn wider_statements_grant() {
        assert_eq!(of(&|_| {}), Grant::Granted);
        assert_eq!(of(&|found| found["Action"] = json!("*")), Grant::Granted);
        assert_eq!(
            of(&|found| found["Resource"] = json!("arn:aws:s3:::b/AWSLogs/?/*")),
            Grant::Granted
        );
    }

    #[test]
    fn what_is_not_granted_is_seen() {
        assert_eq!(
            of(&|found| found["Resource"] = json!("arn:aws:s3:::b/AWSLogs/2/*")),
            Grant::Missing
        );
        assert_eq!(
            of(&|found| found["Resource"] = json!("arn:aws:s3:::b/AWSLogs/1/x")),
            Grant::Missing
        );
        assert_eq!(of(&|found| found["Action"] = json!("s3:GetObject")), Grant::Missing);
        assert_eq!(of(&|found| found["Principal"] = json!({"AWS": "1"})), Grant::Missing);
        assert_eq!(
            of(&|found| found["Condition"] = json!({"StringEquals": {"aws:SourceAccount": "2"}})),
            Grant::Missing
        );
        assert_eq!(
            of(&|found| found["Condition"]["IpAddress"] = json!({"aws:SourceIp": "10.0.0.0/8"})),
            Grant::Missing
        );
        assert_eq!(
            of(&|found| found["Condition"] = Value::Null),
            Grant::TooOpen("aws:SourceAccount")
        );
        assert_eq!(
            of(&|found| (found["Effect"], found["Condition"]) = (json!("Deny"), Value::Null)),
            Grant::Denied
        );
    }

    #[test]
    fn a_role_trusts_by_account_and_external_id() {
        let needed = Statement {
            principal: Some(Principal::Aws("arn:aws:iam::123456789012:role/x".into())),
            actions: vec!["sts:AssumeRole"],
            resources: Vec::new(),
            conditions: vec![Condition::new("StringEquals", EXTERNAL_ID, ["e"])],
            ..statement()
        };
        let trust = |condition: Value| {
            let principal = json!({"AWS": "arn:aws:iam::123456789012:root"});
            let found = json!({
                "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition,
            });
            granted(&json!({"Statement": found}), &needed)
        };
        assert_eq!(trust(json!({"StringEquals": {"sts:ExternalId": "e"}})), Grant::Granted);
        assert_eq!(trust(json!({"StringEquals": {"sts:ExternalId": "f"}})), Grant::Missing);
        assert_eq!(trust(Value::Null), Grant::TooOpen(EXTERNAL_ID));
    }

    #[test]
    fn patterns_cover_patterns() {
        assert!(matches("a*c", "abbc") && matches("*", "x*") && matches("a*", "a*") && matches("", ""));
        assert!(!matches("a?", "a*") && !matches("a", "ab") && !matches("a*c", "ab"));
    }
}
