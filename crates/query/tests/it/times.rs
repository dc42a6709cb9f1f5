//! Athena's and Snowflake's functions of times, held against what their own pages say.

use crate::expressions::{fail, give};
use crate::lake::{self, FIRST_S, Flow};

#[tokio::test]
async fn athena_reckons() {
    give(&[
        // Trino documentation, "Date and time functions".
        (
            "date_add('second', 86, TIMESTAMP '2020-03-01 00:00:00')",
            "2020-03-01T00:01:26",
        ),
        (
            "date_add('day', -1, TIMESTAMP '2020-03-01 00:00:00')",
            "2020-02-29T00:00:00",
        ),
        ("date_add('month', 1, DATE '2020-01-31')", "2020-02-29"),
        (
            "date_diff('second', TIMESTAMP '2020-03-01 00:00:00', TIMESTAMP '2020-03-02 00:00:00')",
            "86400",
        ),
        ("date_diff('day', DATE '2020-03-01', DATE '2020-03-02')", "1"),
        (
            "date_diff('hour', TIMESTAMP '2020-03-01 00:59:59', TIMESTAMP '2020-03-01 01:00:00')",
            "0",
        ),
        ("date_diff('month', NULL, DATE '2020-03-02')", ""),
        ("last_day_of_month(TIMESTAMP '2024-02-05 10:00:00')", "2024-02-29"),
    ])
    .await;
}

#[tokio::test]
async fn athena_reads_and_writes() {
    give(&[
        ("date_format(TIMESTAMP '2022-10-20 05:10:00', '%m-%d-%Y %H')", "10-20-2022 05"),
        ("date_parse('2022/10/20/05', '%Y/%m/%d/%H')", "2022-10-20T05:00:00"),
        ("date_parse('2017-01-14-07', '%Y-%m-%d-%H') >= date_trunc('hour', TIMESTAMP '2017-01-14 08:30:00' - interval '1' hour)", "true"),
        ("format_datetime(from_unixtime(1793491200, 9, 0), 'yyyy-MM-dd HH:mm:ss')", "2026-11-01 09:00:00"),
        ("format_datetime(from_unixtime(1793491200, 'America/New_York'), 'yyyy-MM-dd HH:mm ZZZ')", "2026-10-31 20:00 America/New_York"),
        ("from_unixtime(1793491200.25)", "2026-11-01T00:00:00.250Z"),
        ("to_unixtime(TIMESTAMP '2026-11-01 00:00:00.5')", "1793491200.5"),
        ("to_unixtime(parse_datetime('2026-11-01T09:00:00+0900', 'yyyy-MM-dd''T''HH:mm:ssZ'))", "1793491200.0"),
        ("from_iso8601_timestamp('2020-05-11')", "2020-05-11T00:00:00Z"),
        ("from_iso8601_timestamp('2020-05-11T11:15:05.055+01:00')", "2020-05-11T10:15:05.055Z"),
        ("from_iso8601_date('2020-W10')", "2020-03-02"),
        ("from_iso8601_date('2020-123')", "2020-05-02"),
        (
            "parse_datetime(from_unixtime(1793491200, 'Asia/Tokyo'), 'yyyy-MM-dd''T''HH:mm:ss''Z')",
            "2026-11-01T00:00:00Z",
        ),
        ("from_iso8601_timestamp(from_unixtime(1793491200))", "2026-11-01T00:00:00Z"),
        ("date_parse(TIMESTAMP '2026-11-01 10:00:00', '%Y-%m-%dT%H:%i:%sZ')", "2026-11-01T10:00:00"),
        ("to_iso8601(TIMESTAMP '2026-11-01 01:02:03')", "2026-11-01T01:02:03.000"),
        ("to_iso8601(at_timezone(from_unixtime(1793491200), 'Asia/Tokyo'))", "2026-11-01T09:00:00.000+09:00"),
        ("to_iso8601(with_timezone(TIMESTAMP '2021-08-01 09:00:00', 'America/Los_Angeles'))", "2021-08-01T09:00:00.000-07:00"),
    ])
    .await;
}

