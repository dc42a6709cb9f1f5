//! What a record holds, and so beside which others it may stand in one object.
//!
//! An object is read as a whole: half a gzip member, or a document that is cut off, costs all that stands beside it,
//! and a header gives its names to all lines behind it. So only records that are sound, and of one shape, are put
//! together; one that is not is an object of its own, whose load says what is wrong with it.

use std::borrow::Cow;
use std::io::Read;

use bytes::Bytes;
use flowtrail_decode::{Hint, Input, Limits, Looked, look, open, text_of};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// The most text of a record that is looked through; Firehose's records have at most 1,000 KiB as they come.
pub(crate) const INSPECTED_BYTES: usize = 16 << 20;

/// How much of a text tells what it is.
const BEGIN_BYTES: usize = 64 << 10;

pub(crate) const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
/// What is compressed in another way, or in columns, is nothing to put together.
const OTHER_MAGICS: &[&[u8]] = &[&[0x28, 0xb5, 0x2f, 0xfd], b"PAR1"];
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What records that may stand in one object have in common. The order is that of a delivery's objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    /// Documents of a CloudWatch Logs subscription.
    CloudWatch,
    /// CloudTrail's documents and events, a line each.
    CloudTrail,
    /// Arrays of events; behind lines of JSON, an array would be a line that is no event.
    CloudTrailArrays,
    /// CloudTrail digests, which loads pass over.
    Digests,
    /// Flow log lines of a default format.
    FlowLines,
    /// Flow log lines, each record under its own header.
    HeadedFlowLines,
    /// Flow log lines with something before their fields.
    StampedFlowLines,
    /// Lines that tell nothing by themselves, as a custom format without its header.
    OtherLines,
}

/// What is to be done with a record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Judged<'a> {
    /// It holds no records of a log: nothing at all, or CloudWatch asking whether anybody is there.
    Nothing,
    /// It stands beside others of its shape, with this text.
    Beside(Shape, Cow<'a, [u8]>),
    /// It is an object of its own.
    Alone,
}

/// Judges a record. `scratch` is empty, and where the text of a compressed one goes.
pub(crate) fn judge<'a>(data: &'a [u8], scratch: &'a mut Vec<u8>) -> Judged<'a> {
    if !data.starts_with(GZIP_MAGIC) {
        return judge_plain(data);
    }
    if !inflate(data, scratch) {
        return Judged::Alone;
    }
    let inflated: &'a [u8] = scratch;
    match judge_text(inflated) {
        // Its member can only be taken as it is.
        Judged::Beside(_, text) if text.len() != inflated.len() || matches!(text, Cow::Owned(_)) => Judged::Alone,
        judged => judged,
    }
}

fn judge_plain(data: &[u8]) -> Judged<'_> {
    if OTHER_MAGICS.iter().any(|magic| data.starts_with(magic)) || data.len() > INSPECTED_BYTES {
        return Judged::Alone;
    }
    judge_text(data)
}

/// Fills `text` with what a gzip record holds; false where it is damaged or too large to be looked through.
fn inflate(data: &[u8], text: &mut Vec<u8>) -> bool {
    // `text_of` wants to own what it reads; a record has 1,000 KiB at most.
    let Ok(reader) = text_of(Input::Bytes(Bytes::copy_from_slice(data)), &Limits::default()) else {
        return false;
    };
    let read = reader.take(INSPECTED_BYTES as u64 + 1).read_to_end(text);
    read.is_ok() && text.len() <= INSPECTED_BYTES
}

fn judge_text(text: &[u8]) -> Judged<'_> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return Judged::Nothing;
    }
    let begin = &text[..text.len().min(BEGIN_BYTES)];
    match look(begin) {
        Some(Looked::Envelope) => envelopes(text),
        Some(Looked::CloudTrail) => events(text),
        Some(Looked::Digest) => {
            values::<IgnoredAny>(text, b'{', |_| true).map_or(Judged::Alone, beside(Shape::Digests))
        }
        Some(Looked::FlowText(flow)) if flow.has_header => lines(text, Shape::HeadedFlowLines),
        Some(Looked::FlowText(_)) => lines(text, Shape::FlowLines),
        None => unknown(text, begin),
    }
}

fn beside<'a>(shape: Shape) -> impl FnOnce(Cow<'a, [u8]>) -> Judged<'a> {
    move |text| Judged::Beside(shape, text)
}

