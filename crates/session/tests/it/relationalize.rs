//! Nested rows become flat ones, each once.

use flowtrail_catalog::{Definition, Kind};
use flowtrail_decode::LogKind;
use flowtrail_lake::compact::{CompactOptions, compact};
use flowtrail_lake::definition::{history_table, log_table};
use flowtrail_load::{LoadOptions, Loader, Silent, Stop};
use flowtrail_source::{AwsSettings, Place, Source};
use std::sync::Arc;

use crate::place::{Site, run, site};

/// Loads a file of CloudTrail events, as `flowtrail load` does.
async fn load(site: &Site, name: &str, events: &str) {
    site.write(name, format!("{{\"Records\":[{events}]}}"));
    let place = Place::Path(site.files().join(name));
    let source = Arc::new(Source::open(&place, &AwsSettings::default()).await.unwrap());
    let options = LoadOptions {
        kind: Some(LogKind::CloudTrail),
        ..LoadOptions::default()
    };
    let lake = site.session.engine().lake().clone();
    let loader = Loader::new(lake, options, Arc::new(Silent), Stop::default());
    assert_eq!(loader.run(&[source]).await.unwrap().loaded, 1);
}

fn event(id: &str, time: &str, rest: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventID":"{id}","eventTime":"{time}","eventSource":"s3.amazonaws.com","eventName":"GetObject",
            "awsRegion":"eu-west-1","eventType":"AwsApiCall","recipientAccountId":"123456789012",{rest}}}"#
    )
}

fn bucket(id: &str, bucket: &str) -> String {
    let rest = format!(
        r#""sourceIPAddress":"198.51.100.7","userIdentity":{{"type":"IAMUser","userName":"ann"}},
           "requestParameters":{{"bucketName":"{bucket}","Host":["a.example","b.example"]}},
           "resources":[{{"ARN":"arn:aws:s3:::{bucket}","type":"AWS::S3::Bucket"}}]"#
    );
    event(id, "2017-10-23T12:30:00Z", &rest)
}