#[tokio::test]
async fn snowflake_reckons() {
    give(&[
        // Snowflake documentation: DATEDIFF, TIME_SLICE, CONVERT_TIMEZONE, LAST_DAY.
        ("datediff(year, '2010-04-09 14:39:20', '2013-05-08 23:39:20')", "3"),
        ("datediff(month, '2021-01-01'::date, '2021-02-28'::date)", "1"),
        ("datediff(hour, '2026-11-01 00:59:59', '2026-11-01 01:00:00')", "1"),
        ("dateadd(day, -30, DATE '2026-11-01')", "2026-10-02"),
        ("dateadd(hour, 2, DATE '2013-04-05')", "2013-04-05T02:00:00"),
        ("dateadd(month, 1, '2023-01-31'::date)", "2023-02-28"),
        ("time_slice('2019-02-28'::date, 4, 'MONTH', 'START')", "2019-01-01"),
        ("time_slice('2019-02-28'::date, 4, 'MONTH', 'END')", "2019-05-01"),
        (
            "convert_timezone('America/Los_Angeles', 'America/New_York', '2024-01-01 14:00:00')",
            "2024-01-01T17:00:00",
        ),
        ("dayname('2026-11-01'::date)", "Sun"),
        ("monthname('2026-11-01'::date)", "Nov"),
        ("dayofweek('2026-11-01'::date)", "0"),
        ("dateadd(day, 1, current_date()) > current_date()", "true"),
        // TO_TIMESTAMP, TO_DATE, TO_CHAR, DATE_FROM_PARTS, LAST_DAY, NEXT_DAY.
        ("to_timestamp_ntz(1793491200000, 3)", "2026-11-01T00:00:00"),
        ("to_timestamp_ntz('1793491200000')", "2026-11-01T00:00:00"),
        (
            "to_timestamp('01.11.2026 10:30', 'DD.MM.YYYY HH24:MI')",
            "2026-11-01T10:30:00Z",
        ),
        ("to_timestamp_tz('2026-11-01 10:00:00 +0100')", "2026-11-01T09:00:00Z"),
        ("to_timestamp_ntz(1793491200.25)", "2026-11-01T00:00:00.250"),
        ("'2026-11-01'::timestamp_ntz", "2026-11-01T00:00:00"),
        ("try_to_timestamp('x')", ""),
        ("to_date('01/11/2026', 'DD/MM/YYYY')", "2026-11-01"),
        ("try_to_date('x')", ""),
        (
            "to_char('2026-11-01 15:04:05'::timestamp, 'mm/dd/yyyy, hh24:mi')",
            "11/01/2026, 15:04",
        ),
        ("to_varchar(DATE '2026-11-01', 'DY MON DD')", "Sun Nov 01"),
        ("date_from_parts(2004, 1, 0)", "2003-12-31"),
        ("date_from_parts(2004, 13, 1)", "2005-01-01"),
        ("timestamp_from_parts(2013, 4, 5, 12, 0, -3600)", "2013-04-05T11:00:00"),
        ("last_day('2015-05-08'::date)", "2015-05-31"),
        ("last_day('2015-05-08'::date, 'year')", "2015-12-31"),
        ("next_day('2026-11-01'::date, 'Friday')", "2026-11-06"),
        ("previous_day('2026-11-01'::date, 'su')", "2026-10-25"),
        (
            "date_part(epoch_second, '2026-11-01 00:00:00'::timestamp)",
            "1793491200",
        ),
        ("add_months('2026-01-31'::date, 1)", "2026-02-28"),
    ])
    .await;
}

#[tokio::test]
async fn parts_of_a_time() {
    give(&[
        ("day_of_week(TIMESTAMP '2026-11-01 15:04:05')", "7"),
        ("day_of_year(TIMESTAMP '2026-11-01 15:04:05')", "305"),
        ("week(TIMESTAMP '2026-11-01 15:04:05')", "44"),
        ("year_of_week(DATE '2027-01-01')", "2026"),
        ("hour(from_unixtime(1793491200, 'Asia/Tokyo'))", "9"),
        ("quarter(DATE '2026-11-01')", "4"),
        ("to_milliseconds(interval '2' minute)", "120000"),
        ("to_milliseconds(parse_duration('1.5h'))", "5400000"),
        ("DATE '2026-11-01' + parse_duration('2d') = DATE '2026-11-03'", "true"),
        ("localtimestamp <= CAST(now() AS TIMESTAMP)", "true"),
        ("millisecond(TIMESTAMP '2026-11-01 15:04:05.678')", "678"),
    ])
    .await;
}

#[tokio::test]
async fn what_makes_no_sense_is_said() {
    fail(&[
        (
            "date_add('fortnight', 1, DATE '2026-11-01')",
            "`fortnight` is no unit; there are microsecond",
        ),
        (
            "format_datetime(1793491200, 'yyyy')",
            "from_unixtime(seconds) makes one of it",
        ),
        (
            "format_datetime(DATE '2026-11-01', 'yyyy-bb')",
            "`b` means nothing in the pattern `yyyy-bb`",
        ),
        (
            "date_parse('2026-1x', '%Y-%m')",
            "`2026-1x` does not match at character 7",
        ),
        (
            "from_unixtime(1, 'Mars/Base')",
            "`Mars/Base` is no time zone; one is written `Asia/Tokyo`",
        ),
        ("parse_duration('5 parsecs')", "`5 parsecs` is no duration"),
        ("from_unixtime(9223372036854775807)", "beyond what a time can be"),
        ("date_add('year', 300000, DATE '2026-11-01')", "beyond the calendar"),
        ("time_slice(DATE '2026-11-01', 0, 'DAY')", "a slice of 0 is none"),
    ])
    .await;
}

#[tokio::test]
async fn columns_are_taken_row_by_row() {
    let lake = lake::empty();
    let flow = |start: Option<i64>| Flow {
        start,
        srcaddr: Some("10.0.0.1"),
        ..Flow::default()
    };
    lake.load_flows(&[flow(Some(FIRST_S)), flow(Some(FIRST_S + 3_661)), flow(None)])
        .await;
    let answer = lake
        .ask(
            "SELECT format_datetime(from_unixtime(\"start\", 9, 0), 'yyyy-MM-dd HH:mm:ss') AS starttime_jst, \
             date_add('minute', start % 7, from_unixtime(start)) AS later, hour(from_unixtime(start)) AS hour \
             FROM vpc_flow WHERE 1 = 1 ORDER BY starttime_jst",
        )
        .await;
    insta::assert_snapshot!(answer, @r"
    +---------------------+----------------------+------+
    | starttime_jst       | later                | hour |
    +---------------------+----------------------+------+
    | 2026-11-01 09:00:00 | 2026-11-01T00:04:00Z | 0    |
    | 2026-11-01 10:01:01 | 2026-11-01T01:05:01Z | 1    |
    |                     |                      |      |
    +---------------------+----------------------+------+
    ");
}
