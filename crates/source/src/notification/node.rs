//! A value in a JSON document, and where it stands.

use serde_json::Value;

use super::NotificationError;

/// How much of a text that was not expected an error shows.
const SHOWN_CHARS: usize = 80;

/// What an error shows of a key or text that can be of any length.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

/// A value and its place. A field that is missing has a place too, and no value.
pub(super) struct Node<'a> {
    value: Option<&'a Value>,
    /// Such as `Records[2].s3.object`; empty for a document in no envelope.
    at: String,
}

impl<'a> Node<'a> {
    pub(super) fn new(value: &'a Value, at: &str) -> Self {
        Self {
            value: Some(value),
            at: at.to_owned(),
        }
    }

    /// A field of an object; of anything else, a field that is missing.
    pub(super) fn field(&self, name: &str) -> Self {
        let value = self
            .value
            .and_then(|value| value.get(name))
            .filter(|value| !value.is_null());
        let at = if self.at.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.at)
        };
        Self { value, at }
    }

    /// Whether there is a value that is not null.
    pub(super) fn is_there(&self) -> bool {
        self.value.is_some()
    }

    /// The elements of a list that must not be empty.
    pub(super) fn elements(&self) -> Result<Vec<Self>, NotificationError> {
        let elements = self
            .value
            .and_then(Value::as_array)
            .filter(|elements| !elements.is_empty());
        let elements = elements.ok_or_else(|| self.unexpected("a list of one record or more"))?;
        let nodes = elements.iter().enumerate().map(|(index, value)| Self {
            value: Some(value),
            at: format!("{}[{index}]", self.at),
        });
        Ok(nodes.collect())
    }

    pub(super) fn text(&self, expected: &'static str) -> Result<&'a str, NotificationError> {
        let text = self.value.and_then(Value::as_str).filter(|text| !text.is_empty());
        text.ok_or_else(|| self.unexpected(expected))
    }

    /// A text, or nothing where the field is missing.
    pub(super) fn optional_text(&self) -> Result<Option<&'a str>, NotificationError> {
        match self.value {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or_else(|| self.unexpected("a text")),
        }
    }

    /// A whole number, or nothing where the field is missing.
    pub(super) fn optional_number(&self) -> Result<Option<u64>, NotificationError> {
        match self.value {
            None => Ok(None),
            Some(value) => value
                .as_u64()
                .map(Some)
                .ok_or_else(|| self.unexpected("a whole number")),
        }
    }

    pub(super) fn unexpected(&self, expected: &'static str) -> NotificationError {
        NotificationError::Unexpected {
            at: self.place(),
            expected,
            found: self.found(),
        }
    }

    /// The place as an error says it.
    pub(super) fn place(&self) -> String {
        if self.at.is_empty() {
            "the message".to_owned()
        } else {
            self.at.clone()
        }
    }

    fn found(&self) -> String {
        match self.value {
            None => "nothing".to_owned(),
            Some(Value::Null) => "null".to_owned(),
            Some(Value::Bool(value)) => value.to_string(),
            Some(Value::Number(number)) => format!("the number {number}"),
            Some(Value::String(text)) => format!("the text {}", shown(text)),
            Some(Value::Array(elements)) => format!("a list of {}", elements.len()),
            Some(Value::Object(fields)) if fields.is_empty() => "an object without fields".to_owned(),
            Some(Value::Object(fields)) => {
                let names: Vec<&str> = fields.keys().map(String::as_str).collect();
                format!("an object of {}", shown(&names.join(", ")))
            }
        }
    }
}
