//! Where a user points at.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use crate::error::SourceError;

const SCHEMES: &str = "a path, file:///folder, s3://bucket/prefix, or - for standard input";

/// A place that holds objects.
///
/// ```
/// use flowtrail_source::Place;
///
/// let place: Place = "s3://my-logs/AWSLogs/".parse().unwrap();
/// assert_eq!(place, Place::S3 { bucket: "my-logs".into(), prefix: "AWSLogs/".into() });
/// assert_eq!("-".parse::<Place>().unwrap(), Place::Stdin);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file or a folder.
    Path(PathBuf),
    /// A bucket, or the object or folder in it that `prefix` names (whole folder names; empty for all).
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The key of an object or of a folder.
        prefix: String,
    },
    /// Standard input.
    Stdin,
}

impl FromStr for Place {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let invalid = |reason: &str| SourceError::InvalidPlace {
            place: text.to_owned(),
            reason: reason.to_owned(),
        };
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if text.is_empty() {
            return Err(invalid(&format!("it is empty; expected {SCHEMES}")));
        }
        let Some((scheme, rest)) = scheme_of(text) else {
            return Ok(Self::Path(PathBuf::from(text)));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "s3" | "s3a" => {
                let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
                if bucket.is_empty() {
                    return Err(invalid("the bucket is missing; expected s3://bucket/prefix"));
                }
                if !bucket
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
                {
                    return Err(invalid("a bucket's name holds only letters, digits, `.`, `_` and `-`"));
                }
                Ok(Self::S3 {
                    bucket: bucket.to_owned(),
                    prefix: prefix.to_owned(),
                })
            }
            "file" => Url::parse(text)
                .ok()
                .and_then(|url| url.to_file_path().ok())
                .map(Self::Path)
                .ok_or_else(|| invalid("expected an absolute path, such as file:///var/log/flows")),
            _ => Err(invalid(&format!("`{scheme}://` is not known; expected {SCHEMES}"))),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::S3 { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
            Self::Stdin => f.write_str("-"),
        }
    }
}

/// The scheme and what follows `://`, if the text starts with a scheme.
fn scheme_of(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once("://")?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    is_scheme.then_some((scheme, rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn s3(bucket: &str, prefix: &str) -> Place {
        Place::S3 {
            bucket: bucket.into(),
            prefix: prefix.into(),
        }
    }

    #[test]
    fn places() {
        for (text, expected) in [
            ("-", Place::Stdin),
            ("s3://b", s3("b", "")),
            ("s3://b/", s3("b", "")),
            ("S3A://b/x/y z%20", s3("b", "x/y z%20")),
            ("file:///tmp/a%20b", Place::Path("/tmp/a b".into())),
            ("logs/2026", Place::Path("logs/2026".into())),
            ("./-", Place::Path("./-".into())),
            ("a b://c", Place::Path("a b://c".into())),
        ] {
            assert_eq!(text.parse::<Place>().unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_place_says_why() {
        for (text, expected) in [
            (
                "",
                "`` is no place to load from: it is empty; expected a path, file:///folder, s3://bucket/prefix, or - for standard input",
            ),
            (
                "gs://b/x",
                "`gs://b/x` is no place to load from: `gs://` is not known; expected a path, file:///folder, s3://bucket/prefix, or - for standard input",
            ),
            (
                "s3://",
                "`s3://` is no place to load from: the bucket is missing; expected s3://bucket/prefix",
            ),
            (
                "s3:///x",
                "`s3:///x` is no place to load from: the bucket is missing; expected s3://bucket/prefix",
            ),
            (
                "s3://a:b/x",
                "`s3://a:b/x` is no place to load from: a bucket's name holds only letters, digits, `.`, `_` and `-`",
            ),
            (
                "file://host/x",
                "`file://host/x` is no place to load from: expected an absolute path, such as file:///var/log/flows",
            ),
        ] {
            assert_eq!(text.parse::<Place>().unwrap_err().to_string(), expected);
        }
    }
}
