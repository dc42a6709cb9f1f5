//! Statements put together at random, over files put together at random.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::table::{Form, Record, Table, write};

const KEYS: [&str; 13] = [
    "few",
    "many",
    "small",
    "large",
    "at",
    "at - at % 10",
    "upper(few)",
    "small % 3",
    "concat(few, many)",
    "time",
    "date_trunc('hour', time)",
    "date",
    "small + at",
];
const AGGREGATES: [&str; 23] = [
    "count(*)",
    "count(small)",
    "count(few)",
    "count(concat(few, many))",
    "sum(large)",
    "sum(small)",
    "min(large)",
    "max(at)",
    "min(time)",
    "max(date)",
    "avg(large)",
    "avg(small)",
    "sum(CASE WHEN few = 'a' THEN large ELSE 0 END)",
    "sum(large + at)",
    "max(small)",
    "sum(small % 2)",
    "approx_distinct(few)",
    "approx_distinct(many)",
    "approx_distinct(large)",
    "approx_distinct(small)",
    "approx_distinct(upper(many))",
    "approx_distinct(concat(few, many))",
    "approx_distinct(time)",
];
const FILTERS: [&str; 14] = [
    "few = 'a'",
    "few <> 'b'",
    "many IN ('m1', 'm7', 'm9')",
    "small > 3",
    "small IS NULL",
    "at BETWEEN 20 AND 70",
    "at >= 40",
    "few LIKE 'c%'",
    "small + large > 5",
    "few = 'a' OR small < 2",
    "few IS NOT NULL",
    "at < -1",
    "large <= 100",
    "date_trunc('hour', time) > TIMESTAMP '1970-01-01T01:00:00Z'",
];

fn record() -> impl Strategy<Value = Record> {
    let few = prop_oneof![1 => Just(None), 6 => select(&["a", "b", "cc"][..]).prop_map(|text| Some(text.to_owned()))];
    let many = prop_oneof![1 => Just(None), 9 => (0..40_u8).prop_map(|number| Some(format!("m{number}")))];
    let small = prop_oneof![1 => Just(None), 4 => (-3..12_i32).prop_map(Some), 1 => any::<i32>().prop_map(Some)];
    let large = prop_oneof![1 => Just(None), 4 => (0..300_i64).prop_map(Some), 1 => (any::<i32>()).prop_map(|n| Some(i64::from(n) << 14))];
    (few, many, small, large, 0..120_i64).prop_map(|(few, many, small, large, at)| Record {
        few,
        many,
        small,
        large,
        at,
    })
}

fn forms() -> impl Strategy<Value = Vec<Form>> {
    proptest::collection::vec(select(&[Form::Usual, Form::Differences, Form::Plain][..]), 1..4)
}

fn statement() -> impl Strategy<Value = String> {
    let parts = (
        subsequence(&KEYS[..], 0..4),
        subsequence(&AGGREGATES[..], 0..5),
        subsequence(&FILTERS[..], 0..3),
    );
    parts.prop_filter_map("something is asked for", |(keys, aggregates, filters)| {
        let what: Vec<&str> = keys.iter().chain(&aggregates).copied().collect();
        if what.is_empty() {
            return None;
        }
        let condition = if filters.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", filters.join(" AND "))
        };
        let distinct = if aggregates.is_empty() { "DISTINCT " } else { "" };
        let group = if keys.is_empty() || aggregates.is_empty() {
            String::new()
        } else {
            let numbers: Vec<String> = (1..=keys.len()).map(|number| number.to_string()).collect();
            format!(" GROUP BY {}", numbers.join(", "))
        };
        let what: Vec<String> = what
            .iter()
            .enumerate()
            .map(|(number, what)| format!("{what} AS c{number}"))
            .collect();
        Some(format!("SELECT {distinct}{} FROM t{condition}{group}", what.join(", ")))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_same_rows_as_the_engines_own_plan(
        records in proptest::collection::vec(record(), 1..400),
        forms in forms(),
        statements in proptest::collection::vec(statement(), 6),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let answers = tempfile::tempdir().unwrap();
        write(folder.path(), &records, &forms);
        let known = runtime.block_on(async {
            let table = Table::with_answers_in(answers.path(), folder.path()).await;
            let mut known = Vec::new();
            for statement in &statements {
                let answer = table.same(statement).await;
                assert!(answer.on_codes <= 1, "{statement}");
                // The second time, columns come from the cache.
                known.push(table.same(statement).await.known);
            }
            known
        });
        // Ends when all answers are written, as a process does.
        drop(runtime);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let table = Table::with_answers_in(answers.path(), folder.path()).await;
            for (statement, known) in statements.iter().zip(known) {
                assert_eq!(table.same(statement).await.known, known, "{statement}");
            }
        });
    }
}
