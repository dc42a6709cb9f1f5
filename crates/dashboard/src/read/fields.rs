//! Reading the parts of a tree, and noting what is wrong with each.

use std::collections::HashMap;

use crate::choice::Choice;
use crate::mistake::{Mistake, Place};
use crate::node::{Node, Value};

use super::quoted;

/// The least likeness of a name that is offered in place of an unknown one.
const LEAST_LIKENESS: f64 = 0.75;

/// What reads a tree.
pub struct Reader {
    /// What was wrong so far.
    pub mistakes: Vec<Mistake>,
}

/// The values of a map, by their keys.
pub struct Fields<'n> {
    place: Place,
    /// What has them: `a tile`.
    of: String,
    found: HashMap<&'n str, &'n Node>,
}

impl Reader {
    pub fn mistake(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake {
            place,
            message: message.into(),
        });
    }

    /// Notes that a value is not what it should be.
    pub fn wrong<T>(&mut self, node: &Node, key: &str, expected: &str) -> Option<T> {
        if node.value != Value::Bad {
            let found = node.value.noun();
            let hint = match node.value {
                Value::Boolean | Value::Integer(_) | Value::Number if expected.starts_with("a text") => {
                    "; put it in quotes"
                }
                _ => "",
            };
            self.mistake(node.place, format!("{key} is {expected}, not {found}{hint}"));
        }
        None
    }

    /// The values of a map that may have the keys `known`.
    pub fn fields<'n>(&mut self, node: &'n Node, of: &str, known: &[&str]) -> Option<Fields<'n>> {
        let Value::Map(entries) = &node.value else {
            let expected = format!("keys with values ({})", known.join(", "));
            return self.wrong(node, of, &expected);
        };
        let mut found: HashMap<&str, &Node> = HashMap::new();
        let mut places: HashMap<&str, Place> = HashMap::new();
        for entry in entries {
            let key = entry.key.as_str();
            if let Some(first) = places.insert(key, entry.place) {
                self.mistake(
                    entry.place,
                    format!("the key {} is in line {} already", quoted(key), first.line),
                );
            } else if known.contains(&key) {
                found.insert(key, &entry.node);
            } else {
                let instead = match nearest(key, known) {
                    Some(near) => format!("; did you mean `{near}`?"),
                    None => format!("; there are {}", known.join(", ")),
                };
                self.mistake(entry.place, format!("{of} has no key {}{instead}", quoted(key)));
            }
        }
        Some(Fields {
            place: node.place,
            of: of.to_owned(),
            found,
        })
    }

    /// What `read` makes of a value that must be there.
    pub fn required<T>(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node, &str) -> Option<T>,
    ) -> Option<T> {
        match fields.found.get(key) {
            Some(node) if node.value == Value::Null => {
                self.mistake(node.place, format!("{key} has no value"));
                None
            }
            Some(node) => read(self, node, key),
            None => {
                self.mistake(fields.place, format!("{} lacks `{key}`", fields.of));
                None
            }
        }
    }

    /// What `read` makes of a value that may be there.
    pub fn optional<T>(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        read: impl FnOnce(&mut Self, &Node, &str) -> Option<T>,
    ) -> Option<T> {
        let node = fields.found.get(key).filter(|node| node.value != Value::Null)?;
        read(self, node, key)
    }

    pub fn list<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(nodes) => Some(nodes),
            _ => self.wrong(node, key, "a list"),
        }
    }

    pub fn text<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n str> {
        match &node.value {
            Value::Text(text) => Some(text),
            _ => self.wrong(node, key, "a text"),
        }
    }

    /// A text that is neither blank nor longer than so many characters.
    pub fn short(&mut self, node: &Node, key: &str, longest: usize) -> Option<String> {
        let text = self.text(node, key)?;
        let length = text.chars().count();
        if text.trim().is_empty() {
            self.mistake(node.place, format!("{key} is empty"));
        } else if length > longest {
            let message = format!("{key} has {length} characters; {longest} are taken at most");
            self.mistake(node.place, message);
        } else {
            return Some(text.to_owned());
        }
        None
    }

    /// A whole number in bounds.
    pub fn integer(&mut self, node: &Node, key: &str, least: i64, most: i64) -> Option<u32> {
        let expected = || format!("a whole number from {least} to {most}");
        match node.value {
            Value::Integer(number) if (least..=most).contains(&number) => u32::try_from(number).ok(),
            Value::Integer(number) => {
                self.mistake(node.place, format!("{key} is {}, not {number}", expected()));
                None
            }
            Value::Number => {
                self.mistake(node.place, format!("{key} is {}", expected()));
                None
            }
            _ => self.wrong(node, key, &expected()),
        }
    }

    /// One of a few words.
    pub fn choice<T: Choice>(&mut self, node: &Node, key: &str) -> Option<T> {
        let word = self.text(node, key)?;
        let found = T::ALL.iter().find(|value| value.name() == word);
        if found.is_none() {
            let names: Vec<_> = T::ALL.iter().map(|value| value.name()).collect();
            let near = match nearest(word, &names) {
                Some(near) => format!("; did you mean `{near}`?"),
                None => String::new(),
            };
            let message = format!("{key} is one of {}, not {}{near}", names.join(", "), quoted(word));
            self.mistake(node.place, message);
        }
        found.copied()
    }
}

/// The known name that was probably meant.
fn nearest<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    // Whatever is longer is none of ours.
    if name.len() > 64 {
        return None;
    }
    let name = name.to_lowercase();
    let likeness = |known: &&'k str| strsim::jaro_winkler(&name, known);
    known
        .iter()
        .map(|known| (likeness(known), *known))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}
