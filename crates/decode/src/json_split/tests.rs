#![allow(clippy::unwrap_used)]

use std::io::{self, Cursor, Read};

use super::*;
use proptest::prelude::*;

/// Gives its bytes a few at a time, so that values end and begin anywhere in a read.
struct Dribble {
    bytes: Vec<u8>,
    at: usize,
    step: usize,
}

impl Read for Dribble {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.step.min(buffer.len()).min(self.bytes.len() - self.at);
        buffer[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn read_all(mut reader: ValueReader) -> (Vec<String>, Option<String>) {
    let mut values = Vec::new();
    loop {
        match reader.next_value() {
            Ok(Some(value)) => {
                assert_eq!(value.number, values.len() as u64 + 1);
                values.push(String::from_utf8_lossy(value.bytes).into_owned());
            }
            Ok(None) => return (values, None),
            Err(error) => return (values, Some(error.to_string())),
        }
    }
}

/// The values of `text` and the error it ends with, the same however the bytes arrive.
fn split(text: &str) -> (Vec<String>, Option<String>) {
    let whole = read_all(ValueReader::new(
        Box::new(Cursor::new(text.to_owned())),
        &["Records", "Events"],
    ));
    for step in [1, 2, 7] {
        let dribble = Dribble {
            bytes: text.as_bytes().to_vec(),
            at: 0,
            step,
        };
        assert_eq!(
            read_all(ValueReader::new(Box::new(dribble), &["Records", "Events"])),
            whole,
            "by {step}"
        );
    }
    whole
}

#[track_caller]
fn assert_values(text: &str, expected: &[&str]) {
    let (values, error) = split(text);
    assert_eq!(
        (values.iter().map(String::as_str).collect::<Vec<_>>(), error),
        (expected.to_vec(), None)
    );
}

#[track_caller]
fn assert_ends(text: &str, values_before: usize, expected: &str) {
    let (values, error) = split(text);
    assert_eq!(
        (values.len(), error.as_deref()),
        (values_before, Some(expected)),
        "{values:?}"
    );
}

#[test]
fn elements_of_an_envelope_are_values() {
    assert_values(
        r#"{"Records":[{"a":[1,2]},{"b":"]}"}]}"#,
        &[r#"{"a":[1,2]}"#, r#"{"b":"]}"}"#],
    );
    assert_values(
        "{ \"x\" : {\"Records\":[0]},\n \"Records\" : [ 1 , 2 ] , \"y\" : [3] }\n",
        &["1", "2"],
    );
    assert_values("\u{feff}{\"Events\":[1]}", &["1"]);
    assert_values(r#"{"Records":[]}"#, &[]);
    assert_values(r#"{"Records":[ ] }"#, &[]);
    assert_values(r#"{"a":"\"Records\":[","Records":[1]}"#, &["1"]);
}

#[test]
fn documents_may_stand_one_behind_another() {
    assert_values(r#"{"Records":[1]}{"Records":[2]} [3,4]"#, &["1", "2", "3", "4"]);
    assert_values("{\"Records\":[1]}\n{\"Records\":[2]}\n", &["1", "2"]);
    assert_values(r#"{"a":1}{"a":2}"#, &[r#"{"a":1}"#, r#"{"a":2}"#]);
    assert_values(
        "{\n \"a\": [\n {\n} ]\n}\n{\n \"b\": 2\n}",
        &["{\n \"a\": [\n {\n} ]\n}", "{\n \"b\": 2\n}"],
    );
}

#[test]
fn arrays_give_their_elements() {
    assert_values("[{\"a\":1},\n{\"b\":2}\n]\n", &[r#"{"a":1}"#, r#"{"b":2}"#]);
    assert_values(r#"[1,"a,b",null,[2,3]]"#, &["1", r#""a,b""#, "null", "[2,3]"]);
    assert_values("[]", &[]);
    assert_values("[1,]", &["1", ""]);
    assert_values("[,1]", &["", "1"]);
}

#[test]
fn a_broken_element_costs_only_itself() {
    assert_values(
        r#"[{"a":1} x,{"b":2}},{"c" 3},4]"#,
        &[r#"{"a":1} x"#, r#"{"b":2}}"#, r#"{"c" 3}"#, "4"],
    );
}

#[test]
fn a_broken_line_costs_only_itself() {
    let good = r#"{"a":"b"}"#;
    assert_values(
        "{\"a\":\"b\"}\n{\"a\":\"b\n{\"a\":\"b\"}\n",
        &[good, "{\"a\":\"b", good],
    );
    assert_values(
        "{\"a\":\"b\"}\r\n{\"a\":{\r\n{\"a\":\"b\"}\r\n",
        &[good, "{\"a\":{", good],
    );
    assert_values("{\"a\":\"b\\\n{\"a\":\"b\"}", &["{\"a\":\"b\\", good]);
    assert_values("{\"a\":1\n{\"a\":\"b\"}\n", &["{\"a\":1", good]);
    assert_values("{\"a\":\"b\"}\nnot JSON\n\n{\"a\":\"b\"}", &[good, "not JSON", good]);
    assert_values("{\"a\":\"b\"} x\n{\"a\":\"b\"}\n{\"a\":", &[good, "x", good, "{\"a\":"]);
}

#[test]
fn damage_to_a_document_is_an_error() {
    assert!(matches!(
        ValueReader::new(Box::new(io::empty()), &[]).next_value(),
        Err(DecodeError::Empty)
    ));
    assert_ends(" \n ", 0, "the object is empty");
    let middle = "the document ends in the middle of this event; fetch the object again";
    assert_ends(r#"{"Records":[{"a":1},{"a""#, 1, &format!("event 2: {middle}"));
    assert_ends(r#"[{"a":1},{"a":2}"#, 1, &format!("event 2: {middle}"));
    assert_ends(r#"{"eventVersion":"1.0"#, 0, &format!("event 1: {middle}"));
    assert_ends(
        r#"{"Records":[{"a":1},"#,
        1,
        "event 2: the document ends before this event and before its closing `]`; fetch the object again",
    );
    assert_ends(
        r#"{"Records":[1]"#,
        1,
        "event 2: the document ends before its closing `}`; fetch the object again",
    );
    assert_ends(
        r#"{"Records":"#,
        0,
        "event 1: the document ends here; fetch the object again",
    );
    assert_ends(
        r#"{"Records": 5}"#,
        0,
        "event 1: `Records` is a number, an array of events was expected",
    );
    assert_ends(
        r#"{"Records":{}}"#,
        0,
        "event 1: `Records` is an object, an array of events was expected",
    );
    assert_ends(
        r#"{"Records":null}"#,
        0,
        "event 1: `Records` is null, an array of events was expected",
    );
    assert_ends(
        "{\"Records\":[1]} garbage",
        1,
        "event 2: text follows the end of the document: `garbage`; remove it or fetch the object again",
    );
}

#[test]
fn a_value_too_long_is_skipped_and_its_beginning_kept() {
    let long = format!("{{\"long\":\"{}\"}}", "x".repeat(MAX_VALUE_BYTES + (1 << 20)));
    for text in [
        format!("[1,{long},2]"),
        format!("{{\"a\":1}}\n{long}\n{{}}"),
        format!("{{\"a\":1}}{long}{{}}"),
    ] {
        let mut reader = ValueReader::new(Box::new(Cursor::new(text)), &["Records"]);
        assert!(!reader.next_value().unwrap().unwrap().is_too_long);
        let value = reader.next_value().unwrap().unwrap();
        assert_eq!((value.number, value.is_too_long), (2, true));
        assert_eq!(value.bytes, &long.as_bytes()[..RECORD_EXCERPT_BYTES]);
        assert!(!reader.next_value().unwrap().unwrap().is_too_long);
        assert_eq!(reader.next_value().unwrap(), None);
    }
}

#[test]
fn an_envelope_is_found_behind_a_long_member() {
    let text = format!("{{\"a\":\"{}\",\"Records\":[1]}}", "x".repeat(MAX_VALUE_BYTES * 2));
    let mut reader = ValueReader::new(Box::new(Cursor::new(text)), &["Records"]);
    assert_eq!(
        reader.next_value().unwrap(),
        Some(SplitValue {
            number: 1,
            bytes: b"1",
            is_too_long: false
        })
    );
    assert_eq!(reader.next_value().unwrap(), None);
}

/// An endless stream cut at a length: a beginning, then a piece over and over.
struct Repeated {
    piece: Vec<u8>,
    at: usize,
    left: usize,
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.left).min(self.piece.len() - self.at);
        buffer[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at = (self.at + count) % self.piece.len();
        self.left -= count;
        Ok(count)
    }
}

#[test]
fn memory_is_bounded_whatever_the_stream() {
    let event = format!("{{\"a\":\"{}\"}},", "x".repeat(1000));
    let times = 300_000;
    let repeated = Repeated {
        left: event.len() * times,
        piece: event.into_bytes(),
        at: 0,
    };
    let stream = Cursor::new("{\"Records\":[").chain(repeated).chain(Cursor::new("1]}"));
    let mut reader = ValueReader::new(Box::new(stream), &["Records"]);
    let mut values = 0;
    while reader.next_value().unwrap().is_some() {
        values += 1;
    }
    assert_eq!(values, times + 1);
    assert!(reader.held_bytes() < 1 << 20, "{}", reader.held_bytes());
}

#[test]
fn memory_is_bounded_for_one_endless_value() {
    for (beginning, piece) in [
        ("[", "["),
        ("[{\"a\":\"", "x"),
        ("{\"", "k"),
        ("{\"a\":[", "1,"),
        ("", " "),
        ("x", "x"),
    ] {
        let repeated = Repeated {
            piece: piece.repeat(1000).into_bytes(),
            at: 0,
            left: 100 << 20,
        };
        let mut reader = ValueReader::new(Box::new(Cursor::new(beginning).chain(repeated)), &["Records"]);
        while let Ok(Some(_)) = reader.next_value() {}
        assert!(
            reader.held_bytes() <= 3 * MAX_VALUE_BYTES,
            "{beginning}{piece}: {}",
            reader.held_bytes()
        );
    }
}

proptest! {
    #[test]
    fn any_events_come_out_as_they_went_in(
        events in prop::collection::vec(
            prop::collection::btree_map(".{0,4}", prop_oneof![".{0,8}".prop_map(serde_json::Value::from),
                prop::collection::vec(0..9, 0..3).prop_map(serde_json::Value::from)], 1..4), 1..6),
    ) {
        let texts: Vec<_> = events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
        let joined = texts.join(",");
        for text in [format!("{{\"Records\":[{joined}]}}"), format!("[{joined}]"), texts.join("\n"), texts.concat()] {
            prop_assert_eq!(split(&text), (texts.clone(), None));
        }
    }

    #[test]
    fn any_bytes_end_without_harm(bytes in prop::collection::vec(
        prop::sample::select(b"[]{},:\"\\\n Recods1".to_vec()), 0..60)) {
        split(&String::from_utf8(bytes).unwrap());
    }
}
