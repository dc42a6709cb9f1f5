//! Objects damaged as a whole, and objects that are nothing to load.

use flowtrail_decode::{DecodeError, Hint, Input, Limits, LogKind, Opened, open};
use std::io::{Read, Write};

use crate::object::{gzip, try_decode};

const HEADER: &str = "srcaddr dstport\n";

fn error(bytes: impl Into<Vec<u8>>) -> DecodeError {
    match try_decode(bytes, &Hint::default()) {
        Ok(object) => panic!("{:?}", object.counts()),
        Err(error) => error,
    }
}

#[test]
fn empty_and_unknown_objects() {
    assert!(matches!(error(""), DecodeError::Empty));
    assert!(matches!(error(" \r\n\n"), DecodeError::Empty));
    assert!(matches!(error(gzip(b"")), DecodeError::Empty));
    insta::assert_snapshot!(error("<html>"), @"neither a flow log nor CloudTrail: it begins with `<html>`; name its kind to load it all the same");
}

#[test]
fn a_gzip_object_cut_anywhere_is_no_object() {
    let text: String = std::iter::once(HEADER.to_owned())
        .chain((0..50_000).map(|n| format!("10.0.0.1 {n}\n")))
        .collect();
    let whole = gzip(text.as_bytes());
    for cut in [3, 11, 50, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        let error = error(&whole[..cut]);
        assert!(
            matches!(error, DecodeError::Compressed { format: "gzip", .. }),
            "{cut}: {error}"
        );
    }
    insta::assert_snapshot!(error(&whole[..whole.len() - 1]), @"gzip data is damaged after 738906 bytes of text: it is cut off; fetch or write the object again");
}

#[test]
fn a_field_named_twice() {
    let found = error("srcaddr dstport\na 1\ndstport srcaddr DSTPORT\n");
    insta::assert_snapshot!(found, @"header on line 3: field `DSTPORT` stands there twice; each field can be named once");
    let hint = Hint {
        kind: None,
        flow_format: Some(vec!["bytes".to_owned(), "Bytes".to_owned()]),
    };
    let found = try_decode("2 1 eni-1 - - - - - - - 1 2 - NODATA", &hint).err().unwrap();
    insta::assert_snapshot!(found, @"the flow log format given names field `Bytes` twice; each field can be named once");
}

#[test]
fn after_an_error_the_parts_end() {
    let whole = gzip(format!("{HEADER}{}", "10.0.0.1 1\n".repeat(200_000)).as_bytes());
    let cut = Input::Bytes(whole[..whole.len() - 1].to_vec().into());
    let Opened::Records(mut parts) = open(cut, &Hint::default(), &Limits::default()).unwrap() else {
        panic!()
    };
    assert!(parts.by_ref().any(|part| part.is_err()));
    assert!(parts.next().is_none());
}

#[test]
fn a_bomb_is_stopped_whatever_it_claims_to_be() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(HEADER.as_bytes()).unwrap();
    std::io::copy(&mut std::io::repeat(0).take(512 << 20), &mut encoder).unwrap();
    let bomb = encoder.finish().unwrap();
    let found = try_decode(
        bomb,
        &Hint {
            kind: Some(LogKind::VpcFlow),
            flow_format: None,
        },
    )
    .err()
    .unwrap();
    assert!(
        matches!(found, DecodeError::Bomb { inflated_bytes, .. } if inflated_bytes < 65 << 20),
        "{found}"
    );
}

#[test]
fn a_digest_is_skipped() {
    let digest = r#"{"awsAccountId":"1","digestStartTime":"2026-11-01T00:00:00Z","logFiles":[]}"#;
    let opened = open(
        Input::Bytes(gzip(digest.as_bytes()).into()),
        &Hint::default(),
        &Limits::default(),
    )
    .unwrap();
    assert!(matches!(opened, Opened::Skipped { why } if why.contains("digest")));
}