/// Documents as the decoder wants them: it gives an object up at one that is not so.
fn envelopes(text: &[u8]) -> Judged<'_> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Envelope {
        message_type: String,
        #[serde(default, rename = "logEvents")]
        _log_events: Vec<IgnoredAny>,
    }

    let mut has_data = false;
    let is_known = |document: Envelope| {
        has_data |= document.message_type == "DATA_MESSAGE";
        matches!(document.message_type.as_str(), "DATA_MESSAGE" | "CONTROL_MESSAGE")
    };
    match values(text, b'{', is_known) {
        Some(_) if !has_data => Judged::Nothing,
        Some(text) => Judged::Beside(Shape::CloudWatch, text),
        None => Judged::Alone,
    }
}

fn events(text: &[u8]) -> Judged<'_> {
    /// Keys whose values must be arrays, or the decoder gives the object up.
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Document {
        #[serde(default, rename = "Records")]
        _records: Vec<IgnoredAny>,
        #[serde(default, rename = "Events")]
        _events: Vec<IgnoredAny>,
    }

    if text.trim_ascii_start().first() == Some(&b'[') {
        let arrays = values::<Vec<IgnoredAny>>(text, b'[', |_| true);
        return arrays.map_or(Judged::Alone, beside(Shape::CloudTrailArrays));
    }
    values::<Document>(text, b'{', |_| true).map_or(Judged::Alone, beside(Shape::CloudTrail))
}

/// Lines; where a header stands among them, it would give its names to those of the next record.
fn lines(text: &[u8], shape: Shape) -> Judged<'_> {
    let may_be_header =
        |line: &&[u8]| matches!(line.trim_ascii_start().first(), Some(b'a'..=b'z' | b'A'..=b'Z' | b'$'));
    let is_header = |line: &[u8]| matches!(look(line), Some(Looked::FlowText(flow)) if flow.has_header);
    let mut behind_first = text.trim_ascii_start().split(|&byte| byte == b'\n').skip(1);
    if shape != Shape::HeadedFlowLines && behind_first.any(|line| may_be_header(&line) && is_header(line)) {
        return Judged::Alone;
    }
    Judged::Beside(shape, Cow::Borrowed(text))
}

fn unknown<'a>(text: &'a [u8], begin: &[u8]) -> Judged<'a> {
    if let Some(lines) = messages(text) {
        return match judge_text(&lines) {
            Judged::Beside(shape, lines) => Judged::Beside(shape, Cow::Owned(lines.into_owned())),
            Judged::Nothing => Judged::Nothing,
            Judged::Alone => Judged::Alone,
        };
    }
    let begin = Input::Bytes(Bytes::copy_from_slice(begin));
    let is_flow = open(begin, &Hint::default(), &Limits::default()).is_ok();
    lines(
        text,
        if is_flow {
            Shape::StampedFlowLines
        } else {
            Shape::OtherLines
        },
    )
}

/// The lines inside `{"message":"<line>"}`, as flow logs come that are published to Firehose directly.
fn messages(text: &[u8]) -> Option<Vec<u8>> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Message {
        message: String,
    }

    let mut lines = Vec::new();
    values(text, b'{', |one: Message| {
        // One inside another would be no end.
        let is_line = !one.message.trim_start().starts_with('{');
        lines.extend_from_slice(one.message.trim_end().as_bytes());
        lines.push(b'\n');
        is_line
    })?;
    Some(lines)
}

/// The text of JSON values that begin with `first`, each of which is good, a line each; `None` where one is not so.
///
/// Readers of JSON lines take a line's end for the end of a damaged value. In a sound value a line's end is only ever
/// white space, so a value of several lines can be one of one line.
fn values<T: DeserializeOwned>(text: &[u8], first: u8, mut is_good: impl FnMut(T) -> bool) -> Option<Cow<'_, [u8]>> {
    let mut found = serde_json::Deserializer::from_slice(text).into_iter::<T>();
    let mut one_lined = Cow::Borrowed(text);
    let mut end = 0;
    while let Some(value) = found.next() {
        if !value.is_ok_and(&mut is_good) {
            return None;
        }
        let value = text[end..found.byte_offset()].trim_ascii_start();
        if value.first() != Some(&first) {
            return None;
        }
        end = found.byte_offset();
        let start = end - value.len();
        if value.contains(&b'\n') {
            let ends = one_lined.to_mut()[start..end].iter_mut().filter(|byte| **byte == b'\n');
            ends.for_each(|byte| *byte = b' ');
        }
    }
    Some(one_lined)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
