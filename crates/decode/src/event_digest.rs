//! A short name for an event's content, by which two deliveries of one event are known.
//!
//! The digest is the XXH3-64 of the event's canonical text: no white space, members of each object in the order of
//! their keys' bytes, of a key that stands twice only the last, strings with the fewest escapes, numbers as spelled. That
//! is what Python's `json.dumps(event, sort_keys=True, separators=(',', ':'), ensure_ascii=False)` writes, but for
//! numbers with a fraction, which Python may spell anew.
//! It is kept in tables, so what it is taken of must never change. It guards against chance, not against an
//! attacker: it is only compared between events of one `eventID`, which CloudTrail gives out.

use twox_hash::XxHash3_64;

use crate::json_tape::NodeKind;
use crate::json_text::{Document, Value, first_bytes};

/// Takes digests; its memory is used again from event to event.
#[derive(Debug, Default)]
pub(crate) struct EventDigest {
    canonical: Vec<u8>,
    /// Keys of the objects being written, innermost last: their first bytes, and their tape indexes.
    keys: Vec<(u64, u32)>,
    scratch: String,
}

impl EventDigest {
    /// The digest of `event`.
    pub(crate) fn of(&mut self, document: Document<'_>, event: Value<'_>) -> i64 {
        self.canonical.clear();
        self.write(document, event);
        XxHash3_64::oneshot(&self.canonical).cast_signed()
    }

    fn write(&mut self, document: Document<'_>, value: Value<'_>) {
        match value.kind() {
            NodeKind::Object => self.write_object(document, value),
            NodeKind::Array => {
                self.canonical.push(b'[');
                for (at, element) in value.children().enumerate() {
                    if at > 0 {
                        self.canonical.push(b',');
                    }
                    self.write(document, element);
                }
                self.canonical.push(b']');
            }
            NodeKind::Escaped => {
                value.string(&mut self.scratch);
                write_quoted(&self.scratch, &mut self.canonical);
            }
            _ => self.canonical.extend_from_slice(value.raw().as_bytes()),
        }
    }

    fn write_object(&mut self, document: Document<'_>, object: Value<'_>) {
        let first = self.keys.len();
        let keys = object
            .members()
            .map(|(key, _)| (first_bytes(key.quoted()), key.index() as u32));
        self.keys.extend(keys);
        self.sort_keys(document, first);
        let end = self.keys.len();

        self.canonical.push(b'{');
        let mut written = false;
        for at in first..end {
            let key = document.value(self.keys[at].1 as usize);
            let overridden = at + 1 < end && same_key(key, document.value(self.keys[at + 1].1 as usize));
            if overridden {
                continue;
            }
            if written {
                self.canonical.push(b',');
            }
            written = true;
            self.write(document, key);
            self.canonical.push(b':');
            self.write(document, document.value(key.index() + 1));
        }
        self.canonical.push(b'}');
        self.keys.truncate(first);
    }

    /// Sorts the keys from `first` by their text, equal ones by their place.
    fn sort_keys(&mut self, document: Document<'_>, first: usize) {
        let keys = &mut self.keys[first..];
        let value = |key: &(u64, u32)| document.value(key.1 as usize);
        if keys.iter().all(|key| value(key).kind() == NodeKind::Plain) {
            // The first bytes decide almost always, and are compared without looking the text up.
            keys.sort_unstable_by(|a, b| {
                let by_text = || value(a).quoted().cmp(value(b).quoted());
                a.0.cmp(&b.0).then_with(by_text).then(a.1.cmp(&b.1))
            });
        } else {
            keys.sort_by_cached_key(|key| (key_text(value(key)), key.1));
        }
    }
}

fn key_text(key: Value<'_>) -> String {
    let mut scratch = String::new();
    key.string(&mut scratch).unwrap_or_default().to_owned()
}

fn same_key(a: Value<'_>, b: Value<'_>) -> bool {
    if a.kind() == NodeKind::Plain && b.kind() == NodeKind::Plain {
        return a.quoted() == b.quoted();
    }
    key_text(a) == key_text(b)
}

