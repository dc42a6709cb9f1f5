//! What is answered on codes, and what is left to the engine's own plan.

use tempfile::TempDir;

use crate::table::{Form, Record, Table, write};

const ALL: [Form; 3] = [Form::Usual, Form::Differences, Form::Plain];

fn records(count: i64) -> Vec<Record> {
    let text = |prefix: &str, number: i64| Some(format!("{prefix}{number}"));
    (0..count)
        .map(|number| Record {
            few: text("f", number % 3),
            many: if number % 50 == 7 {
                None
            } else {
                text("m", number * 7919 % 997)
            },
            small: if number % 11 == 3 {
                None
            } else {
                Some((number % 13) as i32)
            },
            large: Some(number * 1_000_003 % 70_000),
            at: number / 4,
        })
        .collect()
}

fn folder(records: &[Record], forms: &[Form]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), records, forms);
    folder
}

#[tokio::test]
async fn statements_of_dashboards_are_answered_on_codes() {
    let folder = folder(&records(30_000), &ALL);
    let table = Table::open(folder.path()).await;
    for statement in [
        "SELECT many, count(many) c FROM t WHERE few = 'f1' AND at > 100 GROUP BY many ORDER BY c DESC, many LIMIT 10",
        "SELECT few, sum(large) FROM t WHERE at >= 0 GROUP BY few",
        "SELECT at - at % 60 h, sum(large) b FROM t GROUP BY 1 ORDER BY 1",
        "SELECT DISTINCT many, few, small FROM t WHERE few = 'f2' AND small IN (3, 5)",
        "SELECT count(*), sum(large), min(at), max(time) FROM t WHERE many = 'm21'",
        "SELECT many, few, small, sum(large) FROM t GROUP BY 1, 2, 3",
        "SELECT many, few, small, large, at, date, time, count(*) FROM t GROUP BY 1, 2, 3, 4, 5, 6, 7",
        "SELECT k, avg(large) FROM (SELECT upper(few) AS k, large, small FROM t) WHERE small > 2 GROUP BY k",
        "SELECT count(DISTINCT many) FROM t WHERE few = 'f0'",
        "SELECT sum(large) FROM t WHERE many = 'nobody'",
        "SELECT many, count(*) FROM t WHERE many = 'nobody' GROUP BY many",
        "SELECT few, small FROM t GROUP BY few, small HAVING sum(large) > 1000",
        "SELECT approx_distinct(large), approx_distinct(many), count(*), max(at) FROM t",
        "SELECT few, approx_distinct(large), avg(large), approx_distinct(upper(many)) FROM t WHERE at > 100 GROUP BY few",
        "SELECT many, few, approx_distinct(large + at) FROM t GROUP BY many, few",
        "SELECT many, at, small, approx_distinct(few), approx_distinct(date), sum(large) FROM t GROUP BY 1, 2, 3",
        "SELECT large, approx_distinct(at % 1000) FROM t GROUP BY large",
        "SELECT approx_distinct(many), approx_distinct('a') FROM t WHERE many = 'nobody'",
        "SELECT approx_distinct(many), approx_distinct(small) FROM t WHERE many IS NULL AND small IS NULL",
    ] {
        let answer = table.same(statement).await;
        assert_eq!((answer.on_codes, answer.declined), (1, 0), "{statement}");
    }
}

#[tokio::test]
async fn what_is_not_known_is_left_to_the_engine() {
    let folder = folder(&records(2_000), &ALL);
    let table = Table::open(folder.path()).await;
    for statement in [
        "SELECT few, bit_or(large) FROM t GROUP BY few",
        "SELECT few, min(many) FROM t GROUP BY few",
        "SELECT few, sum(large) FILTER (WHERE small > 3) FROM t GROUP BY few",
        "SELECT few, approx_distinct(large) FILTER (WHERE small > 3) FROM t GROUP BY few",
        "SELECT few, approx_distinct(small > 3) FROM t GROUP BY few",
        "SELECT few, approx_distinct(arrow_cast(at, 'Int16')) FROM t GROUP BY few",
        "SELECT few, small, sum(large) FROM t GROUP BY ROLLUP (few, small)",
        "SELECT few, sum(CAST(large AS DOUBLE)) FROM t GROUP BY few",
        "SELECT few, array_agg(large ORDER BY at, large) FROM t GROUP BY few",
        "SELECT few, sum(large) FROM (SELECT * FROM t ORDER BY at, large, many LIMIT 10) GROUP BY few",
    ] {
        assert_eq!(table.same(statement).await.on_codes, 0, "{statement}");
    }
}

