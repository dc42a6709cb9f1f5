//! The sample flow logs, to the last value.

use flowtrail_decode::{Counts, LogKind};

use crate::object::{decode, sample};

#[test]
fn vpc_text_with_nodata() {
    let Some(bytes) = sample("flow/valid_vpc_flow_log.log") else {
        return;
    };
    let object = decode(bytes);
    assert_eq!(
        object.counts(),
        Counts {
            lines: 2,
            rows: 1,
            headers: 1,
            nodata: 1,
            ..Counts::default()
        }
    );
    assert_eq!(object.numbers("start"), [Some(1_742_570_089)]);
    assert_eq!(object.texts("interface_id"), [Some("eni-0eb1e4178af74336c".to_owned())]);
    assert_eq!(object.texts("srcaddr"), [None]);
    assert_eq!(object.numbers("bytes"), [None]);
}

#[test]
fn vpc_text_of_two_records() {
    let Some(bytes) = sample("flow/valid_vpc_flow_log_multi.log") else {
        return;
    };
    let object = decode(bytes);
    assert_eq!(
        object.counts(),
        Counts {
            lines: 3,
            rows: 2,
            headers: 1,
            ..Counts::default()
        }
    );
    assert_eq!(object.numbers("dstport"), [Some(22), Some(3389)]);
    assert_eq!(
        object.texts("action"),
        [Some("ACCEPT".to_owned()), Some("REJECT".to_owned())]
    );
    assert_eq!(object.format, "text");
}

#[test]
fn transit_gateway_text() {
    let Some(bytes) = sample("flow/valid_tgw_flow_log.log") else {
        return;
    };
    let object = decode(bytes);
    assert_eq!(object.kinds(), [LogKind::TgwFlow]);
    assert_eq!(
        object.counts(),
        Counts {
            lines: 2,
            rows: 1,
            headers: 1,
            ..Counts::default()
        }
    );
    assert_eq!(object.numbers("packets_lost_ttl_expired"), [Some(4)]);
    assert_eq!(
        object.texts("tgw_pair_attachment_id"),
        [Some("tgw-attach-0def12345abc67890".to_owned())]
    );
    assert_eq!(object.texts("region"), [Some("us-east-1".to_owned())]);
}

#[test]
fn cloudwatch_envelope() {
    let Some(bytes) = sample("flow/valid_vpc_flow_cw.json") else {
        return;
    };
    let object = decode(bytes);
    assert_eq!(object.format, "cloudwatch");
    assert_eq!(object.kinds(), [LogKind::VpcFlow]);
    assert_eq!(
        object.counts(),
        Counts {
            lines: 2,
            rows: 2,
            ..Counts::default()
        }
    );
    assert_eq!(object.numbers("srcport"), [Some(20_641), Some(49_761)]);
}

#[test]
fn parquet_whose_numbers_are_text() {
    let Some(bytes) = sample("flow/flows.parquet") else {
        return;
    };
    let object = decode(bytes);
    assert_eq!((object.format, object.kinds()), ("parquet", vec![LogKind::VpcFlow]));
    // A port stands in the third row's protocol; it is kept as AWS's column type allows.
    assert_eq!(
        object.counts(),
        Counts {
            lines: 3,
            rows: 3,
            nodata: 2,
            ..Counts::default()
        }
    );
    assert_eq!(object.numbers("protocol"), [Some(6), None, Some(8080)]);
    assert_eq!(object.numbers("bytes"), [Some(840), None, None]);
    assert_eq!(object.numbers("start"), [Some(1_439_387_263); 3]);
    assert_eq!(object.texts("srcaddr")[..2], [Some("198.51.100.1".to_owned()), None]);
}
