//! What can go wrong between naming an object and holding its bytes.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use object_store::client::{HttpError, HttpErrorKind};

use crate::credentials::CredentialsUnavailable;

/// Why a place could not be opened or listed, or an object not fetched.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The text names no place.
    #[error("`{place}` is no place to load from: {reason}")]
    InvalidPlace {
        /// The text as it was given.
        place: String,
        /// What is wrong with it and what was expected.
        reason: String,
    },
    /// AWS does not say who asks it.
    #[error("AWS does not say who asks it: {reason}")]
    CallerUnknown {
        /// What came instead.
        reason: String,
    },
    /// A setting of the connection to AWS cannot be used.
    #[error("{setting} `{value}` cannot be used: {reason}")]
    InvalidSetting {
        /// What was set, such as `endpoint`.
        setting: &'static str,
        /// Its value.
        value: String,
        /// What is wrong with it and what was expected.
        reason: String,
    },
    /// The file, folder or prefix does not exist.
    #[error("{place} does not exist")]
    NotFound {
        /// The place as it was given.
        place: String,
        /// The nearest folder above it that exists.
        nearest: Option<String>,
    },
    /// Nobody named the place as one that may be touched.
    #[error("`{place}` is no place that a statement may touch that comes through a port")]
    OutOfReach {
        /// The place.
        place: String,
    },
    /// Files cannot be put there.
    #[error("nothing can be written to `{place}`: {reason}")]
    NoTarget {
        /// The place as it was given.
        place: String,
        /// What is wrong with it and what was expected.
        reason: String,
    },
    /// A file that would be written is there.
    #[error("{uri} is there already, and is not replaced")]
    Occupied {
        /// The file or object.
        uri: String,
    },
    /// The path is neither a file nor a folder.
    #[error("{path} is {found}, not a file or a folder")]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is, with its article.
        found: &'static str,
    },
    /// The operating system refuses a file or a folder.
    #[error("no permission to {action} {path}")]
    PermissionDenied {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, such as `list`.
        action: &'static str,
        /// The system's own error.
        source: io::Error,
    },
    /// Any other trouble with a file or folder.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried, such as `list`.
        action: &'static str,
        /// The system's own error.
        source: io::Error,
    },
    /// A large object could not be put into a temporary file.
    #[error("cannot keep a temporary file in {folder}: {source}")]
    Spool {
        /// The folder for temporary files.
        folder: PathBuf,
        /// The system's own error.
        source: io::Error,
    },
    /// Standard input could not be read.
    #[error("cannot read standard input: {source}")]
    Stdin {
        /// The system's own error.
        source: io::Error,
    },
    /// The bucket does not exist.
    #[error("bucket `{bucket}` does not exist")]
    BucketNotFound {
        /// The bucket.
        bucket: String,
    },
    /// S3 knows the caller and refuses.
    #[error("access denied: {action} {uri}")]
    AccessDenied {
        /// What was refused.
        uri: String,
        /// What was tried, such as `list`.
        action: &'static str,
    },
    /// No credentials could be had.
    #[error("no AWS credentials: {reason}")]
    CredentialsMissing {
        /// What the chain of providers said.
        reason: String,
    },
    /// S3 does not accept the credentials.
    #[error("the AWS credentials were refused for bucket `{bucket}`: {code}: {message}")]
    CredentialsRefused {
        /// The bucket.
        bucket: String,
        /// S3's error code, such as `ExpiredToken`.
        code: String,
        /// S3's message.
        message: String,
    },
    /// The bucket is in another region.
    #[error("bucket `{bucket}` is not in the region asked")]
    WrongRegion {
        /// The bucket.
        bucket: String,
        /// The bucket's region, where S3 said it.
        expected: Option<String>,
    },
    /// A key that cannot be addressed: with an empty, `.` or `..` folder name or a control character.
    #[error("bucket `{bucket}` has a key that cannot be read: {reason}")]
    UnsupportedKey {
        /// The bucket.
        bucket: String,
        /// The key and what is wrong with it.
        reason: String,
    },
    /// The object was listed and is gone.
    #[error("{uri} was there when it was listed and is gone")]
    Gone {
        /// The object.
        uri: String,
    },
    /// The object is another than the one listed.
    #[error("{uri}: the object changed while it was read; load again to take the new version")]
    Changed {
        /// The object.
        uri: String,
    },
    /// Any other trouble with S3: the network, a busy service, an answer nobody expected.
    #[error("cannot {action} {uri}: {reason}")]
    Store {
        /// What was asked.
        uri: String,
        /// What was tried, such as `list`.
        action: &'static str,
        /// The error's whole story, on one line.
        reason: String,
        /// Whether the same request may succeed later.
        retryable: bool,
    },
    /// A task of this program ended before its work.
    #[error("reading {place} broke off: {reason}")]
    BrokenOff {
        /// The place or object that was read.
        place: String,
        /// What the runtime said.
        reason: String,
    },
}

