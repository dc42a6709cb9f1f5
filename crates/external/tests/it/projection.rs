//! Partitions that follow from a table's properties.

use chrono::{DateTime, Days, Utc};
use flowtrail_external::{Access, check, partitions};

use crate::desk::{Desk, columns};

fn desk(partition_columns: &str, properties: &[(&str, &str)]) -> Desk {
    let mut desk = Desk::new("line string", None, &[]);
    desk.table.partition_columns = columns(partition_columns);
    desk.set(&[("projection.enabled", "true")]);
    desk.set(properties);
    desk
}

fn template(desk: &mut Desk, below: &str) {
    let template = desk.place(below);
    desk.set(&[("storage.location.template", &template)]);
}

fn now() -> DateTime<Utc> {
    "2026-03-31T15:30:00Z".parse().unwrap()
}

async fn values(desk: &Desk) -> Vec<String> {
    let all = partitions(&desk.table, &Access::default(), now()).await.unwrap();
    all.iter().map(|partition| partition.values.join(",")).collect()
}

#[tokio::test]
async fn accounts_and_days() {
    let mut desk = desk(
        "account string; date string",
        &[
            ("projection.account.type", "enum"),
            ("projection.account.values", "111111111111,222222222222"),
            ("projection.date.type", "date"),
            ("projection.date.range", "NOW-1DAYS,NOW"),
            ("projection.date.format", "yyyy/MM/dd"),
        ],
    );
    template(&mut desk, "AWSLogs/${account}/vpcflowlogs/ap-northeast-1/${date}/");
    check(&desk.table).unwrap();
    for days in 0..3 {
        let day = (Utc::now() - Days::new(days)).format("%Y/%m/%d");
        for account in ["111111111111", "222222222222"] {
            let name = format!("AWSLogs/{account}/vpcflowlogs/ap-northeast-1/{day}/x");
            desk.put(&name, format!("{account} {days}\n"));
        }
    }
    let all = desk.ask("SELECT line FROM t ORDER BY line").await.unwrap();
    assert_eq!(
        all.rows,
        ["111111111111 0", "111111111111 1", "222222222222 0", "222222222222 1"]
    );
    assert_eq!((all.figures.partitions_read, all.figures.partitions_total), (4, 4));
    let today = Utc::now().format("%Y/%m/%d");
    let question = format!("SELECT line, date FROM t WHERE date = '{today}' AND account LIKE '2%'");
    let one = desk.ask(&question).await.unwrap();
    assert_eq!(one.rows, [format!("222222222222 0|{today}")]);
    assert_eq!((one.figures.partitions_read, one.figures.files_total), (1, 1));
    let question = "SELECT count(*) FROM t WHERE account || date = '111111111111' || date";
    assert_eq!(desk.rows(question).await, ["2"]);
}

#[tokio::test]
async fn values_of_each_type() {
    let integers = [
        ("projection.p.type", "integer"),
        ("projection.p.range", "8, 12"),
        ("projection.p.interval", "2"),
        ("projection.p.digits", "3"),
    ];
    assert_eq!(values(&desk("p string", &integers)).await, ["008", "010", "012"]);
    for (format, range, more, expected) in [
        (
            "yyyy-MM-dd-HH",
            "NOW-1HOURS,NOW+1HOURS",
            ("", ""),
            vec!["2026-03-31-14", "2026-03-31-15", "2026-03-31-16"],
        ),
        (
            "yyyy/MM",
            "NOW-2MONTHS,NOW",
            ("", ""),
            vec!["2026/01", "2026/02", "2026/03"],
        ),
        (
            "yyyy-MM-dd",
            "2026-01-30,2026-02-01",
            ("", ""),
            vec!["2026-01-30", "2026-01-31", "2026-02-01"],
        ),
        (
            "yyyy-MM-dd",
            "2026-01-01, NOW",
            ("interval", "4"),
            vec![
                "2026-01-01",
                "2026-01-05",
                "2026-01-09",
                "2026-01-13",
                "2026-01-17",
                "2026-01-21",
                "2026-01-25",
                "2026-01-29",
                "2026-02-02",
                "2026-02-06",
                "2026-02-10",
                "2026-02-14",
                "2026-02-18",
                "2026-02-22",
                "2026-02-26",
                "2026-03-02",
                "2026-03-06",
                "2026-03-10",
                "2026-03-14",
                "2026-03-18",
                "2026-03-22",
                "2026-03-26",
                "2026-03-30",
            ],
        ),
        (
            "yyyy-MM-dd",
            "2026-01-31,NOW",
            ("interval.unit", "MONTHS"),
            vec!["2026-01-31", "2026-02-28", "2026-03-31"],
        ),
    ] {
        let name = format!("projection.p.{}", more.0);
        let properties = [
            ("projection.p.type", "date"),
            ("projection.p.format", format),
            ("projection.p.range", range),
            (name.as_str(), more.1),
        ];
        assert_eq!(
            values(&desk("p string", &properties)).await,
            expected,
            "{format} {range}"
        );
    }
}

