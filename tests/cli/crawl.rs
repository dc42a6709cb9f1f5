//! `flowtrail crawl`.

use serde_json::json;

use crate::site::{FLOW, HEADER, Site};

#[test]
fn a_crawl_defines_tables_that_are_asked() {
    let site = Site::new();
    site.put("flows/2026/11/01/a.log", format!("{HEADER}{FLOW}"));
    let dry = site.json_of(&["crawl", "logs", "--dry-run", "--name", "raw_"]);
    let expected = json!([{
        "table": "public.raw_flows", "action": "created", "format": "vpc_flow", "columns": 15, "partitions": 1,
        "objects": 1, "detail": "`flowtrail load` brings these into logs.vpc_flow",
    }]);
    assert_eq!(dry["rows"], expected);
    assert_eq!(
        site.json_of(&["crawl", "logs", "--into", "public", "--name", "raw_"])["rows"],
        expected
    );
    assert_eq!(
        site.ask("SELECT srcaddr, bytes, day FROM raw_flows WHERE day = '2026/11/01'"),
        json!([{"srcaddr": "10.0.0.1", "bytes": 840, "day": "2026/11/01"}])
    );
    let none = site.run(&["crawl", "nowhere"]);
    assert_eq!(none.status.code(), Some(1), "{none:?}");
    assert!(String::from_utf8_lossy(&none.stderr).contains("nowhere"), "{none:?}");
}
