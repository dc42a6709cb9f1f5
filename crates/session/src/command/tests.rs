//! Statements that nobody would write: reading them ends, with a command or an error that says where.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::read;

/// One of each family, with most of what can stand in it.
const STATEMENTS: &[&str] = &[
    "CREATE OR REPLACE VIEW a.v (x, y) COPY GRANTS COMMENT = 'c' AS SELECT 1, 2;",
    "CREATE TABLE IF NOT EXISTS d.s.t (a INT COMMENT 'x', b struct<c:array<string>,d:map<string,int>>) COMMENT = 'c'",
    "CREATE TABLE t WITH (format = 'PARQUET', partitioned_by = ARRAY['a']) AS WITH q AS (SELECT 1) SELECT * FROM q",
    "CREATE EXTERNAL TABLE `t` (`end` bigint, b string) PARTITIONED BY (`date` string) ROW FORMAT SERDE \
     'org.apache.hadoop.hive.serde2.RegexSerDe' WITH SERDEPROPERTIES ('input.regex'='^([^ ]+)$') STORED AS INPUTFORMAT \
     'org.apache.hadoop.mapred.TextInputFormat' OUTPUTFORMAT 'x' LOCATION 's3://b/p/' TBLPROPERTIES ('a'='b')",
    "CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' ' ESCAPED BY '\\\\' LINES TERMINATED BY \
     '\\n' LOCATION 's3://b/'",
    "CREATE FUNCTION f(ip varchar, n int) RETURNS Boolean AS $$ parse_ip(ip,'INET'):ipv4 > 1 $$",
    "CREATE STAGE s url = 's3://b/p/' storage_integration = i FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 NULL_IF = ('', '-'))",
    "CREATE FILE FORMAT f TYPE = JSON STRIP_OUTER_ARRAY = TRUE",
    "CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = S3 ENABLED = TRUE STORAGE_AWS_ROLE_ARN = \
     'arn:aws:iam::123456789012:role/r' STORAGE_ALLOWED_LOCATIONS = ('s3://b/p/', 's3://c/')",
    "CREATE WAREHOUSE w WITH WAREHOUSE_SIZE = MEDIUM AUTO_SUSPEND = 300",
    "CREATE PIPE p AUTO_INGEST = TRUE AS COPY INTO t FROM @s/x FILE_FORMAT = (TYPE = PARQUET)",
    "CREATE DATABASE IF NOT EXISTS d COMMENT 'c' LOCATION 's3://b/'",
    "COPY INTO t FROM @d.s.\"St\"/a/*b--c FILES = ('a', 'b') PATTERN = '.*[.]json' FILE_FORMAT = (FORMAT_NAME = f) ON_ERROR = \
     SKIP_FILE FORCE = TRUE",
    "COPY INTO @s/x FROM (SELECT 1) PARTITION BY (a || 'b') FILE_FORMAT = (TYPE = CSV) HEADER = TRUE",
    "UNLOAD (SELECT ')', \"x\" FROM t) TO 's3://b/' WITH (format = 'JSON', partitioned_by = ARRAY['a','b'])",
    "PREPARE q (int, text) AS SELECT $1, $2",
    "PREPARE q FROM SELECT ? FROM t WHERE a = '?'",
    "EXECUTE q USING 1, 'x', DATE '2026-11-01', NULL",
    "EXECUTE q(1, -2.5, 'it''s')",
    "DEALLOCATE PREPARE q",
    "INSERT INTO t (a, b) SELECT 1, '2'",
    "ALTER TABLE t ADD IF NOT EXISTS PARTITION (day = '2026/11/01', n = 1) LOCATION 's3://b/' PARTITION (day = 'x')",
    "ALTER TABLE t DROP PARTITION (day = 'x'), PARTITION (day = 'y')",
    "ALTER TABLE t SET TBLPROPERTIES ('a' = 'b')",
    "ALTER TABLE t ADD COLUMNS (a int, b string)",
    "ALTER PIPE p REFRESH",
    "ALTER PIPE p SET PIPE_EXECUTION_PAUSED = TRUE",
    "MSCK REPAIR TABLE d.t",
    "CRAWL 's3://b/p' INTO d.s NAME x_ DRY RUN",
    "RELATIONALIZE logs.cloudtrail INTO a.b MAX COLUMNS 500",
    "DROP TABLE IF EXISTS `d`.t CASCADE",
    "DROP STORAGE INTEGRATION i",
    "USE WAREHOUSE w",
    "LIST @s/a PATTERN = '.*'",
    "SET accent = 'athena'",
    "SHOW PARTITIONS t",
    "SHOW TABLES IN d.s LIKE '%x%'",
    "DESC STORAGE INTEGRATION i",
];

/// What is put between the words of a statement.
const INSERTED: &[&str] = &[
    "(",
    ")",
    "'",
    "\"",
    "`",
    "$$",
    ",",
    ";",
    "@",
    "=",
    "--",
    "/*",
    "*/",
    "?",
    "$1",
    "-",
    ".",
    ":",
    "AS",
    "FROM",
    "NULL",
    "9223372036854775808",
    "1e999",
    "\u{0}",
    "é",
    "日本",
    "\u{202e}",
    "\\",
    "<",
    ">",
    "[",
    "]",
    "{",
    "\n",
];

#[derive(Clone, Debug)]
enum Change {
    Cut(prop::sample::Index),
    Drop(prop::sample::Index),
    Repeat(prop::sample::Index),
    Insert(prop::sample::Index, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<prop::sample::Index>;
    prop_oneof![
        place().prop_map(Change::Cut),
        place().prop_map(Change::Drop),
        place().prop_map(Change::Repeat),
        (place(), prop::sample::select(INSERTED)).prop_map(|(place, text)| Change::Insert(place, text)),
    ]
}

fn changed(statement: &str, changes: &[Change]) -> String {
    let mut words: Vec<String> = statement
        .split_inclusive([' ', '(', ')', ',', '='])
        .map(str::to_owned)
        .collect();
    for change in changes {
        let at = |place: &prop::sample::Index| place.index(words.len().max(1));
        match change {
            _ if words.is_empty() => break,
            Change::Cut(place) => words.truncate(at(place)),
            Change::Drop(place) => {
                words.remove(at(place));
            }
            Change::Repeat(place) => words.insert(at(place), words[at(place)].clone()),
            Change::Insert(place, text) => words.insert(at(place), (*text).to_owned()),
        }
    }
    words.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]
    #[test]
    fn statements_with_anything_wrong_are_read_to_an_end(
        statement in prop::sample::select(STATEMENTS),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let sql = changed(statement, &changes);
        if let Err(error) = read(&sql) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

#[test]
fn each_is_a_command_as_it_stands() {
    let unread = |statement: &&&str| !matches!(read(statement), Ok(Some(_)));
    let unread: Vec<_> = STATEMENTS.iter().filter(unread).collect();
    assert!(unread.is_empty(), "{unread:#?}");
}
