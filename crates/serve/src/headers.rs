//! What the headers of a delivery promise.

use std::collections::HashMap;

use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderName};
use flowtrail_decode::LogKind;
use serde::Deserialize;

use crate::refusal::Refusal;

/// The credential of the stream.
pub(crate) const ACCESS_KEY: HeaderName = HeaderName::from_static("x-amz-firehose-access-key");
/// The request's name, the same each time it is sent.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-firehose-request-id");
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("x-amz-firehose-protocol-version");
const COMMON_ATTRIBUTES: HeaderName = HeaderName::from_static("x-amz-firehose-common-attributes");
const SOURCE_ARN: HeaderName = HeaderName::from_static("x-amz-firehose-source-arn");

/// The one version of the protocol there is.
const VERSION: &str = "1.0";
/// The common attribute that names the kind of log, for a stream whose URL does not.
const KIND_ATTRIBUTE: &str = "flowtrail_kind";
/// Firehose's own are 36 long.
const LONGEST_REQUEST_ID_BYTES: usize = 256;
/// The stream of a request that does not say where it is from.
const NO_STREAM: &str = "unnamed";

/// What the headers of a delivery promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FirehoseHeaders {
    pub request_id: String,
    /// The name of the Firehose stream.
    pub stream: String,
    pub is_gzip: bool,
    /// Bytes on the wire, where the header is there.
    pub content_length_bytes: Option<u64>,
    /// The kind of log the common attributes name.
    pub kind: Option<LogKind>,
}

impl FirehoseHeaders {
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, Refusal> {
        let version = required(headers, &PROTOCOL_VERSION)?;
        if version != VERSION {
            return Err(refused(
                &PROTOCOL_VERSION,
                format!("version {version} is not known; it is {VERSION}"),
            ));
        }
        let request_id = required(headers, &REQUEST_ID)?;
        if request_id.is_empty() || request_id.len() > LONGEST_REQUEST_ID_BYTES {
            let why = format!(
                "it has {} characters; it is 1 to {LONGEST_REQUEST_ID_BYTES}",
                request_id.len()
            );
            return Err(refused(&REQUEST_ID, why));
        }
        Ok(Self {
            request_id: request_id.to_owned(),
            stream: text(headers, &SOURCE_ARN)?.map_or(NO_STREAM, stream_name).to_owned(),
            is_gzip: is_gzip(headers)?,
            content_length_bytes: content_length(headers)?,
            kind: kind(headers)?,
        })
    }
}

/// The request id of a request that may be refused for anything else.
pub(crate) fn request_id_of(headers: &HeaderMap) -> String {
    let sent = text(headers, &REQUEST_ID).ok().flatten().unwrap_or_default();
    if sent.len() > LONGEST_REQUEST_ID_BYTES {
        return String::new();
    }
    sent.to_owned()
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, Refusal> {
    match text(headers, &CONTENT_ENCODING)? {
        None => Ok(false),
        Some(encoding) if encoding.is_empty() || encoding.eq_ignore_ascii_case("identity") => Ok(false),
        Some(encoding) if encoding.eq_ignore_ascii_case("gzip") => Ok(true),
        Some(encoding) => {
            let why = format!("`{encoding}` is not known; it is gzip, or the header is not there");
            Err(refused(&CONTENT_ENCODING, why))
        }
    }
}

fn content_length(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let Some(length) = text(headers, &CONTENT_LENGTH)? else {
        return Ok(None);
    };
    let length = length.parse();
    length
        .map(Some)
        .map_err(|_| refused(&CONTENT_LENGTH, "it is not a whole number".to_owned()))
}

/// Attributes that are not ours are the operator's own, for whatever else reads the stream.
fn kind(headers: &HeaderMap) -> Result<Option<LogKind>, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Attributes {
        #[serde(default)]
        common_attributes: HashMap<String, serde_json::Value>,
    }

    let Some(attributes) = headers.get(COMMON_ATTRIBUTES) else {
        return Ok(None);
    };
    let attributes: Attributes = serde_json::from_slice(attributes.as_bytes())
        .map_err(|error| refused(&COMMON_ATTRIBUTES, format!("it is not the expected JSON: {error}")))?;
    let Some(kind) = attributes.common_attributes.get(KIND_ATTRIBUTE) else {
        return Ok(None);
    };
    let kind = kind.as_str().unwrap_or_default().parse();
    kind.map(Some)
        .map_err(|why| refused(&COMMON_ATTRIBUTES, format!("{KIND_ATTRIBUTE}: {why}")))
}

