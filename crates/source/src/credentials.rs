//! AWS credentials for the object store: loaded when first needed, kept, renewed before they end.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;
use tokio::sync::Mutex;

use crate::error::story;

/// Credentials are renewed this long before they end, so that a request under way never outlives them.
const RENEW_AHEAD: Duration = Duration::from_mins(5);
/// Credentials that name no end are asked for again after this time, as a rotated key in a file would otherwise
/// never be seen.
const KEEP: Duration = Duration::from_mins(15);

/// No provider of the chain had credentials.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct CredentialsUnavailable {
    pub(crate) reason: String,
}

/// Hands the credentials of an AWS provider chain to the object store.
#[derive(Debug)]
pub(crate) struct Credentials {
    provider: SharedCredentialsProvider,
    held: Mutex<Option<Held>>,
}

#[derive(Debug)]
struct Held {
    credential: Arc<AwsCredential>,
    renew_at: SystemTime,
    /// When they end, where they say so.
    ends_at: Option<SystemTime>,
}

impl Credentials {
    pub(crate) fn new(provider: SharedCredentialsProvider) -> Self {
        Self {
            provider,
            held: Mutex::new(None),
        }
    }

    async fn load(&self) -> Result<Held, CredentialsUnavailable> {
        let credentials = self
            .provider
            .provide_credentials()
            .await
            .map_err(|error| CredentialsUnavailable { reason: story(&error) })?;
        let ends_at = credentials.expiry();
        Ok(Held {
            credential: Arc::new(AwsCredential {
                key_id: credentials.access_key_id().to_owned(),
                secret_key: credentials.secret_access_key().to_owned(),
                token: credentials.session_token().map(str::to_owned),
            }),
            renew_at: ends_at.map_or_else(|| SystemTime::now() + KEEP, |end| end - RENEW_AHEAD),
            ends_at,
        })
    }
}

#[async_trait]
impl CredentialProvider for Credentials {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let mut held = self.held.lock().await;
        let now = SystemTime::now();
        if let Some(held) = held.as_ref().filter(|held| now < held.renew_at) {
            return Ok(held.credential.clone());
        }
        match self.load().await {
            Ok(loaded) => Ok(held.insert(loaded).credential.clone()),
            Err(error) => match held.as_ref().filter(|held| held.ends_at.is_none_or(|end| now < end)) {
                Some(held) => {
                    tracing::warn!(%error, "AWS credentials could not be renewed; those held are still good");
                    Ok(held.credential.clone())
                }
                None => Err(object_store::Error::Generic {
                    store: "S3",
                    source: Box::new(error),
                }),
            },
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_credential_types::provider::{error::CredentialsError, future};

    use super::*;

    /// Gives credentials that end after so many seconds, the given number of times; then none.
    #[derive(Debug)]
    struct Counting {
        asked: Arc<AtomicUsize>,
        good: usize,
        lifetime: Option<Duration>,
    }

    impl ProvideCredentials for Counting {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let asked = self.asked.fetch_add(1, Ordering::SeqCst);
            future::ProvideCredentials::ready(if asked < self.good {
                let end = self.lifetime.map(|lifetime| SystemTime::now() + lifetime);
                Ok(aws_credential_types::Credentials::new(
                    format!("key{asked}"),
                    "secret",
                    None,
                    end,
                    "test",
                ))
            } else {
                Err(CredentialsError::not_loaded("nothing left"))
            })
        }
    }

    async fn keys(good: usize, lifetime_s: Option<u64>, calls: usize) -> (Vec<Option<String>>, usize) {
        let asked = Arc::new(AtomicUsize::new(0));
        let lifetime = lifetime_s.map(Duration::from_secs);
        let counting = Counting {
            asked: asked.clone(),
            good,
            lifetime,
        };
        let credentials = Credentials::new(SharedCredentialsProvider::new(counting));
        let mut keys = Vec::new();
        for _ in 0..calls {
            keys.push(
                credentials
                    .get_credential()
                    .await
                    .ok()
                    .map(|credential| credential.key_id.clone()),
            );
        }
        (keys, asked.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn kept_until_shortly_before_their_end() {
        let first = || Some("key0".to_owned());
        assert_eq!(keys(1, Some(3600), 3).await, (vec![first(); 3], 1));
        assert_eq!(keys(1, None, 3).await, (vec![first(); 3], 1));
    }

    #[tokio::test]
    async fn renewed_and_if_that_fails_used_to_their_end() {
        let key = |key: &str| Some(key.to_owned());
        assert_eq!(
            keys(2, Some(60), 3).await,
            (vec![key("key0"), key("key1"), key("key1")], 3)
        );
    }

    #[tokio::test]
    async fn none_is_an_error_that_says_why() {
        assert_eq!(keys(0, None, 1).await, (vec![None], 1));
    }
}