impl SourceError {
    /// What to do about it, in a sentence without full stop.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NotFound {
                nearest: Some(nearest), ..
            } => format!("{nearest} exists; look there for the name"),
            Self::OutOfReach { .. } => {
                "a storage integration that allows it, or --allow-location of the server, opens a \
                                        place; on the command line a statement reaches what its user may"
                    .to_owned()
            }
            Self::NotAFile { .. } => "feed a stream through standard input, with `-` as the place".to_owned(),
            Self::PermissionDenied {
                action: "write" | "create",
                path,
                ..
            } => format!("give this user write permission on {}", path.display()),
            Self::PermissionDenied { path, .. } => {
                format!(
                    "give this user read permission on {} (and `x` on the folders above it)",
                    path.display()
                )
            }
            Self::Spool { .. } => "free some space there, or set TMPDIR to a folder with more".to_owned(),
            Self::BucketNotFound { .. } => {
                "check the bucket's name, and the endpoint if it is not on AWS (AWS_ENDPOINT_URL_S3)".to_owned()
            }
            Self::AccessDenied { action: "list", uri } => {
                format!(
                    "the caller needs s3:ListBucket on the bucket of {uri}; `aws sts get-caller-identity` says who the caller is"
                )
            }
            Self::AccessDenied { action: "write", uri } => {
                format!(
                    "the caller needs s3:PutObject on {uri}, and kms:GenerateDataKey if the bucket is encrypted with a KMS key"
                )
            }
            Self::AccessDenied { uri, .. } => {
                format!("the caller needs s3:GetObject on {uri}, and kms:Decrypt if it is encrypted with a KMS key")
            }
            Self::CredentialsMissing { .. } => {
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile (AWS_PROFILE), or run `aws sso login`; \
                 for a public bucket set AWS_SKIP_SIGNATURE=true"
                    .to_owned()
            }
            Self::CredentialsRefused { code, .. } => match code.as_str() {
                "ExpiredToken" | "TokenRefreshRequired" | "RequestExpired" => {
                    "the session has expired; log in again".to_owned()
                }
                "RequestTimeTooSkewed" => "set this machine's clock".to_owned(),
                _ => "check the access key, its secret and the session token, and which profile is in use".to_owned(),
            },
            Self::WrongRegion {
                expected: Some(region), ..
            } => format!("set AWS_REGION={region}"),
            Self::WrongRegion { bucket, .. } => {
                format!(
                    "set AWS_REGION to the bucket's region; `aws s3api get-bucket-location --bucket {bucket}` says it"
                )
            }
            Self::UnsupportedKey { .. } => {
                "point at a folder beside that key, or copy the object to a key without such names".to_owned()
            }
            Self::Gone { .. } => "load again to take what is there now".to_owned(),
            Self::Store { retryable: true, .. } => {
                "check the network and the endpoint, then run the same command again".to_owned()
            }
            _ => return None,
        };
        Some(hint)
    }

    /// Whether the same call may succeed later, with nothing changed by the user.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Store { retryable, .. } => *retryable,
            Self::Io { source, .. } => matches!(source.kind(), io::ErrorKind::Interrupted | io::ErrorKind::TimedOut),
            _ => false,
        }
    }

    /// What S3 answered when the keys of a bucket were listed.
    pub fn of_listing(bucket: &str, error: &object_store::Error) -> Self {
        let action = "list";
        Self::from_store(
            &Request {
                action,
                bucket,
                root: None,
                key: None,
            },
            error,
        )
    }

    /// A file system error, by what the system said.
    pub(crate) fn from_io(path: impl Into<PathBuf>, action: &'static str, source: io::Error) -> Self {
        let path = path.into();
        if source.kind() == io::ErrorKind::PermissionDenied {
            return Self::PermissionDenied { path, action, source };
        }
        Self::Io { path, action, source }
    }

    /// An S3 error, by S3's own code where the answer has one, else by the status.
    pub(crate) fn from_store(request: &Request<'_>, error: &object_store::Error) -> Self {
        if let object_store::Error::InvalidPath { source } = error {
            return Self::UnsupportedKey {
                bucket: request.bucket.to_owned(),
                reason: source.to_string(),
            };
        }
        if let Some(unavailable) = causes(error).find_map(|cause| cause.downcast_ref::<CredentialsUnavailable>()) {
            return Self::CredentialsMissing {
                reason: unavailable.reason.clone(),
            };
        }
        let text = error.to_string();
        if let Some(code) = tag(&text, "Code")
            && let Some(known) = request.error_of_code(code, &text)
        {
            return known;
        }
        if text.contains("redirect without LOCATION") {
            return Self::WrongRegion {
                bucket: request.bucket.to_owned(),
                expected: None,
            };
        }
        match error {
            object_store::Error::Precondition { .. } => Self::Changed { uri: request.uri() },
            object_store::Error::NotFound { .. } => request.not_found(),
            object_store::Error::PermissionDenied { .. } => request.denied(),
            object_store::Error::Unauthenticated { .. } => request.refused("Unauthorized", ""),
            _ => Self::Store {
                uri: request.uri(),
                action: request.action,
                reason: reason_of(error, &text),
                retryable: is_passing(error, &text),
            },
        }
    }
}

