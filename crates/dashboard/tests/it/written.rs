//! What is written is read again as it was.

use flowtrail_dashboard::{Dashboard, built_in};
use proptest::prelude::*;

use crate::arbitrary::dashboard;

proptest! {
    #[test]
    fn yaml_is_read_as_it_was_written(dashboard in dashboard()) {
        let yaml = dashboard.to_yaml();
        let read = Dashboard::from_yaml(&yaml);
        prop_assert_eq!(read.as_ref(), Ok(&dashboard), "{}", yaml);
        prop_assert_eq!(read.map(|read| read.to_yaml()), Ok(yaml));
    }

    #[test]
    fn json_is_read_as_it_was_written(dashboard in dashboard()) {
        let json = serde_json::to_string(&dashboard).unwrap();
        prop_assert_eq!(Dashboard::from_json(&json), Ok(dashboard.clone()));
        let pretty = serde_json::to_string_pretty(&dashboard).unwrap();
        prop_assert_eq!(Dashboard::from_json(&pretty), Ok(dashboard));
    }
}

#[test]
fn what_is_built_in_is_the_same_in_both_forms() {
    for built_in in built_in() {
        let dashboard = &built_in.dashboard;
        assert_eq!(Dashboard::from_yaml(&dashboard.to_yaml()).as_ref(), Ok(dashboard));
        let json = serde_json::to_string(dashboard).unwrap();
        assert_eq!(Dashboard::from_json(&json).as_ref(), Ok(dashboard));
    }
}

#[test]
fn people_can_read_it() {
    let json = r#"{
        "dashboard": "mine", "title": {"en": "Mine: all", "ja": "私の"}, "range": "7d", "refresh_s": 30,
        "tiles": [{
            "id": "a", "title": "Reject Count", "description": "Who knocks",
            "sql": "  select srcaddr, count(*) as n\nfrom logs.flow\n\ngroup by srcaddr\n",
            "accent": "snowflake", "chart": "stacked_bar", "x": "srcaddr", "y": ["n"], "series": "action",
            "order": "value", "direction": "descending", "unit": "count", "compare": null,
            "needs": {"table": "logs.vpc_flow", "fields": ["flow_direction"]},
            "at": {"x": 0, "y": 0, "width": 6, "height": 8}
        }]
    }"#;
    insta::assert_snapshot!(Dashboard::from_json(json).unwrap().to_yaml(), @r#"
    dashboard: mine
    title: {en: "Mine: all", ja: 私の}
    range: 7d
    refresh_s: 30
    tiles:
      - id: a
        title: Reject Count
        description: Who knocks
        sql: |
          select srcaddr, count(*) as n
          from logs.flow

          group by srcaddr
        accent: snowflake
        chart: stacked_bar
        x: srcaddr
        y: ["n"]
        series: action
        order: value
        direction: descending
        unit: count
        needs: {table: logs.vpc_flow, fields: [flow_direction]}
        at: {x: 0, y: 0, width: 6, height: 8}
    "#);
}