#[tokio::test]
async fn values_that_are_injected_must_be_said() {
    let mut desk = desk(
        "id string; n int",
        &[
            ("projection.id.type", "injected"),
            ("projection.n.type", "integer"),
            ("projection.n.range", "1,9000000000"),
        ],
    );
    template(&mut desk, "${id}/${n}");
    desk.put("a/7/x", "one\n");
    desk.put("b/7/x", "two\n");
    let error = desk.ask("SELECT line FROM t WHERE n = 7").await.unwrap_err();
    assert!(
        error.starts_with("column `id` of table `t` is projected as `injected`"),
        "{error}"
    );
    let error = desk.ask("SELECT line FROM t WHERE id = 'a'").await.unwrap_err();
    assert!(
        error.contains("more than 1000000 projected partitions of column `n` alone"),
        "{error}"
    );
    assert_eq!(desk.rows("SELECT line FROM t WHERE id = 'a' AND n = 7").await, ["one"]);
    assert_eq!(
        desk.rows("SELECT line, id, n FROM t WHERE id IN ('a', 'b', 'c', 'd') AND n = 7 ORDER BY 1")
            .await,
        ["one|a|7", "two|b|7"]
    );
    let error = partitions(&desk.table, &Access::default(), now())
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("`id` is projected as `injected`"), "{error}");
}

#[tokio::test]
async fn without_a_template_folders_are_hives() {
    let desk = desk(
        "year int",
        &[
            ("projection.year.type", "integer"),
            ("projection.year.range", "2020,2030"),
        ],
    );
    desk.put("year=2026/x", "here\n");
    assert_eq!(desk.rows("SELECT line FROM t WHERE year > 2024").await, ["here"]);
}

#[test]
fn what_is_not_whole_is_refused() {
    for (properties, expected) in [
        (
            vec![],
            "property `projection.p.type` is missing: each partition column of a projection has a type",
        ),
        (
            vec![("projection.p.type", "enumeration")],
            "property `projection.p.type` cannot be `enumeration`: expected enum, integer, date or injected",
        ),
        (
            vec![("projection.p.type", "integer"), ("projection.p.range", "5")],
            "property `projection.p.range` cannot be `5`: expected two values with a comma between them",
        ),
        (
            vec![("projection.p.type", "date"), ("projection.p.range", "NOW-1DAYS,NOW")],
            "property `projection.p.format` is missing: it is of type `date`",
        ),
        (
            vec![
                ("projection.p.type", "date"),
                ("projection.p.format", "yyyy"),
                ("projection.p.range", "NOW-1FOO,NOW"),
            ],
            "property `projection.p.range` cannot be `NOW-1FOO,NOW`: `NOW-1FOO` is neither a time written as `yyyy` nor one such as NOW or NOW-3DAYS",
        ),
        (
            vec![
                ("projection.p.type", "injected"),
                ("storage.location.template", "s3://b/${q}/"),
            ],
            "property `storage.location.template` cannot be `s3://b/${q}/`: `q` is no partition column",
        ),
        (
            vec![
                ("projection.p.type", "injected"),
                ("storage.location.template", "s3://b/"),
            ],
            "property `storage.location.template` cannot be `s3://b/`: `${p}` is missing, and so all its values have the same files",
        ),
    ] {
        let desk = desk("p string", &properties);
        assert_eq!(check(&desk.table).unwrap_err().to_string(), expected);
    }
}
