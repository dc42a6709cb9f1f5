//! A value inside a JSON text, as the text spells it.

use serde::de::IgnoredAny;

/// Part of a text that is known to be JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a>(&'a str);

impl<'a> Value<'a> {
    /// The value a text is; `None` where it is not JSON.
    pub fn of(text: &'a str) -> Option<Self> {
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        Some(Self(text.trim_ascii()))
    }

    /// Its text.
    pub fn text(self) -> &'a str {
        self.0
    }

    /// A string's value, and a number or truth value as it is spelled; `None` for null and what holds others.
    pub fn scalar(&self) -> Option<String> {
        match self.0.as_bytes().first()? {
            b'"' => serde_json::from_str(self.0).ok(),
            b'{' | b'[' | b'n' => None,
            _ => Some(self.0.to_owned()),
        }
    }

    /// Whether it is JSON's null.
    pub fn is_null(&self) -> bool {
        self.0 == "null"
    }

    /// Its text, a string's without quotes; `None` for null.
    pub fn unquoted(self) -> Option<String> {
        if self.is_null() {
            return None;
        }
        self.scalar().or_else(|| Some(self.0.to_owned()))
    }

    /// The names and values of an object, the names as JSON strings.
    pub fn members(self) -> Option<impl Iterator<Item = (Value<'a>, Value<'a>)>> {
        let mut parts = self.0.starts_with('{').then(|| parts(self.0))?;
        Some(std::iter::from_fn(move || Some((parts.next()?, parts.next()?))))
    }

    /// The elements of an array.
    pub fn elements(self) -> Option<impl Iterator<Item = Value<'a>>> {
        self.0.starts_with('[').then(|| parts(self.0))
    }

    /// The elements of an array, or the members' values of an object.
    pub fn children(self) -> Option<Box<dyn Iterator<Item = Value<'a>> + 'a>> {
        match self.0.as_bytes().first()? {
            b'[' => Some(Box::new(parts(self.0))),
            b'{' => Some(Box::new(parts(self.0).skip(1).step_by(2))),
            _ => None,
        }
    }

    /// The value of an object's first member whose name is `key` but for the case of its letters.
    pub fn member_in_any_case(self, key: &str) -> Option<Value<'a>> {
        let mut members = self.members()?;
        let found = members.find(|(name, _)| name.scalar().is_some_and(|name| name.eq_ignore_ascii_case(key)));
        found.map(|(_, value)| value)
    }

    /// The value of an object's last member called `key`.
    pub fn member(self, key: &str) -> Option<Value<'a>> {
        if !self.0.starts_with('{') {
            return None;
        }
        let mut parts = parts(self.0);
        let mut found = None;
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            let is_it = match name.0.get(1..name.0.len() - 1) {
                Some(plain) if !plain.contains('\\') => plain == key,
                _ => name.scalar().as_deref() == Some(key),
            };
            if is_it {
                found = Some(value);
            }
        }
        found
    }
}

/// What stands between the brackets of an array or object: elements, or names and values in turn.
fn parts(text: &str) -> impl Iterator<Item = Value<'_>> {
    let mut rest = &text[1..text.len() - 1];
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            return None;
        }
        let (part, behind) = rest.split_at(end_of_part(rest.as_bytes()));
        rest = behind.get(1..).unwrap_or_default();
        Some(Value(part.trim_ascii_end()))
    })
}

/// Where the comma or colon stands that ends the part; the text is known to be JSON.
fn end_of_part(bytes: &[u8]) -> usize {
    let (mut depth, mut in_string, mut at) = (0_usize, false, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' | b':' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_taken_apart_or_is_no_json(text in r#"[\[\]{},:"\\ab0-9. tru\u{e9}]{0,24}"#) {
            if let Some(value) = Value::of(&text) {
                let whole: serde_json::Value = serde_json::from_str(&text).unwrap();
                let expected = whole.as_array().map(Vec::len);
                prop_assert_eq!(value.elements().map(Iterator::count), expected);
                if let Some(members) = whole.as_object() {
                    for (key, member) in members {
                        let found = value.member(key).unwrap();
                        prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(found.text()).unwrap(), member);
                    }
                }
            }
        }
    }

    #[test]
    fn parts_are_as_they_were_spelled() {
        let value = Value::of(r#" {"a": [1.50, "x,]\"y", {"b":{}} ], "k\u0065y" : null, "a" : true } "#).unwrap();
        assert_eq!(
            value.member("a").unwrap().text(),
            "true",
            "of a key that stands twice the last counts"
        );
        assert_eq!(value.member("key").unwrap().scalar(), None);
        assert_eq!(value.member("b"), None);
        let list = value.children().unwrap().next().unwrap();
        let elements: Vec<_> = list.elements().unwrap().map(Value::text).collect();
        assert_eq!(elements, ["1.50", r#""x,]\"y""#, r#"{"b":{}}"#]);
        assert_eq!(list.elements().unwrap().nth(1).unwrap().scalar().unwrap(), "x,]\"y");
        assert_eq!(Value::of("[ ]").unwrap().elements().unwrap().count(), 0);
        assert_eq!(Value::of("{a:1}"), None);
        assert_eq!(Value::of(""), None);
    }
}
