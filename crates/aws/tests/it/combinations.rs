//! Choices that together have everything there is to choose.

use flowtrail_aws::{Choices, LogForm, Setup};

/// The account of `moto_server`, and another.
pub const ACCOUNT: &str = "123456789012";
const OTHER: &str = "210987654321";
pub const VPC: &str = "vpc-0abc1234def567890";

/// The least: a bucket.
pub fn least() -> Choices {
    Choices {
        accounts: vec![ACCOUNT.into()],
        region: "us-east-1".into(),
        name: "flowtrail".into(),
        bucket: "acme-logs".into(),
        fields: "v5".into(),
        ..Choices::default()
    }
}

/// Logs to the bucket, of two accounts, a queue and a reader.
pub fn usual() -> Choices {
    Choices {
        accounts: vec![ACCOUNT.into(), OTHER.into()],
        watched: vec![VPC.into()],
        is_hive: true,
        is_hourly: true,
        fields: "all".into(),
        has_trail: true,
        has_queue: true,
        principal: Some(format!("arn:aws:iam::{OTHER}:role/loader")),
        external_id: Some("4f9b-77=x,@:/+".into()),
        ..least()
    }
}

/// Everything that can be chosen for a bucket.
pub fn most() -> Choices {
    Choices {
        region: "eu-west-1".into(),
        name: "net-logs".into(),
        prefix: Some("logs/net".into()),
        kms_key: Some(format!(
            "arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
        )),
        is_versioned: true,
        keep_days: 365.try_into().ok(),
        watched: vec![VPC.into(), "subnet-0abc1234".into(), "eni-0abc1234".into()],
        form: Some(LogForm::Text),
        trail_name: Some("audit".into()),
        queue_name: Some("our_queue".into()),
        role_name: Some("Reader".into()),
        ..usual()
    }
}

/// Flow logs through Firehose, a trail into the bucket.
pub fn streamed() -> Choices {
    Choices {
        firehose_url: Some("https://logs.example.com/firehose?a='b'".into()),
        is_hive: false,
        is_hourly: false,
        ..usual()
    }
}

/// The other account's part: its logs go to the bucket that is there.
pub fn member() -> Choices {
    Choices {
        accounts: vec![OTHER.into()],
        is_bucket_there: true,
        has_queue: false,
        principal: None,
        external_id: None,
        ..usual()
    }
}

/// Each of them by name.
pub fn all() -> [(&'static str, Choices); 5] {
    [
        ("least", least()),
        ("usual", usual()),
        ("most", most()),
        ("streamed", streamed()),
        ("member", member()),
    ]
}

pub fn setup(choices: &Choices) -> Setup {
    Setup::new(choices).unwrap()
}
