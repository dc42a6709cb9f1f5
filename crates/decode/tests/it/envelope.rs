//! CloudWatch Logs documents.

use flowtrail_decode::{Counts, DecodeError, Hint, LogKind};

use crate::object::{decode, gzip, try_decode};

const V2: &str = "2 1 eni-1 10.0.0.1 10.0.0.2 1024 443 6 10 1000 1700000000 1700000060 ACCEPT OK";
const CONTROL: &str = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"",
    "subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health"}]}"#;

fn document(events: &[String]) -> String {
    format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"1","logEvents":[{}]}}"#,
        events.join(",")
    )
}

fn event(message: &str) -> String {
    format!(
        r#"{{"id":"1","timestamp":1,"message":{}}}"#,
        serde_json::Value::from(message)
    )
}

#[test]
fn documents_stand_one_behind_another_and_events_are_numbered_through() {
    let members = [
        gzip(document(&[event(V2), event("2 too short")]).as_bytes()),
        gzip(CONTROL.as_bytes()),
        gzip(document(&[event(&V2.replace("443", "22")), "5".to_owned(), event("")]).as_bytes()),
    ];
    let object = decode(members.concat());
    assert_eq!(object.format, "cloudwatch+gzip");
    assert_eq!(
        object.counts(),
        Counts {
            lines: 5,
            rows: 2,
            rejected: 3,
            ..Counts::default()
        }
    );
    assert_eq!(object.numbers("dstport"), [Some(443), Some(22)]);
    let rejects = object.rejects();
    assert_eq!(rejects[0], (2, "14 fields expected, 3 found".to_owned()));
    assert!(
        rejects[1].0 == 4 && rejects[1].1.starts_with("no log event with a message: "),
        "{rejects:?}"
    );
    assert_eq!(rejects[2], (5, "14 fields expected, 0 found".to_owned()));
}

#[test]
fn control_messages_alone_are_no_records() {
    assert_eq!(decode(CONTROL).counts(), Counts::default());
}

#[test]
fn extracted_fields_name_what_the_message_does_not() {
    let named =
        |fields: &str| format!(r#"{{"id":"1","timestamp":1,"message":"443 eni-7","extractedFields":{fields}}}"#);
    let object = decode(document(&[
        named(r#"{"dstport":"443","interface_id":"eni-7","my-tag":null}"#),
        named(r#"{"dstport":443,"interface-id":"eni-8","my_tag":"blue"}"#),
        named(r#"{"dstport":"x","interface_id":"eni-9","my_tag":"-"}"#),
    ]));
    assert_eq!(object.columns(), ["interface_id", "dstport", "my_tag"]);
    assert_eq!(object.numbers("dstport"), [Some(443); 2]);
    assert_eq!(object.texts("my_tag"), [None, Some("blue".to_owned())]);
    assert_eq!(object.rejects(), [(3, "dstport `x` is not a whole number".to_owned())]);
}

#[test]
fn cloudtrail_events_and_flow_records_go_their_ways() {
    let trail = r#"{"eventVersion":"1.08","eventTime":"2026-11-01T12:00:00Z","eventName":"GetUser","eventID":"a"}"#;
    let object = decode(document(&[event(V2), event(trail), event(V2)]));
    assert_eq!(object.kinds(), [LogKind::VpcFlow, LogKind::CloudTrail]);
    assert_eq!(object.parts[0].counts.rows, 2);
    assert_eq!(object.parts[1].counts.rows, 1);
}

#[test]
fn the_default_formats_of_both_kinds_may_be_mixed() {
    let transit_gateway = format!("6 TransitGateway {}", vec!["-"; 34].join(" "));
    let object = decode(document(&[event(V2), event(&transit_gateway), event(V2)]));
    assert_eq!(object.kinds(), [LogKind::VpcFlow, LogKind::TgwFlow, LogKind::VpcFlow]);
    assert_eq!(object.counts().rows, 3);
}

#[test]
fn broken_documents_are_damage() {
    let whole = document(&[event(V2)]);
    let cut = format!("{whole}{}", &whole[..whole.len() - 5]);
    let broken = whole.replace("DATA_MESSAGE", "OTHER_MESSAGE");
    let no_array = r#"{"messageType":"DATA_MESSAGE","logEvents":7}"#.to_owned();
    for document in [cut, broken, no_array] {
        let error = try_decode(document, &Hint::default()).err().unwrap();
        assert!(matches!(error, DecodeError::Document { .. }), "{error}");
        assert!(error.to_string().contains("object again"), "{error}");
    }
}
