//! Whatever fields a flow log has, in whatever order, what was written is what is read.

use arrow::datatypes::DataType;
use flowtrail_decode::{LogKind, schema};
use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::object::{decode_as, gzip};

/// Whether the header spells names as AWS does in text or as it does in Parquet.
fn spelled(name: &str, hyphens: bool) -> String {
    if hyphens {
        name.replace('_', "-")
    } else {
        name.to_uppercase()
    }
}

fn value(name: &str, data_type: &DataType) -> BoxedStrategy<Option<String>> {
    let number = |max: i64| (0..=max).prop_map(|number| number.to_string()).boxed();
    let some = match (name, data_type) {
        ("version", _) => (1..=255).prop_map(|number: i32| number.to_string()).boxed(),
        ("srcport" | "dstport", _) => number(65_535),
        ("protocol" | "tcp_flags", _) => number(255),
        ("start" | "end", _) => number(253_402_300_799),
        (_, DataType::Int32) => number(i64::from(i32::MAX)),
        (_, DataType::Int64) => number(i64::MAX),
        _ => "[!-~é漢]{1,40}".prop_filter("no value", |text| text != "-").boxed(),
    };
    proptest::option::weighted(0.9, some).boxed()
}

type Table = (Vec<String>, Vec<Vec<Option<String>>>);

fn table(kind: LogKind) -> impl Strategy<Value = Table> {
    let fields: Vec<_> = schema(kind)
        .fields()
        .iter()
        .map(|field| (field.name().clone(), field.data_type().clone()))
        .collect();
    let count = fields.len();
    subsequence(fields, 1..=count).prop_shuffle().prop_flat_map(|fields| {
        let row: Vec<_> = fields.iter().map(|(name, data_type)| value(name, data_type)).collect();
        let rows = proptest::collection::vec(row, 0..20);
        (Just(fields.into_iter().map(|(name, _)| name).collect()), rows)
    })
}

fn check((names, mut rows): Table, kind: LogKind, hyphens: bool, crlf: bool) -> Result<(), TestCaseError> {
    rows.retain(|row| row.iter().any(Option::is_some));
    let end = if crlf { "\r\n" } else { "\n" };
    let mut text = names
        .iter()
        .map(|name| spelled(name, hyphens))
        .collect::<Vec<_>>()
        .join(" ");
    for row in &rows {
        text += end;
        text += &row
            .iter()
            .map(|value| value.as_deref().unwrap_or("-"))
            .collect::<Vec<_>>()
            .join(" ");
    }
    let object = decode_as(kind, gzip(text.as_bytes()));
    prop_assert_eq!(object.rejects(), vec![]);
    prop_assert_eq!(object.counts().rows, rows.len() as u64);
    prop_assert_eq!(object.kinds(), vec![kind]);
    for (place, name) in names.iter().enumerate() {
        let expected: Vec<_> = rows.iter().map(|row| row[place].clone()).collect();
        let is_text = schema(kind).field_with_name(name).unwrap().data_type() == &DataType::Utf8View;
        let found = if is_text {
            object.texts(name)
        } else {
            object
                .numbers(name)
                .into_iter()
                .map(|number| number.map(|number| number.to_string()))
                .collect()
        };
        prop_assert_eq!(found, expected, "{}", name);
    }
    let in_table_order: Vec<_> = schema(kind)
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .filter(|name| names.contains(name))
        .collect();
    prop_assert_eq!(object.columns(), in_table_order);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn vpc_flow_logs_round_trip(table in table(LogKind::VpcFlow), hyphens: bool, crlf: bool) {
        check(table, LogKind::VpcFlow, hyphens, crlf)?;
    }

    #[test]
    fn transit_gateway_flow_logs_round_trip(table in table(LogKind::TgwFlow), hyphens: bool, crlf: bool) {
        check(table, LogKind::TgwFlow, hyphens, crlf)?;
    }

    #[test]
    fn no_bytes_make_it_panic(mut bytes: Vec<u8>, header: bool) {
        if header {
            bytes.splice(0..0, *b"srcaddr dstport bytes\n");
        }
        let _ = crate::object::try_decode(bytes.clone(), &flowtrail_decode::Hint::default());
        let as_flow = decode_as(LogKind::VpcFlow, [b"version srcaddr\n".to_vec(), bytes].concat());
        prop_assert!(as_flow.counts().headers >= 1);
    }
}
