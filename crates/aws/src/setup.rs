//! What is to be set up: every choice, looked at.

use std::num::NonZeroU32;

use crate::choices::{Choices, LogForm};
use crate::error::SetupError;
use crate::fields::{fields, log_format};
use crate::names;

/// Choices that AWS takes, and that go together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a choice by itself")]
pub struct Setup {
    /// The account this is set up in.
    pub(crate) account: String,
    /// Every account whose logs come to the bucket, `account` first.
    pub(crate) accounts: Vec<String>,
    pub(crate) region: String,
    pub(crate) name: String,
    pub(crate) bucket: String,
    pub(crate) is_bucket_there: bool,
    pub(crate) prefix: Option<String>,
    pub(crate) kms_key: Option<String>,
    pub(crate) is_versioned: bool,
    pub(crate) keep_days: Option<NonZeroU32>,
    pub(crate) watched: Vec<String>,
    pub(crate) form: LogForm,
    pub(crate) is_hive: bool,
    pub(crate) is_hourly: bool,
    /// The format of a record, `${version} ${account-id} …`.
    pub(crate) log_format: String,
    pub(crate) has_trail: bool,
    pub(crate) trail_name: String,
    pub(crate) has_queue: bool,
    pub(crate) queue_name: String,
    pub(crate) reader: Option<Reader>,
    pub(crate) firehose_url: Option<String>,
}

/// Who may read, by assuming a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    /// The role's name.
    pub(crate) role: String,
    pub(crate) principal: String,
    pub(crate) external_id: String,
}

impl Setup {
    /// Looks at the choices.
    ///
    /// # Errors
    ///
    /// [`SetupError`] for the first choice that AWS would refuse, that is missing, or that contradicts another; each
    /// with what to do.
    pub fn new(choices: &Choices) -> Result<Self, SetupError> {
        let accounts = accounts(&choices.accounts)?;
        let account = accounts[0].clone();
        let region = names::region(&choices.region)?;
        check_together(choices)?;
        let name = names::name(&choices.name)?;
        let mut watched = Vec::new();
        for id in &choices.watched {
            let id = names::watched(id)?;
            if !watched.contains(&id) {
                watched.push(id);
            }
        }
        Ok(Self {
            account,
            accounts,
            bucket: names::bucket(&choices.bucket)?,
            is_bucket_there: choices.is_bucket_there,
            prefix: choices.prefix.as_deref().map(names::prefix).transpose()?,
            kms_key: choices
                .kms_key
                .as_deref()
                .map(|key| names::kms_key(key, &region))
                .transpose()?,
            is_versioned: choices.is_versioned,
            keep_days: choices.keep_days,
            watched,
            form: choices.form.unwrap_or_default(),
            is_hive: choices.is_hive,
            is_hourly: choices.is_hourly,
            log_format: log_format(&fields(&choices.fields)?),
            has_trail: choices.has_trail,
            trail_name: name_or("trail", choices.trail_name.as_deref(), &name)?,
            has_queue: choices.has_queue,
            queue_name: name_or("queue", choices.queue_name.as_deref(), &format!("{name}-logs"))?,
            reader: reader(choices, &name)?,
            firehose_url: choices.firehose_url.as_deref().map(names::firehose_url).transpose()?,
            name,
            region,
        })
    }

    /// The region of everything that is set up.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The part of AWS the region is in, as ARNs name it.
    pub(crate) fn partition(&self) -> &'static str {
        match self.region.split('-').next() {
            Some("cn") => "aws-cn",
            Some("us") if self.region.starts_with("us-gov-") => "aws-us-gov",
            Some("eusc") => "aws-eusc",
            _ => "aws",
        }
    }

    /// An ARN of this account and region.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        let Self { region, account, .. } = self;
        format!("arn:{}:{service}:{region}:{account}:{resource}", self.partition())
    }

    pub(crate) fn role_arn(&self, role: &str) -> String {
        format!("arn:{}:iam::{}:role/{role}", self.partition(), self.account)
    }

    pub(crate) fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.partition(), self.bucket)
    }

    /// The bucket's keys below the prefix: `<prefix>/<rest>`.
    pub(crate) fn key(&self, rest: &str) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}/{rest}"),
            None => rest.to_owned(),
        }
    }

    /// The ARN of the objects whose keys begin with `<prefix>/<rest>`.
    pub(crate) fn objects_arn(&self, rest: &str) -> String {
        format!("{}/{}*", self.bucket_arn(), self.key(rest))
    }

    pub(crate) fn dead_letter_queue_name(&self) -> String {
        format!("{}-dead", self.queue_name)
    }

    pub(crate) fn queue_url(&self) -> String {
        let domain = if self.partition() == "aws-cn" {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        let Self { region, account, .. } = self;
        format!("https://sqs.{region}.{domain}/{account}/{}", self.queue_name)
    }
}

fn accounts(given: &[String]) -> Result<Vec<String>, SetupError> {
    if given.is_empty() {
        return Err(SetupError::Missing {
            choice: "account",
            reason: "policies name the account that may write and send",
            hint: "give its 12 digits; `aws sts get-caller-identity` shows them",
        });
    }
    let mut accounts = Vec::new();
    for account in given {
        let account = names::account(account)?;
        if !accounts.contains(&account) {
            accounts.push(account);
        }
    }
    Ok(accounts)
}

