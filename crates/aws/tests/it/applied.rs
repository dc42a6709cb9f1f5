//! What is written is applied to `moto_server`, and then `check` looks what is there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use aws_credential_types::Credentials;
use flowtrail_aws::{Choices, Tool};

use crate::combinations::{member, most, setup, streamed, usual};
use crate::moto::Moto;
use crate::programs;

/// Runs a script as somebody would, with every `aws` in it going to the server.
fn run(script: &str, server: &Moto, aws: &Path) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    // Version 1 of the AWS CLI asks SQS where it always did, whatever AWS_ENDPOINT_URL says.
    let to_server = format!(
        "#!/bin/sh\nexec {} --endpoint-url {} \"$@\"\n",
        aws.display(),
        server.endpoint()
    );
    let wrapper = folder.path().join("aws");
    fs::write(&wrapper, to_server).unwrap();
    fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).unwrap();
    let file = folder.path().join("setup.sh");
    fs::write(&file, script).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let ran = Command::new("bash")
        .arg(&file)
        .env("PATH", format!("{}:{path}", folder.path().display()))
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .env("ENDPOINT_ACCESS_KEY", "a\"b\\c'd $e")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if ran.status.success() {
        Ok(text(&ran.stdout))
    } else {
        Err(text(&ran.stderr))
    }
}

