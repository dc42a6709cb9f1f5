//! Signed requests to the services that are looked at. Each is one that reads.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4;
use flowtrail_source::AwsAccess;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use url::form_urlencoded;

use super::xml::Element;

const TIMEOUT: Duration = Duration::from_secs(30);

/// Asks an account's services.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    access: AwsAccess,
    credentials: Credentials,
}

/// Why no answer came that tells something.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// The service refused, with its own code.
    #[error("{code}: {message}")]
    Refused { code: String, message: String },
    /// The service could not be asked, or its answer not be read.
    #[error("{0}")]
    Failed(String),
}

impl CallError {
    /// Whoever asked may not ask this.
    pub(super) fn is_denied(&self) -> bool {
        let Self::Refused { code, .. } = self else {
            return false;
        };
        code.contains("AccessDenied") || code.contains("UnauthorizedOperation") || code == "AuthorizationError"
    }

    /// The code is one of these.
    pub(super) fn is(&self, codes: &[&str]) -> bool {
        matches!(self, Self::Refused { code, .. } if codes.contains(&code.as_str()))
    }
}

/// A request before it is signed.
struct Call {
    service: &'static str,
    method: &'static str,
    /// Path and question.
    target: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Client {
    /// A client with the credentials there are.
    ///
    /// # Errors
    ///
    /// [`CallError::Failed`] when there are none.
    pub(super) async fn new(access: AwsAccess) -> Result<Self, CallError> {
        let failed = |error: &dyn std::error::Error| CallError::Failed(told(error));
        let Some(provider) = &access.credentials else {
            return Err(CallError::Failed("there are no AWS credentials".to_owned()));
        };
        let credentials = provider.provide_credentials().await.map_err(|error| failed(&error))?;
        let http = reqwest::Client::builder().timeout(TIMEOUT).build();
        Ok(Self {
            http: http.map_err(|error| failed(&error))?,
            access,
            credentials,
        })
    }

    /// A sub-resource of a bucket, such as `policy`, as S3 writes it.
    pub(super) async fn bucket(&self, bucket: &str, part: &str) -> Result<String, CallError> {
        self.send(Call {
            service: "s3",
            method: "GET",
            target: format!("/{bucket}?{part}"),
            headers: Vec::new(),
            body: String::new(),
        })
        .await
    }

    /// A call of the services that take forms and answer in XML: IAM and EC2.
    pub(super) async fn form(
        &self,
        service: &'static str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Element, CallError> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", action)
            .append_pair("Version", version)
            .extend_pairs(parameters)
            .finish();
        let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
        let answer = self.post(service, headers, body).await?;
        Element::read(&answer).ok_or_else(|| CallError::Failed(format!("{action} was not answered in XML")))
    }

    /// A call of the services that take and answer JSON; `target` is its long name.
    pub(super) async fn json(&self, service: &'static str, target: &str, question: &Value) -> Result<Value, CallError> {
        let version = if service == "sqs" { "1.0" } else { "1.1" };
        let headers = vec![
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", target.to_owned()),
        ];
        let answer = self.post(service, headers, question.to_string()).await?;
        serde_json::from_str(&answer).map_err(|_| CallError::Failed(format!("{target} was not answered in JSON")))
    }

    async fn post(
        &self,
        service: &'static str,
        headers: Vec<(&'static str, String)>,
        body: String,
    ) -> Result<String, CallError> {
        self.send(Call {
            service,
            method: "POST",
            target: "/".to_owned(),
            headers,
            body,
        })
        .await
    }

    async fn send(&self, call: Call) -> Result<String, CallError> {
        let failed = |error: &dyn std::error::Error| CallError::Failed(told(error));
        let url = format!("{}{}", self.endpoint(call.service), call.target);
        let headers = self.signed(&call, &url).map_err(|error| failed(&*error))?;
        let request = match call.method {
            "GET" => self.http.get(&url),
            _ => self.http.post(&url).body(call.body),
        };
        let answer = request.headers(headers).send().await.map_err(|error| failed(&error))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| failed(&error))?;
        if status.is_success() {
            return Ok(text);
        }
        Err(refusal(&text).unwrap_or_else(|| CallError::Refused {
            code: if status.as_u16() == 403 {
                "AccessDenied".to_owned()
            } else {
                status.to_string()
            },
            message: String::new(),
        }))
    }

    fn endpoint(&self, service: &str) -> String {
        if let Some(endpoint) = self.access.endpoint_of(service) {
            return endpoint.trim_end_matches('/').to_owned();
        }
        let region = &self.access.region;
        match service {
            "iam" if region.starts_with("cn-") => "https://iam.cn-north-1.amazonaws.com.cn".to_owned(),
            "iam" if region.starts_with("us-gov-") => "https://iam.us-gov.amazonaws.com".to_owned(),
            "iam" => "https://iam.amazonaws.com".to_owned(),
            _ if region.starts_with("cn-") => format!("https://{service}.{region}.amazonaws.com.cn"),
            _ => format!("https://{service}.{region}.amazonaws.com"),
        }
    }

    /// IAM is one for all regions, and signed for the first.
    fn signing_region(&self, service: &str) -> &str {
        let region = self.access.region.as_str();
        match service {
            "iam" if region.starts_with("cn-") => "cn-north-1",
            "iam" if region.starts_with("us-gov-") => "us-gov-west-1",
            "iam" => "us-east-1",
            _ => region,
        }
    }

    fn signed(&self, call: &Call, url: &str) -> Result<HeaderMap, Box<dyn std::error::Error + Send + Sync>> {
        let identity = self.credentials.clone().into();
        let mut settings = SigningSettings::default();
        if call.service == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.signing_region(call.service))
            .name(call.service)
            .time(SystemTime::now())
            .settings(settings)
            .build()?
            .into();
        let given = call.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let request = SignableRequest::new(call.method, url, given, SignableBody::Bytes(call.body.as_bytes()))?;
        let (instructions, _) = sign(request, &parameters)?.into_parts();
        let mut headers = HeaderMap::new();
        for (name, value) in &call.headers {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value)?);
        }
        for (name, value) in instructions.headers() {
            headers.insert(HeaderName::try_from(name)?, HeaderValue::from_str(value)?);
        }
        Ok(headers)
    }
}

