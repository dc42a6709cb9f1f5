//! What AWS takes for a name, an account, an address; each is checked here, before AWS refuses it half way.

use url::Url;

use crate::error::SetupError;

/// Beginnings and ends S3 keeps for itself ("General purpose bucket naming rules", Amazon S3 user guide).
const RESERVED_BEGINNINGS: &[&str] = &["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_ENDS: &[&str] = &["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
/// What CloudTrail takes as a prefix at most.
const LONGEST_PREFIX: usize = 200;
/// Names are made of this one with a few words behind; IAM takes 64 characters.
const LONGEST_NAME: usize = 40;
/// How alike two names must be, from 0 to 1, for one to be meant by the other.
const ALIKE: f64 = 0.6;

const OTHER_NAME: &str = "choose another name, such as acme-flow-logs";

type Checked = Result<String, SetupError>;

/// The name among `names` that was meant by `name`, if one is near.
pub(crate) fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let likeness = |candidate: &&'a str| strsim::normalized_levenshtein(name, candidate);
    names
        .iter()
        .map(|candidate| (likeness(candidate), *candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// A bucket's name, as S3 takes it.
pub(crate) fn bucket(text: &str) -> Checked {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-';
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let reason = if !(3..=63).contains(&text.chars().count()) {
        "has not 3 to 63 characters"
    } else if let Some(odd) = text.chars().find(|c| !is_allowed(*c)) {
        return Err(invalid(
            "bucket",
            text,
            &format!("has `{odd}` in it, which S3 does not take"),
            "use small letters, digits, hyphens and dots",
        ));
    } else if !is_end(text.chars().next()) || !is_end(text.chars().last()) {
        "does not begin and end with a small letter or a digit"
    } else if text.contains("..") {
        "has two dots side by side"
    } else if text.parse::<std::net::Ipv4Addr>().is_ok() {
        "looks like an IP address"
    } else if let Some(reserved) = RESERVED_BEGINNINGS.iter().find(|part| text.starts_with(**part)) {
        return Err(invalid(
            "bucket",
            text,
            &format!("begins with `{reserved}`, which S3 keeps for itself"),
            OTHER_NAME,
        ));
    } else if let Some(reserved) = RESERVED_ENDS.iter().find(|part| text.ends_with(**part)) {
        return Err(invalid(
            "bucket",
            text,
            &format!("ends with `{reserved}`, which S3 keeps for itself"),
            OTHER_NAME,
        ));
    } else {
        return Ok(text.to_owned());
    };
    Err(invalid("bucket", text, reason, OTHER_NAME))
}

/// An account's number.
pub(crate) fn account(text: &str) -> Checked {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    Err(invalid(
        "account",
        text,
        "is not 12 digits",
        "`aws sts get-caller-identity` shows an account's number; leading zeros belong to it",
    ))
}

/// A region's name, such as `eu-west-1` or `us-gov-west-1`.
pub(crate) fn region(text: &str) -> Checked {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if let [words @ .., number] = parts.as_slice()
        && words.len() >= 2
        && words.iter().all(is_word)
        && is_number(number)
    {
        return Ok(text.to_owned());
    }
    Err(invalid("region", text, "is no region", "give one such as eu-west-1"))
}

/// What the names of a setup begin with.
pub(crate) fn name(text: &str) -> Checked {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let is_name = text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.len() <= LONGEST_NAME
        && text.chars().all(is_allowed);
    if is_name {
        return Ok(text.to_owned());
    }
    Err(invalid(
        "name",
        text,
        "cannot begin the names of queues, roles and trails",
        "use at most 40 small letters, digits and hyphens, a letter first, such as flowtrail",
    ))
}

/// The name of one queue, role or trail; what all three of them take.
pub(crate) fn of_one(choice: &'static str, text: &str) -> Checked {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if (3..=64).contains(&text.len()) && text.chars().all(is_allowed) {
        return Ok(text.to_owned());
    }
    let hint = "use 3 to 64 letters, digits, hyphens and underscores; it is a name, not an ARN or a URL";
    Err(invalid(choice, text, "is no name for one", hint))
}

/// A prefix of keys, without slashes at its ends.
pub(crate) fn prefix(text: &str) -> Checked {
    let plain = text.trim_matches('/');
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_.=/-".contains(c);
    let hint = "use letters, digits, `_`, `.`, `=`, `-` and `/`, such as logs/network";
    if plain.is_empty() || plain.len() > LONGEST_PREFIX || plain.contains("//") || !plain.chars().all(is_allowed) {
        return Err(invalid("prefix", text, "cannot stand before AWS's keys", hint));
    }
    if plain.split('/').any(|folder| folder == "AWSLogs") {
        let hint = "leave it out; AWS puts `AWSLogs/` behind the prefix by itself";
        return Err(invalid(
            "prefix",
            text,
            "holds AWSLogs, which AWS keeps for itself",
            hint,
        ));
    }
    Ok(plain.to_owned())
}

/// The ARN of a KMS key in `region`.
pub(crate) fn kms_key(text: &str, region: &str) -> Checked {
    let hint =
        "give the key's ARN, such as arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let &["arn", _, "kms", of_region, of_account, key] = parts.as_slice() else {
        return Err(invalid("KMS key", text, "is no ARN of a key", hint));
    };
    let is_key = key.strip_prefix("key/").is_some_and(is_path);
    if !is_key || account(of_account).is_err() {
        return Err(invalid("KMS key", text, "is no ARN of a key", hint));
    }
    if of_region != region {
        let reason = format!("is in {of_region}, and the bucket in {region}");
        return Err(invalid(
            "KMS key",
            text,
            &reason,
            "a bucket's key is in the bucket's region",
        ));
    }
    Ok(text.to_owned())
}

/// The ARN of an account, role or user that may assume the reader's role.
pub(crate) fn principal(text: &str) -> Checked {
    let hint = "give an ARN such as arn:aws:iam::123456789012:role/loader; `DESC INTEGRATION` shows Flowtrail's own";
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_principal = match parts.as_slice() {
        &["arn", _, "iam", "", of_account, who] => {
            let is_one = |kind: &str| who.strip_prefix(kind).is_some_and(is_path);
            account(of_account).is_ok() && (who == "root" || is_one("role/") || is_one("user/"))
        }
        _ => false,
    };
    if is_principal {
        return Ok(text.to_owned());
    }
    Err(invalid(
        "principal",
        text,
        "is no account, role or user that a role can trust",
        hint,
    ))
}

/// A text that whoever assumes a role must know ("The confused deputy problem", IAM user guide).
pub(crate) fn external_id(text: &str) -> Checked {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
    if (2..=1224).contains(&text.len()) && text.chars().all(is_allowed) {
        return Ok(text.to_owned());
    }
    let hint = "use 2 to 1,224 letters, digits and `_+=,.@:/-`; one that nobody guesses, as `uuidgen` makes";
    Err(invalid("external id", text, "is none that IAM takes", hint))
}

/// The address of an HTTP endpoint, as Firehose takes it.
pub(crate) fn firehose_url(text: &str) -> Checked {
    let invalid = |reason: &str, hint: &str| invalid("Firehose URL", text, reason, hint);
    let url =
        Url::parse(text).map_err(|_| invalid("is no URL", "give one such as https://logs.example.com/firehose"))?;
    if url.scheme() != "https" {
        return Err(invalid(
            "is not https",
            "Firehose sends to https only, with a certificate others trust",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let hint =
            "leave it out; Firehose sends an access key with each request, which is asked for when this is applied";
        return Err(invalid("holds a user or a password", hint));
    }
    if url.port().is_some_and(|port| port != 443) {
        return Err(invalid("names a port", "Firehose sends to port 443 only"));
    }
    Ok(url.into())
}

/// What a flow log can watch: `vpc-…`, `subnet-…` or `eni-…`.
pub(crate) fn watched(text: &str) -> Checked {
    let hint = "give ids such as vpc-0abc1234def567890; `aws ec2 describe-vpcs --query 'Vpcs[].VpcId'` shows them";
    let Some((kind, id)) = text.split_once('-') else {
        return Err(invalid("flow logs of", text, "is no id", hint));
    };
    if kind == "tgw" {
        let hint = "set up those of VPCs, subnets and interfaces here, and a transit gateway's by hand";
        return Err(invalid(
            "flow logs of",
            text,
            "is a transit gateway, which has fields of its own",
            hint,
        ));
    }
    let is_id = (id.len() == 8 || id.len() == 17) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if matches!(kind, "vpc" | "subnet" | "eni") && is_id {
        return Ok(text.to_owned());
    }
    Err(invalid(
        "flow logs of",
        text,
        "is no id of a VPC, subnet or network interface",
        hint,
    ))
}

fn is_path(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@/-".contains(c);
    !text.is_empty() && text.chars().all(is_allowed)
}

fn invalid(choice: &'static str, value: &str, reason: &str, hint: &str) -> SetupError {
    SetupError::Invalid {
        choice,
        value: value.to_owned(),
        reason: reason.to_owned(),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_takes_is_taken() {
        assert!(["my-logs", "a.b.c", "123"].into_iter().all(|name| bucket(name).is_ok()));
        assert!(
            ["eu-west-1", "us-gov-west-1", "ap-southeast-2"]
                .into_iter()
                .all(|name| region(name).is_ok())
        );
        assert_eq!(prefix("/logs/net/").unwrap(), "logs/net");
        assert!(principal("arn:aws:iam::123456789012:root").is_ok());
        assert!(principal("arn:aws:iam::123456789012:role/team/loader").is_ok());
        assert!(firehose_url("https://logs.example.com/firehose").is_ok());
        assert!(
            ["vpc-0abc1234def567890", "eni-1a2b3c4d"]
                .into_iter()
                .all(|id| watched(id).is_ok())
        );
        let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert!(kms_key(key, "eu-west-1").is_ok());
    }

    #[test]
    fn what_aws_refuses_is_refused_with_a_reason() {
        let told = |checked: Checked| checked.unwrap_err().to_string();
        assert_eq!(
            told(bucket("My_Logs")),
            "bucket `My_Logs` has `M` in it, which S3 does not take"
        );
        assert_eq!(told(bucket("ab")), "bucket `ab` has not 3 to 63 characters");
        assert_eq!(
            told(bucket("-logs")),
            "bucket `-logs` does not begin and end with a small letter or a digit"
        );
        assert_eq!(told(bucket("a..b")), "bucket `a..b` has two dots side by side");
        assert_eq!(told(bucket("10.0.0.1")), "bucket `10.0.0.1` looks like an IP address");
        assert_eq!(
            told(bucket("xn--logs")),
            "bucket `xn--logs` begins with `xn--`, which S3 keeps for itself"
        );
        assert_eq!(
            told(bucket("logs--x-s3")),
            "bucket `logs--x-s3` ends with `--x-s3`, which S3 keeps for itself"
        );
        assert_eq!(told(account("12345")), "account `12345` is not 12 digits");
        assert_eq!(told(region("Ireland")), "region `Ireland` is no region");
        assert_eq!(
            told(prefix("x/AWSLogs/y")),
            "prefix `x/AWSLogs/y` holds AWSLogs, which AWS keeps for itself"
        );
        assert_eq!(
            told(firehose_url("http://x.example/")),
            "Firehose URL `http://x.example/` is not https"
        );
        assert_eq!(
            told(watched("tgw-1a2b3c4d")),
            "flow logs of `tgw-1a2b3c4d` is a transit gateway, which has fields of its own"
        );
        assert_eq!(
            told(of_one("queue", "https://x")),
            "queue `https://x` is no name for one"
        );
        assert!(principal("*").is_err() && principal("arn:aws:iam::123456789012:role/*").is_err());
        assert!(external_id("a b").is_err() && external_id("x").is_err());
        assert!(kms_key("arn:aws:kms:us-east-1:123456789012:key/1", "eu-west-1").is_err());
    }
}
