//! The columns of JSON: an object a line, or those of an array `Records`, or documents one after another.

use std::io::Cursor;

use flowtrail_decode::json::{Document, NodeKind, Tape, Value, ValueReader};

use super::content::whole_lines;
use super::shape::{Named, Shape, merge_named};

/// The key of the array that CloudTrail's documents hold their events in.
const RECORDS: &str = "Records";

/// Keys that all events of CloudTrail have.
const CLOUDTRAIL_KEYS: &[&str] = &["eventversion", "eventsource", "eventname", "eventtime"];

/// Values nested deeper than this are kept as their text.
const DEEPEST: usize = 12;

/// Objects of JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Json {
    pub(super) columns: Vec<Named>,
    /// Whether they are elements of `Records`, or documents over several lines.
    pub(super) is_in_records: bool,
    /// Lines that are no object.
    pub(super) bad_lines: usize,
}

impl Json {
    /// Of a text that begins with an object and may be cut off.
    pub(super) fn of(text: &str, is_cut: bool) -> Result<Self, String> {
        let mut tape = Tape::default();
        let first = text
            .lines()
            .find(|line| !line.trim_ascii().is_empty())
            .unwrap_or_default();
        let is_object = tape.parse(first).is_ok() && Document::new(&tape, first).value(0).kind() == NodeKind::Object;
        let has_records = || {
            let mut members = Document::new(&tape, first).value(0).members();
            members.any(|(key, value)| key.quoted() == RECORDS && value.kind() == NodeKind::Array)
        };
        if is_object && !has_records() {
            return Self::of_lines(whole_lines(text, is_cut));
        }
        let records = Self::of_records(text);
        if records.columns.is_empty() && !is_object {
            return Err("it begins as JSON, and no object of it can be read".to_owned());
        }
        Ok(records)
    }

    /// Whether these are events of CloudTrail.
    pub(super) fn is_cloudtrail(&self) -> bool {
        let has = |key: &&str| self.columns.iter().any(|(name, _)| name == key);
        CLOUDTRAIL_KEYS.iter().all(has)
    }

    fn of_lines(text: &str) -> Result<Self, String> {
        let mut json = Self {
            columns: Vec::new(),
            is_in_records: false,
            bad_lines: 0,
        };
        let mut tape = Tape::default();
        let mut objects = 0;
        for line in text.lines().filter(|line| !line.trim_ascii().is_empty()) {
            let is_object = json.add(&mut tape, line);
            objects += usize::from(is_object);
            json.bad_lines += usize::from(!is_object);
        }
        if json.bad_lines > objects {
            return Err(format!(
                "of its first lines {objects} are JSON objects and {} are not",
                json.bad_lines
            ));
        }
        Ok(json)
    }

    fn of_records(text: &str) -> Self {
        let mut json = Self {
            columns: Vec::new(),
            is_in_records: true,
            bad_lines: 0,
        };
        let mut tape = Tape::default();
        let mut values = ValueReader::new(Box::new(Cursor::new(text.as_bytes().to_vec())), &[RECORDS]);
        // Where the text is cut off there is an error, and nothing more to see.
        while let Ok(Some(value)) = values.next_value() {
            json.add(&mut tape, &String::from_utf8_lossy(value.bytes));
        }
        json
    }

    /// Adds the columns of an object; false for what is none.
    fn add(&mut self, tape: &mut Tape, text: &str) -> bool {
        if tape.parse(text).is_err() {
            return false;
        }
        let root = Document::new(tape, text).value(0);
        if root.kind() != NodeKind::Object {
            return false;
        }
        merge_named(&mut self.columns, fields_of(root, 0));
        true
    }
}

fn fields_of(object: Value<'_>, depth: usize) -> Vec<Named> {
    let mut fields = Vec::new();
    let mut scratch = String::new();
    for (key, value) in object.members() {
        let name = key.string(&mut scratch).unwrap_or_default().to_lowercase();
        if name.is_empty() {
            continue;
        }
        match fields.iter_mut().find(|(known, _): &&mut Named| *known == name) {
            Some((_, known)) => *known = std::mem::replace(known, Shape::Unknown).merged(shape_of(value, depth + 1)),
            None => fields.push((name, shape_of(value, depth + 1))),
        }
    }
    fields
}

