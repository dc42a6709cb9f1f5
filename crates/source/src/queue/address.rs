//! Which queue a text names, and where it is.

use url::Url;

use super::QueueError;

/// How the name of a queue ends that keeps an order.
const FIFO: &str = ".fifo";

/// What the text says; the rest is found out by asking SQS, or in the settings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) name: String,
    pub(super) region: Option<String>,
    /// The account that owns the queue, where the text is an ARN.
    pub(super) account: Option<String>,
    /// Where the text is one.
    pub(super) url: Option<Url>,
}

impl Address {
    /// Reads a queue's URL, ARN or name, as they are in "Amazon SQS queue and message identifiers".
    pub(super) fn read(text: &str) -> Result<Self, QueueError> {
        let invalid = |reason: &str| QueueError::InvalidQueue {
            queue: text.to_owned(),
            reason: reason.to_owned(),
        };
        let address = if text.starts_with("arn:") {
            of_arn(text).ok_or_else(|| invalid("expected an ARN such as arn:aws:sqs:eu-west-1:123456789012:name"))?
        } else if text.contains("://") {
            of_url(text).ok_or_else(|| {
                invalid("expected a URL such as https://sqs.eu-west-1.amazonaws.com/123456789012/name")
            })?
        } else {
            Self {
                name: text.to_owned(),
                region: None,
                account: None,
                url: None,
            }
        };
        if !is_name(&address.name) {
            return Err(invalid(
                "expected a queue's URL, ARN or name, which has up to 80 letters, digits, `-` and `_`",
            ));
        }
        Ok(address)
    }
}

fn of_arn(text: &str) -> Option<Address> {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", _, "sqs", region, account, name] = parts[..] else {
        return None;
    };
    if region.is_empty() || account.is_empty() {
        return None;
    }
    Some(Address {
        name: name.to_owned(),
        region: Some(region.to_owned()),
        account: Some(account.to_owned()),
        url: None,
    })
}

fn of_url(text: &str) -> Option<Address> {
    let url = Url::parse(text).ok()?;
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    Some(Address {
        name: url.path_segments()?.next_back()?.to_owned(),
        region: region_of(url.host_str()?).map(str::to_owned),
        account: None,
        url: Some(url),
    })
}

/// The region in the name of one of AWS's hosts: its present form, that of a VPC endpoint, that of old.
fn region_of(host: &str) -> Option<&str> {
    let service = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"]
        .iter()
        .find_map(|suffix| host.strip_suffix(suffix))?;
    let labels: Vec<&str> = service.split('.').collect();
    match labels[..] {
        ["sqs" | "sqs-fips", region] | [region, "queue"] | [.., "sqs", region, "vpce"] => Some(region),
        ["queue"] => Some("us-east-1"),
        _ => None,
    }
}

fn is_name(name: &str) -> bool {
    let plain = name.strip_suffix(FIFO).unwrap_or(name);
    (1..=80).contains(&name.len())
        && plain
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether a queue of this name keeps messages in order, and wants to know the group of each.
pub(super) fn is_fifo(name: &str) -> bool {
    name.strip_suffix(FIFO).is_some()
}

/// The last part of a queue's ARN.
pub(super) fn name_of_arn(arn: &str) -> Option<&str> {
    arn.rsplit_once(':').map(|(_, name)| name).filter(|name| is_name(name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn urls_arns_and_names() {
        for (text, name, region, account) in [
            (
                "https://sqs.eu-west-1.amazonaws.com/123456789012/logs",
                "logs",
                Some("eu-west-1"),
                None,
            ),
            (
                "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/logs",
                "logs",
                Some("cn-north-1"),
                None,
            ),
            (
                "https://eu-west-1.queue.amazonaws.com/123456789012/logs",
                "logs",
                Some("eu-west-1"),
                None,
            ),
            (
                "https://queue.amazonaws.com/123456789012/logs",
                "logs",
                Some("us-east-1"),
                None,
            ),
            (
                "https://sqs.eu-west-1.api.aws/123456789012/logs",
                "logs",
                Some("eu-west-1"),
                None,
            ),
            (
                "https://vpce-0a-b.sqs.eu-west-1.vpce.amazonaws.com/123456789012/l",
                "l",
                Some("eu-west-1"),
                None,
            ),
            ("http://127.0.0.1:5000/123456789012/a.fifo", "a.fifo", None, None),
            ("http://localhost:9324/queue/a", "a", None, None),
            (
                "arn:aws:sqs:eu-west-1:123456789012:logs",
                "logs",
                Some("eu-west-1"),
                Some("123456789012"),
            ),
            ("logs_1-a", "logs_1-a", None, None),
        ] {
            let address = Address::read(text).unwrap();
            let read = (
                address.name.as_str(),
                address.region.as_deref(),
                address.account.as_deref(),
            );
            assert_eq!(read, (name, region, account), "{text}");
            assert_eq!(address.url.is_some(), text.contains("://"));
        }
    }

    #[test]
    fn what_is_no_queue_says_what_one_is() {
        for (text, expected) in [
            ("", "expected a queue's URL, ARN or name"),
            ("a b", "expected a queue's URL, ARN or name"),
            (
                "https://sqs.eu-west-1.amazonaws.com/",
                "expected a queue's URL, ARN or name",
            ),
            (&"a".repeat(81), "expected a queue's URL, ARN or name"),
            ("s3://bucket/queue", "expected a URL such as"),
            ("https://", "expected a URL such as"),
            ("arn:aws:sns:eu-west-1:123456789012:topic", "expected an ARN such as"),
            ("arn:aws:sqs:eu-west-1:123456789012", "expected an ARN such as"),
        ] {
            let message = Address::read(text).unwrap_err().to_string();
            assert!(
                message.starts_with(&format!("`{text}` is no queue: {expected}")),
                "{message}"
            );
        }
    }
}
