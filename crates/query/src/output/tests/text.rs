//! CSV, JSON and NDJSON.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, DurationSecondArray,
    Float64Array, Int32Builder, Int64Array, IntervalMonthDayNanoArray, ListArray, MapBuilder, StringArray,
    StringBuilder, StringViewArray, StructArray, TimestampMicrosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow::datatypes::{DataType, Field, Int32Type, IntervalMonthDayNano};
use chrono_tz::Tz;

use super::super::{OutputFormat, OutputOptions};
use super::{batch, bytes_of, options, text_of};

/// 2026-11-01 05:30:00 UTC, and an hour later: 01:30 twice in New York, where the clocks go back at 06:00 UTC.
const BEFORE_CHANGE_S: i64 = 1_793_511_000;

fn instants() -> ArrayRef {
    let microseconds = vec![
        BEFORE_CHANGE_S * 1_000_000,
        (BEFORE_CHANGE_S + 3600) * 1_000_000 + 250_000,
    ];
    Arc::new(TimestampMicrosecondArray::from(microseconds).with_timezone("UTC"))
}

fn identity() -> ArrayRef {
    let issuers = StringArray::from(vec![Some("role \"admin\""), None]);
    let tags = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), Some(vec![])]);
    Arc::new(StructArray::from(vec![
        (
            Arc::new(Field::new("issuer", DataType::Utf8, true)),
            Arc::new(issuers) as ArrayRef,
        ),
        (
            Arc::new(Field::new("tags", tags_type(), true)),
            Arc::new(tags) as ArrayRef,
        ),
    ]))
}

fn tags_type() -> DataType {
    DataType::new_list(DataType::Int32, true)
}