fn shape_of(value: Value<'_>, depth: usize) -> Shape {
    match value.kind() {
        NodeKind::Null => Shape::Unknown,
        NodeKind::True => Shape::of_text("true"),
        NodeKind::False => Shape::of_text("false"),
        NodeKind::Number => Shape::of_json_number(value.raw()),
        NodeKind::Plain | NodeKind::Escaped => string(value),
        NodeKind::Array | NodeKind::Object if depth > DEEPEST => Shape::Plain(flowtrail_catalog::ColumnType::Text),
        NodeKind::Array => {
            let items = value.children().map(|item| shape_of(item, depth + 1));
            Shape::List(Box::new(items.fold(Shape::Unknown, Shape::merged)))
        }
        NodeKind::Object => Shape::Record(fields_of(value, depth)),
    }
}

/// A string is a time where it is one, and text otherwise: a number in quotes was put there as text.
fn string(value: Value<'_>) -> Shape {
    use flowtrail_catalog::ColumnType::{Date, Text, Timestamp};
    match Shape::of_text(value.quoted()) {
        time @ Shape::Plain(Date | Timestamp) => time,
        _ => Shape::Plain(Text),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn columns(text: &str, is_cut: bool) -> String {
        let json = Json::of(text, is_cut).unwrap();
        let column = |(name, shape): Named| format!("{name} {}", shape.into_type());
        let shown: Vec<String> = json.columns.into_iter().map(column).collect();
        let place = if json.is_in_records { "records: " } else { "" };
        format!("{place}{} ({} bad)", shown.join(", "), json.bad_lines)
    }

    #[test]
    fn objects_have_columns() {
        for (text, expected) in [
            ("{\"A\":1,\"b\":\"x\"}\n", "a bigint, b string (0 bad)"),
            ("{\"a\":1}\n\n{\"a\":1.5,\"c\":null}\n", "a double, c string (0 bad)"),
            (
                "{\"n\":\"12\",\"t\":\"2026-11-21T10:00:00Z\"}",
                "n string, t timestamp (0 bad)",
            ),
            (
                "{\"u\":{\"id\":1,\"Tags\":[\"x\"]},\"e\":{},\"l\":[]}",
                "u struct<id:bigint,tags:array<string>>, e string, l array<string> (0 bad)",
            ),
            ("{\"a\":1}\nnonsense\n", "a bigint (1 bad)"),
            (
                "{\"Records\":[{\"x\":1},{\"y\":true}]}",
                "records: x bigint, y boolean (0 bad)",
            ),
            ("{\n \"Records\": [\n{\"x\":1}\n]\n}", "records: x bigint (0 bad)"),
            ("{\"a\":1,\"A\":\"x\"}", "a string (0 bad)"),
            // Documents over several lines, and arrays of them, are read as records are.
            (
                "{\n \"x\": 1\n}\n{\n \"y\": 1\n}",
                "records: x bigint, y bigint (0 bad)",
            ),
            ("[{\"x\":1},\n{\"y\":1}]", "records: x bigint, y bigint (0 bad)"),
        ] {
            assert_eq!(columns(text, false), expected, "{text}");
        }
    }

    #[test]
    fn what_is_cut_off_is_left_out() {
        assert_eq!(columns("{\"a\":1}\n{\"b\":", true), "a bigint (0 bad)");
        assert_eq!(
            columns("{\"Records\":[{\"x\":1},{\"y\":", true),
            "records: x bigint (0 bad)"
        );
    }

    #[test]
    fn what_is_no_json_is_no_table() {
        assert!(Json::of("{\n a 1", false).unwrap_err().contains("no object"));
        assert!(
            Json::of("{\"a\":1}\nx\ny\n", false)
                .unwrap_err()
                .contains("1 are JSON objects and 2 are not")
        );
    }
}
