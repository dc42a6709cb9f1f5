//! The fields a flow log can be told to write, with the version each came with.
//!
//! After AWS's page "Flow log records" (Amazon VPC user guide). Version 11 names tags (`instance-tag` and others) that a
//! flow log writes only when it is also told which tags; they are not chosen here.

use crate::error::SetupError;
use crate::names::nearest;

/// Each field with its version, in AWS's order, which is also the order of a record here.
const FIELDS: &[(&str, u8)] = &[
    ("version", 2),
    ("account-id", 2),
    ("interface-id", 2),
    ("srcaddr", 2),
    ("dstaddr", 2),
    ("srcport", 2),
    ("dstport", 2),
    ("protocol", 2),
    ("packets", 2),
    ("bytes", 2),
    ("start", 2),
    ("end", 2),
    ("action", 2),
    ("log-status", 2),
    ("vpc-id", 3),
    ("subnet-id", 3),
    ("instance-id", 3),
    ("tcp-flags", 3),
    ("type", 3),
    ("pkt-srcaddr", 3),
    ("pkt-dstaddr", 3),
    ("region", 4),
    ("az-id", 4),
    ("sublocation-type", 4),
    ("sublocation-id", 4),
    ("pkt-src-aws-service", 5),
    ("pkt-dst-aws-service", 5),
    ("flow-direction", 5),
    ("traffic-path", 5),
    ("ecs-cluster-arn", 7),
    ("ecs-cluster-name", 7),
    ("ecs-container-instance-arn", 7),
    ("ecs-container-instance-id", 7),
    ("ecs-container-id", 7),
    ("ecs-second-container-id", 7),
    ("ecs-service-name", 7),
    ("ecs-task-definition-arn", 7),
    ("ecs-task-arn", 7),
    ("ecs-task-id", 7),
    ("reject-reason", 8),
    ("resource-id", 9),
    ("encryption-status", 10),
];

/// The newest version whose fields are all known here.
const NEWEST: u8 = 10;

/// The fields of `text`: `all`, a version such as `v5` (with all before it), or names separated by commas or blanks.
///
/// # Errors
///
/// [`SetupError::Invalid`] for a name AWS does not have, with the nearest it has, and for one that is named twice.
pub(crate) fn fields(text: &str) -> Result<Vec<&'static str>, SetupError> {
    if let Some(version) = version(text.trim()) {
        return Ok(up_to(version));
    }
    let mut chosen: Vec<&'static str> = Vec::new();
    let is_between = |c: char| c == ',' || c.is_whitespace();
    for name in text.split(is_between).filter(|name| !name.is_empty()) {
        let field = field(name)?;
        if chosen.contains(&field) {
            return Err(invalid(name, "is named twice", "name each field once"));
        }
        chosen.push(field);
    }
    if chosen.is_empty() {
        return Err(invalid(
            text,
            "names no field",
            "give all, v2 to v10, or a list of names",
        ));
    }
    Ok(chosen)
}

/// The record's format, as a flow log is told it: `${version} ${account-id} …`.
pub(crate) fn log_format(fields: &[&str]) -> String {
    let marked: Vec<String> = fields.iter().map(|field| format!("${{{field}}}")).collect();
    marked.join(" ")
}

fn version(text: &str) -> Option<u8> {
    if text == "all" {
        return Some(NEWEST);
    }
    let version = text.strip_prefix('v')?.parse().ok()?;
    (2..=NEWEST).contains(&version).then_some(version)
}

fn up_to(version: u8) -> Vec<&'static str> {
    let known = FIELDS.iter().filter(|(_, since)| *since <= version);
    known.map(|(name, _)| *name).collect()
}

fn field(name: &str) -> Result<&'static str, SetupError> {
    let plain = name.to_ascii_lowercase().replace('_', "-");
    if let Some((field, _)) = FIELDS.iter().find(|(field, _)| *field == plain) {
        return Ok(field);
    }
    let names: Vec<&str> = FIELDS.iter().map(|(field, _)| *field).collect();
    let hint = match nearest(&plain, &names) {
        Some(near) => format!("did you mean {near}?"),
        None => "give all, v2 to v10, or names of AWS's page \"Flow log records\"".to_owned(),
    };
    Err(invalid(name, "is no field of VPC Flow Logs", &hint))
}

fn invalid(value: &str, reason: &str, hint: &str) -> SetupError {
    SetupError::Invalid {
        choice: "field",
        value: value.to_owned(),
        reason: reason.to_owned(),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_hold_all_before_them() {
        let count = |text: &str| fields(text).unwrap().len();
        assert_eq!(
            ["v2", "v3", "v4", "v5", "v6", "v7", "all"].map(count),
            [14, 21, 25, 29, 29, 39, 42]
        );
        assert_eq!(
            log_format(&fields("srcaddr, log_status").unwrap()),
            "${srcaddr} ${log-status}"
        );
    }

    #[test]
    fn wrong_names_are_told_with_the_nearest() {
        let told = |text: &str| {
            let error = fields(text).unwrap_err();
            format!("{error}; {}", error.hint())
        };
        assert_eq!(
            told("srcaddr src-port"),
            "field `src-port` is no field of VPC Flow Logs; did you mean srcport?"
        );
        assert_eq!(
            told("bytes,bytes"),
            "field `bytes` is named twice; name each field once"
        );
        assert_eq!(
            told(","),
            "field `,` names no field; give all, v2 to v10, or a list of names"
        );
        assert!(told("v12").starts_with("field `v12` is no field"), "{}", told("v12"));
    }
}
