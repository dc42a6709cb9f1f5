//! Flow logs as Parquet, in the types AWS writes and in others.

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, DictionaryArray, Float64Array, Int16Array, Int32Array, Int64Array,
    LargeStringArray, StringArray, StringViewArray, StructArray, TimestampMillisecondArray, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Int32Type};
use arrow::record_batch::RecordBatch;
use flowtrail_decode::{Counts, Hint, Input, Limits, LogKind, Opened, open};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::io::Write;
use std::sync::Arc;

use crate::object::{Object, decode, try_decode};

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, column)| (name, column, true)));
    let batch = batch.unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(2)).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn texts(values: [Option<&str>; 3]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn error(columns: Vec<(&str, ArrayRef)>) -> String {
    try_decode(parquet(columns), &Hint::default())
        .err()
        .unwrap()
        .to_string()
}

#[test]
fn columns_of_other_widths_become_the_documented_ones() {
    let srcaddr = DictionaryArray::<Int32Type>::from_iter([Some("10.0.0.1"), None, Some("-")]);
    let object = decode(parquet(vec![
        ("Next-Hop", Arc::new(Int64Array::from(vec![Some(1), None, Some(3)]))),
        (
            "end",
            Arc::new(TimestampMillisecondArray::from(vec![1_700_000_060_999, 0, 1]).with_timezone("Asia/Tokyo")),
        ),
        ("START", texts([Some("1700000000"), Some("-"), Some("0")])),
        (
            "log-status",
            Arc::new(BinaryArray::from(vec![&b"OK"[..], b"NODATA", b"SKIPDATA"])),
        ),
        (
            "bytes",
            Arc::new(UInt64Array::from(vec![Some(1), None, Some(9_223_372_036_854_775_807)])),
        ),
        (
            "packets",
            Arc::new(Float64Array::from(vec![Some(1.0), None, Some(3.0)])),
        ),
        ("dstport", Arc::new(Int16Array::from(vec![443, 22, 0]))),
        ("srcaddr", Arc::new(srcaddr)),
        ("account_id", Arc::new(LargeStringArray::from(vec!["1", "2", "3"]))),
        ("action", Arc::new(StringViewArray::from(vec!["ACCEPT", "-", "REJECT"]))),
    ]));
    assert_eq!(
        object.counts(),
        Counts {
            lines: 3,
            rows: 3,
            nodata: 1,
            skipdata: 1,
            ..Counts::default()
        }
    );
    assert_eq!(
        object.columns(),
        [
            "account_id",
            "srcaddr",
            "dstport",
            "packets",
            "bytes",
            "start",
            "end",
            "action",
            "log_status",
            "next_hop"
        ]
    );
    insta::assert_snapshot!(arrow::util::pretty::pretty_format_batches(&[object.batch()]).unwrap(), @r"
    +------------+----------+---------+---------+---------------------+------------+------------+--------+------------+----------+
    | account_id | srcaddr  | dstport | packets | bytes               | start      | end        | action | log_status | next_hop |
    +------------+----------+---------+---------+---------------------+------------+------------+--------+------------+----------+
    | 1          | 10.0.0.1 | 443     | 1       | 1                   | 1700000000 | 1700000060 | ACCEPT | OK         | 1        |
    | 2          |          | 22      |         |                     |            | 0          |        | NODATA     |          |
    | 3          |          | 0       | 3       | 9223372036854775807 | 0          | 0          | REJECT | SKIPDATA   | 3        |
    +------------+----------+---------+---------+---------------------+------------+------------+--------+------------+----------+
    ");
    assert_eq!(
        object.parts[0]
            .batch
            .schema()
            .field_with_name("dstport")
            .unwrap()
            .data_type(),
        &DataType::Int32
    );
}

#[test]
fn rows_with_bad_values_are_rejected_alone() {
    let object = decode(parquet(vec![
        ("srcaddr", texts([Some("10.0.0.1"), Some("10.0.0.2"), Some("10.0.0.3")])),
        ("dstport", Arc::new(Int32Array::from(vec![443, 70_000, 22]))),
        ("packets", Arc::new(Float64Array::from(vec![0.5, 1.0, 2.0]))),
        ("bytes", texts([Some("1"), Some("2"), Some("much")])),
    ]));
    assert_eq!(
        object.counts(),
        Counts {
            lines: 3,
            rejected: 3,
            ..Counts::default()
        }
    );
    assert_eq!(
        object.rejects(),
        [
            (1, "packets `0.5` is not a whole number".to_owned()),
            (2, "dstport 70000 is not within 0 to 65535".to_owned()),
            (3, "bytes `much` is not a whole number".to_owned()),
        ]
    );
    assert_eq!(object.parts[0].rejects[0].record, "10.0.0.1 443 0.5 1");

    let object = decode(parquet(vec![
        (
            "srcaddr",
            Arc::new(BinaryArray::from(vec![Some(&b"ok"[..]), Some(b"\xff"), None])),
        ),
        (
            "bytes",
            Arc::new(UInt64Array::from(vec![Some(u64::MAX), Some(1), None])),
        ),
    ]));
    assert_eq!(
        object.rejects(),
        [
            (
                1,
                "bytes 18446744073709551615 is not within 0 to 9223372036854775807".to_owned()
            ),
            (2, "srcaddr is not UTF-8".to_owned()),
            (3, "no field has a value".to_owned()),
        ]
    );
}

#[test]
fn nested_columns_nobody_knows_become_json_text() {
    let inner: ArrayRef = Arc::new(StringArray::from(vec![Some("x\"}"), None, None]));
    let field = Arc::new(Field::new("a", DataType::Utf8, true));
    let nested = StructArray::try_new(vec![field].into(), vec![inner], Some(vec![true, true, false].into())).unwrap();
    let object = decode(parquet(vec![
        ("srcaddr", texts([Some("1"), Some("2"), Some("3")])),
        ("extra", Arc::new(nested)),
        ("flag", Arc::new(BooleanArray::from(vec![true, false, true]))),
    ]));
    assert_eq!(
        object.texts("extra"),
        [Some(r#"{"a":"x\"}"}"#.to_owned()), Some("{}".to_owned()), None]
    );
    assert_eq!(object.texts("flag")[0].as_deref(), Some("true"));
}

#[test]
fn transit_gateway_columns_make_its_kind() {
    let object = decode(parquet(vec![
        ("tgw_id", texts([Some("tgw-1"), None, None])),
        ("start", Arc::new(Int64Array::from(vec![1, 2, 3]))),
    ]));
    assert_eq!(object.kinds(), [LogKind::TgwFlow]);
}

#[test]
fn columns_that_cannot_be_those_of_a_flow_log_are_named() {
    let start: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![true, false, true]));
    insta::assert_snapshot!(error(vec![("start", Arc::clone(&start)), ("Bytes", Arc::clone(&flags))]), @"parquet file: column `Bytes` is of type Boolean, a whole number was expected");
    insta::assert_snapshot!(error(vec![("start", Arc::clone(&start)), ("srcaddr", flags)]), @"parquet file: column `srcaddr` is of type Boolean, text was expected");
    insta::assert_snapshot!(error(vec![("id", Arc::clone(&start)), ("end", Arc::clone(&start))]), @"parquet file: no column of a flow log (srcaddr, interface_id, start, tgw_id, tgw_attachment_id) among its 2 columns: id, end");
    insta::assert_snapshot!(error(vec![("start", Arc::clone(&start)), ("START", start)]), @"parquet file: column `START` is there twice");
}

#[test]
fn a_file_cut_off_says_so() {
    let whole = parquet(vec![("start", Arc::new(Int64Array::from(vec![1, 2, 3])))]);
    for cut in [4, 11, whole.len() / 2, whole.len() - 1] {
        let error = try_decode(&whole[..cut], &Hint::default()).err().unwrap();
        assert!(
            error
                .to_string()
                .contains("it is cut off; fetch or write the object again"),
            "{cut}: {error}"
        );
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&whole[..cut]).unwrap();
        let from_file = open(Input::File(file), &Hint::default(), &Limits::default()).unwrap_err();
        assert_eq!(from_file.to_string(), error.to_string());
    }
    let hole = [&whole[..8], &whole[whole.len() - 30..]].concat();
    let error = try_decode(hole, &Hint::default()).err().unwrap().to_string();
    assert!(error.starts_with("parquet file: "), "{error}");
}

#[test]
fn any_byte_changed_makes_an_error_or_rows_and_no_panic() {
    let whole = parquet(vec![
        ("start", Arc::new(Int64Array::from(vec![1, 2, 3]))),
        ("srcaddr", texts([Some("10.0.0.1"), None, Some("-")])),
    ]);
    for place in 4..whole.len() - 4 {
        for change in [0x01, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[place] ^= change;
            if let Ok(object) = try_decode(changed, &Hint::default()) {
                object.counts();
            }
        }
    }
}

#[test]
fn a_file_on_disk_gives_what_bytes_give() {
    let values: Int64Array = (0..200_000).collect();
    let batch = RecordBatch::try_from_iter([("start", Arc::new(values) as ArrayRef)]).unwrap();
    let mut file = tempfile::tempfile().unwrap();
    let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let Opened::Records(parts) = open(Input::File(file), &Hint::default(), &Limits::default()).unwrap() else {
        panic!()
    };
    let object = Object {
        format: parts.format(),
        parts: parts.collect::<Result<_, _>>().unwrap(),
    };
    assert!(object.parts.len() > 2);
    assert!(object.numbers("start").into_iter().flatten().eq(0..200_000));
}
