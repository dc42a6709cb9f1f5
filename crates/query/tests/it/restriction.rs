//! What may be seen, whatever a statement says.

use flowtrail_query::{Bucketing, FilterLine, Granularity, Part, Period, Restriction};
use flowtrail_source::Reach;

use crate::lake::{self, DAY_S, Event, FIRST_S, TestLake};

impl TestLake {
    /// The same lake, of which only that is seen.
    fn seen(mut self, restriction: Restriction) -> Self {
        self.engine = self.engine.separate(restriction, Reach::default());
        self
    }

    /// The first value of the answer.
    async fn value(&self, sql: &str) -> String {
        let table = self.ask(sql).await;
        let row = table.lines().nth(3).unwrap_or_default();
        row.trim_matches(['|', ' ']).to_owned()
    }

    /// The relations that a statement names, with what could not be put on them.
    async fn lacks(&self, sql: &str) -> Vec<(String, Vec<Part>)> {
        let answer = self.engine.run(sql).await.unwrap();
        let lacks = answer.restricted.into_iter();
        lacks.map(|one| (one.relation, one.lacks.iter().collect())).collect()
    }
}

fn second_day() -> Restriction {
    Restriction {
        period: Some(Period {
            from_s: FIRST_S + DAY_S,
            to_s: FIRST_S + 2 * DAY_S,
        }),
        ..Restriction::default()
    }
}

fn filter(line: &str) -> Restriction {
    Restriction {
        filter: FilterLine::parse(line).unwrap(),
        ..Restriction::default()
    }
}

#[tokio::test]
async fn a_period_holds_for_every_table_below_views_and_subqueries() {
    let lake = lake::of_flows().await;
    assert_eq!(lake.value("SELECT count(*) FROM flow").await, "3");
    let lake = lake.seen(second_day());
    for sql in [
        "SELECT count(*) FROM logs.vpc_flow",
        "SELECT count(*) FROM flow",
        "SELECT count(*) FROM (SELECT * FROM flow UNION ALL SELECT * FROM flow WHERE 1 = 0)",
        "WITH f AS (SELECT srcaddr FROM vpc_flow) SELECT count(*) FROM f",
        "SELECT (SELECT count(*) FROM flow)",
        "SELECT count(*) FROM flow a JOIN flow b ON a.srcaddr = b.srcaddr",
        "SELECT count(*) FROM flow WHERE start_time < TIMESTAMP '2030-01-01 00:00:00' OR 1 = 1",
    ] {
        assert_eq!(lake.value(sql).await, "1", "{sql}");
    }
    let (_, figures) = lake.ask_with_figures("SELECT srcaddr FROM flow").await.unwrap();
    assert_eq!(
        (figures.files_read, figures.files_total),
        (1, 3),
        "other days are not read"
    );
}

#[tokio::test]
async fn a_period_ends_before_its_end() {
    let lake = lake::of_flows().await.seen(Restriction {
        period: Some(Period {
            from_s: FIRST_S + 60,
            to_s: FIRST_S + DAY_S + 60,
        }),
        ..Restriction::default()
    });
    assert_eq!(lake.value("SELECT count(*) FROM flow").await, "1");
}

