use insta::assert_snapshot;

use crate::lake::{self, DAY_S, Event, FIRST_S, Flow};

/// Files read, by filter.
async fn files_read(lake: &lake::TestLake, table: &str, filter: &str) -> (u64, u64) {
    let sql = format!("SELECT count(*) AS n FROM {table} WHERE {filter}");
    let (answer, figures) = lake.ask_with_figures(&sql).await.unwrap();
    let rows = answer.lines().nth(3).unwrap().trim_matches(['|', ' ']).parse().unwrap();
    (rows, figures.files_read)
}

#[tokio::test]
async fn times_of_the_view_prune_the_files_of_the_table() {
    let lake = lake::of_flows().await;
    for (filter, expected) in [
        ("start_time >= '2026-11-02'", (2, 2)),
        ("start_time > TIMESTAMP '2026-11-02 00:00:59.5'", (2, 2)),
        ("start_time > TIMESTAMP '2026-11-02 00:01:00'", (1, 1)),
        ("start_time < TIMESTAMP '2026-11-01 00:01:00.5'", (1, 1)),
        ("TIMESTAMP '2026-11-01 00:01:00' >= start_time", (1, 1)),
        ("start_time BETWEEN '2026-11-02' AND '2026-11-03'", (1, 1)),
        ("start_time = '2026-11-02T00:01:00Z'", (1, 1)),
        ("start_time >= DATE '2026-11-03'", (1, 1)),
        ("start_time > now() + interval '100 years'", (0, 0)),
        ("end_time < '2026-11-02' AND action = 'ACCEPT'", (1, 1)),
        ("day = '2026-11-02'", (1, 1)),
        ("srcaddr = 'fd00::1'", (1, 1)),
    ] {
        assert_eq!(files_read(&lake, "logs.flow", filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn times_made_from_seconds_prune_too() {
    let lake = lake::of_flows().await;
    for (filter, expected) in [
        ("from_unixtime(start) > TIMESTAMP '2026-11-02 12:00:00'", (1, 1)),
        ("to_timestamp(start) < '2026-11-02'", (1, 1)),
        ("to_timestamp_seconds(start) < '2026-11-02'", (1, 1)),
        (
            "from_unixtime(start, 'Asia/Tokyo') < TIMESTAMP WITH TIME ZONE '2026-11-02 00:00:00+09:00'",
            (1, 1),
        ),
        ("start > to_unixtime(TIMESTAMP '2026-11-02 12:00:00.5')", (1, 1)),
        ("to_unixtime(TIMESTAMP '2026-11-02 00:00:00') > start", (1, 1)),
        (
            "date_add('day', 1, from_unixtime(start)) < TIMESTAMP '2026-11-02'",
            (0, 3),
        ),
        ("start + 1 < 0", (0, 3)),
    ] {
        assert_eq!(files_read(&lake, "vpc_flow", filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn times_of_trail_prune() {
    let lake = lake::empty();
    for day in 0..3 {
        let event = Event {
            time: FIRST_S + day * DAY_S,
            source: "s3.amazonaws.com",
            name: "GetObject",
            ..Event::default()
        };
        lake.load_events(&[event]).await;
    }
    assert_eq!(
        files_read(&lake, "trail", "event_time > '2026-11-02 12:00:00'").await,
        (1, 1)
    );
    assert_eq!(files_read(&lake, "trail", "event_name = 'PutObject'").await, (0, 0));
}

#[tokio::test]
async fn figures_say_what_was_read() {
    let lake = lake::of_flows().await;
    // Of a column with one value, the statistics are enough.
    let flow = |srcaddr| Flow {
        start: Some(FIRST_S),
        srcaddr: Some(srcaddr),
        ..Flow::default()
    };
    lake.load_flows(&[flow("10.0.0.1"), flow("10.0.0.2")]).await;
    let (_, figures) = lake
        .ask_with_figures("SELECT srcaddr FROM flow WHERE start_time < '2026-11-03'")
        .await
        .unwrap();
    assert_eq!((figures.rows, figures.files_read, figures.files_total), (4, 3, 4));
    assert_eq!((figures.partitions_read, figures.partitions_total), (2, 3));
    assert!(figures.bytes_scanned > 0 && figures.elapsed.as_nanos() > 0);
    let (_, figures) = lake.ask_with_figures("SELECT 1").await.unwrap();
    assert_eq!((figures.rows, figures.files_total, figures.bytes_scanned), (1, 0, 0));
}

#[tokio::test]
async fn the_newest_are_found_from_the_end() {
    let lake = lake::of_flows().await;
    let sql = "SELECT start_time, srcaddr FROM flow ORDER BY start_time DESC LIMIT 2";
    assert_snapshot!(lake.ask(sql).await, @r"
    +----------------------+-------------+
    | start_time           | srcaddr     |
    +----------------------+-------------+
    | 2026-11-03T00:01:00Z | 203.0.113.9 |
    | 2026-11-02T00:01:00Z | fd00::1     |
    +----------------------+-------------+
    ");
    let plan = lake.ask(&format!("EXPLAIN {sql}")).await;
    assert!(plan.contains("sort_order_for_reorder=[start@"), "{plan}");
    let unlimited = lake
        .ask("SELECT srcaddr FROM flow ORDER BY protocol_name DESC, start_time LIMIT 1")
        .await;
    assert!(unlimited.contains("| fd00::1 |"), "{unlimited}");
}
