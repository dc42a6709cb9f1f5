//! The XML of AWS's answers, as a tree.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// An element with what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document; `None` when it is no XML.
    pub(super) fn read(document: &str) -> Option<Self> {
        let mut reader = Reader::from_str(document);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => open.push(Self::named(&start)),
                Event::Empty(start) => open.last_mut()?.children.push(Self::named(&start)),
                Event::Text(text) => open.last_mut()?.text += &text.decode().ok()?,
                Event::GeneralRef(reference) => open.last_mut()?.text += &resolved(&reference)?,
                Event::End(_) => {
                    let closed = open.pop()?;
                    open.last_mut()?.children.push(closed);
                }
                Event::Eof => return open.pop()?.children.pop(),
                _ => {}
            }
        }
    }

    fn named(start: &BytesStart) -> Self {
        Self {
            name: String::from_utf8_lossy(start.local_name().as_ref()).into_owned(),
            ..Self::default()
        }
    }

    /// The children of this name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element at this path, such as `Error/Code`.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        let mut found = self;
        for name in path.split('/') {
            found = found.children.iter().find(|child| child.name == name)?;
        }
        Some(found)
    }

    /// The text at this path; empty where nothing is.
    pub(super) fn text_at(&self, path: &str) -> &str {
        self.at(path).map_or("", |found| found.text.trim())
    }

    /// The element's own text.
    pub(super) fn text(&self) -> &str {
        self.text.trim()
    }
}

fn resolved(reference: &BytesRef) -> Option<String> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character.to_string());
    }
    let name = reference.decode().ok()?;
    resolve_predefined_entity(&name).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_trees() {
        let read = Element::read("<?xml version='1.0'?><a xmlns='x'><b><c>1 &amp; &#50;</c><c/></b><b/></a>").unwrap();
        assert_eq!(read.text_at("b/c"), "1 & 2");
        assert_eq!(read.all("b").count(), 2);
        assert_eq!(read.text_at("b/d"), "");
        assert_eq!(Element::read("<a><b></a>"), None);
        assert_eq!(Element::read("no"), None);
    }
}
