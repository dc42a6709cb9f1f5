//! Files in a bucket, which here is one in memory.

use std::sync::Arc;

use arrow::array::{Int32Array, RecordBatch};
use datafusion::prelude::SessionContext;
use flowtrail_catalog::ExternalTable;
use flowtrail_external::{Access, ExternalProvider};
use flowtrail_lake::scan::Figures;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::arrow::ArrowWriter;
use url::Url;

use crate::desk::columns;

async fn rows(context: &SessionContext, table: &ExternalTable, sql: &str) -> (usize, Figures) {
    let figures = Figures::default();
    let provider = ExternalProvider::new("t", Arc::new(table.clone()), Access::default(), figures.clone()).unwrap();
    context.register_table("t", Arc::new(provider)).unwrap();
    let batches = context.sql(sql).await.unwrap().collect().await.unwrap();
    context.deregister_table("t").unwrap();
    (batches.iter().map(RecordBatch::num_rows).sum(), figures)
}

#[tokio::test]
async fn only_folders_of_partitions_are_listed() {
    let bucket = Arc::new(InMemory::new());
    let context = SessionContext::new();
    let url = Url::parse("s3://logs").unwrap();
    context
        .runtime_env()
        .register_object_store(&url, Arc::clone(&bucket) as Arc<dyn ObjectStore>);
    let put = async |key: &str, content: Vec<u8>| {
        bucket.put(&key.into(), content.into()).await.unwrap();
    };
    let numbers = RecordBatch::try_from_iter([("N", Arc::new(Int32Array::from(vec![1, 2, 3])) as _)]).unwrap();
    let mut file = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut file, numbers.schema(), None).unwrap();
    writer.write(&numbers).unwrap();
    writer.close().unwrap();
    put("flows/2026/11/20/x y.parquet", file.clone()).await;
    put("flows/2026/11/20/_temporary", b"no".to_vec()).await;
    put("flows/2026/11/200/other.parquet", file).await;
    let table = ExternalTable {
        columns: columns("n int"),
        serde: Some("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe".into()),
        partition_columns: columns("day string"),
        location: "s3://logs/flows".into(),
        properties: [
            ("projection.enabled", "true"),
            ("projection.day.type", "date"),
            ("projection.day.format", "yyyy/MM/dd"),
            ("projection.day.range", "2026/11/01,2026/11/30"),
            ("storage.location.template", "s3://logs/flows/${day}"),
        ]
        .into_iter()
        .collect(),
        ..ExternalTable::default()
    };
    let (count, figures) = rows(&context, &table, "SELECT day FROM t WHERE n > 1").await;
    let figures = figures.total();
    assert_eq!((count, figures.partitions_read, figures.files_read), (2, 30, 1));
    let (count, figures) = rows(&context, &table, "SELECT n FROM t WHERE day LIKE '%/20'").await;
    assert_eq!((count, figures.total().partitions_read), (3, 1));
}
