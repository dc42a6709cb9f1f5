use insta::assert_snapshot;

use crate::lake;

#[tokio::test]
async fn tables_say_how_much_they_hold() {
    let lake = lake::of_flows().await;
    let tables = lake.engine.tables().await.unwrap();
    let shown: Vec<String> = tables
        .iter()
        .map(|t| {
            let days = t.first_day.as_deref().zip(t.last_day.as_deref());
            format!(
                "{} {}.{} rows={:?} files={} {days:?} v{:?}: {}",
                t.kind, t.schema, t.name, t.rows, t.files, t.version, t.comment
            )
        })
        .collect();
    assert_snapshot!(shown.join("\n"), @r#"
    table logs.vpc_flow rows=Some(3) files=3 Some(("2026-11-01", "2026-11-03")) vSome(3): VPC Flow Logs
    table logs.tgw_flow rows=Some(0) files=0 None vNone: Transit Gateway Flow Logs
    table logs.cloudtrail rows=Some(0) files=0 None vNone: CloudTrail events
    table system.load_history rows=Some(0) files=0 None vNone: one row an object and table: what became of its lines
    table system.quarantine rows=Some(0) files=0 None vNone: records that could not be read, with object, line and reason
    view logs.flow rows=None files=0 None vNone: VPC flow records with times, protocol names and directions
    view logs.trail rows=None files=0 None vNone: CloudTrail events: who did what, and whether it worked
    view system.pipes rows=None files=0 None vNone: Pipes: how each is, how long objects take to be seen, what waits, what went wrong last
    "#);
    assert!(tables[0].bytes > 1000);
}

#[tokio::test]
async fn a_table_is_described_by_any_of_its_names() {
    let lake = lake::of_flows().await;
    let table = lake.engine.describe("vpc_flow").await.unwrap();
    assert_eq!(table, lake.engine.describe("flowtrail.logs.vpc_flow").await.unwrap());
    assert_eq!(table, lake.engine.describe("LOGS.VPC_FLOW").await.unwrap());
    assert_eq!(
        (table.partition_columns, table.sort_order),
        (vec!["day".to_owned()], vec!["start".to_owned()])
    );
    assert_eq!((table.summary.rows, table.summary.files), (Some(3), 3));
    let types: Vec<_> = table
        .columns
        .iter()
        .take(12)
        .map(|c| format!("{} {}", c.name, c.data_type))
        .collect();
    assert_snapshot!(types.join(", "), @"version INTEGER, account_id VARCHAR, interface_id VARCHAR, srcaddr VARCHAR, dstaddr VARCHAR, srcport INTEGER, dstport INTEGER, protocol INTEGER, packets BIGINT, bytes BIGINT, start BIGINT, end BIGINT");
}

#[tokio::test]
async fn views_are_described_with_their_query() {
    let lake = lake::empty();
    for name in ["flow", "trail"] {
        let view = lake.engine.describe(name).await.unwrap();
        assert!(view.definition.unwrap().contains("FROM flowtrail.logs."), "{name}");
        assert!(
            view.columns[0].data_type == "TIMESTAMP WITH TIME ZONE",
            "{:?}",
            view.columns[0]
        );
    }
    let error = lake.engine.describe("logs.flows").await.unwrap_err();
    assert_eq!(
        (error.to_string().as_str(), error.hint().as_deref()),
        ("no table `logs.flows`", Some("did you mean `logs.flow`?"))
    );
    assert!(lake.engine.describe("elsewhere.logs.flow").await.is_err());
}

#[tokio::test]
async fn the_vocabulary_knows_tables_columns_and_functions() {
    let lake = lake::empty();
    let words = lake.engine.vocabulary().await.unwrap();
    let names: Vec<_> = words.tables.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "vpc_flow",
            "tgw_flow",
            "cloudtrail",
            "system.load_history",
            "system.quarantine",
            "flow",
            "trail",
            "system.pipes"
        ]
    );
    assert!(words.tables[0].1.contains(&"srcaddr".to_owned()));
    for function in ["ip_in", "count", "row_number", "date_trunc", "generate_series"] {
        assert!(words.functions.contains(&function.to_owned()), "{function}");
    }
    assert!(words.keywords.contains(&"SELECT".to_owned()));
}
