//! Who may deliver.

use std::fmt;

use axum::http::HeaderMap;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::headers::ACCESS_KEY;
use crate::refusal::Refusal;

/// Who may deliver.
#[derive(Clone, Debug)]
pub enum Access {
    /// Nobody, as no key is configured: every delivery is refused, with what to do.
    Nobody,
    /// Whoever sends one of these keys.
    Keys(AccessKeys),
    /// Anybody who reaches the port. [`crate::Server::bind`] allows it on loopback addresses only.
    Anybody,
}

/// The access keys of Firehose streams. Several may be good at a time, so that one can take another's place. Only
/// their digests are kept, so that no key is in a log or a dump of the memory.
#[derive(Clone)]
pub struct AccessKeys {
    digests: Vec<[u8; 32]>,
}

impl Access {
    /// Whoever sends one of `keys`; nobody, where there are none. Empty keys are left out: a header without a value
    /// must not be one.
    pub fn with_keys<K: AsRef<str>>(keys: impl IntoIterator<Item = K>) -> Self {
        let keys = keys.into_iter().filter(|key| !key.as_ref().is_empty());
        let digests: Vec<_> = keys.map(|key| digest(key.as_ref().as_bytes())).collect();
        if digests.is_empty() {
            return Self::Nobody;
        }
        Self::Keys(AccessKeys { digests })
    }

    /// Lets a request in by its headers, before anything else of it is looked at.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let keys = match self {
            Self::Nobody => return Err(Refusal::NobodyMay),
            Self::Anybody => return Ok(()),
            Self::Keys(keys) => keys,
        };
        let sent = headers.get(ACCESS_KEY).ok_or(Refusal::KeyMissing)?;
        if keys.contain(sent.as_bytes()) {
            Ok(())
        } else {
            Err(Refusal::KeyUnknown)
        }
    }
}

impl AccessKeys {
    /// Takes the same time whichever key it is, and however much of one was guessed.
    fn contain(&self, sent: &[u8]) -> bool {
        let sent = digest(sent);
        let equal = |known: &[u8; 32]| known.ct_eq(&sent);
        self.digests
            .iter()
            .map(equal)
            .fold(Choice::from(0), |any, one| any | one)
            .into()
    }
}

impl fmt::Debug for AccessKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessKeys({})", self.digests.len())
    }
}

fn digest(key: &[u8]) -> [u8; 32] {
    Sha256::digest(key).into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn admits(access: &Access, key: Option<&str>) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            headers.insert(ACCESS_KEY, key.parse().unwrap());
        }
        access.admit(&headers)
    }

    #[test]
    fn any_of_the_keys_is_good_and_nothing_else() {
        let access = Access::with_keys(["old", "new", ""]);
        assert!(admits(&access, Some("old")).is_ok());
        assert!(admits(&access, Some("new")).is_ok());
        for forged in ["ne", "newer", "NEW", "", "old,new"] {
            assert!(
                matches!(admits(&access, Some(forged)), Err(Refusal::KeyUnknown)),
                "{forged}"
            );
        }
        assert!(matches!(admits(&access, None), Err(Refusal::KeyMissing)));
    }

    #[test]
    fn without_keys_nobody_may() {
        let access = Access::with_keys([""]);
        assert!(matches!(admits(&access, Some("")), Err(Refusal::NobodyMay)));
        assert!(admits(&Access::Anybody, None).is_ok());
    }

    #[test]
    fn keys_are_not_shown() {
        let shown = format!("{:?}", Access::with_keys(["secret-word"]));
        assert!(!shown.contains("secret"), "{shown}");
    }
}
