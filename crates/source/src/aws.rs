//! The connection to S3, and what other services of AWS are reached with: region, credentials, endpoint.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use url::Url;

use crate::credentials::Credentials;
use crate::error::{Request, SourceError, story};
use crate::reach::Reach;

const DEFAULT_REGION: &str = "us-east-1";
const SESSION_NAME: &str = "flowtrail";
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// One request with its body. Bodies are at most some MiB (see `bucket.rs`), so this ends a stalled connection only.
const REQUEST_TIMEOUT: Duration = Duration::from_mins(1);
const RETRIES: usize = 5;
const RETRY_TIMEOUT: Duration = Duration::from_mins(1);

/// How to reach S3, or a queue of SQS; what is `None` comes from the AWS environment and profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsSettings {
    /// URL of a service that speaks as AWS's does; else `AWS_ENDPOINT_URL_S3` (for a queue `AWS_ENDPOINT_URL_SQS`),
    /// `AWS_ENDPOINT_URL` or the profile's.
    pub endpoint: Option<String>,
    /// Region of the bucket or the queue; else `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's, `us-east-1`.
    pub region: Option<String>,
    /// Profile whose credentials are used, before any in the environment; else `AWS_PROFILE` by AWS's usual order.
    pub profile: Option<String>,
    /// ARN of a role to assume with those credentials.
    pub role_arn: Option<String>,
    /// External id to assume `role_arn` with.
    pub external_id: Option<String>,
    /// The only places that may be touched, folders too.
    pub reach: Reach,
}

/// Opens a bucket with the credentials AWS's own tools would use.
///
/// That is the default chain of the AWS SDK: environment, profile (with `role_arn`, `external_id`, SSO, process), web
/// identity, container and instance; then `role_arn` of the settings is assumed on top. Nothing is asked before the
/// first request. `AWS_SKIP_SIGNATURE=true` sends requests unsigned, for public buckets.
///
/// # Errors
///
/// [`SourceError::InvalidSetting`] for an endpoint that is no URL, or an external id with no role. Missing or refused
/// credentials show at the first request.
pub async fn s3_store(bucket: &str, settings: &AwsSettings) -> Result<Arc<dyn ObjectStore>, SourceError> {
    Ok(Arc::new(open_bucket(bucket, settings).await?))
}

/// The ARN under which AWS knows whoever runs this: what a role must trust to be assumed from here.
///
/// # Errors
///
/// [`SourceError::CallerUnknown`] when STS cannot be asked, or refuses.
pub async fn caller(settings: &AwsSettings) -> Result<String, SourceError> {
    let config = load_config(settings).await;
    let mut sts = aws_sdk_sts::config::Builder::from(&config);
    if let Some(endpoint) = &settings.endpoint {
        sts = sts.endpoint_url(endpoint);
    }
    let identity = aws_sdk_sts::Client::from_conf(sts.build())
        .get_caller_identity()
        .send()
        .await;
    let unknown = |reason: String| SourceError::CallerUnknown { reason };
    let identity = identity.map_err(|error| unknown(story(&error)))?;
    identity.arn.ok_or_else(|| unknown("the answer has no ARN".to_owned()))
}

/// What a request to any service of AWS needs.
#[derive(Clone, Debug)]
pub struct AwsAccess {
    /// The region that is asked.
    pub region: String,
    /// Who asks; `None` when the environment has no credentials at all.
    pub credentials: Option<SharedCredentialsProvider>,
    /// The endpoint of the settings, before any in the environment.
    pub endpoint: Option<String>,
    /// The environment's, or the profile's, for all services.
    pub general_endpoint: Option<String>,
}

impl AwsAccess {
    /// Where `service` (`sqs`, `ec2`, …) is asked, when not at AWS: the settings', then the environment's for that service,
    /// then the one for all.
    pub fn endpoint_of(&self, service: &str) -> Option<String> {
        let name = format!("AWS_ENDPOINT_URL_{}", service.to_ascii_uppercase());
        let of_service = || env::var(name).ok().filter(|url| !url.is_empty());
        let endpoint = self.endpoint.clone().or_else(of_service);
        endpoint.or_else(|| self.general_endpoint.clone())
    }
}

/// How services that the object store does not know are asked: as the buckets are.
pub async fn access(settings: &AwsSettings) -> AwsAccess {
    let config = load_config(settings).await;
    AwsAccess {
        region: config.region().map_or(DEFAULT_REGION, Region::as_ref).to_owned(),
        credentials: credentials_of(settings, &config).await,
        endpoint: settings.endpoint.clone(),
        general_endpoint: config.endpoint_url().map(str::to_owned),
    }
}