#[test]
fn csv_keeps_null_and_empty_apart() {
    let batch = batch([
        (
            "note",
            Arc::new(StringViewArray::from(vec![Some("a,\"b\"\nc"), Some(""), None])) as ArrayRef,
        ),
        (
            "bytes",
            Arc::new(UInt64Array::from(vec![Some(u64::MAX), None, Some(0)])),
        ),
        ("rate", Arc::new(Float64Array::from(vec![1e21, -0.5, f64::NAN]))),
        ("ok", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
    ]);
    let expected = "note,bytes,rate,ok\n\
        \"a,\"\"b\"\"\nc\",18446744073709551615,1000000000000000000000.0,true\n\
        \"\",,-0.5,\n\
        ,0,NaN,false\n";
    assert_eq!(text_of(&batch, &options(OutputFormat::Csv)), expected);
}

#[test]
fn csv_writes_times_with_their_offset_and_nested_values_as_json() {
    let batch = batch([
        ("at", instants()),
        ("local", Arc::new(TimestampSecondArray::from(vec![0, 1])) as ArrayRef),
        ("day", Arc::new(Date32Array::from(vec![20_758, -1]))),
        ("identity", identity()),
        (
            "cost",
            Arc::new(
                Decimal128Array::from(vec![12_345, -5])
                    .with_precision_and_scale(20, 3)
                    .unwrap(),
            ),
        ),
        ("took", Arc::new(DurationSecondArray::from(vec![90, 0]))),
    ]);
    let new_york = OutputOptions {
        time_zone: Tz::America__New_York,
        ..options(OutputFormat::Csv)
    };
    let expected = r#"at,local,day,identity,cost,took
2026-11-01T01:30:00-04:00,1970-01-01T00:00:00,2026-11-01,"{""issuer"":""role \""admin\"""",""tags"":[1,null]}",12.345,PT90S
2026-11-01T01:30:00.250-05:00,1970-01-01T00:00:01,1969-12-31,"{""issuer"":null,""tags"":[]}",-0.005,P0D
"#;
    assert_eq!(text_of(&batch, &new_york), expected);
}

#[test]
fn csv_makes_formulas_harmless_on_request() {
    let batch = batch([
        (
            "=agent",
            Arc::new(StringArray::from(vec!["=HYPERLINK(\"http://x\")", "-1", "fine"])) as ArrayRef,
        ),
        ("delta", Arc::new(Int64Array::from(vec![-1, 2, -3]))),
    ]);
    let safe = OutputOptions {
        escape_formulas: true,
        csv_bom: true,
        ..options(OutputFormat::Csv)
    };
    let expected = "\u{feff}'=agent,delta\n\"'=HYPERLINK(\"\"http://x\"\")\",-1\n'-1,2\nfine,-3\n";
    assert_eq!(text_of(&batch, &safe), expected);
    assert!(text_of(&batch, &options(OutputFormat::Csv)).starts_with("=agent,delta\n\"=HYPERLINK"));
}

#[test]
fn json_is_exact_and_has_every_key() {
    let dictionary: DictionaryArray<Int32Type> = vec![Some("ACCEPT"), None].into_iter().collect();
    let batch = batch([
        (
            "bytes",
            Arc::new(Int64Array::from(vec![i64::MAX, i64::MIN])) as ArrayRef,
        ),
        ("rate", Arc::new(Float64Array::from(vec![f64::INFINITY, 0.1]))),
        ("action", Arc::new(dictionary)),
        ("identity", identity()),
        ("at", instants()),
        (
            "cost",
            Arc::new(
                Decimal128Array::from(vec![12_345, -5])
                    .with_precision_and_scale(20, 3)
                    .unwrap(),
            ),
        ),
        ("raw", Arc::new(BinaryArray::from(vec![&b"\x00\xff"[..], b""]))),
    ]);
    let tokyo = OutputOptions {
        time_zone: Tz::Asia__Tokyo,
        ..options(OutputFormat::Json)
    };
    let rows = [
        r#"{"bytes":9223372036854775807,"rate":null,"action":"ACCEPT","identity":{"issuer":"role \"admin\"","tags":[1,null]},"at":"2026-11-01T14:30:00+09:00","cost":12.345,"raw":"00ff"}"#,
        r#"{"bytes":-9223372036854775808,"rate":0.1,"action":null,"identity":{"issuer":null,"tags":[]},"at":"2026-11-01T15:30:00.250+09:00","cost":-0.005,"raw":""}"#,
    ];
    assert_eq!(text_of(&batch, &tokyo), format!("[{}]\n", rows.join(",\n")));
    let ndjson = OutputOptions {
        format: OutputFormat::Ndjson,
        ..tokyo
    };
    assert_eq!(text_of(&batch, &ndjson), format!("{}\n", rows.join("\n")));
    for row in rows {
        serde_json::from_str::<serde_json::Value>(row).unwrap();
    }
}

#[test]
fn json_keys_are_distinct_and_map_keys_are_text() {
    let mut map = MapBuilder::new(None, Int32Builder::new(), StringBuilder::new());
    map.keys().append_value(443);
    map.values().append_value("https");
    map.append(true).unwrap();
    let ids = || Arc::new(Int64Array::from(vec![1])) as ArrayRef;
    let batch = batch([
        ("id", ids()),
        ("id", ids()),
        ("id_2", ids()),
        ("ports", Arc::new(map.finish())),
    ]);
    let expected = "{\"id\":1,\"id_2\":1,\"id_2_2\":1,\"ports\":{\"443\":\"https\"}}\n";
    assert_eq!(text_of(&batch, &options(OutputFormat::Ndjson)), expected);
}

#[test]
fn intervals_are_words() {
    let interval = IntervalMonthDayNano::new(14, 3, 3_600_000_000_000);
    let batch = batch([(
        "every",
        Arc::new(IntervalMonthDayNanoArray::from(vec![interval])) as ArrayRef,
    )]);
    let expected = "every\n14 mons 3 days 1 hours\n";
    assert_eq!(text_of(&batch, &options(OutputFormat::Csv)), expected);
}

#[test]
fn an_answer_of_no_rows_is_still_one() {
    let batch = batch([("n", Arc::new(Int64Array::from(Vec::<i64>::new())) as ArrayRef)]);
    assert_eq!(text_of(&batch, &options(OutputFormat::Csv)), "n\n");
    assert_eq!(text_of(&batch, &options(OutputFormat::Json)), "[]\n");
    assert_eq!(text_of(&batch, &options(OutputFormat::Ndjson)), "");
}

#[test]
fn batches_join_into_one_answer() {
    let part = |n: i64| batch([("n", Arc::new(Int64Array::from(vec![n])) as ArrayRef)]);
    let json = bytes_of(&[part(1), part(2), part(3)], &options(OutputFormat::Json));
    assert_eq!(
        String::from_utf8(json).unwrap(),
        "[{\"n\":1},\n{\"n\":2},\n{\"n\":3}]\n"
    );
}
