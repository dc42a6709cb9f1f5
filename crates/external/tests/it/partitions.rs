//! Partitions that were added, and those that are found.

use flowtrail_external::{Access, check, find_partitions};

use crate::desk::{Desk, REGEX, columns};

fn desk() -> Desk {
    let mut desk = Desk::new("Line string", Some(REGEX), &[("input.regex", "(.*)")]);
    desk.table.partition_columns = columns("IngestDateTime string");
    for hour in ["00", "01", "02"] {
        desk.put(&format!("2017/01/15/{hour}/x.log"), format!("at {hour}\n"));
        desk.add(&[&format!("2017-01-15-{hour}")], &format!("2017/01/15/{hour}/"));
    }
    desk.add(&["2017-01-15-03"], "2017/01/15/03/");
    desk
}

#[tokio::test]
async fn only_what_is_asked_for_is_listed() {
    let desk = desk();
    let answer = desk
        .ask("SELECT ingestdatetime, line FROM t WHERE ingestdatetime > '2017-01-15-00' ORDER BY line")
        .await
        .unwrap();
    assert_eq!(answer.rows, ["2017-01-15-01|at 01", "2017-01-15-02|at 02"]);
    let figures = answer.figures;
    assert_eq!((figures.partitions_read, figures.partitions_total), (3, 4));
    assert_eq!((figures.files_read, figures.files_total), (2, 2));
    for (condition, rows) in [
        ("ingestdatetime IN ('2017-01-15-00', '2017-01-15-02')", "2"),
        ("ingestdatetime LIKE '%-01' OR ingestdatetime LIKE '%-02'", "2"),
        (
            "to_timestamp(ingestdatetime, '%Y-%m-%d-%H') < now() - interval '2' hour",
            "3",
        ),
        ("ingestdatetime = '2017-01-15-01' AND line = 'at 02'", "0"),
        ("ingestdatetime || line = '2017-01-15-01at 01'", "1"),
        ("ingestdatetime IS NULL", "0"),
    ] {
        let question = format!("SELECT count(*) FROM t WHERE {condition}");
        assert_eq!(desk.rows(&question).await, [rows], "{condition}");
    }
    assert_eq!(desk.rows("SELECT max(ingestdatetime) FROM t").await, ["2017-01-15-02"]);
    assert_eq!(
        desk.rows("SELECT ingestdatetime FROM t WHERE line = 'at 01' LIMIT 1")
            .await,
        ["2017-01-15-01"]
    );
}

#[tokio::test]
async fn without_partitions_there_are_no_rows() {
    let mut desk = desk();
    desk.table.partitions.clear();
    let answer = desk.ask("SELECT count(*) FROM t").await.unwrap();
    assert_eq!((answer.rows, answer.figures.files_total), (vec!["0".to_owned()], 0));
}

#[tokio::test]
async fn folders_of_hive_are_found() {
    let mut desk = Desk::new("line string", None, &[]);
    desk.table.partition_columns = columns("year int; what string");
    for folder in [
        "Year=2026/what=a%3Ab",
        "Year=2026/what=c",
        "year=2027/what=c",
        "year=2028",
        "other/what=c",
    ] {
        desk.put(&format!("{folder}/x.txt"), "x\n");
    }
    desk.add(&["2026", "c"], "elsewhere/");
    let found = find_partitions(&desk.table, &Access::default()).await.unwrap();
    let values: Vec<String> = found.iter().map(|partition| partition.values.join(",")).collect();
    assert_eq!(values, ["2026,a:b", "2027,c"]);
    desk.table.partitions.extend(found);
    assert_eq!(
        desk.rows("SELECT year + 1, what FROM t ORDER BY 1").await,
        ["2027|a:b", "2028|c"]
    );
}

#[test]
fn definitions_are_checked() {
    let desk = desk();
    check(&desk.table).unwrap();
    let wrong = |change: &dyn Fn(&mut flowtrail_catalog::ExternalTable)| {
        let mut table = desk.table.clone();
        change(&mut table);
        check(&table).unwrap_err().to_string()
    };
    for (error, expected) in [
        (
            wrong(&|table| table.serde = Some("org.x.NoSerDe".into())),
            "SerDe `org.x.NoSerDe` is not known",
        ),
        (
            wrong(&|table| table.input_format = Some("org.x.OrcInputFormat".into())),
            "input format `org.x.OrcInputFormat` is not known",
        ),
        (
            wrong(&|table| table.partition_columns = columns("LINE string")),
            "column `LINE`: another column has that name",
        ),
        (
            wrong(&|table| table.partition_columns = columns("p array<int>")),
            "column `p`: a partition cannot have a value of type array<int>",
        ),
        (
            wrong(&|table| {
                table.serde_properties.remove("input.regex");
            }),
            "property `input.regex` is missing: RegexSerDe reads lines with it",
        ),
        (
            wrong(&|table| table.location = "s3://<bucket_and_prefix>/".into()),
            "`s3://<bucket_and_prefix>/` cannot be a table's location: a bucket's name holds only letters, digits, `.`, `_` and `-`",
        ),
        (
            wrong(&|table| table.location = "-".into()),
            "`-` cannot be a table's location: it is standard input, which can be read once",
        ),
    ] {
        assert_eq!(error, expected);
    }
}