fn write_quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text.as_bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            0x08 => out.extend_from_slice(br"\b"),
            b'\t' => out.extend_from_slice(br"\t"),
            b'\n' => out.extend_from_slice(br"\n"),
            0x0c => out.extend_from_slice(br"\f"),
            b'\r' => out.extend_from_slice(br"\r"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::json_tape::Tape;
    use proptest::prelude::*;
    use serde_json::Value as Json;

    fn digest(text: &str) -> i64 {
        let mut tape = Tape::default();
        tape.parse(text).unwrap();
        let document = Document::new(&tape, text);
        EventDigest::default().of(document, document.value(0))
    }

    #[test]
    fn digests_never_change() {
        // Both numbers are from Python's json.dumps and the reference implementation of XXH3.
        assert_eq!(digest(r#"{"b":"x","a":[1,2.0]}"#), -6_368_844_760_539_905_040);
        let long = "z".repeat(300);
        let text = format!(r#"{{"\u00e9\n":"\u0001\"\\","a b":{{}},"a":null,"a!":[],"{long}":"y"}}"#);
        assert_eq!(digest(&text), 3_241_189_579_367_083_445);
    }

    #[test]
    fn escapes_and_repeated_keys_do_not_count() {
        assert_eq!(digest(r#"{"\u0061":"\u002f"}"#), digest(r#"{"a":"/"}"#));
        assert_eq!(digest(r#"{"a":1,"b":0,"a":2}"#), digest(r#"{"a":2,"b":0}"#));
        assert_eq!(digest(r#"{"\u0061":1,"a":2}"#), digest(r#"{"a":2}"#));
    }

    #[test]
    fn content_counts() {
        let texts = [
            r#"{"a":1}"#,
            r#"{"a":"1"}"#,
            r#"{"a":1.0}"#,
            r#"{"a":null}"#,
            "{}",
            r#"{"a":[1]}"#,
            r#"{"a":[[1]]}"#,
            r#"{"a":[1,2]}"#,
            r#"{"a":[2,1]}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":"\""}"#,
            r#"{"a":"\\\""}"#,
            r#"{"a":"\n"}"#,
            r#"{"a":"\r"}"#,
            r#"{"a":"\\n"}"#,
        ];
        let digests: std::collections::HashSet<_> = texts.iter().map(|text| digest(text)).collect();
        assert_eq!(digests.len(), texts.len());
    }

    fn json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            ".{0,6}".prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
                prop::collection::hash_map(".{0,3}", inner, 0..6)
                    .prop_map(|map| Json::Object(map.into_iter().collect())),
            ]
        })
    }

    /// `value` with the members of each object the other way round.
    fn reversed(value: &Json, out: &mut String) {
        match value {
            Json::Object(members) => {
                out.push_str("{ ");
                for (at, (key, member)) in members.iter().rev().enumerate() {
                    out.push_str(if at > 0 { " ,\n" } else { "" });
                    out.push_str(&serde_json::to_string(key).unwrap());
                    out.push_str(" :\t");
                    reversed(member, out);
                }
                out.push('}');
            }
            Json::Array(elements) => {
                out.push('[');
                for (at, element) in elements.iter().enumerate() {
                    out.push_str(if at > 0 { " , " } else { "" });
                    reversed(element, out);
                }
                out.push_str(" ]");
            }
            scalar => out.push_str(&scalar.to_string()),
        }
    }

    proptest! {
        #[test]
        fn key_order_and_white_space_do_not_count(value in json(), other in json()) {
            let compact = value.to_string();
            let mut spaced = String::new();
            reversed(&value, &mut spaced);
            prop_assert_eq!(digest(&compact), digest(&spaced));
            prop_assert_eq!(digest(&compact), digest(&serde_json::to_string_pretty(&value).unwrap()));
            prop_assert_eq!(value == other, digest(&compact) == digest(&other.to_string()));
        }
    }
}
