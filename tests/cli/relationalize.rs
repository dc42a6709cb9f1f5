//! `flowtrail relationalize`.

use serde_json::json;

use crate::site::{Site, event, records};

#[test]
fn events_become_flat_tables_and_the_next_run_does_what_is_new() {
    let site = Site::new();
    site.put("a.json", records(&[event("1", "GetObject"), event("2", "PutObject")]));
    assert_eq!(site.load(&[]).0, 0);
    let command = ["relationalize", "logs.cloudtrail", "INTO", "cloudtrail.parquettrails"];
    assert_eq!(site.json_of(&command)["rows"][0]["rows"], 2);
    site.put("b.json", records(&[event("3", "GetObject")]));
    assert_eq!(site.load(&[]).0, 0);
    assert_eq!(site.json_of(&command)["rows"][0]["rows"], 1);
    assert_eq!(
        site.json_of(&command)["rows"],
        json!([{"table": "cloudtrail.parquettrails", "rows": 0, "new_columns": 0}])
    );
    assert_eq!(
        site.ask("SELECT eventname, count(*) AS n FROM cloudtrail.parquettrails GROUP BY 1 ORDER BY 1"),
        json!([{"eventname": "GetObject", "n": 2}, {"eventname": "PutObject", "n": 1}])
    );
    let limited = site.run(&["relationalize", "logs.cloudtrail", "into", "flat", "--max-columns", "7"]);
    assert_eq!(limited.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&limited.stderr).contains("MAX COLUMNS is a number from 100 to 10000"),
        "{limited:?}"
    );
}
