//! JSON whose keys stay in the order they are given, whatever features other crates turn on.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A JSON value.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(i64),
    Decimal(f64),
    Text(Cow<'static, str>),
    List(Vec<Self>),
    Object(Vec<(&'static str, Self)>),
}

/// An object with these members.
pub(crate) fn object<const N: usize>(members: [(&'static str, Json); N]) -> Json {
    Json::Object(members.into())
}

/// A list of these elements.
pub(crate) fn list<const N: usize>(elements: [Json; N]) -> Json {
    Json::List(elements.into())
}

impl Json {
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The same object with one more member.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Self>) -> Self {
        if let Self::Object(members) = &mut self {
            members.push((name, value.into()));
        }
        self
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => serializer.serialize_i64(*number),
            Self::Decimal(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(elements) => serializer.collect_seq(elements),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Json {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<f64> for Json {
    fn from(number: f64) -> Self {
        Self::Decimal(number)
    }
}

impl From<&'static str> for Json {
    fn from(text: &'static str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn order_is_kept() {
        let value = object([("b", 1_u32.into()), ("a", list([Json::Null, true.into(), 0.5.into()]))]).with("\"", "é\n");
        assert_eq!(
            serde_json::to_string(&value).unwrap(),
            r#"{"b":1,"a":[null,true,0.5],"\"":"é\n"}"#
        );
    }
}
