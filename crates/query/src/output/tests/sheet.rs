//! Workbooks, read back out of their XML.

use std::io::{Cursor, Read};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use chrono_tz::Tz;

use super::super::{Destination, OutputFormat, OutputOptions};
use super::{batch, bytes_of, names_in, options, run};

fn sheet_xml(workbook: Vec<u8>, sheet: usize) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut xml = String::new();
    archive
        .by_name(&format!("xl/worksheets/sheet{sheet}.xml"))
        .unwrap()
        .read_to_string(&mut xml)
        .unwrap();
    xml
}

/// The cells of a row as they stand in the XML.
fn row_xml(sheet: &str, row: usize) -> &str {
    let start = sheet.find(&format!("<row r=\"{row}\"")).unwrap();
    let end = sheet[start..].find("</row>").unwrap();
    let row = &sheet[start..start + end];
    &row[row.find('>').unwrap() + 1..]
}

#[test]
fn cells_have_excels_types_where_they_are_exact() {
    let batch = batch([
        ("name", Arc::new(StringArray::from(vec!["=1+1", "<b>\x1b"])) as ArrayRef),
        (
            "bytes",
            Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_992), Some(i64::MAX)])),
        ),
        ("rate", Arc::new(Float64Array::from(vec![Some(0.5), None]))),
        ("ok", Arc::new(BooleanArray::from(vec![true, false]))),
        ("day", Arc::new(Date32Array::from(vec![Some(20_758), None]))),
        (
            "at",
            Arc::new(TimestampMicrosecondArray::from(vec![1_793_511_000_000_000, 0]).with_timezone("UTC")),
        ),
    ]);
    let tokyo = OutputOptions {
        time_zone: Tz::Asia__Tokyo,
        ..options(OutputFormat::Xlsx)
    };
    let xml = sheet_xml(bytes_of(&[batch], &tokyo), 1);
    let text = |cell: &str, text: &str| format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let first = [
        text("A2", "=1+1"),
        "<c r=\"B2\"><v>9007199254740992</v></c><c r=\"C2\"><v>0.5</v></c><c r=\"D2\" t=\"b\"><v>1</v></c>".to_owned(),
        "<c r=\"E2\" s=\"2\"><v>46327</v></c><c r=\"F2\" s=\"3\"><v>46327.604166666664</v></c>".to_owned(),
    ];
    assert_eq!(row_xml(&xml, 2), first.concat());
    let second = [
        text("A3", "&lt;b&gt;_x001B_"),
        text("B3", "9223372036854775807"),
        "<c r=\"D3\" t=\"b\"><v>0</v></c><c r=\"F3\" s=\"3\"><v>25569.375</v></c>".to_owned(),
    ];
    assert_eq!(row_xml(&xml, 3), second.concat());
    assert!(row_xml(&xml, 1).contains("<t>at (Asia/Tokyo)</t>"));
    assert!(xml.contains("<pane ySplit=\"1\" topLeftCell=\"A2\""));
    assert!(!xml.contains("<f>"));
}

#[test]
fn a_full_sheet_goes_on_in_the_next_file_or_sheet() {
    let numbers = batch([("n", Arc::new(Int64Array::from_iter_values(0..5)) as ArrayRef)]);
    let limited = OutputOptions {
        rows_per_file: 3,
        ..options(OutputFormat::Xlsx)
    };
    let folder = tempfile::tempdir().unwrap();
    let destination = Destination::File(folder.path().join("flows.xlsx"));
    let written = run(std::slice::from_ref(&numbers), &limited, destination).unwrap();
    assert_eq!(
        names_in(folder.path()),
        ["flows-1.xlsx", "flows-2.xlsx", "flows-3.xlsx"]
    );
    let last = sheet_xml(std::fs::read(&written.files[2]).unwrap(), 1);
    assert_eq!(row_xml(&last, 2), "<c r=\"A2\"><v>4</v></c>");

    let workbook = bytes_of(&[numbers], &limited);
    assert_eq!(row_xml(&sheet_xml(workbook.clone(), 2), 3), "<c r=\"A3\"><v>3</v></c>");
    assert_eq!(row_xml(&sheet_xml(workbook, 3), 2), "<c r=\"A2\"><v>4</v></c>");
}
