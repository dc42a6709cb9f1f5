//! Parquet files.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;

use crate::desk::{Desk, columns};

const SERDE: &str = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    out
}

#[tokio::test]
async fn what_does_not_convert_is_null() {
    let desk = Desk::new("n int; text string", Some(SERDE), &[]);
    desk.put(
        "x.parquet",
        file(vec![
            ("N", Arc::new(StringArray::from(vec!["1", "None", "3"]))),
            ("text", Arc::new(Int64Array::from(vec![7, 8, 9]))),
        ]),
    );
    assert_eq!(desk.rows("SELECT * FROM t").await, ["1|7", "|8", "3|9"]);
    assert_eq!(desk.rows("SELECT text FROM t WHERE n > 1").await, ["9"]);
    let error = desk.ask("SELECT CAST(text || 'x' AS INT) FROM t").await.unwrap_err();
    assert!(error.contains("Cannot cast string '7x'"), "{error}");
}

#[tokio::test]
async fn columns_are_found_by_name() {
    let mut desk = Desk::new(
        "account_id string; srcport int; bytes bigint; later string",
        Some(SERDE),
        &[],
    );
    desk.table.partition_columns = columns("date string");
    desk.add(&["2026/11/20"], "a b/");
    desk.add(&["2026/11/21"], "21/");
    desk.add(&["2026/11/22"], "22/");
    desk.put(
        "a b/x.parquet",
        file(vec![
            ("bytes", Arc::new(Int64Array::from(vec![1, 2]))),
            ("ACCOUNT_ID", Arc::new(StringArray::from(vec!["1", "2"]))),
            ("SrcPort", Arc::new(Int32Array::from(vec![80, 443]))),
        ]),
    );
    desk.put(
        "21/y.parquet",
        file(vec![
            ("srcport", Arc::new(Int64Array::from(vec![22]))),
            ("bytes", Arc::new(StringArray::from(vec!["3"]))),
            ("account_id", Arc::new(StringArray::from(vec!["3"]))),
            ("later", Arc::new(StringArray::from(vec!["l"]))),
        ]),
    );
    let all = desk.ask("SELECT * FROM t ORDER BY bytes").await.unwrap();
    assert_eq!(
        all.rows,
        ["1|80|1||2026/11/20", "2|443|2||2026/11/20", "3|22|3|l|2026/11/21"]
    );
    assert!(all.bytes_scanned > 0);
    assert_eq!((all.figures.partitions_read, all.figures.files_read), (3, 2));
    for (condition, rows) in [
        ("srcport = 443", "2|2026/11/20"),
        ("account_id = '3'", "3|2026/11/21"),
        ("later = 'l'", "3|2026/11/21"),
        ("date > '2026/11/20' AND bytes < 5", "3|2026/11/21"),
    ] {
        let question = format!("SELECT account_id, date FROM t WHERE {condition}");
        assert_eq!(desk.rows(&question).await, [rows], "{condition}");
    }
    assert_eq!(desk.rows("SELECT count(*) FROM t").await, ["3"]);
    assert_eq!(
        desk.rows("SELECT date FROM t ORDER BY date DESC LIMIT 1").await,
        ["2026/11/21"]
    );
    desk.put("22/z.parquet", "no parquet at all");
    let error = desk.ask("SELECT bytes FROM t").await.unwrap_err();
    assert!(error.contains("z.parquet"), "{error}");
}
