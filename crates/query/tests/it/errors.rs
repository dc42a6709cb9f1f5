use std::fmt::Write;

use insta::assert_snapshot;

use crate::lake;

#[tokio::test]
#[allow(clippy::too_many_lines)]
async fn complaints_point_at_what_is_wrong() {
    let lake = lake::of_flows().await;
    let mut complaints = String::new();
    for sql in [
        "SELECT FROM vpc_flow WHERE",
        "SELCT 1",
        "SELECT 'one",
        "SELECT src_addr\nFROM vpc_flow",
        "SELECT srcaddr\nFROM vpc_flow\nWHERE action = \"REJECT\"",
        "SELECT v.nothing FROM vpc_flow v",
        "SELECT * FROM vpcflow",
        "SELECT * FROM logs.cloudtrial",
        "SELECT * FROM other.schema.t",
        "SELECT 1 FROM nowhere",
        "SELECT protocolname(6)",
        "SELECT bytes / 0 FROM vpc_flow",
        "SELECT CAST('x' AS INT)",
        "SELECT CAST(srcaddr AS INT) FROM vpc_flow WHERE srcaddr = '10.0.0.1'",
        "SELECT ip_in(srcaddr, '10.0.0.0/99') FROM vpc_flow",
        "SELECT srcaddr, count(*) FROM vpc_flow",
        "SELECT day FROM vpc_flow JOIN tgw_flow ON true",
        "SELECT sum(srcaddr) FROM vpc_flow",
        "SELECT action,\n  upper(to_utf8(srcaddr))\nFROM vpc_flow",
        "SELECT 1 FROM flow WHERE bytes > 1 AND date_add('day', 'x', start_time) IS NULL",
        "SELECT (SELECT json_extract(srcaddr, '$[') FROM vpc_flow LIMIT 1)",
        "SELECT a.b.c.d.e FROM vpc_flow a",
        "CREATE TABLE t (a INT)",
        "EXPLAIN INSERT INTO vpc_flow SELECT * FROM vpc_flow",
        "COPY vpc_flow TO 'x.csv'",
        "SELECT 1; SELECT 2",
        "-- nothing",
        "SET datafusion.nonsense = 1",
    ] {
        let _ = write!(
            complaints,
            "> {}\n{}\n\n",
            sql.replace('\n', "\n> "),
            lake.complaint(sql).await
        );
    }
    assert_snapshot!(complaints, @r#"
    > SELECT FROM vpc_flow WHERE
    expected an expression, found the end of the statement

    > SELCT 1
    line 1, column 1: expected an SQL statement, found SELCT
      SELCT 1
      ^

    > SELECT 'one
    line 1, column 8: unterminated string literal
      SELECT 'one
             ^

    > SELECT src_addr
    > FROM vpc_flow
    line 1, column 8: no column `src_addr`
      SELECT src_addr
             ^
    hint: did you mean `srcaddr`?

    > SELECT srcaddr
    > FROM vpc_flow
    > WHERE action = "REJECT"
    line 3, column 16: no column `REJECT`
      WHERE action = "REJECT"
                     ^
    hint: a text is written in single quotes: 'REJECT'

    > SELECT v.nothing FROM vpc_flow v
    line 1, column 8: no column `nothing`
      SELECT v.nothing FROM vpc_flow v
             ^
    hint: `DESCRIBE table` lists a table's columns

    > SELECT * FROM vpcflow
    line 1, column 15: no table `vpcflow`
      SELECT * FROM vpcflow
                    ^
    hint: did you mean `vpc_flow`?

    > SELECT * FROM logs.cloudtrial
    line 1, column 15: no table `logs.cloudtrial`
      SELECT * FROM logs.cloudtrial
                    ^
    hint: did you mean `logs.cloudtrail`?

    > SELECT * FROM other.schema.t
    line 1, column 15: no table `other.schema.t`
      SELECT * FROM other.schema.t
                    ^
    hint: `SHOW TABLES` lists them

    > SELECT 1 FROM nowhere
    line 1, column 15: no table `nowhere`
      SELECT 1 FROM nowhere
                    ^
    hint: `SHOW TABLES` lists them

    > SELECT protocolname(6)
    line 1, column 8: no function `protocolname`
      SELECT protocolname(6)
             ^
    hint: did you mean `protocol_name`?

    > SELECT bytes / 0 FROM vpc_flow
    division by zero

    > SELECT CAST('x' AS INT)
    line 1, column 13: cannot cast string 'x' to value of INTEGER type
      SELECT CAST('x' AS INT)
                  ^

    > SELECT CAST(srcaddr AS INT) FROM vpc_flow WHERE srcaddr = '10.0.0.1'
    cannot cast string '10.0.0.1' to value of INTEGER type

    > SELECT ip_in(srcaddr, '10.0.0.0/99') FROM vpc_flow
    `10.0.0.0/99` is no block of addresses; ip_in takes one such as 10.0.0.0/8 or fc00::/7

    > SELECT srcaddr, count(*) FROM vpc_flow
    line 1, column 8: column `srcaddr` must be in GROUP BY or in an aggregate such as max(srcaddr)
      SELECT srcaddr, count(*) FROM vpc_flow
             ^

    > SELECT day FROM vpc_flow JOIN tgw_flow ON true
    line 1, column 8: column `day` is in more than one table; write `table.day`
      SELECT day FROM vpc_flow JOIN tgw_flow ON true
             ^

    > SELECT sum(srcaddr) FROM vpc_flow
    line 1, column 8: there is no sum(VARCHAR); there is sum(Decimal), sum(UInt64), sum(BIGINT), sum(DOUBLE), sum(Duration), sum(Interval)
      SELECT sum(srcaddr) FROM vpc_flow
             ^

    > SELECT action,
    >   upper(to_utf8(srcaddr))
    > FROM vpc_flow
    line 2, column 3: there is no upper(VARBINARY); there is upper(String)
        upper(to_utf8(srcaddr))
        ^

    > SELECT 1 FROM flow WHERE bytes > 1 AND date_add('day', 'x', start_time) IS NULL
    line 1, column 56: date_add takes a unit, a number and a time: date_add('day', -7, current_date)
      SELECT 1 FROM flow WHERE bytes > 1 AND date_add('day', 'x', start_time) IS NULL
                                                             ^

    > SELECT (SELECT json_extract(srcaddr, '$[') FROM vpc_flow LIMIT 1)
    line 1, column 38: json_extract: the path `$[` makes no sense at character 2; one is written `$.userIdentity.type` or `$.items[0]`
      SELECT (SELECT json_extract(srcaddr, '$[') FROM vpc_flow LIMIT 1)
                                           ^

    > SELECT a.b.c.d.e FROM vpc_flow a
    line 1, column 8: `a.b.c.d.e` has too many parts for a column
      SELECT a.b.c.d.e FROM vpc_flow a
             ^

    > CREATE TABLE t (a INT)
    CREATE TABLE is not done yet
    hint: README.md lists the statements that are

    > EXPLAIN INSERT INTO vpc_flow SELECT * FROM vpc_flow
    INSERT INTO is not done yet
    hint: README.md lists the statements that are

    > COPY vpc_flow TO 'x.csv'
    COPY is not done yet
    hint: README.md lists the statements that are

    > SELECT 1; SELECT 2
    2 statements at once; one is expected
    hint: end each with a semicolon and run them one by one

    > -- nothing
    there is no statement to run

    > SET datafusion.nonsense = 1
    config value "nonsense" not found on ConfigOptions
    "#);
}

#[tokio::test]
async fn memory_has_a_limit_that_is_named() {
    use flowtrail_query::{Engine, EngineSettings};
    use futures::TryStreamExt;

    let lake = lake::of_flows().await;
    let settings = EngineSettings {
        memory_limit_bytes: 1 << 20,
        parallelism: Some(2),
        ..EngineSettings::default()
    };
    let engine = Engine::new(lake.engine.lake().clone(), settings).unwrap();
    let sql = "SELECT array_agg(value) FROM generate_series(1, 10000000)";
    let rows = engine.run(sql).await.unwrap().stream.try_collect::<Vec<_>>().await;
    assert_eq!(
        rows.unwrap_err().to_string(),
        "the statement needs more memory than the 1.0 MiB it may use"
    );
}
