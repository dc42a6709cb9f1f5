use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

const FLOW: &str = "2 123456789012 eni-1 10.0.0.1 10.0.0.2 443 49152 6 10 840 1700000000 1700000060 ACCEPT OK";

fn headers(is_gzip: bool) -> FirehoseHeaders {
    FirehoseHeaders {
        request_id: "id-1".to_owned(),
        stream: "flows".to_owned(),
        is_gzip,
        content_length_bytes: None,
        kind: Some(LogKind::VpcFlow),
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn document(records: &[&str]) -> String {
    let records: Vec<_> = records.iter().map(|data| format!(r#"{{"data":"{data}"}}"#)).collect();
    format!(
        r#"{{"requestId":"id-1","timestamp":1,"records":[{}]}}"#,
        records.join(",")
    )
}

fn refusal(body: impl Into<Bytes>, is_gzip: bool) -> (u16, String) {
    let refusal = unpack(headers(is_gzip), None, body.into()).unwrap_err();
    (refusal.status().as_u16(), refusal.message())
}

#[test]
fn a_delivery_is_what_was_sent() {
    let data = STANDARD.encode(FLOW);
    let body = document(&[&data, &data]);
    for (body, is_gzip) in [(body.clone().into_bytes(), false), (gzip(body.as_bytes()), true)] {
        let delivery = unpack(headers(is_gzip), None, body.into()).unwrap();
        assert_eq!((delivery.records, delivery.data_bytes), (2, 2 * FLOW.len() as u64));
        assert_eq!(
            (delivery.kind, delivery.stream.as_str()),
            (Some(LogKind::VpcFlow), "flows")
        );
        assert_eq!(delivery.parts.len(), 1);
    }
    let named = unpack(headers(false), Some(LogKind::TgwFlow), body.into()).unwrap();
    assert_eq!(named.kind, Some(LogKind::TgwFlow), "the path says more than the stream");
}

#[test]
fn spellings_that_mean_the_same_are_taken() {
    let escaped = STANDARD.encode([0xff; 9]).replace('/', "\\/");
    let bodies = [
        document(&[]),
        document(&[&escaped]),
        r#" {"records":[{"more":1,"data":""}],"new":{"a":[1]},"timestamp":"x","request\u0049d":"id-1"} "#.to_owned(),
    ];
    for body in bodies {
        unpack(headers(false), None, body.clone().into()).unwrap_or_else(|refusal| panic!("{body}: {refusal}"));
    }
}

#[test]
fn what_is_no_delivery_is_refused_with_its_place() {
    for (body, expected) in [
        ("", "the body is no delivery: EOF while parsing"),
        (
            "[]",
            "invalid type: sequence, expected an object with requestId and records",
        ),
        ("{\"requestId\":\"id-1\"}", "missing field `records`"),
        ("{\"records\":[]}", "missing field `requestId`"),
        (
            "{\"requestId\":\"id-1\",\"records\":null}",
            "expected a list of records",
        ),
        (
            "{\"requestId\":7,\"records\":[]}",
            "invalid type: integer `7`, expected a string",
        ),
        ("{\"requestId\":\"id-1\",\"records\":[{}]}", "missing field `data`"),
        ("{\"requestId\":\"id-1\",\"records\":[]} x", "trailing characters"),
        (
            "{\"requestId\":\"id-1\",\"records\":[],\"records\":[]}",
            "duplicate field `records`",
        ),
        (
            "{\"requestId\":\"id-1\",\"requestId\":\"id-1\",\"records\":[]}",
            "duplicate field `requestId`",
        ),
        (
            "{\"requestId\":\"id-2\",\"records\":[]}",
            "requestId in the body is \"id-2\", and in the header \"id-1\"",
        ),
    ] {
        let (status, message) = refusal(body, false);
        assert_eq!(status, 400, "{body}");
        assert!(message.contains(expected), "{message}");
    }
    let cut = &document(&["YQ==", "YQ=="])[..70];
    assert_eq!(refusal(cut.to_owned(), false).0, 400);
}

#[test]
fn a_record_that_is_not_base64_is_named() {
    for broken in ["YQ=", "Y Q==", "YQ==YQ==", "&"] {
        let (status, message) = refusal(document(&["YQ==", "", broken, "YQ=="]), false);
        assert_eq!(status, 400);
        assert!(message.starts_with("record 3: its data is not base64: "), "{message}");
    }
}

#[test]
fn gzip_is_what_it_says_and_within_bounds() {
    let body = document(&["YQ=="]);
    let whole = gzip(body.as_bytes());
    assert_eq!(
        refusal(body.clone(), true),
        (
            400,
            format!(
                "the body is not gzip, as content-encoding says: it begins with `{}`",
                &body[..4].escape_default()
            )
        )
    );
    let (status, message) = refusal(whole[..whole.len() - 9].to_vec(), true);
    assert_eq!(status, 400);
    assert!(message.contains("it is cut off"), "{message}");
    assert_eq!(refusal(Vec::new(), true).0, 400);

    // 1 GiB of blanks in a MiB: the rest is not even inflated.
    let mut bomb = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    io::copy(&mut io::repeat(b' ').take(1 << 30), &mut bomb).unwrap();
    let (status, message) = refusal(bomb.finish().unwrap(), true);
    assert_eq!(status, 413);
    assert!(
        message.contains("larger than 67108864 bytes when it is inflated"),
        "{message}"
    );

    let most = gzip(&vec![b' '; MOST_BODY_BYTES as usize]);
    assert_eq!(inflated_bytes(&most.into()).unwrap(), MOST_BODY_BYTES);
}

#[test]
fn what_unpacking_takes_is_bounded_by_the_document() {
    assert_eq!(unpacking_bytes(0, true), 0);
    assert_eq!(unpacking_bytes(1000, false), 2000 + 1000 * GZIP_RATIO);
    assert_eq!(
        unpacking_bytes(MOST_BODY_BYTES, true),
        3 * MOST_BODY_BYTES + INSPECTED_BYTES as u64
    );
    assert_eq!(unpacking_bytes(u64::MAX, true), u64::MAX);
}

proptest! {
    #[test]
    fn no_body_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..400), is_gzip: bool) {
        let _ = unpack(headers(is_gzip), None, body.clone().into());
        let _ = unpack(headers(true), None, gzip(&body).into());
        let record = STANDARD.encode(&body);
        let packed = STANDARD.encode(gzip(&body));
        unpack(headers(false), None, document(&[&record, &packed]).into()).unwrap();
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0usize..400, with: u8, cut in 0usize..400) {
        let mut body = document(&[&STANDARD.encode(gzip(FLOW.as_bytes())), &STANDARD.encode(r#"{"Records":[{}]}"#)]).into_bytes();
        let length = body.len();
        body[at % length] = with;
        body.truncate(length - cut % length);
        let _ = unpack(headers(false), None, body.into());
    }

    #[test]
    fn no_headers_make_it_panic(name in 0usize..6, value in prop::collection::vec(any::<u8>(), 0..60)) {
        let names = [
            "x-amz-firehose-request-id", "x-amz-firehose-protocol-version", "x-amz-firehose-common-attributes",
            "x-amz-firehose-source-arn", "content-encoding", "content-length",
        ];
        let mut headers = axum::http::HeaderMap::new();
        headers.insert("x-amz-firehose-request-id", axum::http::HeaderValue::from_static("id-1"));
        headers.insert("x-amz-firehose-protocol-version", axum::http::HeaderValue::from_static("1.0"));
        if let Ok(value) = axum::http::HeaderValue::from_bytes(&value) {
            headers.insert(names[name], value);
        }
        let _ = FirehoseHeaders::read(&headers);
    }
}
