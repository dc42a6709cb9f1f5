//! `talkers-by-source` over a month of half a million records: by the engine's own plan, on codes, with columns decoded
//! before, and with the answer kept, one file being new.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use criterion::{Criterion, criterion_group, criterion_main};
use datafusion::execution::SessionStateBuilder;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use flowtrail_aggregate::{AggregateOnCodes, CacheLimits};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tokio::runtime::Runtime;

const DAYS: i64 = 30;
const RECORDS_A_DAY: i64 = 16_384;
const ROOM: usize = 256 << 20;
const TALKERS: &str =
    "SELECT srcaddr, sum(bytes) AS b FROM t WHERE action = 'ACCEPT' GROUP BY srcaddr ORDER BY b DESC LIMIT 10";

fn write_day(folder: &Path, day: i64) {
    let number = |record: i64| record.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64).unsigned_abs();
    let numbers = || (day * RECORDS_A_DAY..(day + 1) * RECORDS_A_DAY).map(number);
    let address = |number: u64| format!("10.{}.{}.{}", number % 7, number >> 8 & 63, number >> 16 & 63);
    let action = |number: u64| if number.is_multiple_of(6) { "REJECT" } else { "ACCEPT" };
    let batch = RecordBatch::try_from_iter([
        (
            "srcaddr",
            Arc::new(numbers().map(address).map(Some).collect::<StringArray>()) as ArrayRef,
        ),
        (
            "action",
            Arc::new(numbers().map(action).map(Some).collect::<StringArray>()),
        ),
        (
            "bytes",
            Arc::new(
                numbers()
                    .map(|number| Some((number >> 40) as i64))
                    .collect::<Int64Array>(),
            ),
        ),
    ])
    .unwrap();
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(zstd).build();
    let file = std::fs::File::create(folder.join(format!("{day}.parquet"))).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// A session over the files in `folder`; without limits it has the engine's own rules.
async fn session(folder: &Path, limits: Option<CacheLimits>) -> SessionContext {
    let mut rules = PhysicalOptimizer::new().rules;
    if let Some(limits) = limits {
        let before = rules
            .iter()
            .position(|rule| rule.name() == "EnsureRequirements")
            .unwrap();
        rules.insert(before, Arc::new(AggregateOnCodes::new(limits)));
    }
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(SessionConfig::new().with_target_partitions(2))
        .with_physical_optimizer_rules(rules)
        .build();
    let session = SessionContext::new_with_state(state);
    register(&session, folder).await;
    session
}

async fn register(session: &SessionContext, folder: &Path) {
    let _ = session.deregister_table("t").unwrap();
    let path = folder.to_str().unwrap();
    session
        .register_parquet("t", path, ParquetReadOptions::default())
        .await
        .unwrap();
}

async fn ask(session: &SessionContext) {
    black_box(session.sql(TALKERS).await.unwrap().collect().await.unwrap());
}

fn talkers(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    (0..DAYS).for_each(|day| write_day(folder.path(), day));
    let mut group = criterion.benchmark_group("talkers-by-source");
    group.sample_size(20);
    let limits = |column_bytes, answer_bytes| {
        Some(CacheLimits {
            column_bytes,
            answer_bytes,
            answer_folder: None,
        })
    };
    for (name, limits) in [
        ("engine", None),
        ("codes", limits(0, 0)),
        ("columns-kept", limits(ROOM, 0)),
        ("answer-kept", limits(ROOM, ROOM)),
    ] {
        let session = runtime.block_on(session(folder.path(), limits));
        group.bench_function(name, |bencher| bencher.iter(|| runtime.block_on(ask(&session))));
    }
    let session = runtime.block_on(session(folder.path(), limits(ROOM, ROOM)));
    let mut day = DAYS;
    group.bench_function("answer-kept-one-file-new", |bencher| {
        bencher.iter_batched(
            || {
                write_day(folder.path(), day);
                day += 1;
                runtime.block_on(register(&session, folder.path()));
            },
            |()| runtime.block_on(ask(&session)),
            criterion::BatchSize::PerIteration,
        );
    });
    group.finish();
}

criterion_group!(benches, talkers);
criterion_main!(benches);
