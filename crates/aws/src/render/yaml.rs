//! A document as YAML, in blocks.

use crate::document::Document;

/// Words that YAML takes for something else than text.
const NO_TEXT: &[&str] = &["true", "false", "yes", "no", "on", "off", "y", "n", "null"];

/// The members of an object, `indent` spaces in, a line each or more.
pub(super) fn members(members: &[(String, Document)], indent: usize) -> String {
    let mut text = String::new();
    for (name, value) in members {
        text += &format!("{:indent$}{}:{}", "", scalar(name), value_of(value, indent));
    }
    text
}

/// What stands behind a name's colon, with its line end.
fn value_of(value: &Document, indent: usize) -> String {
    match value {
        Document::Object(inner) if inner.is_empty() => " {}\n".to_owned(),
        Document::Object(inner) => format!("\n{}", members(inner, indent + 2)),
        Document::List(items) if items.is_empty() => " []\n".to_owned(),
        Document::List(items) => {
            let items: String = items.iter().map(|item| list_item(item, indent + 2)).collect();
            format!("\n{items}")
        }
        Document::Text(text) => format!(" {}\n", scalar(text)),
        Document::Truth(truth) => format!(" {truth}\n"),
        Document::Number(number) => format!(" {number}\n"),
    }
}

fn list_item(item: &Document, indent: usize) -> String {
    let written = match item {
        Document::Object(inner) if !inner.is_empty() => members(inner, indent + 2),
        // No list is in a list here; in brackets it is YAML as well.
        Document::List(_) | Document::Object(_) => format!("{}\n", item.line()),
        _ => value_of(item, indent),
    };
    format!("{:indent$}- {}", "", written.trim_start())
}

/// A text as it is, where that cannot be anything else, and otherwise as JSON, which YAML reads.
fn scalar(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c))
        && !NO_TEXT.contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        text.to_owned()
    } else {
        Document::from(text).line()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{object, texts};

    #[test]
    fn blocks_are_indented_and_odd_texts_quoted() {
        let document = object([
            ("Plain", "s3".into()),
            ("Odd", "a: \"b\" # c".into()),
            ("Version", "2012-10-17".into()),
            ("Truth", true.into()),
            ("NoTruth", "yes".into()),
            ("List", texts(&["a", "*"])),
            (
                "Objects",
                vec![object([("A", 1.into()), ("B", object([("Ref", "C".into())]))])].into(),
            ),
            ("Empty", object([])),
        ]);
        let Document::Object(inner) = document else {
            unreachable!()
        };
        insta::assert_snapshot!(members(&inner, 0), @r##"
        Plain: s3
        Odd: "a: \"b\" # c"
        Version: "2012-10-17"
        Truth: true
        NoTruth: "yes"
        List:
          - a
          - "*"
        Objects:
          - A: 1
            B:
              Ref: C
        Empty: {}
        "##);
    }
}
