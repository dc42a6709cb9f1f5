use insta::assert_snapshot;

use crate::lake::{self, FIRST_S, Flow};

#[tokio::test]
async fn tables_are_found_by_short_and_long_names() {
    let lake = lake::of_flows().await;
    for name in [
        "vpc_flow",
        "logs.vpc_flow",
        "flowtrail.logs.vpc_flow",
        "VPC_FLOW",
        "flow",
        "logs.flow",
    ] {
        let answer = lake.ask(&format!("SELECT count(*) AS n FROM {name}")).await;
        assert!(answer.contains("| 3 |"), "{name}\n{answer}");
    }
    assert!(
        lake.ask("SELECT count(*) AS n FROM load_history")
            .await
            .contains("| 0 |")
    );
    assert!(
        lake.ask("WITH flow AS (SELECT 7 AS n) SELECT n FROM flow")
            .await
            .contains("| 7 |")
    );
}

#[tokio::test]
async fn columns_named_like_sql_words_need_no_quotes() {
    let lake = lake::of_flows().await;
    let sql = "SELECT start, end, srcaddr, bytes, action, \"end\" - start AS s, type, day FROM vpc_flow WHERE end > 0 ORDER BY start LIMIT 1";
    assert_snapshot!(lake.ask(sql).await, @r"
    +------------+------------+----------+-------+--------+----+------+------------+
    | start      | end        | srcaddr  | bytes | action | s  | type | day        |
    +------------+------------+----------+-------+--------+----+------+------------+
    | 1793491260 | 1793491290 | 10.0.0.1 | 1500  | ACCEPT | 30 |      | 2026-11-01 |
    +------------+------------+----------+-------+--------+----+------+------------+
    ");
    assert!(
        lake.ask("SELECT max(end) AS e, CASE WHEN min(start) > 0 THEN 1 END AS c FROM vpc_flow v")
            .await
            .contains("| 1 |")
    );
}

#[tokio::test]
async fn what_sql_says_of_tables() {
    let lake = lake::of_flows().await;
    let sql = "SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema <> 'information_schema'";
    assert_snapshot!(lake.ask(sql).await, @r"
    +--------------+--------------+------------+
    | table_schema | table_name   | table_type |
    +--------------+--------------+------------+
    | logs         | vpc_flow     | BASE TABLE |
    | logs         | tgw_flow     | BASE TABLE |
    | logs         | cloudtrail   | BASE TABLE |
    | logs         | flow         | VIEW       |
    | logs         | trail        | VIEW       |
    | system       | load_history | BASE TABLE |
    | system       | quarantine   | BASE TABLE |
    | system       | pipes        | VIEW       |
    +--------------+--------------+------------+
    ");
    assert!(lake.ask("SHOW TABLES").await.contains("load_history"));
    assert!(lake.ask("SHOW COLUMNS FROM vpc_flow").await.contains("srcaddr"));
    assert!(lake.ask("DESCRIBE vpc_flow").await.contains("srcaddr"));
    assert!(lake.ask("DESCRIBE logs.trail").await.contains("who"));
    assert!(
        lake.ask("EXPLAIN ANALYZE SELECT sum(bytes) FROM vpc_flow")
            .await
            .contains("bytes_scanned")
    );
}

#[tokio::test]
async fn what_is_set_stays_set() {
    let lake = lake::empty();
    lake.ask("SET TIME ZONE = 'Asia/Tokyo'").await;
    assert!(lake.ask("SHOW TIME ZONE").await.contains("Asia/Tokyo"));
    lake.load_flows(&[Flow {
        start: Some(FIRST_S),
        ..Flow::default()
    }])
    .await;
    assert!(lake.ask("SELECT count(*) AS n FROM vpc_flow").await.contains("| 1 |"));
}

#[tokio::test]
async fn a_statement_sees_one_version_of_a_table() {
    use futures::TryStreamExt;

    let lake = lake::of_flows().await;
    let sql = "SELECT (SELECT count(*) FROM vpc_flow) - (SELECT count(*) FROM logs.flow) AS n, count(srcaddr) AS m FROM logs.vpc_flow";
    let answer = lake.engine.run(sql).await.unwrap();
    lake.load_flows(&[Flow {
        start: Some(FIRST_S),
        srcaddr: Some("10.0.0.9"),
        ..Flow::default()
    }])
    .await;
    let rows: Vec<_> = answer.stream.try_collect().await.unwrap();
    assert!(
        arrow::util::pretty::pretty_format_batches(&rows)
            .unwrap()
            .to_string()
            .contains("| 0 | 3 |")
    );
    assert!(lake.ask(sql).await.contains("| 0 | 4 |"));
}

#[tokio::test]
async fn distinct_fields_of_records_are_ordered() {
    let lake = lake::empty();
    let records = "(SELECT named_struct('n', x) AS r FROM (VALUES (2), (1), (2)) AS v(x)) AS t";
    for field in ["r.n", "t.r.n"] {
        let sql = format!("SELECT DISTINCT {field} AS n FROM {records} ORDER BY {field} DESC");
        let answer = lake.ask(&sql).await;
        let rows: Vec<&str> = answer.lines().filter(|line| line.starts_with("| ")).collect();
        assert_eq!(rows, ["| n |", "| 2 |", "| 1 |"], "{sql}");
    }
}

#[tokio::test]
async fn the_object_of_a_log_record_is_its_path() {
    let lake = lake::of_flows().await;
    for sql in [
        "SELECT DISTINCT \"$path\" FROM vpc_flow WHERE \"$path\" LIKE '%'",
        "SELECT \"$path\", count(*) FROM logs.vpc_flow f GROUP BY f.\"$path\"",
    ] {
        let answer = lake.ask(sql).await;
        assert!(
            answer.lines().nth(1).is_some_and(|names| names.contains("| $path ")),
            "{answer}"
        );
        let object = lake.ask(&sql.replace("$path", "_object")).await;
        assert_eq!(answer.lines().count(), object.lines().count());
    }
    assert!(
        lake.complaint("SELECT \"$path\" FROM flow")
            .await
            .contains("no column `$path`")
    );
}
