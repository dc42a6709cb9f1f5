//! Rows that leave the lake as files.

use std::io::Read;
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::place::{Site, site};

/// All files below a folder of the site, hidden ones too, in order.
fn files(site: &Site, folder: &str) -> Vec<PathBuf> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&site.files().join(folder), &mut found);
    found.sort();
    found
}

/// A file's text.
#[allow(clippy::disallowed_types, reason = "our own files, of a test")]
fn text(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz") => flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text),
        _ => { file }.read_to_string(&mut text),
    }
    .unwrap();
    text
}

fn parquet(path: &Path) -> (Vec<String>, usize, String) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).unwrap()).unwrap();
    let names = builder.schema().fields().iter().map(|field| field.name().clone());
    let codec = builder.metadata().row_group(0).column(0).compression().to_string();
    (
        names.collect(),
        builder.metadata().file_metadata().num_rows() as usize,
        codec,
    )
}

async fn with_flows() -> Site {
    let site = site();
    site.run(
        "CREATE TABLE t (day DATE, action VARCHAR, bytes BIGINT, at TIMESTAMP); INSERT INTO t VALUES \
         (DATE '2026-11-01', 'ACCEPT', 10, TIMESTAMP '2026-11-01 10:00:00'), \
         (DATE '2026-11-02', 'REJECT', 20, NULL), (DATE '2026-11-01', 'REJECT', 30, NULL), (NULL, 'a/b', 40, NULL)",
    )
    .await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn athenas_formats_hold_the_rows() {
    let site = with_flows().await;
    let told = site
        .run_placed("UNLOAD (SELECT bytes, action, at FROM t ORDER BY bytes) TO 'FILES/text/' WITH (format = 'TEXTFILE', field_delimiter = '|')")
        .await;
    let [file] = &files(&site, "text")[..] else {
        panic!("{told:?}")
    };
    assert_eq!(told[0].split(' ').next(), file.to_str());
    assert_eq!(told[0].split(' ').nth(1), Some("4"));
    assert_eq!(
        told[0].split(' ').nth(2).unwrap().parse::<u64>().unwrap(),
        file.metadata().unwrap().len()
    );
    assert!(file.to_str().unwrap().ends_with("-0.txt.gz"));
    assert_eq!(
        text(file),
        "10|ACCEPT|2026-11-01 10:00:00\n20|REJECT|\\N\n30|REJECT|\\N\n40|a/b|\\N\n"
    );
    site.run_placed("UNLOAD (SELECT bytes, action, NULL AS n FROM t ORDER BY 1) TO 'FILES/j' WITH (FORMAT = 'json', compression = 'NONE')")
        .await;
    assert_eq!(
        text(&files(&site, "j")[0]).lines().next(),
        Some(r#"{"bytes":10,"action":"ACCEPT","n":null}"#)
    );
    site.run_placed("UNLOAD (SELECT 'a,\"b' AS x, NULL, '') TO 'FILES/c' WITH (format = 'CSV', compression = 'none')")
        .await;
    assert_eq!(text(&files(&site, "c")[0]), "\"a,\"\"b\",,\"\"\n");
    for (compression, codec) in [
        ("SNAPPY", "SNAPPY"),
        ("ZSTD", "ZSTD(ZstdLevel(1))"),
        ("GZIP", "GZIP(GzipLevel(6))"),
        ("NONE", "UNCOMPRESSED"),
    ] {
        let sql = format!(
            "UNLOAD (SELECT * FROM t) TO 'FILES/{compression}' WITH (format = 'PARQUET', compression = '{compression}')"
        );
        site.run_placed(&sql).await;
        let (names, rows, found) = parquet(&files(&site, compression)[0]);
        assert_eq!((names.join(" ").as_str(), rows), ("day action bytes at", 4));
        assert!(found.split('(').next() == codec.split('(').next(), "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_are_folders_and_come_back() {
    let site = with_flows().await;
    site.run_placed("UNLOAD (SELECT bytes, day, action FROM t) TO 'FILES/p' WITH (format = 'PARQUET', partitioned_by = ARRAY['day', 'action'])")
        .await;
    let root = site.files().join("p");
    let folders: Vec<String> = files(&site, "p")
        .iter()
        .map(|file| {
            file.parent()
                .unwrap()
                .strip_prefix(&root)
                .unwrap()
                .display()
                .to_string()
        })
        .collect();
    assert_eq!(
        folders,
        [
            "day=2026-11-01/action=ACCEPT",
            "day=2026-11-01/action=REJECT",
            "day=2026-11-02/action=REJECT",
            "day=__HIVE_DEFAULT_PARTITION__/action=a%2Fb",
        ]
    );
    assert_eq!(parquet(&files(&site, "p")[0]).0, ["bytes"]);
    site.run_placed(
        "CREATE EXTERNAL TABLE back (bytes bigint) PARTITIONED BY (day string, action string) STORED AS PARQUET LOCATION 'FILES/p/'; \
         MSCK REPAIR TABLE back",
    )
    .await;
    assert_eq!(
        site.run("SELECT sum(bytes), count(*) FROM back WHERE day = '2026-11-01'")
            .await,
        ["40 2"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn snowflakes_copy_writes_files_that_its_copy_reads() {
    let site = with_flows().await;
    site.run_placed(
        "CREATE STAGE s url = 'FILES/out/' FILE_FORMAT = (TYPE = CSV); CREATE TABLE u (bytes BIGINT, action VARCHAR)",
    )
    .await;
    let told = site
        .run("COPY INTO @s/a/flows FROM (SELECT bytes, action FROM t ORDER BY bytes)")
        .await;
    let file = site.files().join("out/a/flows_0_0_0.csv.gz");
    assert_eq!(text(&file), "10,ACCEPT\n20,REJECT\n30,REJECT\n40,a/b\n");
    assert_eq!(
        told,
        [format!("4 {} {}", text(&file).len(), file.metadata().unwrap().len())]
    );
    site.run("COPY INTO u FROM @s/a/").await;
    assert_eq!(site.run("SELECT count(*), sum(bytes) FROM u").await, ["4 100"]);
    let error = site.error("COPY INTO @s/a/flows FROM t").await;
    assert!(error.contains("flows_0_0_0.csv.gz is there already"), "{error}");
    site.run("COPY INTO @s/a/flows FROM u OVERWRITE = TRUE HEADER = TRUE FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE FILE_EXTENSION = 'csv.gz')")
        .await;
    assert_eq!(
        std::fs::read_to_string(&file).unwrap().lines().next(),
        Some("bytes,action")
    );
    let told = site
        .run("COPY INTO @s FROM public.u FILE_FORMAT = (TYPE = PARQUET) DETAILED_OUTPUT = TRUE")
        .await;
    let file = site.files().join("out/data_0_0_0.snappy.parquet");
    assert_eq!(
        told,
        [format!("{} {} 4", file.display(), file.metadata().unwrap().len())]
    );
    assert_eq!(parquet(&file).0, ["_COL_0", "_COL_1"]);
    site.run_placed(
        "COPY INTO 'FILES/one/all.parquet' FROM u SINGLE = TRUE HEADER = TRUE FILE_FORMAT = (TYPE = PARQUET)",
    )
    .await;
    assert_eq!(parquet(&site.files().join("one/all.parquet")).0, ["bytes", "action"]);
    site.run(
        "COPY INTO @s/by/ FROM u PARTITION BY ('n=' || (bytes / 20)) FILE_FORMAT = (TYPE = JSON COMPRESSION = NONE)",
    )
    .await;
    let found = files(&site, "out/by");
    assert_eq!(found.len(), 3);
    assert!(found[0].to_str().unwrap().contains("/n=0/data_"), "{found:?}");
    assert_eq!(text(&found[1]).lines().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn variants_are_documents() {
    let site = site();
    site.write("in.json", "{\"a\": 1, \"b\": {\"c\": \"x\\ny\"}}\n{\"a\": 2}");
    site.run_placed("CREATE STAGE i url = 'FILES/'; CREATE TABLE v (r VARIANT); COPY INTO v FROM @i/in.json FILE_FORMAT = (TYPE = JSON)")
        .await;
    site.run_placed(
        "COPY INTO 'FILES/o/' FROM (SELECT r FROM v ORDER BY r:a) FILE_FORMAT = (TYPE = JSON COMPRESSION = NONE)",
    )
    .await;
    assert_eq!(
        std::fs::read_to_string(site.files().join("o/data_0_0_0.json")).unwrap(),
        "{\"a\":1,\"b\":{\"c\":\"x\\ny\"}}\n{\"a\":2}\n"
    );
    let error = site
        .error("COPY INTO 'FILES/bad/' FROM (SELECT 'no json') FILE_FORMAT = (TYPE = JSON)")
        .await;
    assert!(error.starts_with("the value `no json` is no JSON"), "{error}");
    assert!(files(&site, "bad").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_end_at_their_size_and_none_is_lost() {
    let site = site();
    site.run_placed("CREATE STAGE s url = 'FILES/big/'").await;
    let sql = "SELECT seq4() AS n, md5(CAST(seq4() AS VARCHAR)) AS x FROM TABLE(GENERATOR(ROWCOUNT => 60000))";
    for format in ["CSV COMPRESSION = NONE", "PARQUET COMPRESSION = NONE"] {
        let folder = &format[..3];
        let copy = format!(
            "COPY INTO @s/{folder}/ FROM ({sql}) FILE_FORMAT = (TYPE = {format}) MAX_FILE_SIZE = 500000 HEADER = TRUE"
        );
        assert!(site.run(&copy).await[0].starts_with("60000 "));
        let found = files(&site, &format!("big/{folder}"));
        assert!((3..9).contains(&found.len()), "{found:?}");
        let largest = found.iter().map(|file| file.metadata().unwrap().len()).max().unwrap();
        assert!(largest < 700_000, "{largest}");
    }
    let rows: usize = files(&site, "big/PAR").iter().map(|file| parquet(file).1).sum();
    assert_eq!(rows, 60_000);
    let lines: usize = files(&site, "big/CSV")
        .iter()
        .map(|file| text(file).lines().count() - 1)
        .sum();
    assert_eq!(lines, 60_000);
    let error = site
        .error(&format!("COPY INTO @s/single.csv FROM ({sql}) SINGLE = TRUE MAX_FILE_SIZE = 500000 FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE)"))
        .await;
    assert!(error.starts_with("the rows take more than MAX_FILE_SIZE"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_there_when_it_fails() {
    let site = site();
    // The bad row is the last of many, so that files are written before it.
    let query = "SELECT n, 1 / (59999 - n) AS x FROM (SELECT seq4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 60000)))";
    let error = site
        .error(&format!("COPY INTO 'FILES/new/here/' FROM ({query}) MAX_FILE_SIZE = 1000 FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE)"))
        .await;
    assert_eq!(error, "division by zero");
    assert!(!site.files().join("new").exists());
    let error = site
        .error("UNLOAD (SELECT 'a|b') TO 'FILES/new' WITH (format = 'TEXTFILE', field_delimiter = '|')")
        .await;
    assert!(
        error.starts_with("the value `a|b` holds what separates values"),
        "{error}"
    );
    assert!(!site.files().join("new").exists());
    site.write("old/x.txt", "x");
    let error = site
        .error("UNLOAD (SELECT 1) TO 'FILES/old' WITH (format = 'JSON')")
        .await;
    assert!(
        error.contains("is not empty: there is ") && error.contains("/old/x.txt"),
        "{error}"
    );
    assert_eq!(files(&site, "old").len(), 1);
    assert_eq!(
        site.run_placed("UNLOAD (SELECT 1 AS a WHERE FALSE) TO 'FILES/none' WITH (format = 'JSON')")
            .await
            .len(),
        0
    );
    assert!(files(&site, "none").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said() {
    let site = with_flows().await;
    site.run(
        "CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3 STORAGE_ALLOWED_LOCATIONS = ('s3://b/out/') \
         STORAGE_BLOCKED_LOCATIONS = ('s3://b/out/secret/'); CREATE STAGE st url = 's3://b/out/' STORAGE_INTEGRATION = i",
    )
    .await;
    let lake = site.session.engine().lake().folder().unwrap().display().to_string();
    let mut told = Vec::new();
    for sql in [
        "UNLOAD (SELECT 1 FROM nope) TO 'x' WITH (format = 'JSON')",
        "UNLOAD (SELECT day, bites FROM t) TO 'x' WITH (format = 'JSON')",
        "UNLOAD SELECT 1 TO 'x' WITH (format = 'JSON')",
        "UNLOAD (SELECT 1) TO 'x'",
        "UNLOAD (SELECT 1) TO 'x' WITH (format = 'ORC')",
        "UNLOAD (SELECT 1) TO 'x' WITH (format = 'AVRO')",
        "UNLOAD (SELECT 1) TO 'x' WITH (format = 'XML')",
        "UNLOAD (SELECT 1) TO 'x' WITH (format = 'JSON', compression = 'SNAPPY')",
        "UNLOAD (SELECT 1) TO 'x' WITH (format = 'PARQUET', field_delimiter = ',')",
        "UNLOAD (SELECT 1) TO 'x' WITH (format = 'TEXTFILE', field_delimiter = 'ab')",
        "UNLOAD (SELECT 1) TO 'x' WITH (format = 'PARQUET', bucketed_by = ARRAY['a'])",
        "UNLOAD (SELECT * FROM t) TO 'x' WITH (format = 'PARQUET', partitioned_by = ARRAY['dya'])",
        "UNLOAD (SELECT day FROM t) TO 'x' WITH (format = 'PARQUET', partitioned_by = ARRAY['day'])",
        "UNLOAD (SELECT 1) TO '-' WITH (format = 'JSON')",
        "UNLOAD (SELECT 1) TO 'LAKE/tables/x' WITH (format = 'JSON')",
        "COPY INTO 'LAKE/../lake/x' FROM t",
        "COPY INTO 'LAKE/../' FROM t PARTITION BY ('lake/tables/' || action)",
        "COPY INTO @nobody FROM t",
        "COPY INTO @st FROM t PARTITION BY (action) SINGLE = TRUE",
        "COPY INTO @st FROM t FILE_FORMAT = (TYPE = XML)",
        "COPY INTO @st FROM t FILE_FORMAT = (TYPE = CSV COMPRESSION = BZ2)",
        "COPY INTO @st FROM t FILE_FORMAT = (TYPE = CSV DATE_FORMAT = 'x')",
        "COPY INTO @st FROM t NONSENSE = 1",
        "COPY INTO @st FROM (SELECT nope FROM t)",
        "COPY INTO @st/secret/ FROM t",
        "COPY INTO 's3://b/other/' FROM t STORAGE_INTEGRATION = i",
        // A prefix's file would be beside the folder that is allowed, a partition's in one that is not.
        "COPY INTO 's3a://b/out//secret' FROM t STORAGE_INTEGRATION = i",
        "COPY INTO 's3://b/out' FROM t STORAGE_INTEGRATION = i",
        "COPY INTO @st FROM t PARTITION BY ('secret/' || action)",
        "COPY INTO 'FILES/up/' FROM t PARTITION BY ('../' || action)",
    ] {
        let error = site.error(&sql.replace("LAKE", &lake)).await;
        told.push(format!("> {sql}\n{}", error.replace(&lake, "LAKE")));
    }
    let query_id = regex::Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
    let told = told.join("\n\n");
    insta::assert_snapshot!(query_id.replace_all(&told, "ID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prepared_unload_has_values() {
    let site = with_flows().await;
    let prepare = "PREPARE u FROM UNLOAD (SELECT bytes FROM t WHERE action = ?) TO 'FILES/prep' WITH (format = 'CSV', compression = 'NONE')";
    site.run_placed(prepare).await;
    site.run("EXECUTE u USING 'ACCEPT'").await;
    assert_eq!(text(&files(&site, "prep")[0]), "10\n");
}
