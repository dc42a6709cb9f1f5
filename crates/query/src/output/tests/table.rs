//! The table for people.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray};
use chrono_tz::Tz;

use super::super::{Measure, OutputFormat, OutputOptions, bar_table};
use super::{batch, options, text_of};

#[test]
fn numbers_stand_right_and_texts_left() {
    let batch = batch([
        (
            "srcaddr",
            Arc::new(StringArray::from(vec![Some("10.0.0.1"), None, Some("東京")])) as ArrayRef,
        ),
        (
            "bytes",
            Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_993), Some(1), None])),
        ),
        ("rate", Arc::new(Float64Array::from(vec![1e18, 0.25, 3.0]))),
    ]);
    insta::assert_snapshot!(text_of(&batch, &options(OutputFormat::Table)), @r"
    ┌──────────┬──────────────────┬───────────────────────┐
    │ srcaddr  │            bytes │                  rate │
    ├──────────┼──────────────────┼───────────────────────┤
    │ 10.0.0.1 │ 9007199254740993 │ 1000000000000000000.0 │
    │          │                1 │                  0.25 │
    │ 東京     │                  │                   3.0 │
    └──────────┴──────────────────┴───────────────────────┘
    ");
    let with_null = OutputOptions {
        null_text: "NULL".to_owned(),
        ..options(OutputFormat::Table)
    };
    assert!(text_of(&batch, &with_null).contains("│ NULL     │                1 │"));
}

#[test]
fn times_are_shown_in_the_zone() {
    let instants = TimestampMicrosecondArray::from(vec![1_793_511_000_000_000, 1_793_514_600_500_000]);
    let batch = batch([("at", Arc::new(instants.with_timezone("UTC")) as ArrayRef)]);
    insta::assert_snapshot!(text_of(&batch, &options(OutputFormat::Table)), @r"
    ┌──────────────────────────┐
    │ at                       │
    ├──────────────────────────┤
    │ 2026-11-01 05:30:00Z     │
    │ 2026-11-01 06:30:00.500Z │
    └──────────────────────────┘
    ");
    let new_york = OutputOptions {
        time_zone: Tz::America__New_York,
        ..options(OutputFormat::Table)
    };
    insta::assert_snapshot!(text_of(&batch, &new_york), @r"
    ┌───────────────────────────────┐
    │ at                            │
    ├───────────────────────────────┤
    │ 2026-11-01 01:30:00-04:00     │
    │ 2026-11-01 01:30:00.500-05:00 │
    └───────────────────────────────┘
    ");
}

#[test]
fn an_attackers_cell_cannot_reach_the_terminal() {
    let agent = "curl\x1b]0;owned\x07\x1b[2J\nfake │ row\u{202e}";
    let batch = batch([("agent\x1b[1m", Arc::new(StringArray::from(vec![agent])) as ArrayRef)]);
    let table = text_of(&batch, &options(OutputFormat::Table));
    insta::assert_snapshot!(table, @r"
    ┌─────────────────────────────────────────────────┐
    │ agent\x1b[1m                                    │
    ├─────────────────────────────────────────────────┤
    │ curl\x1b]0;owned\x07\x1b[2J\nfake │ row\u{202e} │
    └─────────────────────────────────────────────────┘
    ");
}

#[test]
fn long_cells_are_cut_to_the_terminal_and_numbers_never() {
    let batch = batch([
        (
            "agent",
            Arc::new(StringArray::from(vec!["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit"])) as ArrayRef,
        ),
        ("city", Arc::new(StringArray::from(vec!["東京都千代田区丸の内一丁目"]))),
        ("number of bytes", Arc::new(Int64Array::from(vec![1_234_567_890]))),
    ]);
    let narrow = OutputOptions {
        width: Some(50),
        ..options(OutputFormat::Table)
    };
    let table = text_of(&batch, &narrow);
    insta::assert_snapshot!(table, @r"
    ┌───────────────┬───────────────┬───────────────┐
    │ agent         │ city          │ number of by… │
    ├───────────────┼───────────────┼───────────────┤
    │ Mozilla/5.0 … │ 東京都千代田… │    1234567890 │
    └───────────────┴───────────────┴───────────────┘
    ");
    let tiny = OutputOptions {
        width: Some(24),
        ..narrow.clone()
    };
    insta::assert_snapshot!(text_of(&batch, &tiny), @r"
    ┌──────────┬─────────┐
    │ agent    │ city    │
    ├──────────┼─────────┤
    │ Mozilla… │ 東京都… │
    └──────────┴─────────┘
    no room for column number of bytes; widen the terminal, or select fewer
    ");
    let expanded = OutputOptions {
        expanded: true,
        ..narrow
    };
    insta::assert_snapshot!(text_of(&batch, &expanded), @r"
    ─[ 1 ]───────────
    agent           │ Mozilla/5.0 (X11; Linux x86_64)…
    city            │ 東京都千代田区丸の内一丁目
    number of bytes │ 1234567890
    ");
}

#[test]
fn rows_beyond_ten_thousand_are_counted_and_not_shown() {
    let numbers = Int64Array::from_iter_values(0..12_345);
    let table = text_of(
        &batch([("n", Arc::new(numbers) as ArrayRef)]),
        &options(OutputFormat::Table),
    );
    assert_eq!(table.lines().count(), 3 + 10_000 + 1 + 1);
    assert!(
        table.contains("│  9999 │") || table.contains("│ 9999 │"),
        "{}",
        &table[table.len() - 200..]
    );
    assert!(!table.contains("10000 │"));
    assert!(table.ends_with("\n… 2,345 more of 12,345 rows; --output FILE with --format csv has all\n"));
}

#[test]
fn a_bar_follows_its_figure() {
    let batch = batch([
        (
            "source",
            Arc::new(StringArray::from(vec!["a", "b", "c", "d"])) as ArrayRef,
        ),
        (
            "bytes",
            Arc::new(Int64Array::from(vec![Some(3 << 30), Some(1 << 30), Some(1), None])),
        ),
    ]);
    let table = bar_table(
        &batch.schema(),
        &[batch],
        "bytes",
        Measure::Bytes,
        &OutputOptions::default(),
    )
    .unwrap();
    insta::assert_snapshot!(table, @r"
    ┌────────┬─────────┬────────────────────────────────┐
    │ source │   bytes │                                │
    ├────────┼─────────┼────────────────────────────────┤
    │ a      │ 3.0 GiB │ ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇ │
    │ b      │ 1.0 GiB │ ▇▇▇▇▇▇▇▇▇▇                     │
    │ c      │     1 B │ ▇                              │
    │ d      │         │                                │
    └────────┴─────────┴────────────────────────────────┘
    ");
}

#[test]
fn a_bar_needs_a_number() {
    let batch = batch([("source", Arc::new(StringArray::from(vec!["a"])) as ArrayRef)]);
    let refused = bar_table(
        &batch.schema(),
        &[batch],
        "bytes",
        Measure::Count,
        &OutputOptions::default(),
    );
    let message = refused.unwrap_err().to_string();
    assert_eq!(
        message,
        "no numeric column `bytes` to draw bars of; the columns are source"
    );
}