/// What a service says when it refuses: each family of them in its own form.
fn refusal(text: &str) -> Option<CallError> {
    if let Ok(answer) = serde_json::from_str::<Value>(text) {
        let code = answer["__type"].as_str()?.rsplit('#').next()?.to_owned();
        let message = answer["message"]
            .as_str()
            .or(answer["Message"].as_str())
            .unwrap_or_default();
        return Some(CallError::Refused {
            code,
            message: message.to_owned(),
        });
    }
    let answer = Element::read(text)?;
    let error = answer
        .at("Error")
        .or_else(|| answer.at("Errors/Error"))
        .unwrap_or(&answer);
    let code = error.text_at("Code").to_owned();
    (!code.is_empty()).then(|| CallError::Refused {
        code,
        message: error.text_at("Message").to_owned(),
    })
}

/// An error with what caused it, which is where the reason is.
fn told(error: &dyn std::error::Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        told = format!("{told}: {cause}");
        source = cause.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_familys_refusal_is_understood() {
        let code = |text: &str| match refusal(text) {
            Some(CallError::Refused { code, message }) => format!("{code} {message}"),
            other => format!("{other:?}"),
        };
        assert_eq!(
            code("<Error><Code>NoSuchBucket</Code><Message>m</Message></Error>"),
            "NoSuchBucket m"
        );
        assert_eq!(
            code("<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>m</Message></Error></ErrorResponse>"),
            "NoSuchEntity m"
        );
        assert_eq!(
            code("<Response><Errors><Error><Code>X</Code><Message>m</Message></Error></Errors></Response>"),
            "X m"
        );
        assert_eq!(
            code(r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"}"#),
            "QueueDoesNotExist m"
        );
        assert_eq!(code("Bad gateway"), "None");
    }
}
