//! What is to be done once the account has what it needs: the key's policy, and Flowtrail's statements.

use crate::document::Document;
use crate::policies;
use crate::setup::Setup;

/// Lines for a comment, without the comment's mark.
pub(crate) fn next_steps(setup: &Setup) -> Vec<String> {
    let mut lines = key_policy(setup);
    if setup.is_bucket_there && setup.reader.is_none() {
        lines.push("Who reads the logs is set up with the bucket.".to_owned());
        return lines;
    }
    lines.extend([
        "When this is applied, tell Flowtrail where the logs are:".to_owned(),
        String::new(),
    ]);
    lines.extend(statements(setup));
    if setup.has_queue {
        lines.push(String::new());
        lines.push("`flowtrail serve` then loads each object that the queue is told of.".to_owned());
    }
    lines
}

/// The integration, the stage, and a pipe for each kind of log in the bucket.
fn statements(setup: &Setup) -> Vec<String> {
    let name = setup.name.replace('-', "_");
    let url = format!("s3://{}/{}", setup.bucket, setup.key("AWSLogs/"));
    let mut lines = Vec::new();
    let mut access = String::new();
    if let Some(reader) = &setup.reader {
        lines.extend([
            format!("CREATE STORAGE INTEGRATION {name} TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3"),
            format!("  STORAGE_AWS_ROLE_ARN = '{}'", setup.role_arn(&reader.role)),
            format!("  STORAGE_AWS_EXTERNAL_ID = '{}'", reader.external_id),
            format!("  STORAGE_ALLOWED_LOCATIONS = ('{url}');"),
        ]);
        access = format!(" STORAGE_INTEGRATION = {name}");
    }
    lines.push(format!("CREATE STAGE {name}_logs URL = '{url}'{access};"));
    let ingest = if setup.has_queue {
        format!(" AUTO_INGEST = TRUE NOTIFICATION_CHANNEL = '{}'", setup.queue_url())
    } else {
        String::new()
    };
    let pipe = |table: &str, folder: &str| {
        format!(
            "CREATE PIPE {name}_{table}{ingest} AS COPY INTO logs.{table} FROM @{name}_logs PATTERN = '.*{folder}/.*';"
        )
    };
    if policies::has_delivery(setup) {
        lines.push(pipe("vpc_flow", "vpcflowlogs"));
    }
    if setup.has_trail {
        lines.push(pipe("cloudtrail", "CloudTrail"));
    }
    lines
}

fn key_policy(setup: &Setup) -> Vec<String> {
    let Some(key) = &setup.kms_key else {
        return Vec::new();
    };
    let mut lines = vec![
        format!("Before this is applied, the policy of {key} needs:"),
        String::new(),
    ];
    let statements = policies::key_statements(setup);
    lines.extend(statements.iter().map(|statement| Document::from(statement).line()));
    lines.push(String::new());
    lines
}
