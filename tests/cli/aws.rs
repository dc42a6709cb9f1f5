//! `flowtrail aws`: what is chosen on the command line is written, and looked for.

use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;

use crate::moto::Moto;

const CHOICES: &[&str] = &[
    "--account",
    "123456789012",
    "--region",
    "us-east-1",
    "--bucket",
    "acme-logs",
    "--cloudtrail",
];

fn flowtrail(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowtrail"));
    command
        .args(arguments)
        .env_remove("AWS_REGION")
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing");
    command
}

fn told(output: &Output) -> (i32, String) {
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), text)
}

#[test]
fn a_setup_goes_to_standard_output_or_a_file() {
    let printed = flowtrail(&["aws", "setup"]).args(CHOICES).output().unwrap();
    let template = String::from_utf8(printed.stdout).unwrap();
    assert!(
        template.contains("\n    Type: \"AWS::CloudTrail::Trail\"\n"),
        "{template}"
    );

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("setup.sh");
    let written = flowtrail(&["aws", "setup", "--as", "cli", "--output"])
        .arg(&file)
        .args(CHOICES)
        .output()
        .unwrap();
    assert_eq!(told(&written), (0, format!("Wrote {}\n", file.display())));
    let script = std::fs::read_to_string(&file).unwrap();
    assert!(script.starts_with("#!/usr/bin/env bash\n"), "{script}");
}

#[test]
fn the_next_steps_are_statements() {
    let reader = [
        "--principal",
        "arn:aws:iam::123456789012:root",
        "--external-id",
        "4f9b77",
    ];
    let logs = ["--flow-logs", "vpc-0abc1234def567890", "--prefix", "net", "--queue"];
    let printed = flowtrail(&["aws", "setup"])
        .args(CHOICES)
        .args(reader)
        .args(logs)
        .output()
        .unwrap();
    let template = String::from_utf8(printed.stdout).unwrap();
    let comments = template.lines().map_while(|line| line.strip_prefix('#'));
    let statements: Vec<&str> = comments
        .skip_while(|line| !line.starts_with(" CREATE"))
        .take_while(|line| !line.is_empty())
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let lake = folder.path().display().to_string();
    let defined = flowtrail(&["--lake", &lake, "sql", &statements.join("\n")])
        .output()
        .unwrap();
    assert_eq!(told(&defined).0, 0, "{statements:?}: {defined:?}");
    let pipes = flowtrail(&["--lake", &lake, "sql", "--format", "csv", "SHOW PIPES"])
        .output()
        .unwrap();
    let pipes = told(&pipes).1;
    assert!(
        pipes.contains("flowtrail_vpc_flow") && pipes.contains("flowtrail_cloudtrail"),
        "{pipes}"
    );
}

#[test]
fn a_choice_aws_would_refuse_is_told_with_what_to_do() {
    let choices = [
        "aws",
        "setup",
        "--account",
        "1234",
        "--region",
        "us-east-1",
        "--bucket",
        "b",
    ];
    let refused = flowtrail(&choices).output().unwrap();
    assert_eq!(
        told(&refused),
        (
            1,
            "error: account `1234` is not 12 digits\n  hint: `aws sts get-caller-identity` shows an account's number; \
             leading zeros belong to it\n"
                .to_owned()
        )
    );
}

#[test]
fn what_is_missing_fails_the_check() {
    let Some(server) = Moto::start() else {
        return;
    };
    let endpoint = server.endpoint();
    let check = |options: &[&str]| {
        let given = ["aws", "check", "--aws-endpoint", &endpoint];
        flowtrail(&given).args(CHOICES).args(options).output().unwrap()
    };
    assert_eq!(
        told(&check(&[])),
        (
            1,
            "ok       account 123456789012\n\
             missing  bucket acme-logs\n           \
             mend: make it as `flowtrail aws setup` with the same choices writes\n\
             missing  trail flowtrail\n           \
             mend: make it as `flowtrail aws setup` with the same choices writes\n\
             2 of 3 are not as they should be\n"
                .to_owned()
        )
    );
    let answer: Value = serde_json::from_slice(&check(&["--json"]).stdout).unwrap();
    assert_eq!(answer["ok"], false);
    assert_eq!(answer["findings"][1]["state"], "missing");
}
