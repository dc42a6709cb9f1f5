//! The connection to SQS.

use std::time::Duration;

use aws_config::{Region, SdkConfig};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Builder;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use url::Url;

use super::QueueError;
use super::address::Address;
use crate::aws::{AwsSettings, CONNECT_TIMEOUT, check, credentials_of, endpoint_of, load_config};

/// One attempt at a request, beside the time it is asked to wait for messages.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// With the SDK's waits between them, of up to one and two seconds.
const ATTEMPTS: u32 = 3;

/// A client for the queue's region and endpoint, and the name of that region.
pub(super) async fn connect(address: &Address, settings: &AwsSettings) -> Result<(Client, String), QueueError> {
    check(settings)?;
    let mut settings = settings.clone();
    if let Some(region) = &address.region {
        settings.region = Some(region.clone());
    }
    let config = load_config(&settings).await;
    let region = config.region().map(Region::to_string).unwrap_or_default();
    let mut builder = Builder::from(&config)
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(timeouts(0));
    if let Some(endpoint) = endpoint(address.url.as_ref(), &settings, &config) {
        builder = builder.endpoint_url(endpoint);
    }
    if let Some(provider) = credentials_of(&settings, &config).await {
        builder = builder.credentials_provider(provider);
    }
    Ok((Client::from_conf(builder.build()), region))
}

/// Limits of a request that waits so long for messages.
pub(super) fn timeouts(wait_s: u32) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT + Duration::from_secs(wait_s.into()))
        .build()
}

/// The endpoint of the settings or the environment, else the host of the queue's URL. Without either the SDK knows
/// the region's.
fn endpoint(url: Option<&Url>, settings: &AwsSettings, config: &SdkConfig) -> Option<String> {
    endpoint_of("AWS_ENDPOINT_URL_SQS", settings, config).or_else(|| Some(url?.origin().ascii_serialization()))
}
