//! Values of JSON, and how keys of objects are told to be columns and fields.

use std::collections::HashMap;
use std::sync::Arc;

use flowtrail_decode::json::{Document, NodeKind, Value};

use super::{ColumnBuilder, time};

/// How names of columns and fields are matched with keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyRules {
    /// Case counts.
    pub(crate) is_exact: bool,
    /// A dot in a key is an underscore in a name.
    pub(crate) has_dots: bool,
    /// Names that have another key: `mapping.name` = key.
    pub(crate) mappings: Arc<HashMap<String, String>>,
}

/// Keys beyond this place in an object are looked up each time.
const MOST_HINTS: usize = 256;

/// Finds the values of known keys in objects, most of which have the same keys in the same order.
#[derive(Debug)]
pub(crate) struct FieldKeys {
    keys: Vec<String>,
    rules: KeyRules,
    /// What key stood at a place in the object before, and which field it was.
    hints: Vec<(String, Option<usize>)>,
    /// Where the value of each field stands on the tape.
    slots: Vec<Option<usize>>,
    scratch: String,
}

impl FieldKeys {
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a str>, rules: &KeyRules) -> Self {
        let key = |name: &str| rules.mappings.get(name).map_or(name, String::as_str).to_owned();
        let keys: Vec<String> = names.map(key).collect();
        Self {
            slots: vec![None; keys.len()],
            keys,
            rules: rules.clone(),
            hints: Vec::new(),
            scratch: String::new(),
        }
    }

    /// Finds the fields of an object, or those of an array by their places. False for any other value.
    pub(crate) fn find(&mut self, value: Value<'_>) -> bool {
        self.slots.fill(None);
        match value.kind() {
            NodeKind::Object => {
                for (place, (key, member)) in value.members().enumerate() {
                    if let Some(field) = self.field_at(place, key) {
                        self.slots[field] = Some(member.index());
                    }
                }
            }
            NodeKind::Array => {
                for (slot, element) in self.slots.iter_mut().zip(value.children()) {
                    *slot = Some(element.index());
                }
            }
            _ => return false,
        }
        true
    }

    /// Where on the tape the value of each field stands that was found last.
    pub(crate) fn slots(&self) -> &[Option<usize>] {
        &self.slots
    }

    fn field_at(&mut self, place: usize, key: Value<'_>) -> Option<usize> {
        let quoted = key.quoted();
        if let Some((known, field)) = self.hints.get(place)
            && known == quoted
        {
            return *field;
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let field = key.string(&mut scratch).and_then(|name| self.field_of(name));
        self.scratch = scratch;
        if let Some(hint) = self.hints.get_mut(place) {
            quoted.clone_into(&mut hint.0);
            hint.1 = field;
        } else if place == self.hints.len() && place < MOST_HINTS {
            self.hints.push((quoted.to_owned(), field));
        }
        field
    }

    fn field_of(&self, name: &str) -> Option<usize> {
        let is_same = |key: &String| {
            let as_it_is = if self.rules.is_exact {
                key == name
            } else {
                key.eq_ignore_ascii_case(name)
            };
            as_it_is || (self.rules.has_dots && self.is_with_dots(key, name))
        };
        self.keys.iter().position(is_same)
    }

    fn is_with_dots(&self, key: &str, name: &str) -> bool {
        let same = |(left, right): (u8, u8)| {
            let right = if right == b'.' { b'_' } else { right };
            left == right || (!self.rules.is_exact && left.eq_ignore_ascii_case(&right))
        };
        key.len() == name.len() && key.bytes().zip(name.bytes()).all(same)
    }
}

impl ColumnBuilder {
    /// Adds a value of a JSON document. An object or array where text was declared is its JSON text.
    pub(crate) fn push_json(&mut self, value: Value<'_>, document: Document<'_>, scratch: &mut String) {
        if value.kind() == NodeKind::Null {
            self.push_null();
            return;
        }
        match self {
            Self::List(list) => {
                if value.kind() == NodeKind::Array {
                    for element in value.children() {
                        list.item().push_json(element, document, scratch);
                    }
                } else {
                    // One that stands alone is a list of one, as in OpenX's SerDe.
                    list.item().push_json(value, document, scratch);
                }
                list.end(true);
            }
            Self::Map(map) => {
                let is_object = value.kind() == NodeKind::Object;
                for (key, member) in value.members().take_while(|_| is_object) {
                    let values = key.string(scratch).and_then(|key| map.entry(key));
                    if let Some(values) = values {
                        values.push_json(member, document, scratch);
                    }
                }
                map.end(is_object);
            }
            Self::Struct(fields) => {
                if !fields.keys.find(value) {
                    fields.push_null();
                    return;
                }
                for (field, slot) in fields.fields.iter_mut().zip(fields.keys.slots()) {
                    match slot {
                        Some(index) => field.push_json(document.value(*index), document, scratch),
                        None => field.push_null(),
                    }
                }
                fields.end();
            }
            leaf => leaf.push_json_leaf(value, scratch),
        }
    }

    fn push_json_leaf(&mut self, value: Value<'_>, scratch: &mut String) {
        match value.kind() {
            NodeKind::Plain | NodeKind::Escaped => {
                if let Some(text) = value.string(scratch) {
                    self.push_text(text);
                }
            }
            NodeKind::Number => self.push_json_number(value.raw()),
            NodeKind::Array | NodeKind::Object => match self {
                Self::Text(builder) => {
                    scratch.clear();
                    value.write_compact(scratch);
                    builder.append_value(scratch);
                }
                other => other.push_null(),
            },
            _ => self.push_text(value.raw()),
        }
    }

    fn push_json_number(&mut self, number: &str) {
        match self {
            Self::Timestamp(builder) => builder.append_option(time::timestamp_of_number(number)),
            Self::TinyInt(_) | Self::SmallInt(_) | Self::Int(_) | Self::BigInt(_) if !self.converts(number) => {
                // `1.0` and `1e3` are whole numbers too, and a fraction is cut off, as in Java.
                let whole = number.parse::<f64>().ok().filter(|number| number.abs() < 9e15);
                match whole {
                    Some(whole) => self.push_text(&(whole as i64).to_string()),
                    None => self.push_null(),
                }
            }
            other => other.push_text(number),
        }
    }
}
