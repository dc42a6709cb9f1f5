//! What of an event fits no column, so that nothing is lost.

use crate::json_text::Value;

/// JSON text of an event's stray members, each under the keys that led to it, written while the event is read.
#[derive(Debug, Default)]
pub(crate) struct OtherFields {
    text: String,
    /// Keys of the objects being read, outermost first.
    path: Vec<&'static str>,
    /// How many objects of the path stand open in the text.
    open: usize,
}

impl OtherFields {
    /// Forgets the last event.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.path.clear();
        self.open = 0;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Goes into the object under `key`.
    pub(crate) fn enter(&mut self, key: &'static str) {
        self.path.push(key);
    }

    /// Comes out of the object entered last.
    pub(crate) fn leave(&mut self) {
        if self.open == self.path.len() && self.open > 0 {
            self.text.push('}');
            self.open -= 1;
        }
        self.path.pop();
    }

    /// Adds the member `key`, spelled as in JSON without its quotes, of the object at hand.
    pub(crate) fn put(&mut self, key: &str, value: Value<'_>) {
        while self.open < self.path.len() {
            let outer = self.path[self.open];
            self.write_key(outer);
            self.text.push('{');
            self.open += 1;
        }
        self.write_key(key);
        value.write_compact(&mut self.text);
    }

    /// The whole text, if anything was put; to be asked for once all objects are left.
    pub(crate) fn finish(&mut self) -> Option<&str> {
        if self.text.is_empty() {
            return None;
        }
        self.text.push('}');
        Some(&self.text)
    }

    fn write_key(&mut self, key: &str) {
        match self.text.as_bytes().last() {
            None => self.text.push('{'),
            Some(b'{') => {}
            Some(_) => self.text.push(','),
        }
        self.text.push('"');
        self.text.push_str(key);
        self.text.push_str("\":");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::OtherFields;
    use crate::json_tape::Tape;
    use crate::json_text::Document;

    #[test]
    fn members_stand_under_their_keys() {
        let mut tape = Tape::default();
        tape.parse(" { } ").unwrap();
        let value = Document::new(&tape, " { } ").value(0);
        let mut other = OtherFields::default();
        assert_eq!(other.finish(), None);
        other.enter("a");
        other.enter("b");
        other.leave();
        other.put("x", value);
        other.enter("c");
        other.put("y", value);
        other.put("z", value);
        other.leave();
        other.leave();
        other.enter("d");
        other.leave();
        other.put("e", value);
        assert_eq!(other.finish(), Some(r#"{"a":{"x":{},"c":{"y":{},"z":{}}},"e":{}}"#));
        other.clear();
        assert!(other.is_empty());
    }
}