/// `name` of `arn:aws:firehose:us-east-1:123456789012:deliverystream/name`.
fn stream_name(arn: &str) -> &str {
    let name = arn.rsplit(['/', ':']).next().unwrap_or_default();
    if name.is_empty() { NO_STREAM } else { name }
}

fn required<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<&'h str, Refusal> {
    text(headers, name)?.ok_or_else(|| refused(name, "it is missing".to_owned()))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Refusal> {
    let Some(value) = headers.get(name) else {
        return Ok(None);
    };
    let text = value.to_str().map(str::trim);
    text.map(Some)
        .map_err(|_| refused(name, "it has bytes that are not visible ASCII".to_owned()))
}

fn refused(header: &HeaderName, why: String) -> Refusal {
    Refusal::Header {
        header: header.clone(),
        why,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn good() -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, "id-1".parse().unwrap());
        headers.insert(PROTOCOL_VERSION, "1.0".parse().unwrap());
        headers
    }

    fn with(name: HeaderName, value: &[u8]) -> Result<FirehoseHeaders, String> {
        let mut headers = good();
        headers.insert(name, axum::http::HeaderValue::from_bytes(value).unwrap());
        FirehoseHeaders::read(&headers).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn what_firehose_sends_is_understood() {
        let mut headers = good();
        let arn = "arn:aws:firehose:us-east-1:123456789012:deliverystream/flows";
        headers.insert(SOURCE_ARN, arn.parse().unwrap());
        headers.insert(CONTENT_ENCODING, "GZIP".parse().unwrap());
        headers.insert(CONTENT_LENGTH, "12".parse().unwrap());
        let attributes = r#"{"commonAttributes":{"team":"x","flowtrail_kind":"tgw_flow"},"more":1}"#;
        headers.insert(COMMON_ATTRIBUTES, attributes.parse().unwrap());
        let expected = FirehoseHeaders {
            request_id: "id-1".to_owned(),
            stream: "flows".to_owned(),
            is_gzip: true,
            content_length_bytes: Some(12),
            kind: Some(LogKind::TgwFlow),
        };
        assert_eq!(FirehoseHeaders::read(&headers).unwrap(), expected);
        let bare = FirehoseHeaders::read(&good()).unwrap();
        assert_eq!(
            (bare.stream.as_str(), bare.is_gzip, bare.kind),
            ("unnamed", false, None)
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (name, value, expected) in [
            (
                PROTOCOL_VERSION,
                &b"2.0"[..],
                "x-amz-firehose-protocol-version: version 2.0 is not known",
            ),
            (REQUEST_ID, b"", "x-amz-firehose-request-id: it has 0 characters"),
            (REQUEST_ID, &[b'a'; 257], "it has 257 characters"),
            (REQUEST_ID, b"\xff\xfe", "not visible ASCII"),
            (CONTENT_ENCODING, b"br", "content-encoding: `br` is not known"),
            (CONTENT_LENGTH, b"-1", "content-length: it is not a whole number"),
            (
                COMMON_ATTRIBUTES,
                b"{",
                "common-attributes: it is not the expected JSON",
            ),
            (
                COMMON_ATTRIBUTES,
                br#"{"commonAttributes":{"flowtrail_kind":7}}"#,
                "flowtrail_kind: no log kind",
            ),
        ] {
            let refusal = with(name, value).unwrap_err();
            assert!(refusal.contains(expected), "{refusal}");
        }
        for name in [PROTOCOL_VERSION, REQUEST_ID] {
            let mut headers = good();
            headers.remove(&name);
            let refusal = FirehoseHeaders::read(&headers).unwrap_err().to_string();
            assert_eq!(refusal, format!("header {name}: it is missing"));
        }
    }

    #[test]
    fn the_stream_is_the_end_of_its_arn() {
        assert_eq!(with(SOURCE_ARN, b"flows").unwrap().stream, "flows");
        assert_eq!(with(SOURCE_ARN, b"arn:aws:x/").unwrap().stream, "unnamed");
    }
}
