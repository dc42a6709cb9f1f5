//! Where traces are sent: as `--otlp` says, or OpenTelemetry's own variables.

use std::env;
use std::str::FromStr;

use url::Url;

/// What an address of a collector for all signals is followed by, where traces are taken.
const TRACES_PATH: [&str; 2] = ["v1", "traces"];

/// The address that takes traces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector(Url);

/// Why an address is none of a collector. The address is left out, as it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CollectorError {
    /// It is no URL, or one of another scheme.
    #[error("a collector is reached over HTTP, as in http://localhost:4318")]
    NotHttp,
    /// Command lines and URLs are seen by others.
    #[error("a password has no place in the URL; OTEL_EXPORTER_OTLP_HEADERS takes an Authorization header")]
    Password,
}

impl Collector {
    /// The collector that OpenTelemetry's variables name, if they do and nothing turns them off.
    pub fn of_environment() -> Option<Result<Self, CollectorError>> {
        let is_disabled = variable("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let goes_nowhere = variable("OTEL_TRACES_EXPORTER").is_some_and(|value| value == "none");
        if is_disabled || goes_nowhere {
            return None;
        }
        match variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            Some(address) => Some(http(&address).map(Self)),
            None => variable("OTEL_EXPORTER_OTLP_ENDPOINT").map(|address| address.parse()),
        }
    }

    /// The address as a URL.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// The address of a collector for all signals, below which traces have their path.
impl FromStr for Collector {
    type Err = CollectorError;

    fn from_str(address: &str) -> Result<Self, CollectorError> {
        let mut url = http(address)?;
        url.path_segments_mut()
            .map_err(|()| CollectorError::NotHttp)?
            .pop_if_empty()
            .extend(TRACES_PATH);
        Ok(Self(url))
    }
}

fn http(address: &str) -> Result<Url, CollectorError> {
    let url = Url::parse(address).map_err(|_| CollectorError::NotHttp)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(CollectorError::NotHttp);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(CollectorError::Password);
    }
    Ok(url)
}

/// A variable that is empty is not set, by OpenTelemetry's rule.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_have_a_path_below_the_collector() {
        let address = |given: &str| given.parse().map(|collector: Collector| collector.as_str().to_owned());
        assert_eq!(
            address("http://localhost:4318").unwrap(),
            "http://localhost:4318/v1/traces"
        );
        assert_eq!(
            address("https://example.com/otlp/").unwrap(),
            "https://example.com/otlp/v1/traces"
        );
        assert_eq!(address("localhost:4318"), Err(CollectorError::NotHttp));
        assert_eq!(address("grpc://localhost:4317"), Err(CollectorError::NotHttp));
        assert_eq!(address("https://me:secret@example.com"), Err(CollectorError::Password));
    }
}
