//! Rows that are written to a folder and to a bucket: all of them, or none.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::moto::Moto;
use crate::site::Site;
use crate::storage::on_s3;

fn csv(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Rows of sixty bytes that no compression makes small.
fn rows(count: usize) -> String {
    format!(
        "SELECT seq4() AS n, md5(CAST(seq4() AS VARCHAR)) AS x, seq4() % 3 AS p FROM TABLE(GENERATOR(ROWCOUNT => {count}))"
    )
}

#[test]
fn rows_go_to_a_bucket_and_come_back() {
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    moto.put("/out-bucket", b"");
    let run = |sql: &str| on_s3(&site, &moto.endpoint(), None, &["sql", "--format", "csv", sql]);
    let unload = format!(
        "UNLOAD ({}) TO 's3://out-bucket/a/' WITH (format = 'JSON', compression = 'NONE', partitioned_by = ARRAY['p'])",
        rows(600_000)
    );
    let told = csv(&run(&unload));
    // Each of the three is larger than a part of an upload.
    let files: Vec<&str> = told.lines().skip(1).collect();
    assert_eq!(files.len(), 3, "{told}");
    for (p, file) in files.iter().enumerate() {
        assert!(file.starts_with(&format!("s3://out-bucket/a/p={p}/part-")), "{file}");
        let fields: Vec<&str> = file.split(',').collect();
        assert_eq!(fields[1], "200000");
        assert!(fields[2].parse::<u64>().unwrap() > 8 << 20, "{file}");
    }
    assert_eq!(moto.list("out-bucket", "a/").len(), 3);
    csv(&run(
        "CREATE EXTERNAL TABLE back (n bigint, x string) PARTITIONED BY (p string) ROW FORMAT SERDE \
         'org.openx.data.jsonserde.JsonSerDe' LOCATION 's3://out-bucket/a/'",
    ));
    csv(&run("MSCK REPAIR TABLE back"));
    let sums = csv(&run(
        "SELECT count(*) AS c, sum(n) AS s, count(DISTINCT x) AS d, sum(n) FILTER (WHERE p = '1') AS p FROM back",
    ));
    let of_one: u64 = (0..600_000).filter(|n| n % 3 == 1).sum();
    assert_eq!(sums, format!("c,s,d,p\n600000,179999700000,600000,{of_one}\n"));
    let again = String::from_utf8(run(&unload).stderr).unwrap();
    assert!(
        again.contains("`s3://out-bucket/a/` is not empty: there is s3://out-bucket/a/p=0/"),
        "{again}"
    );
    let missing =
        String::from_utf8(run("UNLOAD (SELECT 1) TO 's3://nobodys-bucket/x' WITH (format = 'JSON')").stderr).unwrap();
    assert!(missing.contains("bucket `nobodys-bucket` does not exist"), "{missing}");
}

#[test]
fn a_bucket_has_nothing_of_what_failed() {
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    moto.put("/out-bucket", b"");
    let run = |sql: &str| on_s3(&site, &moto.endpoint(), None, &["sql", "--format", "csv", sql]);
    let failing = format!("SELECT n, x, 1 / (299999 - n) AS y FROM ({})", rows(300_000));
    let copy = |query: &str| {
        format!(
            "COPY INTO 's3://out-bucket/b/flows_' FROM ({query}) FILE_FORMAT = (TYPE = CSV COMPRESSION = NONE) MAX_FILE_SIZE = 3000000"
        )
    };
    let told = String::from_utf8(run(&copy(&failing)).stderr).unwrap();
    assert!(told.contains("division by zero"), "{told}");
    assert_eq!(moto.list("out-bucket", ""), [""; 0]);
    assert_eq!(moto.open_uploads("out-bucket"), 0);
    let told = csv(&run(&copy(&rows(200_000))));
    assert!(
        told.starts_with("rows_unloaded,input_bytes,output_bytes\n200000,"),
        "{told}"
    );
    let keys = moto.list("out-bucket", "b/");
    assert!(keys.len() > 2 && keys[0] == "b/flows_0_0_0.csv", "{keys:?}");
    let told = String::from_utf8(run(&copy(&rows(10))).stderr).unwrap();
    assert!(
        told.contains("s3://out-bucket/b/flows_0_0_0.csv is there already"),
        "{told}"
    );
    let lake = [
        "sql",
        "UNLOAD (SELECT 1 AS a) TO 's3://out-bucket//lake/x' WITH (format = 'JSON')",
    ];
    let told = on_s3(&site, &moto.endpoint(), Some("s3://out-bucket/lake"), &lake);
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains("is in the lake `s3://out-bucket/lake`"), "{told}");
}

