//! JSON as a tree.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::mistake::{Mistake, Place};
use crate::node::{DEEPEST, Entry, Node, Tree, Value};

/// Reads one JSON document.
pub(crate) fn read(text: &str) -> Tree {
    let mut reader = Reader {
        text,
        lines: std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect(),
        mistakes: Vec::new(),
    };
    let root = match serde_json::from_str::<&RawValue>(text) {
        Ok(raw) => Some(reader.node(raw, 0)),
        Err(error) => {
            let place = Place {
                line: error.line().max(1),
                column: error.column().max(1),
            };
            let told = error.to_string();
            let reason = told.split(" at line ").next().unwrap_or_default();
            reader.mistake(place, format!("this is not JSON: {reason}"));
            None
        }
    };
    (root, reader.mistakes)
}

struct Reader<'t> {
    text: &'t str,
    /// Where each line begins.
    lines: Vec<usize>,
    mistakes: Vec<Mistake>,
}

impl<'t> Reader<'t> {
    fn mistake(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake {
            place,
            message: message.into(),
        });
    }

    /// Where a part of the text is in it.
    fn place(&self, part: &'t RawValue) -> Place {
        let at = (part.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let line = self.lines.partition_point(|begin| *begin <= at);
        let begin = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied();
        let before = self.text.get(begin.unwrap_or_default()..at).unwrap_or_default();
        Place {
            line: line.max(1),
            column: before.chars().count() + 1,
        }
    }

    fn node(&mut self, raw: &'t RawValue, depth: usize) -> Node {
        let place = self.place(raw);
        if depth > DEEPEST {
            self.mistake(place, "nothing of a dashboard lies so deep");
            let value = Value::Bad;
            return Node { place, value };
        }
        let value = self.value(raw, depth).unwrap_or_else(|error| {
            self.mistake(place, format!("this cannot be read: {error}"));
            Value::Bad
        });
        Node { place, value }
    }

    fn value(&mut self, raw: &'t RawValue, depth: usize) -> Result<Value, serde_json::Error> {
        let text = raw.get();
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text)?;
                let mut entries = Vec::with_capacity(members.len());
                for (key, value) in members {
                    entries.push(Entry {
                        key: serde_json::from_str(key.get())?,
                        place: self.place(key),
                        node: self.node(value, depth + 1),
                    });
                }
                Value::Map(entries)
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text)?;
                Value::List(items.into_iter().map(|item| self.node(item, depth + 1)).collect())
            }
            Some(b'"') => Value::Text(serde_json::from_str(text)?),
            Some(b't' | b'f') => Value::Boolean,
            Some(b'n') => Value::Null,
            _ => text.parse().map_or(Value::Number, Value::Integer),
        })
    }
}

/// An object's members as they are written, also those of one name.
struct Members<'t>(Vec<(&'t RawValue, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;

        impl<'de> Visitor<'de> for OfObject {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(OfObject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_know_their_places() {
        let (root, mistakes) = read("\n{\"ä\": 1,\n  \"ネ\": [true, {\"c\": \"\\ud83d\\ude00\"}], \"ä\": 1.5}");
        assert_eq!(mistakes, []);
        let Value::Map(entries) = root.unwrap().value else {
            panic!("a map");
        };
        let keys: Vec<_> = entries.iter().map(|entry| (entry.key.as_str(), entry.place)).collect();
        let at = |line, column| Place { line, column };
        assert_eq!(keys, [("ä", at(2, 2)), ("ネ", at(3, 3)), ("ä", at(3, 39))]);
        let Value::List(list) = &entries[1].node.value else {
            panic!("a list");
        };
        assert_eq!((list[0].place, &list[0].value), (at(3, 9), &Value::Boolean));
        let Value::Map(inner) = &list[1].value else {
            panic!("a map");
        };
        assert_eq!(inner[0].node.place, at(3, 21));
        assert_eq!(inner[0].node.value, Value::Text("😀".into()));
        assert_eq!(entries[2].node.value, Value::Number);
    }

    #[test]
    fn what_is_no_json_is_named() {
        let told = |text: &str| read(text).1.first().map(ToString::to_string);
        insta::assert_debug_snapshot!(told("{\"a\": 1,\n}"), @r#"
        Some(
            "2:1: this is not JSON: key must be a string",
        )
        "#);
        insta::assert_debug_snapshot!(told(""), @r#"
        Some(
            "1:1: this is not JSON: EOF while parsing a value",
        )
        "#);
        insta::assert_debug_snapshot!(told("{\"a\": \"\\ud800\"}"), @r#"
        Some(
            "1:7: this cannot be read: unexpected end of hex escape at line 1 column 8",
        )
        "#);
        insta::assert_debug_snapshot!(told(&("[".repeat(50) + &"]".repeat(50))), @r#"
        Some(
            "1:10: nothing of a dashboard lies so deep",
        )
        "#);
        assert!(told(&"[".repeat(200_000)).is_some());
    }
}
