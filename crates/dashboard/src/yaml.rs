//! YAML as a tree.
//!
//! Anchors, aliases and tags are refused: a dashboard needs none, and a few lines of them can stand for gigabytes.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::mistake::{Mistake, Place};
use crate::node::{DEEPEST, Entry, Node, Tree, Value};

/// Reads one YAML document.
pub(crate) fn read(text: &str) -> Tree {
    let mut builder = Builder::default();
    // Its events come one by one, so that no depth of a document is one of our stack.
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => {
                let place = place(error.marker().line(), error.marker().col());
                builder.mistake(place, format!("this is not YAML: {}", error.info()));
                break;
            }
        }
    }
    (builder.root, builder.mistakes)
}

/// A line is counted from 1, a column from 0.
fn place(line: usize, column: usize) -> Place {
    Place {
        line: line.max(1),
        column: column + 1,
    }
}

/// A list or map that is not at its end.
enum Open {
    List(Place, Vec<Node>),
    /// With the key whose value comes next.
    Map(Place, Vec<Entry>, Option<Key>),
}

/// A key; without a name where it is none.
struct Key {
    name: Option<String>,
    place: Place,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    /// Lists and maps that are open in one that is left out.
    skipped: usize,
    root: Option<Node>,
    documents: usize,
    mistakes: Vec<Mistake>,
}

impl Builder {
    fn mistake(&mut self, place: Place, message: impl Into<String>) {
        self.mistakes.push(Mistake {
            place,
            message: message.into(),
        });
    }

