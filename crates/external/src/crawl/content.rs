//! What an object holds, by its first bytes; of Parquet, by its last ones.

use std::io::Read;
use std::ops::Range;

use bytes::Bytes;
use flowtrail_decode::{FlowTextFields, Input, Limits, Looked, look, text_of};
use flowtrail_source::{Object, Source};

use super::delimited::Delimited;
use super::footer;
use super::json::Json;
use super::shape::Named;

/// How much of an object is fetched.
const BEGIN_BYTES: u64 = 1 << 20;

/// How much of its text is looked at.
const TEXT_BYTES: u64 = 1 << 20;

/// How much of an unknown object its reason shows.
const SHOWN_BYTES: usize = 24;

const PARQUET: &[u8] = b"PAR1";

/// What others begin with, and are called.
const OTHERS: &[(&[u8], &str)] = &[
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"PK\x03\x04", "a zip archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x04\x22\x4d\x18", "an lz4 file"),
    (b"\xff\x06\x00\x00sNaPpY", "a snappy file"),
    (b"%PDF", "a PDF document"),
    (b"<?xml", "an XML document"),
    (b"<html", "an HTML document"),
    (b"<!DOCTYPE", "an HTML document"),
];

/// What an object holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    /// No row, from which nothing follows.
    Nothing,
    Parquet(Vec<Named>),
    FlowText(FlowTextFields),
    Json(Json),
    Delimited(Delimited),
}

/// Looks at an object. `Err` is why it is not understood, or could not be read.
pub(super) async fn content_of(source: &Source, object: &Object) -> Result<Content, String> {
    let fetch = async |range: Range<u64>| {
        let fetched = source.fetch_range(object, range).await;
        fetched.map_err(|error| error.to_string())
    };
    let size = object.size_bytes;
    let begin = fetch(0..size.min(BEGIN_BYTES)).await?;
    if begin.starts_with(PARQUET) {
        let mut end = fetch(size.saturating_sub(footer::END_BYTES)..size).await?;
        let needed = footer::bytes_of(&end)?.min(size);
        if needed > end.len() as u64 {
            end = fetch(size - needed..size).await?;
        }
        return off_thread(move || footer::columns_of(&end).map(Content::Parquet)).await;
    }
    let is_whole = begin.len() as u64 == size;
    let name = object.uri.to_lowercase();
    off_thread(move || of_text(begin, is_whole, &name)).await
}

/// Runs what takes its time where it keeps nobody waiting; a hostile object that made a reader panic is not understood.
async fn off_thread(work: impl FnOnce() -> Result<Content, String> + Send + 'static) -> Result<Content, String> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err("it is damaged: reading it broke off".to_owned()))
}

/// What the begin of an object holds that is no Parquet file.
pub(super) fn of_text(begin: Bytes, is_whole: bool, name: &str) -> Result<Content, String> {
    let begins = begin.slice(..begin.len().min(SHOWN_BYTES));
    let mut text = Vec::new();
    let read = text_of(Input::Bytes(begin), &Limits::default());
    let read = read.and_then(|reader| Ok(reader.take(TEXT_BYTES).read_to_end(&mut text)?));
    if let Err(error) = read
        && (text.is_empty() || is_whole)
    {
        return Err(error.to_string());
    }
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
    let is_cut = !is_whole || text.len() as u64 >= TEXT_BYTES;
    if text.trim_ascii().is_empty() {
        return Ok(Content::Nothing);
    }
    if let Some((_, noun)) = OTHERS.iter().find(|(magic, _)| text.starts_with(magic)) {
        return Err(format!("it is {noun}, which is not read here"));
    }
    let Some(text) = as_text(text, is_cut) else {
        return Err(format!(
            "it is neither text nor Parquet: it begins with `{}`",
            begins.escape_ascii()
        ));
    };
    match look(text.as_bytes()) {
        Some(Looked::FlowText(flow)) => return Ok(Content::FlowText(flow)),
        // A key alone may be anybody's.
        Some(Looked::Envelope) if text.contains("\"logEvents\"") && text.contains("\"messageType\"") => {
            return Err(
                "it holds CloudWatch Logs envelopes; `flowtrail load` brings these into logs.vpc_flow".to_owned(),
            );
        }
        Some(Looked::Digest) if text.contains("\"digestStartTime\"") => {
            return Err("it is a CloudTrail digest: signatures, no events".to_owned());
        }
        _ => {}
    }
    match text.trim_ascii_start().as_bytes().first() {
        Some(b'{' | b'[') => Json::of(text, is_cut).map(Content::Json),
        _ => Delimited::of(whole_lines(text, is_cut), name).map(Content::Delimited),
    }
}

/// The bytes as text, if they are: without NUL, and in UTF-8 but for a character that is cut off.
fn as_text(bytes: &[u8], is_cut: bool) -> Option<&str> {
    if bytes.contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if is_cut && error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok(),
        Err(_) => None,
    }
}

/// The text without a last line that is cut off.
pub(super) fn whole_lines(text: &str, is_cut: bool) -> &str {
    match text.rfind('\n') {
        Some(end) if is_cut => &text[..=end],
        _ => text,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_not_understood_says_why() {
        for (bytes, why) in [
            (&b"ORC\x08"[..], "it is an ORC file, which is not read here"),
            (
                b"\x89PNG\r\n\x1a\n\0\0",
                r"it is neither text nor Parquet: it begins with `\x89PNG\r\n\x1a\n\x00\x00`",
            ),
            (b"[1,2]", "it begins as JSON, and no object of it can be read"),
            (
                b"{\"awsAccountId\":\"1\",\"digestStartTime\":\"x\"}",
                "it is a CloudTrail digest: signatures, no events",
            ),
            (b"\x1f\x8b\x08\0", "gzip data is damaged"),
        ] {
            let error = of_text(Bytes::copy_from_slice(bytes), true, "x").unwrap_err();
            assert!(error.starts_with(why), "{error}");
        }
        assert_eq!(of_text(Bytes::from_static(b" \n"), true, "x"), Ok(Content::Nothing));
    }

    proptest! {
        #[test]
        fn any_bytes_are_looked_at(bytes in proptest::collection::vec(any::<u8>(), 0..60), is_whole: bool) {
            let _ = of_text(bytes.into(), is_whole, "x.csv");
        }

        #[test]
        fn any_text_is_looked_at(text in "[{}\\[\\]\":,a1. \n|-]{0,60}", is_whole: bool) {
            let _ = of_text(text.into(), is_whole, "x");
        }
    }
}