#[test]
fn a_stage_writes_what_its_copy_loads() {
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    moto.put("/out-bucket", b"");
    let script = site.folder.path().join("round.sql");
    fs::write(
        &script,
        "CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3 STORAGE_ALLOWED_LOCATIONS = ('s3://out-bucket/in/') \
         STORAGE_BLOCKED_LOCATIONS = ('s3://out-bucket/in/no/');\n\
         CREATE STAGE s url = 's3://out-bucket/in/' STORAGE_INTEGRATION = i FILE_FORMAT = (TYPE = PARQUET);\n\
         CREATE TABLE t (a INT, b VARCHAR); INSERT INTO t VALUES (1, 'x'), (2, NULL);\n\
         COPY INTO @s/yes/ FROM t HEADER = TRUE; CREATE TABLE u (a INT, b VARCHAR); COPY INTO u FROM @s;\n\
         SELECT * FROM u ORDER BY a;",
    )
    .unwrap();
    let told = csv(&on_s3(
        &site,
        &moto.endpoint(),
        None,
        &["sql", "--format", "csv", "-f", script.to_str().unwrap()],
    ));
    assert!(told.ends_with("a,b\n1,x\n2,\n"), "{told}");
    assert_eq!(moto.list("out-bucket", ""), ["in/yes/data_0_0_0.snappy.parquet"]);
    moto.put("/out-bucket/in/no/x.parquet", b"secret");
    let run = |sql: &str| on_s3(&site, &moto.endpoint(), None, &["sql", "--format", "csv", sql]);
    assert_eq!(csv(&run("LIST @s")).lines().count(), 2, "what is blocked is not listed");
    let told = String::from_utf8(run("COPY INTO @s FROM t PARTITION BY ('no')").stderr).unwrap();
    assert!(
        told.contains("the integration does not allow `s3://out-bucket/in/no/data_"),
        "{told}"
    );
    assert_eq!(moto.open_uploads("out-bucket"), 0);
}

#[test]
fn what_dies_leaves_nothing_that_is_seen() {
    let site = Site::new();
    let target = site.folder.path().join("out");
    let unload = |rows: &str| {
        format!(
            "UNLOAD ({rows}) TO '{}' WITH (format = 'CSV', compression = 'NONE')",
            target.display()
        )
    };
    let mut process = Command::new(env!("CARGO_BIN_EXE_flowtrail"))
        .env("FLOWTRAIL_LAKE", site.folder.path().join("lake"))
        .args(["sql", &unload(&rows(50_000_000))])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let written = |folder: &Path| -> u64 {
        let Ok(entries) = fs::read_dir(folder) else { return 0 };
        let aside = entries.flat_map(|entry| fs::read_dir(entry.unwrap().path()).into_iter().flatten());
        aside
            .map(|file| file.unwrap().metadata().map_or(0, |file| file.len()))
            .sum()
    };
    while written(&target) < 100_000 {
        assert!(started.elapsed() < Duration::from_mins(1), "nothing is written");
        sleep(Duration::from_millis(5));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let names: Vec<String> = fs::read_dir(&target)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(names.len() == 1 && names[0].starts_with(".flowtrail-"), "{names:?}");
    let told = csv(&site.run(&["sql", "--format", "csv", &unload(&rows(10))]));
    assert!(told.contains(",10,"), "{told}");
}

#[test]
fn rows_are_made_of_files_in_a_bucket() {
    let Some(moto) = Moto::start() else { return };
    let site = Site::new();
    moto.put("/in-bucket", b"");
    moto.put("/in-bucket/day=1/a.csv", b"1,ann\n2,bob\nx,cyd\n");
    let run = |sql: &str| on_s3(&site, &moto.endpoint(), None, &["sql", "--format", "csv", sql]);
    csv(&run("CREATE TABLE t (id INT, name VARCHAR, file VARCHAR)"));
    csv(&run(
        "CREATE STAGE s url = 's3://in-bucket/' FILE_FORMAT = (TYPE = CSV)",
    ));
    let told = csv(&run("COPY INTO t (id, name) FROM @s VALIDATION_MODE = RETURN_ERRORS"));
    assert!(
        told.contains("column `id`: `x` is no Int32,s3://in-bucket/day=1/a.csv,3,"),
        "{told}"
    );
    let copy =
        "COPY INTO t FROM (SELECT $1, initcap($2), split_part(metadata$filename, '/', 1) FROM @s) ON_ERROR = CONTINUE";
    assert!(csv(&run(copy)).contains("s3://in-bucket/day=1/a.csv,PARTIALLY_LOADED,3,2,1,"));
    assert_eq!(
        csv(&run("SELECT * FROM t ORDER BY id")),
        "id,name,file\n1,Ann,day=1\n2,Bob,day=1\n"
    );
    assert!(csv(&run(copy)).contains("0 files processed"));
}
