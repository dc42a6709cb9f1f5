//! Every `SerDe` over lines that nobody meant.
#![allow(clippy::unwrap_used)]

use flowtrail_catalog::{ColumnType, Properties};
use proptest::prelude::*;

use super::*;

const TYPES: &[&str] = &[
    "boolean",
    "tinyint",
    "smallint",
    "int",
    "bigint",
    "float",
    "double",
    "decimal(9,2)",
    "string",
    "binary",
    "date",
    "timestamp",
    "array<int>",
    "map<int,array<string>>",
    "struct<a:int,b:array<date>>",
];

/// A table with a column of each type, named `a`, `b` and so on.
fn of_every_type(serde: &str, properties: &[(&str, &str)]) -> ExternalTable {
    let column = |(place, text): (usize, &&str)| Column {
        name: char::from(b'a' + place as u8).to_string(),
        column_type: text.parse().unwrap(),
        comment: None,
    };
    ExternalTable {
        columns: TYPES.iter().enumerate().map(column).collect(),
        serde: Some(serde.to_owned()),
        serde_properties: properties.iter().copied().collect::<Properties>(),
        ..ExternalTable::default()
    }
}

fn formats() -> Vec<RowFormat> {
    let groups = vec!["([^ ]*)"; TYPES.len()].join(" ?");
    let tables = [
        of_every_type("RegexSerDe", &[("input.regex", &groups)]),
        of_every_type("LazySimpleSerDe", &[("field.delim", " "), ("escape.delim", "\\")]),
        of_every_type("OpenCSVSerde", &[("separatorChar", " ")]),
        of_every_type(
            "JsonSerDe",
            &[("ignore.malformed.json", "true"), ("dots.in.keys", "true")],
        ),
    ];
    let rows = |table: &ExternalTable| match Format::of(table).unwrap() {
        Format::Text(text) => text.rows,
        Format::Parquet => unreachable!("it is text"),
    };
    tables.iter().map(rows).collect()
}

/// Reads lines by each `SerDe` and sees that each column has a value for each of them.
fn read(lines: &[String]) {
    for format in formats() {
        let rules = format.key_rules();
        let types: Vec<ColumnType> = TYPES.iter().map(|text| text.parse().unwrap()).collect();
        let column = |(position, column_type): (usize, &ColumnType)| WantedColumn {
            position,
            builder: ColumnBuilder::new(column_type, &rules),
        };
        let mut columns: Vec<WantedColumn> = types.iter().enumerate().map(column).collect();
        let mut reader = format.reader();
        for line in lines {
            reader.push(line, &mut columns).unwrap();
        }
        for (column, column_type) in columns.iter_mut().zip(&types) {
            let array = column.builder.finish().unwrap();
            assert_eq!((array.len(), array.data_type()), (lines.len(), &column_type.arrow()));
        }
    }
}

fn json(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("[]".to_owned()),
        "-?[1-9][0-9]{0,25}(\\.[0-9]{1,3})?(e[0-9]{1,3})?",
        "\"([a-z0-9 :-]|\\\\n|\\\\u00e9){0,12}\"",
    ];
    leaf.prop_recursive(depth, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(("[a-oA-O1.]{1,2}", inner), 0..4).prop_map(|members| {
                let member = |(key, value): &(String, String)| format!("\"{key}\":{value}");
                let members: Vec<String> = members.iter().map(member).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_line_is_a_row(lines in proptest::collection::vec("[ -~\u{1}\u{2}\u{3}äß\t\"\\\\]{0,40}", 0..4)) {
        read(&lines);
    }

    #[test]
    fn any_json_is_a_row(members in proptest::collection::vec(("[a-oA-O]", json(3)), 0..12)) {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        read(&[format!("{{{}}}", members.join(", "))]);
    }
}

#[test]
fn characters_are_written_in_several_ways() {
    for (text, expected) in [
        (",", Some(b',')),
        ("\t", Some(b'\t')),
        ("\\t", Some(b'\t')),
        ("\\001", Some(1)),
        ("\\u0001", Some(1)),
        ("\u{1}", Some(1)),
        ("1", Some(1)),
        ("9", Some(9)),
        ("\\", Some(b'\\')),
        ("\\\\", Some(b'\\')),
        ("||", None),
        ("é", None),
        ("", None),
    ] {
        assert_eq!(character_of(text), expected, "{text}");
    }
}
