//! From the bytes of a request to a delivery, without any I/O.

use std::io::{self, Read};

use bytes::Bytes;
use flowtrail_decode::{DecodeError, Input, Limits, LogKind, text_of};

use crate::document;
use crate::headers::FirehoseHeaders;
use crate::inbox::Delivery;
use crate::parts::Parts;
use crate::record::{GZIP_MAGIC, INSPECTED_BYTES};
use crate::refusal::Refusal;

/// The largest body, in bytes, on the wire as well as inflated.
pub(crate) const MOST_BODY_BYTES: u64 = 64 << 20;

/// More than gzip can ever make of a byte.
const GZIP_RATIO: u64 = 1032;

/// How large a body is when it is inflated, found out by inflating it into nothing.
pub(crate) fn inflated_bytes(body: &Bytes) -> Result<u64, Refusal> {
    let mut text = inflating(body)?;
    io::copy(&mut text, &mut io::sink()).map_err(|error| not_gzip(error.into()))
}

/// The most memory a delivery takes beside its body, in bytes, by how large its document is: the document where it
/// came compressed, its records decoded, one of them by itself, and what is looked through of it.
pub(crate) fn unpacking_bytes(document_bytes: u64, is_gzip: bool) -> u64 {
    let copies = if is_gzip { 3 } else { 2 };
    let inspected_bytes = document_bytes.saturating_mul(GZIP_RATIO).min(INSPECTED_BYTES as u64);
    document_bytes.saturating_mul(copies).saturating_add(inspected_bytes)
}

/// Makes a delivery of a body. `path_kind` is what the request's path says of its records.
pub(crate) fn unpack(headers: FirehoseHeaders, path_kind: Option<LogKind>, body: Bytes) -> Result<Delivery, Refusal> {
    let body = if headers.is_gzip { inflate(&body)? } else { body };
    let mut parts = Parts::new();
    let request_id = document::read(&body, &mut parts)?;
    if request_id != headers.request_id {
        return Err(Refusal::RequestId {
            header: headers.request_id,
            body: request_id,
        });
    }
    Ok(Delivery {
        request_id,
        stream: headers.stream,
        kind: path_kind.or(headers.kind),
        records: parts.records,
        data_bytes: parts.data_bytes,
        parts: parts.finish(),
    })
}

fn inflate(body: &Bytes) -> Result<Bytes, Refusal> {
    let mut text = Vec::with_capacity(inflated_bytes(body)? as usize);
    let mut reader = inflating(body)?;
    reader.read_to_end(&mut text).map_err(|error| not_gzip(error.into()))?;
    Ok(text.into())
}

fn inflating(body: &Bytes) -> Result<impl Read, Refusal> {
    if !body.starts_with(GZIP_MAGIC) {
        let shown = body[..body.len().min(4)].escape_ascii();
        let why = format!("it begins with `{shown}`");
        return Err(Refusal::NotGzip { why });
    }
    let limits = Limits {
        max_ratio: u64::MAX,
        max_inflated_bytes: MOST_BODY_BYTES,
    };
    text_of(Input::Bytes(body.clone()), &limits).map_err(not_gzip)
}

fn not_gzip(error: DecodeError) -> Refusal {
    match error {
        DecodeError::Bomb { .. } => Refusal::TooLarge {
            state: "when it is inflated",
            limit_bytes: MOST_BODY_BYTES,
        },
        other => Refusal::NotGzip { why: other.to_string() },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
