use super::*;
use flate2::write::GzEncoder;
use std::io::Write;

const FLOW: &str = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 49152 6 10 840 1700000000 1700000060 ACCEPT OK";
const EVENT: &str = r#"{"eventVersion":"1.08","eventTime":"2026-11-20T00:00:00Z","eventID":"a"}"#;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The shape, and the text where it is not the one that came.
fn judged(data: &[u8]) -> (Option<Shape>, Option<String>) {
    match judge(data, &mut Vec::new()) {
        Judged::Nothing => (None, Some("nothing".to_owned())),
        Judged::Alone => (None, Some("alone".to_owned())),
        Judged::Beside(shape, Cow::Borrowed(_)) => (Some(shape), None),
        Judged::Beside(shape, Cow::Owned(text)) => (Some(shape), Some(String::from_utf8(text).unwrap())),
    }
}

fn envelope(message_type: &str) -> String {
    format!(r#"{{"messageType":"{message_type}","logEvents":[{{"id":"1","timestamp":1,"message":"{FLOW}"}}]}}"#)
}

#[test]
fn sound_records_stand_beside_others_of_their_shape() {
    for (text, shape) in [
        (envelope("DATA_MESSAGE"), Shape::CloudWatch),
        (
            format!("{}{}", envelope("CONTROL_MESSAGE"), envelope("DATA_MESSAGE")),
            Shape::CloudWatch,
        ),
        (EVENT.to_owned(), Shape::CloudTrail),
        (format!("{EVENT}\n{EVENT}\n"), Shape::CloudTrail),
        (format!("{{\"Records\":[{EVENT}]}}"), Shape::CloudTrail),
        (format!("[{EVENT}]"), Shape::CloudTrailArrays),
        (r#"{"digestStartTime":"x"}"#.to_owned(), Shape::Digests),
        (FLOW.to_owned(), Shape::FlowLines),
        (format!("{FLOW}\n{FLOW}\n"), Shape::FlowLines),
        (
            "srcaddr dstaddr\n10.0.0.1 10.0.0.2\n".to_owned(),
            Shape::HeadedFlowLines,
        ),
        (format!("2026-11-01T12:00:00.000Z {FLOW}"), Shape::StampedFlowLines),
        ("10.0.0.1 10.0.0.2 443".to_owned(), Shape::OtherLines),
        ("{\"neither\":1}".to_owned(), Shape::OtherLines),
    ] {
        assert_eq!(judged(text.as_bytes()), (Some(shape), None), "{text}");
        assert_eq!(judged(&gzip(&text)), (Some(shape), None), "gzip {text}");
    }
}

#[test]
fn what_would_spoil_others_is_alone() {
    let whole = gzip(&envelope("DATA_MESSAGE"));
    let mut flipped = whole.clone();
    let crc = whole.len() - 8;
    flipped[crc] ^= 1;
    let unknown_type = envelope("OTHER_MESSAGE");
    let cut = &envelope("DATA_MESSAGE")[..60];
    let header_inside = format!("{FLOW}\nsrcaddr dstaddr bytes\n10.0.0.1 10.0.0.2 7\n");
    for (what, data) in [
        ("cut off gzip", &whole[..whole.len() - 9]),
        ("damaged gzip", &flipped),
        ("bytes behind gzip", &[&whole[..], b"x"].concat()),
        ("a bomb", &gzip(&"0".repeat(INSPECTED_BYTES + 1))),
        ("too large", "0".repeat(INSPECTED_BYTES + 1).as_bytes()),
        ("an unknown message type", unknown_type.as_bytes()),
        ("a document that is cut off", cut.as_bytes()),
        ("a list that is none", br#"{"Records":{}}"#),
        ("a list of nothing", br#"{"Events":null}"#),
        ("an event and text", format!("{EVENT} x").as_bytes()),
        ("an array and an event", format!("[{EVENT}]{EVENT}").as_bytes()),
        ("a header among lines", header_inside.as_bytes()),
        ("zstd", &[0x28, 0xb5, 0x2f, 0xfd, 0]),
        ("Parquet", b"PAR1...PAR1"),
        ("gzip of several lines a value", &gzip("{\"Records\":\n[]}")),
        ("gzip with a byte-order mark", &gzip(&format!("\u{feff}{FLOW}"))),
    ] {
        assert_eq!(judged(data), (None, Some("alone".to_owned())), "{what}");
    }
}

#[test]
fn what_holds_no_records_is_nothing() {
    for data in [
        &b""[..],
        b" \n",
        &gzip(""),
        &gzip(&envelope("CONTROL_MESSAGE")),
        envelope("CONTROL_MESSAGE").as_bytes(),
    ] {
        assert_eq!(judged(data), (None, Some("nothing".to_owned())));
    }
}

#[test]
fn values_of_several_lines_become_one() {
    let pretty = "{\n \"Records\": [\r\n {}\n ]\n}\n";
    let expected = "{  \"Records\": [\r  {}  ] }\n";
    assert_eq!(
        judged(pretty.as_bytes()),
        (Some(Shape::CloudTrail), Some(expected.to_owned()))
    );
    let mark = format!("\u{feff}{EVENT}");
    assert_eq!(judged(mark.as_bytes()), (Some(Shape::CloudTrail), None));
}

#[test]
fn lines_come_out_of_their_messages() {
    let wrapped = format!(r#"{{"message":"{FLOW}"}}{{"message":"{FLOW}\n"}}"#);
    let expected = format!("{FLOW}\n{FLOW}\n");
    assert_eq!(judged(wrapped.as_bytes()), (Some(Shape::FlowLines), Some(expected)));
    let nested = r#"{"message":"{\"message\":\"x\"}"}"#;
    assert_eq!(judged(nested.as_bytes()), (Some(Shape::OtherLines), None));
}