#[tokio::test]
async fn a_line_filters_by_any_field() {
    let lake = lake::of_flows().await;
    for (line, rows) in [
        ("srcaddr = 10.0.0.1", "1"),
        ("SRCADDR in 10.0.0.0/8", "1"),
        ("addr in (10.0.0.0/8, fd00::/8)", "3"),
        ("not srcaddr in 10.0.0.0/8", "2"),
        ("srcaddr != 10.0.0.1", "2"),
        ("protocol = tcp or protocol = 17", "2"),
        ("protocol in 1-20", "2"),
        ("protocol > 17", "1"),
        ("action like rej%", "1"),
        ("bytes >= 1500 and action = ACCEPT", "2"),
        ("flow_direction is null", "3"),
        ("flow_direction is not null", "0"),
        ("flow_direction != egress", "3"),
        // Fields of the view alone.
        ("direction = inbound", "1"),
        ("protocol_name = udp and bytes = 1500", "1"),
        ("start_time < 2026-11-02T00:00:00Z", "1"),
        ("src_internal = true", "2"),
        ("srcaddr = 'x'' OR ''1''=''1'", "0"),
    ] {
        let engine = lake.engine.separate(filter(line), Reach::default());
        let answer = engine.run("SELECT count(*) FROM flow").await;
        let answer = answer.unwrap_or_else(|error| panic!("{line}: {error}"));
        let batches: Vec<_> = futures::TryStreamExt::try_collect(answer.stream).await.unwrap();
        let shown = arrow::util::pretty::pretty_format_batches(&batches)
            .unwrap()
            .to_string();
        assert_eq!(shown.lines().nth(3).unwrap().trim_matches(['|', ' ']), rows, "{line}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_line_is_said() {
    for (line, complaint) in [
        (
            "srcadr = 1",
            "the filter, column 1: no field `srcadr`; did you mean srcaddr?\n  srcadr = 1\n  ^",
        ),
        (
            "bytes = many",
            "the filter, column 9: bytes is a number, and `many` is none\n  bytes = many\n          ^",
        ),
        (
            "protocol = smtp",
            "the filter, column 12: protocol is a protocol's number or name, and `smtp` is none\n  protocol = smtp\n             ^",
        ),
        (
            "bytes like 1%",
            "the filter, column 12: bytes is no text, so it is like nothing\n  bytes like 1%\n             ^",
        ),
    ] {
        let lake = lake::of_flows().await.seen(filter(line));
        assert_eq!(lake.complaint("SELECT count(*) FROM logs.vpc_flow").await, complaint);
    }
}

#[tokio::test]
async fn what_a_table_lacks_is_said_and_not_guessed() {
    let lake = lake::of_flows().await;
    lake.load_events(&[Event {
        time: FIRST_S + 60,
        source: "s3",
        name: "GetObject",
        ..Event::default()
    }])
    .await;
    let lake = lake.seen(Restriction {
        vpcs: vec!["vpc-1".into()],
        ..filter("dstport = 22 or dstport is null")
    });
    assert_eq!(
        lake.lacks("SELECT count(*) FROM trail").await,
        [("logs.trail".to_owned(), vec![Part::Vpc, Part::Filter])]
    );
    assert_eq!(lake.value("SELECT count(*) FROM trail").await, "1");
    assert_eq!(
        lake.lacks("SELECT count(*) FROM flow").await,
        [("logs.flow".to_owned(), vec![])]
    );
    assert_eq!(lake.value("SELECT count(*) FROM flow").await, "0");
    assert_eq!(lake.lacks("SELECT 1").await, []);
}

#[tokio::test]
async fn accounts_and_regions_are_of_flows_and_events() {
    let lake = lake::of_flows().await;
    let restriction = Restriction {
        accounts: vec!["1".into()],
        regions: vec!["r".into()],
        ..Restriction::default()
    };
    let lake = lake.seen(restriction);
    let sql = "SELECT count(*) FROM flow, trail, logs.tgw_flow";
    let lacks: Vec<_> = lake.lacks(sql).await.into_iter().map(|(_, lacks)| lacks).collect();
    assert_eq!(lacks, [vec![], vec![], vec![]]);
}

#[tokio::test]
async fn days_begin_where_the_reader_is() {
    let lake = lake::of_flows().await.seen(Restriction {
        bucketing: Bucketing {
            granularity: Granularity::Day,
            time_zone: "Asia/Tokyo".parse().unwrap(),
        },
        ..second_day()
    });
    let sql = "SELECT arrow_cast(:datebucket(start_time), 'Timestamp(µs, \"UTC\")') AS d FROM flow";
    assert_eq!(lake.value(sql).await, "2026-11-01T15:00:00Z");
    let sql = "SELECT count(*) FROM flow WHERE start_time = :daterange";
    assert_eq!(lake.value(sql).await, "1");
    let line = "SELECT :datebucket(start_time),\n  nope FROM flow";
    assert!(
        lake.complaint(line)
            .await
            .starts_with("line 2, column 3: no column `nope`")
    );
}
