use crate::lake::{self, DAY_S, FIRST_S, Flow, TestLake};

/// Twelve files of three days; the hours of some overlap.
async fn scattered() -> TestLake {
    let lake = lake::empty();
    for file in 0..12 {
        let flows: Vec<Flow> = (0..80)
            .map(|number| Flow {
                start: Some(FIRST_S + file % 3 * DAY_S + (number * 7_919 + file * 613) % (4_000 + 900 * file)),
                srcaddr: Some(if number % 3 == 0 { "10.0.0.1" } else { "10.0.0.2" }),
                bytes: Some(number),
                ..Flow::default()
            })
            .collect();
        lake.load_flows(&flows).await;
    }
    lake
}

#[tokio::test]
async fn the_newest_and_the_oldest_rows_are_those_of_the_whole_table() {
    let lake = scattered().await;
    for limit in [
        "LIMIT 1",
        "LIMIT 10",
        "LIMIT 100",
        "LIMIT 500",
        "LIMIT 5000",
        "LIMIT 20 OFFSET 75",
    ] {
        for direction in ["DESC", "ASC", "DESC NULLS FIRST", "ASC NULLS FIRST"] {
            // An expression is nothing that files are sorted by.
            let plain = format!("SELECT start FROM vpc_flow ORDER BY start + 0 {direction} {limit}");
            for asked in [
                format!("SELECT start FROM vpc_flow ORDER BY start {direction} {limit}"),
                format!("SELECT start FROM (SELECT bytes, start FROM vpc_flow) ORDER BY start {direction} {limit}"),
            ] {
                assert_eq!(lake.ask(&asked).await, lake.ask(&plain).await, "{asked}");
            }
        }
    }
    let of_one = "SELECT start FROM vpc_flow WHERE srcaddr = '10.0.0.1' ORDER BY";
    assert_eq!(
        lake.ask(&format!("{of_one} start DESC LIMIT 30")).await,
        lake.ask(&format!("{of_one} start + 0 DESC LIMIT 30")).await
    );
    let sum = "SELECT count(*), sum(s) FROM (SELECT start AS s FROM vpc_flow ORDER BY";
    assert_eq!(
        lake.ask(&format!("{sum} start DESC LIMIT 30)")).await,
        lake.ask(&format!("{sum} start + 0 DESC LIMIT 30)")).await
    );
}

#[tokio::test]
async fn only_files_with_rows_of_the_answer_are_opened() {
    let lake = scattered().await;
    let bytes = async |sql: &str| lake.ask_with_figures(sql).await.unwrap().1.bytes_scanned;
    let all = bytes("SELECT * FROM vpc_flow ORDER BY start + 0 DESC LIMIT 3").await;
    for order in ["start", "start DESC"] {
        let some = bytes(&format!("SELECT * FROM vpc_flow ORDER BY {order} LIMIT 3")).await;
        assert!(some * 2 < all, "{order}: {some} of {all}");
    }
}

#[tokio::test]
async fn of_a_large_file_only_the_last_page_is_read() {
    let lake = lake::empty();
    let flows: Vec<Flow> = (0..200_000)
        .map(|number| Flow {
            start: Some(FIRST_S + number / 3),
            srcaddr: Some("10.0.0.1"),
            bytes: Some(number * 7_919 % 100_003),
            ..Flow::default()
        })
        .collect();
    lake.load_flows(&flows).await;
    let bytes = async |sql: &str| lake.ask_with_figures(sql).await.unwrap().1.bytes_scanned;
    let all = bytes("SELECT bytes, start FROM vpc_flow ORDER BY start + 0 DESC LIMIT 3").await;
    let newest = bytes("SELECT bytes, start FROM vpc_flow ORDER BY start DESC LIMIT 3").await;
    assert!(newest * 3 < all, "{newest} of {all}");
}