fn name_or(choice: &'static str, chosen: Option<&str>, usual: &str) -> Result<String, SetupError> {
    chosen.map_or_else(|| Ok(usual.to_owned()), |text| names::of_one(choice, text))
}

fn reader(choices: &Choices, name: &str) -> Result<Option<Reader>, SetupError> {
    match (&choices.principal, &choices.external_id) {
        (None, None) => Ok(None),
        (Some(principal), Some(external_id)) => Ok(Some(Reader {
            role: name_or("role", choices.role_name.as_deref(), &format!("{name}-reader"))?,
            principal: names::principal(principal)?,
            external_id: names::external_id(external_id)?,
        })),
        (Some(_), None) => Err(SetupError::Missing {
            choice: "external id",
            reason: "without one, whoever makes the principal act for them can read these logs",
            hint: "give one that nobody guesses, as `uuidgen` makes, and name it in CREATE STORAGE INTEGRATION",
        }),
        (None, Some(_)) => Err(SetupError::Missing {
            choice: "principal",
            reason: "an external id goes with a role, and a role with who may assume it",
            hint: "give the ARN of who runs Flowtrail; `DESC INTEGRATION` shows it",
        }),
    }
}

fn check_together(choices: &Choices) -> Result<(), SetupError> {
    let conflict = |reason, hint| Err(SetupError::Conflict { reason, hint });
    if choices.is_bucket_there && choices.has_queue {
        return conflict(
            "a bucket that is there has its own notifications, which a new one would replace",
            "set the queue up together with the bucket, in the bucket's account",
        );
    }
    if choices.is_bucket_there && (choices.is_versioned || choices.keep_days.is_some()) {
        return conflict(
            "a bucket that is there is left as it is",
            "choose versions and days only for a bucket that is made",
        );
    }
    if choices.firehose_url.is_some() && choices.watched.is_empty() {
        return conflict(
            "Firehose has nothing to send without flow logs",
            "say of which VPCs, subnets or interfaces",
        );
    }
    let has_form = choices.is_hive || choices.is_hourly || choices.form == Some(LogForm::Parquet);
    if choices.firehose_url.is_some() && has_form {
        return conflict(
            "flow logs that go to Firehose are text without folders",
            "choose Parquet, Hive and hourly folders only for flow logs in the bucket",
        );
    }
    let is_empty = choices.is_bucket_there
        && choices.watched.is_empty()
        && !choices.has_trail
        && choices.principal.is_none()
        && choices.external_id.is_none();
    if is_empty {
        return conflict(
            "there is nothing to set up",
            "choose flow logs, a trail or a reader's role for the bucket that is there",
        );
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Everything there is to choose, less Firehose.
    pub(crate) fn everything() -> Choices {
        Choices {
            accounts: vec!["123456789012".into(), "210987654321".into()],
            region: "eu-west-1".into(),
            name: "flowtrail".into(),
            bucket: "acme-logs".into(),
            watched: vec!["vpc-0abc1234def567890".into()],
            is_hourly: true,
            is_hive: true,
            fields: "v2".into(),
            has_trail: true,
            has_queue: true,
            principal: Some("arn:aws:iam::210987654321:role/loader".into()),
            external_id: Some("4f9b-77".into()),
            ..Choices::default()
        }
    }

    #[test]
    fn choices_that_contradict_are_told() {
        let told = |change: &dyn Fn(&mut Choices)| {
            let mut choices = everything();
            change(&mut choices);
            let error = Setup::new(&choices).unwrap_err();
            assert!(!error.hint().is_empty());
            error.to_string()
        };
        assert_eq!(
            told(&|choices| choices.accounts.clear()),
            "account is missing: policies name the account that may write and send"
        );
        assert!(told(&|choices| choices.external_id = None).starts_with("external id is missing: "));
        assert!(told(&|choices| choices.principal = None).starts_with("principal is missing: "));
        assert!(told(&|choices| choices.is_bucket_there = true).starts_with("a bucket that is there has its own"));
        let url = || Some("https://logs.example.com/".to_owned());
        assert!(told(&|choices| choices.firehose_url = url()).starts_with("flow logs that go to Firehose are text"));
        assert_eq!(
            told(&|choices| (choices.firehose_url, choices.watched) = (url(), Vec::new())),
            "Firehose has nothing to send without flow logs"
        );
    }

    #[test]
    fn arns_are_of_the_regions_part_of_aws() {
        let arn = |region: &str| {
            let choices = Choices {
                region: region.into(),
                ..everything()
            };
            Setup::new(&choices).unwrap().arn("sqs", "q")
        };
        assert_eq!(arn("eu-west-1"), "arn:aws:sqs:eu-west-1:123456789012:q");
        assert_eq!(arn("us-gov-west-1"), "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q");
        assert_eq!(arn("cn-north-1"), "arn:aws-cn:sqs:cn-north-1:123456789012:q");
    }
}
