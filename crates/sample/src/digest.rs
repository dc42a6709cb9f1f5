//! A CloudTrail digest: which log files there are, with their hashes. It holds no events.

use chrono::{DateTime, Utc};

use crate::event::event_time;
use crate::json::{Json, list, object};

/// The bucket the invented trail delivers to.
const BUCKET: &str = "organization-trail";

/// The trail's name.
pub(crate) const TRAIL: &str = "management";

/// A log file a digest vouches for.
pub(crate) struct LogFile<'a> {
    pub(crate) key: &'a str,
    /// SHA-256 of the text before compression, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) oldest: DateTime<Utc>,
    pub(crate) newest: DateTime<Utc>,
}

/// The digest stored under `key` of the time that ends at `end`, in which one log file was delivered.
pub(crate) fn digest(account: &'static str, key: &str, end: DateTime<Utc>, log_file: &LogFile<'_>) -> Json {
    let (oldest, newest) = (event_time(log_file.oldest), event_time(log_file.newest));
    let entry = object([
        ("s3Bucket", BUCKET.into()),
        ("s3Object", log_file.key.to_owned().into()),
        ("hashValue", log_file.sha256.clone().into()),
        ("hashAlgorithm", "SHA-256".into()),
        ("newestEventTime", newest.clone().into()),
        ("oldestEventTime", oldest.clone().into()),
    ]);
    object([
        ("awsAccountId", account.into()),
        ("digestStartTime", oldest.clone().into()),
        ("digestEndTime", event_time(end).into()),
        ("digestS3Bucket", BUCKET.into()),
        ("digestS3Object", key.to_owned().into()),
        ("digestPublicKeyFingerprint", "31e8b5433410dfb61a9dc45cc65b22ff".into()),
        ("digestSignatureAlgorithm", "SHA256withRSA".into()),
        ("newestEventTime", newest.into()),
        ("oldestEventTime", oldest.into()),
        ("previousDigestS3Bucket", Json::Null),
        ("previousDigestS3Object", Json::Null),
        ("previousDigestHashValue", Json::Null),
        ("previousDigestHashAlgorithm", Json::Null),
        ("previousDigestSignature", Json::Null),
        ("logFiles", list([entry])),
    ])
}