    fn take(&mut self, event: Event<'_>, span: Span) {
        let place = place(span.start.line(), span.start.col());
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents == 2 {
                    self.mistake(place, "a second document begins here; a file holds one dashboard");
                }
            }
            Event::Alias(_) => {
                self.mistake(place, "aliases (`*name`) are not read; write what is meant");
                self.add(place, Value::Bad);
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse(place, anchor, tag.is_some());
                if self.awaits_key() {
                    self.key(place, Some(text.into_owned()));
                } else {
                    let is_plain = matches!(style, ScalarStyle::Plain);
                    let value = if is_plain { plain(&text) } else { None };
                    self.add(place, value.unwrap_or_else(|| Value::Text(text.into_owned())));
                }
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse(place, anchor, tag.is_some());
                self.begin(place, Open::List(place, Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse(place, anchor, tag.is_some());
                self.begin(place, Open::Map(place, Vec::new(), None));
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }

    fn refuse(&mut self, place: Place, anchor: usize, is_tagged: bool) {
        if anchor > 0 {
            self.mistake(place, "anchors (`&name`) are not read; take it out");
        }
        if is_tagged {
            self.mistake(place, "tags (`!name`) are not read; take it out");
        }
    }

    /// Whether what comes next is a key.
    fn awaits_key(&self) -> bool {
        self.skipped == 0 && matches!(self.open.last(), Some(Open::Map(_, _, None)))
    }

    fn key(&mut self, place: Place, name: Option<String>) {
        if let Some(Open::Map(_, _, key)) = self.open.last_mut() {
            *key = Some(Key { name, place });
        }
    }

    fn begin(&mut self, place: Place, open: Open) {
        if self.skipped > 0 {
            self.skipped += 1;
        } else if self.awaits_key() {
            self.mistake(place, "a key is a word, not a list or a map");
            self.key(place, None);
            self.skipped = 1;
        } else if self.open.len() == DEEPEST {
            self.mistake(place, "nothing of a dashboard lies so deep");
            self.add(place, Value::Bad);
            self.skipped = 1;
        } else {
            self.open.push(open);
        }
    }

    fn end(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            return;
        }
        match self.open.pop() {
            Some(Open::List(place, nodes)) => self.add(place, Value::List(nodes)),
            Some(Open::Map(place, entries, _)) => self.add(place, Value::Map(entries)),
            None => {}
        }
    }

    /// Puts a value where it belongs.
    fn add(&mut self, place: Place, value: Value) {
        if self.skipped > 0 {
            return;
        }
        if self.awaits_key() {
            return self.key(place, None);
        }
        let node = Node { place, value };
        match self.open.last_mut() {
            Some(Open::List(_, nodes)) => nodes.push(node),
            Some(Open::Map(_, entries, key)) => {
                if let Some(Key {
                    name: Some(name),
                    place,
                }) = key.take()
                {
                    entries.push(Entry { key: name, place, node });
                }
            }
            None if self.documents < 2 => self.root = Some(node),
            None => {}
        }
    }
}

/// What a word without quotes is in YAML 1.2, where it is no text.
fn plain(word: &str) -> Option<Value> {
    match word {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => return Some(Value::Boolean),
        _ => {}
    }
    let digits = word.strip_prefix(['-', '+']).unwrap_or(word);
    let begins_number = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if !begins_number {
        return None;
    }
    if let Ok(integer) = word.parse() {
        return Some(Value::Integer(integer));
    }
    let is_special = matches!(digits, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN");
    let is_based = ["0x", "0o"].iter().any(|prefix| digits.starts_with(prefix));
    (is_special || is_based || word.parse::<f64>().is_ok()).then_some(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        read(text).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn parts_know_their_places() {
        let (root, mistakes) = read("a: 1\nb:\n  - x\n  - {c: \"2\"}\n");
        assert_eq!(mistakes, []);
        let Value::Map(entries) = root.unwrap().value else {
            panic!("a map");
        };
        let at = |line, column| Place { line, column };
        assert_eq!((entries[0].key.as_str(), entries[0].place), ("a", at(1, 1)));
        assert_eq!(entries[0].node.value, Value::Integer(1));
        let Value::List(list) = &entries[1].node.value else {
            panic!("a list");
        };
        assert_eq!(list[0].place, at(3, 5));
        let Value::Map(inner) = &list[1].value else {
            panic!("a map");
        };
        assert_eq!(inner[0].node.place, at(4, 9));
        assert_eq!(inner[0].node.value, Value::Text("2".into()));
    }

    #[test]
    fn words_without_quotes_are_what_yaml_says() {
        for (word, value) in [
            ("~", Some(Value::Null)),
            ("True", Some(Value::Boolean)),
            ("-12", Some(Value::Integer(-12))),
            ("1.5e3", Some(Value::Number)),
            ("0x1f", Some(Value::Number)),
            (".inf", Some(Value::Number)),
            ("99999999999999999999", Some(Value::Number)),
            ("yes", None),
            ("24h", None),
            ("infinity", None),
            ("-", None),
        ] {
            assert_eq!(plain(word), value, "{word}");
        }
    }

    #[test]
    fn what_is_not_read_is_named() {
        insta::assert_snapshot!(
            mistakes("a: &x [1]\nb: *x\nc: !!str 5\n? [k]\n: 1\n---\nd: 1\n").join("\n"),
            @r"
            1:4: anchors (`&name`) are not read; take it out
            2:4: aliases (`*name`) are not read; write what is meant
            3:4: tags (`!name`) are not read; take it out
            4:3: a key is a word, not a list or a map
            6:1: a second document begins here; a file holds one dashboard
            "
        );
        insta::assert_snapshot!(mistakes("a: [[[[[[[[[[1]]]]]]]]]]").join("\n"), @"1:11: nothing of a dashboard lies so deep");
        insta::assert_snapshot!(mistakes("a: [1,\nb: 2\n").join("\n"), @"2:1: this is not YAML: invalid indentation in flow construct");
    }

    #[test]
    fn a_bomb_of_aliases_is_two_mistakes_a_line() {
        let line = |n: usize| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(","));
        let bomb: Vec<String> = (1..9).map(line).collect();
        let all = mistakes(&format!("a0: &a0 x\n{}", bomb.concat()));
        assert_eq!(all.len(), 9 + 8 * 9);
    }

    #[test]
    fn depth_costs_nothing() {
        for part in ["[", "{a: ", "- ", "? "] {
            let (_, mistakes) = read(&part.repeat(20_000));
            assert!(!mistakes.is_empty(), "{part}");
        }
    }
}
