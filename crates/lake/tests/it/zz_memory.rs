use std::sync::Arc;
use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray};
use flowtrail_lake::stage::Part;
use crate::compact::{add, compact_all};
use crate::table::{flow_table, lake};
fn kib(name: &str) -> u64 {
    let s = std::fs::read_to_string("/proc/self/status").unwrap();
    s.lines().find(|l| l.starts_with(name)).unwrap().split_whitespace().nth(1).unwrap().parse().unwrap()
}
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore]
async fn memory() {
    let files: i64 = std::env::var("N").unwrap().parse().unwrap();
    let rows: u64 = std::env::var("R").unwrap().parse().unwrap();
    let wide: usize = std::env::var("W").unwrap().parse().unwrap();
    let (_folder, lake) = lake();
    let table = flow_table(&lake);
    let h = |a: u64, b: u64| (a.wrapping_mul(0x9e3779b97f4a7c15) ^ b.wrapping_mul(0xc2b2ae3d27d4eb4f)).wrapping_mul(0x165667b19e3779f9) >> 17;
    for file in 0..files as u64 {
        let mut columns: Vec<(String, ArrayRef)> = Vec::new();
        columns.push(("start".into(), Arc::new(Int64Array::from_iter_values((0..rows).map(|r| (h(file, r) % 86400) as i64)))));
        columns.push(("srcaddr".into(), Arc::new(StringViewArray::from_iter_values((0..rows).map(|r| format!("10.{}.{}.7", h(r, 7) % 8, h(r, file) % 256))))));
        for c in 0..12u64 { columns.push((format!("t{c}"), Arc::new(StringViewArray::from_iter_values((0..rows).map(|r| format!("value-{}-{c}", h(c, r * 3) % 40)))))); }
        if wide > 0 { for c in 0..6u64 { columns.push((format!("j{c}"), Arc::new(StringViewArray::from_iter_values((0..rows).map(|r| format!("{{\"requestParameters\":{{\"bucket\":\"{:x}\",\"pad\":\"{}\"}}}}", h(c + file, r), "abcdefgh".repeat(wide))))))); } }
        for c in 0..10u64 { columns.push((format!("n{c}"), Arc::new(StringViewArray::from_iter_values((0..rows).map(|r| format!("{}", h(c + file, r) % 60000)))))); }
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        add(&table, vec![Part { batch, object: Some(format!("s3://some-bucket/AWSLogs/123/vpcflowlogs/{file}").into()), fallback_day: None }]).await;
    }
    let s = table.snapshot().await.unwrap().unwrap();
    let total: u64 = s.files().iter().map(|f| f.size_bytes).sum();
    drop(s);
    let before = kib("VmRSS");
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let t = std::time::Instant::now();
    let summary = compact_all(&table).await;
    println!("files {files} rows {rows} wide {wide}: {} MiB; rss before {} MiB, peak {} MiB, {:?} {summary:?}", total >> 20, before >> 10, kib("VmHWM") >> 10, t.elapsed());
}
