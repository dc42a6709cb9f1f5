//! What an object holds, by how its text begins.

use crate::flow_layout::{default_format_kind, known_tokens};
use crate::{DecodeError, Hint, LogKind};

/// How much of the text is looked at.
pub(crate) const SNIFF_BYTES: usize = 64 << 10;

/// How many lines of text are looked at: the first ones may be bad.
const SNIFF_LINES: usize = 10;

/// How much of an unknown object its error shows.
const BEGINS_BYTES: usize = 40;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

const ENVELOPE_KEYS: &[&[u8]] = &[
    b"messageType",
    b"logEvents",
    b"logGroup",
    b"logStream",
    b"subscriptionFilters",
];
const DIGEST_KEYS: &[&[u8]] = &[b"digestStartTime", b"digestEndTime", b"digestS3Object", b"logFiles"];
const CLOUDTRAIL_KEYS: &[&[u8]] = &[
    b"Records",
    b"Events",
    b"CloudTrailEvent",
    b"detail-type",
    b"detail",
    b"eventVersion",
    b"eventSource",
    b"eventName",
    b"eventTime",
    b"eventID",
    b"userIdentity",
];

/// What an object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    FlowText,
    /// CloudWatch Logs subscription documents.
    Envelope,
    CloudTrail,
    /// A CloudTrail digest: signatures, no records.
    Digest,
}

/// The text without its byte-order mark.
pub(crate) fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// Tells what an object holds from the first [`SNIFF_BYTES`] of its text. The hint counts where these say nothing.
pub(crate) fn sniff(begin: &[u8], hint: &Hint) -> Result<Content, DecodeError> {
    let text = without_mark(begin).trim_ascii_start();
    let content = match text.first() {
        Some(b'{') => json_content(text, 1),
        Some(b'[') => json_content(text, 2),
        _ => text_content(text),
    };
    let hinted = || {
        hint.kind.map(|kind| match kind {
            LogKind::CloudTrail => Content::CloudTrail,
            LogKind::VpcFlow | LogKind::TgwFlow => Content::FlowText,
        })
    };
    content.or_else(hinted).ok_or_else(|| {
        let shown = &text[..text.len().min(BEGINS_BYTES)];
        DecodeError::UnknownKind {
            begins: format!("`{}`", shown.escape_ascii()),
        }
    })
}

/// Looks for a header or a record of a default format. A word alone, such as `action`, may begin any text.
fn text_content(text: &[u8]) -> Option<Content> {
    let mut lines = text
        .split(|&byte| byte == b'\n')
        .take(SNIFF_LINES)
        .filter_map(|line| std::str::from_utf8(line).ok());
    let is_flow = lines.any(|line| {
        let line = line.trim_ascii();
        known_tokens(line) >= 2 || default_format_kind(line).is_some()
    });
    is_flow.then_some(Content::FlowText)
}

/// Judges JSON by the first key at `depth` that says something: 1 in a document, 2 in an array of them.
fn json_content(text: &[u8], depth: usize) -> Option<Content> {
    Keys {
        text,
        at: 0,
        open: 0,
        depth,
    }
    .find_map(|key| match key {
        _ if ENVELOPE_KEYS.contains(&key) => Some(Content::Envelope),
        _ if DIGEST_KEYS.contains(&key) => Some(Content::Digest),
        _ if CLOUDTRAIL_KEYS.contains(&key) => Some(Content::CloudTrail),
        _ => None,
    })
}

/// The keys of JSON objects `depth` brackets deep, whatever the text is beside.
struct Keys<'t> {
    text: &'t [u8],
    at: usize,
    open: usize,
    depth: usize,
}

impl<'t> Keys<'t> {
    /// Goes past a string, whose opening quote was read, and gives what stands in it.
    fn string(&mut self) -> Option<&'t [u8]> {
        let start = self.at;
        loop {
            self.at += memchr::memchr2(b'"', b'\\', self.text.get(self.at..)?)?;
            if self.text[self.at] == b'"' {
                self.at += 1;
                return Some(&self.text[start..self.at - 1]);
            }
            self.at += 2;
        }
    }
}

impl<'t> Iterator for Keys<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        loop {
            let byte = *self.text.get(self.at)?;
            self.at += 1;
            match byte {
                b'{' | b'[' => self.open += 1,
                b'}' | b']' => self.open = self.open.saturating_sub(1),
                b'"' => {
                    let string = self.string()?;
                    let is_key = self.text[self.at..].trim_ascii_start().first() == Some(&b':');
                    if is_key && self.open == self.depth {
                        return Some(string);
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn content(text: &str) -> Option<Content> {
        sniff(text.as_bytes(), &Hint::default()).ok()
    }

    #[test]
    fn content_decides() {
        for (text, expected) in [
            ("version srcaddr\n", Some(Content::FlowText)),
            ("\u{feff}\r\n${version} ${srcaddr}", Some(Content::FlowText)),
            ("2 1 eni-1 - - - - - - - 1 2 - NODATA\n", Some(Content::FlowText)),
            ("{\"Records\":[", Some(Content::CloudTrail)),
            ("[ {\"eventVersion\":\"1.08\"}]", Some(Content::CloudTrail)),
            (
                "{\"eventVersion\":\"1.08\",\"requestParameters\":{\"logEvents\":[]}}",
                Some(Content::CloudTrail),
            ),
            (
                "{\"a\":{\"Records\":1},\"b\":\"\\\"Records\\\":\",\"logEvents\":[]}",
                Some(Content::Envelope),
            ),
            (
                "{\"awsAccountId\":\"1\",\"digestStartTime\":\"x\"}",
                Some(Content::Digest),
            ),
            ("{\"configurationItems\":[{\"eventVersion\":1}]}", None),
            (
                "2 1 too short\n2 1 eni-1 - - - - - - - 1 2 - NODATA\n",
                Some(Content::FlowText),
            ),
            ("hello world", None),
            ("action\nand more\n", None),
            ("{\"Rec", None),
            ("", None),
        ] {
            assert_eq!(content(text), expected, "{text}");
        }
    }

    #[test]
    fn the_hint_breaks_ties_only() {
        let hint = |kind| Hint {
            kind: Some(kind),
            ..Hint::default()
        };
        assert_eq!(sniff(b"hello", &hint(LogKind::VpcFlow)).unwrap(), Content::FlowText);
        assert_eq!(
            sniff(b"{\"Rec", &hint(LogKind::CloudTrail)).unwrap(),
            Content::CloudTrail
        );
        assert_eq!(
            sniff(b"{\"Records\":[]}", &hint(LogKind::VpcFlow)).unwrap(),
            Content::CloudTrail
        );
        assert_eq!(
            sniff(b"srcaddr end", &hint(LogKind::CloudTrail)).unwrap(),
            Content::FlowText
        );
    }

    #[test]
    fn the_error_shows_how_the_object_begins() {
        let error = sniff(b"\x89PNG\r\n", &Hint::default()).unwrap_err();
        insta::assert_snapshot!(error, @r"neither a flow log nor CloudTrail: it begins with `\x89PNG\r\n`; name its kind to load it all the same");
    }
}
