//! Flow logs as text, well-formed and not.

use flowtrail_decode::{BATCH_ROWS, Counts, Hint, LogKind};

use crate::object::{decode, decode_as, gzip, try_decode};

const V2: &str = "2 123456789010 eni-1 10.0.0.1 10.0.0.2 1024 443 6 10 1000 1700000000 1700000060 ACCEPT OK";

#[test]
fn every_bad_record_is_rejected_with_place_and_reason_and_no_good_one_is() {
    let text = format!(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action \
         log-status\r\n\
         {V2}\r\n\
         \r\n\
         {}\n\
         {V2} extra\n\
         {}\n\
         {}\n\
         {}\n\
         \t {} \t\n\
         {}\n\
         2 1 eni-1 - - - - - - - 1 2 - SKIPDATA\n\
         {}",
        V2.strip_suffix(" ACCEPT OK").unwrap(),
        V2.replace("443", "abc"),
        V2.replace("1024", "70000"),
        V2.replace("1000 ", "9223372036854775808 "),
        V2.replace(' ', "  "),
        "- ".repeat(14),
        V2.replace("eni-1", "eni-2"),
    );
    let object = decode(text);
    let expected = Counts {
        lines: 11,
        rows: 4,
        headers: 1,
        rejected: 6,
        skipdata: 1,
        nodata: 0,
    };
    assert_eq!(object.counts(), expected);
    insta::assert_debug_snapshot!(object.rejects(), @r#"
    [
        (
            4,
            "14 fields expected, 12 found",
        ),
        (
            5,
            "14 fields expected, 15 found",
        ),
        (
            6,
            "dstport `abc` is not a whole number",
        ),
        (
            7,
            "srcport 70000 is not within 0 to 65535",
        ),
        (
            8,
            "bytes 9223372036854775808 is not within 0 to 9223372036854775807",
        ),
        (
            10,
            "no field has a value",
        ),
    ]
    "#);
    assert_eq!(object.texts("interface_id").last(), Some(&Some("eni-2".to_owned())));
    assert_eq!(
        object.parts[0].rejects[0].record,
        V2.strip_suffix(" ACCEPT OK").unwrap()
    );
}

#[test]
fn bytes_that_are_not_utf8_cost_their_line_only() {
    let mut text = b"srcaddr dstaddr\n10.0.0.1 x\xff\xfey\n".to_vec();
    text.extend_from_slice("10.0.0.1 é\n".as_bytes());
    let object = decode(text);
    assert_eq!(object.rejects(), [(2, "not UTF-8 at byte 11".to_owned())]);
    assert_eq!(object.parts[0].rejects[0].record, "10.0.0.1 x\u{fffd}\u{fffd}y");
    assert_eq!(object.texts("dstaddr"), [Some("é".to_owned())]);
}

#[test]
fn a_header_alone_and_a_byte_order_mark_are_fine() {
    let object = decode("\u{feff}version srcaddr\r\n");
    assert_eq!(
        object.counts(),
        Counts {
            lines: 1,
            headers: 1,
            ..Counts::default()
        }
    );
    assert_eq!(object.columns(), ["version", "srcaddr"]);
}

#[test]
fn headers_in_the_middle_change_the_order() {
    let members = [
        "srcaddr dstport\na 1\nb 2\n",
        "srcaddr dstport\nc 3\n",
        "${dstport} ${srcaddr}\n4 d\n",
        "srcaddr action\ne f",
    ];
    let object = decode(members.map(|member| gzip(member.as_bytes())).concat());
    assert_eq!(object.format, "text+gzip");
    assert_eq!(
        object.counts(),
        Counts {
            lines: 9,
            rows: 5,
            headers: 4,
            ..Counts::default()
        }
    );
    let rows: Vec<_> = object.parts.iter().map(|part| part.batch.num_rows()).collect();
    assert_eq!(rows, [3, 1, 1]);
    let again = arrow::compute::concat_batches(
        &object.parts[0].batch.schema(),
        object.parts[..2].iter().map(|part| &part.batch),
    );
    insta::assert_snapshot!(arrow::util::pretty::pretty_format_batches(&[again.unwrap()]).unwrap(), @r"
    +---------+---------+
    | srcaddr | dstport |
    +---------+---------+
    | a       | 1       |
    | b       | 2       |
    | c       | 3       |
    | d       | 4       |
    +---------+---------+
    ");
}

#[test]
fn a_header_among_records_without_numbers_is_seen() {
    let object = decode("srcaddr dstaddr\na b\nsrcaddr dstaddr\nc d\n");
    assert_eq!(
        object.counts(),
        Counts {
            lines: 4,
            rows: 2,
            headers: 2,
            ..Counts::default()
        }
    );
    assert_eq!(object.texts("srcaddr"), [Some("a".to_owned()), Some("c".to_owned())]);
}

#[test]
fn a_broken_record_that_spells_a_field_is_no_header() {
    let object = decode("srcaddr dstport\na 1\ntype\nodd end\nb 2\n");
    assert_eq!(
        object.counts(),
        Counts {
            lines: 5,
            rows: 2,
            rejected: 2,
            headers: 1,
            ..Counts::default()
        }
    );
}

#[test]
fn without_a_header_the_default_formats_hold() {
    let object = decode(format!("{V2}\n2026-11-01T12:00:00.000Z {V2}\n"));
    assert_eq!(
        object.counts(),
        Counts {
            lines: 2,
            rows: 2,
            ..Counts::default()
        }
    );
    assert_eq!(object.numbers("end"), [Some(1_700_000_060); 2]);

    let exported = decode(format!("2026-11-01T12:00:00.000Z {V2}\n"));
    assert_eq!(exported.texts("action"), [Some("ACCEPT".to_owned())]);

    let values: Vec<_> = (0..31).map(|n| n.to_string()).collect();
    let transit_gateway = format!(
        "6 TransitGateway 1 tgw-1 {} 2 us-east-1 ingress - -",
        values[4..31].join(" ")
    );
    let object = decode(transit_gateway);
    assert_eq!(object.kinds(), [LogKind::TgwFlow]);
    assert_eq!(object.numbers("packets_lost_ttl_expired"), [Some(30)]);
    assert_eq!(object.numbers("tcp_flags"), [Some(2)]);
}

#[test]
fn the_format_given_holds_without_a_header() {
    let flow_format = Some(vec!["bytes".to_owned(), "SrcAddr".to_owned(), "my-tag".to_owned()]);
    let hint = Hint {
        kind: Some(LogKind::VpcFlow),
        flow_format,
    };
    let object = try_decode("17 10.0.0.1 blue\n", &hint).unwrap();
    assert_eq!(object.columns(), ["srcaddr", "bytes", "my_tag"]);
    assert_eq!(object.numbers("bytes"), [Some(17)]);
    assert_eq!(object.texts("my_tag"), [Some("blue".to_owned())]);
}

#[test]
fn text_of_no_known_form_is_read_when_the_kind_is_given() {
    let object = decode_as(LogKind::VpcFlow, "hello\nversion srcaddr\n2 10.0.0.1\n");
    assert_eq!(
        object.counts(),
        Counts {
            lines: 3,
            rows: 1,
            headers: 1,
            rejected: 1,
            ..Counts::default()
        }
    );
    assert_eq!(object.rejects(), [(1, "14 fields expected, 1 found".to_owned())]);
}

#[test]
fn batches_are_of_bounded_size_and_nothing_falls_between_them() {
    let rows = BATCH_ROWS * 2 + 17;
    let text: String = std::iter::once("dstport bytes\n".to_owned())
        .chain((0..rows).map(|n| format!("{} {n}\n", n % 65_536)))
        .collect();
    let object = decode(zstd::encode_all(text.as_bytes(), 1).unwrap());
    assert_eq!(object.format, "text+zstd");
    assert_eq!(object.parts.len(), 3);
    assert!(object.parts.iter().all(|part| part.batch.num_rows() <= BATCH_ROWS));
    let bytes: Vec<_> = object.numbers("bytes").into_iter().flatten().collect();
    assert!(bytes.into_iter().eq(0..rows as i64));
}

#[test]
fn long_text_makes_small_batches() {
    let line = format!("1 {}\n", "x".repeat(1 << 20));
    let object = decode(format!("dstport action\n{}", line.repeat(40)));
    assert_eq!(object.counts().rows, 40);
    assert!(
        object.parts.iter().all(|part| part.batch.num_rows() <= 17),
        "{:?}",
        object.parts.len()
    );

    let too_long = format!("dstport action\n1 {}\n2 y\n", "x".repeat(17 << 20));
    let object = decode(too_long);
    assert_eq!(
        object.rejects(),
        [(2, "longer than 16777216 bytes, the most a record can have".to_owned())]
    );
    assert_eq!(object.numbers("dstport"), [Some(2)]);
}