#[tokio::test]
async fn a_file_of_an_unknown_form_is_asked_by_the_engine() {
    let folder = folder(&records(2_000), &[Form::Usual, Form::PlainText]);
    let table = Table::open(folder.path()).await;
    let answer = table.same("SELECT many, count(*) FROM t GROUP BY many").await;
    assert_eq!((answer.on_codes, answer.declined), (1, 1));
    let answer = table.same("SELECT small, count(*) FROM t GROUP BY small").await;
    assert_eq!((answer.on_codes, answer.declined), (1, 0), "no text is looked at");
}

#[tokio::test]
async fn an_error_of_a_row_that_does_not_count_is_none() {
    let folder = folder(&records(2_000), &ALL);
    let table = Table::open(folder.path()).await;
    let answer = table
        .same("SELECT few, sum(100 / small) FROM t WHERE small > 0 GROUP BY few")
        .await;
    assert!(answer.rows.is_ok());
    assert_eq!(answer.declined, 1, "0 is among the values that all are divided by");
    let answer = table.same("SELECT few, sum(100 / small) FROM t GROUP BY few").await;
    assert!(answer.rows.unwrap_err().contains("Divide by zero"));
}

#[tokio::test]
async fn a_sum_beyond_64_bits_is_an_error_not_a_number() {
    let large = |large| Record {
        large: Some(large),
        ..records(1)[0].clone()
    };
    for (number, records) in [
        vec![large(i64::MAX), large(1)],
        vec![large(i64::MAX), large(2), large(3), large(1)],
    ]
    .into_iter()
    .enumerate()
    {
        // In one file, and over two.
        let folder = folder(&records, &ALL[..=number]);
        let table = Table::open(folder.path()).await;
        let error = table
            .coded("SELECT few, sum(large) FROM t GROUP BY few")
            .await
            .rows
            .unwrap_err();
        assert!(error.contains("larger than a BIGINT holds"), "{error}");
    }
}

#[tokio::test]
async fn more_groups_than_memory_are_left_to_the_engine_which_goes_to_disk() {
    let folder = folder(&records(150_000), &ALL);
    let table = Table::with_memory(folder.path(), 3 << 20).await;
    let answer = table
        .same("SELECT many, large, at, count(*) FROM t GROUP BY many, large, at")
        .await;
    assert_eq!((answer.on_codes, answer.declined), (1, 1));
    assert!(answer.rows.unwrap().len() > 140_000);
    let answer = table.same("SELECT few, count(*) FROM t GROUP BY few").await;
    assert_eq!((answer.on_codes, answer.declined), (1, 0));
    // Few groups, of many values each.
    let sketches = "SELECT at % 1000, approx_distinct(large), approx_distinct(at + large) FROM t GROUP BY 1";
    let answer = table.same(sketches).await;
    assert_eq!((answer.on_codes, answer.declined), (1, 1));
}

#[tokio::test]
async fn a_column_a_file_does_not_have_is_null_in_it() {
    let folder = folder(&records(100), &[Form::Usual]);
    let older = arrow::array::RecordBatch::try_from_iter([(
        "few",
        std::sync::Arc::new(arrow::array::StringArray::from(vec!["old"; 5])) as arrow::array::ArrayRef,
    )])
    .unwrap();
    let file = std::fs::File::create(folder.path().join("older.parquet")).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, older.schema(), None).unwrap();
    writer.write(&older).unwrap();
    writer.close().unwrap();
    let table = Table::open(folder.path()).await;
    let answer = table
        .same("SELECT few, many, count(*), count(large), sum(large) FROM t GROUP BY few, many")
        .await;
    assert_eq!((answer.on_codes, answer.declined), (1, 0));
    let rows = answer.rows.unwrap();
    assert!(
        rows.contains(&["old", "null", "5", "0", "null"].map(str::to_owned).to_vec()),
        "{rows:?}"
    );
}

#[tokio::test]
async fn conditions_that_a_scan_took_over_are_not_lost() {
    let folder = folder(&records(2_000), &ALL);
    let table = Table::with_filters_in_scans(folder.path()).await;
    for statement in [
        "SELECT few, count(*) FROM t WHERE small > 3 AND few = 'f1' GROUP BY few",
        "SELECT count(*), sum(large) FROM t WHERE many = 'm21' AND at > 10",
        "SELECT few, count(*) FROM (SELECT few, small + 1 AS next FROM t) WHERE next > 3 GROUP BY few",
    ] {
        let answer = table.same(statement).await;
        assert_eq!((answer.on_codes, answer.declined), (1, 0), "{statement}");
    }
}
