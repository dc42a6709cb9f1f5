//! A document with its members in the order they were put there, of which JSON, YAML and HCL are written.
//!
//! `serde_json::Value` sorts its members, or does not, by what other crates of a build ask of it; a policy should read
//! the same everywhere, and with its version first.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// A value, as JSON has them, less what is not needed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Truth(bool),
    Number(u64),
    Text(String),
    List(Vec<Document>),
    Object(Vec<(String, Document)>),
}

/// An object of members in this order.
pub(crate) fn object<const N: usize>(members: [(&str, Document); N]) -> Document {
    Document::Object(
        members
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}

/// A list of texts.
pub(crate) fn texts<T: AsRef<str>>(texts: &[T]) -> Document {
    Document::List(texts.iter().map(|text| text.as_ref().into()).collect())
}

impl Document {
    /// The document as one line of JSON.
    pub(crate) fn line(&self) -> String {
        // Text, numbers and lists of them cannot fail to be JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Truth(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_u64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(items) => items.serialize(serializer),
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

impl From<bool> for Document {
    fn from(value: bool) -> Self {
        Self::Truth(value)
    }
}

impl From<u32> for Document {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<&str> for Document {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Document {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Document {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Vec<Document>> for Document {
    fn from(items: Vec<Document>) -> Self {
        Self::List(items)
    }
}
