//! Values of delimited text, with lists, maps and structs inside, as Hive's `LazySimpleSerDe` writes them.

use super::ColumnBuilder;

/// What stands between values. Each level of nesting has a delimiter of its own: fields of a row, items of a
/// collection, keys and values, and then those of the levels beneath.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delimiters {
    /// By level; the first stands between the fields of a row.
    pub(crate) levels: Vec<u8>,
    /// Takes a delimiter behind it its meaning.
    pub(crate) escape: Option<u8>,
    /// What NULL is written as.
    pub(crate) null: String,
}

impl Delimiters {
    /// The parts of `text` between the delimiters of a level. Delimiters are ASCII, so parts are text again.
    pub(crate) fn split<'a>(&self, text: &'a str, level: usize) -> Parts<'a> {
        Parts {
            rest: Some(text),
            delimiter: self.level(level),
            escape: self.escape,
        }
    }

    fn level(&self, level: usize) -> Option<u8> {
        self.levels.get(level).copied()
    }

    /// `text` with its escapes resolved into `scratch`, if it has any.
    fn unescape<'a>(&self, text: &'a str, scratch: &'a mut String) -> &'a str {
        let Some(escape) = self.escape.map(char::from).filter(|escape| text.contains(*escape)) else {
            return text;
        };
        scratch.clear();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            if character != escape {
                scratch.push(character);
                continue;
            }
            match characters.next() {
                Some('n') => scratch.push('\n'),
                Some('r') => scratch.push('\r'),
                Some('t') => scratch.push('\t'),
                Some(other) => scratch.push(other),
                None => scratch.push(escape),
            }
        }
        scratch
    }
}

/// See [`Delimiters::split`].
pub(crate) struct Parts<'a> {
    rest: Option<&'a str>,
    delimiter: Option<u8>,
    escape: Option<u8>,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.take()?;
        let Some(delimiter) = self.delimiter else {
            return Some(rest);
        };
        let bytes = rest.as_bytes();
        let end = match self.escape {
            None => memchr::memchr(delimiter, bytes),
            Some(escape) => {
                let mut at = 0;
                loop {
                    match memchr::memchr2(delimiter, escape, bytes.get(at..).unwrap_or_default()) {
                        None => break None,
                        Some(found) if bytes[at + found] == delimiter => break Some(at + found),
                        Some(found) => at += found + 2,
                    }
                }
            }
        };
        let Some(end) = end else {
            return Some(rest);
        };
        self.rest = Some(&rest[end + 1..]);
        Some(&rest[..end])
    }
}

impl ColumnBuilder {
    /// Adds a value of delimited text whose parts, if it has any, are delimited by those of `level`.
    pub(crate) fn push_delimited(&mut self, text: &str, level: usize, delimiters: &Delimiters, scratch: &mut String) {
        if text == delimiters.null {
            self.push_null();
            return;
        }
        match self {
            Self::List(list) => {
                if !text.is_empty() {
                    for item in delimiters.split(text, level) {
                        list.item().push_delimited(item, level + 1, delimiters, scratch);
                    }
                }
                list.end(true);
            }
            Self::Map(map) => {
                for entry in delimiters.split(text, level).filter(|entry| !entry.is_empty()) {
                    let mut parts = delimiters.split(entry, level + 1);
                    let key = parts.next().unwrap_or_default();
                    // A value may hold the delimiter itself.
                    let value = entry.get(key.len() + 1..);
                    let Some(values) = map.entry(delimiters.unescape(key, scratch)) else {
                        continue;
                    };
                    match value {
                        Some(value) => values.push_delimited(value, level + 2, delimiters, scratch),
                        None => values.push_null(),
                    }
                }
                map.end(true);
            }
            Self::Struct(fields) => {
                let mut parts = delimiters.split(text, level);
                for field in &mut fields.fields {
                    match parts.next() {
                        Some(part) => field.push_delimited(part, level + 1, delimiters, scratch),
                        None => field.push_null(),
                    }
                }
                fields.end();
            }
            leaf => leaf.push_text(delimiters.unescape(text, scratch)),
        }
    }
}