#[test]
fn the_script_sets_up_all_that_check_looks_for() {
    let (Some(aws), Some(server)) = (programs::find("aws"), Moto::start()) else {
        return;
    };
    let vpc = server.vpc();
    let watched = vec![vpc.clone()];
    let bucket = setup(&Choices {
        watched: watched.clone(),
        ..usual()
    });
    let nothing = [
        "missing queue flowtrail-logs-dead",
        "missing queue flowtrail-logs",
        "missing bucket acme-logs",
        "missing role flowtrail-reader",
        &format!("missing flow log of {vpc}"),
        "missing trail flowtrail",
    ];
    assert_eq!(server.check(&bucket), (nothing.map(str::to_owned).to_vec(), 1));

    let script = bucket.render(Tool::Cli);
    let first = run(&script, &server, &aws).unwrap();
    assert!(
        first.starts_with("Where the logs are: s3://acme-logs/AWSLogs/\n"),
        "{first}"
    );
    let everything = (Vec::<String>::new(), 23);
    assert_eq!(server.check(&bucket), everything);
    assert_eq!(run(&script, &server, &aws).unwrap(), first, "again, it changes nothing");
    assert_eq!(server.check(&bucket), everything);

    // What is there is not what somebody else would choose.
    let other = Choices {
        watched: watched.clone(),
        fields: "v2".into(),
        external_id: Some("another".into()),
        is_versioned: true,
        ..usual()
    };
    let (found, _) = server.check(&setup(&other));
    insta::assert_snapshot!(found.join("\n").replace(&vpc, "the VPC"), @r"
    missing bucket acme-logs, versions
    missing role flowtrail-reader, trust, Assume
    wrong flow log of the VPC (it writes other fields)
    ");
    let elsewhere = Choices {
        prefix: Some("net".into()),
        ..other
    };
    let (found, _) = server.check(&setup(&elsewhere));
    insta::assert_snapshot!(found.join("\n").replace(&vpc, "the VPC"), @r"
    missing bucket acme-logs, versions
    missing bucket acme-logs, policy, AWSLogDeliveryWrite
    missing bucket acme-logs, policy, AWSCloudTrailWrite
    wrong bucket acme-logs, notification (the queue is not told of every object)
    missing role flowtrail-reader, trust, Assume
    missing role flowtrail-reader, permissions, ListLogs
    missing role flowtrail-reader, permissions, GetLogs
    missing flow log of the VPC
    wrong trail flowtrail (it writes to s3://acme-logs/)
    ");

    let stream = setup(&Choices { watched, ..streamed() });
    run(&stream.render(Tool::Cli), &server, &aws).unwrap();
    assert_eq!(server.check(&stream), (Vec::new(), 27));

    // What was set up is lost, piece by piece.
    server.delete("/acme-logs?policy");
    server.delete("/acme-logs?publicAccessBlock");
    let role = [
        ("Action", "DeleteRolePolicy"),
        ("RoleName", "flowtrail-reader"),
        ("PolicyName", "least"),
    ];
    server.form("iam", &role);
    let queue = format!("{}/123456789012/flowtrail-logs-dead", server.endpoint());
    server.form("sqs", &[("Action", "DeleteQueue"), ("QueueUrl", &queue)]);
    insta::assert_debug_snapshot!(server.check(&bucket), @r#"
    (
        [
            "missing queue flowtrail-logs-dead",
            "missing bucket acme-logs, public access",
            "missing bucket acme-logs, policy, AWSLogDeliveryWrite",
            "missing bucket acme-logs, policy, AWSLogDeliveryAclCheck",
            "missing bucket acme-logs, policy, AWSCloudTrailAclCheck",
            "missing bucket acme-logs, policy, AWSCloudTrailWrite",
            "missing bucket acme-logs, policy, TlsOnly",
            "missing role flowtrail-reader, permissions, ListLogs",
            "missing role flowtrail-reader, permissions, GetLogs",
            "missing role flowtrail-reader, permissions, TakeMessages",
            "missing role flowtrail-reader, permissions, RefuseMessages",
        ],
        12,
    )
    "#);
}

#[test]
fn a_script_with_every_choice_sets_up_what_check_looks_for() {
    let (Some(aws), Some(server)) = (programs::find("aws"), Moto::start()) else {
        return;
    };
    // The server's interfaces are in another region than this setup.
    let setup = setup(&Choices {
        watched: Vec::new(),
        ..most()
    });
    run(&setup.render(Tool::Cli), &server, &aws).unwrap();
    assert_eq!(server.check(&setup), (Vec::new(), 25));
}

#[test]
fn a_script_for_another_account_changes_nothing() {
    let (Some(aws), Some(server)) = (programs::find("aws"), Moto::start()) else {
        return;
    };
    let setup = setup(&member());
    let refused = run(&setup.render(Tool::Cli), &server, &aws).unwrap_err();
    assert_eq!(
        refused,
        "these credentials are for account 123456789012; this is for 210987654321\n"
    );
    assert_eq!(
        server.check(&setup),
        (
            vec!["wrong account 210987654321 (these credentials are for account 123456789012)".to_owned()],
            0
        )
    );
}

#[test]
fn what_may_not_be_seen_is_unknown() {
    let (Some(aws), Some(server)) = (programs::find("aws"), Moto::start()) else {
        return;
    };
    let vpc = server.vpc();
    let setup = setup(&Choices {
        watched: vec![vpc.clone()],
        ..usual()
    });
    run(&setup.render(Tool::Cli), &server, &aws).unwrap();
    let looker = server.only_allow(&["s3:GetBucketLocation", "s3:GetBucketPolicy", "sqs:*", "iam:GetRole"]);
    let (found, good) = server.check_as(&setup, looker.clone()).unwrap();
    assert_eq!(good, 13);
    insta::assert_snapshot!(found.join("\n").replace(&vpc, "the VPC"), @r"
    unknown bucket acme-logs, public access (no permission: action s3:GetBucketPublicAccessBlock)
    unknown bucket acme-logs, encryption (no permission: action s3:GetEncryptionConfiguration)
    unknown bucket acme-logs, notification (no permission: action s3:GetBucketNotification)
    unknown role flowtrail-reader, permissions, ListLogs (no permission: action iam:ListRolePolicies)
    unknown role flowtrail-reader, permissions, GetLogs (no permission: action iam:ListRolePolicies)
    unknown role flowtrail-reader, permissions, TakeMessages (no permission: action iam:ListRolePolicies)
    unknown role flowtrail-reader, permissions, RefuseMessages (no permission: action iam:ListRolePolicies)
    unknown flow log of the VPC (no permission: action ec2:DescribeFlowLogs)
    unknown trail flowtrail (no permission: action cloudtrail:GetTrail)
    ");

    // The server looks at signatures too, by now: with another secret nothing is signed as it should be.
    let forged = Credentials::new(looker.access_key_id(), "guessed", None, None, "test");
    let refused = server.check_as(&setup, forged).unwrap_err().to_string();
    assert!(refused.contains("SignatureDoesNotMatch"), "{refused}");
}

#[test]
fn the_template_makes_a_stack() {
    let Some(server) = Moto::start() else {
        return;
    };
    let setup = setup(&Choices {
        watched: vec![server.vpc()],
        ..usual()
    });
    let template = setup.render(Tool::CloudFormation);
    let stack = [
        ("Action", "CreateStack"),
        ("StackName", "flowtrail"),
        ("TemplateBody", template.as_str()),
    ];
    server.form("cloudformation", &stack);
    let made = server.form(
        "cloudformation",
        &[("Action", "DescribeStacks"), ("StackName", "flowtrail")],
    );
    assert!(made.contains("CREATE_COMPLETE"), "{made}");
    // The server makes no policies, notifications and trails of a template; it writes a role's policy so that nobody
    // reads it. Everything else is there, and what is not there is found to be missing.
    insta::assert_debug_snapshot!(server.check(&setup), @r#"
    (
        [
            "missing queue flowtrail-logs, policy, BucketSends",
            "missing bucket acme-logs, public access",
            "missing bucket acme-logs, policy, AWSLogDeliveryWrite",
            "missing bucket acme-logs, policy, AWSLogDeliveryAclCheck",
            "missing bucket acme-logs, policy, AWSCloudTrailAclCheck",
            "missing bucket acme-logs, policy, AWSCloudTrailWrite",
            "missing bucket acme-logs, policy, TlsOnly",
            "missing bucket acme-logs, notification",
            "missing role flowtrail-reader, permissions, ListLogs",
            "missing role flowtrail-reader, permissions, GetLogs",
            "missing role flowtrail-reader, permissions, TakeMessages",
            "missing role flowtrail-reader, permissions, RefuseMessages",
            "missing trail flowtrail",
        ],
        9,
    )
    "#);
}