/// What was asked of S3, for the error that answers it.
pub(crate) struct Request<'a> {
    pub(crate) action: &'static str,
    pub(crate) bucket: &'a str,
    /// What URIs begin with, where it is no bucket.
    pub(crate) root: Option<&'a str>,
    /// The key of an object, or `None` for a request about the bucket.
    pub(crate) key: Option<&'a str>,
}

impl Request<'_> {
    fn uri(&self) -> String {
        let key = self.key.unwrap_or_default();
        match self.root {
            Some(root) => format!("{root}/{key}"),
            None => format!("s3://{}/{key}", self.bucket),
        }
    }

    fn not_found(&self) -> SourceError {
        match self.key {
            Some(_) => SourceError::Gone { uri: self.uri() },
            None => SourceError::BucketNotFound {
                bucket: self.bucket.to_owned(),
            },
        }
    }

    fn denied(&self) -> SourceError {
        SourceError::AccessDenied {
            uri: self.uri(),
            action: self.action,
        }
    }

    fn refused(&self, code: &str, message: &str) -> SourceError {
        SourceError::CredentialsRefused {
            bucket: self.bucket.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }

    /// Codes of the page "Error responses" of the Amazon S3 API reference.
    fn error_of_code(&self, code: &str, text: &str) -> Option<SourceError> {
        let error = match code {
            "NoSuchBucket" | "InvalidBucketName" => SourceError::BucketNotFound {
                bucket: self.bucket.to_owned(),
            },
            "NoSuchKey" => SourceError::Gone { uri: self.uri() },
            "PreconditionFailed" => SourceError::Changed { uri: self.uri() },
            "AccessDenied" | "AllAccessDisabled" => self.denied(),
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "ExpiredToken"
            | "InvalidToken"
            | "TokenRefreshRequired"
            | "InvalidSecurity"
            | "RequestTimeTooSkewed"
            | "RequestExpired"
            | "NotSignedUp" => self.refused(code, tag(text, "Message").unwrap_or_default()),
            "AuthorizationHeaderMalformed"
            | "PermanentRedirect"
            | "TemporaryRedirect"
            | "IllegalLocationConstraintException" => SourceError::WrongRegion {
                bucket: self.bucket.to_owned(),
                expected: tag(text, "Region").map(str::to_owned),
            },
            _ => return None,
        };
        Some(error)
    }
}

/// An error and all that lies beneath it.
pub(crate) fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause: &&'a (dyn Error + 'static)| (*cause).source())
}

/// An error and its causes on one line, each said once.
pub(crate) fn story(error: &(dyn Error + 'static)) -> String {
    let mut story = String::new();
    for cause in causes(error) {
        let text = cause.to_string();
        if !story.contains(&text) {
            if !story.is_empty() {
                story.push_str(": ");
            }
            story.push_str(&text);
        }
    }
    story
}

/// S3's code and message where it gave them (the rest of such an answer can hold signed requests), else all there is.
fn reason_of(error: &object_store::Error, text: &str) -> String {
    match (tag(text, "Code"), tag(text, "Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => story(error),
    }
}

/// Whether the trouble may pass: the network's, or the service's own.
fn is_passing(error: &object_store::Error, text: &str) -> bool {
    let network = causes(error)
        .filter_map(|cause| cause.downcast_ref::<HttpError>())
        .any(|http| {
            matches!(
                http.kind(),
                HttpErrorKind::Connect | HttpErrorKind::Request | HttpErrorKind::Timeout | HttpErrorKind::Interrupted
            )
        });
    network
        || text.contains("status code: 5")
        || tag(text, "Code").is_some_and(|code| {
            matches!(
                code,
                "SlowDown" | "InternalError" | "ServiceUnavailable" | "RequestTimeout"
            )
        })
}

/// The text between `<name>` and `</name>`.
fn tag<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (value, _) = rest.split_once(&format!("</{name}>"))?;
    Some(value)
}