async fn open_bucket(bucket: &str, settings: &AwsSettings) -> Result<AmazonS3, SourceError> {
    check(settings)?;
    let config = load_config(settings).await;
    let region = config.region().map_or(DEFAULT_REGION, Region::as_ref);
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region)
        .with_client_options(
            ClientOptions::new()
                .with_connect_timeout(CONNECT_TIMEOUT)
                .with_timeout(REQUEST_TIMEOUT),
        )
        .with_retry(RetryConfig {
            backoff: BackoffConfig::default(),
            max_retries: RETRIES,
            retry_timeout: RETRY_TIMEOUT,
        });
    if let Some(endpoint) = endpoint_of("AWS_ENDPOINT_URL_S3", settings, &config) {
        let plain = is_plain_http(&endpoint)?;
        builder = builder
            .with_endpoint(endpoint.trim_end_matches('/'))
            .with_allow_http(plain);
    } else if region.starts_with("cn-") {
        builder = builder.with_endpoint(format!("https://s3.{region}.amazonaws.com.cn"));
    }
    builder = if skips_signature() {
        builder.with_skip_signature(true)
    } else {
        match credentials_of(settings, &config).await {
            Some(provider) => builder.with_credentials(Arc::new(Credentials::new(provider))),
            None => builder,
        }
    };
    builder.build().map_err(|error| {
        SourceError::from_store(
            &Request {
                action: "open",
                bucket,
                root: None,
                key: None,
            },
            &error,
        )
    })
}

/// Settings that say no more than can be used.
pub(crate) fn check(settings: &AwsSettings) -> Result<(), SourceError> {
    if let Some(endpoint) = &settings.endpoint {
        is_plain_http(endpoint)?;
    }
    match (&settings.external_id, &settings.role_arn) {
        (Some(external_id), None) => Err(SourceError::InvalidSetting {
            setting: "external id",
            value: external_id.clone(),
            reason: "it goes with a role; expected a role ARN too".to_owned(),
        }),
        _ => Ok(()),
    }
}

pub(crate) async fn load_config(settings: &AwsSettings) -> SdkConfig {
    let mut profile_region = ProfileFileRegionProvider::builder();
    if let Some(profile) = &settings.profile {
        profile_region = profile_region.profile_name(profile);
    }
    // The SDK's own chain ends by asking the instance's metadata service, which off AWS only costs time.
    let region = RegionProviderChain::first_try(settings.region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile_region.build())
        .or_else(Region::new(DEFAULT_REGION))
        .region()
        .await;

    let mut loader = aws_config::defaults(BehaviorVersion::latest()).region(region.clone());
    if let Some(profile) = &settings.profile {
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&ProviderConfig::without_region().with_region(region))
            .profile_name(profile)
            .build();
        loader = loader.profile_name(profile).credentials_provider(provider);
    }
    loader.load().await
}

pub(crate) async fn credentials_of(settings: &AwsSettings, config: &SdkConfig) -> Option<SharedCredentialsProvider> {
    let Some(role_arn) = &settings.role_arn else {
        return config.credentials_provider();
    };
    let mut role = AssumeRoleProvider::builder(role_arn)
        .session_name(SESSION_NAME)
        .configure(config);
    if let Some(external_id) = &settings.external_id {
        role = role.external_id(external_id);
    }
    Some(SharedCredentialsProvider::new(role.build().await))
}

/// The endpoint of the settings, of the service's own variable, or of all services.
pub(crate) fn endpoint_of(variable: &str, settings: &AwsSettings, config: &SdkConfig) -> Option<String> {
    let of_environment = || env::var(variable).ok().filter(|url| !url.is_empty());
    settings
        .endpoint
        .clone()
        .or_else(of_environment)
        .or_else(|| config.endpoint_url().map(str::to_owned))
}

/// Whether the endpoint is http, which the object store must be told to allow.
fn is_plain_http(endpoint: &str) -> Result<bool, SourceError> {
    match Url::parse(endpoint)
        .ok()
        .filter(Url::has_host)
        .as_ref()
        .map(Url::scheme)
    {
        Some("http") => Ok(true),
        Some("https") => Ok(false),
        _ => Err(SourceError::InvalidSetting {
            setting: "endpoint",
            value: endpoint.to_owned(),
            reason: "expected a URL such as https://s3.example.com or http://localhost:9000".to_owned(),
        }),
    }
}

fn skips_signature() -> bool {
    env::var("AWS_SKIP_SIGNATURE").is_ok_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn endpoints() {
        assert!(is_plain_http("http://127.0.0.1:5000").unwrap());
        assert!(!is_plain_http("https://s3.example.com/").unwrap());
        for endpoint in ["localhost:9000", "ftp://x", "", "http://"] {
            assert!(
                is_plain_http(endpoint).unwrap_err().to_string().ends_with(
                    "cannot be used: expected a URL such as https://s3.example.com or http://localhost:9000"
                ),
                "{endpoint}"
            );
        }
    }

    #[tokio::test]
    async fn an_external_id_needs_a_role() {
        let settings = AwsSettings {
            external_id: Some("x1".into()),
            ..AwsSettings::default()
        };
        let error = s3_store("b", &settings).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "external id `x1` cannot be used: it goes with a role; expected a role ARN too"
        );
    }
}