#[tokio::test(flavor = "multi_thread")]
async fn records_and_json_become_columns_and_lists_tables() {
    let site = site();
    load(&site, "a.json", &[bucket("1", "one"), bucket("2", "two")].join(",")).await;
    assert_eq!(
        site.run("RELATIONALIZE logs.cloudtrail INTO cloudtrail.parquettrails")
            .await,
        [
            "cloudtrail.parquettrails 2 5",
            "cloudtrail.parquettrails_requestparameters_host 4 1",
            "cloudtrail.parquettrails_resources 2 2",
        ]
    );
    // The founding document's questions: a window of time, and sources by `useridentity.type`.
    assert_eq!(
        site.run(
            r#"SELECT "useridentity.type", "useridentity.username", "requestparameters.bucketname"
               FROM cloudtrail.parquettrails
               WHERE eventtime > '2017-10-23T12:00:00Z' AND eventtime < '2017-10-23T13:00:00Z' ORDER BY 3"#
        )
        .await,
        ["IAMUser ann one", "IAMUser ann two"]
    );
    assert_eq!(
        site.run(
            r#"SELECT sourceipaddress, "useridentity.type", count(*) FROM cloudtrail.parquettrails GROUP BY 1, 2"#
        )
        .await,
        ["198.51.100.7 IAMUser 2"]
    );
    assert_eq!(
        site.run(
            r#"SELECT eventid, index, "requestparameters.host.val" FROM cloudtrail.parquettrails
               JOIN cloudtrail.parquettrails_requestparameters_host ON id = "requestparameters.host" ORDER BY 1, 2"#
        )
        .await,
        ["1 0 a.example", "1 1 b.example", "2 0 a.example", "2 1 b.example"]
    );
    assert_eq!(
        site.run(
            r#"SELECT eventid, "resources.val.arn" FROM cloudtrail.parquettrails
               JOIN cloudtrail.parquettrails_resources ON id = resources ORDER BY 1"#
        )
        .await,
        ["1 arn:aws:s3:::one", "2 arn:aws:s3:::two"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_new_is_brought_whatever_was_merged_meanwhile() {
    let site = site();
    let again = "RELATIONALIZE logs.cloudtrail INTO flat.trails";
    assert_eq!(site.run(again).await, ["flat.trails 0 0"], "nothing was loaded yet");
    load(&site, "a.json", &bucket("1", "one")).await;
    assert_eq!(site.run(again).await[0], "flat.trails 1 5");
    assert_eq!(site.run(again).await, ["flat.trails 0 0"]);
    load(&site, "b.json", &bucket("2", "two")).await;
    let table = site.session.engine().lake().table(log_table(LogKind::CloudTrail));
    let compacted = compact(&table, &CompactOptions::default(), &|_| ()).await;
    assert_eq!(compacted.unwrap().files_after, 1);
    assert_eq!(site.run(again).await[0], "flat.trails 1 0");
    assert_eq!(site.run(again).await, ["flat.trails 0 0"]);
    let history = site.session.engine().lake().table(history_table());
    let version = history.snapshot().await.unwrap().unwrap().version();
    assert_eq!(site.run(again).await, ["flat.trails 0 0"]);
    let after = history.snapshot().await.unwrap().unwrap().version();
    assert_eq!(after, version, "a run without news leaves no trace");
    // The same object with one event more.
    load(&site, "b.json", &[bucket("2", "two"), bucket("3", "three")].join(",")).await;
    assert_eq!(site.run(again).await[0], "flat.trails 1 0");
    assert_eq!(
        site.run("SELECT eventid, count(*) FROM flat.trails GROUP BY 1 ORDER BY 1")
            .await,
        ["1 1", "2 1", "3 1"]
    );
    assert_eq!(
        site.run("SELECT count(*), count(DISTINCT id) FROM flat.trails_resources")
            .await,
        ["3 3"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_bring_each_row_once() {
    let site = site();
    let events: Vec<String> = (0..50).map(|number| bucket(&number.to_string(), "b")).collect();
    load(&site, "a.json", &events.join(",")).await;
    site.run("CREATE SCHEMA flat").await;
    let runs = (0..4).map(|_| {
        let session = site.another();
        tokio::spawn(async move { run(&session, "RELATIONALIZE logs.cloudtrail INTO flat.trails").await })
    });
    for run in runs.collect::<Vec<_>>() {
        run.await.unwrap();
    }
    assert_eq!(site.run("SELECT count(*) FROM flat.trails").await, ["50"]);
    assert_eq!(
        site.run("SELECT count(*) FROM flat.trails_requestparameters_host")
            .await,
        ["100"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn values_of_several_types_stand_side_by_side() {
    let site = site();
    let values = [
        "5",
        "\"five\"",
        "5.5",
        "true",
        "[5, {\"deep\": [1]}]",
        "{\"in\": 5}",
        "18446744073709551615",
        "null",
        r#"{"Cost Center": "it", "Tag List": [1]}"#,
    ];
    let events = values.iter().enumerate().map(|(number, value)| {
        let rest = format!(r#""requestParameters":{{"limit":{value},"note_string":"n"}}"#);
        event(&number.to_string(), "2026-11-01T00:00:00Z", &rest)
    });
    load(&site, "a.json", &events.collect::<Vec<_>>().join(",")).await;
    site.run("RELATIONALIZE logs.cloudtrail INTO flat.trails").await;
    assert_eq!(
        site.run(
            r#"SELECT "requestparameters.limit", "requestparameters.limit_string", "requestparameters.limit_double",
                "requestparameters.limit_boolean", "requestparameters.limit_list" IS NOT NULL AS l,
                "requestparameters.limit.in", _other, "requestparameters.note_string_string"
               FROM flat.trails ORDER BY eventid"#
        )
        .await,
        [
            "5 - - - false - - n",
            "- five - - false - - n",
            "- - 5.5 - false - - n",
            "- - - true false - - n",
            "- - - - true - - n",
            "- - - - false 5 - n",
            "- - - - false - {\"requestparameters.limit\":18446744073709551615} n",
            "- - - - false - - n",
            r#"- - - - false - {"requestparameters.limit.cost center":"it","requestparameters.limit.tag list":[1]} n"#,
        ]
    );
    assert_eq!(
        site.run(r#"SELECT index, "requestparameters.limit.val", "requestparameters.limit.val.deep" IS NOT NULL FROM flat.trails_requestparameters_limit ORDER BY 1"#)
            .await,
        ["0 5 false", "1 - true"]
    );
    assert_eq!(
        site.run(r#"SELECT "requestparameters.limit.val.deep.val" FROM flat.trails_requestparameters_limit_val_deep"#)
            .await,
        ["1"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_in_lists_and_targets_made_anew() {
    let site = site();
    let again = "RELATIONALIZE logs.cloudtrail INTO flat.trails";
    for number in 1..=2 {
        let rest = format!(r#""requestParameters":{{"grid":[[{number},2],[3]]}}"#);
        let name = format!("{number}.json");
        load(&site, &name, &event(&number.to_string(), "2026-11-01T00:00:00Z", &rest)).await;
        site.run(again).await;
    }
    let cells = r#"SELECT eventid, o.index, i.index, "requestparameters.grid.val.val" FROM flat.trails
        JOIN flat.trails_requestparameters_grid AS o ON o.id = "requestparameters.grid"
        JOIN flat.trails_requestparameters_grid_val AS i ON i.id = "requestparameters.grid.val" ORDER BY 1, 2, 3"#;
    let expected = ["1 0 0 1", "1 0 1 2", "1 1 0 3", "2 0 0 2", "2 0 1 2", "2 1 0 3"];
    assert_eq!(site.run(cells).await, expected);
    site.run("DROP TABLE flat.trails").await;
    assert_eq!(site.run(again).await[0], "flat.trails 2 1");
    assert_eq!(site.run(cells).await, expected);
    assert_eq!(
        site.run("SELECT count(*) FROM flat.trails_requestparameters_grid_val")
            .await,
        ["6"],
        "nothing is left of the target that was dropped"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_finds_no_column_is_kept_as_json() {
    let site = site();
    let many: Vec<String> = (0..200).map(|number| format!(r#""k{number:03}":{number}"#)).collect();
    let rest = format!(r#""requestParameters":{{{}}}"#, many.join(","));
    load(&site, "a.json", &event("1", "2026-11-01T00:00:00Z", &rest)).await;
    let told = site
        .run("RELATIONALIZE logs.cloudtrail INTO flat.trails MAX COLUMNS 100")
        .await;
    assert_eq!(told.len(), 1);
    let columns = site
        .run("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'flat'")
        .await;
    assert_eq!(columns, ["99"]);
    assert_eq!(
        site.run(r#"SELECT "requestparameters.k000", json_extract_scalar(_other, '$["requestparameters.k199"]') FROM flat.trails"#).await,
        ["0 199"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_ones_own_are_made_flat_too() {
    let site = site();
    site.run(
        "CREATE TABLE own (n BIGINT, at TIMESTAMP, who STRUCT<name: STRING, born: DATE>, tags ARRAY<STRING>, doc STRING);
         INSERT INTO own SELECT 1, TIMESTAMP '2026-11-01 00:00:00', named_struct('name', 'ann', 'born', DATE '2000-01-01'),
             make_array('a', 'b'), '{\"k\": {\"l\": true}}'",
    )
    .await;
    let again = "RELATIONALIZE own INTO flat_own";
    assert_eq!(
        site.run(again).await,
        ["public.flat_own 1 4", "public.flat_own_tags 2 1"]
    );
    assert_eq!(
        site.run(r#"SELECT n, at, "who.name", "who.born", "doc.k.l", doc FROM flat_own"#)
            .await,
        ["1 2026-11-01T00:00:00Z ann 2000-01-01 true -"]
    );
    site.run("INSERT INTO own (n, doc) VALUES (2, 'plain')").await;
    let merged = "SELECT count(DISTINCT _version) FROM flat_own";
    let own = site.session.engine().catalog().definitions().await.unwrap();
    let own = own
        .of_kind(Kind::Relation)
        .find(|defined| defined.name.name == "own")
        .unwrap()
        .clone();
    let Definition::Table(stored) = &own.definition else {
        panic!()
    };
    let table = site.session.engine().lake().table(&stored.definition(&own.name));
    assert_eq!(
        compact(&table, &CompactOptions::default(), &|_| ())
            .await
            .unwrap()
            .files_after,
        1
    );
    assert_eq!(site.run(again).await, ["public.flat_own 1 0"]);
    assert_eq!(
        site.run("SELECT n, doc FROM flat_own ORDER BY n").await,
        ["1 -", "2 plain"]
    );
    assert_eq!(site.run(merged).await, ["2"]);
    assert_eq!(site.run(again).await, ["public.flat_own 0 0"]);
    // A source made anew is another one.
    site.run("CREATE OR REPLACE TABLE own (n BIGINT); INSERT INTO own VALUES (3)")
        .await;
    assert!(
        site.error(again)
            .await
            .contains("is no table that RELATIONALIZE made of this `public.own`")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_made_flat_is_told() {
    let site = site();
    site.run("CREATE TABLE there (a INT); CREATE VIEW v AS SELECT 1 AS a; CREATE TABLE docs (d VARIANT)")
        .await;
    load(&site, "a.json", &bucket("1", "one")).await;
    insta::assert_snapshot!(site.error("RELATIONALIZE logs.cloudtrail INTO there").await, @r"
    `public.there` is there already, and is no table that RELATIONALIZE made of this `logs.cloudtrail`
    hint: name another target, or drop that table if it may go
    ");
    insta::assert_snapshot!(site.error("RELATIONALIZE v INTO flat").await, @r"
    `v` is a view
    hint: RELATIONALIZE reads tables of the lake; CREATE TABLE … AS SELECT … makes one of anything
    ");
    insta::assert_snapshot!(site.error("RELATIONALIZE docs INTO flat").await, @r"
    `docs` has a VARIANT column, whose paths are columns already
    hint: ask for `column:path` as it is
    ");
    insta::assert_snapshot!(site.error("RELATIONALIZE nothing INTO flat").await, @r"
    no table `nothing`
    hint: SHOW TABLES lists those there are
    ");
    insta::assert_snapshot!(site.error("RELATIONALIZE logs.cloudtrail INTO logs.flat").await, @r"
    nothing can be created in `logs`, whose tables Flowtrail keeps itself
    hint: leave the schema out, or name another
    ");
    insta::assert_snapshot!(site.error("RELATIONALIZE logs.cloudtrail INTO flat MAX COLUMNS 3").await, @r"
    line 1, column 53: MAX COLUMNS is a number from 100 to 10000
      RELATIONALIZE logs.cloudtrail INTO flat MAX COLUMNS 3
                                                          ^
    ");
    site.run("RELATIONALIZE logs.cloudtrail INTO flat").await;
    insta::assert_snapshot!(site.error("SELECT useridentity.type FROM flat").await, @r#"
    line 1, column 8: no column `type`
      SELECT useridentity.type FROM flat
             ^
    hint: did you mean `"useridentity.type"`?
    "#);
    insta::assert_snapshot!(site.error("RELATIONALIZE logs.cloudtrail").await, @r"
    line 1, column 30: expected INTO, found the end of the statement
      RELATIONALIZE logs.cloudtrail
                                   ^
    ");
}
