//! `RELATIONALIZE` dies at every step, and each row is in the flat tables once, with its lists.

use crate::lake::{Lake, points};

const EVENTS: usize = 300;

/// A lake with events, none of them made flat.
fn lake() -> Lake {
    let lake = Lake::new();
    let (logs, events) = (lake.path("logs"), EVENTS.to_string());
    let made = lake.command(
        &[
            "generate",
            "cloudtrail",
            &logs,
            "--rows",
            &events,
            "--files",
            "6",
            "--days",
            "2",
        ],
        "",
    );
    assert!(made.status.success(), "{made:?}");
    let loaded = lake.command(&["load", &logs], "");
    assert!(loaded.status.success(), "{loaded:?}");
    lake
}

const RELATIONALIZE: &str = "RELATIONALIZE logs.cloudtrail INTO flat.trails";

/// Makes flat what is left, and counts.
fn finish_and_check(lake: &Lake, told: &str) {
    lake.must(RELATIONALIZE);
    let rows = lake.must("SELECT count(*), count(DISTINCT eventid) FROM flat.trails");
    let events = lake.must("SELECT count(*), count(DISTINCT eventid) FROM logs.cloudtrail");
    assert_eq!(rows.lines().last(), events.lines().last(), "{told}");
    let resources = lake.must("SELECT sum(cardinality(resources)) FROM logs.cloudtrail");
    let elements = lake.must("SELECT count(*) FROM flat.trails_resources");
    assert_eq!(elements.lines().last(), resources.lines().last(), "{told}");
    let joined = lake.must("SELECT count(*) FROM flat.trails JOIN flat.trails_resources ON id = resources");
    assert_eq!(joined.lines().last(), resources.lines().last(), "{told}");
    assert!(lake.must(RELATIONALIZE).ends_with("flat.trails,0,0\n"), "{told}");
}

/// It reads no objects, so a run does not come by these.
fn own_points() -> impl Iterator<Item = &'static str> {
    points().filter(|point| !matches!(*point, "load.listed" | "load.object_read"))
}

#[test]
fn a_run_that_dies_is_finished_by_the_next() {
    for point in own_points() {
        let lake = lake();
        let ended = lake.run(RELATIONALIZE, &format!("{point}=return(kill)"));
        assert!(!ended.status.success(), "{point}: {ended:?}");
        finish_and_check(&lake, point);
    }
}

#[test]
fn a_run_that_fails_is_finished_by_the_next() {
    for point in own_points() {
        let lake = lake();
        lake.run(RELATIONALIZE, &format!("{point}=return"));
        finish_and_check(&lake, point);
    }
}
